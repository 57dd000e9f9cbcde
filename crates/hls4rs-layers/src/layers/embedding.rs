//! Look-ups of vectors in a table.

use super::shapes;
use crate::{LayerError, LayerState, Shape, layer};

layer! {
    /// A vector for each number, looked up in a table.
    ///
    /// **Shapes:** `[n_in] → [n_in, n_out]`, or any other shape with `n_out` appended;
    /// `embeddings [vocab_size, n_out]`.
    ///
    /// **Formula:** `y[i, j] = embeddings[x[i], j]`.
    ///
    /// **Precision:** `embeddings_t`, then `result_t`; the input is an integer.
    ///
    /// **Source:** `hls4ml.model.layers.Embedding`, hls4ml 1.3.0.
    Embedding, EmbeddingBuilder = "hls4ml.model.layers.Embedding";
    aliases: ["Embedding"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of look-ups";
        n_out: Int, "length of the vectors";
        vocab_size: Int, "number of vectors in the table";
        embeddings: Weight, "the table, `[vocab_size, n_out]`";
        embeddings_t: Type, configurable, "type of the table's elements";
        data_format: String = Optional, "`channels_last`, without effect";
        embeddings_data: Array = Optional, "the table before its type is applied";
    }
    weights: {
        embeddings = "e{index}";
    }
    infer: infer;
    initialize: |init| init.outputs_and_weights();
}

fn infer(state: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let mut shape = shapes::first_input(inputs)?.clone();
    shape.push(state.size("n_out")?);
    Ok(vec![shape])
}
