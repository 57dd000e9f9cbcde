//! Finds convolutions with filters of one pixel.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::Draft;
use hls4rs_layers::layers::{PointwiseConv1D, PointwiseConv2D};
use hls4rs_types::Attribute;

/// Makes a convolution with filters of one pixel a pointwise one, for which backends have kernels of their own. It keeps
/// name, output, weights and attributes; what the configuration says about the layer is applied again.
///
/// ```text
/// conv: Conv2D, 1 × 1        conv: PointwiseConv2D
/// ```
///
/// **Source:** `OptimizePointwiseConv` of the backends' `pointwise.py`, hls4ml 1.3.0. As the configuration is applied again, a reuse
/// factor that was set to the closest valid one is what the user wrote once more.
#[derive(Debug)]
pub struct OptimizePointwiseConv {
    /// Whether convolutions along one axis by distributed arithmetic stay as they are, as with Vivado.
    pub skips_distributed: bool,
    /// Whether layers that pass streams stay as they are, as with Quartus and oneAPI.
    pub parallel_only: bool,
    /// Where the new layer's strategy comes from.
    pub strategy: PointwiseStrategy,
}

/// Where the strategy of a pointwise convolution comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointwiseStrategy {
    /// From the convolution, as with Vivado.
    FromConvolution,
    /// `resource` if the configuration says so, else `latency`, as with Catapult.
    FromConfiguration,
    /// It is what initialization left: what the configuration says, in the user's spelling, if it says something about the
    /// layer.
    AsInitialized,
}

impl NodePass for OptimizePointwiseConv {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "optimize-pointwise-conv",
            upstream: "optimize_pointwise_conv",
            summary: "makes convolutions with filters of one pixel pointwise ones",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let kind = node.layer.kind();
        let is_skipped = self.skips_distributed
            && kind == "Conv1D"
            && node.text("strategy") == Some("distributed_arithmetic");
        let is_streamed = self.parallel_only && node.graph.config.io_type() != "io_parallel";
        let attribute = |name: &str| node.state().attributes.get(name).cloned();
        let is_one = attribute("filt_height").is_none_or(|height| height == Attribute::Int(1))
            && attribute("filt_width") == Some(Attribute::Int(1));
        Ok(matches!(kind, "Conv1D" | "Conv2D") && !is_skipped && !is_streamed && is_one)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let state = node.state();
        let strategy = state.attributes.get("strategy").cloned();
        let is_resource = patch.config.strategy(node.id()).eq_ignore_ascii_case("resource");
        let spec = if node.layer.kind() == "Conv1D" { PointwiseConv1D::SPEC } else { PointwiseConv2D::SPEC };
        let mut new = patch.create_instead(Draft {
            spec,
            name: name.to_owned(),
            inputs: state.inputs.clone(),
            outputs: state.outputs.clone(),
            attributes: state.attributes.clone(),
        })?;
        let strategy = match self.strategy {
            PointwiseStrategy::FromConvolution => strategy,
            PointwiseStrategy::FromConfiguration if is_resource => Some("resource".into()),
            PointwiseStrategy::FromConfiguration => Some("latency".into()),
            PointwiseStrategy::AsInitialized => None,
        };
        if let Some(strategy) = strategy {
            new.layer.state_mut().attributes.insert("strategy", strategy);
        }
        patch.replace(name, new)?;
        Ok(Outcome::Restructured)
    }
}
