//! Texts are invented.

use proptest::prelude::*;

use super::super::sample::item;
use super::*;

#[test]
fn markers_are_known_in_many_languages() {
    for (title, kind) in [
        ("CORRECTION: Storm closes harbour of Port Ellis", Correction::Corrected),
        ("CORRECTED-Oil firm lowers its outlook", Correction::Corrected),
        ("UPDATE 1-CORRECTED-Oil firm lowers its outlook", Correction::Corrected),
        ("CORRECTED-UPDATE 2-Oil firm lowers its outlook", Correction::Corrected),
        ("Correction - Two ships collided, not three", Correction::Corrected),
        ("Correction — Harbour story", Correction::Corrected),
        ("[Corrected] Two ships collided", Correction::Corrected),
        ("Two ships collided off the cape [Corrected]", Correction::Corrected),
        ("Two ships collided off the cape (corrected)", Correction::Corrected),
        ("Clarification: Mayor's remarks on the bridge", Correction::Corrected),
        ("Retraction: Report on the dam", Correction::Withdrawn),
        ("WITHDRAWN: Report on the dam", Correction::Withdrawn),
        ("KILL: Dam story", Correction::Withdrawn),
        ("Advisory: story withdrawn", Correction::Withdrawn),
        ("Rectificatif : deux navires, et non trois", Correction::Corrected),
        ("Deux navires se heurtent (rectificatif)", Correction::Corrected),
        ("Korrektur: Zwei Schiffe stoßen zusammen", Correction::Corrected),
        ("BERICHTIGUNG - Zwei Schiffe stoßen zusammen", Correction::Corrected),
        ("(Korrigiert zweiter Absatz) Zwei Schiffe stoßen zusammen", Correction::Corrected),
        ("Corrección: Chocan dos barcos", Correction::Corrected),
        ("Fe de errores: Chocan dos barcos", Correction::Corrected),
        ("Correção: dois navios colidem", Correction::Corrected),
        ("Rettifica: due navi si scontrano", Correction::Corrected),
        ("Errata corrige - due navi", Correction::Corrected),
        ("Поправка: столкнулись два судна", Correction::Corrected),
        ("Исправление: столкнулись два судна", Correction::Corrected),
        ("ИСПРАВЛЕНО - Столкнулись два судна", Correction::Corrected),
        ("Виправлення: зіткнулися два судна", Correction::Corrected),
        ("تصحيح: اصطدام سفينتين قبالة الساحل", Correction::Corrected),
        ("اصلاحیه: برخورد دو کشتی", Correction::Corrected),
        ("Düzeltme: İki gemi çarpıştı", Correction::Corrected),
        ("Oikaisu: Kaksi laivaa törmäsi", Correction::Corrected),
        ("Rättelse: Två fartyg kolliderade", Correction::Corrected),
        ("Sprostowanie: zderzyły się dwa statki", Correction::Corrected),
        ("OPRAVA - Srazily se dvě lodě", Correction::Corrected),
        ("Rectificatie: twee schepen", Correction::Corrected),
        ("תיקון טעות: שתי ספינות", Correction::Corrected),
        ("更正：两船相撞", Correction::Corrected),
        ("【訂正】船2隻が衝突", Correction::Corrected),
    ] {
        assert_eq!(correction(&item(title, "")), Some(kind), "{title}");
    }
}

#[test]
fn the_first_sentence_may_say_so() {
    for (summary, kind) in [
        ("(Corrects paragraph 3 to say that two ships collided) PORT ELLIS - Two ships...", Correction::Corrected),
        ("Corrects spelling of the captain's name in the second paragraph. Two ships...", Correction::Corrected),
        ("This story has been corrected to say that two ships collided.", Correction::Corrected),
        ("An earlier version of this article misstated the number of ships.", Correction::Corrected),
        ("This story has been withdrawn. It was published by mistake.", Correction::Withdrawn),
        ("In einer früheren Version dieses Artikels war von drei Schiffen die Rede.", Correction::Corrected),
        ("Une version précédente de cet article parlait de trois navires.", Correction::Corrected),
        ("Una versión anterior de este artículo hablaba de tres barcos.", Correction::Corrected),
        ("В предыдущей версии новости говорилось о трёх судах.", Correction::Corrected),
        ("ورد في نسخة سابقة من هذا الخبر أن ثلاث سفن اصطدمت.", Correction::Corrected),
    ] {
        assert_eq!(correction(&item("Two ships collide", summary)), Some(kind), "{summary}");
    }
}

/// Headlines that correct nothing.
const LOOK_ALIKES: &[&str] = &[
    "Market correction looms as shares slide",
    "Department of Correction says two inmates escaped",
    "Correctional officers strike in three counties",
    "Course correction: minister turns back on tax",
    "Correction in housing prices may come",
    "Correction-bound markets worry traders",
    "Corrections officer is charged",
    "Correction facility closes after fire",
    "Kill switch: how the engine stopped",
    "KILL: A new thriller tops the charts",
    "Withdrawal: last troops leave the valley",
    "Troops withdrawn: what happens next",
    "Shares lose a tenth (correction)",
    "Minister denies report and demands a correction",
    "ОПРОВЕРЖЕНИЕ: министерство отрицает сообщения",
    "Поправка к закону принята во втором чтении",
    "Поправки в бюджет: что изменится",
    "Oprava mostu potrvá do května",
    "Korrektur am Aktienmarkt erwartet",
    "Correction exemplaire pour le leader du championnat",
    "La corrección de exámenes empieza el lunes",
    "تصحيح المسار: رئيس الوزراء يعرض خطته",
    "Clarification sought on border rules",
    "Advisory: storm withdrawn from list",
    "Retraction Watch finds a hundred papers",
    "Court orders retraction of the statement",
    "Düzeltme sinyali: borsada gözler bankada",
    "Correct: the answer was Lisbon",
    "Rättelsen av skatten kommer i juni",
    "Two ships collide (photos)",
    "Correction: what a falling market means for your savings",
    "Corrected: the myth of the flat earth",
    "Vision corrected – patients see again",
    "(Corrections officer) wins the lottery",
    "Uncorrected: letters of a poet",
    "[Correctional] budget passes",
    "Clarification of the law passes",
    "Aclaración del crimen: dos detenidos",
    "Errata Naturae publica su catálogo",
    "Oprava: silnice bude zavřená",
    "Поправка: депутаты предложили изменить закон",
    "Уточнение бюджета: депутаты проголосовали",
    "Корректировка курса: что дальше",
    "KILLED: three in storm",
    "Correction Officer Dies – Two Held",
    "Rectification urbaine : le plan de la ville",
    "הבהרה של השר: לא יהיו בחירות",
    "תיקון חוק: הכנסת הצביעה",
    "更正教の歴史",
    "اصلاحات اقتصادی: دولت تصمیم گرفت",
    "Stock market (Correction)",
    "",
    ":",
    "()",
    "(",
];

#[test]
fn stories_about_corrections_are_none() {
    let mut wrong = Vec::new();
    for title in LOOK_ALIKES {
        wrong.extend(correction(&item(title, "")).map(|_| *title));
    }
    for summary in [
        "An earlier version of the bill failed last year.",
        "The bill has been withdrawn by the ministry.",
        "The report has been withdrawn by the committee.",
        "The court corrects a mistake of the lower one.",
        "Corrects nothing, says the critic.",
        "This story has been updated with the harbour's comment.",
        "In einer früheren Fassung des Gesetzes fehlte der Absatz.",
        "Two ships collided. An earlier version of this story said three.",
        "Une version précédente du texte avait été rejetée par le Sénat.",
        "The newspaper said its report was wrong.",
    ] {
        wrong.extend(correction(&item("Two ships collide", summary)).map(|_| summary));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(title in "\\PC{0,60}|[\\(\\[【]?(CORRECTED|更正|تصحيح|Correction)?[\\-:：)\\] ]{0,3}\\PC{0,20}", summary in "\\PC{0,80}") {
        let one = correction(&item(&title, &summary));
        prop_assert_eq!(one, correction(&item(&title, &summary)));
    }
}
