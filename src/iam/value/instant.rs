//! Instants: ISO 8601 dates in all their lengths, and seconds since 1970, on one scale.
//!
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>;
//! the lengths are those of <https://www.w3.org/TR/NOTE-datetime>.

use super::Decimal;

/// A point in time: whole seconds since 1970 in UTC, and nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant {
    seconds: i64,
    nanoseconds: u32,
}

impl Instant {
    /// Reads `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, `YYYY-MM-DDThh:mm[:ss[.f]]` with `Z` or an offset, or
    /// seconds since 1970. Four digits alone are a year.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let year_alone = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        if !year_alone && Decimal::parse(text).is_some() {
            return Self::parse_epoch(text);
        }
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut fields = date.split('-');
        let year = digits(fields.next()?, 4)?;
        let month = fields.next().map_or(Some(1), |f| digits(f, 2))?;
        let day = fields.next().map_or(Some(1), |f| digits(f, 2))?;
        if fields.next().is_some()
            || !(1..=12).contains(&month)
            || !(1..=days_in(year, month)).contains(&day)
        {
            return None;
        }
        let midnight = days_since_1970(year, month, day) * 86_400;
        match time {
            None => Some(Self { seconds: midnight, nanoseconds: 0 }),
            // A time needs a whole date.
            Some(time) if date.len() == 10 => {
                let (seconds, nanoseconds) = parse_time(time)?;
                Some(Self { seconds: midnight + seconds, nanoseconds })
            }
            Some(_) => None,
        }
    }

    /// Whole seconds since 1970, and the nanoseconds after them.
    #[must_use]
    pub const fn parts(self) -> (i64, u32) {
        (self.seconds, self.nanoseconds)
    }

    fn parse_epoch(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let seconds: i64 = whole.parse().ok()?;
        let nanoseconds = nanoseconds(fraction)?;
        if whole.starts_with('-') && nanoseconds > 0 {
            return Some(Self {
                seconds: seconds.checked_sub(1)?,
                nanoseconds: 1_000_000_000 - nanoseconds,
            });
        }
        Some(Self { seconds, nanoseconds })
    }
}

/// Seconds since midnight in UTC of `hh:mm[:ss[.f]]` with its zone.
fn parse_time(text: &str) -> Option<(i64, u32)> {
    let zone_at = text.find(['Z', '+', '-'])?;
    let (clock, zone) = text.split_at_checked(zone_at)?;
    let offset = match zone.strip_prefix(['+', '-']) {
        Some(rest) => {
            let (hours, minutes) = rest.split_once(':')?;
            let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = hours * 3_600 + minutes * 60;
            if zone.starts_with('-') { -seconds } else { seconds }
        }
        None if zone == "Z" => 0,
        None => return None,
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut fields = clock.split(':');
    let (hour, minute) = (digits(fields.next()?, 2)?, digits(fields.next()?, 2)?);
    let second = match fields.next() {
        Some(field) => digits(field, 2)?,
        None if fraction.is_empty() => 0,
        None => return None,
    };
    if fields.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some((hour * 3_600 + minute * 60 + second - offset, nanoseconds(fraction)?))
}

/// Exactly `length` digits.
fn digits(text: &str, length: usize) -> Option<i64> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The digits after a decimal point; what is finer than a nanosecond is cut off.
fn nanoseconds(fraction: &str) -> Option<u32> {
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nine: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    nine.parse().ok()
}

const fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let leap_days = before / 4 - before / 100 + before / 400;
    let months: i64 = (1..month).map(|m| days_in(year, m)).sum();
    365 * before + leap_days + months + day - 719_163
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_epochs_lie_on_one_scale() {
        let epoch = |text| Instant::parse(text).map(|i| i.seconds);
        for (text, seconds) in [
            ("1970", 0),
            ("1970-01-02", 86_400),
            ("2000-03-01T00:00Z", 951_868_800),
            ("2026-11-20T12:30:15Z", 1_795_177_815),
            ("2026-11-20T13:30:15+01:00", 1_795_177_815),
            ("2026-11-20T07:30:15.5-05:00", 1_795_177_815),
            ("1795177815", 1_795_177_815),
            ("0001-01-01", -62_135_596_800),
        ] {
            assert_eq!(epoch(text), Some(seconds), "{text}");
        }
        assert!(Instant::parse("-0.5") < Instant::parse("0"));
        assert!(Instant::parse("2026-11-20T12:30:15.25Z") > Instant::parse("1795177815"));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "26-11-20",
            "2026-13",
            "2026-02-29",
            "2026-11-20T12Z",
            "2026-11-20T12:30",
            "2026-11T12:30Z",
            "now",
            "2026-11-20 12:30Z",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
