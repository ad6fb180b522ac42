//! How a feed is asked for: what it is shown, and the way there.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use url::Url;

use super::address::leads_to_loopback;
use super::diagnostic::{At, Fault};
use super::reader::Reader;
use super::section::Section;
use super::{cookie, credentials, file, header, words};
use crate::model::{Access, Cookie, Credentials, Secret, Source};

/// The keys of which only one says who asks.
const WHO: [&str; 3] = ["username", "bearer", "bearer_file"];

/// Files of cookies that were read already: many feeds of a publisher name the same one.
#[derive(Default)]
pub(super) struct Jars(HashMap<PathBuf, Arc<[Cookie]>>);

/// Reads what concerns access. The source is that of the feed, where it has a sound one.
pub(super) fn read(
    section: &Section<'_>,
    source: Option<&Source>,
    jars: &mut Jars,
    reader: &mut Reader<'_>,
) -> Option<Box<Access>> {
    if !words::ACCESS.iter().any(|key| section.value(key).is_some()) {
        return None;
    }
    let url = match source {
        Some(Source::Url(url)) => Some(url),
        Some(Source::File(_)) => {
            report_file(section, reader);
            return None;
        }
        None => None,
    };
    let user_agent = section.parsed("user_agent", "a string", reader, |text| header::plain(text).map(|()| text.into()));
    let access = Access {
        user_agent: user_agent.map(|agent| agent.value),
        headers: header::read(section, reader),
        proxy: section.parsed("proxy", "a URL", reader, proxy).map(|proxy| proxy.value),
        credentials: credentials(section, reader),
        cookies: cookies(section, jars, reader).unwrap_or_default(),
    };
    if let Some(url) = url {
        report_two_users(section, url, reader);
        report_open_secrets(section, url, &access, reader);
    }
    Some(Box::new(access))
}

/// Nobody is asked for a file.
fn report_file(section: &Section<'_>, reader: &mut Reader<'_>) {
    for key in words::ACCESS.iter().filter(|key| section.value(key).is_some()) {
        let fault = Fault::new(format!("`{key}` is for feeds that are read from a `url`"));
        reader.report(fault.hint("remove it: a file of this machine is simply read").at(section.key_span(key)));
    }
}

fn credentials(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Credentials> {
    section.allow_one(&WHO, reader);
    let (username, password) = credentials::read(section, reader);
    let written = section.string("bearer", "a token", reader);
    let stored = file::read(section, "bearer_file", reader).map(|file| At { value: file.value.text, span: file.span });
    let bearer = written.or(stored).and_then(|At { value, span }| reader.accept(token(value), &span));
    if username.as_ref().is_some_and(|name| name.contains(':')) {
        let fault = Fault::new("a colon would end the user name").hint("the password stands under a key of its own");
        reader.report(fault.at(section.value("username").map_or(section.span.clone(), |value| value.span())));
    }
    let password = password.filter(|password| {
        let sound = !password.expose().chars().any(char::is_control);
        if !sound {
            let key = credentials::PASSWORD.iter().find(|key| section.has(key)).copied().unwrap_or_default();
            reader.report(Fault::new("a password must not hold control characters").at(section.key_span(key)));
        }
        sound
    });
    match (username, password, bearer) {
        (Some(username), Some(password), _) => Some(Credentials::Basic { username, password }),
        (_, _, bearer) => bearer.map(Credentials::Bearer),
    }
}

/// Says what is wrong with a token without repeating any of it.
fn token(text: String) -> Result<Secret, Fault> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
        let fault = Fault::new("a token has visible ASCII characters only, without blanks");
        return Err(fault.hint("write the token alone, without `Bearer` before it"));
    }
    Ok(Secret::new(text))
}

fn proxy(text: &str) -> Result<Secret, Fault> {
    let hint = "write a whole URL, as in \"http://proxy.example.org:3128\"";
    let url = Url::parse(text).map_err(|error| Fault::new(format!("this is not a URL: {error}")).hint(hint))?;
    if url.scheme().starts_with("socks") {
        return Err(Fault::new("proxies are spoken to by http or https, not by SOCKS").hint(hint));
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Fault::new("proxies are spoken to by http or https").hint(hint));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(Fault::new("a proxy has no path").hint(hint));
    }
    Ok(Secret::new(url))
}

fn cookies(section: &Section<'_>, jars: &mut Jars, reader: &mut Reader<'_>) -> Option<Arc<[Cookie]>> {
    let At { value: file, span } = file::read(section, "cookie_file", reader)?;
    if let Some(cookies) = jars.0.get(&file.path) {
        return Some(cookies.clone());
    }
    let cookies = cookie::read(&file.text, &file.path.display().to_string());
    let cookies: Arc<[Cookie]> = reader.accept(cookies, &span)?.into();
    jars.0.insert(file.path, cookies.clone());
    Some(cookies)
}

/// A URL that names a user says who asks, too.
fn report_two_users(section: &Section<'_>, url: &Url, reader: &mut Reader<'_>) {
    let named = !url.username().is_empty() || url.password().is_some();
    if let Some(key) = WHO.iter().find(|key| named && section.value(key).is_some()) {
        let fault = Fault::new(format!("`{key}` and the user in `url` exclude each other"));
        reader.report(fault.hint("keep the key, and take the user out of the URL").at(section.key_span(key)));
    }
}

/// A warning: some publishers have nothing better.
fn report_open_secrets(section: &Section<'_>, url: &Url, access: &Access, reader: &mut Reader<'_>) {
    let open = access.credentials.is_some() && url.scheme() == "http" && !leads_to_loopback(url);
    if let Some(key) = WHO.iter().find(|key| open && section.value(key).is_some()) {
        let fault = Fault::new("who asks would be sent without encryption").hint("use https where the server has it");
        reader.report(fault.warning_at(section.key_span(key)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_servers_that_speak_http() {
        for good in ["http://proxy.example:3128", "https://me:pw@proxy.example/", "http://[::1]:8080"] {
            assert!(proxy(good).is_ok(), "{good}");
        }
        for bad in ["", "proxy.example:3128", "socks5://h:1080", "ftp://h", "http://h/path", "http://h?x", "http://"] {
            assert!(proxy(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn tokens_have_no_blanks() {
        assert!(token("abc.DEF-_~+/=".to_owned()).is_ok());
        for bad in ["", "Bearer abc", "a\nb", "ä"] {
            assert!(token(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
