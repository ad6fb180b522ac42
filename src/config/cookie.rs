//! Files of cookies, in the form that Netscape gave them: seven fields a line, with tabs between them. Exporters of
//! browsers, curl and wget write it.

use super::diagnostic::Fault;
use crate::model::{Cookie, Secret};

/// What stands before the domain of a cookie that scripts may not see. Such a line is no comment.
const HTTP_ONLY: &str = "#HttpOnly_";
const HINT: &str = "each line has domain, TRUE or FALSE for its subdomains, path, TRUE or FALSE for https only, time of \
                    expiry, name and value, with tabs between them";

/// All cookies of a file, or what is wrong with its first bad line, without repeating any of it.
pub(super) fn read(text: &str, file: &str) -> Result<Vec<Cookie>, Fault> {
    let mut cookies = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        let written = line.strip_prefix(HTTP_ONLY);
        if written.is_none() && (line.trim().is_empty() || line.starts_with('#')) {
            continue;
        }
        let bad = |why| Fault::new(format!("{file}, line {}: {why}", at + 1)).hint(HINT);
        cookies.push(cookie(written.unwrap_or(line)).map_err(bad)?);
    }
    if cookies.is_empty() {
        return Err(Fault::new(format!("{file} holds no cookie")).hint(HINT));
    }
    Ok(cookies)
}

fn cookie(line: &str) -> Result<Cookie, &'static str> {
    let mut fields: Vec<&str> = line.split('\t').collect();
    if fields.len() == 6 {
        // An empty value has lost its tab.
        fields.push("");
    }
    let [domain, subdomains, path, secure, expires, name, value] = fields[..] else {
        return Err("these are not seven fields");
    };
    let domain = domain.strip_prefix('.').unwrap_or(domain).to_ascii_lowercase();
    if domain.is_empty() || domain.contains([' ', '/', ':']) {
        return Err("the first field is no domain");
    }
    if !path.starts_with('/') {
        return Err("the third field is no path");
    }
    let sound = |text: &str| !text.chars().any(|c| c.is_control() || c == ';');
    if name.is_empty() || name.contains(['=', ' ']) || !sound(name) || !sound(value) {
        return Err("name or value cannot stand in a header");
    }
    Ok(Cookie {
        domain,
        host_only: !flag(subdomains).ok_or("the second field is neither TRUE nor FALSE")?,
        path: path.to_owned(),
        secure: flag(secure).ok_or("the fourth field is neither TRUE nor FALSE")?,
        expires: expiry(expires).ok_or("the fifth field is no time")?,
        name: name.to_owned(),
        value: Secret::new(value),
    })
}

fn flag(text: &str) -> Option<bool> {
    [("true", true), ("false", false)].into_iter().find(|(word, _)| text.eq_ignore_ascii_case(word)).map(|(_, is)| is)
}

/// Seconds since 1970, of which some exporters write fractions; 0 or nothing is a cookie that ends with the browser.
fn expiry(text: &str) -> Option<Option<i64>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if text.is_empty() {
        return Some(None);
    }
    let second: i64 = whole.parse().ok()?;
    fraction.bytes().all(|b| b.is_ascii_digit()).then_some((second != 0).then_some(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURL: &str = "# Netscape HTTP Cookie File\n# https://curl.se/docs/http-cookies.html\n\n\
                        #HttpOnly_.Example.org\tTRUE\t/\tTRUE\t1893456000\tsession\ta=b c\"\r\n\
                        news.example.org\tFALSE\t/feed\tFALSE\t0\tempty\t\n\
                        h\tfalse\t/\tfalse\t1700000000.25\tlost";

    #[test]
    fn what_browsers_and_curl_write_is_read() {
        let cookies = read(CURL, "f").expect("a good file");
        let [session, empty, lost] = cookies.as_slice() else { panic!("three cookies") };
        assert_eq!((session.domain.as_str(), session.host_only, session.secure), ("example.org", false, true));
        assert_eq!((session.expires, session.value.expose()), (Some(1_893_456_000), "a=b c\""));
        assert_eq!((empty.domain.as_str(), empty.host_only, empty.path.as_str()), ("news.example.org", true, "/feed"));
        assert_eq!((empty.expires, empty.value.expose()), (None, ""));
        assert_eq!((lost.expires, lost.name.as_str(), lost.value.expose()), (Some(1_700_000_000), "lost", ""));
    }

    #[test]
    fn a_bad_line_is_named_and_not_repeated() {
        for bad in [
            "h TRUE / FALSE 0 n hunter2",
            "h\tTRUE\t/\tFALSE\t0\tn\thunter2\tx",
            "\tTRUE\t/\tFALSE\t0\tn\thunter2",
            "http://h\tTRUE\t/\tFALSE\t0\tn\thunter2",
            "h\tyes\t/\tFALSE\t0\tn\thunter2",
            "h\tTRUE\tx\tFALSE\t0\tn\thunter2",
            "h\tTRUE\t/\t1\t0\tn\thunter2",
            "h\tTRUE\t/\tFALSE\tsoon\tn\thunter2",
            "h\tTRUE\t/\tFALSE\t1.x\tn\thunter2",
            "h\tTRUE\t/\tFALSE\t0\t\thunter2",
            "h\tTRUE\t/\tFALSE\t0\tn\thunter2; x",
            "{\"name\": \"hunter2\"}",
        ] {
            let fault = read(&format!("# head\n{bad}\n"), "jar").expect_err(bad);
            let shown = format!("{fault:?}");
            assert!(shown.contains("jar, line 2: ") && !shown.contains("hunter2"), "{bad}: {shown}");
        }
        assert!(read("# nothing\n\n", "jar").is_err());
    }
}
