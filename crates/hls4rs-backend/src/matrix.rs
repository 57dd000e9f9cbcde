//! The weight matrices of layers, as their multipliers see them.

use hls4rs_graph::{Node, PassError};

/// Rows and columns of the matrix by which a dense or convolutional layer multiplies: `(n_in, n_out)`.
///
/// **Source:** `FPGABackend.get_layer_mult_size`, hls4ml 1.3.0, which looks for parts of the kind's name.
///
/// # Errors
/// If the kind has no such matrix, or the layer lacks what its kind must have.
pub fn matrix_size(node: Node<'_>) -> Result<(i64, i64), PassError> {
    let (state, kind) = (node.state(), node.layer.kind());
    let product = |names: &[&str]| -> Result<i64, PassError> {
        names.iter().try_fold(1i64, |size, name| Ok(size.saturating_mul(state.int(name)?)))
    };
    if kind.contains("Dense") {
        Ok((state.int("n_in")?, state.int("n_out")?))
    } else if kind.contains("Conv1D") {
        Ok((product(&["n_chan", "filt_width"])?, state.int("n_filt")?))
    } else if kind.contains("Conv2D") {
        Ok((product(&["n_chan", "filt_height", "filt_width"])?, state.int("n_filt")?))
    } else {
        Err(no_matrix(kind, "a dense or convolutional layer"))
    }
}

/// Rows and columns of the two matrices of a recurrent layer: that of the input, and that of the state.
///
/// **Source:** `FPGABackend.get_layer_mult_size`, hls4ml 1.3.0. Of a `Bidirectional`, both directions are taken for GRUs:
/// three gates, even where they are LSTMs.
///
/// # Errors
/// If the kind has no such matrices, or the layer lacks what its kind must have.
pub fn recurrent_matrix_sizes(node: Node<'_>, direction: &str) -> Result<[(i64, i64); 2], PassError> {
    let (state, kind) = (node.state(), node.layer.kind());
    let (n_states, gates) = if kind.contains("LSTM") {
        (state.int("n_out")?, 4)
    } else if kind.contains("GRU") {
        (state.int("n_out")?, 3)
    } else if kind.contains("Bidirectional") {
        (state.int(&format!("{direction}n_states"))?, 3)
    } else {
        return Err(no_matrix(kind, "a recurrent layer"));
    };
    let n_out = n_states.saturating_mul(gates);
    Ok([(state.int("n_in")?, n_out), (n_states, n_out)])
}

fn no_matrix(kind: &str, expected: &str) -> PassError {
    PassError::unsupported(expected, format!("`{kind}`"), "choose the strategy `latency` for the layer")
}
