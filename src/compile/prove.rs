use crate::consumer::Requirement; use crate::iam::PolicyDocument;
#[derive(Debug)] pub struct Unproved; impl std::fmt::Display for Unproved { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("x") } }
#[derive(Default)] pub struct Budget;
pub(super) fn prove(_: &Requirement, _: &PolicyDocument, _: &PolicyDocument, _: Budget) -> Result<(), Unproved> { Ok(()) }
