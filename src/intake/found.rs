//! What a search found.

use crate::account::Place;
use crate::iam::PolicyKind;
use crate::source::{Problem, Span};
use crate::syntax::Parsed;
use std::fmt;
use std::sync::Arc;

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Nothing that holds a policy document.
    Other,
    /// A policy document, or an answer of AWS's command line that holds some.
    Policy,
    /// An account dump, or answers about roles and users.
    Dump,
    /// What `terraform show -json` prints of a plan or a state, or a state file.
    Terraform,
    /// A CloudFormation or SAM template.
    CloudFormation,
}

/// All that one file holds.
#[derive(Debug)]
pub struct Intake {
    /// What the file is.
    pub shape: Shape,
    /// The documents, in the order of the file.
    pub documents: Vec<Found>,
    /// Documents that are known to be there and are not shown.
    pub not_read: Vec<NotRead>,
    /// The file is a page of an answer that says that more pages follow.
    pub more_follows: bool,
}

/// A policy document in a file.
#[derive(Debug)]
pub struct Found {
    /// What reports call it: `plan.json aws_iam_role.ci assume_role_policy`,
    /// `dump.json role/app inline:objects`; the file alone where it is the document.
    pub name: String,
    /// Its kind, as its place says, as it was given, or as its text tells.
    pub kind: PolicyKind,
    /// Where it stands; [`Place::inside`] finds any part of its text in the file.
    pub place: Place,
    /// What it says, or all that is wrong with it: places count in [`Found::text`].
    pub document: Result<Parsed, Vec<Problem>>,
    /// The parts of its text that are not known before it is deployed, sorted: a stand-in is there
    /// instead, of which nothing may be said.
    pub open: Vec<Span>,
    /// The branch of a template's conditions that it is of, where it has several.
    pub variant: Option<String>,
    /// The ARN of the role, user, group or managed policy that holds it, where it is known.
    pub owner: Option<String>,
    /// How it is attached, where that is known: it decides the quota.
    pub attachment: Option<Attachment>,
    /// The service whose resource holds it, where that is known: `s3`, `kms`.
    pub service: Option<&'static str>,
    /// Its text, where the file does not hold it as such.
    pub(super) text: Option<Arc<str>>,
}

impl Found {
    /// The document's own JSON text. Spans of its parse count in it.
    #[must_use]
    pub fn text(&self) -> &str {
        match (&self.text, &self.place) {
            (Some(text), _) => text,
            (None, Place::File { source, span, .. }) => {
                source.text().get(span.start..span.end).unwrap_or_default()
            }
            (None, Place::Api(_)) => "",
        }
    }

    /// Whether a part of the text depends on what is not known: it holds something open, or lies in it.
    #[must_use]
    pub fn is_open(&self, part: Span) -> bool {
        let after = self.open.partition_point(|open| open.end <= part.start);
        self.open.get(after).is_some_and(|open| open.start < part.end)
    }

    /// Whether it is of AWS and not of the user: a managed policy that AWS keeps.
    #[must_use]
    pub fn is_aws_managed(&self) -> bool {
        self.attachment == Some(Attachment::AwsManaged)
    }
}

/// How a policy is attached.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attachment {
    /// A part of its role, user or group.
    Inline(Holder),
    /// A managed policy of the account.
    CustomerManaged,
    /// A managed policy of AWS.
    AwsManaged,
}

/// What an inline policy is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A role.
    Role,
    /// A user.
    User,
    /// A group.
    Group,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Role => "role",
            Self::User => "user",
            Self::Group => "group",
        })
    }
}

/// A document that is known to be somewhere, and cannot be shown.
#[derive(Clone, Debug)]
pub struct NotRead {
    /// What reports call it.
    pub name: String,
    /// Why: lower case, as problems are.
    pub why: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where the file says so.
    pub place: Place,
}
