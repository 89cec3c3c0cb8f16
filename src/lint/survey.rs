//! Many documents at once: what is wrong with each, at its place in the user's file.

use super::memory::Memory;
use super::suppress::Suppressed;
use super::{Finding, Linter, Policy, Storage, fingerprint};
use crate::iam::Statement;
use crate::intake::{Attachment, Found, Holder};
use crate::source::{Problem, Source, Span};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A finding at its place in a file.
#[derive(Clone, Debug)]
pub struct Placed<'d> {
    /// The finding.
    pub finding: Finding,
    /// The file.
    pub source: Arc<Source>,
    /// Where it stands in the file.
    pub span: Span,
    /// Where what else takes part in it stands, and how it does.
    pub also: Vec<(Span, String)>,
    /// The document; `None` where the file holds none that could be told apart.
    pub document: Option<&'d Found>,
    /// Whether it is found however the conditions of a template turn out.
    pub in_all_variants: bool,
    /// The number of the statement in the document, from 0.
    pub statement: Option<usize>,
    /// What it is about, whatever else moves.
    pub fingerprint: String,
    /// Why it does not count.
    pub suppressed: Option<Suppressed>,
    /// The suppression that was about this rule here and no longer fits.
    pub reopened: Option<String>,
}

impl Placed<'_> {
    /// A finding in a file that is no document.
    pub(super) fn in_file(finding: Finding, source: &Arc<Source>, span: Span) -> Self {
        let text = source.text().get(span.start..span.end).unwrap_or_default();
        Placed {
            fingerprint: fingerprint::of_text(&finding, text),
            finding,
            source: Arc::clone(source),
            span,
            also: Vec::new(),
            document: None,
            in_all_variants: false,
            statement: None,
            suppressed: None,
            reopened: None,
        }
    }

    /// What the document is called, with its file; the file where it is that.
    #[must_use]
    pub fn name(&self) -> &str {
        let Some(document) = self.document else { return self.source.name() };
        let variant = document.variant.as_deref().filter(|_| self.in_all_variants);
        let name = variant.and_then(|variant| document.name.strip_suffix(variant));
        name.unwrap_or(&document.name).trim_end()
    }

    /// What the document is called inside its file; nothing where it is the file.
    #[must_use]
    pub fn policy(&self) -> &str {
        let name = self.name();
        name.strip_prefix(self.source.name()).unwrap_or(name).trim_start()
    }

    /// Whether it is the same as another, in the document that a template makes where its conditions
    /// turn out otherwise.
    fn is_in_another_variant(&self, other: &Self) -> bool {
        let Finding { rule, severity, message, help, .. } = &self.finding;
        let of = &other.finding;
        let variant = |one: &Self| one.document.and_then(|document| document.variant.as_deref());
        Arc::ptr_eq(&self.source, &other.source)
            && (self.span, *severity, message, help)
                == (other.span, of.severity, &of.message, &of.help)
            && rule.id == of.rule.id
            && variant(self).zip(variant(other)).is_some_and(|(own, its)| own != its)
    }

    /// The statement as it was read.
    #[must_use]
    pub fn said(&self) -> Option<&Statement> {
        let parsed = self.document?.document.as_ref().ok()?;
        parsed.document.statements.get(self.statement?)
    }

    /// Whether it counts.
    #[must_use]
    pub const fn counts(&self) -> bool {
        self.suppressed.is_none()
    }

    fn order(&self) -> (&str, Span, &str, &str, &str) {
        let Finding { rule, message, .. } = &self.finding;
        (self.source.name(), self.span, &rule.id, message, self.policy())
    }
}

/// What a document is called inside its file; nothing where it is the file.
fn inner_name(found: &Found) -> &str {
    let file = found.place.source().map_or("", |source| source.name());
    found.name.strip_prefix(file).unwrap_or(&found.name).trim_start()
}

/// Makes one of two findings that are the same whether the conditions of a template hold or not.
fn merge_variants(findings: &mut Vec<Placed<'_>>) {
    findings.dedup_by(|later, first| {
        let same = !first.in_all_variants && first.is_in_another_variant(later);
        if same {
            first.in_all_variants = true;
            first.fingerprint = fingerprint::of_both(&first.fingerprint, &later.fingerprint);
        }
        same
    });
}

/// Sorts findings by file, place and rule.
pub fn sort(findings: &mut [Placed<'_>]) {
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
}

impl Linter<'_> {
    /// What is wrong with documents, sorted by file, place and rule. All cores share them.
    #[must_use]
    pub fn survey<'d>(&self, documents: &[&'d Found]) -> Vec<Placed<'d>> {
        /// So many are a share of the work: few enough to be spread evenly.
        const SHARE: usize = 32;
        let shares: Vec<&[&'d Found]> = documents.chunks(SHARE).collect();
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let next = AtomicUsize::new(0);
        let work = || {
            let memory = self.memory();
            let mut found = Vec::new();
            while let Some(share) = shares.get(next.fetch_add(1, Ordering::Relaxed)) {
                found.extend(share.iter().flat_map(|document| self.in_document(document, &memory)));
            }
            found
        };
        let mut findings: Vec<Placed<'d>> = std::thread::scope(|scope| {
            let helpers = cores.min(shares.len()).saturating_sub(1);
            let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
            let mut all = work();
            for helper in helpers {
                match helper.join() {
                    Ok(found) => all.extend(found),
                    // Findings that are lost in silence would look like a clean document.
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            all
        });
        sort(&mut findings);
        merge_variants(&mut findings);
        findings
    }

    /// What is wrong with one document. Nothing is said of parts that are not known yet.
    fn in_document<'d>(&self, found: &'d Found, memory: &Memory<'_>) -> Vec<Placed<'d>> {
        let (findings, parsed) = match &found.document {
            Ok(parsed) => {
                let policy = Policy {
                    document: &parsed.document,
                    kind: found.kind,
                    notes: &parsed.notes,
                    storage: storage(found.attachment),
                };
                (self.findings_by(&policy, memory), Some(&parsed.document))
            }
            Err(problems) => (self.unreadable(problems), None),
        };
        let Some(source) = found.place.source().filter(|_| !findings.is_empty()) else {
            return Vec::new();
        };
        let text = found.text();
        let located = Self::located(findings, text).into_iter();
        let known = located.filter(|one| {
            let whole = one.statement.map(|(_, whole)| whole).filter(|_| one.finding.rule.exact);
            let mut parts = one.also.iter().map(|(span, _)| *span).chain(whole).chain([one.span]);
            !parts.any(|part| found.is_open(part))
        });
        let inside = |span| found.place.inside(span).span();
        known
            .map(|one| Placed {
                fingerprint: fingerprint(&one, found.kind, inner_name(found), parsed, text),
                source: Arc::clone(source),
                span: inside(one.span),
                also: one.also.into_iter().map(|(span, how)| (inside(span), how)).collect(),
                document: Some(found),
                in_all_variants: false,
                statement: one.statement.map(|(number, _)| number),
                finding: one.finding,
                suppressed: None,
                reopened: None,
            })
            .collect()
    }

    /// What is wrong with a file that no document could be told apart in.
    #[must_use]
    pub fn unreadable_file<'d>(
        &self,
        source: &Arc<Source>,
        problems: &[Problem],
    ) -> Vec<Placed<'d>> {
        let findings = self.unreadable(problems).into_iter();
        findings
            .map(|finding| {
                let span = match finding.at {
                    super::At::Span(span) => span,
                    super::At::Element(_) => Span::default(),
                };
                Placed::in_file(finding, source, span)
            })
            .collect()
    }
}

const fn storage(attachment: Option<Attachment>) -> Storage {
    match attachment {
        None => Storage::Unknown,
        Some(Attachment::CustomerManaged) => Storage::Managed,
        Some(Attachment::AwsManaged) => Storage::AwsManaged,
        Some(Attachment::Inline(Holder::Role)) => Storage::RoleInline,
        Some(Attachment::Inline(Holder::User)) => Storage::UserInline,
        Some(Attachment::Inline(Holder::Group)) => Storage::GroupInline,
    }
}
