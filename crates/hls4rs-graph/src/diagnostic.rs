//! Findings of checks.

use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The model works, but perhaps not as meant.
    Warning,
    /// The model cannot be used.
    Error,
}

/// One finding of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Kind of the finding, in kebab case; stable, for filters.
    pub id: &'static str,
    /// What was found, its place first.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error.
    #[must_use]
    pub fn error(id: &'static str, message: impl ToString) -> Self {
        Self { severity: Severity::Error, id, message: message.to_string(), help: None }
    }

    /// A warning.
    #[must_use]
    pub fn warning(id: &'static str, message: impl ToString) -> Self {
        Self { severity: Severity::Warning, id, message: message.to_string(), help: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// What a kind of finding means, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiagnosticSpec {
    /// The kind, in kebab case; stable.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it means.
    pub meaning: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

const fn spec(
    id: &'static str,
    severity: Severity,
    meaning: &'static str,
    remedy: &'static str,
) -> DiagnosticSpec {
    DiagnosticSpec { id, severity, meaning, remedy }
}

/// Every kind of finding of [`crate::ModelGraph::verify`], in the order of the checks.
pub const DIAGNOSTICS: &[DiagnosticSpec] = &[
    spec(
        "duplicate-output",
        Severity::Error,
        "Two layers make an output of the same name, so that its readers cannot know which one they read.",
        "Give one of the outputs another name, and the layers that are to read it.",
    ),
    spec(
        "dangling-input",
        Severity::Error,
        "A layer reads an output that no layer makes.",
        "Name an output that exists, or add the layer that makes it.",
    ),
    spec(
        "no-such-output",
        Severity::Error,
        "The graph's own inputs or outputs name an output that no layer makes.",
        "Set the graph's inputs and outputs to outputs of its layers.",
    ),
    spec(
        "cycle",
        Severity::Error,
        "Layers depend on each other in a circle. The message lists them.",
        "Cut the circle: one of these layers must read something else.",
    ),
    spec(
        "wrong-attribute",
        Severity::Error,
        "An attribute is of another type than the layer's kind declares.",
        "Set the attribute to a value of the declared type.",
    ),
    spec(
        "missing-attribute",
        Severity::Error,
        "An attribute that the layer's kind requires is not there.",
        "Set the attribute; the help line says what it is for.",
    ),
    spec(
        "unregistered-class",
        Severity::Warning,
        "Nobody declared the layer's class. The layer is kept, shown, compared and saved, but nothing can be said about \
         its shapes and attributes.",
        "Declare the class with `layer!` in a crate that is linked into the program.",
    ),
    spec(
        "unknown-object",
        Severity::Warning,
        "An attribute holds an object of a class, or with fields, that this version does not know. It is kept as it is.",
        "Use a version that knows the class, if the object is to be changed.",
    ),
    spec(
        "missing-variable",
        Severity::Error,
        "A layer names an output, but holds no tensor variable for it.",
        "Give the layer an attribute with the output's name that holds the variable.",
    ),
    spec(
        "negative-dimension",
        Severity::Error,
        "A variable has a negative dimension: the converter computed a size below zero, for an image that is smaller than \
         the filters need, for one.",
        "Convert the model again for inputs that are large enough.",
    ),
    spec(
        "shape-unknown",
        Severity::Error,
        "The shapes of a layer's outputs cannot be derived from its inputs and attributes. The message says why.",
        "Set the attribute, or change the connection, that the message names.",
    ),
    spec(
        "shape-mismatch",
        Severity::Error,
        "A variable has another shape than follows from the layer's inputs and attributes.",
        "Correct the attribute that is wrong, or make the layer anew.",
    ),
    spec(
        "layer-order",
        Severity::Warning,
        "A layer comes before one whose output it reads. hls4ml generates the layers' calls in the order of the list.",
        "Move the layer behind the one that it reads.",
    ),
    spec(
        "unsafe-name",
        Severity::Error,
        "The name of a variable or type is no name in C++, or is one of its keywords. Names become part of generated code.",
        "Use letters, digits and underscores, and no digit first.",
    ),
];

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity, self.id, self.message)
    }
}
