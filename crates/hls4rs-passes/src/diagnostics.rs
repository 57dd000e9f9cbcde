//! What passes tell of.

use hls4rs_graph::{DiagnosticSpec, Severity};

const fn warning(id: &'static str, meaning: &'static str, remedy: &'static str) -> DiagnosticSpec {
    DiagnosticSpec { id, severity: Severity::Warning, meaning, remedy }
}

/// Every kind of finding of the passes, by name.
pub const DIAGNOSTICS: &[DiagnosticSpec] = &[
    warning(
        "consecutive-quantizers",
        "Two quantizers follow each other. Both are fused into the layer before them, where only the precision of the last \
         one counts.",
        "Leave one of the quantizers out.",
    ),
    warning(
        "inexact-constants",
        "Constants of a layer are no multiples of 2^-32, so that the derived types round their products.",
        "Quantize the constants.",
    ),
    warning(
        "input-not-bit-exact",
        "The quantizers behind an input round or saturate in ways that one precision for the input cannot leave to them.",
        "Use the rounding mode `TRN` or `RND`, and one saturation mode for all of them.",
    ),
    warning(
        "layer-bypassed",
        "hls4ml moves or inserts a layer for one reader of an output, and leaves it out for the others.",
        "Give each reader a quantizer of its own.",
    ),
    warning(
        "proxy-config-not-used",
        "The user's configuration says something else about a layer than the proxy model does, and wins.",
        "Remove the key from the configuration, if the proxy model is right.",
    ),
    warning(
        "quantizer-lost",
        "Weights have no quantizer any more: those of two normalizations that are merged, or of a dense layer on several axes \
         that becomes a convolution.",
        "Set the precision of the weights in the configuration.",
    ),
    warning(
        "region-ignored",
        "A resize has a region of interest, which hls4ml does not regard.",
        "Resize the whole image.",
    ),
    warning(
        "scale-not-moved",
        "A scale stays between a quantizer and a layer, since it is not one number, or one number per filter.",
        "Use one scale for the tensor, or one for each filter.",
    ),
    warning(
        "softmax-not-bit-exact",
        "The source model does not say how the tables of a softmax are made, so that its results are not those of the source.",
        "Use HGQ2's softmax, or accept the difference.",
    ),
    warning(
        "wrong-dense-size",
        "hls4ml takes the number of all elements for the sizes of the dense layer that it makes of a matrix product. With \
         several rows the generated C++ then reads outside of its weights.",
        "Use a convolution with one pixel, or bring the rows into one dimension.",
    ),
    warning(
        "zero-point-dropped",
        "A quantizer has a zero point, which hls4ml leaves out where the scale is a power of two.",
        "Export the model with a zero point of 0.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_sorted() {
        assert!(DIAGNOSTICS.is_sorted_by_key(|spec| spec.id));
    }
}
