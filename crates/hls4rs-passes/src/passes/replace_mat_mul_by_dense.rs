//! Replaces matrix products with constants by dense layers.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::Dense;
use hls4rs_types::{Attribute, Attributes, TensorVariable};

use crate::qonnx::{Replacement, config_of, constant, drop_constant, quantizer_of, value};
use crate::scales::filled;

/// Replaces a matrix product whose second factor is constant by a dense layer without bias.
///
/// ```text
/// x, weights → matmul        x → Dense_matmul (weights)
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.matmul_const_to_dense.MatmulConstToDense`, hls4ml 1.3.0, which takes the
/// number of all elements of input and output for `n_in` and `n_out`: right for inputs of one dimension alone.
#[derive(Debug)]
pub(crate) struct ReplaceMatMulByDense;

impl NodePass for ReplaceMatMulByDense {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "replace-mat-mul-by-dense",
            upstream: "matmul_const_to_dense",
            summary: "replaces matrix products with constants by dense layers",
            preserves: Preserves::Nothing,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_product = node.is_a("MatMul") && node.state().inputs.len() == 2;
        Ok(is_product && constant(&node, 1).is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let Some(read) = constant(&node, 1) else { return Ok(Outcome::Kept) };
        let (weights, quantizer) = (value(&read)?, quantizer_of(&read));
        let in_shape = node.input_variable(0).and_then(TensorVariable::dims).unwrap_or_default();
        let mut out_shape = in_shape.clone();
        if let (Some(last), Some(columns)) = (out_shape.last_mut(), weights.shape().last()) {
            *last = *columns;
        }
        let (config, new) = (config_of(&node), format!("Dense_{name}"));
        let has_rows = in_shape.iter().rev().skip(1).any(|n| *n != 1);
        let inputs = node.state().inputs.first().cloned().into_iter().collect();
        let outputs = node.state().outputs.clone();
        if has_rows {
            let message =
                format!("{name}: hls4ml makes a dense layer of wrong sizes of a product with several rows");
            let help = "use a convolution with one pixel, or bring the rows into one dimension";
            patch.warn(Diagnostic::warning("wrong-dense-size", message).with_help(help));
        }
        patch.config_mut().add_layer_config(&new, &config)?;
        let size = |shape: &[usize]| {
            let sizes = shape.iter().map(|n| i64::try_from(*n).unwrap_or(i64::MAX));
            Attribute::Int(sizes.fold(1, i64::saturating_mul))
        };
        let attributes = Attributes::from([
            ("weight_data", weights.into()),
            ("weight_quantizer", quantizer),
            ("bias_data", filled(0.0, &out_shape)?.into()),
            ("use_bias", false.into()),
            ("n_in", size(&in_shape)),
            ("n_out", size(&out_shape)),
        ]);
        let new = Replacement { spec: Dense::SPEC, name: new, inputs, outputs, attributes }.make(patch)?;
        drop_constant(patch, name, 1)?;
        patch.replace(name, new)?;
        Ok(Outcome::Restructured)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::MatMul;
    use hls4rs_types::Tensor;

    use super::*;
    use crate::testing::{self, graph, layers, rewrite, run};

    #[test]
    fn the_constant_becomes_the_weight() {
        let mut graph = graph(&[2], "p");
        testing::constant(&mut graph, "w", Tensor::zeros(&[2, 3]).unwrap());
        graph.add(MatMul::builder("p").inputs(["x", "w"])).unwrap();
        rewrite(&mut graph, &ReplaceMatMulByDense);
        assert_eq!(
            (layers(&graph).as_str(), graph.outputs()),
            ("x(input) Dense_p(x)", ["p".to_owned()].as_slice())
        );
        let state = graph.layer("Dense_p").unwrap().state();
        assert_eq!(
            (state.int("n_in"), state.int("n_out"), state.bool("use_bias")),
            (Ok(2), Ok(3), Ok(false))
        );
    }

    #[test]
    fn rows_count_as_columns_with_a_warning() {
        let mut graph = graph(&[2, 2], "p");
        testing::constant(&mut graph, "w", Tensor::zeros(&[2, 3]).unwrap());
        graph.add(MatMul::builder("p").inputs(["x", "w"])).unwrap();
        assert_eq!(rewrite(&mut graph, &ReplaceMatMulByDense), ["wrong-dense-size"]);
        assert_eq!(graph.node("Dense_p").unwrap().output_variable().unwrap().shape, [2, 6]);
    }

    #[test]
    fn a_first_factor_that_is_constant_stays() {
        let mut graph = graph(&[2, 2], "p");
        testing::constant(&mut graph, "w", Tensor::zeros(&[2, 2]).unwrap());
        graph.add(MatMul::builder("p").inputs(["w", "x"])).unwrap();
        assert_eq!(run(&mut graph, &ReplaceMatMulByDense), Ok(None));
    }
}
