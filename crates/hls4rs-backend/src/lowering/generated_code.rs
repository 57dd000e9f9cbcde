//! Passes that only write C++ into layers: they are recorded, and the text is left to the project writer.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use super::Site;
use crate::Vendor;

/// A pass that writes C++ for some layers.
#[derive(Debug)]
pub struct GeneratedCode {
    spec: &'static PassSpec,
    matches: fn(Site<'_>) -> Result<bool, PassError>,
}

/// Functions that fill the windows of convolutions on arrays.
///
/// **Source:** `GenerateConvIm2col` of `im2col_codegen.py` of Vivado and Catapult, hls4ml 1.3.0.
pub static GENERATE_CONV_IM2COL: GeneratedCode = GeneratedCode {
    spec: &PassSpec {
        name: "generate-conv-im2col",
        upstream: "generate_conv_im2col",
        summary: "writes functions that fill the windows of convolutions",
        preserves: Preserves::Bits,
    },
    matches: |site| {
        let kinds = ["Conv1D", "Conv2D", "SeparableConv1D", "SeparableConv2D"];
        Ok(site.is_any(&kinds) && !site.is_stream())
    },
};

/// Matrix products in which the multiplications with zeros are left out.
///
/// **Source:** `GenerateUnrolledDenseResource` of `hls4ml.backends.vivado.passes.unrolled_codegen`, hls4ml 1.3.0, which knows the
/// pragmas of Vivado and Vitis alone.
pub static GENERATE_UNROLLED_DENSE: GeneratedCode = GeneratedCode {
    spec: &PassSpec {
        name: "generate-unrolled-dense",
        upstream: "generate_unrolled_dense_resource",
        summary: "writes matrix products without the multiplications by zero",
        preserves: Preserves::Bits,
    },
    matches: is_unrolled,
};

fn is_unrolled(site: Site<'_>) -> Result<bool, PassError> {
    let kinds = ["Dense", "Conv1D", "Conv2D", "LSTM", "GRU"];
    let reuse_factor = site.state.get("reuse_factor").and_then(|value| value.as_int()).unwrap_or(1);
    let strategy = site.state.get("strategy").and_then(|value| value.as_str());
    let is_unrolled = site.is_any(&kinds)
        && site.state.is_set("_weights_transposed")
        && reuse_factor > 1
        && strategy == Some("resource_unrolled");
    if is_unrolled && !matches!(site.target.vendor, Vendor::Vivado | Vendor::Vitis) {
        return Err(PassError::unsupported(
            "the backend Vivado or Vitis",
            format!("the strategy `resource_unrolled` for {}", site.target.vendor),
            "set `Strategy` of the layer to `Resource`",
        ));
    }
    Ok(is_unrolled)
}

impl NodePass for GeneratedCode {
    fn spec(&self) -> &'static PassSpec {
        self.spec
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        (self.matches)(Site::of(node)?)
    }

    fn rewrite(&self, _patch: &mut Patch<'_>, _name: &str) -> Result<Outcome, PassError> {
        Ok(Outcome::Kept)
    }
}
