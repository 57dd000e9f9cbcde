//! Takes the weights of layers whose products are generated code.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use super::Site;

/// Takes weights from layers with distributed arithmetic: they are part of the code that another program generated.
///
/// ```text
/// fc1: da_codegen, weight, bias        fc1: da_codegen
/// ```
///
/// Without that code the weights are all there is; then it is an error.
///
/// **Source:** `DALatencyDenseTemplate`, `DALatencyConvTemplate` of `hls4ml.backends.vivado.passes.distributed_arithmetic`, hls4ml
/// 1.3.0. The code comes from `da4ml`, which this crate does not have.
#[derive(Debug)]
pub struct DaTemplate {
    spec: &'static PassSpec,
    matches: fn(Site<'_>) -> bool,
}

/// For dense layers.
pub static DA_DENSE_TEMPLATE: DaTemplate = DaTemplate {
    spec: &PassSpec {
        name: "drop-da-dense-weights",
        upstream: "d_a_latency_dense_template",
        summary: "takes the weights of dense layers with distributed arithmetic",
        preserves: Preserves::Shapes,
    },
    matches: |site| site.layer.kind() == "Dense" && is_distributed(site),
};

/// For convolutions on arrays.
pub static DA_CONV_TEMPLATE: DaTemplate = DaTemplate {
    spec: &PassSpec {
        name: "drop-da-conv-weights",
        upstream: "d_a_latency_conv_template",
        summary: "takes the weights of convolutions with distributed arithmetic",
        preserves: Preserves::Shapes,
    },
    matches: |site| {
        let kinds = ["Conv1D", "Conv2D", "PointwiseConv1D", "PointwiseConv2D"];
        kinds.contains(&site.layer.kind())
            && is_distributed(site)
            && site.state.get("implementation").and_then(|value| value.as_str()) == Some("linebuffer")
            && !site.is_stream()
    },
};

/// For layers that are generated code altogether.
pub static DA_COMBINATIONAL_TEMPLATE: DaTemplate = DaTemplate {
    spec: &PassSpec {
        name: "generate-da-combinational",
        upstream: "d_a_combinational_template",
        summary: "refuses layers that are combinational logic of another program",
        preserves: Preserves::Bits,
    },
    matches: |site| site.layer.kind() == "DACombinational",
};

/// What the generated code makes superfluous.
const SUPERFLUOUS: [&str; 6] = ["weight_data", "bias_data", "weight", "bias", "weight_t", "bias_t"];

fn is_distributed(site: Site<'_>) -> bool {
    let strategy = site.state.get("strategy").and_then(|value| value.as_str());
    strategy == Some("distributed_arithmetic") && !site.state.attributes.contains("function_cpp")
}

impl NodePass for DaTemplate {
    fn spec(&self) -> &'static PassSpec {
        self.spec
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok((self.matches)(Site::of(node)?))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let state = patch.state_mut(name)?;
        if state.source("da_codegen").is_err() {
            return Err(PassError::unsupported(
                "code for distributed arithmetic in `da_codegen`",
                "none",
                "convert the model with hls4ml and da4ml, or choose the strategy `Latency`",
            ));
        }
        for attribute in SUPERFLUOUS {
            state.attributes.remove(attribute);
        }
        Ok(Outcome::Kept)
    }
}
