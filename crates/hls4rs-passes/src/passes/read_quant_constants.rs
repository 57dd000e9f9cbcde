//! Makes the constant inputs of `Quant` layers attributes.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use crate::qonnx::{constant, keep_one_input, take_constant};

/// Makes scale, zero point and number of bits, which are inputs of a `Quant` layer, attributes of it.
///
/// ```text
/// x, scale, zeropt, bitwidth → quant        x → quant (scale, zeropt, bitwidth)
/// ```
///
/// **Source:** `hls4ml.model.optimizer.passes.quant_opt.QuantConstantParameters`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct ReadQuantConstants;

impl NodePass for ReadQuantConstants {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "read-quant-constants",
            upstream: "quant_constant_parameters",
            summary: "makes the constant inputs of `Quant` layers attributes",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_quant = node.is_a("Quant") && node.state().inputs.len() == 4;
        Ok(is_quant && (1..4).any(|input| constant(&node, input).is_some()))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        for (input, attribute) in [(1, "scale"), (2, "zeropt"), (3, "bitwidth")] {
            if constant(&patch.expect_node(name)?, input).is_none() {
                continue;
            }
            let value = take_constant(patch, name, input)?;
            if attribute != "bitwidth" {
                patch.set(name, attribute, value)?;
                continue;
            }
            let bits: Vec<f64> = value.iter_f64()?.take(2).collect();
            let [bits] = bits.as_slice() else {
                let found = format!("an array of the shape {:?}", value.shape());
                let help = "use as many bits for all channels";
                return Err(PassError::unsupported("one number of bits", found, help));
            };
            patch.set(name, attribute, *bits)?;
        }
        keep_one_input(patch, name)?;
        Ok(Outcome::Restructured)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Quant;
    use hls4rs_types::Tensor;

    use super::*;
    use crate::testing::{self, graph, layers, rewrite, run, vector};

    fn quantized(bits: Tensor) -> hls4rs_graph::ModelGraph {
        let mut graph = graph(&[2], "x");
        testing::constant(&mut graph, "scale", vector(&[0.5]));
        testing::constant(&mut graph, "zeropt", vector(&[0.0]));
        testing::constant(&mut graph, "bits", bits);
        let quant = Quant::builder("q").narrow(false).rounding_mode("ROUND").signed(true);
        graph.add(quant.inputs(["x", "scale", "zeropt", "bits"])).unwrap();
        graph
    }

    #[test]
    fn inputs_become_attributes() {
        let mut graph = quantized(vector(&[4.0]));
        rewrite(&mut graph, &ReadQuantConstants);
        assert_eq!(layers(&graph), "x(input) q(x)");
        let state = graph.layer("q").unwrap().state();
        assert_eq!((state.array("scale"), state.float("bitwidth")), (Ok(&vector(&[0.5])), Ok(4.0)));
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        let error = run(&mut quantized(vector(&[4.0, 4.0])), &ReadQuantConstants).unwrap_err();
        assert_eq!(error.to_string(), "expected one number of bits, found an array of the shape [2]");
        let mut graph = quantized(vector(&[4.0]));
        graph.edit_inputs("q", |inputs| inputs.swap(0, 1)).unwrap();
        let error = run(&mut graph, &ReadQuantConstants).unwrap_err();
        assert_eq!(error.to_string(), "expected constant parameters, found inputs scale, x");
    }

    #[test]
    fn a_constant_that_others_read_stays() {
        let mut graph = quantized(vector(&[4.0]));
        let other = Quant::builder("r").narrow(false).rounding_mode("ROUND").signed(true);
        graph.add(other.inputs(["x", "scale", "zeropt", "bits"])).unwrap();
        let error = run(&mut graph, &ReadQuantConstants).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected `scale` to be read by this layer alone, found `r` reads it, too"
        );
        assert!(error.help().is_some_and(|help| help.contains("cleanup_model")));
    }
}
