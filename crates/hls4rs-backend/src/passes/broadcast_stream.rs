//! Repeats streams that are merged with larger ones.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::Draft;
use hls4rs_layers::layers::CatapultBroadcast;
use hls4rs_types::{Attribute, Attributes};

/// Inserts a layer that repeats a stream `[1, 1, C]` or `[H, W, 1]` to `[H, W, C]`, where a layer merges it with one of
/// that shape.
///
/// ```text
/// a [1, 1, C] ─► add        a [1, 1, C] ─► broadcast_a ─► add
/// b [H, W, C] ─►            b [H, W, C] ────────────────►
/// ```
///
/// **Source:** `BroadcastStream` of the backends' `broadcast_stream.py`, hls4ml 1.3.0. It works for the backend of that very name
/// alone, so that Vitis, which shares Vivado's passes, does not insert anything. The layer is of Catapult's class in any
/// case: both classes have one name in the registry, and Catapult's comes last.
#[derive(Debug)]
pub struct BroadcastStream {
    /// Name of the backend for which layers are inserted.
    pub backend: &'static str,
}

impl NodePass for BroadcastStream {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "broadcast-stream",
            upstream: "broadcast_stream",
            summary: "repeats streams that are merged with larger ones",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        if !node.is_a("Merge") || node.is_a("Concatenate") {
            return Ok(false);
        }
        let (Some(first), Some(second)) = (node.input_variable(0), node.input_variable(1)) else {
            return Err(PassError::unsupported(
                "a layer that merges two inputs",
                format!("{} inputs", node.state().inputs.len()),
                "merge two at a time",
            ));
        };
        Ok(first.shape != second.shape)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        if patch.config.backend() != self.backend || patch.config.io_type() != "io_stream" {
            return Ok(Outcome::Kept);
        }
        let node = patch.expect_node(name)?;
        let (Some(first), Some(second)) = (node.input_variable(0), node.input_variable(1)) else {
            return Ok(Outcome::Kept);
        };
        let size = |shape: &[i64]| shape.iter().fold(1i64, |size, n| size.saturating_mul(*n));
        let input = usize::from(size(&first.shape) > size(&second.shape));
        let (small, large) = if input == 1 { (second, first) } else { (first, second) };
        check(&small.shape, &large.shape)?;
        let Some(read) = node.state().inputs.get(input).cloned() else { return Ok(Outcome::Kept) };
        let shape: Vec<Attribute> = large.shape.iter().map(|n| Attribute::Int(*n)).collect();
        let new = patch.create(Draft {
            spec: CatapultBroadcast::SPEC,
            name: format!("broadcast_{read}"),
            inputs: vec![read],
            outputs: Vec::new(),
            attributes: Attributes::from([("target_shape", shape)]),
        })?;
        patch.insert(new, Some(name), input)?;
        Ok(Outcome::Restructured)
    }
}

fn check(small: &[i64], large: &[i64]) -> Result<(), PassError> {
    let is_possible = match (small, large) {
        ([1, 1, channels], [_, _, wanted]) if channels == wanted => true,
        ([height, width, 1], [tall, wide, _]) => height == tall && width == wide,
        _ => false,
    };
    if is_possible {
        return Ok(());
    }
    Err(PassError::unsupported(
        "streams to be repeated from [1, 1, C] or [H, W, 1] to [H, W, C]",
        format!("{small:?} → {large:?}"),
        "use `io_parallel`, or repeat the smaller input in the source model",
    ))
}
