//! Gives convolutions with filters of one pixel a kind of their own.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::{PointwiseConv1D, PointwiseConv2D};
use hls4rs_layers::{Draft, LayerId};
use hls4rs_types::Attribute;

/// Gives a convolution with filters of one pixel the kind for which backends have kernels.
///
/// ```text
/// conv (Conv2D, 1×1) → relu        conv (PointwiseConv2D) → relu
/// ```
///
/// The new layer takes over attributes, output and weights, and gets a new number.
///
/// **Source:** `OptimizePointwiseConv` in `pointwise.py` of the backends, hls4ml 1.3.0. What the configuration says about the
/// layer is applied to the new layer once more: a reuse factor that was invalid, and that an earlier pass had replaced by a
/// valid one, is back.
#[derive(Debug)]
pub struct OptimizePointwiseConv {
    /// Whether the pass is for `io_parallel` alone: with Quartus and oneAPI.
    pub parallel_only: bool,
    /// What the new layer's strategy is.
    pub strategy: PointwiseStrategy,
}

/// Where the strategy of a pointwise convolution comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointwiseStrategy {
    /// From the attributes, or from the configuration in the user's spelling: Quartus and oneAPI.
    AsMade,
    /// `resource` or `latency`, by configuration: Catapult.
    Configured,
    /// From the convolution. Those along one axis with distributed arithmetic stay what they are: Vivado and Vitis.
    Inherited,
}

impl NodePass for OptimizePointwiseConv {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "optimize-pointwise-conv",
            upstream: "optimize_pointwise_conv",
            summary: "gives convolutions with filters of one pixel a kind of their own",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_one = |attribute: &str, absent: bool| {
            node.get(attribute).map_or(absent, |value| value.as_int() == Some(1))
        };
        let kind = node.layer.kind();
        if !matches!(kind, "Conv1D" | "Conv2D")
            || !is_one("filt_height", true)
            || !is_one("filt_width", false)
        {
            return Ok(false);
        }
        if self.parallel_only && node.graph.config.io_type() != "io_parallel" {
            return Ok(false);
        }
        let is_distributed = node.text("strategy") == Some("distributed_arithmetic");
        Ok(self.strategy != PointwiseStrategy::Inherited || kind != "Conv1D" || !is_distributed)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let spec = if node.layer.kind() == "Conv1D" { PointwiseConv1D::SPEC } else { PointwiseConv2D::SPEC };
        let state = node.state();
        let draft = Draft {
            spec,
            name: name.to_owned(),
            inputs: state.inputs.clone(),
            outputs: state.outputs.clone(),
            attributes: state.attributes.clone(),
        };
        let strategy = match self.strategy {
            PointwiseStrategy::AsMade => None,
            PointwiseStrategy::Configured => {
                let is_resource =
                    node.graph.config.strategy(LayerId { name, kind: spec.kind }).to_lowercase()
                        == "resource";
                Some(Attribute::from(if is_resource { "resource" } else { "latency" }))
            }
            PointwiseStrategy::Inherited => Some(node.get("strategy").cloned().unwrap_or(Attribute::Null)),
        };
        let mut pointwise = patch.create_instead(draft)?;
        if let Some(strategy) = strategy {
            pointwise.layer.state_mut().attributes.insert("strategy", strategy);
        }
        patch.replace(name, pointwise)?;
        Ok(Outcome::Restructured)
    }
}
