//! What passes find worth telling.

use hls4rs_graph::{DiagnosticSpec, Severity};

/// Every kind of finding of this crate's passes, by name.
pub const DIAGNOSTICS: &[DiagnosticSpec] = &[
    warning(
        "consecutive-quantizers",
        "Quantizers follow each other, of which only the last one's precision counts in hls4ml.",
        "Leave out all but one of them in the source model.",
    ),
    warning(
        "inexact-constants",
        "A layer has constants with more than 32 fractional bits, so that derived types may round.",
        "Quantize the constants in the source model.",
    ),
    warning(
        "input-not-bit-exact",
        "What the model's input gets as its precision cannot do all that the quantizers behind it do.",
        "Use one quantizer behind the input, with modes that the message does not name.",
    ),
    warning(
        "layer-bypassed",
        "hls4ml inserts, or moves, a layer for one reader of an output only; the others read what comes before it, and get \
         other numbers than in the source model.",
        "Give each reader of a quantized output a quantizer of its own, with the quantized value as its first input.",
    ),
    warning(
        "proxy-config-not-used",
        "A proxy model says something about a layer that the configuration says, too.",
        "Leave it out of the configuration to use what the proxy model says.",
    ),
    warning(
        "quantizer-lost",
        "hls4ml makes a layer in the place of another one, or of two, without the quantizer of its weights. They are rounded \
         to their type alone.",
        "Set the precision of the weights in the configuration.",
    ),
    warning(
        "region-ignored",
        "A resize has a region of interest, which hls4ml leaves out.",
        "Resize the whole image.",
    ),
    warning(
        "scale-not-moved",
        "A scale cannot be moved behind the layer that reads it, so that hls4ml may not know how to compute that layer.",
        "Use a scale that is one number, and for weights of convolutions one number per filter.",
    ),
    warning(
        "softmax-not-bit-exact",
        "The tables of a softmax are not those of the source model, so that results may differ.",
        "Use a softmax whose tables are quantized in the source model.",
    ),
    warning(
        "wrong-dense-size",
        "hls4ml takes the number of all elements for the sizes of the dense layer that it makes of a matrix product. With \
         several rows the generated C++ then reads outside of its weights.",
        "Use a convolution with one pixel, or bring the rows into one dimension.",
    ),
    warning(
        "zero-point-dropped",
        "hls4ml leaves out the zero point of a quantizer whose scale is a power of two.",
        "Export the model with a zero point of 0.",
    ),
];

const fn warning(id: &'static str, meaning: &'static str, remedy: &'static str) -> DiagnosticSpec {
    DiagnosticSpec { id, severity: Severity::Warning, meaning, remedy }
}
