//! A proposal as steps and files: what to put, then what to take away.

use super::home::Home;
use super::judge::NEW;
use super::outcome::{FixFile, PrincipalFix, Step};
use super::proposal::{Fate, Proposal};
use super::render::Rendered;
use crate::account::PrincipalKind;
use std::collections::BTreeSet;

/// The files that are taken already, in lower case: some file systems see no difference.
pub(super) type Taken = BTreeSet<String>;

/// The steps of a proposal, and its files under names that no other has.
pub(super) fn written(proposal: &Proposal<'_>, taken: &mut Taken) -> PrincipalFix {
    let mut writer = Writer {
        proposal,
        taken,
        names: inline_names(proposal),
        puts: Vec::new(),
        takes: Vec::new(),
        files: Vec::new(),
    };
    if proposal.permissions.is_proved() {
        writer.permissions();
    }
    if let Some(rendered) = &proposal.trust_policy {
        writer.trust(rendered);
    }
    let Writer { puts, takes, files, .. } = writer;
    PrincipalFix {
        arn: proposal.principal.arn.clone(),
        permissions: proposal.permissions.clone(),
        trust: proposal.trust.clone(),
        steps: puts.into_iter().chain(takes).collect(),
        files,
    }
}

/// The inline policies that the principal has.
fn inline_names(proposal: &Proposal<'_>) -> BTreeSet<String> {
    let inline = |home: &Home<'_>| match home {
        Home::Inline { name } => Some((*name).to_owned()),
        _ => None,
    };
    proposal.homes.iter().filter_map(inline).collect()
}

struct Writer<'w, 'p> {
    proposal: &'w Proposal<'p>,
    taken: &'w mut Taken,
    names: BTreeSet<String>,
    puts: Vec<Step>,
    takes: Vec<Step>,
    files: Vec<FixFile>,
}

impl Writer<'_, '_> {
    fn permissions(&mut self) {
        let proposal = self.proposal;
        let changes = |at: usize| !matches!(proposal.policies.get(at), None | Some(Fate::Stays));
        let mut left: BTreeSet<&str> = BTreeSet::new();
        for (at, home) in proposal.homes.iter().enumerate() {
            if let (Home::Group { group, .. }, true) = (home, changes(at)) {
                left.insert(group);
            }
        }
        for (at, fate) in proposal.policies.iter().enumerate() {
            match (proposal.homes.get(at), fate) {
                (Some(home @ Home::Group { group, .. }), _) if left.contains(group) => {
                    self.group_policy(at, home, fate);
                }
                (_, Fate::Stays) => {}
                (Some(home), Fate::Goes) => self.takes_away(home),
                (Some(home), Fate::Changes(rendered)) => self.changes(home, rendered),
                (None, Fate::Changes(rendered)) => {
                    let summary = |name: &str| format!("put the new inline policy `{name}`");
                    self.put(NEW, summary, rendered);
                }
                (None, Fate::Goes) => {}
            }
        }
        for group in left {
            let name = &proposal.principal.name;
            self.takes.push(Step {
                summary: format!(
                    "take the user out of the group `{group}`: what it needs of the group is its own \
                     now"
                ),
                edits: Vec::new(),
                document: None,
                patch: None,
                command: Some(format!(
                    "aws iam remove-user-from-group --group-name {group} --user-name {name}"
                )),
            });
        }
    }

    fn changes(&mut self, home: &Home<'_>, rendered: &Rendered) {
        match home {
            Home::Inline { name } => {
                let command = |kind: PrincipalKind, who: &str, file: &str| {
                    format!(
                        "aws iam put-{kind}-policy --{kind}-name {who} --policy-name {name} \
                         --policy-document file://{file}"
                    )
                };
                self.document(name, format!("edit the inline policy `{name}`"), rendered, command);
            }
            Home::Managed { arn } => {
                let command = |_: PrincipalKind, _: &str, file: &str| {
                    format!(
                        "aws iam create-policy-version --policy-arn {arn} --policy-document \
                         file://{file} --set-as-default"
                    )
                };
                let summary = format!(
                    "edit the managed policy `{arn}`, which nobody else has (IAM keeps five versions: \
                     delete an old one if there are as many)"
                );
                self.document(home.short_name(), summary, rendered, command);
            }
            Home::Shared { arn, why } => {
                let summary = |name: &str| {
                    format!("put the inline policy `{name}` in place of `{arn}`, as {why}")
                };
                self.put(home.short_name(), summary, rendered);
                self.takes_away(home);
            }
            Home::File { name } => {
                self.document(home.short_name(), format!("edit `{name}`"), rendered, |_, _, _| {
                    String::new()
                });
            }
            Home::Group { .. } => {}
        }
    }

    fn takes_away(&mut self, home: &Home<'_>) {
        let (kind, who) = (self.proposal.principal.kind, &self.proposal.principal.name);
        let (summary, command) = match home {
            Home::Inline { name } => (
                format!("delete the inline policy `{name}`: no statement of it is needed"),
                format!("aws iam delete-{kind}-policy --{kind}-name {who} --policy-name {name}"),
            ),
            Home::Managed { arn } | Home::Shared { arn, .. } => (
                format!("detach the managed policy `{arn}`"),
                format!("aws iam detach-{kind}-policy --{kind}-name {who} --policy-arn {arn}"),
            ),
            Home::File { name } => {
                (format!("take `{name}` away: no statement of it is needed"), String::new())
            }
            Home::Group { .. } => return,
        };
        let command = (!command.is_empty()).then_some(command);
        let (edits, document, patch) = (Vec::new(), None, None);
        self.takes.push(Step { summary, edits, document, patch, command });
    }

    /// What the user keeps of a group that it leaves.
    fn group_policy(&mut self, at: usize, home: &Home<'_>, fate: &Fate) {
        let Home::Group { group, arn, name } = home else { return };
        let who = &self.proposal.principal.name;
        match (fate, arn) {
            (Fate::Goes, _) => {}
            (Fate::Stays, Some(arn)) => self.puts.push(Step {
                summary: format!("attach `{arn}`, which the user has from the group `{group}`"),
                edits: Vec::new(),
                document: None,
                patch: None,
                command: Some(format!(
                    "aws iam attach-user-policy --user-name {who} --policy-arn {arn}"
                )),
            }),
            (Fate::Stays, None) => {
                let Some(live) = self.proposal.principal.identity.get(at) else { return };
                let text = super::value::Value::of(&*live.document).pretty();
                let rendered =
                    Rendered { text, patch: None, edits: Vec::new(), policy: live.clone() };
                let summary =
                    |own: &str| format!("put the group's policy `{name}` as inline policy `{own}`");
                self.put(name, summary, &rendered);
            }
            (Fate::Changes(rendered), _) => {
                let summary = |own: &str| {
                    format!("put the inline policy `{own}` in place of that of the group `{group}`")
                };
                self.put(name, summary, rendered);
            }
        }
    }

    /// A new inline policy.
    fn put(&mut self, wanted: &str, summary: impl Fn(&str) -> String, rendered: &Rendered) {
        let name = numbered(wanted, |name| !self.names.contains(name));
        self.names.insert(name.clone());
        let command = |kind: PrincipalKind, who: &str, file: &str| {
            format!(
                "aws iam put-{kind}-policy --{kind}-name {who} --policy-name {name} \
                 --policy-document file://{file}"
            )
        };
        self.document(&name, summary(&name), rendered, command);
    }

    fn trust(&mut self, rendered: &Rendered) {
        let command = |_: PrincipalKind, who: &str, file: &str| {
            format!(
                "aws iam update-assume-role-policy --role-name {who} --policy-document file://{file}"
            )
        };
        self.document("trust", "edit the trust policy".to_owned(), rendered, command);
    }

    fn document(
        &mut self,
        short: &str,
        summary: String,
        rendered: &Rendered,
        command: impl Fn(PrincipalKind, &str, &str) -> String,
    ) {
        let role = self.proposal.requirement.role.to_string();
        let stem = format!("{role}.{short}").replace(['/', ':', '\\', ' '], "-");
        let stem = numbered(&stem, |stem| !self.taken.contains(&stem.to_lowercase()));
        self.taken.insert(stem.to_lowercase());
        let document = format!("{stem}.json");
        let patch = rendered.patch.as_ref().map(|operations| {
            let file = format!("{stem}.patch.json");
            // Writing to memory what has string keys only cannot fail.
            let text = serde_json::to_string_pretty(operations).unwrap_or_default() + "\n";
            self.files.push(FixFile { name: file.clone(), text });
            file
        });
        self.files.push(FixFile { name: document.clone(), text: rendered.text.clone() });
        let principal = self.proposal.principal;
        let command = command(principal.kind, &principal.name, &document);
        self.puts.push(Step {
            summary,
            edits: rendered.edits.clone(),
            document: Some(document),
            patch,
            command: (!command.is_empty() && principal.caller().is_some()).then_some(command),
        });
    }
}

/// The name, or the name with the first number that is free.
fn numbered(name: &str, is_free: impl Fn(&str) -> bool) -> String {
    let numbers = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbers);
    names.find(|name| is_free(name)).unwrap_or_default()
}
