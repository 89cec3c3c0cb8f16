//! Whether tenants are kept apart.

use super::words::{context, count, listed};
use super::{Rows, write_rows};
use crate::audit::{Exactness, Isolation, Leak, LeakKind, LeakWitness, TenantReport, Undecided};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Up to so many tenants, a matrix shows who reaches whom.
const FEW: usize = 4;

pub(super) fn write(isolation: &Isolation, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "isolation of {}", count(isolation.tenants.len(), "tenant"))?;
    let Isolation { pairs, proven, .. } = isolation;
    writeln!(
        out,
        "  {proven} of {} proved isolated by the layers that were read",
        count(*pairs, "pair")
    )?;
    if isolation.exactness != Exactness::Exact {
        writeln!(out, "  {}: what is not proved is not isolated", isolation.exactness)?;
    }
    for limit in &isolation.limits {
        super::principal::indented(&format!("limit: {limit}"), out)?;
    }
    for one in &isolation.undecided {
        let to = listed(&one.to);
        super::principal::indented(&format!("UNDECIDED: {} towards {to}", one.from), out)?;
    }
    let deployments: BTreeSet<&str> =
        isolation.tenants.iter().map(|tenant| tenant.deployment.as_str()).collect();
    for deployment in deployments {
        matrix(isolation, deployment, out)?;
    }
    write_rows(&leaks(&isolation.leaks), out)
}

/// In each row a tenant, in each column what it can do to the keys of another.
fn matrix(isolation: &Isolation, deployment: &str, out: &mut impl Write) -> io::Result<()> {
    let of = |tenant: &&TenantReport| tenant.deployment == deployment;
    let tenants: Vec<_> = isolation.tenants.iter().filter(of).collect();
    if !(2..=FEW).contains(&tenants.len()) {
        return Ok(());
    }
    let mut cells: BTreeMap<(&str, &str), BTreeSet<LeakKind>> = BTreeMap::new();
    for leak in isolation.leaks.iter().filter(|leak| leak.deployment == deployment) {
        for from in &leak.from {
            for to in leak.to.iter().filter(|to| *to != from) {
                cells.entry((from, to)).or_default().insert(leak.kind);
            }
        }
    }
    let unknown = |from: &str, to: &String| {
        let is = |one: &&Undecided| {
            one.deployment == deployment && one.from == from && one.to.contains(to)
        };
        isolation.undecided.iter().any(|one| is(&one))
    };
    let cell = |from: &TenantReport, to: &TenantReport| {
        let key = (from.profile.as_str(), to.profile.as_str());
        match cells.get(&key) {
            _ if from.profile == to.profile => String::new(),
            Some(kinds) => kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", "),
            None if unknown(&from.profile, &to.profile) => "undecided".to_owned(),
            None => "isolated".to_owned(),
        }
    };
    let heads = std::iter::once(deployment.to_owned())
        .chain(tenants.iter().map(|tenant| format!("to {}", tenant.profile)));
    let mut lines: Vec<Vec<String>> = vec![heads.collect()];
    for from in tenants.iter().filter(|tenant| !tenant.roles.is_empty()) {
        let cells = tenants.iter().map(|to| cell(from, to));
        lines.push(std::iter::once(from.profile.clone()).chain(cells).collect());
    }
    match tenants.len() {
        2 => write_rows(&rows::<3>(&lines, 25), out),
        3 => write_rows(&rows::<4>(&lines, 20), out),
        _ => write_rows(&rows::<5>(&lines, 15), out),
    }
}

/// The lines of a matrix with `N` columns; the first line are the heads.
fn rows<const N: usize>(lines: &[Vec<String>], width: usize) -> Rows<N> {
    let mut rows = Rows::new([("", width); N]);
    if let Some(first) = rows.heads.first_mut() {
        *first = ("from", width);
    }
    for line in lines {
        rows.push(std::array::from_fn(|at| line.get(at).cloned().unwrap_or_default()));
    }
    rows
}

fn leaks(leaks: &[Leak]) -> Rows<3> {
    let mut rows = Rows::new([("leaks", 11), ("who can do what to whom", 52), ("because", 23)]);
    let powers = |leak: &Leak| {
        let alike = |other: &&Leak| {
            let key = |l: &'_ Leak| {
                (l.kind, l.from.clone(), l.role.clone(), l.to.clone(), l.statement.clone())
            };
            key(other) == key(leak)
        };
        leaks.iter().filter(alike).collect::<Vec<_>>()
    };
    for leak in leaks {
        // What one statement gives over the bucket is one row.
        let alike = if leak.kind == LeakKind::Power { powers(leak) } else { vec![leak] };
        if alike.first().is_some_and(|first| !std::ptr::eq(*first, leak)) {
            continue;
        }
        let because = match (&leak.statement, &leak.role) {
            (Some(statement), Some(role)) if statement.policy != *role => {
                format!("{statement} of {}", short(role))
            }
            (Some(statement), _) => statement.to_string(),
            (None, Some(role)) => short(role).to_owned(),
            (None, None) => "the key format of the estate".to_owned(),
        };
        let mut text = sentence(leak);
        for other in alike.iter().skip(1).take(2) {
            let gives = other.gives.as_deref().unwrap_or_default();
            text.push_str(&format!("\n{}: {gives}", listed(&other.actions)));
        }
        if alike.len() > 3 {
            text.push_str(&format!("\nand {} more", alike.len() - 3));
        }
        rows.push([format!("{}\n{}", leak.severity, leak.kind.word()), text, because]);
    }
    rows
}

/// The name in an ARN; of a file its path.
fn short(role: &str) -> &str {
    if role.starts_with("arn:") { role.rsplit('/').next().unwrap_or(role) } else { role }
}

fn sentence(leak: &Leak) -> String {
    let (from, to) = (listed(&leak.from), listed(&leak.to));
    let actions = listed(&leak.actions);
    let head = match leak.kind {
        LeakKind::SharedRole => format!("{from} share one role: each reaches the others' keys"),
        LeakKind::Overlap => format!("{from} have keys in common"),
        LeakKind::Assume => format!("{from} may assume the role of {to}"),
        LeakKind::Power => {
            format!("{from} to {to}\n{actions}: {}", leak.gives.as_deref().unwrap_or_default())
        }
        LeakKind::Names => format!("{from} sees the folders of {to}: {actions}"),
        _ => format!("{from} to {to}: {actions}"),
    };
    let witness = match &leak.witness {
        Some(LeakWitness::Request(request)) => format!(
            "\ne.g. {} on {}{}",
            request.action,
            request.resource,
            context(&request.context)
        ),
        Some(LeakWitness::Assume(request)) => format!(
            "\ne.g. {} by {}{}",
            request.action,
            request.principal,
            context(&request.context)
        ),
        None => String::new(),
    };
    format!("{head}{witness}")
}
