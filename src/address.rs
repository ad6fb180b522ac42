//! Which network addresses a feed or a webhook may lead to.
//!
//! A feed's URL, its redirects and its DNS are in somebody else's hands; without this rule they could make newswatch
//! talk to the machines behind its firewall (server-side request forgery). Only globally reachable addresses are
//! dialled (IANA special-purpose registries, RFC 6890), and those that the configuration allows by CIDR.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use url::{Host, Url};

/// What may be dialled besides the public Internet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressPolicy {
    /// `allow_private` of the configuration.
    pub allow: Vec<IpNet>,
}

impl AddressPolicy {
    /// Whether the address may be dialled.
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = embedded_v4(address).map_or(address, IpAddr::V4);
        is_public(address) || self.allow.iter().any(|net| net.contains(&address))
    }

    /// The address that stands in the URL itself and may not be dialled. Such a URL never meets a resolver, so it is
    /// looked at before each request.
    pub fn refuses_literal(&self, url: &Url) -> Option<IpAddr> {
        let address = match url.host()? {
            Host::Ipv4(address) => IpAddr::V4(address),
            Host::Ipv6(address) => IpAddr::V6(address),
            Host::Domain(_) => return None,
        };
        (!self.permits(address)).then_some(address)
    }
}

/// The IPv4 address inside a mapped, compatible, NAT64 or 6to4 address: that is where the packet ends.
fn embedded_v4(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else { return None };
    let s = address.segments();
    let tail = Ipv4Addr::from((u32::from(s[6]) << 16) | u32::from(s[7]));
    match s {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(tail),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 || low > 1 => Some(tail),
        [0x2002, high, low, ..] => Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))),
        _ => None,
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0, ..)                     // this network
        | (100, 64..=127, _)        // carrier-grade NAT, RFC 6598
        | (192, 0, 0 | 2)           // protocol assignments, documentation
        | (192, 88, 99)             // 6to4 relays
        | (198, 18..=19, _)         // benchmarks, RFC 2544
        | (198, 51, 100)            // documentation
        | (203, 0, 113)             // documentation
        | (224..=255, ..) // multicast, reserved, broadcast
    );
    !(special || address.is_private() || address.is_loopback() || address.is_link_local())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    // Only 2000::/3 is handed out at all; of it, less teredo, benchmarks, ORCHID and documentation.
    (s[0] & 0xe000) == 0x2000
        && !(s[0] == 0x2001 && (s[1] == 0 || s[1] == 2 || (0x10..=0x2f).contains(&s[1]) || s[1] == 0xdb8))
        && !(s[0] == 0x3fff && s[1] < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(text: &str) -> bool {
        AddressPolicy::default().permits(text.parse().expect("an address"))
    }

    #[test]
    fn only_public_addresses_pass() {
        for public in ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"] {
            assert!(permits(public), "{public}");
        }
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!permits(private), "{private}");
        }
    }

    #[test]
    fn a_cidr_opens_just_its_range_also_in_disguise() {
        let policy = AddressPolicy { allow: vec!["127.0.0.0/8".parse().expect("a CIDR")] };
        assert!(policy.permits("127.9.9.9".parse().expect("an address")));
        assert!(policy.permits("::ffff:127.0.0.1".parse().expect("an address")));
        assert!(!policy.permits("10.0.0.1".parse().expect("an address")));
    }

    #[test]
    fn literals_in_urls_are_seen() {
        let refuses = |url: &str| AddressPolicy::default().refuses_literal(&url.parse().expect("a URL")).is_some();
        assert!(refuses("http://127.1/"));
        assert!(refuses("http://[::1]:80/"));
        assert!(refuses("http://2130706433/"));
        assert!(!refuses("http://localhost/"));
        assert!(!refuses("http://8.8.8.8/"));
    }
}
