//! Accounts from files: whole dumps, pages, single answers, and what is wrong with them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use leastwise::account::{Account, BadInput, PermissionsBoundary, Selection, dump, loose};
use leastwise::iam::PolicyKind;
use leastwise::source::Source;
use leastwise::syntax::to_compact;
use std::fmt::Write;
use std::sync::Arc;

fn fixture(name: &str) -> Arc<Source> {
    let path = format!("{}/tests/fixtures/account/{name}", env!("CARGO_MANIFEST_DIR"));
    Arc::new(Source::new(name, std::fs::read_to_string(path).unwrap()))
}

fn text(name: &str, text: impl Into<String>) -> Arc<Source> {
    Arc::new(Source::new(name, text))
}

fn all(sources: &[Arc<Source>]) -> Result<Account, Vec<BadInput>> {
    dump::read(sources, &Selection::All)
}

fn problems(sources: &[Arc<Source>]) -> String {
    let bad = all(sources).unwrap_err();
    bad.iter().map(|bad| format!("{bad}\n")).collect()
}

/// Everything that an account holds, without places.
fn shown(account: &Account) -> String {
    let mut out = String::new();
    let id = account.id.map(|id| id.to_string()).unwrap_or_default();
    writeln!(out, "account {id} in {}, not seen: {:?}", account.partition, account.not_seen)
        .unwrap();
    for (arn, principal) in &account.principals {
        let p = principal;
        writeln!(out, "\n{arn}\n  {} `{}` at `{}`, id {:?}", p.kind, p.name, p.path, p.id).unwrap();
        writeln!(out, "  groups {:?}, tags {:?}", p.groups, p.tags).unwrap();
        for policy in p.identity.iter().chain(&p.trust) {
            writeln!(out, "  {}: {}", policy.name(), to_compact(&policy.document)).unwrap();
        }
        match &p.permissions_boundary {
            PermissionsBoundary::None => {}
            PermissionsBoundary::Policy(policy) => {
                writeln!(out, "  {}: {}", policy.name(), to_compact(&policy.document)).unwrap();
            }
            PermissionsBoundary::NotRead { arn, why } => {
                writeln!(out, "  boundary:{arn} not read: {why}").unwrap();
            }
        }
        let more: Vec<_> = p.not_seen.difference(&account.not_seen).collect();
        if !more.is_empty() {
            writeln!(out, "  not seen besides: {more:?}").unwrap();
        }
    }
    for not_read in &account.unreadable {
        writeln!(out, "\nnot read: {}\n  {}", not_read.arn, not_read.why).unwrap();
        if let Some(help) = &not_read.help {
            writeln!(out, "  {help}").unwrap();
        }
    }
    out
}

macro_rules! snapshot {
    ($name:literal, $value:expr) => {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/account"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!($name, $value) });
    };
}

#[test]
fn a_whole_dump_is_read_with_every_layer() {
    snapshot!("whole", shown(&all(&[fixture("whole.json")]).unwrap()));
}

#[test]
fn pages_and_encodings_make_no_difference() {
    let whole = all(&[fixture("whole.json")]).unwrap();
    let pages = ["pages/1.json", "pages/2.json", "pages/3.json"].map(fixture);
    assert_eq!(shown(&all(&pages).unwrap()), shown(&whole));
    let joined: String = pages.iter().map(|page| page.text()).collect();
    assert_eq!(shown(&all(&[text("joined", joined.clone())]).unwrap()), shown(&whole));
    let list = format!("\u{feff}[{}]", joined.replace("\n}\n", "\n},").replace("},{", "},\n{"));
    assert_eq!(shown(&all(&[text("list", list)]).unwrap()), shown(&whole));
    // A page that was saved twice says nothing new.
    let twice = ["pages/1.json", "pages/1.json", "pages/2.json", "pages/3.json"].map(fixture);
    assert_eq!(shown(&all(&twice).unwrap()), shown(&whole));
}

#[test]
fn managed_policies_are_parsed_once_and_shared() {
    let account = all(&[fixture("whole.json")]).unwrap();
    let reader = account.find("reader").unwrap();
    let bob = account.find("user/bob").unwrap();
    assert!(Arc::ptr_eq(&reader.identity[0].document, &bob.identity[0].document));
}

#[test]
fn statements_know_their_place_in_the_file() {
    let source = fixture("whole.json");
    let account = all(std::slice::from_ref(&source)).unwrap();
    let policy = &account.find("argo-artifacts").unwrap().identity[0];
    let place = policy.statement_place(1).span();
    let statement = source.text().get(place.start..place.end).unwrap();
    assert!(statement.starts_with('{') && statement.contains("\"Sid\": \"List\""), "{statement}");
    let line = source.text()[..place.start].lines().count();
    assert_eq!(policy.statement_place(1).position().unwrap().line, line);
}

#[test]
fn a_dump_that_is_cut_off_is_an_error() {
    let mut out = problems(&[fixture("pages/1.json")]);
    out += &problems(&[fixture("pages/3.json"), fixture("pages/1.json")]);
    out += &problems(&[fixture("cut-off.json")]);
    let limited = r#"{"RoleDetailList":[],"UserDetailList":[],"NextToken":"eyJN"}"#;
    out += &problems(&[text("max-items.json", limited)]);
    out += &problems(&[text("empty.json", "\n")]);
    snapshot!("cut-off", out);
}

#[test]
fn no_beginning_of_a_dump_passes_for_one() {
    let whole = fixture("whole.json");
    let end = whole.text().trim_end().len();
    for cut in (0..end).step_by(13).chain([end - 1]) {
        assert!(all(&[text("cut", &whole.text()[..cut])]).is_err(), "cut at {cut}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(400))]
    #[test]
    fn damage_never_panics(at in 0usize..14_000, by in r#"[\[\]{}",:0-9%\\a-z]{1,3}"#) {
        let mut damaged = fixture("whole.json").text().to_owned();
        let at = at.min(damaged.len() - 4);
        damaged.replace_range(at..at + by.len(), &by);
        match all(&[text("damaged", damaged)]) {
            Ok(account) => proptest::prop_assert!(account.principals.len() + account.unreadable.len() <= 6),
            Err(problems) => proptest::prop_assert!(!problems.is_empty()),
        }
    }
}

#[test]
fn a_document_that_does_not_parse_makes_its_principals_unreadable() {
    let account = all(&[fixture("malformed.json")]).unwrap();
    assert_eq!(
        account.principals.keys().collect::<Vec<_>>(),
        ["arn:aws:iam::111122223333:role/good"]
    );
    snapshot!("malformed", shown(&account));
}

#[test]
fn every_bad_entry_is_reported() {
    let foreign = fixture("whole.json").text().replace("111122223333", "444455556666");
    let changed = fixture("whole.json").text().replace("acme-argo/artifacts", "acme-argo/other");
    let mut out = problems(&[fixture("entries.json"), text("list.json", "[1, {\"Users\": []}]")]);
    out += &problems(&[fixture("whole.json"), text("other-account.json", foreign)]);
    out += &problems(&[fixture("whole.json"), text("changed.json", changed)]);
    out += &problems(&[fixture("get-policy-version.json")]);
    out += &problems(&[fixture("role/get-role-policy.json")]);
    out += &problems(&[text("policy.json", r#"{"Statement": []}"#)]);
    snapshot!("bad-entries", out);
}

#[test]
fn single_answers_make_a_principal() {
    let files = ["role/get-role.json", "role/get-role-policy.json", "role/role-detail.json"];
    snapshot!("single", shown(&all(&files.map(fixture)).unwrap()));
    // `get-role` alone shows no identity policy: nothing can be said about the role.
    let alone = all(&[fixture("role/get-role.json")]).unwrap();
    assert!(alone.principals.is_empty());
    assert_eq!(alone.unreadable.len(), 1, "{alone:?}");
    // Next to a dump the single answers add nothing, whatever the order.
    let whole = shown(&all(&[fixture("whole.json")]).unwrap());
    for order in [["role/get-role.json", "whole.json"], ["whole.json", "role/get-role.json"]] {
        assert_eq!(shown(&all(&order.map(fixture)).unwrap()), whole);
    }
}

#[test]
fn principals_are_found_by_what_people_call_them() {
    let account = all(&[fixture("whole.json")]).unwrap();
    for (name, arn) in [
        ("argo-artifacts", "role/argo-artifacts"),
        ("Argo-Artifacts", "role/argo-artifacts"),
        ("role/argo-artifacts", "role/argo-artifacts"),
        ("arn:aws:iam::111122223333:role/argo-artifacts", "role/argo-artifacts"),
        ("reader", "role/service/data/reader"),
        ("role/reader", "role/service/data/reader"),
        ("role/service/data/reader", "role/service/data/reader"),
        ("/service/data/reader", "role/service/data/reader"),
        ("user/alice", "user/alice"),
        ("user/bob", "user/staff/bob"),
    ] {
        let found = account.find(name).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(found.arn, format!("arn:aws:iam::111122223333:{arn}"));
    }
    let mut out = String::new();
    for name in [
        "argo-artefacts",
        "alice",
        "user/reader",
        "arn:aws:iam::111122223333:role/reader",
        "arn:aws:iam::999999999999:role/argo-artifacts",
        "nobody-like-this",
    ] {
        let missing = account.find(name).unwrap_err();
        let help = missing.help.unwrap_or_default();
        writeln!(out, "{}: {}; {help}", missing.arn, missing.why).unwrap();
    }
    snapshot!("lookup", out);
}

#[test]
fn a_selection_parses_only_what_it_needs() {
    let wanted = ["good", "goood", "role/bad-trust", "goood"].map(str::to_owned).to_vec();
    let account = dump::read(&[fixture("malformed.json")], &Selection::Named(wanted)).unwrap();
    assert!(account.find("good").is_ok());
    let failed: Vec<&str> = account.unreadable.iter().map(|failed| &*failed.arn).collect();
    assert_eq!(failed, ["arn:aws:iam::111122223333:role/bad-trust", "goood"]);
    assert_eq!(account.find("goood").unwrap_err().help.as_deref(), Some("did you mean `good`?"));
    assert!(account.find("bad-inline").unwrap_err().why.contains("not asked for"));
}

#[test]
fn loose_documents_make_a_principal_of_their_own() {
    let wrapped = ["get-policy-version.json", "role/get-role-policy.json"];
    let documents = loose::Documents {
        arn: Some("arn:aws:iam::111122223333:role/planned".into()),
        policies: wrapped.map(fixture).to_vec(),
        trust: Some(fixture("role/get-role.json")),
        permissions_boundary: None,
    };
    let principal = loose::principal(&documents).unwrap();
    assert_eq!(principal.identity[0].document, principal.identity[1].document);
    assert_eq!(principal.name, "planned");
    assert_eq!(principal.trust.as_ref().unwrap().document.statements.len(), 1);
    assert!(principal.not_seen.contains(&leastwise::iam::Layer::PermissionsBoundary));

    let plain =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
    let encoded = plain.replace('{', "%7B").replace('}', "%7D").replace('"', "%22");
    let quoted = format!("{plain:?}");
    for form in [plain.to_owned(), encoded, quoted, format!("{{\"Policy\":{plain:?}}}")] {
        let kind =
            if form.starts_with("{\"Policy") { PolicyKind::Resource } else { PolicyKind::Identity };
        let form = if kind == PolicyKind::Resource {
            form.replace("\\\"Action", "\\\"Principal\\\":\\\"*\\\",\\\"Action")
        } else {
            form
        };
        let read = loose::policy(&text("p.json", form.clone()), kind);
        assert!(read.is_ok(), "{form}: {read:?}");
    }
}

#[test]
fn bad_loose_documents_say_where() {
    let bad = r#"{"Version":"2012-10-17",
 "Statement":[{"Effect":"allow","Action":"s3GetObject","Resource":"*"}]}"#;
    let documents = loose::Documents {
        policies: vec![
            text("plain.json", bad),
            text("quoted.json", format!("{bad:?}")),
            text("wrapped.json", format!("{{\"PolicyName\":\"x\",\n  \"PolicyDocument\": {bad}}}")),
            text("cut.json", &bad[..40]),
            text("empty.json", ""),
        ],
        ..loose::Documents::default()
    };
    let bad = loose::principal(&documents).unwrap_err();
    snapshot!("loose", bad.iter().map(|bad| format!("{bad}\n")).collect::<String>());
}

#[test]
fn own_policy_is_a_policy() {
    let source = text("own-policy", leastwise::account::own_policy());
    let policy = loose::policy(&source, PolicyKind::Identity).unwrap();
    assert!(policy.notes.is_empty());
    let write = |action: &str| !action.starts_with("iam:Get") && !action.starts_with("iam:List");
    for statement in &policy.document.statements {
        assert!(statement.action.entries().iter().all(|action| !write(action.text())));
    }
}
