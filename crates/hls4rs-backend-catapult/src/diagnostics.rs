//! What Catapult's own passes tell a user.

use hls4rs_backend::warning;
use hls4rs_graph::DiagnosticSpec;

/// Every kind of warning of Catapult's own passes.
pub(crate) const DIAGNOSTICS: &[DiagnosticSpec] = &[warning(
    "pipeline-style",
    "A convolution needs the pipeline style `dataflow`, and the configuration has another one.",
    "Set `PipelineStyle` to `dataflow`.",
)];
