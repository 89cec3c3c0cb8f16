//! Models and estates as people meet them: requirements, errors, explanations.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "consumer/deployments.rs"]
mod deployments;
#[path = "consumer/explain.rs"]
mod explain;
#[path = "consumer/mistakes.rs"]
mod mistakes;
#[path = "consumer/rules.rs"]
mod rules;
#[path = "consumer/schema.rs"]
mod schema;

use std::fmt::Write;

use leastwise::consumer::{Consumers, Estate, Fixed, RequiredCall, Requirement, Settings};
use leastwise::source::{Problem, Source};

fn consumers() -> &'static Consumers {
    Consumers::embedded()
}

fn estate(text: &str) -> Estate<'static> {
    let source = Source::new("leastwise.yaml", text);
    Estate::read(&source, consumers())
        .unwrap_or_else(|problems| panic!("{}", problems_text(&source, &problems)))
}

fn settings(entries: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    entries.iter().for_each(|(name, value)| settings.set(name, value));
    settings
}

fn from_settings(entries: &[(&str, &str)]) -> Estate<'static> {
    let settings = settings(entries);
    Estate::from_settings(&settings, consumers())
        .unwrap_or_else(|problems| panic!("{}", problems_text(&settings.source(), &problems)))
}

/// Problems as `line:column severity: message (help)`.
fn problems_text(source: &Source, problems: &[Problem]) -> String {
    let line = |p: &Problem| {
        let help = p.help.as_ref().map(|h| format!("\n    {h}")).unwrap_or_default();
        format!("{} {}: {}{help}\n", source.position(p.span.start), p.severity, p.message)
    };
    problems.iter().map(line).collect()
}

/// Requirements, one line a distinct request, the calls that make it after it.
fn requirements_text(requirements: &[Requirement]) -> String {
    let mut out = String::new();
    for requirement in requirements {
        writeln!(out, "{} {}", requirement.role, requirement.components.join(" ")).unwrap();
        for trust in &requirement.trust {
            writeln!(out, "  trust {trust:?}").unwrap();
        }
        let bound = |call: &RequiredCall| match (call.is_needed(), call.is_lesser()) {
            (true, _) => "needs",
            (_, true) => "lesser",
            _ => "tolerated",
        };
        for title in ["needs", "lesser", "tolerated"] {
            let calls = requirement.calls.iter().filter(|call| bound(call) == title);
            let mut lines: Vec<String> = calls.map(line).collect();
            lines.sort();
            lines.dedup();
            for line in lines {
                writeln!(out, "  {title:9} {line}").unwrap();
            }
        }
    }
    out
}

fn line(call: &RequiredCall) -> String {
    let mut text = format!("{} {}", call.action.text(), call.resource.text());
    for (key, fixed) in &call.fixed {
        match fixed {
            Fixed::Equals(value) if key.text() == "aws:SecureTransport" && value == "true" => {}
            Fixed::Absent => write!(text, " [no {key}]").unwrap(),
            Fixed::Like(pattern) => write!(text, " [{key} like {pattern}]").unwrap(),
            Fixed::Equals(value) => write!(text, " [{key} = {value}]").unwrap(),
        }
    }
    write!(text, " <- {} {:?} {}", call.api, call.why, call.denied).unwrap();
    if call.switched_on {
        text.push_str(" switched-on");
    }
    text
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/consumer"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}
