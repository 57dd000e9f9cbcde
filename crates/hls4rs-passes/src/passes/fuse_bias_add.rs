//! Makes biases that a layer of its own adds biases of the layer before.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::Attribute;

/// Gives a dense layer or convolution the values of the bias that is added behind it.
///
/// ```text
/// x → dense → bias_add (b)        x → dense (b)
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.fuse_biasadd.FuseBiasAdd`, hls4ml 1.3.0, which replaces the values and leaves
/// their type as it is.
#[derive(Debug)]
pub(crate) struct FuseBiasAdd;

impl NodePass for FuseBiasAdd {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "fuse-bias-add",
            upstream: "fuse_bias_add",
            summary: "makes biases that a layer of its own adds biases of the layer before",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let before = node.input_node(0);
        Ok(node.is_a("BiasAdd") && before.is_some_and(|node| node.is_any(&["Dense", "Conv1D", "Conv2D"])))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let data = node.state().weight("bias")?.data.clone();
        let Some(before) = node.input_node(0) else { return Ok(Outcome::Kept) };
        before.state().weight("bias")?;
        let before = before.name.to_owned();
        if let Some(Attribute::Weight(bias)) = patch.state_mut(&before)?.attributes.get_mut("bias") {
            let former = std::mem::replace(&mut bias.data, data);
            bias.unquantized.get_or_insert(former);
        }
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::{BiasAdd, Dense};
    use hls4rs_types::Tensor;

    use super::*;
    use crate::testing::{graph, layers, precision, rewrite, vector, weight};

    #[test]
    fn values_go_and_the_type_stays() {
        let mut graph = graph(&[2], "b");
        graph.add(Dense::builder("d").n_in(2).n_out(1).weight(Tensor::zeros(&[2, 1]).unwrap())).unwrap();
        graph.add(BiasAdd::builder("b").bias(vector(&[0.5]))).unwrap();
        rewrite(&mut graph, &FuseBiasAdd);
        assert_eq!(
            (layers(&graph).as_str(), precision(&graph, "d").as_str()),
            ("x(input) d(x)", "fixed<16,6,TRN,WRAP,0>")
        );
        let bias = weight(&graph, "d", "bias");
        assert_eq!((&bias.data, bias.precision().to_string().as_str()), (&vector(&[0.5]), "uint<1>"));
    }
}
