//! Texts are invented.

use proptest::prelude::*;

use super::super::sample::item;
use super::*;

#[test]
fn names_in_many_scripts_are_credited() {
    let mut wrong = Vec::new();
    for (title, summary, expected) in [
        ("Two ships collide off Bergen", "BERGEN, Dec 8 (Reuters) - Two ships collided.", "Reuters"),
        ("Two ships collide off Bergen", "BERGEN, Norway (AP) — Two ships collided.", "AP"),
        ("Two ships collide", "BERGEN, Dec 8 (AFP) - Two ships collided.", "AFP"),
        ("Two ships collide", "MOSCOW. Dec 8. INTERFAX.COM - Two ships collided.", "Interfax"),
        ("Столкнулись два судна", "ДАМАСК, 8 декабря. /ТАСС/. Столкнулись два судна.", "TASS"),
        ("Столкнулись два судна", "МОСКВА, 8 дек - РИА Новости. Столкнулись два судна.", "RIA Novosti"),
        ("اصطدام سفينتين", "دمشق-سانا اصطدمت سفينتان قبالة الساحل", "SANA"),
        ("Two ships collide - Reuters", "", "Reuters"),
        ("Two ships collide | AFP", "", "AFP"),
        ("Two ships collide (AP)", "", "AP"),
        ("Zwei Schiffe stoßen zusammen", "Zwei Schiffe sind zusammengestoßen. © dpa", "dpa"),
        ("Two ships collide, Reuters reports", "", "Reuters"),
        ("Two ships collide, according to TASS", "", "TASS"),
        ("Столкнулись два судна, сообщает ТАСС", "", "TASS"),
        ("Столкнулись два судна, передаёт Интерфакс", "", "Interfax"),
        ("اصطدام سفينتين نقلا عن رويترز", "", "Reuters"),
        ("Zwei Schiffe stoßen zusammen", "Das berichtet die dpa.", "dpa"),
        ("Deux navires se heurtent", "Deux navires se sont heurtés, selon l'AFP.", "AFP"),
        ("Deux navires se heurtent", "Deux navires se sont heurtés, rapporte l’AFP.", "AFP"),
        ("Chocan dos barcos", "Dos barcos chocaron, según EFE.", "EFE"),
        ("Due navi si scontrano", "Lo riferisce l'ANSA.", "ANSA"),
        ("Zderzyły się dwa statki", "WARSZAWA (PAP) - Zderzyły się dwa statki.", "PAP"),
        ("Zderzyły się dwa statki - podaje PAP", "", "PAP"),
        ("Srazily se dvě lodě, uvedla ČTK", "", "ČTK"),
        ("برخورد دو کشتی به گزارش رویترز", "", "Reuters"),
        ("برخورد دو کشتی", "به گزارش خبرگزاری تسنیم، دو کشتی برخورد کردند", "Tasnim"),
        ("וַסֶפינות התנגשו", "כך נמסר לרויטרס", "Reuters"),
        ("两船相撞", "新华社大马士革12月8日电 两船相撞", "Xinhua"),
        ("船2隻が衝突", "【ダマスカス共同通信】船2隻が衝突", "Kyodo"),
        ("선박 2척 충돌", "(서울=연합뉴스) 선박 2척이 충돌했다", "Yonhap"),
        ("Зіткнулися два судна", "Про це повідомляє Укрінформ.", "Ukrinform"),
        ("اصطدام سفينتين", "باريس (أ ف ب) - اصطدمت سفينتان", "AFP"),
        ("Raid kills two: SANA", "", "SANA"),
        ("Two ships collide", "Moscow, 8 December (TASS). Two ships collided.", "TASS"),
        ("Zwei Schiffe", "Berlin (dpa/tmn) - Zwei Schiffe sind zusammengestoßen.", "dpa"),
        ("Chocan dos barcos", "Madrid, 8 dic (EFE).- Dos barcos chocaron.", "EFE"),
        ("Två fartyg", "Det skriver TT.", "TT"),
        ("Zwei Schiffe", "Quelle: dpa", "dpa"),
        ("Two ships collide", "(With inputs from ANI)", "ANI"),
        ("Two ships collide", "IRNA said the minister left.", "IRNA"),
        ("Ships collide", "Two ships collided, the captain told AFP.", "AFP"),
        ("İki gemi çarpıştı", "Anadolu Ajansı haberine göre iki gemi çarpıştı.", "Anadolu"),
        ("Two ships collide", "Syria's state news agency SANA reported the collision.", "SANA"),
    ] {
        let found = credits(&item(title, summary));
        if found != [expected] {
            wrong.push((title, summary, expected, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn authors_and_the_agency_s_own_site_are_credits() {
    let mut wrong = Vec::new();
    for (author, expected) in [
        ("AFP", vec!["AFP"]),
        ("Reuters Staff", vec!["Reuters"]),
        ("Jo Doe with AFP", vec!["AFP"]),
        ("Jo Doe and AP", vec!["AP"]),
        ("dpa/afp", vec!["dpa"]),
        ("Jo Doe, AP", vec!["AP"]),
        ("noreply@example.org (Reuters)", vec!["Reuters"]),
        ("AP Singh", vec![]),
        ("TT Nguyen", vec![]),
        ("Ani Petrosyan", vec![]),
        ("Sta Clara Diaz", vec![]),
        ("Map Team", vec![]),
    ] {
        let mut item = item("Two ships collide", "");
        item.authors = vec![author.to_owned()];
        let found = credits(&item);
        if found != expected {
            wrong.push((author, expected, found));
        }
    }
    for (link, expected) in [
        ("https://www.reuters.com/world/1", vec!["Reuters"]),
        ("https://tass.com/1", vec!["TASS"]),
        ("https://english.news.cn/1", vec!["Xinhua"]),
        ("https://sana.sy/?p=1", vec!["SANA"]),
        ("https://interfax.com.ua/1", vec!["Interfax-Ukraine"]),
        ("https://notreuters.com/1", vec![]),
        ("https://reuters.com.example.org/1", vec![]),
        ("https://example.org/?u=reuters.com", vec![]),
    ] {
        let mut item = item("Two ships collide", "");
        item.link = Some(link.to_owned());
        let found = credits(&item);
        if found != expected {
            wrong.push((link, expected, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn look_alikes_are_not_credited() {
    let mut wrong = Vec::new();
    for (title, summary) in [
        ("Tourism grows across the MENA region", "Investors in MENA are hopeful."),
        ("Ferry's ETA is noon", "The estimated time of arrival (ETA) is noon."),
        ("Basque group remembered", "Euskadi Ta Askatasuna (ETA) - the group that laid down its arms."),
        (
            "AFP troops clash with rebels",
            "The Armed Forces of the Philippines (AFP) said five rebels fell. AFP reported no losses.",
        ),
        ("Residents of Sana flee floods", "In Sana, the capital of Yemen, streets are under water."),
        ("SANA'A airport reopens", "Flights to SANA'A resume."),
        ("PA says it will not yield", "According to the PA, talks go on. The PA reports progress."),
        ("Fire in Pittsburgh (PA)", ""),
        ("Homes burn in Harrisburg, PA", ""),
        ("Hotel with spa opens", "The SPA at the hotel is open."),
        ("Petra draws more visitors", "Petra is the pride of Jordan."),
        ("Mehr Regen erwartet", "Mehr als zehn Orte sind betroffen."),
        ("Keystone pipeline leaks", "The Keystone pipeline leaked."),
        ("Michael Bloomberg gives a speech", "Bloomberg spoke in the park."),
        ("Thomson Reuters shares rise", "The Reuters Institute publishes its survey."),
        ("Ap oder Spiel: ap im Test", "Die App AP-1 im Test."),
        ("Students sit AP exams", "AP classes are full; the AP exam is in May."),
        ("TT race on the Isle of Man", "The TT is run in June."),
        ("STA-rated hotel opens", "STA cruise members vote."),
        ("ATS pistol found", "An ATS unit searched the house."),
        ("PAP wins Singapore vote", "The PAP said it was humbled."),
        ("Fars province hit by quake", "The quake shook Fars province."),
        ("Lusa Silva wins the race", "Lusa Silva ran the race in two hours."),
        ("Ani is a ruined city", "Ani lies at the border."),
        ("Saba falls to floods", "The island of Saba is flooded."),
        ("Новости недели", "Хорошие новости для рыбаков, рия и ап."),
        ("أنا وأنت", "سبا وفا كونا وال بيت"),
        ("The wam of the drum", "tass, efe and ansa are no words."),
        ("Map of the region", "MAP: where the ships collided"),
        ("Inside INA - a story", "INA cards sold out"),
        ("WHO WE ARE", "AA batteries recalled. AA meetings resume."),
        ("HARRISBURG (PA) - FIRE", "HARRISBURG (PA) - A fire broke out."),
        ("MENA – an outlook", "MENA – Markets open higher."),
        ("The bridge of spies", "She told AA members about her life. According to MAP officials, all is well."),
        ("Bloomberg wins his race", "Mayor Bloomberg reported gains."),
        ("HINA - a name", "A girl called Hina won."),
        ("PANA film festival", "The festival, via PANA, opens."),
        ("APA style explained", "According to the APA, authors should cite."),
        ("TAP pipeline opens", "The TAP pipeline, according to TAP, opens."),
        ("Belga Queen restaurant", "According to Belga Queen, the menu is new."),
        ("UPI payments", "Payments by UPI rose; according to UPI data, by a tenth."),
        ("PTI leader Imran Khan jailed", "According to PTI, its leader was jailed. PTI reports arrests."),
        ("ENA school", "A graduate of the ENA."),
        ("BNS law", "Charges under the BNS."),
        ("SDA church", "The SDA church opens a school."),
        ("DHA supplement", "Fish oil with DHA and EPA - DHA"),
        ("INA and KUNA", "The towns of Kuna and Ina."),
        ("Antara Health", "Antara raises money."),
        ("LETA", "Leta Smith said."),
        ("ANI DIFRANCO (SINGER) - LIVE", "ANI DIFRANCO - LIVE"),
        ("Хина", "Эфе и Апа"),
        ("وفا القائد بوعده", "وال بنا إلى البيت واس عن"),
        ("", ""),
    ] {
        let found = credits(&item(title, summary));
        if !found.is_empty() {
            wrong.push((title, summary, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_holds_together() {
    let names: std::collections::HashSet<&str> = Agency::all().map(Agency::name).collect();
    assert_eq!(names.len(), AGENCIES.len());
    assert!(names.len() >= 60);
    assert!(UNLESS.iter().all(|(name, _)| names.contains(name)));
    for domain in AGENCIES.iter().flat_map(|row| row.3.split_whitespace()) {
        assert!(of_host(&format!("www.{domain}")).is_some(), "{domain}");
    }
}

#[test]
fn what_stands_too_far_down_is_not_read() {
    let far = "a ".repeat(1_100) + "Reuters";
    assert!(credits(&item("Title", &far)).is_empty());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(
        title in "\\PC{0,60}|([A-Z]{2,4}|AP|AFP|\\(|\\)|/| |-|©|,|é|نقلا عن|سانا|新华社){0,12}",
        author in "\\PC{0,30}",
    ) {
        let mut item = item(&title, &title);
        item.authors = vec![author];
        let found = credits(&item);
        prop_assert!(found.len() <= MAX_CREDITS && found.is_sorted());
    }
}
