//! Embeddings.

use hls4rs_frontend::Problem;

use crate::v2::{Context, Converted};

/// `Embedding` of a list of integers.
///
/// **Source:** `parse_embedding_layer` of `hls4ml.converters.keras.core`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let mut shape = context.shape()?.clone();
    let Some(Some(n_in)) = shape.get(1) else {
        return Err(Problem::unsupported(
            "expected an input of known length, found another",
            "fix the length of the input",
        ));
    };
    layer.set("n_in", *n_in);
    layer.set("vocab_size", context.config.int("input_dim")?);
    let n_out = context.config.int("output_dim")?;
    layer.set("n_out", n_out);
    context.set_weight(&mut layer, "embeddings_data", "embeddings")?;
    shape.push(Some(n_out));
    Ok(Converted { layer, shape })
}
