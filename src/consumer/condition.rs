//! The `when:` of a call: a small expression over features and parameters.

use std::fmt;

/// When a call is made: features that are on and parameters that have a value, joined with
/// `and`, `or`, `not` and parentheses, as in `create-bucket and not bucket-region = us-east-1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// The feature is on.
    Feature(String),
    /// The parameter has this value, or holds it among several.
    Is(String, String),
    /// The opposite.
    Not(Box<Self>),
    /// Both.
    And(Box<Self>, Box<Self>),
    /// Either or both.
    Or(Box<Self>, Box<Self>),
}

/// What a `When` asks about the deployment at hand.
pub trait Facts {
    /// Whether the feature is on.
    fn feature(&self, name: &str) -> bool;
    /// Whether the parameter is, or holds, `value`.
    fn parameter_is(&self, name: &str, value: &str) -> bool;
}

/// Nested deeper than any model needs; the bound keeps recursion small on any input.
const MAX_DEPTH: usize = 32;

impl When {
    /// Reads an expression.
    ///
    /// # Errors
    /// A text that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, next: 0, depth: 0 };
        let when = parser.either()?;
        match parser.peek() {
            None => Ok(when),
            Some(token) => Err(format!("`{token}` is not expected here in `{text}`")),
        }
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, facts: &dyn Facts) -> bool {
        match self {
            Self::Feature(name) => facts.feature(name),
            Self::Is(name, value) => facts.parameter_is(name, value),
            Self::Not(inner) => !inner.holds(facts),
            Self::And(a, b) => a.holds(facts) && b.holds(facts),
            Self::Or(a, b) => a.holds(facts) || b.holds(facts),
        }
    }

    /// Calls `visit` with every name: `Ok` a feature's, `Err` a parameter's with its value.
    pub fn names<'w>(&'w self, visit: &mut dyn FnMut(Result<&'w str, (&'w str, &'w str)>)) {
        match self {
            Self::Feature(name) => visit(Ok(name)),
            Self::Is(name, value) => visit(Err((name, value))),
            Self::Not(inner) => inner.names(visit),
            Self::And(a, b) | Self::Or(a, b) => {
                a.names(visit);
                b.names(visit);
            }
        }
    }

    /// The features that must be on, in the order written (not those under `not`).
    #[must_use]
    pub fn features(&self) -> Vec<&str> {
        match self {
            Self::Feature(name) => vec![name],
            Self::Is(..) | Self::Not(_) => Vec::new(),
            Self::And(a, b) | Self::Or(a, b) => [a.features(), b.features()].concat(),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Feature(name) => f.write_str(name),
            Self::Is(name, value) => write!(f, "{name} = {value}"),
            Self::Not(inner) if matches!(**inner, Self::And(..) | Self::Or(..)) => {
                write!(f, "not ({inner})")
            }
            Self::Not(inner) => write!(f, "not {inner}"),
            Self::And(a, b) => {
                for (i, side) in [a, b].into_iter().enumerate() {
                    let and = if i > 0 { " and " } else { "" };
                    match **side {
                        Self::Or(..) => write!(f, "{and}({side})")?,
                        _ => write!(f, "{and}{side}")?,
                    }
                }
                Ok(())
            }
            Self::Or(a, b) => write!(f, "{a} or {b}"),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        let length = match first {
            '(' | ')' | '=' => 1,
            c if word(c) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
            other => return Err(format!("`{other}` is not expected in `{text}`")),
        };
        found.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

struct Parser<'t> {
    tokens: &'t [String],
    next: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.next).map(String::as_str)
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.peek() == Some(token);
        self.next += usize::from(found);
        found
    }

    fn either(&mut self) -> Result<When, String> {
        let mut left = self.both()?;
        while self.take("or") {
            left = When::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<When, String> {
        let mut left = self.single()?;
        while self.take("and") {
            left = When::And(Box::new(left), Box::new(self.single()?));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<When, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("nested too deeply".to_owned());
        }
        let found = self.term();
        self.depth -= 1;
        found
    }

    fn term(&mut self) -> Result<When, String> {
        if self.take("not") {
            return Ok(When::Not(Box::new(self.single()?)));
        }
        if self.take("(") {
            let inner = self.either()?;
            return if self.take(")") { Ok(inner) } else { Err("a `)` is missing".to_owned()) };
        }
        let name = self.word()?;
        if self.take("=") { Ok(When::Is(name, self.word()?)) } else { Ok(When::Feature(name)) }
    }

    fn word(&mut self) -> Result<String, String> {
        match self.peek() {
            Some(word) if !matches!(word, "(" | ")" | "=" | "and" | "or" | "not") => {
                let word = word.to_owned();
                self.next += 1;
                Ok(word)
            }
            Some(other) => Err(format!("a name is expected, not `{other}`")),
            None => Err("a name is expected at the end".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct World;
    impl Facts for World {
        fn feature(&self, name: &str) -> bool {
            name == "on"
        }
        fn parameter_is(&self, name: &str, value: &str) -> bool {
            (name, value) == ("mode", "none")
        }
    }

    #[test]
    fn expressions_read_back_and_hold() {
        for (text, holds) in [
            ("on", true),
            ("off", false),
            ("not off and on", true),
            ("off or on and on", true),
            ("(off or on) and off", false),
            ("mode = none", true),
            ("not (mode = none or off)", false),
        ] {
            let when = When::parse(text).unwrap();
            assert_eq!(when.to_string(), text);
            assert_eq!(when.holds(&World), holds, "{text}");
        }
    }

    #[test]
    fn bad_expressions_are_refused() {
        let deep = "not ".repeat(100) + "on";
        for text in ["", "and", "on on", "(on", "on)", "mode =", "= x", "on & off", "not", &deep] {
            assert!(When::parse(text).is_err(), "{text}");
        }
    }
}
