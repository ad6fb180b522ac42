//! The words of counting, in the languages of the news.
//!
//! A word with a star stands for all that begin with it. Everything is folded before it is compared.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::{Script, fold};

/// What is counted of people, and decides over what they are: the words that say it of them beside or behind the number.
const STATES: &[(&str, &str)] = &[
    (
        "dead",
        "dead killed death deaths died fatality fatalities slain tote toten toter todesopfer getötet getötete gestorben starben \
         morts mort mortes tués tué tuées décès décédés muertos muerto muertas murieron fallecidos fallecidas muertes asesinados \
         morti morto uccisi uccise vittime mortos mortas óbitos mortes zabitych zabici zabitymi zginęł* zginął ofiar ofiary \
         mrtvých mrtví zahynul* obětí oběti zabito ölü öldü öldürüldü kuollut kuoli kuolleet kuollutta kuolleen uhria döda dödades \
         dödats dödsoffer omkom omkommit doden dode gedood gedode omgekomen погиб* убит* мертв* умер* жертв* загиб* загин* вбит* \
         померл* قتل قتلى قتيل قتيلا قتلوا قتلت مقتل استشهد استشهاد شهيد شهيدا شهداء وفاة وفيات مصرع كشته کشته شهید شهدا باختند \
         הרוגים נהרגו נהרג הרוג מתו נרצחו חללים",
    ),
    (
        "wounded",
        "wounded injured hurt injuries verletzt verletzte verletzten verwundet verwundete blessés blessé blessées heridos herido \
         heridas lesionados feriti ferito ferite feridos ferido feridas rannych ranni ranny poszkodowan* zraněn* raněn* yaralı yaralandı \
         loukkaantui loukkaantunut haavoittui haavoittunut skadade skadades sårade skadats gewonden gewond gewonde ранен* \
         пострада* травмирован* поранен* постражда* травмован* جريح جريحا جرحى إصابة إصابات مصاب مصابا مصابين أصيب زخمی مجروح \
         مصدوم פצועים נפצעו נפצע פצוע",
    ),
    (
        "missing",
        "missing unaccounted vermisst vermisste vermissten disparus desaparecidos desaparecidas dispersi zaginion* pohřešovan* \
         nezvěstn* kayıp kateissa kadonnut saknade saknas vermiste пропавш* зникл* مفقود مفقودا مفقودين مفقودون ناپدید נעדרים",
    ),
    (
        "displaced",
        "displaced evacuated fled homeless vertrieben vertriebene evakuiert déplacés évacués desplazados evacuados sfollati deslocados \
         przesiedlon* ewakuowan* vysídlen* evakuován* tahliye evakuoitu evakuoitiin evakuerade evakuerats fördrivna ontheemden geëvacueerd \
         эвакуирован* переселен* евакуйован* переселенц* نازح نازحا نازحين آواره עקורים פונו",
    ),
    (
        "arrested",
        "arrested detained arrests detentions festgenommen verhaftet festnahmen arrêtés interpellés arrestations interpellations \
         detenidos arrestados arrestati detidos zatrzyman* aresztowan* zadržen* zatčen* gözaltına tutuklandı pidätetty pidätettiin \
         gripna gripits arresterade aangehouden gearresteerd задержан* арестован* затриман* заарештован* معتقل معتقلا معتقلين اعتقال \
         بازداشت دستگیر נעצרו עצורים",
    ),
];

/// What is counted of people by a verb that stands before the number alone: who does it stands before the verb.
const DEEDS: &[(&str, &str)] = &[
    (
        "dead",
        "kill kills killing die dies claims tötet töten tue tuent tuant mata matan matando mató mataron muere mueren uccide uccidono \
         muoiono matou mataram morrem morre zabija zabijając zabil* usmrtil* öldürdü surmansi surmasi tappoi dödar dödade doodt doodde \
         убива* убил* вбива* вбил* يقتل تقتل הרגה הרגו הרג",
    ),
    (
        "wounded",
        "wounding wounds wound injures injuring injure hurting verletzt verletzen blesse blessent blessant hiere hieren hirió feriscono \
         ferisce fere ferem rani raniąc zranil* sårar verwondt ранил* поранил*",
    ),
    (
        "arrested",
        "arrest detain detains detaining arresting verhaftet arrête interpelle detiene arresta prende arresteert задержал* затримал* اعتقلت اعتقل עצרה",
    ),
];

/// Things, people and events that are told apart by what they are.
const KINDS: &[(&str, &str)] = &[
    (
        "attacks",
        "attack attacks angriff angriffe angriffen attacken attaque attaques ataque ataques attacco attacchi atak ataki ataków útok \
         útoky útoků saldırı saldırısı hyökkäystä hyökkäykset hyökkäyksiä angrepp attacker aanval aanvallen атака атаки атак атаках \
         нападений هجوم هجوما هجمات حمله حملات מתקפות פיגועים",
    ),
    (
        "strikes",
        "strike strikes airstrike airstrikes raids luftangriffe luftangriffen frappe frappes bombardeos bombardamenti bombardeios \
         nalotów naloty náletů nálety iskua ilmaiskua flyganfall luchtaanvallen удар удара ударов ударів удары авиаударов \
         авіаударів غارة غارات ضربة ضربات תקיפות",
    ),
    (
        "drones",
        "drone drones uav uavs drohne drohnen dron drony dronów dronů droonia drooni drönare drönarna dronlar беспилотник* дрон дрона \
         дронов дрони дронів бпла безпілотник* مسيرة مسيرات پهپاد כטבמים רחפנים",
    ),
    (
        "missiles",
        "missile missiles rocket rockets rakete raketen missili misil misiles míssil mísseis rakiet rakiety raket rakety füze roket \
         ohjus ohjuksia ohjusta robotar raketter raketten ракета ракеты ракет ракети صاروخ صاروخا صواريخ موشک טילים רקטות",
    ),
    (
        "soldiers",
        "soldier soldiers troops servicemen soldat soldaten soldats militaires soldados militares soldato soldati militari żołnierz* \
         vojáků vojáci voják asker sotilas sotilasta sotilaita soldater militairen солдат солдата военнослужащ* військовослужбовц* \
         військових جندي جنديا جنود سرباز חיילים",
    ),
    (
        "people",
        "people persons person menschen personen person personnes personne personas persona persone pessoas pessoa osób osoby osoba \
         ludzi lidí osobu kişi kişinin ihmistä henkilöä ihmisiä personer människor mensen человек человека людей люди чоловік осіб \
         شخص شخصا أشخاص نفر אנשים אנשים",
    ),
    (
        "ships",
        "ship ships vessel vessels tanker tankers schiff schiffe schiffen navire navires bateaux buque buques barcos nave navi navio \
         navios statek statki statków loď lodě lodí gemi alusta laivaa fartyg schepen судно судна судов суден корабль кораблей \
         кораблів سفينة سفن کشتی אוניות ספינות",
    ),
];

/// What may stand between a number and the word that says of what: it says how surely, or that it was done.
const FILLERS: &str = "naar till para ל ها a na at now today إلى الى به at least over more than nearly almost about around some up to an estimated only also reportedly \
    mindestens mehr als über fast rund etwa bis zu wohl ums leben kamen au moins plus de près environ quelque jusqu al menos más \
    unos cerca almeno oltre più di circa quasi pelo menos mais do que co najmniej ponad około prawie nejméně více než asi en az \
    fazla yaklaşık ainakin yli noin minst över mer än omkring minstens meer dan ruim ongeveer не менее более около до по меньшей \
    мере почти свыше как минимум щонайменше понад близько майже ما لا يقل عن أكثر من نحو حوالي دست کم بیش از حدود לפחות יותר מ כ";
/// Forms of to be, between the people and what became of them.
const AUXILIARIES: &str = "were was are is been have has had being wurden wurde worden sind ist sont est ont été a fueron fue \
    han sido resultaron están son quedaron foram foi sono stati stato rimasti zostało zostały było byli bylo byly byla bylo \
    był jest ble blev har är på on ovat werden zijn raakten raakte были был было стали оказались было були було стало";
/// Where a thought goes on to something else.
const BREAKS: &str = "following during near across under inside outside off before until and or but as after when while amid with in on at from by for since und oder nach als bei mit et ou après \
    lors dans y o tras después en por con e dopo nel nella após em w po i a oraz při po ve ja jälkeen och efter i ve en na bij \
    и или после при в на та і або після під час و أو بعد في إثر جراء در پس از ו";

/// Words that count a thing up: with one of them, what is counted may stand farther before the number.
const TOLLS: &str = "toll number numbers total count zahl anzahl nombre bilan número numero cifra balance saldo bilancio liczba \
    liczbę bilans počet sayısı sayisi määrä luku antalet antal aantal dodental число количество кількість число عدد حصيلة \
    شمار تعداد מספר todeszahl opferzahl";
/// Of those, the ones that say what they count themselves.
const DEATH_TOLLS: &str = "todeszahl opferzahl dodental dödstalet dödssiffran dödssiffra kuolonuhrien حصيلة";
/// What a toll does.
const RISES: &str = "rises rise rose risen climbs climbed reaches reached hits hit passes passed exceeds tops grows grew jumps \
    increases stands surges steigt stieg gestiegen erhöht beträgt auf grimpe monte passe atteint alourdit alourdi sube subió \
    asciende ascendió eleva aumenta llega sale raggiunge sobe subiu chega aumenta aumentou wzrosła wzrosło wzrósł rośnie do stoupl \
    vzrostl stoupá na yükseldi çıktı ulaştı nousi nousee noussut steg stiger stigit stijgt gestegen opgelopen loopt возросло выросло \
    достигло увеличилось превысило зросла зросло зросла досягла сягнула ارتفاع ارتفع ارتفعت يرتفع بلغ بلغت تجاوز افزایش رسید עלה";

/// Another number on top of what was counted before is no total.
const MORE: &str = "more another additional further extra weitere weiterer weiteren zusätzliche autres supplémentaires otros otras \
    ulteriori outros outras kolejnych kolejne dalších další daha lisää ytterligare еще ще дополнительно آخرين آخر آخرون دیگر נוספים";
/// What a sum over a long time says.
const SINCE: &str = "since seit depuis desde dal od sedan sinds начала початку منذ از מאז overall altogether";
/// What is said of a number that was overtaken: "from 12 to 15".
const FROM: &str = "from von de da od с со з із من از מ fran från van";
const TO: &str = "to auf bis à a al para do na до на إلى الى به ל til till naar";

/// Units and names that make no count of what happened.
const UNITS: &str = "year years month* week* day days hour* minute* second seconds km kilomet* mile* metre* meter* foot feet inch* \
    kg kilo* ton tons tonne* degree* celsius pound pounds litre* liter* barrel* acre* hectare* knots mph kmh times percent percentage \
    point points jahr* monat* woche* tag tage tagen stunde* minuten sekunden uhr grad tonnen prozent mal an ans mois semaine* jour \
    jours heure* minutes degres mètres pour fois année* año* mes meses semana* día días hora* minuto* metros grados veces por anni anno \
    mesi settiman* giorni ore metri gradi ano anos mês dia dias graus vezes rok* lat lata miesi* tydzień tygodni* dni godzin* minut* \
    metrów stopni let roku měsíc* týdn* dní hodin* metrů stupňů yıl* yaş* ay hafta gün saat dakika metre derece vuo* kuukau* viikko* \
    päiv* tunti* tuntia år månad* vecka veckor dag dagar timm* grader jaar maand* weken dagen uur meter graden год* лет месяц* \
    недел* день дня дней час часа часов минут* секунд* километр* км метр* градус* тонн* процент* раз раза рік рок* років місяц* тижн* \
    дні днів годин* хвилин* кілометр* градус* тонн* відсотк* سنة سنوات عاما عام شهر أشهر أسبوع أسابيع يوم يوما أيام ساعة ساعات \
    دقيقة دقائق كيلومتر كلم متر مترا درجة طن مرة سال ماه هفته روز ساعت دقیقه کیلومتر متر درجه تن بار שנה שנים חודש* יום ימים שבוע* שעה \
    שעות דקות קמ מטר* טון פעמים am pm gmt utc edt est";
/// Months, as they stand beside a day.
const MONTHS: &str = "jan januar* january feb februar* february mar march mär märz apr april* may mai jun june juni jul july juli \
    aug august* sep sept september* oct october okt oktober nov november* dec december* dez dezember* janvier février mars avril juin \
    juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre \
    diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro março maio junho julho \
    setembro outubro novembro dezembro styczni* lut* marca kwiet* maja czerwca lipca sierpnia lipca wrze* paździer* listopad* grud* \
    ledn* únor* březn* dubn* květn* červn* červenc* srpn* září říjn* prosin* ocak şubat mart nisan mayıs haziran temmuz ağustos eylül \
    ekim kasım aralık tammikuu* helmikuu* maaliskuu* huhtikuu* toukokuu* kesäkuu* heinäkuu* elokuu* syyskuu* lokakuu* marraskuu* \
    joulukuu* maart mei januari februari augusti augustus янв* февр* март марта апреля апрель мая май июня июль июля июнь авг августа сент сентября октября ноября дек декабря січня лютого \
    березня квітня травня червня липня серпня вересня жовтня листопада грудня يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر \
    نوفمبر ديسمبر كانون شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين ژانویه فوریه آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر \
    دسامبر فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان دی بهمن اسفند ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר \
    נובמבר דצמבר";
/// What stands before a number that is a name, an age or a place in an order.
const LABELS: &str = "call calls dial channel kanal aged age no nr number nummer номер highway route flight gate room phase level article section chapter page \
    resolution grade class division brigade unit unity zone district sector alter возрасте віці بعمر عمره العدد بند المادة ماده בן בת artikel \
    paragraph art статья статьи статті top group apollo boeing airbus falcon track lane line day week version windows iphone episode season";

/// What a page counts of itself.
const METERS: &str = "comment comments view views like likes share shares point points repl* read reads repost* retweet* upvote* \
    kommentar* aufruf* commentaire* vues comentario* visitas commenti visualizzazioni komentar* wyświetle* коммент* комент* просмотр* \
    перегляд* лайк* репост* تعليق* مشاهد* yorum*";

/// Words of another event, of an older one, or of what is only feared.
const APART: &str = "separate separately unrelated elsewhere ago anniversary remembered commemorate* feared fears may might could \
    would presumed jahrestag gedenken befürchtet könnten anniversaire craint pourraient aniversario podrían anniversario potrebbero \
    poderiam годовщин* назад могли может річниц* тому ذكرى سالگرد rocznic* výročí yıldönümü vuosipäivä årsdag befaras vreest herdenking";

const MONEY: &str = "dollar* euro euros pound* rouble* ruble* rubel rupee* yuan yen franc* hryvnia* lira* рубл* доллар* долар* евро євро \
    гривен* грн دولار يورو ليرة دینار ریال dinar* dolar* dólar* usd eur gbp rub uah chf złot* korun* kronor kroner שקל* דולר* peso* riyal* dirham*";

/// Number words and their values by turns, for every language or one.
const NUMBERS: &[(&str, &str)] = &[
    (
        "",
        "two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 ten 10 eleven 11 twelve 12 zwei 2 drei 3 \
         vier 4 fünf 5 sechs 6 sieben 7 acht 8 neun 9 zehn 10 elf 11 zwölf 12 deux 2 trois 3 quatre 4 cinq 5 \
         huit 8 neuf 9 dix 10 onze 11 douze 12 dos 2 tres 3 cuatro 4 cinco 5 seis 6 siete 7 ocho 8 nueve 9 \
         diez 10 doce 12 два 2 две 2 двое 2 три 3 трое 3 четыре 4 четверо 4 пять 5 пятеро 5 шесть 6 семь 7 \
         восемь 8 девять 9 десять 10 одиннадцать 11 двенадцать 12 ثلاثة 3 ثلاث 3 أربعة 4 أربع 4 خمسة 5 خمس 5 \
         ستة 6 ست 6 سبعة 7 سبع 7 ثمانية 8 ثماني 8 تسعة 9 تسع 9 عشرة 10 عشر 10",
    ),
    ("fr", "sept 7"),
    ("es", "once 11"),
];
/// Beside these, a number word is a part of a greater one.
const GREAT: &str = "twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds dozen dozens score hundert zwanzig vingt \
    trente quarante cinquante soixante cent cents veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cientos двадцать \
    тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто сотен сотни десятков عشر عشرة وعشرون وعشرين وثلاثون وثلاثين \
    وأربعون وأربعين وخمسون وخمسين وستون وستين وسبعون وسبعين وثمانون وثمانين وتسعون وتسعين مئة مائة مئات dozens десятки";

const THOUSAND: &str = "thousand thousands tausend mille mil mila tysiąc tysiące tysięcy tys tisíc tisíce bin tuhat tuhatta tusen \
    duizend тысяч* тыс тисяч* тис ألف آلاف ألفا هزار אלף אלפים";
const MILLION: &str = "million millions millionen mio millón millones milione milioni milhão milhões mln milion* milionů milyon miljoona \
    miljoonaa miljon miljoner miljoen миллион* млн мільйон* مليون ملايين میلیون מיליון";
const BILLION: &str = "billion billions milliarde milliarden mrd milliard milliards miliardi miliardo mld miliard* milyar miljard miljarder \
    miljardia миллиард* млрд мільярд* مليار مليارات میلیارد מיליארד bn";

/// Words that are told apart by their group: whole ones, and what others begin with.
pub(super) struct Words<T> {
    whole: HashMap<String, T>,
    begun: Vec<(String, T)>,
}

impl<T: Copy> Words<T> {
    fn new(lists: &[(T, &str)]) -> Self {
        let mut words = Self { whole: HashMap::new(), begun: Vec::new() };
        for (group, list) in lists {
            for word in list.split_whitespace() {
                match word.strip_suffix('*') {
                    Some(begin) => words.begun.push((fold(begin).into_pattern(), *group)),
                    None => drop(words.whole.entry(fold(word).into_pattern()).or_insert(*group)),
                }
            }
        }
        words
    }

    /// The group of a folded word, or of what is left of it without what its script writes on to its front.
    pub(super) fn of(&self, word: &str) -> Option<T> {
        self.of_bare(word).or_else(|| bare(word).into_iter().find_map(|bare| self.of_bare(bare)))
    }

    fn of_bare(&self, word: &str) -> Option<T> {
        let begun = || self.begun.iter().find(|(begin, _)| word.starts_with(begin.as_str())).map(|(_, group)| *group);
        self.whole.get(word).copied().or_else(begun)
    }

    /// Whether the folded word is among them.
    pub(super) fn has(&self, word: &str) -> bool {
        self.of(word).is_some()
    }
}

/// A word without the conjunction and the article of Arabic and Hebrew.
fn bare(word: &str) -> Vec<&str> {
    let clitics: &[&str] = match Script::of_text(word) {
        Some(Script::Arabic) => &["و", "ف", "ب", "ل", "ال", "وال", "بال"],
        Some(Script::Hebrew) => &["ו", "ה", "ב", "ל", "ש", "וה"],
        _ => return Vec::new(),
    };
    clitics.iter().filter_map(|clitic| word.strip_prefix(clitic)).filter(|rest| rest.chars().count() >= 3).collect()
}

macro_rules! words {
    ($($name:ident: $list:expr;)*) => {$(
        pub(super) static $name: LazyLock<Words<()>> = LazyLock::new(|| Words::new(&[((), $list)]));
    )*};
}

words! {
    FILLER: FILLERS;
    AUXILIARY: AUXILIARIES;
    BREAK: BREAKS;
    TOLL: TOLLS;
    DEATH_TOLL: DEATH_TOLLS;
    RISE: RISES;
    INCREMENT: MORE;
    LONG: SINCE;
    OVERTAKEN: FROM;
    TOWARDS: TO;
    UNIT: UNITS;
    MONTH: MONTHS;
    LABEL: LABELS;
    METER: METERS;
    CURRENCY: MONEY;
    OTHER_EVENT: APART;
    PART_OF_GREATER: GREAT;
}

/// Dead, wounded, missing, displaced, arrested.
pub(super) static STATE: LazyLock<Words<&'static str>> = LazyLock::new(|| Words::new(STATES));
/// Kills, wounds, arrests.
pub(super) static DEED: LazyLock<Words<&'static str>> = LazyLock::new(|| Words::new(DEEDS));
/// Attacks, strikes, drones, missiles, soldiers, people, ships.
pub(super) static KIND: LazyLock<Words<&'static str>> = LazyLock::new(|| Words::new(KINDS));
/// Thousand, million, billion (10⁹).
pub(super) static SCALE: LazyLock<Words<f64>> =
    LazyLock::new(|| Words::new(&[(1e3, THOUSAND), (1e6, MILLION), (1e9, BILLION)]));

static SPELLED: LazyLock<HashMap<String, (f64, &'static str)>> = LazyLock::new(|| {
    let mut spelled = HashMap::new();
    for (language, list) in NUMBERS {
        let turns: Vec<&str> = list.split_whitespace().collect();
        let pairs =
            turns.chunks_exact(2).filter_map(|pair| Some((fold(pair[0]).into_pattern(), pair[1].parse().ok()?)));
        spelled.extend(pairs.map(|(word, value)| (word, (value, *language))));
    }
    spelled
});

/// The number that a folded word spells, two to twelve; some are words of another language as well, and count in their
/// own alone.
pub(super) fn spelled(word: &str, language: Option<&str>) -> Option<f64> {
    SPELLED.get(word).filter(|(_, only)| only.is_empty() || language == Some(only)).map(|(value, _)| *value)
}
