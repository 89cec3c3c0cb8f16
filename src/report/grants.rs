//! What statements grant, in lines that fit a terminal and a build's log.

use super::table::COLUMNS;
use super::table::words::{context, listed};
use super::table::wrap::wrap;
use crate::compare::{Grant, GrantWitness};
use crate::exact::Exactness;
use crate::iam::Layer;
use std::io::{self, Write};

/// Writes one grant after `mark`: what, to whom, on what, when, by which statement, and a request.
pub(super) fn write_grant(
    grant: &Grant,
    mark: char,
    layer: Option<Layer>,
    out: &mut impl Write,
) -> io::Result<()> {
    let level = grant.access_level.map_or("not in the catalogue", |level| level.word());
    line(&format!("  {mark} {level}: {}", listed(&grant.actions)), 8, out)?;
    let mut say = |text: String| line(&format!("      {text}"), 8, out);
    if !grant.principals.is_empty() {
        let mut who = format!("to {}", listed(&grant.principals));
        if !grant.except_principals.is_empty() {
            who.push_str(&format!(" but not {}", listed(&grant.except_principals)));
        }
        say(who)?;
    }
    // A trust policy is about its own role.
    let names_resource = layer != Some(Layer::TrustPolicy);
    if names_resource {
        say(format!("on {}", grant.resource))?;
    }
    if !grant.except.is_empty() {
        say(format!("except {}", listed(&grant.except)))?;
    }
    for when in &grant.when {
        let is = if when.is.starts_with("with") { "" } else { "is " };
        say(format!("when {} {is}{}", when.key, when.is))?;
    }
    match (&grant.statement, &grant.place) {
        (Some(statement), Some(place)) if place.starts_with(&statement.policy) => {
            let statement = statement.to_string();
            let number = statement.split_once(" statement ").map_or("", |(_, number)| number);
            say(format!("by {place} statement {number}"))?;
        }
        (Some(statement), Some(place)) => say(format!("by {statement}, {place}"))?,
        (Some(statement), None) => say(format!("by {statement}"))?,
        (None, _) => {}
    }
    if let Some(deny) = &grant.denied_by {
        say(format!("denied by {deny} on the other side"))?;
    }
    if let Some(asked) = &grant.asked {
        say(format!("asked about as {asked}"))?;
    }
    say(format!("e.g. {}", request(&grant.witness, names_resource)))
}

fn request(witness: &GrantWitness, names_resource: bool) -> String {
    let request = &witness.request;
    let mut text = request.action.clone();
    if names_resource {
        text.push_str(&format!(" on {}", request.resource));
    }
    match witness.principal.as_deref() {
        Some("*") => text.push_str(" by anyone, unsigned"),
        Some(principal) => text.push_str(&format!(" by {principal}")),
        None => {}
    }
    text.push_str(&context(&request.context).replace('\n', " "));
    text
}

/// What an answer claims, where it is not all there is.
pub(super) fn write_claim(
    exactness: Exactness,
    limits: &[String],
    out: &mut impl Write,
) -> io::Result<()> {
    match exactness {
        Exactness::Exact => {}
        Exactness::WitnessOnly => line("  what stands here is true; there may be more", 4, out)?,
        Exactness::Unknown => line("  unknown: it could not be decided", 4, out)?,
    }
    limits.iter().try_for_each(|limit| line(&format!("  limit: {limit}"), 4, out))
}

/// One line, broken where it is too long; what follows is indented by `further`.
pub(super) fn line(text: &str, further: usize, out: &mut impl Write) -> io::Result<()> {
    let indent = text.len() - text.trim_start().len();
    let wrapped = wrap(text.trim_start(), COLUMNS - indent.max(further));
    for (number, part) in wrapped.lines().enumerate() {
        let indent = if number == 0 { indent } else { further };
        writeln!(out, "{:indent$}{part}", "")?;
    }
    Ok(())
}
