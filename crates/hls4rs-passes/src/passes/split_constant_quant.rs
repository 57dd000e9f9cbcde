//! Quantizes constants, and scales behind them.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::{AnyQuantizer, Arithmetic, Attributes, Precision, Tensor};

use super::split_quant::{Affine, unscaled};
use crate::qonnx::{bipolar_quantizer, config_of, constant, quantization, quantize_constant, value};

/// Quantizes a constant in units of the scale, and replaces the `Quant` layer that reads it by the scaling back.
///
/// ```text
/// constant → quant → conv        constant / scale + zeropt (int) → quant_rescale (scale, −zeropt · scale) → conv
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.quant_opt.ConstQuantToConstAlpha`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct SplitConstantQuant;

impl NodePass for SplitConstantQuant {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "split-constant-quant",
            upstream: "const_quant_to_const_alpha",
            summary: "quantizes constants, and scales behind them",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("Quant") && node.state().inputs.len() == 1 && constant(&node, 0).is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let Some(constant) = constant(&node, 0) else { return Ok(Outcome::Kept) };
        let (scale, zeropt) = (node.state().array("scale")?, node.state().array("zeropt")?);
        let scaled = value(&constant)?.combine(Arithmetic::Divide, scale)?;
        let scaled = scaled.combine(Arithmetic::Add, zeropt)?;
        let (rescale, rebias) = unscaled(scale, zeropt)?;
        let quantized = Quantized { value: Some(scaled), kind: quantization(&node, 0)?, rescale, rebias };
        quantized.put(patch, name)
    }
}

/// Makes a constant binary, and replaces the `BipolarQuant` layer that reads it by the scaling.
///
/// ```text
/// constant → quant → conv        constant (binary) → quant_rescale (scale, 0) → conv
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.bipolar_quant_opt.ConstBipolarQuantToConstAlpha`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct SplitConstantBipolarQuant;

impl NodePass for SplitConstantBipolarQuant {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "split-constant-bipolar-quant",
            upstream: "const_bipolar_quant_to_const_alpha",
            summary: "makes constants binary, and scales behind them",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_quant = node.is_a("BipolarQuant") && node.state().inputs.len() == 1;
        Ok(is_quant && constant(&node, 0).is_some() && !node.state().array("scale")?.is_all(1.0)?)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let scale = patch.expect_node(name)?.state().array("scale")?;
        let (rescale, rebias) = unscaled(scale, &Tensor::new(&[], vec![0i64])?)?;
        let kind = (Precision::Xnor, bipolar_quantizer());
        Quantized { value: None, kind, rescale, rebias }.put(patch, name)
    }
}

/// What becomes of a constant and the layer that quantizes it.
struct Quantized {
    /// New values of the constant.
    value: Option<Tensor>,
    kind: (Precision, AnyQuantizer),
    rescale: Tensor,
    rebias: Tensor,
}

impl Quantized {
    fn put(self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let Some(constant) = constant(&node, 0) else { return Ok(Outcome::Kept) };
        let (config, constant): (Attributes, String) = (config_of(&node), constant.name.to_owned());
        let outputs = node.state().outputs.clone();
        let input = node.state().inputs.first().cloned().unwrap_or_default();
        if let Some(value) = self.value {
            patch.set(&constant, "value", value)?;
        }
        let (precision, quantizer) = self.kind;
        quantize_constant(patch, &constant, precision, quantizer)?;
        let new = format!("{name}_rescale");
        patch.config_mut().add_layer_config(&new, &config)?;
        let affine = Affine { scale: &self.rescale, bias: &self.rebias };
        let layer = affine.layer(patch, new, &input, outputs)?;
        patch.replace(name, layer)?;
        Ok(Outcome::Restructured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, bipolar_quant, graph, layers, precision, quant, rewrite, values, vector};

    #[test]
    fn the_constant_is_in_units_of_the_scale() {
        let mut graph = graph(&[2], "x");
        testing::constant(&mut graph, "w", vector(&[0.75, -0.75]));
        graph.add(quant("q", "w", vector(&[0.375]), 1.0, 4.0)).unwrap();
        rewrite(&mut graph, &SplitConstantQuant);
        assert_eq!(
            (layers(&graph).as_str(), precision(&graph, "w").as_str()),
            ("x(input) w() q_rescale(w)", "fixed<4,4,RND_CONV,SAT,0>")
        );
        let array =
            |layer: &str, name: &str| values(graph.layer(layer).unwrap().state().array(name).unwrap());
        assert_eq!(array("w", "value"), [3.0, -1.0]);
        assert_eq!(
            (array("q_rescale", "scale_data"), array("q_rescale", "bias_data")),
            (vec![0.375; 2], vec![-0.375; 2])
        );
    }

    #[test]
    fn a_binary_constant_has_no_summand() {
        let mut graph = graph(&[2], "x");
        testing::constant(&mut graph, "w", vector(&[0.75, -0.75]));
        graph.add(bipolar_quant("q", "w", 0.5)).unwrap();
        rewrite(&mut graph, &SplitConstantBipolarQuant);
        let bias = graph.layer("q_rescale").unwrap().state().array("bias_data").unwrap();
        assert_eq!(bias, &Tensor::vector(vec![0f64, 0.0]));
    }
}
