//! Watches as their users write them: in files of their own, on the real binary. Every mistake has its place.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use support::binary::{Newswatch, Output};

const REST: &str = "[[feed]]\npath = \"feed.xml\"\n[[target]]\nname = \"t\"\ntype = \"terminal\"\n";

/// A house with a configuration that begins with `head`, and with files of watches.
fn house(head: &str, files: &[(&str, &str)]) -> Newswatch {
    let house = Newswatch::new(&format!("{head}\n{REST}"));
    for (name, text) in files {
        house.write(name, text);
    }
    house
}

fn check(house: &Newswatch) -> Output {
    house.newswatch().args(["check", "newswatch.toml"]).run()
}

#[track_caller]
fn assert_told(output: &Output, told: &[&str]) {
    for part in told {
        assert!(output.stderr.contains(part), "{part:?} in\n{output}");
    }
}

fn watch(name: &str, rest: &str) -> String {
    format!("[[watch]]\nname = \"{name}\"\n{rest}\n")
}

#[test]
fn watches_stand_in_files_of_their_own() {
    let head = "watches = [\"watches/*.toml\", \"more/last.toml\", \"watches/b.toml\"]";
    let grain = watch("grain", "strong = [\"grain exports\"]");
    let canal = watch("canal", "strong = [\"canal closed\"]");
    let both = grain.clone() + &canal;
    let harbour = watch("harbour", "strong = [\"port of Odesa\"]");
    let more = watch("more", "strong = [\"strait closed\"]");
    let files = [
        ("watches/b.toml", both.as_str()),
        ("watches/a.toml", &harbour),
        ("watches/.hidden.toml", "no TOML"),
        ("watches/a.toml~", "no TOML"),
        ("watches/old.toml/a.toml", "no TOML"),
        ("more/last.toml", &more),
    ];
    let house = house(head, &files);
    let checked = check(&house).assert_code(0);
    assert!(checked.stdout.contains("1 feed, 4 watches, 1 target, 3 watch files; no mistakes"), "{checked}");
    assert!(checked.stderr.is_empty(), "{checked}");

    // Those of the configuration itself come first.
    let own = watch("own", "strong = [\"canal\"]");
    house.write("newswatch.toml", format!("{head}\n{REST}{own}"));
    house.write("text", "Canal closed: grain exports from the port of Odesa, strait closed");
    let shell = house.program("sh").args(["-c", "exec \"$0\" explain --json newswatch.toml - < text"]);
    let matches = shell.arg(env!("CARGO_BIN_EXE_newswatch")).run().assert_code(0);
    let matches: serde_json::Value = serde_json::from_str(&matches.stdout).unwrap();
    let names: Vec<&str> = matches.as_array().unwrap().iter().map(|m| m["watch"].as_str().unwrap()).collect();
    assert_eq!(names, ["own", "harbour", "grain", "canal", "more"]);

    // From elsewhere, too: paths start at the configuration.
    let elsewhere = house.newswatch().arg("check").arg(house.config());
    assert!(elsewhere.run().assert_code(0).stdout.contains("5 watches"));
}

#[test]
fn mistakes_of_all_files_are_told_at_once_each_with_its_file() {
    let twice = watch("grain", "strong = [\"x\"]");
    let third = "# a comment\n".to_owned() + &watch("grain", "treshold = 0.5\nstrong = [\"grain\"]");
    let files = [("watches/a.toml", twice.as_str()), ("watches/b.toml", &third), ("c.toml", "[[watch]\nname = 3\n")];
    let house = house("lookback = \"1 day\"\nwatches = [\"watches/*.toml\", \"c.toml\"]", &files);
    let output = check(&house).assert_code(78);
    let places =
        ["newswatch.toml:1:12", "watches/a.toml:3:11", "watches/b.toml:3:8", "watches/b.toml:4:1", "c.toml:1:9"];
    assert_told(&output, &places);
    assert_told(&output, &["another watch is named `grain`, on line 2 of watches/a.toml", "name = \"grain\"\n"]);
    assert_told(&output, &["did you mean `threshold`", "newswatch.toml has 5 mistakes"]);
    let at = |place| output.stderr.find(place).unwrap();
    assert!(places.is_sorted_by_key(at), "{output}");

    // The first of a name may stand in the configuration itself.
    let own = watch("grain", "strong = [\"grain\"]");
    house.write("newswatch.toml", format!("watches = [\"watches/b.toml\"]\n{REST}{own}"));
    house.write("watches/b.toml", watch("grain", "strong = [\"grain exports\"]"));
    let output = check(&house).assert_code(78);
    assert_told(&output, &["watches/b.toml:2:8", "another watch is named `grain`, on line 8 of newswatch.toml"]);
}

#[test]
fn a_file_of_watches_holds_nothing_else() {
    let other = "lookback = \"1h\"\nstrong = [\"grain\"]\n[[target]]\npassword = \"HUNTER2\"\n[[wach]]\nname = \"a\"\n";
    let house = house("watches = [\"w.toml\"]", &[("w.toml", other)]);
    let output = check(&house).assert_code(78);
    assert_told(&output, &["w.toml:1:1", "`lookback` does not belong into a file of watches", "into newswatch.toml"]);
    assert_told(&output, &["w.toml:2:1", "`strong` stands outside of a watch", "write `[[watch]]` on a line above it"]);
    assert_told(&output, &["w.toml:3:3", "`target` does not belong", "w.toml:5:3", "did you mean `watch`?"]);
    assert!(!output.stderr.contains("HUNTER2"), "{output}");

    house.write("w.toml", "# nothing yet\n");
    assert_told(&check(&house).assert_code(78), &["w.toml:1:1", "this file has no `[[watch]]`", "newswatch.toml:1:1"]);
    house.write("w.toml", "x = \"HUNTER2\" password = \"HUNTER2\"\n");
    let broken = check(&house).assert_code(78);
    assert!(broken.stderr.contains("w.toml:1:") && !broken.stderr.contains("HUNTER2\"\n"), "{broken}");
}

#[test]
fn what_cannot_be_found_is_told() {
    let own = watch("own", "strong = [\"grain exports\"]");
    let checked = |watches: &str| {
        let house = house(&format!("watches = {watches}"), &[]);
        house.write("newswatch.toml", format!("watches = {watches}\n{REST}{own}"));
        house.write("latin.toml", b"# one\n# \xe9\n");
        check(&house)
    };
    assert_told(&checked("[\"none/*.toml\"]").assert_code(0), &["warning: no file of ", "newswatch.toml:1:12"]);
    let missing = checked("[\"none.toml\"]").assert_code(78);
    assert_told(&missing, &["cannot read", "none.toml", "newswatch.toml:1:12", "beside the configuration"]);
    assert_told(&checked("[\"\"]").assert_code(78), &["newswatch.toml:1:12", "must not be empty"]);
    assert_told(&checked("[\"*/a.toml\"]").assert_code(78), &["newswatch.toml:1:12", "only the last part"]);
    assert_told(&checked("[\"latin.toml\"]").assert_code(78), &["newswatch.toml:1:12", "not UTF-8 from line 2 on"]);
    assert_told(&checked("\"a.toml\"").assert_code(78), &["newswatch.toml:1:11", "must be a list of paths"]);
    let late = house("", &[]);
    late.write("newswatch.toml", format!("{REST}watches = [\"*.toml\"]\n{own}"));
    assert_told(&check(&late).assert_code(78), &["newswatch.toml:6:1", "`watches` belongs above the first table"]);
    // A pattern that finds the configuration itself does not read it twice.
    let itself = checked("[\"newswatch.*\"]").assert_code(0);
    assert!(itself.stdout.contains("1 target; no mistakes"), "{itself}");
}

#[test]
fn languages_are_language_tags() {
    let of = |rest: &str| {
        let text = watch("w", &format!("strong = [\"grain exports\"]\n{rest}"));
        check(&house("watches = [\"w.toml\"]", &[("w.toml", &text)]))
    };
    assert!(of("languages = [\"en\", \"tlh\", \"pt-BR\", \"en-GB\"]").assert_code(0).stderr.is_empty());
    assert_told(&of("languages = [\"en\", \"en_GB\"]").assert_code(78), &["w.toml:4:20", "this is not a language tag"]);
    assert_told(&of("languages = \"en\"").assert_code(78), &["w.toml:4:13", "must be a list of language tags"]);
    assert_told(&of("transliterate = \"no\"").assert_code(78), &["w.toml:4:17", "must be true or false, not a string"]);
}

#[test]
fn golden_items_are_decided() {
    let terms = "strong = [\"grain exports\"]\nweak = [\"grain\"]\ncontext = [\"harvest\"]\n";
    let golden = |rest: &str| format!("[[watch.golden]]\n{rest}\n");
    let right = golden("title = \"Grain exports resume\"") + &golden("title = \"A grain of salt\"\nalert = false");
    let text = watch("grain", &format!("{terms}{right}"));
    let house = house("watches = [\"w.toml\"]", &[("w.toml", &text)]);
    check(&house).assert_code(0);

    let wrong = golden("title = \"Grain of the harvest\"\nalert = false")
        + &golden("title = \"Grain\"\nsummary = \"\"\nlang = \"en\"\nalert = true")
        + &golden("title = \"Nothing of it\"");
    house.write("w.toml", format!("{text}{wrong}"));
    let output = check(&house).assert_code(78);
    assert_told(&output, &["w.toml:12:1", "watch `grain` must not alert on “Grain of the harvest” and does: 0."]);
    assert_told(&output, &["context term “harvest” in the title", " reaches 0.50"]);
    assert_told(&output, &["w.toml:15:1", "watch `grain` must alert on “Grain” and does not: 0.40 is below 0.50"]);
    assert_told(&output, &["w.toml:20:1", "0.00 is below 0.50", "no strong or weak term is found in it"]);
    assert_told(&output, &["newswatch.toml: 3 golden items decided otherwise"]);
    assert!(output.stdout.is_empty(), "{output}");
    // It is a check's business, and no reason for a daemon not to start.
    house.write("feed.xml", "<rss version=\"2.0\"><channel><item><title>Rain</title></item></channel></rss>");
    house.on_config("run").arg("--once").run().assert_code(0);
}

#[test]
fn golden_items_with_mistakes_have_their_place() {
    let of = |rest: &str| {
        let text = watch("w", &format!("strong = [\"grain exports\"]\n{rest}"));
        check(&house("watches = [\"w.toml\"]", &[("w.toml", &text)])).assert_code(78)
    };
    assert_told(&of("[[watch.golden]]\nalert = true"), &["w.toml:4:1", "`title` is missing"]);
    assert_told(&of("[[watch.golden]]\ntitle = \"  \""), &["w.toml:5:9", "this must not be empty"]);
    assert_told(&of("[[watch.golden]]\ntitle = \"a\"\nlang = \"e\""), &["w.toml:6:8", "not a language tag"]);
    assert_told(&of("[[watch.golden]]\ntitle = \"a\"\nalert = 1"), &["w.toml:6:9", "true or false, not an integer"]);
    assert_told(&of("[[watch.golden]]\ntitle = \"a\"\nsummary = 1"), &["w.toml:6:11", "must be a string"]);
    assert_told(&of("[[watch.golden]]\ntitel = \"a\""), &["w.toml:5:1", "did you mean `title`?"]);
    assert_told(&of("golden = [\"a\"]"), &["w.toml:4:11", "each headed `[[watch.golden]]`"]);
}

/// What `check` says of one watch in `w.toml`.
fn of_watch(rest: &str) -> Output {
    check(&house("watches = [\"w.toml\"]", &[("w.toml", &watch("w", rest))]))
}

#[test]
fn what_cannot_be_looked_for_is_a_mistake() {
    let empty = check(&house("watches = [\"w.toml\"]", &[("w.toml", "[[watch]]\n")])).assert_code(78);
    assert_told(&empty, &["w.toml:1:1", "`name` is missing", "this watch has no terms that could raise an alert"]);
    assert_told(&of_watch("strong = []\nweak = []").assert_code(78), &["w.toml:1:1", "no terms that could raise"]);
    let nothing_left = of_watch("strong = [\"grain exports\", \"\u{640}\u{640}\"]").assert_code(78);
    assert_told(&nothing_left, &["w.toml:3:28", "nothing of this term is compared"]);
    assert_told(&of_watch("strong = [\"\"]").assert_code(78), &["w.toml:3:11", "this term is empty"]);
    assert_told(&of_watch("strong = [\"é\"]").assert_code(78), &["w.toml:3:11", "a term of one character"]);
    let roles = of_watch("strong = [\"Łódź\"]\nagainst = [\"lodz\"]").assert_code(78);
    assert_told(&roles, &["error: this watch has the term already, as `strong` on line 3", "w.toml:4:12"]);
    let twice = of_watch("strong = [\"grain exports\",\n  \"Grain-Exports\"]").assert_code(0);
    assert_told(&twice, &["warning: this watch has the term already, as `strong` on line 3", "w.toml:4:3"]);
}

#[test]
fn a_term_of_a_megabyte_is_told_in_a_few_lines() {
    let long = "x".repeat(1 << 20);
    let output = of_watch(&format!("strong = [\"{long}\", \"y\"]")).assert_code(78);
    assert_told(&output, &["w.toml:3:11", "this term is longer than 200 bytes"]);
    assert_told(&output, &["w.toml:3:1048591", "a term of one character"]);
    assert!(output.stderr.len() < 3_000, "{} bytes", output.stderr.len());
    for rest in [format!("{long} = 1"), format!("languages = [\"{long}\"]"), format!("targets = [\"{long}\"]")] {
        let output = of_watch(&format!("strong = [\"grain\"]\n{rest}")).assert_code(78);
        assert!(output.stderr.contains("w.toml:4:") && output.stderr.len() < 3_000, "{} bytes", output.stderr.len());
    }
}

#[test]
fn terms_that_every_text_has_are_warned_of() {
    let warned = of_watch("strong = [\"grain exports\", \"the\", \"Für\"]\ncontext = [\"ab\", \"IS\", \"EU\"]");
    let warned = warned.assert_code(0);
    assert_told(&warned, &["w.toml:3:28", "w.toml:3:35", "nearly every text of some language has this word"]);
    assert_told(&warned, &["w.toml:4:12", "a term of two letters", "an acronym is written in capitals"]);
    assert_eq!(warned.stderr.matches("warning:").count(), 3, "{warned}");
}

#[test]
fn watches_that_cannot_reach_their_threshold_are_refused() {
    let weak = of_watch("weak = [\"grain\"]\nthreshold = \"high\"").assert_code(78);
    assert_told(&weak, &["w.toml:4:1", "this watch can never alert: it reaches 0.60 at most, its threshold is 0.70"]);
    let strong = "strong = [\"grain exports\"]\nthreshold = 1";
    assert_told(&of_watch(strong).assert_code(78), &["w.toml:4:1", "reaches 0.90 at most"]);
    of_watch(&format!("{strong}\ncontext = [\"port\"]")).assert_code(0);
    let beside = of_watch("strong = [\"grain exports\"]\nweak = [\"grain\"]\nthreshold = \"high\"").assert_code(0);
    assert_told(&beside, &["warning: weak terms can never alert alone at this threshold", "w.toml:4:1"]);
    let query = of_watch("query = 'grain AND NOT drill'\nagainst = [\"Grain\", \"drill\"]").assert_code(0);
    assert_told(&query, &["warning: the query asks for `grain`, and a counter-term takes it away again", "w.toml:4:1"]);
    assert_eq!(query.stderr.matches("warning:").count(), 1, "{query}");
}

#[test]
fn what_the_archive_says_of_such_terms_is_said() {
    let text = watch("w", "strong = [\"grain exports\"]\ncontext = [\"is\", \"Of\", \"xq\"]");
    let house = house("lookback = \"1h\"\nwatches = [\"w.toml\"]", &[("w.toml", &text)]);
    let silent = check(&house).assert_code(0);
    assert!(silent.stdout.starts_with('/') && !silent.stdout.contains("a day"), "{silent}");
    assert!(!house.state().join("archive").exists(), "asking leaves nothing behind");

    let item = |n: usize| format!("<item><guid>{n}</guid><title>Rain is number {n}</title></item>");
    let items: String = (0..1_234).map(item).collect();
    let one = "<item><guid>x</guid><title>One of many</title></item>";
    house.write("feed.xml", format!("<rss version=\"2.0\"><channel>{items}{one}</channel></rss>"));
    house.on_config("run").arg("--once").run().assert_code(0);
    let checked = check(&house).assert_code(0);
    for told in [
        "w.toml:4:12: about 1,234 items a day contain “is”\n",
        "w.toml:4:18: about 1 item a day contains “Of”\n",
        "w.toml:4:24: no archived item of the last days contains “xq”\n",
    ] {
        assert!(checked.stdout.contains(told), "{told}{checked}");
    }
    house.write("state/archive/2099-01-01.zst", "no archive");
    let damaged = check(&house).assert_code(0);
    assert!(!damaged.stdout.contains("a day"), "{damaged}");
}

#[test]
fn languages_that_are_not_written_like_the_terms_are_warned_of() {
    let told = "warning: none of these languages is written in the letters of this watch's terms";
    let arabic = of_watch("strong = [\"قمح\"]\nlanguages = [\"ru\", \"de\"]").assert_code(0);
    assert_told(&arabic, &[told, "w.toml:4:1"]);
    let fixed = of_watch("strong = [\"Odesa\"]\nlanguages = [\"ar\"]\ntransliterate = false").assert_code(0);
    assert_told(&fixed, &[told, "w.toml:4:1"]);
    for sound in [
        "strong = [\"Odesa\"]\nlanguages = [\"ar\"]",
        "strong = [\"قمح\", \"зерно\"]\nlanguages = [\"ru\"]",
        "strong = [\"قمح\"]\nlanguages = [\"ru\", \"tlh\"]",
        "strong = [\"1984\"]\nlanguages = [\"ru\"]",
    ] {
        let checked = of_watch(sound).assert_code(0);
        assert!(checked.stderr.is_empty(), "{sound}\n{checked}");
    }
}

#[test]
fn the_shipped_configurations_are_sound() {
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    for name in ["newswatch.toml", "quickstart.toml"] {
        let checked = Newswatch::new("").newswatch().arg("check").arg(shipped.join(name)).run().assert_code(0);
        assert!(checked.stderr.is_empty(), "{checked}");
    }
}
