//! Condition keys that say what the resource's ARN says: a request is one only where they agree.

use crate::evaluate::field;
use crate::iam::{ContextKey, ContextValue, Request, Resource};

/// Keys, each with the field of the ARN that it repeats where that is not empty.
///
/// AWS: "the account that owns the resource", "the Region that was called":
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>. A
/// regional service acts on what lies in its own Region, so the Region called is the ARN's.
const REPEATED: [(&str, usize); 3] =
    [("aws:requestedregion", 3), ("aws:resourceaccount", 4), ("s3:resourceaccount", 4)];

/// Requests like `request` whose keys agree with the ARN of the resource, the likeliest first: itself,
/// on the resource that its keys describe, with the keys that the resource describes.
pub(super) fn consistent(request: Request) -> impl Iterator<Item = Request> {
    let wrong: Vec<(&str, usize)> =
        REPEATED.into_iter().filter(|link| contradicts(&request, *link)).collect();
    let candidates = match wrong.as_slice() {
        [] => [Some(request), None],
        wrong => [moved(&request, wrong), told(&request, wrong)],
    };
    candidates.into_iter().flatten()
}

fn contradicts(request: &Request, (key, at): (&str, usize)) -> bool {
    match request.context.get(key) {
        Some(ContextValue::Single(said)) => {
            field(request.resource.text(), at).is_some_and(|own| said != own)
        }
        _ => false,
    }
}

/// On the resource of the same name where the keys say that it lies.
fn moved(request: &Request, wrong: &[(&str, usize)]) -> Option<Request> {
    let mut fields: Vec<&str> = request.resource.text().splitn(6, ':').collect();
    for (key, at) in wrong {
        let Some(ContextValue::Single(said)) = request.context.get(key) else { continue };
        *fields.get_mut(*at)? = said;
    }
    let resource = Resource::parse(&fields.join(":")).ok()?;
    let moved = Request { resource, ..request.clone() };
    let agrees = !REPEATED.into_iter().any(|link| contradicts(&moved, link));
    agrees.then_some(moved)
}

/// With the keys as the resource has them.
fn told(request: &Request, wrong: &[(&str, usize)]) -> Option<Request> {
    let mut told = request.clone();
    for (key, at) in wrong {
        let own = field(request.resource.text(), *at)?.to_owned();
        told.context.insert(ContextKey::new(key), ContextValue::Single(own));
    }
    Some(told)
}
