//! ARNs of buckets and objects.

use crate::pattern::ArnPattern;

/// A resource of S3: a bucket, or keys in it, each as the policy writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct S3Resource<'a> {
    pub bucket: &'a str,
    /// What stands behind the first `/`.
    pub keys: Option<&'a str>,
}

impl<'a> S3Resource<'a> {
    /// Reads an ARN of a bucket or of objects; `None` for anything else, also for access points.
    pub(super) fn of(arn: &'a ArnPattern) -> Option<Self> {
        let ArnPattern::Arn(parts) = arn else { return None };
        let [_, _, service, region, account] = &parts.head;
        let resource = parts.resource.text();
        let is_s3 = service.as_literal() == Some("s3");
        // The region and the account of a bucket's ARN are empty; access points have both.
        let is_bucket = [region, account].iter().all(|part| part.matches(""));
        if !is_s3 || !is_bucket || parts.padded || resource.starts_with("accesspoint/") {
            return None;
        }
        match slash(resource) {
            Some(at) => Some(Self { bucket: &resource[..at], keys: Some(&resource[at + 1..]) }),
            None => Some(Self { bucket: resource, keys: None }),
        }
    }

    /// Whether these are all objects of the bucket.
    pub(super) fn is_every_key(&self) -> bool {
        self.keys.is_some_and(|keys| keys == "*")
            || (self.keys.is_none() && self.bucket.ends_with('*'))
    }
}

/// Where the first `/` stands that is not in the name of a variable.
pub(super) fn slash(text: &str) -> Option<usize> {
    let mut inside = false;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '$' if text[at..].starts_with("${") => inside = true,
            '}' => inside = false,
            '/' if !inside => return Some(at),
            _ => {}
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_and_keys_are_told_apart() {
        for (text, expected) in [
            ("arn:aws:s3:::b", Some(("b", None))),
            ("arn:aws:s3:::b/", Some(("b", Some("")))),
            ("arn:aws:s3:::b/k/*", Some(("b", Some("k/*")))),
            ("arn:aws:s3:::${aws:PrincipalTag/b}/x", Some(("${aws:PrincipalTag/b}", Some("x")))),
            ("arn:aws:s3:eu-west-1:111122223333:accesspoint/p", None),
            ("arn:aws:s3:*:*:accesspoint/p", None),
            ("arn:aws:sqs:::b", None),
            ("*", None),
        ] {
            let arn = ArnPattern::parse(text, true).unwrap();
            let read = S3Resource::of(&arn).map(|one| (one.bucket, one.keys));
            assert_eq!(read, expected, "{text}");
        }
    }
}
