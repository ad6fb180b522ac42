//! The configuration as its users meet it: a good one with every word of the format, and one snapshot for each kind of
//! bad one (`NEWSWATCH_BLESS=1 cargo test --test config` rewrites them).

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, io};

use newswatch::config::{self, Checked, Config, Diagnostic, Document, Marked, Severity, Surroundings};
use newswatch::config::{DEFAULT_MAX_RATE, THRESHOLD_HIGH, THRESHOLD_NORMAL};
use newswatch::model::{
    Budget, Credentials, Edits, Fallback, GroupBy, Grouping, Rate, Realert, Role, Secret, Service, SmtpTls, Source,
    TargetKind, TerminalFormat,
};
use proptest::prelude::*;

/// A world of a few variables and files.
#[derive(Default)]
struct World {
    vars: HashMap<&'static str, &'static str>,
    files: HashMap<PathBuf, &'static str>,
}

impl Surroundings for World {
    fn var(&self, name: &str) -> Option<String> {
        self.vars.get(name).map(|value| (*value).to_owned())
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        let text = self.files.get(path).map(|text| (*text).to_owned());
        text.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such file"))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let below = self.files.keys().filter(|path| path.parent() == Some(directory));
        let names: Vec<String> = below.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
        if names.is_empty() { Err(io::Error::new(io::ErrorKind::NotFound, "no such directory")) } else { Ok(names) }
    }
}

const FULL: &str = include_str!("full_config.toml");
const PATH: &str = "/etc/newswatch/newswatch.toml";
const WRITTEN_SECRET: &str = "whsec_SFVOVEVSMi1IVU5URVIyLUhVTlRFUjItSFVOVEVSMi0=";

fn world() -> World {
    World {
        vars: HashMap::from([
            ("CREDENTIALS_DIRECTORY", "/run/credentials"),
            ("SMTP_USER", "desk"),
            ("EMPTY", ""),
            ("API_KEY", "k3y"),
        ]),
        files: HashMap::from([
            ("/run/credentials/smtp".into(), "from-systemd\n"),
            ("/etc/newswatch/smtp".into(), "not this one"),
            ("/etc/newswatch/ca.pem".into(), "-----BEGIN CERTIFICATE-----"),
            ("/etc/newswatch/slack_url".into(), "https://hooks.example.org/T000/B000/t0ken\n"),
            ("/etc/newswatch/matrix_token".into(), "syt_42\n"),
            ("/etc/newswatch/words.txt".into(), "{{ headline }}\n{{ text }}\n"),
            ("/etc/newswatch/hook".into(), "https://hooks.example.org/token\n"),
            ("/etc/newswatch/empty".into(), "\n"),
            ("/etc/newswatch/paid".into(), "pa1d\n"),
            ("/etc/newswatch/jar".into(), "#HttpOnly_.paid.example\tTRUE\t/\tTRUE\t0\tid\tc00kie\n"),
            ("/etc/newswatch/bad_jar".into(), "# Netscape\n\nh\tTRUE\t/\tFALSE\t0\tid\thunter2\nh TRUE / hunter2\n"),
            ("/etc/newswatch/no_jar".into(), "# Netscape\n"),
            ("/etc/newswatch/watches/more.toml".into(), "[[watch]]\nname = \"more\"\nstrong = [\"Odesa\"]"),
        ]),
    }
}

fn check(text: &str) -> Checked {
    config::check(text, Path::new(PATH), &world())
}

fn good(text: &str) -> Config {
    let Checked { config, diagnostics, documents, .. } = check(text);
    config.unwrap_or_else(|| panic!("{}", render(&diagnostics, &documents, false)))
}

fn render(diagnostics: &[Diagnostic], documents: &[Document], color: bool) -> String {
    let shown = |path: &Path| path.strip_prefix("/etc/newswatch").unwrap_or(path).to_owned();
    config::render(diagnostics, documents, shown, color)
}

#[test]
fn bad_configurations_are_explained() {
    let bless = env::var_os("NEWSWATCH_BLESS").is_some();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_config");
    let mut failures = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(directory).expect("the directory") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        count += 1;
        let text = fs::read_to_string(&path).expect("UTF-8");
        let name = Path::new(path.file_name().expect("a name"));
        let checked = config::check(&text, &Path::new("/etc/newswatch").join(name), &world());
        assert!(checked.config.is_none(), "{} is bad", name.display());
        let shown = render(&checked.diagnostics, &checked.documents, false);
        let expected = path.with_extension("stderr");
        if bless {
            fs::write(&expected, &shown).expect("a place to write");
        } else if fs::read_to_string(&expected).unwrap_or_default() != shown {
            failures.push(format!("{}: now it is\n{shown}", expected.display()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count >= 14, "only {count} files");
}

#[test]
fn every_word_of_the_format_is_read() {
    let Checked { diagnostics, .. } = check(FULL);
    assert_eq!(diagnostics, []);
    let config = good(FULL);
    assert_eq!(config.state_dir, Some("/etc/newswatch/state".into()));
    assert_eq!(config.contact.as_deref(), Some("desk@example.org"));
    assert_eq!(config.lookback, Duration::from_secs(2 * 86_400));
    assert_eq!(config.budget, Budget::PerFeedDay(24));
    assert_eq!(config.alert_within, Some(Duration::from_secs(600)));
    assert_eq!(config.owner, ["desk"]);
    assert_eq!(config.allow_private.len(), 2);
    assert_eq!(config.fetch.max_body_bytes, 512 * 1024);
    assert_eq!(config.fetch.host_gap, Duration::ZERO);
    let websub = config.websub.as_ref().map(|websub| (websub.callback.as_str(), websub.listen.to_string()));
    assert_eq!(websub, Some(("https://desk.example.org/websub", "[::1]:8791".to_owned())));

    let [remote, _, _, local] = config.feeds.as_slice() else { panic!("four feeds") };
    assert_eq!(remote.name, "ERR");
    assert_eq!(remote.every, Some(Duration::from_secs(60)));
    assert_eq!(remote.language.as_deref(), Some("et"));
    assert_eq!(local.source, Source::File("/etc/newswatch/news.xml".into()));
    assert_eq!(local.name, "./news.xml");

    assert_eq!((remote.edits, local.edits), (Edits::Alert, Edits::Update));

    let [tartus, hts, more] = config.watches.as_slice() else { panic!("three watches") };
    let all = Realert { corroborated: Some(3), score: Some(0.9), number: true, correction: false };
    assert_eq!((config.quiet, tartus.realert, more.realert), (Duration::from_secs(30), all, all));
    let own = Realert { corroborated: None, score: None, number: true, correction: true };
    assert_eq!(hts.realert, own, "what a watch does not say is as in [story]");
    assert_eq!((tartus.languages.len(), tartus.transliterate, tartus.golden.len()), (0, true, 0));
    assert_eq!((hts.languages.as_slice(), hts.transliterate), (&["en".to_owned(), "zh".to_owned()][..], false));
    let [must, must_not] = hts.golden.as_slice() else { panic!("two golden items") };
    assert_eq!((must.title.as_str(), must.summary.as_str(), must.alert), ("Title", "", true));
    assert_eq!((must_not.summary.as_str(), must_not.alert), ("In $", false));
    assert_eq!(must_not.language.as_deref(), Some("en-GB"));
    assert_eq!(more.name, "more");
    assert_eq!((tartus.targets.len(), &tartus.targets[..3]), (13, &["screen", "desk", "hook"].map(String::from)[..]));
    assert_eq!(tartus.threshold, THRESHOLD_NORMAL);
    let query = tartus.query.as_ref().map(ToString::to_string);
    assert_eq!(query.as_deref(), Some("(port OR \"naval base\"~2) NEAR/5 tartus AND NOT title:/curling$/"));
    assert_eq!(hts.query, None);
    assert_eq!(hts.threshold, THRESHOLD_HIGH);
    assert_eq!(hts.targets, ["desk"]);
    let roles: Vec<Role> = hts.terms.iter().map(|term| term.role).collect();
    assert_eq!(roles, [Role::Strong, Role::Weak, Role::Context, Role::Against]);
    assert_eq!(hts.terms[3].text, "US$");
}

#[test]
fn routes_and_manners_are_read() {
    let config = good(include_str!("routes_config.toml"));
    let [tartus, hts] = config.watches.as_slice() else { panic!("two watches") };
    assert_eq!(
        (tartus.urgent, &tartus.targets[..], &hts.targets[..]),
        (true, &["desk".into()][..], &["screen".into()][..])
    );
    assert_eq!((tartus.remind, hts.remind), (Some(Duration::from_mins(30)), None));
    let [first, second] = config.routes.as_slice() else { panic!("two routes") };
    assert_eq!((first.watches.len(), first.tags.len(), first.feeds.len(), first.hours.len()), (1, 1, 1, 2));
    assert_eq!((first.min_score, first.proceed, second.proceed), (Some(0.8), true, false));
    assert_eq!(second.targets, ["digest", "desk"]);
    let [screen, desk, digest, open] = config.targets.as_slice() else { panic!("four targets") };
    assert_eq!(screen.manner.rate, Some(Rate { messages: 10, per: Duration::from_mins(1) }));
    assert_eq!(screen.manner.quiet_hours.len(), 1);
    let default = Fallback { target: "desk".into(), after: Duration::from_mins(10) };
    assert_eq!((&screen.manner.fallback, &open.manner.fallback), (&Some(default), &None));
    let (wait, interval) = (Duration::from_mins(1), Duration::from_mins(10));
    assert_eq!(desk.manner.group, Some(Grouping { by: GroupBy::Watch, wait, interval }));
    assert_eq!((desk.manner.rate, open.manner.rate), (Some(DEFAULT_MAX_RATE), None), "people read mail");
    assert_eq!(digest.manner.digest.as_ref().map(|digest| digest.times.len()), Some(2));
    assert_eq!(config.drill.as_ref().map(|drill| &drill.targets[..]), Some(&["screen".to_owned()][..]));
    assert_eq!(config.heartbeat.as_ref().map(|url| url.expose()), Some("https://hc.example.org/ping/h34rt"));
    assert!(!format!("{config:?}").contains("h34rt"));
}

#[test]
fn feeds_are_read_with_what_their_servers_want_to_see() {
    let config = good(FULL);
    let [plain, paid, api, _] = config.feeds.as_slice() else { panic!("four feeds") };
    assert_eq!(plain.access, None);
    let access = paid.access.as_ref().expect("an access");
    assert_eq!(access.user_agent.as_deref(), Some("Mozilla/5.0 (X11; Linux x86_64)"));
    let headers: Vec<(&str, &str)> = access.headers.iter().map(|(n, value)| (n.as_str(), value.expose())).collect();
    assert_eq!(headers, [("Accept-Language", "et, en;q=0.5"), ("X-Api-Key", "k3y")]);
    assert_eq!(access.proxy.as_ref().map(|proxy| proxy.expose()), Some("http://me:pr0xy@proxy.example:3128/"));
    let basic = Credentials::Basic { username: "desk".to_owned(), password: Secret::new("pa1d") };
    assert_eq!(access.credentials, Some(basic));
    let [cookie] = &*access.cookies else { panic!("one cookie") };
    assert_eq!((cookie.domain.as_str(), cookie.name.as_str(), cookie.value.expose()), ("paid.example", "id", "c00kie"));
    let bearer = api.access.as_ref().and_then(|access| access.credentials.clone());
    assert_eq!(bearer, Some(Credentials::Bearer(Secret::new("t0ken"))));
    let shown = format!("{config:?}");
    for secret in ["k3y", "pr0xy", "pa1d", "c00kie", "t0ken"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn targets_are_read_with_their_secrets() {
    let config = good(FULL);
    let kinds: Vec<&TargetKind> = config.targets.iter().map(|target| &target.kind).collect();
    let [TargetKind::Terminal(screen), TargetKind::Email(desk), TargetKind::Webhook(hook), ..] = kinds.as_slice()
    else {
        panic!("one target of each type")
    };
    assert_eq!(screen.format, TerminalFormat::Json);
    assert_eq!((desk.host.as_str(), desk.port, desk.tls), ("smtp.example.org", 465, SmtpTls::Tls));
    assert_eq!(desk.username.as_deref(), Some("desk"));
    assert_eq!(desk.password.as_ref().map(|password| password.expose()), Some("from-systemd"));
    assert_eq!(desk.ca_file, Some("/etc/newswatch/ca.pem".into()));
    assert_eq!(hook.url.as_str(), "https://hooks.example.org/token");
    assert_eq!(hook.keys.len(), 2);
    assert_eq!(config.targets[1].deadline, Duration::from_secs(5 * 86_400));
    assert_eq!(config.targets[2].deadline, Duration::from_secs(600));
}

#[test]
fn services_are_read_with_what_each_needs() {
    let config = good(FULL);
    let service = |name: &str| {
        let target = config.targets.iter().find(|target| target.name == name).expect(name);
        let TargetKind::Service(service) = &target.kind else { panic!("{name} is no service") };
        (service.url.to_string(), service.service.clone())
    };
    let hook = "https://hooks.example.org/T000/B000/t0ken".to_owned();
    for (name, of) in [
        ("slack", Service::Slack),
        ("discord", Service::Discord),
        ("teams", Service::Teams),
        ("mattermost", Service::Mattermost),
    ] {
        assert_eq!(service(name), (hook.clone(), of));
    }
    let telegram = Service::Telegram { token: Secret::new("42:b0t"), chat: "-1001234567890".to_owned() };
    assert_eq!(service("telegram"), ("https://telegram.example.org/api".to_owned(), telegram));
    let matrix = Service::Matrix { token: Secret::new("syt_42"), room: "!abc:example.org".to_owned() };
    assert_eq!(service("matrix"), ("https://matrix.example.org/".to_owned(), matrix));
    let ntfy = Service::Ntfy { token: Some(Secret::new("tk_42")), topic: "desk-night".to_owned() };
    assert_eq!(service("ntfy"), ("https://ntfy.example.org/".to_owned(), ntfy));
    let pager =
        Service::PagerDuty { routing_key: Secret::new("r0uting"), severity: newswatch::model::Severity::Critical };
    assert_eq!(service("pager"), ("https://events.pagerduty.com/".to_owned(), pager));
    let resolve_after = Duration::from_secs(7_200);
    let alertmanager = Service::Alertmanager { token: None, resolve_after };
    assert_eq!(service("alertmanager"), ("https://alerts.example.org/am/".to_owned(), alertmanager));
    let Some(TargetKind::Exec(program)) = config.targets.last().map(|target| &target.kind) else { panic!("a program") };
    assert_eq!(
        (program.program.as_path(), program.timeout),
        (Path::new("/usr/local/bin/page"), Duration::from_secs(10))
    );
    assert_eq!(program.arguments, ["--night desk", "s3cret"]);
    let shown = format!("{config:?}");
    for secret in ["T000", "b0t", "syt_42", "tk_42", "r0uting", "s3cret"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn templates_are_read_with_their_places() {
    let Checked { config, marks, .. } = check(FULL);
    let config = config.expect("a configuration");
    let wording = |name: &str| config.targets.iter().find(|target| target.name == name).expect(name).wording.clone();
    assert_eq!(wording("slack").title.as_deref(), Some("{{ watch }}: {{ headline }}"));
    assert_eq!(wording("discord").text.as_deref(), Some("{{ headline }}\n{{ text }}"));
    assert_eq!(wording("program").body.as_deref(), Some("{\"text\": {{ headline | tojson }}}"));
    assert_eq!(wording("teams"), newswatch::model::Wording::default());
    let parts: Vec<&str> = marks
        .iter()
        .filter_map(|mark| match &mark.of {
            Marked::Template { part, .. } => Some(*part),
            _ => None,
        })
        .collect();
    assert_eq!(parts, ["title", "text", "text", "body"]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let windows = format!("\u{feff}{}", FULL.replace('\n', "\r\n"));
    assert_eq!(good(&windows), good(FULL));
}

#[test]
fn a_small_configuration_is_enough() {
    let text = "[[feed]]\nurl='https://example.org'\n[[watch]]\nname='a'\nstrong=['Tartus']\n\
                [[target]]\nname='t'\ntype='terminal'\n";
    let config = good(text);
    assert_eq!(config.fetch, config::FetchLimits::default());
    assert_eq!((config.lookback, &config.websub), (config::DEFAULT_LOOKBACK, &None));
    assert_eq!((config.quiet, config.watches[0].realert), (config::DEFAULT_QUIET, Realert::default()));
    assert_eq!(config.owner, ["t"]);
    let second = format!("{text}[[target]]\nname='owner'\ntype='terminal'\n");
    assert_eq!(good(&second).owner, ["owner"]);
    assert_eq!(good(&format!("owner=['t']\n{second}")).owner, ["t"]);
    assert_eq!(config.feeds[0].name, "https://example.org");
    assert_eq!(config.feeds[0].id, newswatch::model::FeedId::new("https://example.org/"));
}

#[test]
fn warnings_do_not_forbid_to_run() {
    let text = FULL.replace("url_file = \"hook\"", "url = \"http://hooks.example.org/\"");
    let Checked { config, diagnostics, .. } = check(&text);
    assert!(config.is_some());
    let severities: Vec<Severity> = diagnostics.iter().map(|diagnostic| diagnostic.severity).collect();
    assert_eq!(severities, [Severity::Warning]);
}

#[test]
fn a_callback_on_this_machine_is_for_trying_things_out() {
    let text = FULL.replace("https://desk.example.org/websub\"\nlisten = \"[::1]:8791\"", "http://localhost:8790/\"");
    let Checked { config, diagnostics, .. } = check(&text);
    assert_eq!(config.and_then(|config| config.websub).map(|websub| websub.listen), Some(config::DEFAULT_LISTEN));
    assert_eq!(diagnostics.iter().map(|diagnostic| diagnostic.severity).collect::<Vec<_>>(), [Severity::Warning]);
}

#[test]
fn too_many_terms_are_one_mistake() {
    let terms: Vec<String> = (0..=config::MAX_TERMS).map(|n| format!("\"term{n}\"")).collect();
    let text = FULL.replace("strong = [\"Tartus\"]", &format!("strong = [{}]", terms.join(",")));
    assert_eq!(check(&text).diagnostics.len(), 1);
}

#[test]
fn a_query_is_enough_for_a_watch_and_its_terms_count() {
    let text = FULL.replace("strong = [\"Tartus\"]\n", "");
    assert_eq!(good(&text).watches[0].terms, []);
    let terms: Vec<String> = (0..config::MAX_TERMS).map(|n| format!("\"term{n}\"")).collect();
    let text = FULL.replace("strong = [\"Tartus\"]", &format!("strong = [{}]", terms.join(",")));
    assert_eq!(check(&text).diagnostics.len(), 1);
}

#[test]
fn of_very_many_mistakes_the_first_are_shown() {
    let text = FULL.replace("strong = [", &format!("strong = [{}", "\"\", ".repeat(20_000)));
    let Checked { diagnostics, documents, .. } = check(&text);
    let shown = render(&diagnostics, &documents, false);
    assert_eq!((diagnostics.len() > 20_000, shown.matches("error:").count()), (true, 100));
    assert!(shown.ends_with(&format!("… and {} more\n\n", diagnostics.len() - 100)) && shown.len() < 100_000);
}

#[test]
fn a_query_of_a_megabyte_is_answered_soon() {
    for query in ["${A} ", "\\\n", "(", "title:", "a "] {
        let quoted = format!("\"\"\"{}\"\"\"", query.repeat(1_000_000 / query.len()));
        answers(&FULL.replace("query = ", &format!("query = {quoted}\n#")));
    }
}

/// Whatever stands in the file, the answer is a configuration or a reason, and showing the reason gives no secret away.
fn answers(text: &str) {
    let Checked { config, diagnostics, documents, .. } = check(text);
    let failed = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    assert_eq!(config.is_some(), !failed);
    assert!(diagnostics.is_sorted_by_key(|diagnostic| (diagnostic.file, diagnostic.span.start)));
    for color in [false, true] {
        let shown = render(&diagnostics, &documents, color);
        assert!(!shown.contains("HUNTER2") && !shown.contains("SFVOVEVS"), "{text}\n\n{shown}");
    }
}

fn with_secrets() -> String {
    FULL.replace("password_file = \"smtp\"", "password = \"HUNTER2\"")
        .replace("t0ken", "HUNTER2")
        .replace("pr0xy", "HUNTER2")
        .replace("${API_KEY}", "HUNTER2")
        .replace("42:b0t", "HUNTER2")
        .replace("r0uting", "HUNTER2")
        .replace("s3cret", "HUNTER2")
        .replace("tk_42", "HUNTER2")
        .replace("url_file = \"hook\"", "url = \"https://example.org/HUNTER2\"")
        .replace("secrets = [", &format!("secrets = [\n  \"{WRITTEN_SECRET}\","))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in "\\PC*|[\\[\\]{}='\"#.,$a-f0-9\\r\\n\\u{0}\\u{feff}é-]{0,80}") {
        answers(&text);
    }

    #[test]
    fn one_slip_in_a_good_file_gives_no_secret_away(
        at in any::<prop::sample::Index>(),
        slip in prop_oneof![Just(None), "[\\[\\]{}='\"#.,$a-z0-9\\r\\n é]".prop_map(Some)],
    ) {
        let mut chars: Vec<char> = with_secrets().chars().collect();
        let at = at.index(chars.len());
        match slip {
            Some(slip) => chars.splice(at..at, slip.chars()).for_each(drop),
            None => drop(chars.remove(at)),
        }
        answers(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn shuffled_lines_are_answered(lines in Just(FULL.lines().collect::<Vec<_>>()).prop_shuffle(), keep in 0usize..80) {
        answers(&lines.into_iter().take(keep).collect::<Vec<_>>().join("\n"));
    }
}
