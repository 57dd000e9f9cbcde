//! Makes one normalization of two.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::WeightOptions;
use hls4rs_types::{AnyQuantizer, Arithmetic, Attribute, Tensor};

use crate::weights::{Pair, unquantized};

/// Merges a normalization into the one behind it, if the result between them has no precision yet.
///
/// ```text
/// dense → alpha (scale s0, bias b0, auto) → norm (scale s1, bias b1)
/// dense → norm (scale s0·s1, bias s1·b0 + b1)
/// ```
///
/// Two scales of which both have quantizers are merged only if one of them is 1 everywhere, two such biases only if one of
/// them is 0 everywhere.
///
/// **Source:** `hls4ml.model.optimizer.passes.batchnorm_opt.FuseConsecutiveBatchNormalization`, hls4ml 1.3.0. To find the
/// quantizer of the new bias it asks whether a bias is 1 everywhere, where 0 is meant, so that a quantized bias loses its
/// quantizer, of which the user is warned. The layer counts as matched, though nothing happens, if the first
/// normalization has other readers.
#[derive(Debug)]
pub struct FuseConsecutiveBatchNorm;

impl NodePass for FuseConsecutiveBatchNorm {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "fuse-consecutive-batch-norm",
            upstream: "fuse_consecutive_batch_normalization",
            summary: "makes one normalization of two, where the precision between them is open",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let Some(pair) = pair(node) else { return Ok(false) };
        Ok(is_compatible(pair, "scale", 1.0)? && is_compatible(pair, "bias", 0.0)?)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let Some(pair) = pair(patch.expect_node(name)?).filter(Pair::is_alone) else {
            return Ok(Outcome::Kept);
        };
        let first = pair.first.name.to_owned();
        let fused = Fused::of(pair)?;
        for lost in quantizers_lost(pair, &fused) {
            patch.warn(lost);
        }
        let Fused { scale, bias, scale_quantizer, bias_quantizer } = fused;
        for (weight, data, quantizer) in [("scale", scale, scale_quantizer), ("bias", bias, bias_quantizer)] {
            let attribute = quantizer.clone().map_or(Attribute::Null, Attribute::from);
            patch.set(name, &format!("{weight}_quantizer"), attribute)?;
            patch.add_weight(
                name,
                weight,
                WeightOptions { data: Some(data), quantizer, ..WeightOptions::default() },
            )?;
        }
        patch.remove(&first)?;
        Ok(Outcome::Restructured)
    }
}

/// Scale and bias of two normalizations together, and their quantizers.
struct Fused {
    scale: Tensor,
    bias: Tensor,
    scale_quantizer: Option<AnyQuantizer>,
    bias_quantizer: Option<AnyQuantizer>,
}

impl Fused {
    fn of(Pair { first, second }: Pair<'_>) -> Result<Self, PassError> {
        let (s0, b0) = (unquantized(first.state(), "scale")?, unquantized(first.state(), "bias")?);
        let (s1, b1) = (unquantized(second.state(), "scale")?, unquantized(second.state(), "bias")?);
        let quantizer = |attribute: &str, a: &Tensor, b: &Tensor| -> Result<_, PassError> {
            Ok(match (a.is_all(1.0)?, b.is_all(1.0)?) {
                (true, _) => second.quantizer(attribute).cloned(),
                (false, true) => first.quantizer(attribute).cloned(),
                (false, false) => None,
            })
        };
        Ok(Self {
            scale: s0.combine(Arithmetic::Multiply, &s1)?,
            bias: s1.combine(Arithmetic::Multiply, &b0)?.combine(Arithmetic::Add, &b1)?,
            scale_quantizer: quantizer("scale_quantizer", &s0, &s1)?,
            bias_quantizer: quantizer("bias_quantizer", &b0, &b1)?,
        })
    }
}

/// The normalization and the one before it, if the result between them is open.
fn pair(second: Node<'_>) -> Option<Pair<'_>> {
    let first = second.input_node(0)?;
    let kind = "BatchNormalization";
    (second.is_a(kind) && first.is_a(kind) && first.is_unspecified()).then_some(Pair { first, second })
}

/// Whether one of the two is not quantized, or does nothing.
fn is_compatible(pair: Pair<'_>, weight: &str, nothing: f64) -> Result<bool, PassError> {
    let quantizer = format!("{weight}_quantizer");
    let Pair { first, second } = pair;
    Ok(first.quantizer(&quantizer).is_none()
        || second.quantizer(&quantizer).is_none()
        || unquantized(first.state(), weight)?.is_all(nothing)?
        || unquantized(second.state(), weight)?.is_all(nothing)?)
}

/// Where a quantizer of either layer is not among those of the new one.
fn quantizers_lost(Pair { first, second }: Pair<'_>, fused: &Fused) -> Vec<Diagnostic> {
    let slots = [("scale", fused.scale_quantizer.is_some()), ("bias", fused.bias_quantizer.is_some())];
    let lost = slots.into_iter().filter(|(weight, is_kept)| {
        let quantizer = format!("{weight}_quantizer");
        !is_kept && (first.quantizer(&quantizer).is_some() || second.quantizer(&quantizer).is_some())
    });
    lost.map(|(weight, _)| {
        let message = format!(
            "{}: merged with `{}`, which leaves its {weight} without a quantizer",
            second.name, first.name
        );
        let help = format!("set the precision `{weight}` of the layer in the configuration");
        Diagnostic::warning("quantizer-lost", message).with_help(help)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::{Config, Flow, FlowOptions, ModelGraph, Step};
    use hls4rs_layers::layers::{ApplyAlpha, Input};
    use hls4rs_types::Precision;
    use hls4rs_types::quantizers::QuantNodeQuantizer;

    use super::*;

    static FLOW: Flow =
        Flow { name: "fuse", summary: "", requires: &[], steps: &[Step::node(&FuseConsecutiveBatchNorm)] };

    fn graph(first: [f32; 2], second: [f32; 2], quantized: &[(&str, &str)]) -> ModelGraph {
        let mut config = Config::default();
        config.set_layer_config("a", &[("Precision", "auto")].into()).unwrap();
        let mut graph = ModelGraph::new(config);
        graph.set_io(["x"], ["b"]);
        graph.add(Input::builder("x").input_shape([2])).unwrap();
        for (name, [scale, bias]) in [("a", first), ("b", second)] {
            let alpha = ApplyAlpha::builder(name).scale(Tensor::vector(vec![scale; 2]));
            let mut draft = alpha.bias(Tensor::vector(vec![bias; 2])).build();
            for (_, attribute) in quantized.iter().filter(|(layer, _)| *layer == name) {
                let quantizer = QuantNodeQuantizer::new(Precision::fixed(8, 4)).unwrap();
                draft = draft.with(*attribute, AnyQuantizer::new(quantizer));
            }
            graph.add(draft).unwrap();
        }
        graph
    }

    fn fuse(graph: &mut ModelGraph) -> Vec<&'static str> {
        let report =
            graph.apply_steps(&FLOW, &mut FlowOptions { verify: true, ..FlowOptions::default() }).unwrap();
        report.diagnostics.into_iter().map(|diagnostic| diagnostic.id).collect()
    }

    fn weight(graph: &ModelGraph, weight: &str) -> Vec<f64> {
        graph.layer("b").unwrap().state().weight(weight).unwrap().data.iter_f64().unwrap().collect()
    }

    #[test]
    fn two_become_one() {
        let mut graph = graph([2.0, 3.0], [5.0, 7.0], &[]);
        assert!(fuse(&mut graph).is_empty());
        assert_eq!(graph.layers().map(|(name, _)| name).collect::<Vec<_>>(), ["x", "b"]);
        assert_eq!((weight(&graph, "scale"), weight(&graph, "bias")), (vec![10.0; 2], vec![22.0; 2]));
    }

    #[test]
    fn the_quantizer_of_the_scale_that_is_not_one_stays() {
        let mut graph = graph([1.0, 0.0], [5.0, 0.0], &[("b", "scale_quantizer")]);
        assert!(fuse(&mut graph).is_empty());
        assert!(graph.node("b").unwrap().quantizer("scale_quantizer").is_some());
    }

    #[test]
    fn the_quantizer_of_a_bias_is_lost_unless_the_other_bias_is_one() {
        let quantized = [("b", "bias_quantizer")];
        let mut graph_of_zero = graph([1.0, 0.0], [5.0, 7.0], &quantized);
        assert_eq!(fuse(&mut graph_of_zero), ["quantizer-lost"]);
        let mut graph_of_one = graph([1.0, 1.0], [5.0, 2.0], &quantized);
        assert!(fuse(&mut graph_of_one).is_empty());
        assert!(graph_of_one.node("b").unwrap().quantizer("bias_quantizer").is_some());
    }

    #[test]
    fn two_quantized_scales_stay_apart() {
        let mut graph = graph([2.0, 0.0], [5.0, 0.0], &[("a", "scale_quantizer"), ("b", "scale_quantizer")]);
        fuse(&mut graph);
        assert_eq!(graph.len(), 3);
    }
}
