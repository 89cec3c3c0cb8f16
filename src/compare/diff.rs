//! What a newer version of policies grants that the older one did not, and back.

use super::subject::{Layers, limits, plural};
use super::{
    CatalogueStamp, Grant, Holder, Measure, NotComparable, SCHEMA_VERSION, StatementPlace, Subject,
    Verdict,
};
use crate::account::{IamPrincipal, NamedPolicy, PermissionsBoundary};
use crate::exact::{
    Budget, Exactness, FutureGrant, RequestSet, StatementRef, Universe, future, measure, residual,
};
use crate::iam::{AccountId, Effect, Layer, PolicyKind};
use serde::Serialize;
use std::fmt;

/// What a comparison is expected to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expect {
    /// Both sides grant the same.
    #[default]
    Equivalent,
    /// The new side grants nothing that the old one did not.
    NoNewAccess,
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equivalent => "equivalent",
            Self::NoNewAccess => "no-new-access",
        })
    }
}

/// Two versions compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiffReport {
    /// Version of this shape.
    pub schema_version: &'static str,
    /// The version of leastwise.
    pub leastwise: &'static str,
    /// Which facts about actions were used.
    pub catalogue: CatalogueStamp,
    /// What was expected.
    pub expect: Expect,
    /// Whether that holds.
    pub result: Verdict,
    /// The older side's name.
    pub old: String,
    /// The newer side's name.
    pub new: String,
    /// One for each layer that was compared.
    pub comparisons: Vec<Comparison>,
    /// The layers that could not be compared. Never counted as equivalent.
    pub not_compared: Vec<NotCompared>,
}

/// One layer of both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// The layer.
    pub layer: Layer,
    /// What was compared, in words.
    pub what: String,
    /// What is to be known about how it was compared.
    pub notes: Vec<String>,
    /// What the new side grants and the old one does not.
    pub added: Direction,
    /// What the old side grants and the new one does not.
    pub removed: Direction,
}

/// What one side grants and the other does not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Direction {
    /// Whether these are all.
    pub exactness: Exactness,
    /// The statements or budgets that are the reason where they may not be.
    pub limits: Vec<String>,
    /// The gravest first, then the broadest.
    pub grants: Vec<Grant>,
    /// What a wildcard takes in as soon as AWS adds it. It says nothing of today, and is no part of
    /// the verdict.
    pub future: Vec<FutureAccess>,
    /// How much that is, where it was asked for: what the other side allows counts as needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
}

/// Actions that AWS has yet to add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FutureAccess {
    /// The patterns that will take them in.
    pub patterns: Vec<String>,
    /// The statements that hold these.
    pub statements: Vec<StatementPlace>,
}

/// A layer that could not be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotCompared {
    /// The layer.
    pub layer: Layer,
    /// Why not.
    pub why: String,
}

/// What is asked about two versions.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiffQuestion {
    /// What is expected to be so.
    pub expect: Expect,
    /// Whether it is asked, too, how much wider each version is than the other.
    pub measures: bool,
    /// Of policies of resources, the account that owns these, where that is known. Of the trust policy
    /// of a role the role tells.
    pub owner: Option<AccountId>,
    /// What the comparison may cost.
    pub budget: Budget,
}

/// Compares two versions.
///
/// # Errors
/// Where the two are no versions of one thing: a trust policy and an identity policy, say.
pub fn diff(
    universe: &Universe<'_>,
    old: &Subject,
    new: &Subject,
    question: &DiffQuestion,
) -> Result<DiffReport, NotComparable> {
    let DiffQuestion { expect, measures, owner, budget } = *question;
    let asked = Asked { universe, measures, budget };
    let (mut comparisons, mut not_compared) = (Vec::new(), Vec::new());
    match (&old.holder, &new.holder) {
        (Holder::Policies(kind, older), Holder::Policies(other, newer)) if kind == other => {
            comparisons.push(asked.policies(*kind, older, newer));
            comparisons.extend(asked.by_themselves(*kind, older, newer, owner.as_ref()));
        }
        (Holder::Principal(older), Holder::Principal(newer)) if older.kind == newer.kind => {
            asked.principals(older, newer, &mut comparisons, &mut not_compared);
        }
        (older, newer) => {
            let side = |subject: &Subject, holder: &Holder| {
                format!("`{}` ({})", subject.name, holder.what())
            };
            return Err(NotComparable { old: side(old, older), new: side(new, newer) });
        }
    }
    let looked_at = |comparison: &Comparison| -> Vec<(bool, Exactness)> {
        let Comparison { added, removed, .. } = comparison;
        let directions = match expect {
            Expect::Equivalent => vec![added, removed],
            Expect::NoNewAccess => vec![added],
        };
        directions.iter().map(|one| (!one.grants.is_empty(), one.exactness)).collect()
    };
    let seen: Vec<(bool, Exactness)> = comparisons.iter().flat_map(looked_at).collect();
    let is_proved =
        not_compared.is_empty() && seen.iter().all(|(_, exact)| *exact == Exactness::Exact);
    Ok(DiffReport {
        schema_version: SCHEMA_VERSION,
        leastwise: env!("CARGO_PKG_VERSION"),
        catalogue: CatalogueStamp::of(universe.catalogue()),
        expect,
        result: Verdict::of(seen.iter().any(|(differs, _)| *differs), is_proved),
        old: old.name.clone(),
        new: new.name.clone(),
        comparisons,
        not_compared,
    })
}

struct Asked<'u> {
    universe: &'u Universe<'u>,
    measures: bool,
    budget: Budget,
}

impl Asked<'_> {
    fn policies(&self, kind: PolicyKind, old: &[NamedPolicy], new: &[NamedPolicy]) -> Comparison {
        let (mut older, mut newer) = sides(Layers::of(kind, old), Layers::of(kind, new));
        let mut notes = Vec::new();
        let allows = |policies: &[NamedPolicy]| {
            let statements = policies.iter().flat_map(|policy| &policy.document.statements);
            statements.into_iter().any(|statement| statement.effect == Effect::Allow)
        };
        // AWS: RCPFullAWSAccess is attached everywhere and cannot be detached:
        // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
        let is_rcp = kind == PolicyKind::ResourceControl;
        let denies = old.iter().chain(new).any(|policy| !policy.document.statements.is_empty());
        if is_rcp || (denies && !allows(old) && !allows(new)) {
            older = older.beside_everything(kind);
            newer = newer.beside_everything(kind);
            notes.push(if is_rcp {
                "compared beside `RCPFullAWSAccess`, which is always attached".to_owned()
            } else {
                "no statement allows anything: compared is what they leave of all requests"
                    .to_owned()
            });
        }
        self.compare(kind.layer(), plural(kind), notes, &older, &newer)
    }

    fn principals(
        &self,
        old: &IamPrincipal,
        new: &IamPrincipal,
        comparisons: &mut Vec<Comparison>,
        not_compared: &mut Vec<NotCompared>,
    ) {
        let mut missing = |layer, why: String| not_compared.push(NotCompared { layer, why });
        let in_part: Vec<&str> = [old, new]
            .iter()
            .filter(|principal| principal.not_seen.contains(&Layer::Identity))
            .map(|principal| &*principal.arn)
            .collect();
        let (older, newer) = sides(Layers::of_principal(old), Layers::of_principal(new));
        if in_part.is_empty() {
            let is_bounded = [old, new].iter().any(|principal| {
                matches!(principal.permissions_boundary, PermissionsBoundary::Policy(_))
            });
            let what = plural(PolicyKind::Identity);
            let what =
                if is_bounded { format!("{what} within the permissions boundary") } else { what };
            comparisons.push(self.compare(Layer::Identity, what, Vec::new(), &older, &newer));
        } else {
            missing(
                Layer::Identity,
                format!("not all identity policies of {} were read", in_part.join(" and ")),
            );
        }
        let kind = PolicyKind::PermissionsBoundary;
        let (older, newer) = (&old.permissions_boundary, &new.permissions_boundary);
        match (older, newer) {
            (PermissionsBoundary::None, PermissionsBoundary::None) => {}
            (PermissionsBoundary::NotRead { arn, why }, _)
            | (_, PermissionsBoundary::NotRead { arn, why }) => {
                missing(kind.layer(), format!("`{arn}` was not read: {why}"));
            }
            _ => {
                let without = |boundary: &PermissionsBoundary, which: &str| {
                    matches!(boundary, PermissionsBoundary::None)
                        .then(|| format!("the {which} version has none, so nothing is capped"))
                };
                let notes = [without(older, "old"), without(newer, "new")];
                let notes = notes.into_iter().flatten().collect();
                let (older, newer) = sides(layers_of(older, kind), layers_of(newer, kind));
                comparisons.push(self.compare(
                    kind.layer(),
                    kind.to_string(),
                    notes,
                    &older,
                    &newer,
                ));
            }
        }
        let kind = PolicyKind::Trust;
        match (&old.trust, &new.trust) {
            (None, None) => {}
            (older, newer) => {
                let (older, newer) = sides(Layers::of(kind, older), Layers::of(kind, newer));
                let what = kind.to_string();
                comparisons.push(self.compare(kind.layer(), what, Vec::new(), &older, &newer));
            }
        }
        let (older, newer) = (old.trust.as_slice(), new.trust.as_slice());
        let owner = new.account().filter(|account| old.account().as_ref() == Some(account));
        comparisons.extend(self.by_themselves(kind, older, newer, owner.as_ref()));
    }

    /// What the policies of a resource grant by themselves, of what both sides allow if the caller's own
    /// policies do: an account that is named leaves it to these, a role or user that is named needs
    /// none. None where no account is named that may own the resource.
    fn by_themselves(
        &self,
        kind: PolicyKind,
        old: &[NamedPolicy],
        new: &[NamedPolicy],
        owner: Option<&AccountId>,
    ) -> Option<Comparison> {
        if !matches!(kind, PolicyKind::Trust | PolicyKind::Resource) {
            return None;
        }
        let (older, newer) = sides(Layers::of(kind, old), Layers::of(kind, new));
        let (own_older, is_left) = Layers::of(kind, old).by_themselves(owner);
        let (own_newer, is_left_now) = Layers::of(kind, new).by_themselves(owner);
        if !is_left && !is_left_now {
            return None;
        }
        let (own_older, own_newer) = sides(own_older, own_newer);
        let added = self.beyond_of(&own_newer, &own_older, &older);
        let removed = self.beyond_of(&own_older, &own_newer, &newer);
        let what = format!("{}, without a policy of the caller's own", plural(kind));
        let notes = match owner {
            Some(_) => Vec::new(),
            None => vec![
                "it counts where an account that is named owns the resource (--resource-account \
                 says which account does)"
                    .to_owned(),
            ],
        };
        Some(Comparison { layer: kind.layer(), what, notes, added, removed })
    }

    fn compare(
        &self,
        layer: Layer,
        what: String,
        notes: Vec<String>,
        old: &Layers<'_>,
        new: &Layers<'_>,
    ) -> Comparison {
        let added = self.beyond(new, old);
        let removed = self.beyond(old, new);
        Comparison { layer, what, notes, added, removed }
    }

    /// What `own` allows and `other` does not.
    fn beyond(&self, own: &Layers<'_>, other: &Layers<'_>) -> Direction {
        self.of_sets(own, other, (own.set(self.universe, []), other.set(self.universe, [])))
    }

    /// The same of what `common` allows too.
    fn beyond_of(&self, own: &Layers<'_>, other: &Layers<'_>, common: &Layers<'_>) -> Direction {
        let ours = own.set(self.universe, common.named());
        self.of_sets(own, other, (ours, other.set(self.universe, [])))
    }

    fn of_sets(
        &self,
        own: &Layers<'_>,
        other: &Layers<'_>,
        (ours, theirs): (RequestSet<'_>, RequestSet<'_>),
    ) -> Direction {
        let found = residual(&ours, &theirs, self.budget);
        let place = |found: &StatementRef| own.locate(found).map(|(place, _)| place);
        let access = |grant: FutureGrant| {
            let mut statements: Vec<StatementPlace> =
                grant.allowed_by.iter().filter_map(place).collect();
            // Several resources of one statement were statements of their own.
            statements.dedup();
            FutureAccess { patterns: grant.patterns, statements }
        };
        let later = future(&ours, &theirs, self.budget).grants.into_iter().map(access);
        let mut later: Vec<FutureAccess> = later.collect();
        later.dedup();
        let measured = self.measures.then(|| {
            let found = measure(&ours, &theirs, self.budget);
            let limits = limits(&found.limits, &[own, other]);
            Measure { limits, ..Measure::of(&found, self.universe.catalogue()) }
        });
        Direction {
            exactness: found.exactness,
            limits: limits(&found.limits, &[own, other]),
            grants: found.rows.into_iter().map(|row| Grant::of(row, own, other)).collect(),
            future: later,
            measure: measured,
        }
    }
}

/// Both sides under names that tell them apart.
fn sides<'a>(old: Layers<'a>, new: Layers<'a>) -> (Layers<'a>, Layers<'a>) {
    (old.on_side("old"), new.on_side("new"))
}

/// A boundary as a set of its own; without one nothing is capped.
fn layers_of(boundary: &PermissionsBoundary, kind: PolicyKind) -> Layers<'_> {
    match boundary {
        PermissionsBoundary::Policy(policy) => Layers::of(kind, [policy]),
        _ => Layers::of(kind, []).beside_everything(kind),
    }
}
