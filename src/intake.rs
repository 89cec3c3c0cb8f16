//! Policy documents where people keep them: files of their own, answers of AWS's command line, account
//! dumps, Terraform plans and states, CloudFormation and SAM templates, all of it as JSON or YAML.
//!
//! Every document is found with its kind, its own text, and the place of each part of that text in
//! the user's file. A document that cannot be read stands in the list with its problems, and what is
//! known to be a document but not shown stands in [`Intake::not_read`]: neither hides the others, and
//! neither passes for clean.

mod anywhere;
mod candidate;
mod dump;
mod found;
mod template;
mod terraform;

pub use found::{Attachment, Found, Holder, Intake, NotRead, Shape};

use crate::account::{BadInput, Place};
use crate::iam::PolicyKind;
use crate::source::{Source, Span};
use crate::syntax::{Json, JsonValue, read_json, read_json_file, read_yaml_file};
use candidate::{Body, Candidate};
use std::sync::Arc;

/// Finds all policy documents of a file.
///
/// `given` is the kind of the documents whose place does not tell it: it does in an account dump,
/// and for the types of resources that are known in a plan or a template. Without it the text tells,
/// and the file's name where it says `scp` or `rcp`.
///
/// A file that holds no policy document has the shape [`Shape::Other`] and none; one that the user
/// calls a policy is for [`read_as_policy`].
///
/// # Errors
/// Text that is no JSON, no YAML, or nested too deep.
pub fn read(source: &Arc<Source>, given: Option<PolicyKind>) -> Result<Intake, Vec<BadInput>> {
    if is_percent_encoded(source.text()) {
        return read_as_policy(source, given);
    }
    let bad = |problem| vec![BadInput { source: source.clone(), problem }];
    let values = if is_json(source) { read_json_file(source.text()) } else { Ok(Vec::new()) };
    let values = values.map_err(bad)?;
    let mut search = Search::new(source, given);
    let shape = if is_json(source) {
        search.values(&values)
    } else {
        search.yaml(&read_yaml_file(source.text()).map_err(bad)?)
    };
    Ok(search.finish(shape))
}

/// Reads a file as one policy document, whatever it holds.
///
/// # Errors
/// Text that is no JSON, no YAML, or nested too deep.
pub fn read_as_policy(
    source: &Arc<Source>,
    given: Option<PolicyKind>,
) -> Result<Intake, Vec<BadInput>> {
    let text = source.text().trim_start_matches('\u{feff}');
    let start = source.text().len() - text.trim_start().len();
    let span = Span::new(start, start + text.trim().len());
    let mut search = Search::new(source, given);
    if is_percent_encoded(text) {
        let place = Place::of_part(source, span);
        search.candidates.push(Candidate::new(String::new(), place, Body::String(text.trim())));
        return Ok(search.finish(Shape::Policy));
    }
    let bad = |problem| vec![BadInput { source: source.clone(), problem }];
    if is_json(source) {
        let json = read_json(source.text()).map_err(bad)?;
        let mut search = Search::new(source, given);
        search.document(&json, String::new());
        return Ok(search.finish(Shape::Policy));
    }
    for (at, document) in read_yaml_file(source.text()).map_err(bad)?.iter().enumerate() {
        let path = if at > 0 { format!("[{at}]") } else { String::new() };
        search.yaml_policy(document, &path);
    }
    Ok(search.finish(Shape::Policy))
}

/// Whether a file is to be read as JSON, and else as YAML: its name tells, or the way it starts.
fn is_json(source: &Source) -> bool {
    let text = source.text().trim_start_matches('\u{feff}').trim_start();
    let ending = source.name().rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "json" => true,
        "yaml" | "yml" => text.starts_with(['{', '[']) && read_json_file(text).is_ok(),
        _ => text.is_empty() || text.starts_with(['{', '[', '"']),
    }
}

/// Whether a text is a percent-encoded document: it starts with an encoded brace.
fn is_percent_encoded(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%7b"))
}

/// A search through one file.
struct Search<'t> {
    source: &'t Arc<Source>,
    given: Option<PolicyKind>,
    candidates: Vec<Candidate<'t>>,
    not_read: Vec<NotRead>,
    more_follows: bool,
}

impl<'t> Search<'t> {
    fn new(source: &'t Arc<Source>, given: Option<PolicyKind>) -> Self {
        let given = given.or_else(|| candidate::kind_of_name(source.name()));
        Self { source, given, candidates: Vec::new(), not_read: Vec::new(), more_follows: false }
    }

    /// The values of a JSON file.
    fn values(&mut self, values: &'t [Json<'t>]) -> Shape {
        let mut shape = Shape::Other;
        for (at, value) in values.iter().enumerate() {
            let path = if values.len() > 1 { format!("[{at}]") } else { String::new() };
            shape = shape.max(self.value(value, &path));
        }
        shape
    }

    /// The documents of a YAML file.
    fn yaml(&mut self, documents: &[Json<'_>]) -> Shape {
        let mut shape = Shape::Other;
        for (at, document) in documents.iter().enumerate() {
            let path = if documents.len() > 1 { format!("[{at}]") } else { String::new() };
            shape = shape.max(if template::is_template(document) {
                self.template(document, false)
            } else {
                self.yaml_anywhere(document, &path)
            });
        }
        shape
    }

    fn value(&mut self, value: &'t Json<'t>, path: &str) -> Shape {
        if dump::is_dump(value) {
            self.dump(value);
            return Shape::Dump;
        }
        if terraform::is_terraform(value) {
            return self.terraform(value);
        }
        if template::is_template(value) {
            return self.template(value, true);
        }
        let items = value.items().iter().enumerate();
        match &value.value {
            JsonValue::Array(_) => {
                let shapes = items.map(|(at, item)| self.value(item, &format!("{path}[{at}]")));
                shapes.max().unwrap_or(Shape::Other)
            }
            _ => self.anywhere(value, path),
        }
    }

    /// A JSON value that is a document, or a string that holds one.
    fn document(&mut self, value: &'t Json<'t>, name: String) -> &mut Candidate<'t> {
        let place = Place::of_part(self.source, value.span);
        let body = match &value.value {
            JsonValue::String(text) => Body::String(text),
            _ => Body::Tree(value),
        };
        let at = self.candidates.len();
        self.candidates.push(Candidate::new(name, place, body));
        &mut self.candidates[at]
    }

    fn not_read(&mut self, name: String, span: Span, why: String, help: Option<String>) {
        let place = Place::of_part(self.source, span);
        self.not_read.push(NotRead { name, why, help, place });
    }

    /// Reads all that was found.
    fn finish(mut self, shape: Shape) -> Intake {
        self.candidates.sort_by_key(|candidate| candidate.place.span().start);
        Intake {
            shape,
            documents: candidate::read_all(&self.candidates, self.source.name(), self.given),
            not_read: self.not_read,
            more_follows: self.more_follows,
        }
    }
}
