//! The day of a run.

use std::time::{SystemTime, UNIX_EPOCH};

/// Today in UTC, `YYYY-MM-DD`.
pub(super) fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    day_of(i64::try_from(since.as_secs() / 86_400).unwrap_or_default())
}

/// The day that is so many days after 1970-01-01, in the calendar that begins its years in March so
/// that the day of a leap year comes last.
fn day_of(days: i64) -> String {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::day_of;
    use crate::iam::Instant;

    #[test]
    fn every_day_is_the_day_that_is_read_back() {
        for days in (0..60_000).step_by(7).chain(18_321..18_324) {
            let read = Instant::parse(&day_of(days)).unwrap();
            assert_eq!(read.parts(), (days * 86_400, 0), "{}", day_of(days));
        }
        assert_eq!(day_of(18_321), "2020-02-29");
    }
}
