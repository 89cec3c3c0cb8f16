//! `boundary-not-read`

use super::{Seen, Subject};
use crate::account::PermissionsBoundary;

pub(super) fn look(subject: &Subject<'_>) -> Vec<Seen> {
    match &subject.principal.permissions_boundary {
        PermissionsBoundary::NotRead { arn, why } => {
            vec![Seen::new(format!("the permissions boundary `{arn}` was not read: {why}"))]
        }
        PermissionsBoundary::None | PermissionsBoundary::Policy(_) => Vec::new(),
    }
}
