//! What holds of any input. The fuzz targets in `fuzz/` look for inputs for which it does not, and
//! an ordinary test tries some, so that these checks stay alive.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared by a test and by targets that each use a part; a check may fail"
)]

#[path = "fuzz/catalogue.rs"]
mod catalogue;
#[path = "fuzz/documents.rs"]
pub mod documents;

use leastwise::account::{Selection, dump};
use leastwise::catalogue::{Catalogue, KeyUse, ServiceReference, Update, service_list};
use leastwise::compile::{Quota, compile, expected_trust};
use leastwise::consumer::{Consumers, Estate};
use leastwise::exact::{
    Budget, Difference, Exactness, RequestSet, difference, equivalent, includes, measure, residual,
};
use leastwise::iam::{Layer, PolicyDocument, PolicyKind, Request};
use leastwise::intake;
use leastwise::simulate::run_batch;
use leastwise::source::Source;
use leastwise::syntax::{parse_policy, to_compact, to_pretty};
use std::sync::Arc;

/// Enough for most pairs, and soon spent by the worst.
const BUDGET: Budget = Budget { states: 2_000, combinations: 300, leaves: 300, total: 20_000 };

/// Two documents made of `data` are compared in every way there is.
pub fn diff(data: &[u8]) {
    let Ok((kind, first, second)) = documents::pair(&mut arbitrary::Unstructured::new(data)) else {
        return;
    };
    compare(kind, &first, &second);
}

/// Two documents as text, one behind the other with a zero byte between.
pub fn diff_texts(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some((first, second)) = text.split_once('\0') else { return };
    for kind in [PolicyKind::Identity, PolicyKind::Resource, PolicyKind::Trust] {
        compare(kind, first, second);
    }
}

/// A document is written as it was read, whatever its kind; a bad one is said to be bad.
pub fn parse(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for kind in PolicyKind::ALL {
        match parse_policy(text, kind) {
            Err(problems) => assert!(!problems.is_empty(), "{text}"),
            Ok(first) => {
                for written in [to_compact(&first.document), to_pretty(&first.document)] {
                    let second = parse_policy(&written, kind);
                    let second = second.unwrap_or_else(|p| panic!("{p:?} in {written}"));
                    assert_eq!(second.document, first.document, "{written}");
                }
            }
        }
    }
}

/// An estate is read or refused with reasons; what is read can be compiled or is refused too.
pub fn estate(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let source = Source::new("leastwise.yaml", text);
    match Estate::read(&source, Consumers::embedded()) {
        Err(problems) => assert!(!problems.is_empty(), "{text}"),
        Ok(estate) => {
            for requirement in estate.requirements().iter().take(4) {
                let _ = expected_trust(requirement);
                let _ = compile(requirement, Quota::RoleInline);
            }
        }
    }
}

/// An account dump is read or refused with reasons, each with its file.
pub fn account_dump(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let source = Arc::new(Source::new("gaad.json", text));
    if let Err(problems) = dump::read(&[source], &Selection::All) {
        assert!(!problems.is_empty(), "{text}");
    }
}

/// A text is a catalogue or is refused with a reason; a catalogue answers any question about what is
/// in it and what is not.
pub fn catalogue_text(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let catalogue = match Catalogue::parse(text.to_owned()) {
        Err(error) => return assert!(!error.to_string().is_empty()),
        Ok(catalogue) => catalogue,
    };
    assert_eq!(catalogue.snapshots().last(), Some(catalogue.date()));
    for id in catalogue.actions() {
        let name = catalogue.name(id);
        assert_eq!(catalogue.find(name), Some(id), "{name}");
        assert!(catalogue.service_range(catalogue.service(id)).contains(&id.0), "{name}");
        assert!(catalogue.since(id) <= catalogue.date(), "{name}");
        for key in catalogue.keys(id) {
            assert_ne!(catalogue.key_applies(id, key.name), KeyUse::NeverApplies, "{name}");
        }
        for kind in catalogue.resource_types(id) {
            let _ = (catalogue.format_languages(kind), catalogue.keys_on(id, kind.name()));
        }
        let _ = (catalogue.dependents(id).count(), catalogue.scenarios(id).count());
        let _ = (catalogue.suggest(name), catalogue.suggest_key(name));
    }
    for retired in catalogue.retired_actions() {
        assert_eq!(catalogue.find(retired.name), None);
    }
}

/// Files of every ending; each part of each document has its place in the file.
pub fn intake(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for name in ["file", "file.json", "file.yaml"] {
        let source = Arc::new(Source::new(name, text));
        let is_place = |place: &leastwise::account::Place| {
            let span = place.span();
            assert!(text.get(span.start..span.end).is_some(), "{span:?} of {text}");
        };
        for intake in [intake::read(&source, None), intake::read_as_policy(&source, None)] {
            let intake = match intake {
                Ok(intake) => intake,
                Err(problems) => {
                    assert!(!problems.is_empty(), "{text}");
                    continue;
                }
            };
            for found in &intake.documents {
                let problems = match &found.document {
                    Ok(parsed) => &parsed.notes,
                    Err(problems) => problems,
                };
                let statements = found.document.iter().flat_map(|parsed| parsed.places.clone());
                let spans = problems.iter().map(|problem| problem.span).chain(statements);
                for span in spans.chain(found.open.iter().copied()) {
                    assert!(found.text().get(span.start..span.end).is_some(), "{span:?} of {text}");
                    is_place(&found.place.inside(span));
                }
                is_place(&found.place);
            }
            intake.not_read.iter().for_each(|not_read| is_place(&not_read.place));
        }
    }
}

/// A file of AWS's service reference is refused, or what it says comes into a catalogue that can be
/// read and says the same when the file comes again.
pub fn service_reference(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    assert!(service_list(text).map_or(true, |list| !list.is_empty()));
    let Ok(file) = ServiceReference::parse("s3", text) else { return };
    let small = Catalogue::parse(include_str!("../../fuzz/seeds/catalogue/small.txt").to_owned());
    let files = [file];
    let update = Update {
        date: "2026-11-20",
        source: "fuzz",
        services: &files,
        all: Some(&["s3".to_owned()]),
    };
    let first = small.unwrap().updated(&update).unwrap();
    let again = first.catalogue.updated(&update).unwrap();
    assert_eq!(first.text, again.text);
}

/// Each line that is not blank is answered with one line of JSON.
pub fn batch(data: &[u8]) {
    let mut answers = Vec::new();
    run_batch(data, &mut answers).unwrap();
    let blank = |line: &&[u8]| !line.iter().all(u8::is_ascii_whitespace);
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let asked = text.split(|byte| *byte == b'\n').filter(blank).count();
    let answers = String::from_utf8(answers).unwrap();
    assert_eq!(answers.lines().count(), asked, "{answers}");
    for answer in answers.lines() {
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        assert!(answer.get("decision").is_some() != answer.get("error").is_some(), "{answer}");
    }
}

fn set<'a>(kind: PolicyKind, name: &'a str, document: &'a PolicyDocument) -> RequestSet<'a> {
    let layer = match kind {
        PolicyKind::Trust => Layer::TrustPolicy,
        PolicyKind::Resource => Layer::ResourcePolicy,
        _ => Layer::Identity,
    };
    RequestSet::of_document(catalogue::universe(), layer, name, document)
}

fn compare(kind: PolicyKind, first: &str, second: &str) {
    let varies = [first, second].iter().any(|text| text.contains("${"));
    let (Ok(first), Ok(second)) = (parse_policy(first, kind), parse_policy(second, kind)) else {
        return;
    };
    let (first, second) =
        (set(kind, "first", &first.document), set(kind, "second", &second.document));
    let nothing = parse_policy(r#"{"Version":"2012-10-17","Statement":[]}"#, kind);
    let requests: Vec<Request> = nothing
        .iter()
        .flat_map(|nothing| {
            let nothing = set(kind, "nothing", &nothing.document);
            let all = [difference(&first, &nothing, BUDGET), difference(&second, &nothing, BUDGET)];
            all.into_iter().flat_map(|all| all.leaves).map(|leaf| leaf.witness).collect::<Vec<_>>()
        })
        .collect();
    for (left, right) in [(&first, &second), (&second, &first)] {
        let found = confirmed(left, right);
        // What a witness of each set says must not contradict the answer.
        let differs =
            requests.iter().find(|r| left.decide(r).is_true() && right.decide(r).is_false());
        if let Some(request) = differs {
            assert!(!found.is_proven_empty(), "{request:?}");
            assert_ne!(includes(right, left, BUDGET), Some(true), "{request:?}");
            assert_ne!(equivalent(left, right, BUDGET), Some(true), "{request:?}");
        }
        // Numbers are about real resources; a variable's value can make others.
        if !varies {
            numbers(left, right, &found);
        }
        let own = difference(left, left, BUDGET);
        assert!(own.leaves.is_empty(), "more than itself: {:?}", own.leaves);
    }
}

/// The difference, each of its witnesses decided by the evaluator.
fn confirmed(left: &RequestSet<'_>, right: &RequestSet<'_>) -> Difference {
    let found = difference(left, right, BUDGET);
    for leaf in &found.leaves {
        assert!(left.decide(&leaf.witness).is_true(), "{:?}", leaf.witness);
        assert!(right.decide(&leaf.witness).is_false(), "{:?}", leaf.witness);
    }
    assert_eq!(found.exactness == Exactness::Unknown, {
        found.leaves.is_empty() && !found.limits.is_empty() && !found.is_proven_empty()
    });
    let rows = residual(left, right, BUDGET);
    for row in &rows.rows {
        assert!(left.decide(&row.witness).is_true(), "{row:?}");
        assert!(right.decide(&row.witness).is_false(), "{row:?}");
    }
    assert_eq!(rows.rows.is_empty(), found.leaves.is_empty());
    found
}

/// The numbers say of just those actions that they are too much that differ.
fn numbers(left: &RequestSet<'_>, right: &RequestSet<'_>, found: &Difference) {
    let measured = measure(left, right, BUDGET);
    assert!(measured.score().is_finite() && measured.score() >= 0.0);
    if measured.exactness == Exactness::Exact && found.exactness == Exactness::Exact {
        let mut differing: Vec<_> =
            found.leaves.iter().flat_map(|leaf| leaf.actions.ids()).collect();
        differing.sort_unstable();
        differing.dedup();
        let known: Vec<_> = measured.actions.iter().map(|one| one.action).collect();
        assert_eq!(known, differing);
    }
}
