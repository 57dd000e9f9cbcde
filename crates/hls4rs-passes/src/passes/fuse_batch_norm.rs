//! Moves normalizations into the weights before them.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::WeightOptions;
use hls4rs_types::{Arithmetic, Precision, WeightForm};

use crate::weights::{Pair, unquantized};

/// Merges a normalization into the fully connected or convolutional layer before it, if the result between them has no
/// precision yet.
///
/// ```text
/// dense (weight w, bias b, auto) → norm (scale s, bias t) → relu
/// dense (weight s·w, bias s·b + t) → relu
/// ```
///
/// Where one of the weights or scales has a quantizer, the other one must be 1 everywhere and have none; the same goes for
/// biases and 0.
///
/// **Source:** `hls4ml.model.optimizer.passes.bn_fuse.FuseBatchNormalization`, hls4ml 1.3.0. Whether the layers go
/// together is asked of the values before quantization, but the quantized ones are multiplied. The layer counts as
/// matched, though nothing happens, if the first layer has other readers or one of the types is neither fixed-point,
/// integer nor open.
#[derive(Debug)]
pub(crate) struct FuseBatchNorm;

impl NodePass for FuseBatchNorm {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "fuse-batch-norm",
            upstream: "fuse_batch_normalization",
            summary: "moves normalizations into the weights before them, where the precision between them is open",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let Some(pair) = pair(node) else { return Ok(false) };
        if pair.first.state().precision("weight_t") == Some(Precision::Xnor) {
            return Ok(false);
        }
        Ok(is_compatible(pair, ["weight", "scale"], 1.0)? && is_compatible(pair, ["bias", "bias"], 0.0)?)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let Some(pair) = pair(patch.expect_node(name)?).filter(Pair::is_alone) else {
            return Ok(Outcome::Kept);
        };
        let Pair { first, second } = pair;
        if !has_usual_types(pair)? {
            return Ok(Outcome::Kept);
        }
        let (weight, bias) = (first.state().weight("weight")?, first.state().weight("bias")?);
        if matches!(weight.form, WeightForm::Compressed { .. }) {
            return Err(PassError::unsupported(
                "weights that are not compressed before a normalization",
                format_args!("those of `{}`", first.name),
                "set `Compression` of the layer to false in the configuration",
            ));
        }
        let (scale, shift) = (&second.state().weight("scale")?.data, &second.state().weight("bias")?.data);
        let new_weight = scale.combine(Arithmetic::Multiply, &weight.data)?;
        let new_bias = scale.combine(Arithmetic::Multiply, &bias.data)?.combine(Arithmetic::Add, shift)?;
        let quantizer =
            |ours: &str, theirs: &str| second.quantizer(theirs).or_else(|| first.quantizer(ours)).cloned();
        let changes = [
            ("weight", new_weight, quantizer("weight_quantizer", "scale_quantizer")),
            ("bias", new_bias, quantizer("bias_quantizer", "bias_quantizer")),
        ];
        let parent = first.name.to_owned();
        for (slot, data, quantizer) in changes {
            let options = WeightOptions { data: Some(data), quantizer, ..WeightOptions::default() };
            patch.add_weight(&parent, slot, options)?;
        }
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}

/// The normalization and the layer before it, if the result between them is open.
fn pair(second: Node<'_>) -> Option<Pair<'_>> {
    let first = second.input_node(0)?;
    let fits = second.is_a("BatchNormalization")
        && first.is_any(&["Dense", "Conv1D", "Conv2D"])
        && first.is_unspecified();
    fits.then_some(Pair { first, second })
}

/// Whether neither of the two is quantized, or one that is not does nothing.
fn is_compatible(pair: Pair<'_>, weights: [&str; 2], nothing: f64) -> Result<bool, PassError> {
    let sides = [(pair.first, weights[0]), (pair.second, weights[1])];
    let is_plain = sides.map(|(node, weight)| node.quantizer(&format!("{weight}_quantizer")).is_none());
    if is_plain == [true, true] {
        return Ok(true);
    }
    for ((node, weight), is_plain) in sides.into_iter().zip(is_plain) {
        if is_plain && unquantized(node.state(), weight)?.is_all(nothing)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_usual_types(Pair { first, second }: Pair<'_>) -> Result<bool, PassError> {
    for (node, weight) in [(first, "weight"), (first, "bias"), (second, "scale"), (second, "bias")] {
        let precision = node.state().weight(weight)?.precision();
        if !matches!(precision, Precision::Integer(_) | Precision::Fixed(_) | Precision::Unspecified) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::{Config, Flow, FlowOptions, ModelGraph, Step};
    use hls4rs_layers::layers::{Activation, BatchNormalization, Dense, Input};
    use hls4rs_types::quantizers::TernaryQuantizer;
    use hls4rs_types::{AnyQuantizer, Tensor};

    use super::*;

    static FLOW: Flow =
        Flow { name: "fuse", summary: "", requires: &[], steps: &[Step::node(&FuseBatchNorm)] };

    fn graph(result: &str, quantizer: Option<AnyQuantizer>, scale: f32) -> ModelGraph {
        let mut config = Config::default();
        config.set_layer_config("fc", &[("Precision", result)].into()).unwrap();
        let mut graph = ModelGraph::new(config);
        graph.set_io(["x"], ["norm"]);
        graph.add(Input::builder("x").input_shape([2])).unwrap();
        let weight = Tensor::new(&[2, 2], vec![1f32, 2.0, 3.0, 4.0]).unwrap();
        let fc = Dense::builder("fc").n_in(2).n_out(2).weight(weight).bias(Tensor::vector(vec![0.5f32, 0.0]));
        let fc = fc.build();
        graph
            .add(quantizer.into_iter().fold(fc, |fc, quantizer| fc.with("weight_quantizer", quantizer)))
            .unwrap();
        let norm =
            BatchNormalization::builder("norm").n_in(2).scale(Tensor::vector(vec![scale, 2.0 * scale]));
        graph.add(norm.bias(Tensor::vector(vec![0.25f32, 1.0]))).unwrap();
        graph
    }

    fn fuse(graph: &mut ModelGraph) -> usize {
        graph.apply_steps(&FLOW, &mut FlowOptions { verify: true, ..FlowOptions::default() }).unwrap();
        graph.len()
    }

    #[test]
    fn weights_are_scaled_and_biases_shifted() {
        let mut graph = graph("auto", None, 3.0);
        assert_eq!(fuse(&mut graph), 2);
        let state = graph.layer("fc").unwrap().state();
        let expected = Tensor::new(&[2, 2], vec![3f32, 12.0, 9.0, 24.0]).unwrap();
        assert_eq!(state.weight("weight").unwrap().data, expected);
        assert_eq!(state.weight("bias").unwrap().data, Tensor::vector(vec![1.75f32, 1.0]));
        assert_eq!(graph.outputs(), ["fc"]);
    }

    #[test]
    fn a_set_precision_keeps_the_layers_apart() {
        assert_eq!(fuse(&mut graph("fixed<8,3>", None, 3.0)), 3);
    }

    #[test]
    fn quantized_weights_are_not_scaled() {
        let quantizer = AnyQuantizer::new(TernaryQuantizer {});
        assert_eq!(fuse(&mut graph("auto", Some(quantizer), 3.0)), 3);
    }

    #[test]
    fn another_reader_keeps_the_layers_apart() {
        let mut graph = graph("auto", None, 3.0);
        graph.add(Activation::builder("relu").activation("relu").inputs(["fc"])).unwrap();
        graph.set_io(["x"], ["norm", "relu"]);
        assert_eq!(fuse(&mut graph), 4);
        let record = graph.applied_flows().last().and_then(|group| group.get("fuse"));
        assert_eq!(record, Some(&vec!["fuse_batch_normalization".to_owned()]), "it counts as matched");
    }
}
