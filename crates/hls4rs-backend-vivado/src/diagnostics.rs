//! What Vivado's own passes tell a user.

use hls4rs_backend::warning;
use hls4rs_graph::DiagnosticSpec;

/// Every kind of warning of Vivado's own passes.
pub(crate) const DIAGNOSTICS: &[DiagnosticSpec] = &[
    warning(
        "parallelization-factor-overridden",
        "The source model prescribes how many pixels are computed in parallel, and the configuration says otherwise.",
        "Leave `ParallelizationFactor` of the layer out of the configuration.",
    ),
    warning(
        "loop-not-unrolled",
        "The loop over the steps of a layer cannot be unrolled with streams; it is run step by step.",
        "Use `io_parallel`, or set `TimeStepLoopParallelism` to `Pipeline` or `Off`.",
    ),
    warning(
        "no-distributed-code",
        "The C++ of distributed arithmetic is another program's, da4ml's, and is not generated here.",
        "Convert the model with hls4ml and da4ml, or choose another strategy.",
    ),
];
