//! Looks for quantizers that belong into code of distributed arithmetic.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use super::distribute_arithmetic::DISTRIBUTED;

/// Refuses quantizers all of whose readers are computed by distributed arithmetic: hls4ml makes them part of the
/// readers' C++, which is not generated here.
///
/// **Source:** `hls4ml.backends.vivado.passes.distributed_arithmetic.FuseQuantizerIntoDALayers`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct FuseQuantizerIntoDistributed;

impl NodePass for FuseQuantizerIntoDistributed {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "fuse-quantizer-into-distributed",
            upstream: "fuse_quantizer_into_d_a_layers",
            summary: "refuses quantizers that belong into code of distributed arithmetic",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        if !node.is_a("FixedPointQuantizer") {
            return Ok(false);
        }
        let is_per_channel = is_per_channel(node);
        let is_one = |reader: Node<'_>| {
            reader.text("strategy") == Some(DISTRIBUTED)
                && (reader.is_a("Dense") || is_per_channel && reader.is_any(&["Conv1D", "Conv2D"]))
        };
        let mut readers: Vec<&str> = Vec::new();
        for reader in node.readers(0) {
            if !is_one(reader) {
                return Ok(false);
            }
            if !readers.contains(&reader.name) {
                readers.push(reader.name);
            }
        }
        let is_cheap = node.text("RND") == Some("RND") && node.text("SAT") == Some("WRAP");
        Ok(readers.len() == 1 || readers.len() > 1 && is_cheap)
    }

    fn rewrite(&self, _: &mut Patch<'_>, _: &str) -> Result<Outcome, PassError> {
        Err(PassError::unsupported(
            "a quantizer before layers with another strategy",
            format!("layers with the strategy `{DISTRIBUTED}`, whose C++ would contain it"),
            "convert the model with hls4ml and da4ml, or choose another strategy",
        ))
    }
}

/// Whether the precisions are the same for all pixels.
fn is_per_channel(node: Node<'_>) -> bool {
    let mask = node.get("mask_kbi").and_then(|mask| mask.as_list()?.first()?.as_array());
    let shape = mask.map(|mask| mask.shape()).unwrap_or_default();
    mask.is_some() && shape.iter().rev().skip(1).all(|n| *n == 1)
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::{Config, ModelGraph};
    use hls4rs_layers::layers::{Dense, Input};
    use hls4rs_types::{Attribute, Tensor};

    use super::super::DistributeArithmetic;
    use super::*;

    #[test]
    fn reuse_factors_are_refused() {
        let mut graph = ModelGraph::new(Config::default());
        graph.set_io(["x"], ["fc"]);
        graph.add(Input::builder("x").input_shape([2])).unwrap();
        let dense = Dense::builder("fc").n_in(2).n_out(2).weight(Tensor::zeros(&[2, 2]).unwrap()).build();
        graph.add(dense.with("strategy", DISTRIBUTED).with("reuse_factor", 2i64)).unwrap();
        let matches = |graph: &ModelGraph| DistributeArithmetic.matches(graph.node("fc").unwrap());
        assert!(matches(&graph).is_err());
        graph.layer_mut("fc").unwrap().state_mut().attributes.insert("reuse_factor", Attribute::Int(1));
        assert_eq!(matches(&graph), Ok(true));
    }
}
