//! Finnish, Estonian, Hungarian; Lithuanian and Latvian; Turkish and its kin: many cases, written as endings.

use super::{Grammar, Rule};
use crate::text::Script;

/// The vowels before the case endings differ, the endings do not.
pub(super) const FINNISH: Grammar = Grammar {
    tag: "fi",
    script: Script::Latin,
    adjective: "",
    rules: &[
        Rule("hti", "hti hden hdessa hdesta hteen htea hdella hdelta hdelle htena hdeksi"),
        Rule("rku", "rku run russa rusta rkuun rkua rulla rulta rulle rkuna ruksi"),
        Rule("kot", "kot kkojen kkoja koissa koista kkoihin koille koilta koilla"),
        Rule("kki", "kki kin kissa kista kkia kkiin killa kilta kille"),
        Rule("kka", "kka kan kassa kasta kkaa kkaan kalla kalta kalle kat"),
        Rule("kko", "kko kon kossa kosta kkoa kkoon kolla kolta kolle kot kkojen kkoja koiden"),
        Rule("ppo", "ppo pon possa posta ppoa ppoon polla polta polle"),
        Rule("tti", "tti tin tissa tista ttia ttiin tilla tilta tille"),
        Rule("nki", "nki ngin ngissä ngistä nkiin nkiä ngillä"),
        Rule("nen", "nen sen sta stä seen sessa sesta sella selta selle set sten sia siä"),
        Rule(
            "us",
            "us uksen usta uksessa uksesta ukseen uksella ukselta ukselle ukset usten \
                    usin usissa usista usiin usia usilla usilta usille",
        ),
        Rule(
            "os",
            "os oksen osta oksessa oksesta okseen oksella okselta okselle osin osissa osista osiin osia osilla osilta",
        ),
        Rule("a", "a n an aan assa asta alla alta alle ana aksi aa at ien ia oiden oissa oista"),
        Rule("ä", "ä än ään ässä ästä ällä ältä älle äksi ää ät"),
        Rule(
            "e",
            "e en een essa essä esta estä ella ellä elta elle ena eksi ea eä et että etta eella eellä eelta eeltä eelle eessa eessä eesta eestä eeseen eeksi",
        ),
        Rule(
            "i",
            "i in iin issa issä ista istä illa illä ilta iltä ille ina iksi ia iä it ien en eja ejä eissa eista eille eiden",
        ),
        Rule("o", "o on oon ossa osta olla olta olle ona oksi oa ot ojen oja oiden oissa oista"),
        Rule("u", "u un uun ussa usta ulla ulta ulle una uksi ua ut ujen uja"),
        Rule("y", "y yn yyn yssä ystä yllä yltä ylle yksi yä yt"),
        Rule(
            "",
            "_ in ia issa issä ista istä iin illa illä ilta iltä ille ina inä iksi it ien eja eissa laiset laisten laisia",
        ),
    ],
    heads: "",
};

pub(super) const ESTONIAN: Grammar = Grammar {
    tag: "et",
    script: Script::Latin,
    adjective: "",
    rules: &[
        Rule("a", "a as ast asse ale al alt aks ani ata aga at ad ade sid"),
        Rule("e", "e es est esse ele el elt eks eni eta ega et ed ede eid"),
        Rule("i", "i is ist isse ile il ilt iks ini ita iga it id ide"),
        Rule("o", "o os ost osse ole ol olt oks oni ota oga ot od ode"),
        Rule("u", "u us ust usse ule ul ult uks uni uta uga ut ud ude"),
        Rule(
            "",
            "_ i is ist isse ile il ilt iks ini ita iga it id ide e es est esse ele el elt eks eni eta ega et ed ede eid \
             a as ast asse ale al alt aks ani ata aga ad ade u us ust usse ule ul ult uks uga ud ude t de te",
        ),
    ],
    heads: "",
};

pub(super) const HUNGARIAN: Grammar = Grammar {
    tag: "hu",
    script: Script::Latin,
    adjective: "",
    rules: &[
        Rule(
            "sz",
            "sz szt szal szel szban szben szba szbe szból szből szra szre szról szről sznak sznek sztól sztől szhoz szhez szig szi szon szen szok",
        ),
        Rule(
            "s",
            "s st sszal ssel szal ban ben sban sben sba sbe sból sből sra sre sról sről snak snek stól stől shoz shez sig si son sen sok",
        ),
        Rule(
            "",
            "_ t at et ot öt ban ben ba be ból ből ra re ról ről nak nek tól től val vel hoz hez höz on en ön n ig i k ok ek ök ak \
             ért ként nál nél ja je ra ai ei okat eket oknak eknek okkal ekkel al el bal ral rel mal nal lal kal dal gal \
             ak aké é ett ott ött",
        ),
    ],
    heads: "",
};

pub(super) const LITHUANIAN: Grammar = Grammar {
    tag: "lt",
    script: Script::Latin,
    adjective: "",
    rules: &[
        Rule("as", "as o ui ą u e ai ų ams us ais uose asis"),
        Rule("is", "is io iui į iu yje iai ių iams ius iais iuose"),
        Rule("ys", "ys io iui į iu yje iai ių iams ius iais iuose"),
        Rule("iai", "iai ių iams ius iais iuose"),
        Rule("us", "us aus ui ų umi uje iui iaus ūs usas uso usui usą usu use"),
        Rule("os", "os ų oms as omis ose"),
        Rule("a", "a os ai ą oje ų oms omis ose"),
        Rule("ė", "ė ės ei ę e ėje ių ėms ėmis ėse"),
        Rule("e", "e ės ei ę ėje"),
        Rule("", "_ as o ui ą u e ai ų ams us ais uose is io iui į iu yje a os oje ė ės iečiai iečių"),
    ],
    heads: "",
};

pub(super) const LATVIAN: Grammar = Grammar {
    tag: "lv",
    script: Script::Latin,
    adjective: "",
    rules: &[
        Rule("s", "s a am u ā i iem us os sa sam su sā"),
        Rule("a", "a as ai u ā ām ās"),
        Rule("e", "e es ei i ē ēm ēs"),
        Rule("i", "i u iem us os"),
        Rule("", "_ s a am u ā i iem us os as ai es ei"),
    ],
    heads: "",
};

/// After folding ı is i and the rounded vowels are plain, so four harmonies are two.
pub(super) const TURKISH: Grammar = Grammar {
    tag: "tr",
    script: Script::Latin,
    adjective: "",
    rules: &[
        Rule("k", "k ğa ğe ğı ğin ğun ğı kta kte ktan kten kla kle klar kların kler klerin lar ler"),
        Rule("ları", "ları larının larına larını larında larından larıyla lar ların lara larla larda lardan"),
        Rule("leri", "leri lerinin lerine lerini lerinde lerinden leriyle ler lerin lere lerle lerde lerden"),
        Rule("lar", "lar ların lara ları larda lardan larla larının _ ı"),
        Rule("ler", "ler lerin lere leri lerde lerden lerle lerinin _ i"),
        Rule(
            "",
            "_ a e ı i u ü ya ye yı yi yu yü na ne nı ni nu nü ın in un ün nın nin nun nün da de ta te nda nde dan den tan \
             ten ndan nden la le yla yle lar ler ların lerin lara lere ları leri larda lerde lardan lerden larla lerle larının \
             lerinin lı li lu lü lılar liler lular lüler ca ce cı ci cu cü +sı +si +su +sü +sının +sinin +sına +sine \
             +sında +sinde +sından +sinden +ının +inin +ına +ine +ında +inde +ından +inden ki daki deki taki teki",
        ),
    ],
    heads: "",
};

/// The e of Turkish endings is ə.
pub(super) const AZERBAIJANI: Grammar = Grammar {
    tag: "az",
    script: Script::Latin,
    adjective: "",
    rules: &[Rule(
        "",
        "_ a ə ı i u ü ya yə yı yi yu yü na nə nı ni nu nü ın in un ün nın nin nun nün da də nda ndə dan dən ndan ndən la lə \
         lar lər ların lərin lara lərə ları ləri larda lərdə lardan lərdən larla lərlə lı li lu lü lılar lilər ca cə çı çi \
         +sı +si +su +sü +sının +sinin +sına +sinə +sında +sində +ının +inin +ına +inə +ında +ində dakı dəki ki",
    )],
    heads: "",
};

pub(super) const UZBEK: Grammar = Grammar {
    tag: "uz",
    script: Script::Latin,
    adjective: "",
    rules: &[Rule("", "_ da dan ga ka qa ning ni lik liklar lar larning")],
    heads: "",
};

pub(super) const KAZAKH: Grammar = Grammar {
    tag: "kk",
    script: Script::Cyrillic,
    adjective: "",
    rules: &[Rule(
        "",
        "_ да де та те дан ден тан тен ның нің дың дің тың тің ға ге қа ке ды ді ты ті ны ні мен бен пен лық лік",
    )],
    heads: "",
};

pub(super) const KURMANJI: Grammar = Grammar {
    tag: "ku",
    script: Script::Latin,
    adjective: "",
    rules: &[Rule("", "_ ê e a an î yê ya yên ên")],
    heads: "",
};
