//! Decimal numbers of any size, compared exactly.

use std::cmp::Ordering;

/// A decimal number. Equal numbers are equal values: `1.0` is `1`, `-0` is `0`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    /// Without leading zeros; empty for less than one.
    whole: Box<str>,
    /// Without trailing zeros.
    fraction: Box<str>,
}

impl Decimal {
    /// The most digits that are read; a longer text is no number.
    const LONGEST: usize = 256;

    /// Reads an integer or a decimal, with a sign and with an exponent as JSON writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let point_without_digits = mantissa.contains('.') && fraction.is_empty();
        if whole.is_empty() || point_without_digits || !digits(whole) || !digits(fraction) {
            return None;
        }
        if exponent.unsigned_abs() as usize + mantissa.len() > Self::LONGEST {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let point = i64::try_from(whole.len()).ok()? + i64::from(exponent);
        let (whole, fraction) = match usize::try_from(point) {
            Ok(point) if point >= all.len() => (format!("{all:0<point$}"), String::new()),
            Ok(point) => (all.get(..point)?.to_owned(), all.get(point..)?.to_owned()),
            Err(_) => {
                let zeros = usize::try_from(-point).ok()?;
                (String::new(), format!("{}{all}", "0".repeat(zeros)))
            }
        };
        let whole: Box<str> = whole.trim_start_matches('0').into();
        let fraction: Box<str> = fraction.trim_end_matches('0').into();
        let negative = negative && !(whole.is_empty() && fraction.is_empty());
        Some(Self { negative, whole, fraction })
    }

    /// Whether it is negative, the digits before the point (none for less than one), and those
    /// after it.
    #[must_use]
    pub fn parts(&self) -> (bool, &str, &str) {
        (self.negative, &self.whole, &self.fraction)
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        self.whole
            .len()
            .cmp(&other.whole.len())
            .then_with(|| self.whole.cmp(&other.whole))
            .then_with(|| self.fraction.cmp(&other.fraction))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.compare_magnitude(other),
            (true, true) => other.compare_magnitude(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_their_order() {
        let order = [
            "-10.5",
            "-2",
            "-0.001",
            "0",
            "1e-3",
            "0.5",
            "0.50001",
            "1",
            "2",
            "1e1",
            "10.01",
            "123456789012345678901",
        ];
        let numbers: Vec<Decimal> =
            order.iter().map(|text| Decimal::parse(text).unwrap()).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    }

    #[test]
    fn equal_numbers_are_equal_however_written() {
        for (a, b) in
            [("1", "1.0"), ("-0", "0"), ("+5", "05"), ("1.5e3", "1500"), ("25e-2", "0.25")]
        {
            assert_eq!(Decimal::parse(a), Decimal::parse(b), "{a} {b}");
        }
        for text in ["", "-", "1.", ".5", "1,5", "0x10", "1e", "10abc", "1e999999999", "NaN", " 1"]
        {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
