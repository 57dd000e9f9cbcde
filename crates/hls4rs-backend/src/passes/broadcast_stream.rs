//! Repeats the smaller one of two streams that are merged.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::CatapultBroadcast;
use hls4rs_layers::{Draft, LayerError};
use hls4rs_types::{Attribute, Attributes};

/// Inserts a layer that repeats the smaller one of two streams that are merged, until both have the same shape.
///
/// ```text
/// x [4, 4, 8] ────────────────┐        x [4, 4, 8] ───────────────────────────────┐
///                             ├─► add                                             ├─► add
/// y [1, 1, 8] ────────────────┘        y [1, 1, 8] ──► broadcast_y [4, 4, 8] ─────┘
/// ```
///
/// **Source:** `BroadcastStream` in `broadcast_stream.py` of the backends Vivado and Catapult, hls4ml 1.3.0, which counts as
/// applied for arrays and for other backends, too.
///
/// **Errors:** other shapes than `[1, 1, C] → [H, W, C]` and `[H, W, 1] → [H, W, C]`.
#[derive(Debug)]
pub struct BroadcastStream {
    /// The backend that has the pass do something. Vitis, which takes over the passes of Vivado, is none.
    pub backend: &'static str,
}

impl NodePass for BroadcastStream {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "broadcast-stream",
            upstream: "broadcast_stream",
            summary: "repeats the smaller one of two streams that are merged",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        if !node.is_a("Merge") || node.is_a("Concatenate") {
            return Ok(false);
        }
        let [first, second] = shapes(node)?;
        Ok(first != second)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        if patch.config.backend() != self.backend || patch.config.io_type() != "io_stream" {
            return Ok(Outcome::Kept);
        }
        let node = patch.expect_node(name)?;
        let [first, second] = shapes(node)?;
        let size = |shape: &[i64]| shape.iter().fold(1i64, |product, n| product.wrapping_mul(*n));
        let (place, small, large) =
            if size(first) > size(second) { (1, second, first) } else { (0, first, second) };
        if !is_supported(small, large) {
            return Err(PassError::unsupported(
                "[1, 1, C] → [H, W, C] or [H, W, 1] → [H, W, C] for streams of different shapes",
                format!("{small:?} → {large:?}"),
                "repeat the smaller one in the source model, or convert for `io_parallel`",
            ));
        }
        let Some(input) = node.state().inputs.get(place).cloned() else { return Ok(Outcome::Kept) };
        let target = Attribute::List(large.iter().map(|n| Attribute::Int(*n)).collect());
        let broadcast = patch.create(Draft {
            spec: CatapultBroadcast::SPEC,
            name: format!("broadcast_{input}"),
            inputs: vec![input],
            outputs: Vec::new(),
            attributes: Attributes::from([("target_shape", target)]),
        })?;
        patch.insert(broadcast, Some(name), place)?;
        Ok(Outcome::Restructured)
    }
}

fn shapes(node: Node<'_>) -> Result<[&[i64]; 2], PassError> {
    let shape = |i: usize| match node.input_variable(i) {
        Some(input) => Ok(input.shape.as_slice()),
        None => {
            let input = node.state().inputs.get(i).cloned().unwrap_or_default();
            Err(LayerError::UnknownInput { input })
        }
    };
    Ok([shape(0)?, shape(1)?])
}

fn is_supported(small: &[i64], large: &[i64]) -> bool {
    let ([h, w, c], [height, width, channels]) = (small, large) else { return false };
    (*h == 1 && *w == 1 && c == channels) || (*c == 1 && h == height && w == width)
}
