//! Laws of sets, on random sets: what must not change an answer, and what no budget may claim.

use super::model::{self, statement};
use super::random::{Layers, documents, layers, set_of};
use super::*;
use crate::iam::Action;
use crate::pattern::ArnPattern;
use proptest::prelude::*;

fn same(a: &Layers, b: &Layers) -> Option<bool> {
    let (a, b) = (documents(a), documents(b));
    equivalent(&set_of(&a), &set_of(&b), Budget::default())
}

fn found(left: &Layers, right: &Layers) -> (usize, Vec<crate::catalogue::ActionId>) {
    let (l, r) = (documents(left), documents(right));
    let budget = Budget { leaves: usize::MAX, ..Budget::default() };
    let found = difference(&set_of(&l), &set_of(&r), budget);
    let mut ids: Vec<_> = found.leaves.iter().flat_map(|leaf| leaf.actions.ids()).collect();
    ids.sort_unstable();
    ids.dedup();
    (found.leaves.len(), ids)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn order_and_repetition_change_nothing(left in layers(), right in layers(), by in 0..5_usize) {
        let mut changed = left.clone();
        for layer in &mut changed {
            let by = by % layer.len();
            layer.rotate_left(by);
        }
        changed.reverse();
        prop_assert_eq!(same(&left, &changed), Some(true));
        prop_assert_eq!(found(&left, &right), found(&changed, &right));
        for layer in &mut changed {
            let again = layer[by % layer.len()].clone();
            layer.push(again);
        }
        changed.push(changed[0].clone());
        prop_assert_eq!(same(&left, &changed), Some(true));
        // Cells are told apart by their statements, and these are more now; the actions are not.
        prop_assert_eq!(found(&left, &right).1, found(&changed, &right).1);
    }

    #[test]
    fn actions_and_all_others_are_all(left in layers(), one in statement()) {
        for allow in [true, false] {
            let named = model::Statement { allow, ..one.clone() };
            let others = model::Statement { not_action: !one.not_action, ..named.clone() };
            let all = model::Statement {
                not_action: false, actions: vec!["*".to_owned()], ..named.clone()
            };
            let (mut parts, mut whole) = (left.clone(), left.clone());
            parts[0].extend([named, others]);
            whole[0].push(all);
            prop_assert_eq!(same(&parts, &whole), Some(true));
        }
    }

    #[test]
    fn resources_and_all_others_are_all(left in layers(), one in statement()) {
        for allow in [true, false] {
            let named = model::Statement { allow, ..one.clone() };
            // The list of buckets is denied by ARNs that do not allow it: its own rule.
            if named.resources.iter().any(|resource| resource == "arn:aws:s3:::*") {
                continue;
            }
            let others = model::Statement { not_resource: !one.not_resource, ..named.clone() };
            let all = model::Statement {
                not_resource: false, resources: vec!["*".to_owned()], ..named.clone()
            };
            let (mut parts, mut whole) = (left.clone(), left.clone());
            parts[0].extend([named, others]);
            whole[0].push(all);
            prop_assert_eq!(same(&parts, &whole), Some(true));
        }
    }

    #[test]
    fn rows_are_proved_by_their_witnesses(left in layers(), right in layers()) {
        let (l, r) = (documents(&left), documents(&right));
        let (l, r) = (set_of(&l), set_of(&r));
        let rows = residual(&l, &r, Budget::default());
        for row in &rows.rows {
            prop_assert!(l.decide(&row.witness).is_true(), "{:?}", row);
            prop_assert!(r.decide(&row.witness).is_false(), "{:?}", row);
        }
        let differs = !difference(&l, &r, Budget::default()).leaves.is_empty();
        prop_assert_eq!(differs, !rows.rows.is_empty());
    }

    #[test]
    fn excess_of_one_is_a_gap_of_the_other(
        left in layers(),
        boxes in prop::collection::vec(
            ("s3:(GetObject|PutObject|ListBucket)", "arn:aws:s3:::[ab*]{1,2}(/[ab*]{1,2})?"), 1..4),
    ) {
        let needed: Vec<RequestBox> = boxes.iter().map(|(action, resource)| RequestBox::new(
            Action::parse(action).unwrap(), ArnPattern::parse(resource, false).unwrap(),
        )).collect();
        let documents = documents(&left);
        let set = set_of(&documents);
        let as_set = RequestSet::of_boxes(Universe::embedded(), "needed", &needed);
        let lacking = gaps(&needed, &set, Budget::default());
        let beyond = difference(&as_set, &set, Budget::default());
        prop_assert_eq!(lacking.gaps.is_empty(), beyond.leaves.is_empty());
        for gap in &lacking.gaps {
            prop_assert!(as_set.decide(&gap.witness).is_true(), "{:?}", gap);
            prop_assert!(!set.decide(&gap.witness).is_true(), "{:?}", gap);
        }
    }
}

/// Every budget from none on: what is claimed is what the whole budget says.
fn check_budgets(left: &Layers, right: &Layers) -> Result<(), TestCaseError> {
    let (l, r) = (documents(left), documents(right));
    let (l, r) = (set_of(&l), set_of(&r));
    let whole = difference(&l, &r, Budget::default());
    prop_assert_eq!(whole.exactness, Exactness::Exact);
    let within = includes(&r, &l, Budget::default()) == Some(true);
    prop_assert_eq!(within, whole.leaves.is_empty());
    // What the catalogue does not know is not measured.
    let measurable = whole.leaves.iter().any(|leaf| leaf.actions.ids().next().is_some());
    let alike = equivalent(&l, &r, Budget::default());
    let most = Budget::default();
    let totals = (0..24).step_by(2).chain((24..400).step_by(97));
    let budgets = totals
        .map(|total| Budget { total, ..most })
        .chain((0..24).step_by(3).map(|states| Budget { states, ..most }))
        .chain((0..6).map(|combinations| Budget { combinations, ..most }))
        .chain((0..4).map(|leaves| Budget { leaves, ..most }))
        .chain((0..8).map(|n| Budget { states: n, combinations: n, leaves: n, total: n }));
    for budget in budgets {
        let some = difference(&l, &r, budget);
        prop_assert!(!some.is_proven_empty() || within, "{:?}", budget);
        if some.exactness == Exactness::Exact {
            prop_assert_eq!(some.leaves.len(), whole.leaves.len(), "{:?}", budget);
        } else {
            prop_assert!(!some.limits.is_empty(), "{:?}", budget);
        }
        for leaf in &some.leaves {
            prop_assert!(l.decide(&leaf.witness).is_true() && r.decide(&leaf.witness).is_false());
        }
        let includes = includes(&r, &l, budget);
        prop_assert!(includes.is_none() || includes == Some(within), "{:?}", budget);
        let equal = equivalent(&l, &r, budget);
        prop_assert!(equal.is_none() || equal == alike, "{:?}", budget);
        let rows = residual(&l, &r, budget);
        prop_assert!(rows.exactness != Exactness::Exact || rows.rows.is_empty() == within);
        let measured = measure(&l, &r, budget);
        let is_exact = measured.exactness == Exactness::Exact;
        prop_assert!(!is_exact || measured.actions.is_empty() != measurable, "{:?}", budget);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn no_budget_claims_what_is_not_so(left in layers(), right in layers(), more in statement()) {
        check_budgets(&left, &right)?;
        // Pairs that are equal or nearly so.
        check_budgets(&left, &left)?;
        let mut larger = left.clone();
        larger[0].push(more);
        check_budgets(&larger, &left)?;
    }
}
