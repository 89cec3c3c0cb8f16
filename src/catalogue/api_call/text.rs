//! Calls in words.

use std::fmt;

use super::{ApiCall, CallOption, Dialect, Evaluation, Target};

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bucket => "the bucket",
            Self::Key => "the object",
            Self::SourceKey => "the object that is copied",
            Self::KmsKey => "the KMS key",
            Self::SourceKmsKey => "the KMS key of the source",
            Self::Role => "the role",
            Self::Table => "the table",
            Self::Resource => "the resource",
            Self::Any => "`*`",
        })
    }
}

impl fmt::Display for CallOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, letter) in format!("{self:?}").char_indices() {
            let between = if at > 0 && letter.is_uppercase() { " " } else { "" };
            write!(f, "{between}{}", letter.to_ascii_lowercase())?;
        }
        Ok(())
    }
}

impl Evaluation {
    /// What it depends on: `with version id`, `unless version id`, or nothing.
    #[must_use]
    pub fn condition(&self) -> String {
        match (self.with, self.unless) {
            (Some(option), _) => format!("with {option}"),
            (_, Some(option)) => format!("unless {option}"),
            _ => String::new(),
        }
    }
}

impl ApiCall {
    /// What the call needs, for people: ``HeadBucket needs `s3:ListBucket` on the bucket``. A call
    /// that always needs something is described without its options.
    #[must_use]
    pub fn needs_in_words(&self, dialect: Dialect) -> String {
        let always: Vec<&Evaluation> = self.always(dialect).collect();
        let needs =
            if always.is_empty() { self.evaluations(dialect).iter().collect() } else { always };
        // Actions on the same thing are said in one breath.
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for need in needs {
            let condition = need.with.map(|_| format!(" {}", need.condition()));
            let on = format!("on {}{}", need.on, condition.unwrap_or_default());
            let action = format!("`{}`", need.action);
            match groups.iter_mut().find(|(place, _)| *place == on) {
                Some((_, actions)) => actions.push(action),
                None => groups.push((on, vec![action])),
            }
        }
        let parts: Vec<String> =
            groups.iter().map(|(on, actions)| format!("{} {on}", actions.join(", "))).collect();
        match parts.split_last() {
            None => format!("{} needs no permission", self.operation()),
            Some((last, [])) => format!("{} needs {last}", self.operation()),
            Some((last, rest)) => {
                format!("{} needs {} and {last}", self.operation(), rest.join(", "))
            }
        }
    }
}
