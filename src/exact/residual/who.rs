//! Of whom a row speaks, in the statement's own principals.

use crate::evaluate::names;
use crate::exact::caller::representatives;
use crate::exact::set::Rule;
use crate::exact::space::Space;
use crate::iam::{Caller, Clause, PrincipalPattern, Request, Statement};

/// The principals of a statement, as it writes them, each with a request like `witness` of theirs
/// that is in the difference; `*` where the statement is about everyone, or all but some. A
/// statement that names nobody has the request alone.
pub(super) fn askers(
    space: &Space<'_, '_>,
    rule: &Rule<'_>,
    witness: &Request,
    in_difference: &dyn Fn(&Request) -> bool,
) -> Vec<(Option<String>, Request)> {
    let entries = match &rule.statement.principal {
        None => return vec![(None, witness.clone())],
        Some(Clause::Not(_)) => return vec![(Some("*".to_owned()), witness.clone())],
        Some(Clause::Is(entries)) => entries,
    };
    let on_caller = space.numbered(&space.on_caller);
    let callers = representatives(on_caller.iter().map(|(_, rule)| *rule));
    let mut found: Vec<(Option<String>, Request)> = Vec::new();
    for entry in entries {
        let alone = Statement {
            principal: Some(Clause::Is(vec![entry.clone()])),
            conditions: Vec::new(),
            ..rule.statement.clone().into_owned()
        };
        let of = |caller: &Caller| Request { caller: Some(caller.clone()), ..witness.clone() };
        let known = witness.caller.iter().chain(&callers).map(of);
        let proves = |request: &Request| names(&alone, request).is_true() && in_difference(request);
        if let Some(request) = known.into_iter().find(proves) {
            found.push((Some(entry.text().to_owned()), request));
        }
    }
    if found.is_empty() {
        // None by itself: together they are still whom the statement is about.
        let all = entries.iter().map(|entry| (Some(entry.text().to_owned()), witness.clone()));
        found.extend(all);
    }
    found
}

/// Whom other statements allow the same, named more closely than the `principal` of `rule`.
pub(super) fn others(
    rule: &Rule<'_>,
    principal: Option<&str>,
    others: &[&Rule<'_>],
) -> Vec<String> {
    let Some(principal) = principal else { return Vec::new() };
    let mut except: Vec<String> = Vec::new();
    if let Some(Clause::Not(entries)) = &rule.statement.principal {
        except.extend(entries.iter().map(|entry| entry.text().to_owned()));
    }
    for other in others {
        if let Some(Clause::Is(entries)) = &other.statement.principal {
            let near = entries.iter().filter(|entry| is_within(entry, principal));
            except.extend(near.map(|entry| entry.text().to_owned()));
        }
    }
    except.sort_unstable();
    except.dedup();
    except
}

/// Whether an entry names some of those whom a principal, as written, stands for.
fn is_within(entry: &PrincipalPattern, principal: &str) -> bool {
    match entry {
        PrincipalPattern::Anyone => false,
        _ if principal == "*" => true,
        PrincipalPattern::Arn(arn) => match PrincipalPattern::parse_aws(principal) {
            Ok(PrincipalPattern::Account { account, .. }) => {
                arn.split(':').nth(4) == Some(account.text())
            }
            _ => false,
        },
        _ => false,
    }
}
