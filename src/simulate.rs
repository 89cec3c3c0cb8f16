//! Many requests, one JSON object a line, each answered by one line in the same order.
//!
//! The shapes of both lines are a contract with users' scripts. A question:
//! ```json
//! {"id":"1","principal":"arn:aws:iam::111122223333:role/app","action":"s3:GetObject",
//!  "resource":"arn:aws:s3:::acme/a.txt","resourceAccount":"111122223333",
//!  "context":{"aws:SourceIp":"10.0.0.5","aws:TagKeys":["team"]},"unknownContext":["aws:SourceVpce"],
//!  "identityPolicies":[{}],"permissionsBoundary":{},"sessionPolicy":{},"resourcePolicy":{},
//!  "serviceControlPolicies":[[{}],[{}]],"resourceControlPolicies":[[{}]]}
//! ```
//! Only `action` and `resource` are required. Instead of `resourcePolicy` a role has its
//! `trustPolicy` and a KMS key its `keyPolicy`. Keys that follow from the principal and the owner
//! (`aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:username`,
//! `aws:ResourceAccount` and the like) need not stand in `context`; what stands there wins. An answer:
//! ```json
//! {"id":"1","decision":"allowed","matchedStatements":[{"layer":"identity","policy":0,"statement":0,"effect":"Allow"}]}
//! {"id":"2","decision":"implicitDeny","blockedBy":"permissionsBoundary"}
//! {"id":"3","decision":"unknown","unknown":["why"]}
//! {"id":"4","error":"what is wrong","policy":"identityPolicies[0]","line":4}
//! ```

mod answer;
mod batch;
mod cache;
mod question;
mod shape;

pub use answer::Answer;
pub use batch::{BatchError, BatchSummary, LONGEST_LINE, run_batch};
pub use cache::PolicyCache;
pub use question::{Question, QuestionError};
