//! `leastwise lint`: what is wrong with policies, whoever they are for.

mod inputs;
mod known;

use super::chosen::ChosenCatalogue;
use super::operand::Kind;
use super::severity::{fail_on, severity};
use super::{ExitStatus, Failure, Outcome, files};
use crate::audit::FailOn;
use crate::compare::CatalogueStamp;
use crate::exact::Universe;
use crate::lint::suppress::is_day;
use crate::lint::{Linter, Placed, Settings, rules, sort};
use crate::report::{self, LintReport};
use crate::source::{Severity, closest};
use inputs::{Inputs, Options};
use known::KnownArguments;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
A FILE is a policy document, an account dump, a Terraform plan or state as JSON, or a
CloudFormation template; a folder is searched with all its folders, but not those that it links to;
`-` is standard input.

Examples:
  leastwise lint policy.json
  leastwise lint --fail-on warning policies/ iam/trust.json
  terraform show -json plan.out | leastwise lint -
  aws iam get-account-authorization-details | leastwise lint --quick -
  leastwise lint --format sarif -o leastwise.sarif policies/
  leastwise lint --write-baseline baseline.json policies/
  leastwise lint --baseline baseline.json policies/
  leastwise lint --write-ignore --reason 'the vendor needs it' --only wildcard-action policies/

`leastwise rules list` shows all rules, `leastwise rules explain ID` one of them.

What a plan or a template leaves open is listed as not read, and no finding is about it.

Exit status: 0 clean; 1 findings at or above --fail-on; 2 bad usage, or something could not be
read as a policy; 3 no policy found.";

/// The arguments of `lint`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Files, folders, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// What the policies are, where neither their place nor their text tells
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Look also at the managed policies that AWS keeps, in account dumps
    #[arg(long)]
    include_aws_managed: bool,
    /// Pass over named files that hold no policy, and do not fail where there is none at all
    #[arg(long)]
    if_any: bool,
    /// Only these rules, with commas between them; may be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    only: Vec<String>,
    /// Not these rules, with commas between them; may be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    skip: Vec<String>,
    /// Leave out the rules that compare sets of requests, which take longer
    #[arg(long, help_heading = "Rules")]
    quick: bool,
    /// Say what wildcards gained since this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day, help_heading = "Rules")]
    since: Option<String>,
    #[command(flatten)]
    known: KnownArguments,
    /// How findings are shown
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    format: Format,
    /// From which severity on findings make the exit status 1
    #[arg(long, value_name = "SEVERITY", default_value = "error", help_heading = "Output",
          value_parser = fail_on())]
    fail_on: FailOn,
    /// Show no finding that is less severe; --fail-on counts them all the same
    #[arg(long, value_name = "SEVERITY", default_value = "note", help_heading = "Output",
          value_parser = severity())]
    min_severity: Severity,
    /// Write the findings into this file and not to standard output
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For scripts
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
}

/// Lints and prints.
pub(super) fn run(
    arguments: &Arguments,
    chosen: &ChosenCatalogue,
    stdout: &mut dyn Write,
) -> Outcome {
    let universe = chosen.universe()?;
    let linter = linter(arguments, &universe)?;
    let date = universe.catalogue().date();
    if let Some(since) = arguments.since.as_deref().filter(|since| *since > date) {
        // That stderr cannot be written is no reason to stop.
        let _ = writeln!(
            anstream::stderr(),
            "note: --since {since} is after the catalogue of {date}: it knows nothing newer"
        );
    }
    let known = arguments.known.read()?;
    let kind = arguments.kind.map(Kind::policy_kind);
    let inputs = {
        let options = Options {
            kind,
            with_aws_managed: arguments.include_aws_managed,
            if_any: arguments.if_any,
        };
        Inputs::read(&arguments.paths, options)?
    };
    let findings = found(&linter, &inputs);
    let min_severity = arguments.min_severity;
    let (findings, gone) = known.apply(findings, &linter, &inputs, min_severity)?;
    let report = LintReport {
        catalogue: CatalogueStamp::of(universe.catalogue()),
        findings,
        gone,
        min_severity,
        files: inputs.files(),
        without_policy: inputs.without_policy,
        documents: inputs.documents().count(),
        aws_managed: inputs.aws_managed(),
        not_read: inputs.not_read.clone(),
    };
    match arguments.output.as_deref().filter(|path| *path != Path::new("-")) {
        None => {
            let color = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
            write(&report, arguments.format, color, stdout)?;
        }
        Some(path) => {
            let mut text = Vec::new();
            write(&report, arguments.format, false, &mut text)?;
            files::write_one(path, &String::from_utf8_lossy(&text))?;
        }
    }
    if report.is_incomplete() {
        return Ok(ExitStatus::BadInput);
    }
    if report.documents == 0 && !arguments.if_any {
        let message = "no policy found";
        let help = "name policy documents, account dumps or templates; of Terraform its plan: \
                    `terraform show -json plan.out | leastwise lint -`"
            .to_owned();
        // The report says it too, in its own form; what is written is whole.
        stdout.flush().map_err(Failure::output)?;
        return Err(Failure::message(ExitStatus::NothingToCheck, message, help));
    }
    let fails = report.severities().any(|severity| arguments.fail_on.fails(severity));
    Ok(if fails { ExitStatus::Findings } else { ExitStatus::Clean })
}

fn write(
    report: &LintReport<'_>,
    format: Format,
    color: bool,
    mut out: &mut dyn Write,
) -> Result<(), Failure> {
    match format {
        Format::Text => report::write_lint_text(report, color, &mut out),
        Format::Json => report::write_lint_json(report, &mut out),
        Format::Github => report::write_lint_github(report, &mut out),
        Format::Sarif => report::write_lint_sarif(report, &mut out).map(|left_out| {
            if left_out > 0 {
                // That a warning cannot be shown is no reason to stop.
                let _ = writeln!(
                    anstream::stderr(),
                    "warning: {left_out} results are left out: code scanning reads no more"
                );
            }
        }),
    }
    .map_err(Failure::output)
}

/// All findings, in order.
fn found<'d>(linter: &Linter<'_>, inputs: &'d Inputs) -> Vec<Placed<'d>> {
    let documents: Vec<_> = inputs.documents().collect();
    let mut findings = linter.survey(&documents);
    for (source, problems) in &inputs.broken {
        findings.extend(linter.unreadable_file(source, problems));
    }
    sort(&mut findings);
    findings
}

fn linter<'c>(arguments: &Arguments, universe: &'c Universe<'c>) -> Result<Linter<'c>, Failure> {
    let settings = Settings {
        only: arguments.only.clone(),
        skip: arguments.skip.clone(),
        quick: arguments.quick,
        since: arguments.since.clone(),
    };
    let linter = Linter::new(universe, settings)
        .map_err(|unknown| unknown_rule(&unknown.0, rules().map(|rule| rule.id.as_str())))?;
    // A rule that somebody asked for and that does not run would look like a clean policy.
    match arguments.only.iter().find(|id| !linter.rules().any(|rule| rule.id == **id)) {
        None => Ok(linter),
        Some(id) => {
            let by = if arguments.skip.contains(id) { "--skip" } else { "--quick" };
            let message = format!("--only asks for `{id}`, which {by} leaves out");
            Err(Failure::input(message, format!("run without {by}")))
        }
    }
}

/// There is no rule of this name; one like it, if there is, or those whose names hold it.
pub(super) fn unknown_rule<'r>(id: &str, known: impl Iterator<Item = &'r str>) -> Failure {
    /// A shorter part is in too many names.
    const SHORTEST_PART: usize = 4;
    let known: BTreeSet<&str> = known.collect();
    let mut near: Vec<&str> = closest(id, known.iter().copied()).into_iter().collect();
    if near.is_empty() && id.len() >= SHORTEST_PART {
        let part = id.to_lowercase();
        near.extend(known.iter().filter(|known| known.contains(&part)));
    }
    let help = if near.is_empty() {
        "`leastwise rules list` shows all rules".to_owned()
    } else {
        let near: Vec<String> = near.iter().map(|near| format!("`{near}`")).collect();
        format!("did you mean {}?", near.join(" or "))
    };
    Failure::input(format!("there is no rule `{id}`"), help)
}

/// A day, as clap takes it.
fn day(text: &str) -> Result<String, String> {
    if is_day(text) {
        Ok(text.to_owned())
    } else {
        Err("a day is written as YYYY-MM-DD".to_owned())
    }
}
