//! Splits quantizations into scaling, quantization to integers, and scaling back.

use hls4rs_graph::{NewLayer, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::{Activation, ApplyAlpha};
use hls4rs_types::{Arithmetic, Attribute, Attributes, Strided, Tensor};

use super::replace_bipolar_quant_by_activation::replace;
use super::replace_quant_by_activation::set_result;
use crate::inserting::insert_behind;
use crate::qonnx::{Replacement, config_of, constant, quantization};

/// Splits a `Quant` layer into a scaling, a linear activation of integer precision, and the scaling back.
///
/// ```text
/// x → quant        x → quant_scale (1 / scale, zeropt) → quant_act (int) → quant_rescale (scale, −zeropt · scale)
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.quant_opt.QuantToAlphaActivationAlpha`, hls4ml 1.3.0, which inserts each
/// scaling before the first layer that reads the output as its first input, and nowhere else.
#[derive(Debug)]
pub(crate) struct SplitQuant;

impl NodePass for SplitQuant {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "split-quant",
            upstream: "quant_to_alpha_activation_alpha",
            summary: "splits `Quant` layers into scaling, activation, and scaling back",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("Quant") && node.state().inputs.len() == 1 && constant(&node, 0).is_none())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let (precision, quantizer) = quantization(&node, 0)?;
        let (scale, zeropt) = (node.state().array("scale")?.clone(), node.state().array("zeropt")?.clone());
        let (inputs, outputs) = (node.state().inputs.clone(), node.state().outputs.clone());
        let (input, output) = (first(&inputs), first(&outputs));
        let config = config_of(&node);
        let mut act_config = config.clone();
        set_result(&mut act_config, &precision.to_string())?;
        let act = format!("{name}_act");
        patch.config_mut().add_layer_config(&act, &act_config)?;
        let attributes =
            Attributes::from([("activation", Attribute::from("linear")), ("quantizer", quantizer.into())]);
        let act = Replacement { spec: Activation::SPEC, name: act, inputs, outputs, attributes };
        let act = act.make(patch)?;
        patch.replace(name, act)?;
        let (before, behind) = (format!("{name}_scale"), format!("{name}_rescale"));
        patch.config_mut().add_layer_config(&before, &config)?;
        patch.config_mut().add_layer_config(&behind, &config)?;
        let inverse = scale.like(1.0)?.combine(Arithmetic::Divide, &scale)?;
        Affine { scale: &inverse, bias: &zeropt }.insert(patch, before, &input)?;
        let (rescale, rebias) = unscaled(&scale, &zeropt)?;
        Affine { scale: &rescale, bias: &rebias }.insert(patch, behind, &output)?;
        Ok(Outcome::Restructured)
    }
}

/// Splits a `BipolarQuant` layer into a binary tangent and a scaling.
///
/// ```text
/// x → quant        x → quant_act (binary_tanh) → quant_rescale (scale, 0)
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.bipolar_quant_opt.BipolarQuantToAlphaActivationAlpha`, hls4ml 1.3.0, which
/// inserts the scaling before the first layer that reads the output as its first input, and nowhere else.
#[derive(Debug)]
pub(crate) struct SplitBipolarQuant;

impl NodePass for SplitBipolarQuant {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "split-bipolar-quant",
            upstream: "bipolar_quant_to_alpha_activation_alpha",
            summary: "splits `BipolarQuant` layers into activation and scaling",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("BipolarQuant") && node.state().inputs.len() == 1 && constant(&node, 0).is_none())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let scale = node.state().array("scale")?.clone();
        let (config, output) = (config_of(&node), first(&node.state().outputs));
        replace(patch, name)?;
        let new = format!("{name}_rescale");
        patch.config_mut().add_layer_config(&new, &config)?;
        let (rescale, rebias) = unscaled(&scale, &Tensor::new(&[], vec![0i64])?)?;
        Affine { scale: &rescale, bias: &rebias }.insert(patch, new, &output)?;
        Ok(Outcome::Restructured)
    }
}

/// Factor and summand that undo a scaling: the scale, and the zero point in its units.
pub(super) fn unscaled(scale: &Tensor, zeropt: &Tensor) -> Result<(Tensor, Tensor), PassError> {
    Ok((scale.clone(), zeropt.negated()?.combine(Arithmetic::Multiply, scale)?))
}

/// A factor and a summand that are to be applied to every element.
pub(super) struct Affine<'a> {
    pub(super) scale: &'a Tensor,
    pub(super) bias: &'a Tensor,
}

impl Affine<'_> {
    /// The layer that applies both to an output, of whose shape they are made.
    pub(super) fn layer(
        &self,
        patch: &mut Patch<'_>,
        name: String,
        input: &str,
        outputs: Vec<String>,
    ) -> Result<NewLayer, PassError> {
        let shape = patch.output_variable(input).and_then(hls4rs_types::TensorVariable::dims);
        let shape = shape.unwrap_or_default();
        let repeated = |values: &Tensor| Strided::of(values).broadcast(&shape)?.finish();
        let attributes = Attributes::from([
            ("n_filt", Attribute::Int(-1)),
            ("scale_data", repeated(self.scale)?.into()),
            ("bias_data", repeated(self.bias)?.into()),
        ]);
        let inputs = vec![input.to_owned()];
        Ok(Replacement { spec: ApplyAlpha::SPEC, name, inputs, outputs, attributes }.make(patch)?)
    }

    /// Inserts the layer behind an output.
    fn insert(&self, patch: &mut Patch<'_>, name: String, input: &str) -> Result<(), PassError> {
        let layer = self.layer(patch, name.clone(), input, vec![name])?;
        insert_behind(patch, layer, input)
    }
}

fn first(names: &[String]) -> String {
    names.first().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{bipolar_quant, graph, layers, precision, quant, rewrite, values, vector, weight};

    #[test]
    fn scales_quantizes_and_scales_back() {
        let mut graph = graph(&[2], "relu");
        graph.add(quant("q", "x", vector(&[0.75]), 2.0, 4.0)).unwrap();
        graph.add(Activation::builder("relu").activation("relu").inputs(["q"])).unwrap();
        assert!(rewrite(&mut graph, &SplitQuant).is_empty());
        assert_eq!(layers(&graph), "x(input) q_scale(x) q_act(q_scale) q_rescale(q) relu(q_rescale)");
        assert_eq!(precision(&graph, "q_act"), "fixed<4,4,RND_CONV,SAT,0>");
        assert_eq!(values(&weight(&graph, "q_scale", "scale").data), [f64::from(1.0 / 0.75f32); 2]);
        assert_eq!(values(&weight(&graph, "q_rescale", "bias").data), [-1.5, -1.5]);
    }

    #[test]
    fn only_the_first_reader_gets_the_scale_and_there_is_a_warning() {
        let mut graph = graph(&[2], "b");
        graph.add(bipolar_quant("q", "x", 0.5)).unwrap();
        graph.add(Activation::builder("a").activation("relu").inputs(["q"])).unwrap();
        graph.add(Activation::builder("b").activation("relu").inputs(["q"])).unwrap();
        assert_eq!(rewrite(&mut graph, &SplitBipolarQuant), ["layer-bypassed"]);
        assert_eq!(layers(&graph), "x(input) q_act(x) q_rescale(q) a(q_rescale) b(q)");
    }
}
