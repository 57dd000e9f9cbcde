//! Derives precisions with which nothing is lost.

use hls4rs_graph::{GraphPass, ModelGraph, Node, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::Attribute;

use crate::bit_exact::{Analysis, is_quantizer, register};

/// Derives the precision of every layer from quantizers, weights and inputs, so that the model computes exactly what its
/// source computes, in as few bits as that takes.
///
/// ```text
/// x → quantizer fixed<8,3> → dense → quantizer ufixed<6,2>
///     dense: result ?                   dense: result fixed<11,5>, accum fixed<15,7>, weight fixed<4,1>
/// ```
///
/// It runs if `BitExact` of the model's configuration says so, or if nothing is said and there are quantizers of HGQ; then
/// linear activations go, too.
///
/// **Source:** `hls4ml.model.optimizer.passes.bit_exact.BitExact`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct DeriveBitExactPrecisions;

impl GraphPass for DeriveBitExactPrecisions {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "derive-bit-exact-precisions",
            upstream: "bit_exact",
            summary: "derives precisions with which a model computes exactly what its source computes",
            preserves: Preserves::Shapes,
        }
    }

    fn run(&self, patch: &mut Patch<'_>) -> Result<bool, PassError> {
        let has_quantizers = patch.nodes().any(is_quantizer);
        if !wanted(patch).unwrap_or(has_quantizers) {
            return Ok(false);
        }
        if has_quantizers {
            for name in
                names(patch, |node| node.is_a("Activation") && node.text("activation") == Some("linear"))
            {
                patch.remove(&name)?;
            }
        }
        let open = names(patch, |node| !node.state().is_set("bit_exact_transformed"));
        let mut analysis = Analysis::of(patch)?;
        for name in &open {
            analysis.remembered(patch.expect_node(name)?, true)?;
        }
        for name in &open {
            register(&mut analysis, patch, name)?;
            patch.set(name, "bit_exact_transformed", true)?;
        }
        analysis.forget_all();
        analysis.store(patch)?;
        Ok(true)
    }
}

/// What the configuration says, if anything.
fn wanted(graph: &ModelGraph) -> Option<bool> {
    let model = graph.config.options.get("HLSConfig")?.as_map()?.get("Model")?.as_map()?;
    match model.get("BitExact")? {
        Attribute::Null => None,
        value => Some(value.as_bool().unwrap_or_else(|| value.as_float() != Some(0.0))),
    }
}

fn names(graph: &ModelGraph, matches: impl Fn(Node<'_>) -> bool) -> Vec<String> {
    graph.nodes().filter(|node| matches(*node)).map(|node| node.name.to_owned()).collect()
}
