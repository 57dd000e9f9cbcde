//! What the passes that backends share tell a user.

use hls4rs_graph::{DiagnosticSpec, Severity};

/// Every kind of warning of the passes that backends share; see [`crate::Backend::diagnostics`] for those of one backend.
pub const DIAGNOSTICS: &[DiagnosticSpec] = &[
    warning(
        "invalid-reuse-factor",
        "The reuse factor does not divide the layer's weights among multipliers; the closest one that does is used.",
        "Set one of the reuse factors that the message lists.",
    ),
    warning(
        "no-target-cycles",
        "The clock cycles that the configuration allows a layer are too few, or the layer cannot keep to any; they are ignored.",
        "Allow the layer as many cycles as the message tells, or set its reuse factor.",
    ),
    warning(
        "invalid-parallelization-factor",
        "The number of pixels computed in parallel does not divide the pixels of the image; the closest one that does is used.",
        "Set one of the numbers that the message lists.",
    ),
    warning(
        "parallelization-factor",
        "The number of pixels computed in parallel is not one that the backend can use.",
        "Set the number that the message tells.",
    ),
    warning(
        "strategy-replaced",
        "The strategy is none for this layer, or needs something that is not given; another one is used.",
        "Choose one of the strategies that the message names.",
    ),
    warning(
        "softmax-table-size",
        "The table of a softmax has more entries than its index can tell apart; it is made smaller.",
        "Use a wider input and table, or a smaller table.",
    ),
    warning(
        "final-reshape",
        "The model ends with a change of shape. With arrays it is left out, with streams it costs memory.",
        "Leave the layer out of the model, and change the shape of the predictions.",
    ),
    warning(
        "pipeline-style-unknown",
        "The configuration names an unknown pipeline style; one is chosen.",
        "Set `PipelineStyle` to `auto`, `pipeline` or `dataflow`.",
    ),
];

/// The declaration of a warning.
#[must_use]
pub const fn warning(id: &'static str, meaning: &'static str, remedy: &'static str) -> DiagnosticSpec {
    DiagnosticSpec { id, severity: Severity::Warning, meaning, remedy }
}
