//! What checks of an archive can find, beside what they find in its graph.

use hls4rs_graph::{Diagnostic, DiagnosticSpec, Severity};

use crate::{Archive, ArchiveError};

/// Every kind of finding of [`Archive::verify`] and [`crate::Model::verify_testbench`], in the order of the checks.
pub const DIAGNOSTICS: &[DiagnosticSpec] = &[
    DiagnosticSpec {
        id: "manifest",
        severity: Severity::Error,
        meaning: "A member is not what the archive's manifest says: missing, not listed, of another size, or of another content.",
        remedy: "Fetch or save the archive again. If it was changed on purpose, take `hls4rs/manifest.json` out of it.",
    },
    DiagnosticSpec {
        id: "testbench-data",
        severity: Severity::Error,
        meaning: "Testbench data cannot be read, or its rows are not those of the model's inputs or outputs.",
        remedy: "Pack data with one row per sample: all inputs, or all outputs, flattened and side by side.",
    },
    DiagnosticSpec {
        id: "testbench-missing",
        severity: Severity::Warning,
        meaning: "The configuration names testbench data that the archive does not hold. hls4ml up to 1.3.0 writes such \
                  archives, and cannot load them.",
        remedy: "Pack the data with `hls4rs testbench`, or save the archive with hls4rs: the option is then null.",
    },
];

impl Archive {
    /// Looks at every byte, and tells which members are not what the manifest says; see [`Archive::check`].
    ///
    /// # Errors
    /// If an array cannot be loaded at all.
    pub fn verify(&self) -> Result<Vec<Diagnostic>, ArchiveError> {
        let found = self.check()?.into_iter();
        let diagnostic =
            |(member, fault)| Diagnostic::error("manifest", format!("member `{member}`: {fault}"));
        Ok(found.map(diagnostic).collect())
    }
}
