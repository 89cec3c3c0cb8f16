//! Finding a principal by what people call it.

use super::{Account, IamPrincipal, NotRead, PrincipalKind};
use crate::source::closest;
use std::collections::BTreeSet;

/// Which principals a reading is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The whole account.
    All,
    /// These, each an ARN, `role/NAME`, `user/NAME`, or a role's bare name; with or without path.
    Named(Vec<String>),
}

impl Account {
    /// The principal that `name` names: an ARN, `role/NAME`, `user/NAME`, or a role's bare name,
    /// with or without its path. IAM's names are unique whatever their case, so case is ignored.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
    ///
    /// # Errors
    /// Why there is no such principal, or why it could not be read.
    pub fn find(&self, name: &str) -> Result<&IamPrincipal, NotRead> {
        let arn = match resolve(&self.names, name) {
            Ok(arn) => arn,
            Err(missing) => {
                return Err(self.failure(name).cloned().unwrap_or(missing));
            }
        };
        if let Some(principal) = self.principals.get(arn) {
            return Ok(principal);
        }
        Err(self.failure(arn).cloned().unwrap_or_else(|| NotRead {
            arn: arn.to_owned(),
            why: "it was not asked for when the account was read".to_owned(),
            help: None,
        }))
    }

    /// Every role and user that the reading named, also those that were not selected.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    fn failure(&self, arn: &str) -> Option<&NotRead> {
        self.unreadable.iter().find(|not_read| not_read.arn == arn)
    }
}

/// What a user's text asks for, as far as the text tells.
pub(super) struct Wanted<'t> {
    pub(super) kind: PrincipalKind,
    /// With its path, if one was given.
    pub(super) name: &'t str,
}

impl<'t> Wanted<'t> {
    /// Reads an ARN, `role/NAME`, `user/NAME` or a role's name.
    pub(super) fn parse(text: &'t str) -> Self {
        let resource = match text.splitn(6, ':').collect::<Vec<_>>().as_slice() {
            ["arn", _, _, _, _, resource] => resource,
            _ => text,
        };
        let resource = resource.trim_start_matches('/');
        if let Some(name) = resource.strip_prefix("user/") {
            Self { kind: PrincipalKind::User, name }
        } else {
            let name = resource.strip_prefix("role/").unwrap_or(resource);
            Self { kind: PrincipalKind::Role, name }
        }
    }
}

/// The ARN among `names` that `wanted` names.
pub(super) fn resolve<'n>(names: &'n BTreeSet<String>, wanted: &str) -> Result<&'n str, NotRead> {
    if let Some(arn) = names.get(wanted) {
        return Ok(arn);
    }
    let is_arn = wanted.starts_with("arn:");
    let asked = Wanted::parse(wanted);
    let of_kind = |arn: &&String| Wanted::parse(arn).kind == asked.kind;
    let matches = |arn: &&String| {
        let held = Wanted::parse(arn).name;
        let last = held.rsplit('/').next().unwrap_or(held);
        if is_arn {
            arn.eq_ignore_ascii_case(wanted)
        } else {
            held.eq_ignore_ascii_case(asked.name) || last.eq_ignore_ascii_case(asked.name)
        }
    };
    if let Some(arn) = names.iter().filter(of_kind).find(matches) {
        return Ok(arn);
    }
    let help = suggestion(names, wanted, &asked);
    Err(NotRead { arn: wanted.to_owned(), why: format!("{} not found", asked.kind), help })
}

/// What the user may have meant.
fn suggestion(names: &BTreeSet<String>, wanted: &str, asked: &Wanted<'_>) -> Option<String> {
    let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    let short = last(asked.name);
    if let Some(arn) = names.iter().find(|arn| last(arn).eq_ignore_ascii_case(&short)) {
        let other = Wanted::parse(arn);
        return Some(if wanted.starts_with("arn:") {
            format!("did you mean `{arn}`?")
        } else {
            format!("did you mean `{}/{}`?", other.kind, other.name)
        });
    }
    let shorts: Vec<(String, &String)> = names.iter().map(|arn| (last(arn), arn)).collect();
    let near = closest(&short, shorts.iter().map(|(name, _)| &**name))?;
    let (_, arn) = shorts.iter().find(|(name, _)| name == near)?;
    Some(match Wanted::parse(arn).kind {
        _ if wanted.starts_with("arn:") => format!("did you mean `{arn}`?"),
        PrincipalKind::Role if asked.kind == PrincipalKind::Role => {
            format!("did you mean `{near}`?")
        }
        kind => format!("did you mean `{kind}/{near}`?"),
    })
}
