//! The agencies that newswatch knows.

use super::Agency;

/// Name; names that count wherever they stand; short ones that count in a credit, as they are spelled; own domains.
type Row = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
pub(super) const AGENCIES: &[Row] = &[
    ("Reuters", "Reuters; Рейтер; Рейтерс; Ройтерс; رويترز; رویترز; רויטרס; Ρόιτερς; 路透社; 路透; ロイター; 로이터", "", "reuters.com reutersagency.com"),
    ("AP", "Associated Press; Ассошиэйтед Пресс; أسوشيتد برس; اسوشيتدبرس; أسوشييتد برس; آسوشیتدپرس; אסושיאייטד פרס; 美联社; 美聯社; AP通信", "AP", "apnews.com ap.org"),
    ("AFP", "Agence France-Presse; Франс Пресс; Франс-Пресс; وكالة فرانس برس; فرانس برس; خبرگزاری فرانسه; סוכנות הידיעות הצרפתית; 法新社; AFP通信; AFP時事", "AFP; АФП; أ ف ب; أ.ف.ب; اف ب", "afp.com"),
    ("dpa", "Deutsche Presse-Agentur; Deutschen Presse-Agentur; وكالة الأنباء الألمانية; 德新社", "dpa; DPA; د ب أ", "dpa.com"),
    ("ANSA", "Agenzia ANSA; وكالة أنسا; 安莎社", "ANSA; Ansa", "ansa.it"),
    ("EFE", "Agencia EFE; EFE Noticias; وكالة إفي; 埃菲社", "EFE; Efe", "efe.com"),
    ("TASS", "ИТАР-ТАСС; ТАСС; ITAR-TASS; وكالة تاس; خبرگزاری تاس; 塔斯社; タス通信; 타스통신", "TASS; Tass; تاس", "tass.ru tass.com itar-tass.com"),
    ("RIA Novosti", "RIA Novosti; RIA Nowosti; RIA Nóvosti; РИА Новости; РІА Новости; ريا نوفوستي; نوفوستي; 俄新社", "RIA; РИА", "ria.ru rian.ru"),
    ("Interfax", "Interfax; Интерфакс; Интерфакса; Интерфаксу; Интерфаксом; إنترفاكس; انترفاکس; אינטרפקס; 国际文传电讯社", "", "interfax.ru interfax.com interfax-russia.ru"),
    ("Interfax-Ukraine", "Interfax-Ukraine; Interfax Ukraine; Интерфакс-Украина; Інтерфакс-Україна", "", "interfax.com.ua"),
    ("Xinhua", "Xinhua; Синьхуа; شينخوا; شینهوا; 新华社; 新華社; 신화통신", "", "news.cn xinhuanet.com"),
    ("CNS", "China News Service; 中新社; 中新网", "", "chinanews.com chinanews.com.cn"),
    ("Anadolu", "Anadolu Agency; Anadolu Ajansı; Anadolu Agentur; Agence Anadolu; Agencia Anadolu; وكالة الأناضول; الأناضول; خبرگزاری آناتولی", "AA; Anadolu", "aa.com.tr"),
    ("DHA", "Demirören Haber Ajansı", "DHA", "dha.com.tr"),
    ("IHA", "İhlas Haber Ajansı", "İHA", "iha.com.tr"),
    ("SANA", "Syrian Arab News Agency; وكالة الأنباء السورية; الوكالة العربية السورية للأنباء; وكالة سانا", "SANA; سانا", "sana.sy"),
    ("IRNA", "Islamic Republic News Agency; خبرگزاری جمهوری اسلامی; وكالة إرنا", "IRNA; ایرنا; إرنا; ИРНА", "irna.ir"),
    ("ISNA", "Iranian Students News Agency; خبرگزاری دانشجویان ایران", "ISNA; ایسنا; إسنا", "isna.ir"),
    ("Tasnim", "Tasnim News; Tasnim News Agency; خبرگزاری تسنیم; وكالة تسنيم", "Tasnim; تسنیم; Тасним", "tasnimnews.com tasnimnews.ir"),
    ("Fars", "Fars News; Fars News Agency; خبرگزاری فارس; وكالة فارس", "Fars", "farsnews.ir farsnews.com"),
    ("Mehr", "Mehr News; Mehr News Agency; خبرگزاری مهر; وكالة مهر", "", "mehrnews.com"),
    ("KUNA", "Kuwait News Agency; وكالة الأنباء الكويتية", "KUNA; كونا", "kuna.net.kw"),
    ("WAM", "Emirates News Agency; وكالة أنباء الإمارات", "WAM; وام", "wam.ae"),
    ("SPA", "Saudi Press Agency; وكالة الأنباء السعودية", "SPA; واس", "spa.gov.sa"),
    ("QNA", "Qatar News Agency; وكالة الأنباء القطرية", "QNA; قنا", "qna.org.qa"),
    ("BNA", "Bahrain News Agency; وكالة أنباء البحرين", "BNA; بنا", "bna.bh"),
    ("MENA", "Middle East News Agency; وكالة أنباء الشرق الأوسط", "MENA; أ ش أ", "mena.org.eg"),
    ("Petra", "Jordan News Agency; وكالة الأنباء الأردنية", "PETRA; بترا", "petra.gov.jo"),
    ("NNA", "Lebanese National News Agency; الوكالة الوطنية للإعلام", "NNA", "nna-leb.gov.lb"),
    ("INA", "Iraqi News Agency; وكالة الأنباء العراقية", "INA; واع", "ina.iq"),
    ("WAFA", "Palestinian News Agency; وكالة الأنباء الفلسطينية", "WAFA; وفا", "wafa.ps"),
    ("Saba", "Yemen News Agency; وكالة الأنباء اليمنية", "SABA; سبأ", "saba.ye sabanew.net"),
    ("LANA", "Libyan News Agency; وكالة الأنباء الليبية", "LANA; وال", "lana.gov.ly"),
    ("SUNA", "Sudan News Agency; وكالة السودان للأنباء", "SUNA; سونا", "suna-sd.net suna-news.net"),
    ("TAP", "Tunis Afrique Presse; وكالة تونس إفريقيا للأنباء", "TAP; وات", "tap.info.tn"),
    ("APS", "Algérie Presse Service; وكالة الأنباء الجزائرية", "APS; واج", "aps.dz"),
    ("MAP", "Maghreb Arabe Presse; وكالة المغرب العربي للأنباء", "MAP", "mapnews.ma"),
    ("North Press", "North Press Agency; وكالة نورث برس; نورث برس", "North Press", "npasyria.com"),
    ("ANHA", "Hawar News; Hawar News Agency; وكالة أنباء هاوار; وكالة هاوار", "ANHA", "hawarnews.com"),
    ("Kyodo", "Kyodo; Киодо; 共同通信; 共同社", "", "kyodonews.net kyodonews.jp"),
    ("Jiji", "Jiji Press; 時事通信", "", "jiji.com"),
    ("Yonhap", "Yonhap; Ёнхап; Рёнхап; يونهاب; 연합뉴스; 韩联社; 聯合ニュース", "", "yna.co.kr"),
    ("KCNA", "Korean Central News Agency; ЦТАК; 朝中社; 조선중앙통신; 朝鮮中央通信", "KCNA", "kcna.kp"),
    ("CNA Taiwan", "Central News Agency; 中央社", "", "cna.com.tw focustaiwan.tw"),
    ("PTI", "Press Trust of India", "PTI", "ptinews.com"),
    ("ANI", "Asian News International", "ANI", "aninews.in"),
    ("IANS", "Indo-Asian News Service", "IANS", "ians.in"),
    ("Antara", "LKBN Antara; Antara News", "ANTARA", "antaranews.com"),
    ("Bernama", "Bernama", "", "bernama.com"),
    ("Ukrinform", "Ukrinform; Укринформ; Укрінформ; Укрінформу; Укрінформі; Укринформа; Укринформу", "", "ukrinform.net ukrinform.ua ukrinform.com"),
    ("UNIAN", "УНІАН; УНИАН", "UNIAN", "unian.ua unian.net unian.info"),
    ("BelTA", "БелТА", "BelTA; BELTA; БЕЛТА", "belta.by"),
    ("PAP", "Polska Agencja Prasowa; Polskiej Agencji Prasowej; Польское агентство печати", "PAP", "pap.pl"),
    ("ČTK", "Česká tisková kancelář; České tiskové kanceláři", "ČTK; CTK", "ctk.cz ceskenoviny.cz"),
    ("TASR", "Tlačová agentúra Slovenskej republiky", "TASR", "tasr.sk teraz.sk"),
    ("SITA", "Slovenská tlačová agentúra", "SITA", "sita.sk"),
    ("MTI", "Magyar Távirati Iroda", "MTI", "mti.hu"),
    ("APA", "Austria Presse Agentur; Austria Press Agency", "APA", "apa.at"),
    ("APA Azerbaijan", "Azeri-Press Agency", "", "apa.az"),
    ("Azertac", "Azertac; Азертадж; AZƏRTAC", "", "azertag.az"),
    ("Keystone-ATS", "Keystone-SDA; Keystone-ATS; Schweizerische Depeschenagentur", "ATS; SDA", "keystone-sda.ch"),
    ("Belga", "Agence Belga; Persagentschap Belga", "BELGA; Belga", "belga.be belganewsagency.eu"),
    ("ANP", "Algemeen Nederlands Persbureau", "ANP", "anp.nl"),
    ("NTB", "Norsk Telegrambyrå", "NTB", "ntb.no"),
    ("TT", "Tidningarnas Telegrambyrå", "TT", "tt.se"),
    ("Ritzau", "Ritzau; Ritzaus Bureau", "", "ritzau.dk ritzau.com"),
    ("STT", "Suomen Tietotoimisto", "STT", "stt.fi"),
    ("BNS", "Baltic News Service", "BNS", "bns.ee bns.lt bns.lv"),
    ("LETA", "Latvijas ziņu aģentūra LETA", "LETA", "leta.lv"),
    ("ELTA", "Lietuvos naujienų agentūra", "ELTA", "elta.lt"),
    ("Lusa", "Agência Lusa; Agence Lusa", "LUSA; Lusa", "lusa.pt"),
    ("Agerpres", "Agerpres", "", "agerpres.ro"),
    ("Mediafax", "Mediafax", "", "mediafax.ro"),
    ("BTA", "Bulgarian News Agency; Българска телеграфна агенция", "BTA; БТА", "bta.bg"),
    ("Tanjug", "Tanjug; Танјуг; Танюг", "", "tanjug.rs"),
    ("HINA", "Hrvatska izvještajna novinska agencija", "HINA; Hina", "hina.hr"),
    ("STA", "Slovenska tiskovna agencija; Slovenian Press Agency", "STA", "sta.si"),
    ("MIA", "Македонска информативна агенција", "МИА", "mia.mk"),
    ("ANA-MPA", "Athens-Macedonian News Agency; ΑΠΕ-ΜΠΕ", "ANA; ΑΠΕ", "amna.gr ana-mpa.gr"),
    ("ATA", "Albanian Telegraphic Agency", "", "ata.gov.al"),
    ("Europa Press", "Europa Press", "", "europapress.es"),
    ("Adnkronos", "Adnkronos", "", "adnkronos.com"),
    ("Bloomberg", "Bloomberg News; 彭博社", "Bloomberg; Блумберг", "bloomberg.com"),
    ("UPI", "United Press International", "UPI", "upi.com"),
    ("PA Media", "PA Media; Press Association", "PA", "pa.media"),
    ("Canadian Press", "The Canadian Press; Canadian Press; La Presse Canadienne", "", "thecanadianpress.com"),
    ("AAP", "Australian Associated Press", "AAP", "aap.com.au aapnews.com.au"),
    ("Télam", "Agencia Télam", "TÉLAM; Télam", "telam.com.ar"),
    ("Agência Brasil", "Agência Brasil", "", "agenciabrasil.ebc.com.br"),
    ("Prensa Latina", "Prensa Latina", "", "prensa-latina.cu plenglish.com"),
    ("APA News", "Agence de Presse Africaine", "", "apanews.net"),
    ("Panapress", "Panapress; Panafrican News Agency", "PANA", "panapress.com"),
    ("ENA", "Ethiopian News Agency", "ENA", "ena.et"),
    ("NAN", "News Agency of Nigeria", "NAN", "nannews.ng"),
    ("Kabar", "Kabar News Agency; Кабар", "", "kabar.kg"),
];

/// Agencies whose short name is read as something else beside these folded words.
pub(super) const UNLESS: &[(&str, &str)] = &[
    ("AFP", "philippine philippines filipino australian"),
    ("SANA", "sanaa yemen yemeni houthi houthis اليمن"),
    ("MENA", "region regional"),
    ("Bloomberg", "philanthropist billionaire"),
    ("PTI", "pakistan pakistani imran khan"),
    ("UPI", "payment payments transaction transactions npci"),
    ("DHA", "omega fish epa supplement supplements karachi lahore"),
    ("BNA", "bank banco angola"),
    ("MAP", "map maps"),
];

/// Short names that mean too much to be believed beside a verb: an authority, a party, a group, a letter.
const WARY: &[&str] = &[
    "PA", "AA", "TT", "STA", "ATS", "SDA", "STT", "MAP", "TAP", "ENA", "NAN", "PAP", "PANA", "ANA", "APA", "BNA",
    "INA", "DHA", "SITA", "APS", "AAP",
];

pub(super) fn is_wary(short: &str) -> bool {
    WARY.contains(&short)
}

/// The table, each agency with its row.
pub(super) fn rows() -> impl Iterator<Item = (Agency, &'static str, &'static str, &'static str, &'static str)> {
    Agency::all().zip(AGENCIES).map(|(agency, row)| (agency, row.0, row.1, row.2, row.3))
}
