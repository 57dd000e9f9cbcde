//! Transposition.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// `Transpose` that leaves the batch where it is.
///
/// **Source:** `parse_transpose_layer` of `hls4ml.converters.onnx.reshape`, hls4ml 1.3.0, which does not look at where the
/// batch goes.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    let Some([0, rest @ ..]) = context.node.ints("perm") else {
        let found = context.node.ints("perm").map_or("none".to_owned(), |perm| format!("{perm:?}"));
        let message = format!("attribute `perm`: expected a permutation that begins with 0, found {found}");
        return Err(Problem::unsupported(message, "leave the batch in the first dimension"));
    };
    let perm: Vec<i64> = rest.iter().map(|axis| axis.saturating_sub(1)).collect();
    Ok(context.entry("Transpose").with("perm", perm))
}
