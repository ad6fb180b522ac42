//! Slavic languages: seven cases, and adjectives made of every name.

use super::{Grammar, Rule};
use crate::text::Script;

pub(super) const RUSSIAN: Grammar = Grammar {
    tag: "ru",
    script: Script::Cyrillic,
    adjective: "ий ый ой ого его ому ему ым им ом ем ая яя ей ую юю ое ее ые ие ых их ыми ими",
    rules: &[
        Rule("ия", "ия ии ию ией иею ий иям иями иях ск* ийск* &иец &ийца &ийцы &ийцев &ийцам &ийцами &ийцах"),
        Rule("ие", "ие ия ию ием ии ий иям иями иях +*"),
        Rule("ье", "ье ья ью ьем ьи ьев ск*"),
        Rule("ья", "ья ьи ье ью ьей"),
        Rule("ый", "*"),
        Rule("ий", "* ия ию ием ии иев"),
        Rule("ой", "*"),
        Rule("ая", "*"),
        Rule("яя", "*"),
        Rule("ое", "*"),
        Rule("ее", "*"),
        Rule("ые", "*"),
        Rule("ка", "ка ки ке ку кой кою +ок +ек кам ками ках"),
        Rule("а", "а ы и е у ой ою ам ами ах +_ ск* инск*"),
        Rule("я", "я и е ю ей ею й +ь ям ями ях"),
        Rule("о", "о а у ом е +_ ам ами ах ск*"),
        Rule("е", "е я ю ем и ей ям ями ях"),
        Rule("ь", "ь я ю ем ём е и ью ей ям ями ях ск* ьск*"),
        Rule("й", "й я ю ем е и ев ям ями ях йск*"),
        Rule("оец", "оец ойца ойцу ойцом ойце ойцы ойцов ойцам ойцами ойцах"),
        Rule("ец", "ец ца цу цем цом це цы цев цов цам цами цах"),
        Rule("ок", "ок ка ку ком ке ки ков кам ками ках"),
        Rule("цы", "цы цев цам цами цах ец ца цу цем"),
        Rule("ы", "ы _ ов ам ами ах а у ом е ск*"),
        Rule("и", "и +_ й я ю ем ей ов ям ями ам ами ях ах +а +у ск* йск*"),
        Rule("ск", "ск ска ску ском ске ск*"),
        Rule("цк", "цк цка цку цком цке цк*"),
        Rule("у", "у"),
        Rule(
            "",
            "_ а у ом ем е ы и ов ев ам ами ах ск* овск* &ец &ца &цы &цев &цам &цами &цах &овец &овца &овцу &овцем &овцы &овцев &овцам &овцами \
             &овцах &чанин &чанина &чане &чан &чанам &чанами &чанах",
        ),
    ],
    heads: "",
};

pub(super) const UKRAINIAN: Grammar = Grammar {
    tag: "uk",
    script: Script::Cyrillic,
    adjective: "ий ій ого ього ому ьому им ім а я ої ьої у ю ою ьою е є і ї их іх ими іми",
    rules: &[
        Rule("іжжя", "іжжя іжжю іжжям іжжі ізьк*"),
        Rule("ія", "ія ії ію ією ій іям іями іях ськ* ійськ* &ієць &ійці &ійців &ійцям"),
        Rule("ка", "ка ки ці ку кою ко +ок кам ками ках цьк*"),
        Rule("га", "га ги зі гу гою зьк* щина щини щині щину"),
        Rule("ха", "ха хи сі ху хою ськ*"),
        Rule("са", "са си сі су сою ськ* щина щини щині щину щиною"),
        Rule("а", "а и і у ою о +_ ам ами ах +ої +ій +ого ськ* инськ*"),
        Rule("я", "я і ї ю ею єю ям ями ях ь"),
        Rule("їв", "їв єва єву євом єві ївськ* ївщина ївщини ївщині ївщину ївщиною"),
        Rule("с", "с са су сом сові сі си сів ськ* сськ* щина щини щині щину щиною"),
        Rule("ів", "ів ова ову овом ові ева еві івськ* овськ* івщина івщини івщині івщину івщиною"),
        Rule("о", "о а у ом ові і +_ ам ами ах ськ*"),
        Rule("є", "+* є я ю єм"),
        Rule("е", "+* е я ю ем і"),
        Rule("оєць", "оєць ойця ойцю ойцем ойцеві ойці бійці ойців ойцям ойцями ойцях"),
        Rule("ець", "ець ця цю цем цеві ці ців цям цями цях"),
        Rule("ськ", "ськ ська ську ськом ську ськ*"),
        Rule("цьк", "цьк цька цьку цьком цьк*"),
        Rule("ь", "ь я ю ем еві і ів ей ям ями ях ськ* ьськ*"),
        Rule("ий", "* я ю єм єві ї їв"),
        Rule("ій", "* я ю єм єві ї їв"),
        Rule("й", "й я ю єм єві ї їв ям ями ях йськ*"),
        Rule("ці", "ці ців цям цями цях ець ця"),
        Rule("и", "и _ ів ам ами ах а у ом ові і ськ*"),
        Rule("і", "і _ ів ей їв ам ами ах ям ями ях а у ом +их +им +ими йськ*"),
        Rule("ї", "ї їв ям ями ях й"),
        Rule("у", "у"),
        Rule(
            "",
            "_ а у ом ем ові еві і и ів ам ами ах ськ* івськ* овськ* &ець &ця &ці &ців &цям &цями &цях &івець &івця &івці &івців &івцям &івцями \
             івцях чани чан чанам чанами чанах",
        ),
    ],
    heads: "",
};

pub(super) const BELARUSIAN: Grammar = Grammar {
    tag: "be",
    script: Script::Cyrillic,
    adjective: "і ы ага яга аму яму ым ім ая яя ай яй ую юю ае яе ыя ія ых іх ымі імі",
    rules: &[
        Rule("ыя", "ыя ыі ыю ыяй ый *"),
        Rule("ія", "ія іі ію іяй ій *"),
        Rule("а", "а ы е у ай аю +_ аў ам амі ах ск*"),
        Rule("я", "я і ю яй яў ям ямі ях"),
        Rule("і", "і аў яў ам ям амі ямі ах ях *"),
        Rule("ы", "ы аў ам амі ах * _"),
        Rule("", "_ а у ам ом е ы і аў ам амі ах ск* аўск*"),
    ],
    heads: "",
};

pub(super) const BULGARIAN: Grammar = Grammar {
    tag: "bg",
    script: Script::Cyrillic,
    adjective: "и ият ия а ата о ото ите",
    rules: &[
        Rule("ия", "ия ията ии иите ийск*"),
        Rule("а", "а ата и ите +та ск* енск*"),
        Rule("и", "и ите +_ +ят +*"),
        Rule("е", "е ето ета"),
        Rule("о", "о ото а ата"),
        Rule("", "_ +а +ът +я +ят +та +то +те +и +ите +ове +овете ск* овск* &овци &овците &чани"),
    ],
    heads: "",
};

pub(super) const MACEDONIAN: Grammar = Grammar { tag: "mk", ..BULGARIAN };

const SERBIAN_RULES_CYRILLIC: &[Rule] = &[
    Rule("ија", "ија ије ији ију ијом ијо ијск* ијц*"),
    Rule("ка", "ка ке ки ци ку ком кама"),
    Rule("а", "а е и у ом о ама +_ ск* инск*"),
    Rule("о", "о а у ом ск*"),
    Rule("е", "е а у ем +*"),
    Rule("и", "и ја ју јем а е има х *"),
    Rule("", "_ а у ом ем е и ови ова има овима ск* овск* &овац &овци &оваца &овцима"),
];

pub(super) const SERBIAN: Grammar = Grammar {
    tag: "sr",
    script: Script::Cyrillic,
    adjective: "и а о ог ога ом ому ој у е их им има",
    rules: SERBIAN_RULES_CYRILLIC,
    heads: "",
};

pub(super) const CROATIAN: Grammar = Grammar {
    tag: "hr",
    script: Script::Latin,
    adjective: "i a o og oga om omu oj u e ih im ima",
    rules: &[
        Rule("ija", "ija ije iji iju ijom ijo ijsk* ijc*"),
        Rule("ka", "ka ke ki ci ku kom kama"),
        Rule("a", "a e i u om o ama +_ sk* insk*"),
        Rule("o", "o a u om sk*"),
        Rule("e", "e a u em +*"),
        Rule("i", "i ja ju jem a e ima h *"),
        Rule("", "_ a u om em e i ovi ova ima ovima sk* ovsk* &ovac &ovci &ovaca &ovcima"),
    ],
    heads: "",
};

pub(super) const SLOVENE: Grammar = Grammar {
    tag: "sl",
    script: Script::Latin,
    adjective: "i a o ega emu em ga ih im imi e ej",
    rules: &[
        Rule("ija", "ija ije iji ijo ijsk*"),
        Rule("a", "a e i o +_ ah am ami sk*"),
        Rule("o", "o a u om sk*"),
        Rule("e", "e a u em +*"),
        Rule("i", "i ja ju jem ev ih im imi *"),
        Rule("", "_ a u om em i ov e ih ah sk* ovsk* &ovci"),
    ],
    heads: "",
};

pub(super) const POLISH: Grammar = Grammar {
    tag: "pl",
    script: Script::Latin,
    adjective: "i y a e ie iego ego iemu emu im ym iej ej ą ich ych imi ymi",
    rules: &[
        Rule("ia", "ia ii i ię ią io yjsk* ijsk*"),
        Rule("ja", "ja ji i ję ją jo jsk*"),
        Rule("cka", "cka ckiej cką cki cko"),
        Rule("ska", "ska skiej ską ski sko sce"),
        Rule("ka", "ka ki ce kę ką ko +ek kom kami kach +iej +iego"),
        Rule("ga", "ga gi dze gę gą go"),
        Rule("sa", "sa sy sie sę są so +ej sk*"),
        Rule("ssa", "ssa ssy ssie ssę ssą sk* ssk*"),
        Rule("s", "s sa su sowi sem sie sy sów som sami sach sk* scy sowsk* sowscy &sowiec &sowca &sowcy &sowców"),
        Rule("ra", "ra ry rze rę rą ro +ej +ego"),
        Rule("ta", "ta ty cie tę tą to +ej +ego"),
        Rule("da", "da dy dzie dę dą do"),
        Rule("cha", "cha chy sze chę chą"),
        Rule("a", "a y i e ie ę ą o +_ om ami ach +ej +ego sk*"),
        Rule("rg", "rg rga rgu rgowi rgiem rgi rgów rsk*"),
        Rule("ek", "ek ka ku kowi kiem ki ków kom kami kach"),
        Rule("iec", "iec ca cu cowi cem cy ców com cami cach"),
        Rule("nik", "nik nika nikowi nikiem niku nicy ników nikom nikami nikach"),
        Rule("st", "st sta stu stowi stem ście sty stów stom stami stach sk*"),
        Rule("t", "t ta tu towi tem cie ty tów tom tami tach ck* sk*"),
        Rule("d", "d da du dowi dem dzie dy dów dom dami dach zk* dzk*"),
        Rule(
            "r",
            "r ra ru rowi rem rze ry rów rom rami rach sk* scy owsk* owscy &owiec &owcy &owców &owcom &owcami &owcach",
        ),
        Rule("o", "o a u em ie om ami ach +_ sk*"),
        Rule("ie", "+* ie ia iu iem"),
        Rule("e", "+* e a u em"),
        Rule("ski", "sk*"),
        Rule("cki", "ck*"),
        Rule("y", "* y _ ów om ami ach"),
        Rule("i", "* i _ ów om ami ach"),
        Rule(
            "",
            "_ a u owi em iem ie e y i ów om ami ach sk* scy owsk* owscy ańsk* &owiec &owca &owcy &owców &owcom &owcami &owcach",
        ),
    ],
    heads: "",
};

pub(super) const CZECH: Grammar = Grammar {
    tag: "cs",
    script: Script::Latin,
    adjective: "ý á é ého ému ým ém ou í ých ými ího ímu ím ích ími",
    rules: &[
        Rule("ie", "ie ii ií iím iích iemi ijsk* sk* +*"),
        Rule("ka", "ka ky ce ku kou ko +ek kám kami kách"),
        Rule("ha", "ha hy ze hu hou ho"),
        Rule("cha", "cha chy še chu chou"),
        Rule("ra", "ra ry ře ru rou ro sk*"),
        Rule("a", "a y i e ě u ou o +_ ám ami ách sk* ovsk*"),
        Rule("ec", "ec ce ci cem cov* ců cům cích"),
        Rule("ek", "ek ku kem kov* ky ků kům cích"),
        Rule("ík", "ík íka íku íkovi íkem íci íky íků íkům ících"),
        Rule("ský", "sk* sk*"),
        Rule("ý", "*"),
        Rule("á", "*"),
        Rule("é", "*"),
        Rule("o", "o a u em ě sk*"),
        Rule("e", "e i í ím ích em ů ům ech"),
        Rule("y", "y _ ů ům ech ách ám ami *"),
        Rule("i", "i ů ům ích ech *"),
        Rule("", "_ a u ovi em e ě y i ů ům ech ách ami sk* ští ovsk* ov* &ovec &ovci &ovců &ovcům ští"),
    ],
    heads: "",
};

pub(super) const SLOVAK: Grammar = Grammar {
    tag: "sk",
    script: Script::Latin,
    adjective: "ý á é ého ému ým om ej ou í ých ými iho imu im ích ími e a",
    rules: &[
        Rule("ia", "ia ie ii iu iou ijsk* sk*"),
        Rule("ka", "ka ky ke ku kou ko iek"),
        Rule("a", "a y i e u ou o +_ ám ami ách sk*"),
        Rule("ík", "ík íka íkovi íkom íci íkov íkoch íkmi"),
        Rule("o", "o a u om e sk*"),
        Rule("e", "e a u om í +*"),
        Rule("y", "y _ ov om och ami *"),
        Rule("i", "i ov om och *"),
        Rule("", "_ a u ovi om e y i ov och ami sk* ovsk* &ovci &ovcov"),
    ],
    heads: "",
};
