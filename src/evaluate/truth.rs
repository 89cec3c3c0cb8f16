//! Three-valued logic: true, false, and not known.

use std::fmt;

/// Why something is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// The request carries the key, but nobody knows with which value.
    ValueUnknown,
    /// A policy variable takes its value from such a key.
    VariableUnknown,
    /// An ARN matches in one of two official readings: a `*` that ends one of the first five parts
    /// does, or does not, reach beyond the colon.
    ArnReadings,
    /// `ForAnyValue:...IfExists` without the key: one page says true, the other false.
    ForAnyValueIfExists,
    /// A principal has to be matched, and nobody said who asks.
    CallerUnknown,
    /// One session of a role is named, and the caller is the role in any session.
    SessionUnknown,
    /// A user is named, and the caller is a federated session of some user of the account.
    FederatingUserUnknown,
    /// An S3 canonical user id is named, and nobody knows whose it is.
    CanonicalUser,
    /// `NotPrincipal` exempts the caller, but not its account or role, so AWS may deny it.
    NotPrincipalIncomplete,
    /// A KMS key is used, and its policy was not given. Every key has one.
    KeyPolicyMissing,
    /// A role is assumed, and its trust policy was not given. Every role has one.
    TrustPolicyMissing,
    /// There is a resource policy, and it matters whether the caller's account owns the resource.
    OwnerUnknown,
    /// A trust policy names a user whose permissions boundary does not allow to assume the role.
    BoundaryOfTrustedUser,
    /// The session may be one of a service-linked role, which organization policies do not bind.
    ServiceLinkedRole,
}

impl Why {
    /// Whether the reason lies in one element of one statement.
    #[must_use]
    pub const fn is_in_statement(self) -> bool {
        !matches!(
            self,
            Self::KeyPolicyMissing
                | Self::TrustPolicyMissing
                | Self::OwnerUnknown
                | Self::BoundaryOfTrustedUser
                | Self::ServiceLinkedRole
        )
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ValueUnknown => "its value is not known",
            Self::VariableUnknown => "the value of a policy variable in it is not known",
            Self::ArnReadings => {
                "AWS's pages disagree on whether a `*` at the end of one of the first five parts of \
                 an ARN reaches beyond the colon"
            }
            Self::ForAnyValueIfExists => {
                "AWS's pages disagree on `ForAnyValue` with `IfExists` where the key is absent"
            }
            Self::CallerUnknown => "who asks is not known",
            Self::SessionUnknown => "which session of the role asks is not known",
            Self::FederatingUserUnknown => {
                "which user made the federated session is not known"
            }
            Self::CanonicalUser => "whose the canonical user id is, is not known",
            Self::NotPrincipalIncomplete => {
                "`NotPrincipal` names the caller without its account or role, and AWS may then deny it"
            }
            Self::KeyPolicyMissing => "the key's policy decides, and it was not given",
            Self::TrustPolicyMissing => "the role's trust policy decides, and it was not given",
            Self::OwnerUnknown => {
                "whose account owns the resource is not known, and the resource policy counts \
                 differently in the caller's own account; give the account"
            }
            Self::BoundaryOfTrustedUser => {
                "the trust policy names the user, whose permissions boundary does not allow it; AWS's \
                 pages disagree on whether it has to"
            }
            Self::ServiceLinkedRole => {
                "the role may be service-linked, and policies of the organization do not bind those; \
                 give `aws:PrincipalArn`"
            }
        })
    }
}

/// True, false, or not known for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It does not hold.
    False,
    /// It may hold or not.
    Unknown(Why),
    /// It holds.
    True,
}

impl Truth {
    /// Both; of two reasons the first is kept.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::Unknown(why), _) | (_, Self::Unknown(why)) => Self::Unknown(why),
            (Self::True, Self::True) => Self::True,
        }
    }

    /// Either; of two reasons the first is kept.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::Unknown(why), _) | (_, Self::Unknown(why)) => Self::Unknown(why),
            (Self::False, Self::False) => Self::False,
        }
    }

    /// The opposite; what is not known stays so.
    #[must_use]
    pub const fn negate(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// The opposite where `negated`, else itself.
    #[must_use]
    pub const fn negate_if(self, negated: bool) -> Self {
        if negated { self.negate() } else { self }
    }

    /// All of them; stops at the first that is false.
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::True;
        for truth in truths {
            all = all.and(truth);
            if all == Self::False {
                break;
            }
        }
        all
    }

    /// Any of them; stops at the first that is true.
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Self::False;
        for truth in truths {
            any = any.or(truth);
            if any == Self::True {
                break;
            }
        }
        any
    }

    /// Whether it certainly holds.
    #[must_use]
    pub const fn is_true(self) -> bool {
        matches!(self, Self::True)
    }

    /// Whether it certainly does not hold.
    #[must_use]
    pub const fn is_false(self) -> bool {
        matches!(self, Self::False)
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}
