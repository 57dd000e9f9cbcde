//! What the checks of Vitis tell a user.

use hls4rs_backend::warning;
use hls4rs_graph::DiagnosticSpec;

/// Every kind of warning of the checks of Vitis.
pub(crate) const DIAGNOSTICS: &[DiagnosticSpec] = &[
    warning(
        "vitis-encoded-convolution",
        "Vitis has no implementation `Encoded` of convolutions; line buffers are used.",
        "Set `ConvImplementation` to `LineBuffer`.",
    ),
    warning(
        "vitis-resource-strategy",
        "The reuse factor is above the number of inputs and no multiple of it, which costs a division in Vitis HLS up to 2022.1.",
        "Choose another reuse factor, or the strategy `latency`.",
    ),
    warning(
        "vitis-unrolled-strategy",
        "The strategy `resource_unrolled` may have another interval in Vitis HLS than expected.",
        "Look at the interval in the report of the synthesis.",
    ),
    warning(
        "vitis-merge-mode",
        "Vitis joins both directions of a recurrent layer by `concat` only; that is used.",
        "Use the merge mode `concat` in the source model.",
    ),
    warning(
        "vitis-cpp-type",
        "Vitis HLS cannot make hardware of a floating-point type of the layer.",
        "Use `float`, `double` or a fixed-point type.",
    ),
];
