//! Why a tree of attributes is not the form of a value, and where.

use std::fmt;

use serde::{de, ser};

/// Why a tree of attributes is not the form of a value, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BridgeError {
    path: Vec<String>,
    kind: BridgeErrorKind,
}

/// Why a tree of attributes is not the form of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BridgeErrorKind {
    /// A value of another kind was expected.
    Mismatch {
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// A field is missing.
    MissingField {
        /// Its name.
        field: String,
    },
    /// A field that the class does not have.
    UnknownField {
        /// Its name.
        field: String,
        /// The names that the class has.
        expected: Vec<String>,
    },
    /// A class, or a member of an enumeration, that does not exist.
    UnknownVariant {
        /// Its name.
        variant: String,
        /// The names that exist.
        expected: Vec<String>,
    },
    /// Anything else, in the words of the type concerned.
    Other {
        /// The words.
        message: String,
    },
}

impl BridgeError {
    pub(crate) fn new(kind: BridgeErrorKind) -> Self {
        Self { path: Vec::new(), kind }
    }

    /// The error for a value of another kind than expected.
    #[must_use]
    pub fn mismatch(expected: impl fmt::Display, found: impl fmt::Display) -> Self {
        Self::new(BridgeErrorKind::Mismatch { expected: expected.to_string(), found: found.to_string() })
    }

    /// The same error, found below the field or element of that name.
    #[must_use]
    pub fn below(mut self, name: impl Into<String>) -> Self {
        self.path.insert(0, name.into());
        self
    }

    /// The fields and elements that lead to the place, outermost first.
    #[must_use]
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// What is wrong there.
    #[must_use]
    pub fn kind(&self) -> &BridgeErrorKind {
        &self.kind
    }

    /// Whether the tree is beyond what this version knows, a class or a field of a known class, rather than wrong.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        match &self.kind {
            BridgeErrorKind::UnknownField { .. } => true,
            BridgeErrorKind::UnknownVariant { .. } => {
                self.path.last().is_some_and(|name| name == "class_name")
            }
            _ => false,
        }
    }
}

impl fmt::Display for BridgeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mismatch { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::MissingField { field } => write!(f, "expected the field `{field}`, found none"),
            Self::UnknownField { field, expected } => {
                write!(f, "expected one of the fields {}, found `{field}`", expected.join(", "))
            }
            Self::UnknownVariant { variant, expected } => {
                write!(f, "expected one of {}, found `{variant}`", expected.join(", "))
            }
            Self::Other { message } => f.write_str(message),
        }
    }
}

impl fmt::Display for BridgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: Vec<&str> = self.path.iter().map(String::as_str).filter(|name| *name != "state").collect();
        if path.is_empty() { self.kind.fmt(f) } else { write!(f, "`{}`: {}", path.join("."), self.kind) }
    }
}

impl std::error::Error for BridgeError {}

impl de::Error for BridgeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(BridgeErrorKind::Other { message: message.to_string() })
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::mismatch(expected, found)
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::mismatch(expected, found)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(BridgeErrorKind::MissingField { field: field.to_owned() })
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(BridgeErrorKind::UnknownField { field: field.to_owned(), expected: quoted(expected) })
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(BridgeErrorKind::UnknownVariant { variant: variant.to_owned(), expected: quoted(expected) })
    }
}

impl ser::Error for BridgeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(BridgeErrorKind::Other { message: message.to_string() })
    }
}

fn quoted(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("`{name}`")).collect()
}
