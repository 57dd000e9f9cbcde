//! From a raw export to the form that hls4ml converts: what qonnx's clean-up does, pass by pass.

mod channels_last;
mod clip;
mod edit;
mod eval;
mod fold;
mod gemm;
mod identity;
mod mean;
mod names;
mod qcdq;
mod quantized_transpose;
mod raw;
mod shapes;
mod sort;
mod split_scales;
mod tidy;
mod trunc;
mod ungroup;
mod window;

use hls4rs_frontend::Findings;

use crate::graph::OnnxGraph;
use crate::import::DROPPED;

pub(crate) use raw::is_raw;

/// Cleans a graph: shapes, constants, `Gemm`, channels last, names.
///
/// **Source:** `cleanup_model`, `ConvertToChannelsLastAndClean`, `GemmToMatMul` and `cleanup_model` again, of qonnx 1.0.0. The
/// layers, their order and their names are those that hls4ml gets from a model that is cleaned so.
pub(crate) fn clean(mut graph: OnnxGraph, findings: &mut Findings) -> OnnxGraph {
    let cleaned = &mut graph;
    if !sort::sort(cleaned) {
        let help = "export the model again";
        findings.error("malformed-source", "model", "expected operations in an order, found a circle", help);
        return graph;
    }
    shapes::infer_shapes(cleaned);
    tidy::tidy(cleaned);
    fold::fold_constants(cleaned, fold::ALL_QUANTIZERS);
    for place in identity::drop_identities(cleaned, channels_last::has_channels(cleaned)) {
        findings.note("dropped-operation", &place, DROPPED);
    }
    for pass in [
        qcdq::fuse_quantizers,
        clip::set_limits,
        trunc::replace_trunc,
        quantized_transpose::fold_quantized_transposes,
        mean::pool_means,
        window::complete_windows,
        ungroup::ungroup,
    ] {
        pass(cleaned);
    }
    if channels_last::bring_channels_last(cleaned) {
        let message = "channels are behind the pixels here, and are before them in the source";
        let input = cleaned.inputs.first().cloned().unwrap_or_default();
        findings.note("changed-layout", &format!("`{input}` (input)"), message);
    }
    gemm::split_gemm(cleaned);
    shapes::infer_shapes(cleaned);
    tidy::tidy(cleaned);
    fold::fold_constants(cleaned, fold::ALL_QUANTIZERS);
    quantized_transpose::fold_quantized_transposes(cleaned);
    split_scales::split_scales(cleaned);
    shapes::infer_shapes(cleaned);
    names::give_names(cleaned);
    graph
}

#[cfg(test)]
mod tests;
