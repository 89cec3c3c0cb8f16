//! IP address blocks.

use std::net::IpAddr;

/// A block of addresses of one family: `10.0.0.0/8`, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cidr {
    first: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// Reads an address with or without a prefix length; bits beyond the prefix are ignored.
    ///
    /// AWS: an address without a prefix length is that one address:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress>
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => {
                let digits = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit());
                (address, Some(prefix.parse::<u8>().ok().filter(|_| digits)?))
            }
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        if prefix > bits {
            return None;
        }
        let first = match address {
            IpAddr::V4(v4) => IpAddr::V4((u32::from(v4) & (mask(prefix, 32) as u32)).into()),
            IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & mask(prefix, 128)).into()),
        };
        Some(Self { first, prefix })
    }

    /// Whether `address` lies in the block; an address of the other family never does.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(v4)) => {
                u32::from(v4) & (mask(self.prefix, 32) as u32) == u32::from(first)
            }
            (IpAddr::V6(first), IpAddr::V6(v6)) => {
                u128::from(v6) & mask(self.prefix, 128) == u128::from(first)
            }
            _ => false,
        }
    }

    /// First address and prefix length.
    #[must_use]
    pub const fn parts(&self) -> (IpAddr, u8) {
        (self.first, self.prefix)
    }
}

/// The `prefix` highest of `bits` bits.
const fn mask(prefix: u8, bits: u8) -> u128 {
    if prefix == 0 {
        return 0;
    }
    let all = if bits == 128 { u128::MAX } else { (1 << bits) - 1 };
    all & !((1_u128 << (bits - prefix)).wrapping_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_what_lies_in_them() {
        let cases = [
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "::1", false),
            ("10.1.2.3/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("203.0.113.9", "203.0.113.9", true),
            ("203.0.113.9", "203.0.113.8", false),
            ("2001:DB8::/32", "2001:0db8:1::", true),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::1", "2001:db8:0:0::1", true),
        ];
        for (block, address, expected) in cases {
            let found = Cidr::parse(block).unwrap().contains(address.parse().unwrap());
            assert_eq!(found, expected, "{block} {address}");
        }
        for text in ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0", "::/129", "a"] {
            assert_eq!(Cidr::parse(text), None, "{text}");
        }
    }
}
