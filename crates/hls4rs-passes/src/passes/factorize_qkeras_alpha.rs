//! Moves the scale of quantized weights into a layer of its own.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::{Draft, layers::ApplyAlpha};
use hls4rs_types::quantizers::QKerasPo2Quantizer;
use hls4rs_types::{AnyQuantizer, Arithmetic, Attribute, Attributes, Quantizer, Scale, ScaledValues, Tensor};

use crate::weights::unquantized;

/// What a layer remembers once its quantizers count as quantizers without scale.
const MOVED: &str = "alpha_moved";

/// Puts a scale behind a layer whose weights or bias have a QKeras quantizer with a scale (`alpha`), and makes the weights whole
/// steps of the quantizer.
///
/// ```text
/// dense (weight s·q, bias b) → relu        dense (weight q, bias 0) → scale by s, plus b → relu
/// ```
///
/// The precision of the new layer is open. If QKeras chooses powers of two, the scale is stored as exponents, with as many bits as
/// they need.
///
/// **Source:** `hls4ml.model.optimizer.passes.qkeras.QKerasFactorizeAlpha`, hls4ml 1.3.0. It sets the scale of the quantizer
/// objects to 1, but not in their configuration, so that archives still show the scale. Of several layers that read the
/// output, only the first one reads the new layer.
#[derive(Debug)]
pub(crate) struct FactorizeQKerasAlpha;

impl NodePass for FactorizeQKerasAlpha {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "factorize-qkeras-alpha",
            upstream: "qkeras_factorize_alpha",
            summary: "moves the scale of weights that QKeras quantized into a layer of its own",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let kinds = ["Dense", "Conv1D", "Conv2D", "Conv2DBatchnorm"];
        if !kinds.contains(&node.layer.kind()) || node.state().memory.contains(MOVED) {
            return Ok(false);
        }
        let has_scale = |attribute: &str| {
            let alpha = node.quantizer(attribute).and_then(AnyQuantizer::as_known).and_then(Quantizer::alpha);
            alpha.is_some_and(|alpha| alpha.as_float() != Some(1.0))
        };
        Ok(has_scale("weight_quantizer") || has_scale("bias_quantizer"))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let parts = Parts::of(patch.expect_node(name)?)?;
        let new = format!("{name}_alpha");
        let own_name = patch.expect_node(name)?.text("name").unwrap_or(name).to_owned() + "_alpha";
        let draft = parts.scale_layer(patch.expect_node(name)?, &new, &own_name);
        let precision: Attributes = [("Precision", Attribute::from("auto"))].into();
        patch.config_mut().set_layer_config(&own_name, &precision)?;
        parts.leave_in(patch, name)?;
        let new = patch.create(draft)?;
        patch.insert(new, None, 0)?;
        Ok(Outcome::Restructured)
    }
}

/// What becomes of a layer's weights.
struct Parts {
    /// The weights without scale.
    weight: Tensor,
    /// The scale, one per channel.
    scale: Tensor,
    scale_quantizer: Option<AnyQuantizer>,
    bias: Tensor,
    bias_quantizer: Option<AnyQuantizer>,
}

impl Parts {
    fn of(node: Node<'_>) -> Result<Self, PassError> {
        let weight = node.state().weight("weight")?;
        let quantizer = weight.quantizer.as_ref().and_then(AnyQuantizer::as_known).ok_or_else(|| {
            PassError::unsupported(
                "a quantizer of the weights beside that of the bias",
                "none",
                "give the layer's weights a quantizer of QKeras in the source model",
            )
        })?;
        let ScaledValues { values, scale } =
            quantizer.quantize_scaled(&unquantized(node.state(), "weight")?)?;
        let (scale, steps) = match scale {
            Scale::Computed(scale) => {
                let inverse = scale.like(1.0)?.combine(Arithmetic::Divide, &scale)?;
                let steps = inverse.combine(Arithmetic::Multiply, &values)?;
                (scale, steps)
            }
            Scale::Number(number) => {
                let last = node.output_variable().and_then(|output| output.shape.last().copied());
                let n = last.and_then(|n| usize::try_from(n).ok()).unwrap_or(1);
                fits(n, &values)?;
                let inverse = Tensor::new(&[], vec![(1.0 / number) as f32])?;
                (Tensor::vector(vec![number; n]), inverse.combine(Arithmetic::Multiply, &values)?)
            }
            Scale::Configured(scale) => {
                return Err(PassError::unsupported(
                    "a scale that is a number, `auto` or `auto_po2`",
                    format_args!("{scale:?}"),
                    "quantize the weights in the source model with one number per layer",
                ));
            }
        };
        let is_power = quantizer.alpha().and_then(Attribute::as_str) == Some("auto_po2");
        let scale_quantizer = if is_power { Some(power_quantizer(&scale)?) } else { None };
        let bias = node.state().weight("bias")?;
        Ok(Self {
            weight: quantizer.quantize_unscaled(&steps)?,
            scale,
            scale_quantizer,
            bias: bias.data.clone(),
            bias_quantizer: bias.quantizer.clone(),
        })
    }

    fn scale_layer(&self, node: Node<'_>, new: &str, own_name: &str) -> Draft {
        let state = node.state();
        let or =
            |attribute: &str, default: Attribute| state.attributes.get(attribute).cloned().unwrap_or(default);
        let quantizer =
            |quantizer: &Option<AnyQuantizer>| quantizer.clone().map_or(Attribute::Null, Attribute::from);
        ApplyAlpha::builder(new)
            .build()
            .inputs(state.outputs.clone())
            .with("name", own_name)
            .with("class_name", "Alpha")
            .with("inputs", state.outputs.clone())
            .with("n_in", n_in(node))
            .with("n_filt", or("n_filt", Attribute::Int(-1)))
            .with("reuse_factor", or("reuse_factor", Attribute::Null))
            .with("scale_data", self.scale.clone())
            .with("scale_quantizer", quantizer(&self.scale_quantizer))
            .with("bias_data", self.bias.clone())
            .with("bias_quantizer", quantizer(&self.bias_quantizer))
            .with("trace", or("trace", Attribute::Bool(false)))
    }

    /// Weights without scale and no bias for the layer; what they were before quantization stays known.
    fn leave_in(&self, patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
        let zeros = Tensor::new(self.bias.shape(), vec![0f64; self.bias.len()])?;
        for (slot, data) in [("weight", &self.weight), ("bias", &zeros)] {
            let before = unquantized(patch.expect_node(name)?.state(), slot)?;
            if let Some(Attribute::Weight(weight)) = patch.state_mut(name)?.attributes.get_mut(slot) {
                weight.unquantized = Some(before);
                weight.data = data.clone();
            }
        }
        patch.state_mut(name)?.memory.insert(MOVED, true);
        Ok(())
    }
}

/// A number for each channel is for weights that end in the channels. Those of `Conv2DBatchnorm` begin with them for some backends,
/// and hls4ml has no values for such a product, or those of another shape.
fn fits(n: usize, values: &Tensor) -> Result<(), PassError> {
    if n == 1 || values.shape().last() == Some(&n) {
        return Ok(());
    }
    let found = format!("a shape of {:?}", values.shape());
    Err(PassError::unsupported(
        format!("weights whose last axis is that of the {n} channels"),
        found,
        "take the strategy `Latency`, or `alpha=1`",
    ))
}

/// Elements of the layer's output; hls4ml takes fully connected layers for vectors.
fn n_in(node: Node<'_>) -> Attribute {
    let int = |attribute: &str| node.state().int(attribute).ok();
    let n = if node.layer.kind().contains("Conv") {
        int("out_width").zip(int("n_filt")).map(|(width, n)| width * int("out_height").unwrap_or(1) * n)
    } else {
        int("n_out")
    };
    n.map_or(Attribute::Null, Attribute::Int)
}

/// A quantizer to powers of two that reaches the largest or smallest scale.
fn power_quantizer(scale: &Tensor) -> Result<AnyQuantizer, PassError> {
    let reach = scale.iter_f64()?.map(|scale| scale.log2().abs()).fold(0.0, f64::max);
    let bits: Attributes = [("bits", Attribute::Int((reach as i64).saturating_add(1).max(2)))].into();
    let config = [("class_name", Attribute::from("quantized_po2")), ("config", Attribute::Map(bits))].into();
    Ok(AnyQuantizer::new(QKerasPo2Quantizer { config }))
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::{Config, Flow, FlowError, FlowOptions, ModelGraph, Step};
    use hls4rs_layers::layers::{Dense, Input};
    use hls4rs_types::quantizers::QKerasQuantizer;

    use super::*;

    static FLOW: Flow =
        Flow { name: "alpha", summary: "", requires: &[], steps: &[Step::node(&FactorizeQKerasAlpha)] };

    fn quantizer(alpha: impl Into<Attribute>) -> AnyQuantizer {
        let inner: Attributes = [("bits", Attribute::Int(4)), ("alpha", alpha.into())].into();
        let config = [("class_name", "quantized_bits".into()), ("config", Attribute::Map(inner))].into();
        AnyQuantizer::new(QKerasQuantizer { config })
    }

    fn factorize(slot: &str, alpha: impl Into<Attribute>) -> Result<ModelGraph, FlowError> {
        let mut graph = ModelGraph::new(Config::default());
        graph.set_io(["x"], ["fc"]);
        graph.add(Input::builder("x").input_shape([3])).unwrap();
        let weight = Tensor::new(&[3, 2], vec![0.7f32, 0.06, -0.2, 0.02, 0.4, -0.05]).unwrap();
        let fc = Dense::builder("fc").n_in(3).n_out(2).weight(weight).bias(Tensor::vector(vec![0.5f32, 1.5]));
        graph.add(fc.build().with(slot, quantizer(alpha))).unwrap();
        graph.apply_steps(&FLOW, &mut FlowOptions { verify: true, ..FlowOptions::default() })?;
        Ok(graph)
    }

    fn values(graph: &ModelGraph, layer: &str, weight: &str) -> Vec<f64> {
        graph.layer(layer).unwrap().state().weight(weight).unwrap().data.iter_f64().unwrap().collect()
    }

    #[test]
    fn scale_and_bias_move_behind_the_layer() {
        let graph = factorize("weight_quantizer", "auto_po2").unwrap();
        assert_eq!(graph.outputs(), ["fc_alpha"]);
        assert_eq!(values(&graph, "fc_alpha", "scale"), [1.0, 0.0625]);
        assert_eq!(values(&graph, "fc_alpha", "bias"), [0.5, 1.5]);
        assert_eq!(values(&graph, "fc", "bias"), [0.0, 0.0]);
        let steps = values(&graph, "fc", "weight");
        assert!(steps.iter().all(|step| (step * 8.0).fract() == 0.0 && step.abs() < 1.0), "{steps:?}");
        let scale = graph.layer("fc_alpha").unwrap().state();
        assert_eq!(scale.attributes.get("precision"), Some(&Attribute::from("auto")));
        let bits = scale
            .get("scale_quantizer")
            .and_then(Attribute::as_quantizer)
            .unwrap()
            .as_known()
            .unwrap()
            .bits();
        assert_eq!(bits, 5, "for an exponent of -4");
    }

    #[test]
    fn a_number_becomes_one_scale_per_channel_in_double_precision() {
        let graph = factorize("weight_quantizer", 0.3).unwrap();
        let scale = graph.layer("fc_alpha").unwrap().state().array("scale_data").unwrap();
        assert_eq!(*scale, Tensor::vector(vec![0.3f64; 2]));
    }

    #[test]
    fn a_scale_of_one_stays() {
        assert_eq!(factorize("weight_quantizer", 1).unwrap().len(), 2);
        assert_eq!(factorize("weight_quantizer", Attribute::Null).unwrap().len(), 2);
    }

    #[test]
    fn a_quantizer_of_the_bias_alone_is_an_error() {
        let error = factorize("bias_quantizer", "auto").unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("expected a quantizer of the weights beside that of the bias, found none")
        );
    }
}
