//! Looks for quantizers that belong into code of distributed arithmetic.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use super::distribute_arithmetic::DISTRIBUTED;

/// Notes quantizers all of whose readers are computed by distributed arithmetic.
///
/// **Source:** `hls4ml.backends.vivado.passes.distributed_arithmetic.FuseQuantizerIntoDALayers`, hls4ml 1.3.0, which writes the casts of
/// such a quantizer into the C++ of its readers and removes it.
///
/// **Limits:** that C++ is not generated here, so that the quantizer stays, with the same numbers, and a warning tells so. Readers that
/// have their C++ already are refused.
#[derive(Debug)]
pub struct FuseQuantizerIntoDistributed;

impl NodePass for FuseQuantizerIntoDistributed {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "fuse-quantizer-into-distributed",
            upstream: "fuse_quantizer_into_d_a_layers",
            summary: "notes quantizers that belong into code of distributed arithmetic",
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

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        if node.readers(0).any(|reader| reader.state().attributes.contains("da_codegen")) {
            return Err(PassError::unsupported(
                "a quantizer before layers without generated code",
                format!("layers with the strategy `{DISTRIBUTED}`, whose C++ would contain it"),
                "convert the model with hls4ml and da4ml, or choose another strategy",
            ));
        }
        let kind = node.layer.kind();
        let message =
            format!("`{name}` ({kind}): stays, since the C++ that would contain it is not generated here");
        let warning = Diagnostic::warning("no-distributed-code", message);
        patch.warn(warning.with_help("convert the model with hls4ml and da4ml, or choose another strategy"));
        Ok(Outcome::Kept)
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
    use hls4rs_layers::layers::{Dense, FixedPointQuantizer, Input};
    use hls4rs_types::{Attribute, Source, Tensor};

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

    #[test]
    fn quantizers_stay_unless_there_is_code_that_would_contain_them() {
        let mut graph = ModelGraph::new(Config::default());
        graph.set_io(["x"], ["fc"]);
        graph.add(Input::builder("x").input_shape([2])).unwrap();
        let mask = Attribute::List(
            [1i16, 4, 2].map(|bits| Tensor::new(&[1, 1], vec![bits]).unwrap().into()).to_vec(),
        );
        let quantizer = FixedPointQuantizer::builder("q").inputs(["x"]).RND("RND").SAT("SAT").fusible(false);
        let quantizer = quantizer.with("overrides", Attribute::Null).with("mask_kbi", mask);
        graph.add(quantizer).unwrap();
        let dense =
            Dense::builder("fc").inputs(["q"]).n_in(2).n_out(2).weight(Tensor::zeros(&[2, 2]).unwrap());
        graph.add(dense.build().with("strategy", DISTRIBUTED)).unwrap();
        assert_eq!(FuseQuantizerIntoDistributed.matches(graph.node("q").unwrap()), Ok(true));
        let mut warnings = Vec::new();
        let outcome = FuseQuantizerIntoDistributed.rewrite(&mut Patch::new(&mut graph, &mut warnings), "q");
        assert_eq!((outcome, warnings.len()), (Ok(Outcome::Kept), 1));
        let code = Attribute::Source(Source::new("void dense_da_2() {}"));
        graph.layer_mut("fc").unwrap().state_mut().attributes.insert("da_codegen", code);
        assert!(
            FuseQuantizerIntoDistributed.rewrite(&mut Patch::new(&mut graph, &mut warnings), "q").is_err()
        );
    }
}
