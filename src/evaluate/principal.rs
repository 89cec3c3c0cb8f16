//! Whom a statement's `Principal` names, and how closely: that decides what else must allow.
//!
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use super::subject::{Subject, field};
use super::{Truth, Values, Why};
use crate::iam::{Caller, Clause, Effect, PrincipalPattern};

/// How closely a resource policy names the caller. Each degree has its own rule about the
/// caller's other policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Naming {
    /// By its own ARN, or by `*`: no other policy has to allow in the same account.
    pub direct: Truth,
    /// By the role of the session: boundary and session policy have to allow too.
    pub role: Truth,
    /// By its account: the identity policies have to allow too.
    pub account: Truth,
}

impl Naming {
    /// Not at all.
    pub const NOBODY: Self =
        Self { direct: Truth::False, role: Truth::False, account: Truth::False };

    /// In every way, if `truth`.
    #[must_use]
    pub const fn all(truth: Truth) -> Self {
        Self { direct: truth, role: truth, account: truth }
    }

    const fn directly(truth: Truth) -> Self {
        Self { direct: truth, ..Self::NOBODY }
    }

    const fn by_role(truth: Truth) -> Self {
        Self { role: truth, ..Self::NOBODY }
    }

    const fn by_account(truth: Truth) -> Self {
        Self { account: truth, ..Self::NOBODY }
    }

    /// Named here or there.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            direct: self.direct.or(other.direct),
            role: self.role.or(other.role),
            account: self.account.or(other.account),
        }
    }

    /// Named here, where `truth` holds.
    #[must_use]
    pub const fn and(self, truth: Truth) -> Self {
        Self {
            direct: self.direct.and(truth),
            role: self.role.and(truth),
            account: self.account.and(truth),
        }
    }

    /// Why one of the ways is not known, if one is not.
    #[must_use]
    pub const fn doubt(self) -> Option<Why> {
        match (self.direct, self.role, self.account) {
            (Truth::Unknown(why), _, _)
            | (_, Truth::Unknown(why), _)
            | (_, _, Truth::Unknown(why)) => Some(why),
            _ => None,
        }
    }

    /// Named at all.
    #[must_use]
    pub const fn any(self) -> Truth {
        self.direct.or(self.role).or(self.account)
    }
}

/// Whether and how `clause`, in a statement with `effect`, names the caller. `bounded` tells
/// whether the caller has a permissions boundary.
pub(super) fn naming(
    clause: &Clause<PrincipalPattern>,
    effect: Effect,
    subject: &Subject<'_>,
    bounded: bool,
) -> Naming {
    match clause {
        Clause::Is(entries) => named(entries, subject),
        // AWS: NotPrincipal with Allow grants to all others, also to anonymous callers:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        Clause::Not(entries) if effect == Effect::Allow => {
            Naming::directly(named(entries, subject).any().negate())
        }
        Clause::Not(entries) => Naming::directly(not_exempt(entries, subject, bounded)),
    }
}

fn named(entries: &[PrincipalPattern], subject: &Subject<'_>) -> Naming {
    entries.iter().fold(Naming::NOBODY, |naming, entry| naming.or(entry_names(entry, subject)))
}

fn entry_names(entry: &PrincipalPattern, subject: &Subject<'_>) -> Naming {
    use PrincipalPattern as P;
    if *entry == P::Anyone {
        return Naming::directly(Truth::True);
    }
    let Some(caller) = &subject.request().caller else {
        return Naming::all(Truth::Unknown(Why::CallerUnknown));
    };
    match (entry, caller) {
        // AWS: the account principal delegates to the account's policies, and is its root user.
        (P::Account { account, .. }, Caller::Root(_)) => {
            Naming::directly((caller.account() == Some(*account)).into())
        }
        (P::Account { account, .. }, _) => {
            Naming::by_account((caller.account() == Some(*account)).into())
        }
        (P::Arn(arn), Caller::User(own) | Caller::FederatedUser(own)) if arn == own => {
            Naming::directly(Truth::True)
        }
        // AWS: a user's federated session is limited as a role's session is.
        (P::Arn(arn), Caller::FederatedUser(own)) => {
            let user = field(arn, 5).is_some_and(|name| name.starts_with("user/"));
            let near = user && field(arn, 4) == field(own, 4);
            Naming::by_role(perhaps(near, Why::FederatingUserUnknown))
        }
        (P::Arn(arn), Caller::Role(own)) if arn == own => Naming::by_role(Truth::True),
        (P::Arn(arn), Caller::Role(own)) => {
            let session = session_is_of(arn, own);
            Naming::directly(perhaps(session, Why::SessionUnknown))
        }
        (P::Arn(arn), Caller::Session(own)) if arn == own => Naming::directly(Truth::True),
        (P::Arn(arn), Caller::Session(own)) => {
            Naming::by_role(match subject.values("aws:principalarn") {
                // A principal ARN of someone else than the caller says nothing about it.
                Values::One(role) if session_is_of(own, role) => (role == &**arn).into(),
                // Role names are unique in an account, whatever their path.
                _ => session_is_of(own, arn).into(),
            })
        }
        (P::Service(name), Caller::Service(own))
        | (P::Federated(name), Caller::WebIdentity(own)) => Naming::directly((name == own).into()),
        (P::CanonicalUser(_), caller) => {
            Naming::by_account(perhaps(caller.account().is_some(), Why::CanonicalUser))
        }
        _ => Naming::NOBODY,
    }
}

/// Whether a Deny with `NotPrincipal` reaches the caller.
///
/// AWS: to exempt a session its role and account have to be listed too, since each may be tested;
/// a caller with a permissions boundary is always denied:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
fn not_exempt(entries: &[PrincipalPattern], subject: &Subject<'_>, bounded: bool) -> Truth {
    let caller = subject.request().caller.as_ref();
    let may_be_bounded = !matches!(
        caller,
        Some(Caller::Root(_) | Caller::Service(_) | Caller::WebIdentity(_) | Caller::Anonymous)
    );
    if bounded && may_be_bounded {
        return Truth::True;
    }
    if entries.contains(&PrincipalPattern::Anyone) {
        return Truth::False;
    }
    let Some(caller) = caller else {
        return Truth::Unknown(Why::CallerUnknown);
    };
    let listed = named(entries, subject);
    match caller {
        Caller::Session(_) => match (listed.direct, listed.role, listed.account) {
            (Truth::True, Truth::True, Truth::True) => Truth::False,
            (Truth::False, Truth::False, _) => Truth::True,
            _ => Truth::Unknown(Why::NotPrincipalIncomplete),
        },
        // Sessions are listed by name; which one this is, nobody said.
        Caller::Role(_) => match listed.direct.or(listed.role) {
            Truth::False => Truth::True,
            _ => Truth::Unknown(Why::NotPrincipalIncomplete),
        },
        Caller::User(_) | Caller::FederatedUser(_) => {
            match (listed.direct.or(listed.role), listed.account) {
                (Truth::False, _) => Truth::True,
                (Truth::True, Truth::True) => Truth::False,
                _ => Truth::Unknown(Why::NotPrincipalIncomplete),
            }
        }
        _ => listed.any().negate(),
    }
}

fn perhaps(possible: bool, why: Why) -> Truth {
    if possible { Truth::Unknown(why) } else { Truth::False }
}

/// Whether `session`, an assumed-role ARN, is a session of `role`, a role's ARN.
pub(crate) fn session_is_of(session: &str, role: &str) -> bool {
    let session_role = field(session, 5)
        .and_then(|rest| rest.strip_prefix("assumed-role/"))
        .and_then(|rest| rest.split('/').next());
    let role_name = field(role, 5)
        .filter(|rest| rest.starts_with("role/"))
        .and_then(|rest| rest.rsplit('/').next());
    session_role.is_some()
        && session_role == role_name
        && field(session, 4) == field(role, 4)
        && field(session, 1) == field(role, 1)
}
