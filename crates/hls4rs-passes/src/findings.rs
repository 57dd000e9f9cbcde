//! What the passes tell.

use hls4rs_graph::{DiagnosticSpec, Severity};

const fn warning(id: &'static str, meaning: &'static str, remedy: &'static str) -> DiagnosticSpec {
    DiagnosticSpec { id, severity: Severity::Warning, meaning, remedy }
}

/// Every kind of finding of this crate's passes, in order.
pub const DIAGNOSTICS: &[DiagnosticSpec] = &[
    warning(
        "consecutive-quantizers",
        "Quantizers follow each other; the precision of the last one alone counts.",
        "Leave out all but one of them in the source model.",
    ),
    warning(
        "inexact-constants",
        "Constants have more fractional bits than the derivation of types looks at, so that derived types may round.",
        "Quantize the constants in the source model.",
    ),
    warning(
        "input-not-bit-exact",
        "The type of an input cannot hold what the source model computes with.",
        "Let quantizers of the source model round and saturate inputs in ways that hardware has.",
    ),
    warning(
        "layer-bypassed",
        "Where several layers read one output, hls4ml leaves a layer before some of them out.",
        "Give each reader of a quantized output a quantizer of its own.",
    ),
    warning(
        "proxy-config-not-used",
        "The configuration says something about a layer that the proxy model says otherwise. The configuration counts.",
        "Leave the key out of the configuration to use what the model says.",
    ),
    warning(
        "quantizer-lost",
        "A weight is left without the quantizer that the source model has for it, as in hls4ml.",
        "Set the weight's precision in the configuration.",
    ),
    warning(
        "region-ignored",
        "A resize has a region of interest, which has no effect in hls4ml.",
        "Resize the whole image.",
    ),
    warning(
        "scale-not-moved",
        "A scale stands before a layer behind which it cannot be moved, so that the layer computes with scaled numbers.",
        "Use a scale that is one number, or a power of two.",
    ),
    warning(
        "softmax-not-bit-exact",
        "The tables of a softmax are not those of the source model, so that results may differ.",
        "Use HGQ's own softmax, or compare with a tolerance.",
    ),
    warning(
        "zero-point-dropped",
        "hls4ml leaves out the zero point of a quantizer whose scale is a power of two.",
        "Export the model with a zero point of 0.",
    ),
];
