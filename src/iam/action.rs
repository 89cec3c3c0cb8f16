//! Actions and the patterns that name sets of them.

use super::folded::Folded;
use crate::pattern::Pattern;
use std::fmt;

/// Why a text is no action or no action pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// No colon between a service prefix and a name.
    #[error("an action is written `service:Name`")]
    NoColon,
    /// A wildcard, an odd character or nothing before the colon.
    #[error("the service prefix of an action holds letters, digits and `-` only")]
    Service,
    /// Odd characters, or nothing, after the colon.
    #[error("the name of an action holds letters and digits, and in policies `*` and `?`")]
    Name,
}

/// One action, as a request names it: `s3:GetObject`. Equal whatever the case of its letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action {
    name: Folded,
    colon: usize,
}

impl Action {
    /// Reads `service:Name`. Whether AWS knows the action is the catalogue's question.
    ///
    /// # Errors
    /// Where the text is not of that form, or holds a wildcard.
    pub fn parse(text: &str) -> Result<Self, ActionError> {
        let (service, name) = split(text)?;
        if name.is_empty()
            || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        {
            return Err(ActionError::Name);
        }
        Ok(Self { name: Folded::new(text), colon: service.len() })
    }

    /// As written.
    #[must_use]
    pub fn text(&self) -> &str {
        self.name.text()
    }

    /// In lower case: `s3:getobject`.
    #[must_use]
    pub fn folded(&self) -> &str {
        self.name.folded()
    }

    /// The service prefix in lower case.
    #[must_use]
    pub fn service(&self) -> &str {
        self.folded().get(..self.colon).unwrap_or_default()
    }

    /// The name in lower case.
    #[must_use]
    pub fn name(&self) -> &str {
        self.folded().get(self.colon + 1..).unwrap_or_default()
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// An `Action` or `NotAction` entry: `*`, or `service:Name` with wildcards in the name.
///
/// AWS: actions match whatever the case of their letters:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionPattern {
    text: Box<str>,
    /// In lower case; `None` for `*` and `*:*`.
    service: Option<Box<str>>,
    /// In lower case.
    name: Pattern,
}

impl ActionPattern {
    /// Reads an entry.
    ///
    /// # Errors
    /// Where it is neither `*` nor `service:Name`.
    pub fn parse(text: &str) -> Result<Self, ActionError> {
        if matches!(text, "*" | "*:*") {
            return Ok(Self { text: text.into(), service: None, name: Pattern::glob("*") });
        }
        let (service, name) = split(text)?;
        let known = |b: u8| b.is_ascii_alphanumeric() || b"-_.*?".contains(&b);
        if name.is_empty() || !name.bytes().all(known) {
            return Err(ActionError::Name);
        }
        Ok(Self {
            text: text.into(),
            service: Some(service.to_ascii_lowercase().into()),
            name: Pattern::glob(&name.to_ascii_lowercase()),
        })
    }

    /// As written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The service prefix in lower case; `None` where every service is meant.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        self.service.as_deref()
    }

    /// The pattern of the name, in lower case.
    #[must_use]
    pub fn name(&self) -> &Pattern {
        &self.name
    }

    /// Whether it is every action.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.service.is_none()
    }

    /// The one action it names, in lower case, if it has no wildcard.
    #[must_use]
    pub fn as_literal(&self) -> Option<String> {
        Some(format!("{}:{}", self.service.as_deref()?, self.name.as_literal()?))
    }

    /// Whether it names one action.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.service.is_some() && self.name.as_literal().is_some()
    }

    /// Whether `action` is one of those it names.
    #[must_use]
    pub fn matches(&self, action: &Action) -> bool {
        match &self.service {
            None => true,
            Some(service) => **service == *action.service() && self.name.matches(action.name()),
        }
    }
}

impl fmt::Display for ActionPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn split(text: &str) -> Result<(&str, &str), ActionError> {
    let (service, name) = text.split_once(':').ok_or(ActionError::NoColon)?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if service.is_empty() || !service.bytes().all(plain) {
        return Err(ActionError::Service);
    }
    Ok((service, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whatever_the_case() {
        let get = Action::parse("S3:getObject").unwrap();
        for text in ["*", "*:*", "s3:*", "s3:Get*", "S3:GETOBJECT", "s3:Get?bject"] {
            assert!(ActionPattern::parse(text).unwrap().matches(&get), "{text}");
        }
        for text in ["s3:GetObject?", "s3-object-lambda:GetObject", "s3:Put*"] {
            assert!(!ActionPattern::parse(text).unwrap().matches(&get), "{text}");
        }
    }

    #[test]
    fn what_is_no_action_is_refused() {
        let error = |text| ActionPattern::parse(text).unwrap_err();
        assert_eq!(error("GetObject"), ActionError::NoColon);
        assert_eq!(error("s*:Get"), ActionError::Service);
        assert_eq!(error(":Get"), ActionError::Service);
        assert_eq!(error("s3:"), ActionError::Name);
        assert_eq!(error("s3:Get Object"), ActionError::Name);
        assert_eq!(Action::parse("s3:Get*").unwrap_err(), ActionError::Name);
    }
}
