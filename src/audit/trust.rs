//! Who may assume a role, against who should.

mod atom;
mod subject;

pub use subject::{TrustSubject, Trusted, Unasked};

use super::request::{Claim, trust_witness};
use super::{StatementPlace, TrustExcess, TrustGap, TrustReport, sample};
use crate::account::NamedPolicy;
use crate::exact::{Budget, Difference, RequestSet, Universe, difference};
use crate::iam::{Clause, ContextValue, Layer, OperandValue, PolicyDocument, Request, Statement};
use crate::source::Severity;
use atom::{atoms, document_of, names_a_subject};

/// Compares a role's trust policy with the one that admits whom the estate names, nobody else.
///
/// Both are taken apart into one statement for each subject, so that every finding has one.
pub(super) fn compare(
    universe: &Universe<'_>,
    expected: &PolicyDocument,
    actual: &NamedPolicy,
    claim: &mut Claim,
) -> TrustReport {
    let (own, theirs) = (&expected.statements, &actual.document.statements);
    if own.len() == theirs.len() && own.iter().zip(theirs).all(|(a, b)| a.says_the_same(b)) {
        return TrustReport::default();
    }
    let comparison = Comparison { universe, expected, actual };
    let gaps = comparison.gaps(claim);
    let excess = comparison.excess(claim);
    TrustReport { gaps, excess }
}

/// The service accounts and other subjects that a trust policy admits, each with the statement that
/// does.
pub(super) fn subjects(policy: &NamedPolicy) -> Vec<(TrustSubject, StatementPlace)> {
    let atoms = atoms(&policy.document);
    atoms.iter().map(|atom| (TrustSubject::of(&atom.statement), place(policy, atom))).collect()
}

fn place(policy: &NamedPolicy, atom: &atom::Atom) -> StatementPlace {
    let (sid, index) = (atom.statement.sid.clone(), atom.index);
    StatementPlace { policy: policy.name().to_owned(), sid, index }
}

/// The request with a name in place of the shortest text that a pattern of subjects matches.
fn readable(request: &Request, statement: &Statement) -> Request {
    let mut readable = request.clone();
    for condition in statement.conditions.iter().filter(|c| names_a_subject(c.key.folded())) {
        let key = &condition.key;
        let operands = condition.operands.first().map(|operand| &operand.value);
        if let (Some(OperandValue::Text(pattern)), Some(_)) =
            (operands, request.context.get(key.folded()))
        {
            readable.context.insert(key.clone(), ContextValue::Single(sample::of(pattern)));
        }
    }
    readable
}

struct Comparison<'c> {
    universe: &'c Universe<'c>,
    expected: &'c PolicyDocument,
    actual: &'c NamedPolicy,
}

impl<'c> Comparison<'c> {
    fn set(&self, name: &'c str, document: &'c PolicyDocument) -> RequestSet<'c> {
        RequestSet::of_document(self.universe, Layer::TrustPolicy, name, document)
    }

    /// Who should be admitted and is not: by no request at all, or not by every request.
    fn gaps(&self, claim: &mut Claim) -> Vec<TrustGap> {
        let mut gaps: Vec<TrustGap> = Vec::new();
        for atom in atoms(self.expected) {
            let who = TrustSubject::of(&atom.statement);
            for action in atom.statement.action.entries() {
                let mut one = atom.clone();
                one.statement.action = Clause::Is(vec![action.clone()]);
                let document = document_of(&one, self.expected);
                let missing = self.missing(&document, claim);
                let Some(leaf) = missing.leaves.first() else { continue };
                if gaps.iter().any(|gap| gap.subject == who) {
                    continue;
                }
                let severity = if self.admits_some(&document, claim) {
                    Severity::Warning
                } else {
                    Severity::Error
                };
                let witness = trust_witness(&leaf.witness);
                gaps.push(TrustGap { severity, subject: who.clone(), witness });
            }
        }
        gaps
    }

    fn missing(&self, wanted: &PolicyDocument, claim: &mut Claim) -> Difference {
        let wanted = RequestSet::of_document(self.universe, Layer::TrustPolicy, "expected", wanted);
        let actual = self.set(self.actual.name(), &self.actual.document);
        claim.took(difference(&wanted, &actual, Budget::default()))
    }

    /// Whether the actual policy admits some of the wanted requests.
    fn admits_some(&self, wanted: &PolicyDocument, claim: &mut Claim) -> bool {
        let named = |name, document| crate::exact::NamedPolicy { name, document };
        let both = RequestSet::new(
            self.universe,
            [
                (Layer::TrustPolicy, vec![named("expected", wanted)]),
                (Layer::TrustPolicy, vec![named(self.actual.name(), &self.actual.document)]),
            ],
        );
        let nothing = RequestSet::new(self.universe, [(Layer::TrustPolicy, Vec::new())]);
        !claim.took(difference(&both, &nothing, Budget::default())).leaves.is_empty()
    }

    fn excess(&self, claim: &mut Claim) -> Vec<TrustExcess> {
        let wanted: Vec<TrustSubject> =
            atoms(self.expected).iter().map(|atom| TrustSubject::of(&atom.statement)).collect();
        let expected = self.set("expected", self.expected);
        let mut excess: Vec<TrustExcess> = Vec::new();
        for atom in atoms(&self.actual.document) {
            let document = document_of(&atom, &self.actual.document);
            let name = self.actual.name();
            let one = RequestSet::of_document(self.universe, Layer::TrustPolicy, name, &document);
            let more = claim.took(difference(&one, &expected, Budget::default()));
            let Some(leaf) = more.leaves.first() else { continue };
            let who = TrustSubject::of(&atom.statement);
            let statement = place(self.actual, &atom);
            if excess.iter().any(|e| e.subject == who && e.statement == statement) {
                continue;
            }
            // The right one, but in more ways than it should: worth a look, and no stranger.
            let is_known = wanted.iter().any(|wanted| who.is_or_widens(wanted));
            let severity = if is_known { Severity::Warning } else { Severity::Error };
            let witness = readable(&leaf.witness, &atom.statement);
            let proves = one.decide(&witness).is_true() && expected.decide(&witness).is_false();
            let witness = trust_witness(if proves { &witness } else { &leaf.witness });
            excess.push(TrustExcess { severity, subject: who, witness, statement });
        }
        excess
    }
}
