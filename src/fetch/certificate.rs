//! What is wrong with a server's certificate, in words.

use std::error::Error;
use std::io;

use jiff::Timestamp;
use rustls::CertificateError;
use rustls::pki_types::UnixTime;

/// What is wrong with the certificate, if it is that what went wrong.
pub(super) fn fault(error: &(dyn Error + 'static)) -> Option<String> {
    // An I/O error names the cause of what it wraps as its source, and not what it wraps.
    if let Some(wrapped) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return fault(wrapped);
    }
    match error.downcast_ref::<rustls::Error>() {
        Some(rustls::Error::InvalidCertificate(what)) => Some(words(what)),
        Some(rustls::Error::NoCertificatesPresented) => Some("it has none".to_owned()),
        _ => None,
    }
}

fn words(error: &CertificateError) -> String {
    match error {
        CertificateError::Expired => "it has expired".to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => format!("it was valid until {}", shown(not_after)),
        CertificateError::NotValidYet => "it is not valid yet".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => format!("it is valid from {} on", shown(not_before)),
        CertificateError::NotValidForName => "it is for another host".to_owned(),
        CertificateError::NotValidForNameContext { expected, .. } => format!("it is not for {}", expected.to_str()),
        CertificateError::UnknownIssuer => {
            "it was issued by nobody whom this machine trusts; it may be self-signed".to_owned()
        }
        CertificateError::Revoked => "it was revoked".to_owned(),
        other => other.to_string(),
    }
}

fn shown(time: &UnixTime) -> String {
    let second = i64::try_from(time.as_secs()).ok().and_then(|second| Timestamp::from_second(second).ok());
    second.map_or_else(|| "a time beyond all years".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_is_found_in_an_io_error_and_says_until_when_it_was_valid() {
        let time = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let expired = CertificateError::ExpiredContext { time: time(1_000_000_000), not_after: time(86_400) };
        let wrapped = io::Error::other(rustls::Error::InvalidCertificate(expired));
        assert_eq!(fault(&wrapped).as_deref(), Some("it was valid until 1970-01-02 00:00 UTC"));
        let twice = io::Error::other(io::Error::other(rustls::Error::NoCertificatesPresented));
        assert_eq!(fault(&twice).as_deref(), Some("it has none"));
    }

    #[test]
    fn other_troubles_are_none_of_a_certificate() {
        assert_eq!(fault(&io::Error::other("reset")), None);
        assert_eq!(fault(&rustls::Error::HandshakeNotComplete), None);
    }
}
