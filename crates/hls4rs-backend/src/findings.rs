//! What the passes of backends tell.

use hls4rs_graph::{DiagnosticSpec, Severity};

const fn warning(id: &'static str, meaning: &'static str, remedy: &'static str) -> DiagnosticSpec {
    DiagnosticSpec { id, severity: Severity::Warning, meaning, remedy }
}

/// Every kind of finding of the passes of all backends, in order.
pub const PASS_DIAGNOSTICS: &[DiagnosticSpec] = &[
    warning(
        "final-reshape",
        "The model ends with a change of shape. It is removed for arrays, which lie the same way, and costs memory for streams.",
        "Leave the layer out, and change the shape of the predictions.",
    ),
    warning(
        "invalid-parallelization-factor",
        "The pixels of a convolution cannot be computed so many at a time. The closest number that they can is used.",
        "Use one of the factors that the message lists.",
    ),
    warning(
        "invalid-reuse-factor",
        "The multipliers of a layer cannot be used so many times. The closest number that they can is used.",
        "Use one of the factors that the message lists.",
    ),
    warning(
        "loop-not-unrolled",
        "The loop over the steps of a sequence cannot be unrolled with streams. It is not.",
        "Use `io_parallel`, or another mode of the loop.",
    ),
    warning(
        "no-distributed-code",
        "The C++ of the strategy `distributed_arithmetic` is not generated here.",
        "Convert the model with hls4ml and da4ml, or choose another strategy.",
    ),
    warning(
        "no-target-cycles",
        "A layer cannot take so few cycles, or it is of a kind whose cycles are not known. `TargetCycles` is ignored.",
        "Allow the layer as many cycles as the message says, or set a reuse factor.",
    ),
    warning(
        "parallelization-factor-overridden",
        "The source model prescribes another parallelization factor than the configuration, which counts.",
        "Leave the key out of the configuration to use what the model says.",
    ),
    warning(
        "pipeline-style",
        "Convolutions need the pipeline style `dataflow`, which is used instead of the configured one.",
        "Set `PipelineStyle` of the model to `dataflow`.",
    ),
    warning(
        "pipeline-style-unknown",
        "There is no such pipeline style. The style is chosen as for `auto`.",
        "Set `PipelineStyle` to `auto`, `pipeline` or `dataflow`.",
    ),
    warning(
        "softmax-table-size",
        "The tables of a softmax are larger than input and table types can address. Smaller ones are used.",
        "Use wider types, or set a smaller `table_size`.",
    ),
    warning(
        "strategy-replaced",
        "A layer does not have the configured strategy. The message tells which one is used.",
        "Choose one of the strategies that the message lists.",
    ),
    warning(
        "vitis-cpp-type",
        "Vitis HLS cannot make hardware of such a floating-point type.",
        "Use `float`, `double` or a fixed-point type.",
    ),
    warning(
        "vitis-encoded-convolution",
        "Vitis has no implementation `Encoded` of convolutions. `LineBuffer` is used.",
        "Set `ConvImplementation` to `LineBuffer`.",
    ),
    warning(
        "vitis-merge-mode",
        "Vitis has no such way to merge both directions of a recurrent layer. They are concatenated.",
        "Use the merge mode `concat`.",
    ),
    warning(
        "vitis-resource-strategy",
        "A reuse factor is no multiple of a layer's inputs, which costs a division in Vitis HLS up to 2022.1.",
        "Choose another reuse factor, or the strategy `latency`.",
    ),
    warning(
        "vitis-unrolled-strategy",
        "The strategy `resource_unrolled` may have another interval in Vitis HLS than expected.",
        "Look at the report of the synthesis, or choose another strategy.",
    ),
];
