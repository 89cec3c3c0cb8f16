//! `leastwise simulate`: one request, or a batch of them, against the policies given.

mod layers;

use super::{ExitStatus, Failure, Outcome, files, named_action};
use crate::catalogue::Catalogue;
use crate::evaluate::{Decision, Explanation, Outcome as Decided, explain};
use crate::iam::{
    AccountId, Action, Caller, ContextKey, ContextValue, Request, RequestContext, Resource,
};
use crate::simulate::{Answer, BatchError, run_batch};
use clap::ValueEnum;
use layers::LayerArguments;
use serde::Serialize;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The arguments of `simulate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  leastwise simulate --principal arn:aws:iam::111122223333:role/app --action s3:GetObject \\
    --resource arn:aws:s3:::acme/a.txt --identity-policy app.json --explain
  leastwise simulate --principal arn:aws:iam::111122223333:user/ann --action sts:AssumeRole \\
    --resource arn:aws:iam::444455556666:role/app --identity-policy ann.json \\
    --trust-policy trust.json --context sts:ExternalId=x7 --expect allowed
  leastwise simulate --batch requests.ndjson
A line of a batch, of which only action and resource are required:
  {\"id\":1,\"principal\":\"arn:...\",\"action\":\"s3:GetObject\",\"resource\":\"arn:aws:s3:::acme/a.txt\",
   \"resourceAccount\":\"111122223333\",\"context\":{\"aws:TagKeys\":[\"a\"]},\"unknownContext\":[\"aws:SourceIp\"],
   \"identityPolicies\":[{...}],\"permissionsBoundary\":{...},\"sessionPolicy\":{...},
   \"resourcePolicy\":{...} (or \"trustPolicy\", \"keyPolicy\"),
   \"serviceControlPolicies\":[[{...}]],\"resourceControlPolicies\":[[{...}]]}

The resource is taken letter by letter: a `*` in it is the name of an object, not a pattern.
Keys that follow from the principal and the owner (aws:PrincipalArn, aws:PrincipalAccount,
aws:username, aws:ResourceAccount and the like) are filled in; --context wins.

Exit status: 0 decided, and as expected; 1 not as --expect says; 2 bad input, or a line of the batch
was answered with an error; 3 the batch is empty; 4 the decision is `unknown`, and --expect does not
say so.")]
pub(super) struct Arguments {
    /// Who asks: an ARN, a service such as pods.eks.amazonaws.com, an identity provider's ARN, or
    /// `*` for an anonymous caller
    #[arg(long, value_name = "ARN", conflicts_with = "batch")]
    principal: Option<String>,
    /// What for: s3:GetObject, or an API call that needs one action: s3.HeadBucket
    #[arg(long, required_unless_present = "batch", conflicts_with = "batch")]
    action: Option<String>,
    /// On what: an ARN, or `*` for actions that have no resource
    #[arg(long, value_name = "ARN", required_unless_present = "batch", conflicts_with = "batch")]
    resource: Option<String>,
    /// The account that owns the resource; an S3 ARN does not tell
    #[arg(long, value_name = "ID", conflicts_with = "batch")]
    resource_account: Option<String>,
    /// A condition key with one value
    #[arg(long, value_name = "KEY=VALUE", conflicts_with = "batch")]
    context: Vec<String>,
    /// A multi-valued condition key with its values; none after the `=` is the empty set
    #[arg(long, value_name = "KEY=V1,V2", conflicts_with = "batch")]
    context_list: Vec<String>,
    /// A condition key that the request may carry with any value
    #[arg(long, value_name = "KEY", conflicts_with = "batch")]
    unknown: Vec<String>,
    #[command(flatten)]
    layers: LayerArguments,
    /// Show every layer, statement and element, and what each was compared with
    #[arg(long, conflicts_with = "batch")]
    explain: bool,
    /// How to print the decision
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "batch")]
    format: Format,
    /// Exit with 1 unless this is the decision
    #[arg(long, value_enum, conflicts_with = "batch")]
    expect: Option<Expectation>,
    /// Answer a file of requests, one JSON object a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    batch: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// What `--expect` takes.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "camelCase")]
enum Expectation {
    /// Let through
    Allowed,
    /// Denied either way
    Denied,
    /// Denied by a Deny statement
    ExplicitDeny,
    /// Denied because nothing allows it
    ImplicitDeny,
    /// Not to be decided with what is known
    Unknown,
}

/// Decides and prints.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Outcome {
    if let Some(path) = &arguments.batch {
        return batch(path, stdout);
    }
    let (request, policies) = both(request(arguments), arguments.layers.read())?;
    arguments.layers.check(&request)?;
    let explanation = explain(&request, &policies);
    let written = match arguments.format {
        Format::Text if arguments.explain => write!(stdout, "{explanation}"),
        Format::Text => write!(stdout, "{}", explanation.decision),
        Format::Json => print_json(&explanation, arguments.explain, stdout),
    };
    written.map_err(Failure::output)?;
    Ok(status(&explanation.decision, arguments.expect))
}

fn status(decision: &Decision<'_>, expected: Option<Expectation>) -> ExitStatus {
    use Expectation as E;
    let as_expected = match (expected, &decision.outcome) {
        (None, Decided::Unknown(_)) => return ExitStatus::CouldNotEvaluate,
        (None, _)
        | (Some(E::Allowed), Decided::Allowed)
        | (Some(E::Denied | E::ExplicitDeny), Decided::ExplicitDeny)
        | (Some(E::Denied | E::ImplicitDeny), Decided::ImplicitDeny)
        | (Some(E::Unknown), Decided::Unknown(_)) => true,
        (Some(_), Decided::Unknown(_)) => return ExitStatus::CouldNotEvaluate,
        (Some(_), _) => false,
    };
    if as_expected { ExitStatus::Clean } else { ExitStatus::Findings }
}

fn print_json(
    explanation: &Explanation<'_>,
    with_layers: bool,
    stdout: &mut dyn Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Whole<'a> {
        #[serde(flatten)]
        answer: Answer<'a>,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        notes: &'a [String],
        #[serde(skip_serializing_if = "Option::is_none")]
        layers: Option<&'a [crate::evaluate::LayerExplanation]>,
    }
    let answer = Answer::new(None, &explanation.decision);
    let layers = with_layers.then_some(&*explanation.layers);
    let notes = if with_layers { &*explanation.notes } else { &[] };
    serde_json::to_writer_pretty(&mut *stdout, &Whole { answer, notes, layers })?;
    writeln!(stdout)
}

fn batch(path: &Path, stdout: &mut dyn Write) -> Outcome {
    let summary = run_batch(files::open(path)?, stdout).map_err(|error| match error {
        BatchError::Input(error) => files::cannot_read(path, &error),
        BatchError::Output(error) => Failure::output(error),
    })?;
    Ok(match (summary.lines, summary.errors) {
        (0, _) => {
            let message = format!("`{}` holds no request", path.display());
            let help = "write one JSON object a line, as `--help` shows".to_owned();
            return Err(Failure::message(ExitStatus::NothingToCheck, message, help));
        }
        (_, 0) => ExitStatus::Clean,
        _ => ExitStatus::BadInput,
    })
}

/// Both results, or the failures of both.
fn both<A, B>(first: Result<A, Failure>, second: Result<B, Failure>) -> Result<(A, B), Failure> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(first), Err(second)) => Err(first.and(second)),
        (Err(failure), _) | (_, Err(failure)) => Err(failure),
    }
}

fn request(arguments: &Arguments) -> Result<Request, Failure> {
    fn parsed<T, E: Display>(
        flag: &str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Failure> {
        let wrong = |why| Failure::input(format!("`{text}` for `{flag}`: {why}"), None);
        parse(text).map_err(wrong)
    }
    let caller = arguments.principal.as_deref();
    let caller = caller.map(|text| parsed("--principal", text, Caller::parse)).transpose();
    let owner = arguments.resource_account.as_deref();
    let owner = owner.map(|text| parsed("--resource-account", text, AccountId::parse)).transpose();
    // The parser of arguments has seen to it that both are there.
    let action = arguments.action.as_deref().unwrap_or_default();
    let action = named_action::action(action, Catalogue::embedded())
        .and_then(|action| parsed("--action", &action, Action::parse));
    let resource = arguments.resource.as_deref().unwrap_or_default();
    let resource = parsed("--resource", resource, Resource::parse);
    let (caller, (action, (resource, (resource_account, context)))) =
        both(caller, both(action, both(resource, both(owner, context(arguments)))))?;
    Ok(Request { caller, action, resource, resource_account, context })
}

fn context(arguments: &Arguments) -> Result<RequestContext, Failure> {
    let mut context = RequestContext::default();
    let mut insert = |key: &str, value: ContextValue| {
        if key.is_empty() {
            return Err(Failure::input("the name of a context key is empty", None));
        }
        let key = ContextKey::new(key);
        if context.get(key.folded()).is_some() {
            let help = "a key with several values goes to `--context-list`".to_owned();
            return Err(Failure::input(format!("the key `{key}` is given twice"), help));
        }
        context.insert(key, value);
        Ok(())
    };
    let split = |flag: &str, text: &str| -> Result<(String, String), Failure> {
        let (key, value) = text.split_once('=').ok_or_else(|| {
            Failure::input(format!("`{text}` for `{flag}` is not KEY=VALUE"), None)
        })?;
        Ok((key.to_owned(), value.to_owned()))
    };
    for text in &arguments.context {
        let (key, value) = split("--context", text)?;
        insert(&key, ContextValue::Single(value))?;
    }
    for text in &arguments.context_list {
        let (key, values) = split("--context-list", text)?;
        let values = values.split(',').filter(|value| !value.is_empty());
        insert(&key, ContextValue::Many(values.map(str::to_owned).collect()))?;
    }
    for key in &arguments.unknown {
        insert(key, ContextValue::Unknown)?;
    }
    Ok(context)
}
