//! Actions as people name them: the name of an API call stands for the action that it needs, and
//! a note says so.

use super::Failure;
use crate::catalogue::{ApiTable, Catalogue, Dialect};
use std::io::Write;

/// The action that a question needs: the text as it is, or the only action that the API call of
/// this name always needs.
///
/// # Errors
/// The API call always needs several actions, or none.
pub(super) fn action(text: &str, catalogue: &Catalogue) -> Result<String, Failure> {
    // A name without a service may be a call of several.
    if catalogue.find(text).is_some() || !text.contains([':', '.', ' ']) {
        return Ok(text.to_owned());
    }
    let Some(call) = ApiTable::embedded().named(text) else {
        let Some(id) = ApiTable::same_name(text) else { return Ok(text.to_owned()) };
        return Ok(said(
            &format!("`{text}` is an API call; its action is"),
            Catalogue::embedded().name(id),
            "",
        ));
    };
    let (name, needs) = (call.operation(), call.needs_in_words(Dialect::Aws));
    let mut actions: Vec<_> = call.always(Dialect::Aws).collect();
    actions.dedup_by(|a, b| a.action == b.action);
    let [need] = *actions else {
        let several = !call.evaluations(Dialect::Aws).is_empty();
        let help = if several { "name one of these actions" } else { "there is nothing to ask" };
        let message = format!("`{text}` is an API call, and not one action: {needs}");
        return Err(Failure::input(message, help.to_owned()));
    };
    let more = if call.missing_key || call.evaluations(Dialect::Aws).len() > 1 {
        format!("; `leastwise catalogue show {}` says when it evaluates more", call.api)
    } else {
        String::new()
    };
    let on = format!(" on {}{more}", need.on);
    Ok(said(&format!("`{name}` is an API call; AWS evaluates"), &need.action, &on))
}

/// The action, after a note on stderr that it is meant.
fn said(call: &str, action: &str, more: &str) -> String {
    // That stderr cannot be written is no reason to stop.
    let _ = writeln!(anstream::stderr(), "note: {call} `{action}`{more}");
    action.to_owned()
}
