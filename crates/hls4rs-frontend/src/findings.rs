//! What an importer finds in a source.

use crate::names::one_line;
use hls4rs_graph::{Diagnostic, DiagnosticSpec, Severity};

/// Every kind of finding that importers share.
pub const DIAGNOSTICS: &[DiagnosticSpec] = &[
    DiagnosticSpec {
        id: "unsupported-operation",
        severity: Severity::Error,
        meaning: "The source has an operation that no layer computes.",
        remedy: "Rewrite that part of the model as the help line says, or add a handler.",
    },
    DiagnosticSpec {
        id: "unsupported-attribute",
        severity: Severity::Error,
        meaning: "An operation of the source is set up in a way that no layer computes.",
        remedy: "Change the operation as the help line says.",
    },
    DiagnosticSpec {
        id: "malformed-source",
        severity: Severity::Error,
        meaning: "A part of the source is missing or not what its format demands.",
        remedy: "Export the model again; check it with the tools of its framework.",
    },
    DiagnosticSpec {
        id: "changed-layout",
        severity: Severity::Note,
        meaning: "The source has its channels before the pixels; the model has them behind, its inputs included.",
        remedy: "Give the model its inputs with channels last.",
    },
    DiagnosticSpec {
        id: "dropped-operation",
        severity: Severity::Note,
        meaning: "An operation that does nothing when a model predicts was left out.",
        remedy: "Nothing needs to be done.",
    },
    DiagnosticSpec {
        id: "dropped-output",
        severity: Severity::Warning,
        meaning: "An output of the source is not one of the model: hls4ml leaves out the layer that makes it, and the output with it.",
        remedy: "End the source with the layer before.",
    },
    DiagnosticSpec {
        id: "uncertain-table",
        severity: Severity::Warning,
        meaning: "Entries of a table lie so near the border between two numbers that another library may round them otherwise.",
        remedy: "Give the table fewer fractional bits, or compare it with the source model.",
    },
];

/// Findings of an import, each with its place in the source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    found: Vec<Diagnostic>,
}

impl Findings {
    /// Adds an error: something that cannot be converted. `place` is the node and its operation, `help` what to do.
    pub fn error(&mut self, id: &'static str, place: &str, message: impl ToString, help: impl ToString) {
        let diagnostic = Diagnostic::error(id, format!("{place}: {}", message.to_string()));
        self.push(diagnostic.with_help(help.to_string()));
    }

    /// Adds a warning: something that a user should know.
    pub fn warning(&mut self, id: &'static str, place: &str, message: impl ToString) {
        self.push(Diagnostic::warning(id, format!("{place}: {}", message.to_string())));
    }

    /// Adds a note.
    pub fn note(&mut self, id: &'static str, place: &str, message: impl ToString) {
        let message = format!("{place}: {}", message.to_string());
        self.push(Diagnostic { severity: Severity::Note, ..Diagnostic::warning(id, message) });
    }

    /// Adds a finding, once. Names in sources may have any character in them; none of them gets to a terminal that steers it.
    pub fn push(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.message = one_line(&diagnostic.message);
        diagnostic.help = diagnostic.help.as_deref().map(one_line);
        if !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    /// Whether something cannot be converted.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The findings in order.
    #[must_use]
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.found
    }

    /// The findings in order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }
}
