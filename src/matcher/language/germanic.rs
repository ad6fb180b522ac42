//! Germanic languages: a genitive s, agreeing adjectives, and compounds written as one word. `heads` are the nouns that
//! news puts behind a name ("Krimbrücke"): with them a name may begin a longer word, without them it may not
//! ("Kriminalität").

use super::{Grammar, Rule};
use crate::text::Script;

pub(super) const ENGLISH: Grammar = Grammar {
    tag: "en",
    script: Script::Latin,
    adjective: "",
    rules: &[
        Rule("ists", "ists ist"),
        Rule("ites", "ites ite"),
        Rule("this", "this thi"),
        Rule("ers", "ers er"),
        Rule("ians", "ians ian"),
        Rule("man", "man !men"),
        Rule("men", "men !man"),
        Rule("ces", "ces +ce"),
        Rule("tes", "tes +te"),
        Rule("ia", "ia ian ians"),
        Rule("as", "as !ases"),
        Rule("us", "us !uses"),
        Rule("is", "is"),
        Rule("ss", "ss !sses"),
        Rule("s", "s +_ !ses"),
        Rule("ch", "ch !ches"),
        Rule("sh", "sh !shes"),
        Rule("x", "x !xes"),
        Rule("y", "y !ies ~ys"),
        Rule("a", "a an ans !as"),
        Rule("o", "o !os !oes"),
        Rule("u", "u !us"),
        Rule("ne", "ne ~nes !ned &nian &nians"),
        Rule("e", "e ~es !ed an ans"),
        Rule("", "_ ~s &ite &ites &ian &ians &i &is"),
    ],
    heads: "",
};

pub(super) const GERMAN: Grammar = Grammar {
    tag: "de",
    script: Script::Latin,
    adjective: "e en er es em",
    rules: &[
        Rule("ische", "isch*"),
        Rule("e", "e en er es em n s +_"),
        Rule("ien", "ien iens isch* &er &ern &ers"),
        Rule("en", "en +e +er +es +em ens s +_"),
        Rule("er", "er +e +en +es +em +n +ern s isch* sche schen"),
        Rule("es", "es +e +en +em +er"),
        Rule("s", "s +se +sen +ses isch*"),
        Rule("", "_ s +es +e +en +er +ern +n +ens isch* er ern"),
    ],
    heads: "krieg kriege kriegs krise krisen konflikt konflikte politik brücke brücken halbinsel miliz milizen milizionär \
            kämpfer chef chefs anführer führer führung regierung truppe truppen söldner gruppe gruppen gruppierung armee \
            einheit einheiten offensive angriff angriffe attacke attacken hafen stadt region provinz küste front \
            stützpunkt stützpunkte basis basen sanktion sanktionen botschaft flüchtling flüchtlinge hilfe hilfen \
            abkommen gipfel besuch reise mission einsatz terror terrorist terroristen mitglied mitglieder mitgliedern \
            anhänger anhängern rebell rebellen regime experte experten frage deal plan gespräche gesprächen \
            verhandlung verhandlungen gas öl pipeline werk kraftwerk boss kommandeur kommandeure general rakete raketen \
            drohne drohnen geisel geiseln tunnel massaker sprecher sprecherin video videos büro vertreter funktionär \
            funktionäre hochburg gebiet gebiete zone bewegung bataillon brigade regiment soldat soldaten streitkräfte \
            marine flotte kaserne lager ableger zelle zellen netzwerk finanzierung finanzier verbot prozess urteil \
            aufstand revolte putsch rückzug abzug annexion besatzung besetzung tataren bewohner kommando schiff schiffe \
            exporte korridor getreide lieferung lieferungen kontakte verbindung verbindungen verdacht ziel ziele stellung \
            stellungen geheimdienst minister ministerium behörde behörden leute männer boot boote spitze vize",
};

pub(super) const DUTCH: Grammar = Grammar {
    tag: "nl",
    script: Script::Latin,
    adjective: "e",
    rules: &[Rule("e", "e +en +n s"), Rule("s", "s +e se"), Rule("", "_ s +e +en se")],
    heads: "oorlog leider leiders strijder strijders beweging milities militie rebellen leger troepen conflict crisis brug \
            aanval aanvallen haven stad regio basis regime terroristen tunnels gijzelaars kopstuk woordvoerder leden \
            aanhangers huurlingen huurling commandant",
};

pub(super) const SWEDISH: Grammar = Grammar {
    tag: "sv",
    script: Script::Latin,
    adjective: "a t e",
    rules: &[
        Rule("s", "s +en +et"),
        Rule("a", "a as +an +ans +or +orna"),
        Rule("", "_ s +en +et +ens +ets +er +erna +ar +arna +a +t sk*"),
    ],
    heads: "krig kriget konflikt konflikten kris krisen ledare ledaren ledarna rörelse rörelsen milis milisen soldat soldater \
            styrka styrkor styrkorna gruppen grupp armén armé legosoldater legosoldat bas basen hamn hamnen bron bro halvön \
            attack attacken terrorister gisslan tunnlar krigare rebell rebeller rebellen hot hotet brigad regemente bataljon befälhavare talesperson medlem medlemmar ledda stödda",
};

pub(super) const NORWEGIAN: Grammar = Grammar {
    tag: "no",
    script: Script::Latin,
    adjective: "e t",
    rules: &[Rule("s", "s"), Rule("e", "e es +en +r +ne +ns"), Rule("", "_ s +en +et +ens +ets +er +ene +e +t sk*")],
    heads: "krig krigen konflikt konflikten krise krisen leder lederen ledere bevegelse bevegelsen milits militsen soldat \
            soldater styrke styrker styrkene gruppen gruppe hær hæren leiesoldat leiesoldater base basen havn havnen bro \
            broen halvøya angrep angrepet terrorist terrorister gisler brigade bataljon regiment kommandant opprører opprørere opprørerne oprører oprørere oprørerne tunnel tunneler kriger krigere talsmann medlem \
            medlemmer",
};

pub(super) const DANISH: Grammar = Grammar { tag: "da", ..NORWEGIAN };
