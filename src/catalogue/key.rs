//! Condition keys: which exist, and what kind of value each has.

use std::str::FromStr;

use super::Catalogue;

/// What a value of a condition key is, and whether a request carries one or many.
///
/// AWS: the value types of condition keys, with `ArrayOf` where a key has many values:
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueType {
    /// A text.
    String,
    /// An Amazon Resource Name.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A date, or seconds since 1970.
    Date,
    /// An address or a range of addresses.
    IpAddress,
    /// Bytes, written in Base64.
    Binary,
    /// Many texts.
    ArrayOfString,
    /// Many ARNs.
    ArrayOfArn,
    /// Many of `true` and `false`.
    ArrayOfBool,
    /// Many numbers.
    ArrayOfNumeric,
    /// Many dates.
    ArrayOfDate,
    /// Many addresses.
    ArrayOfIpAddress,
}

impl ValueType {
    const ALL: [Self; 13] = [
        Self::String,
        Self::Arn,
        Self::Bool,
        Self::Numeric,
        Self::Date,
        Self::IpAddress,
        Self::Binary,
        Self::ArrayOfString,
        Self::ArrayOfArn,
        Self::ArrayOfBool,
        Self::ArrayOfNumeric,
        Self::ArrayOfDate,
        Self::ArrayOfIpAddress,
    ];

    /// AWS's word for it: `String`, `ARN`, `ArrayOfString` and so on.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Arn => "ARN",
            Self::Bool => "Bool",
            Self::Numeric => "Numeric",
            Self::Date => "Date",
            Self::IpAddress => "IPAddress",
            Self::Binary => "Binary",
            Self::ArrayOfString => "ArrayOfString",
            Self::ArrayOfArn => "ArrayOfARN",
            Self::ArrayOfBool => "ArrayOfBool",
            Self::ArrayOfNumeric => "ArrayOfNumeric",
            Self::ArrayOfDate => "ArrayOfDate",
            Self::ArrayOfIpAddress => "ArrayOfIPAddress",
        }
    }

    /// Whether a request carries many values, which only `ForAnyValue` and `ForAllValues` read.
    #[must_use]
    pub fn is_multivalued(self) -> bool {
        self.element() != self
    }

    /// The type of one value: `ArrayOfString` has those of `String`.
    #[must_use]
    pub fn element(self) -> Self {
        match self {
            Self::ArrayOfString => Self::String,
            Self::ArrayOfArn => Self::Arn,
            Self::ArrayOfBool => Self::Bool,
            Self::ArrayOfNumeric => Self::Numeric,
            Self::ArrayOfDate => Self::Date,
            Self::ArrayOfIpAddress => Self::IpAddress,
            one => one,
        }
    }
}

/// The text is not the word of a value type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a value type")]
pub struct UnknownValueType;

impl FromStr for ValueType {
    type Err = UnknownValueType;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|one| one.word().eq_ignore_ascii_case(word)).ok_or(UnknownValueType)
    }
}

/// Which requests can carry a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyScope {
    /// Requests to any service: most keys of `aws:`.
    Global,
    /// All requests of a session that a service made, such as `lambda:SourceFunctionArn`.
    Session,
    /// Requests of federated users, named by their identity provider: `saml:sub`,
    /// `oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:aud`.
    Issuer,
    /// Requests for those actions and resource types that list it.
    Service,
}

/// Keys that every request carries.
const ALWAYS_CARRIED: [&str; 6] = [
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:RequestedRegion",
    "aws:SecureTransport",
    "aws:UserAgent",
    "aws:ViaAWSService",
];

/// A condition key and what is known of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConditionKeyFact<'a> {
    /// The key as AWS spells it, `aws:SourceArn`. What is open in it is `${...}`, whatever AWS's
    /// page writes: `aws:ResourceTag/${TagKey}`, `s3:ExistingObjectTag/${key}`, `${Issuer}:sub`.
    pub name: &'a str,
    /// Which requests can carry it.
    pub scope: KeyScope,
    types: &'a str,
}

impl<'a> ConditionKeyFact<'a> {
    /// Reads a line of the catalogue: name, value types, and what a global key tells about.
    pub(super) fn new(line: &'a str) -> Self {
        let mut fields = line.split('\t');
        let name = fields.next().unwrap_or_default();
        let types = fields.next().unwrap_or_default();
        let global = fields.next().is_some();
        let prefix = name.split(':').next().unwrap_or_default();
        let scope = match prefix {
            // AWS: SAML and OIDC keys of a session can be used in later requests as well:
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
            "saml" => KeyScope::Issuer,
            _ if prefix.contains('.') => KeyScope::Issuer,
            "aws" => KeyScope::Global,
            _ if global => KeyScope::Session,
            _ => KeyScope::Service,
        };
        Self { name, scope, types }
    }

    /// What its values are. Usually one type; several where AWS's pages differ (`aws:EpochTime` is
    /// a date and a number); none where nothing is known, as of most claims of an OIDC issuer.
    pub fn types(self) -> impl Iterator<Item = ValueType> + use<'a> {
        self.types.split(',').filter_map(|word| word.parse().ok())
    }

    /// Whether a request carries many values of it. `None` where that is not known.
    #[must_use]
    pub fn is_multivalued(self) -> Option<bool> {
        let mut types = self.types();
        let first = types.next()?.is_multivalued();
        types.all(|other| other.is_multivalued() == first).then_some(first)
    }

    /// Whether every request carries it, whoever makes it and whatever it is for.
    ///
    /// AWS: "This key is always included in the request context":
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    #[must_use]
    pub fn is_always_carried(self) -> bool {
        ALWAYS_CARRIED.contains(&self.name)
    }

    /// Whether part of the key is open, as the tag's name in `aws:ResourceTag/${TagKey}`.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.name.contains("${")
    }
}

/// The claims of any OIDC issuer that can be condition keys.
///
/// AWS: `amr` is multivalued; `aud`, `email`, `oaud` and `sub` are single texts:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>
const CLAIMS: [(&str, &str, &str); 6] = [
    ("amr", "${Issuer}:amr", "ArrayOfString"),
    ("aud", "${Issuer}:aud", "String"),
    ("email", "${Issuer}:email", "String"),
    ("oaud", "${Issuer}:oaud", "String"),
    ("sub", "${Issuer}:sub", "String"),
    ("", "${Issuer}:${Claim}", ""),
];

impl Catalogue {
    /// The condition key that a policy means by this name, whatever its case. It may be one with
    /// an open part (`aws:ResourceTag/team`) or a claim of an OIDC issuer (`HOST/PATH:sub`). `None`
    /// where this catalogue knows no such key.
    ///
    /// AWS: names of condition keys are not case-sensitive:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    #[must_use]
    pub fn condition_key(&self, name: &str) -> Option<ConditionKeyFact<'_>> {
        let lines = self.key_lines();
        if let Some(line) = lines.find(name) {
            return Some(ConditionKeyFact::new(lines.line(line)));
        }
        self.open_key(name).or_else(|| issuer_key(name))
    }

    /// All condition keys, in order, without those that follow a rule (claims of OIDC issuers).
    pub fn condition_keys(&self) -> impl ExactSizeIterator<Item = ConditionKeyFact<'_>> {
        let lines = self.key_lines();
        (0..lines.len()).map(move |line| ConditionKeyFact::new(lines.line(line)))
    }

    /// The keys of requests to any service: those of `aws:`, and those that a session carries.
    pub fn global_keys(&self) -> impl Iterator<Item = ConditionKeyFact<'_>> {
        let global =
            |key: &ConditionKeyFact<'_>| matches!(key.scope, KeyScope::Global | KeyScope::Session);
        self.condition_keys().filter(global)
    }

    /// Whether a request carries many values of the key. `None` where that is not known.
    #[must_use]
    pub fn is_multivalued(&self, key: &str) -> Option<bool> {
        self.condition_key(key)?.is_multivalued()
    }

    /// The key with an open part that this name fills.
    fn open_key(&self, name: &str) -> Option<ConditionKeyFact<'_>> {
        let lines = self.key_lines();
        for (at, _) in name.match_indices(['/', ':', '.', '-']) {
            let before = name.get(..=at)?;
            if lines.starting_with(before).is_empty() {
                return None;
            }
            // Of two that fit, the later one says more: `events:Metadata/${MetadataKey}/Matcher`.
            let open = lines.starting_with(&format!("{before}${{"));
            if let Some(line) = open.rev().find(|&line| fits(lines.key(line), name)) {
                return Some(ConditionKeyFact::new(lines.line(line)));
            }
        }
        None
    }
}

/// Whether the text is the pattern with at least one character for each `${...}`.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((before, (_, after))) =
        pattern.split_once("${").and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    else {
        return pattern.eq_ignore_ascii_case(text);
    };
    let Some((start, rest)) = text.split_at_checked(before.len()) else { return false };
    let mut ends = rest.char_indices().skip(1).map(|(at, _)| at).chain([rest.len()]);
    start.eq_ignore_ascii_case(before)
        && !rest.is_empty()
        && ends.any(|end| fits(after, rest.get(end..).unwrap_or_default()))
}

/// A claim of an OIDC issuer, which no list can hold: `oidc.eks.eu-west-1.amazonaws.com/id/X:sub`.
fn issuer_key(name: &str) -> Option<ConditionKeyFact<'static>> {
    let (issuer, claim) = name.split_once(':')?;
    let host = issuer.split('/').next().unwrap_or_default();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/~%".contains(&byte);
    if claim.is_empty() || host.trim_matches('.') != host || !host.contains('.') {
        return None;
    }
    let (_, name, types) = CLAIMS
        .into_iter()
        .find(|(known, ..)| known.is_empty() || claim.eq_ignore_ascii_case(known))
        .filter(|_| issuer.bytes().all(allowed))?;
    Some(ConditionKeyFact { name, scope: KeyScope::Issuer, types })
}

#[cfg(test)]
mod tests;
