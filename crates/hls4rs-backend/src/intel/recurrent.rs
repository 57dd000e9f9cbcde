//! Recurrent layers.

use hls4rs_graph::{PassError, Patch};
use hls4rs_layers::{WeightOptions, WeightSpec};
use hls4rs_types::{Attribute, NamedType, Precision, Tensor};

use super::set_padding;
use crate::init::spec;
use crate::{LayerInitializer, recurrent_matrix_sizes, set_closest_reuse_factor};

/// Sets the reuse factor of the state's weights to that of the input's.
///
/// **Source:** `init_simple_rnn` of the backends Quartus and oneAPI, hls4ml 1.3.0.
pub static INIT_SIMPLE_RNN: LayerInitializer = LayerInitializer {
    spec: &spec(
        "init-simple-rnn",
        "init_simple_rnn",
        "sets the reuse factor of the state of simple recurrent layers",
    ),
    kind: "SimpleRNN",
    initialize: init_simple_rnn,
};

fn init_simple_rnn(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let factor = patch.config.reuse_factor(patch.expect_node(name)?.id());
    patch.set(name, "recurrent_reuse_factor", factor)?;
    Ok(())
}

/// Sets valid reuse factors, the strategy `resource`, and what the kernel needs beside.
///
/// **Source:** `init_gru` of the backends Quartus and oneAPI, hls4ml 1.3.0. `index_t` is a precision without a name there.
pub static INIT_GRU: LayerInitializer = LayerInitializer {
    spec: &spec("init-gru", "init_gru", "sets reuse factors of gated recurrent units"),
    kind: "GRU",
    initialize: init_gru,
};

fn init_gru(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    init_simple_rnn(patch, name)?;
    set_padding(patch, name)?;
    patch.set(name, "index_t", Attribute::Precision(Precision::uint(1)))?;
    let attributes = &patch.expect_node(name)?.state().attributes;
    let (has_type, has_size) = (attributes.contains("table_t"), attributes.contains("table_size"));
    if !has_type {
        let table = NamedType::new(format!("{name}_table_t"), Precision::fixed(18, 8));
        patch.set(name, "table_t", table)?;
    }
    if !has_size {
        patch.set(name, "table_size", 1024i64)?;
    }
    set_reuse_factors(patch, name)
}

/// Sets valid reuse factors, the strategy `resource`, and weights and bias of each gate by itself: of the gates for input,
/// forgetting and cell, and of the output.
///
/// **Source:** `init_lstm` of the backends Quartus and oneAPI, hls4ml 1.3.0. The gates' bias goes through the quantizer of
/// the weights.
pub static INIT_LSTM: LayerInitializer = LayerInitializer {
    spec: &spec("init-lstm", "init_lstm", "sets reuse factors, and weights of each gate"),
    kind: "LSTM",
    initialize: init_lstm,
};

fn init_lstm(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    init_simple_rnn(patch, name)?;
    set_reuse_factors(patch, name)?;
    let state = patch.expect_node(name)?.state();
    let (n_in, n_out) = (state.size("n_in")?, state.size("n_out")?);
    let weight = state.weight("weight")?.data.slice(0, 0, n_in)?;
    let recurrent = state.weight("recurrent_weight")?.data.slice(0, 0, n_out)?;
    let bias = state.weight("bias")?.data.clone();
    for (i, gate) in GATES.iter().enumerate() {
        let (start, end) = (i * n_out, (i + 1) * n_out);
        add_weight(patch, name, &gate[0], weight.slice(1, start, end)?)?;
        add_weight(patch, name, &gate[1], recurrent.slice(1, start, end)?)?;
        add_weight(patch, name, &gate[2], bias.slice(0, start, end)?)?;
    }
    Ok(())
}

/// Sets valid reuse factors of both weights, and the strategy.
fn set_reuse_factors(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let [input, state] = recurrent_matrix_sizes(patch.expect_node(name)?, "")?;
    set_closest_reuse_factor(patch, name, "reuse_factor", input, true)?;
    set_closest_reuse_factor(patch, name, "recurrent_reuse_factor", state, true)?;
    patch.set(name, "strategy", "resource")?;
    Ok(())
}

fn add_weight(patch: &mut Patch<'_>, name: &str, weight: &WeightSpec, data: Tensor) -> Result<(), PassError> {
    let quantizer = patch.expect_node(name)?.quantizer("weight_quantizer").cloned();
    let options = WeightOptions { data: Some(data), quantizer, ..WeightOptions::default() };
    Ok(patch.initialize(name, |init| init.add_weight(weight, options))?)
}

/// Weights, weights of the state, and bias of each gate.
const GATES: [[WeightSpec; 3]; 4] = [
    [
        weight("weight_i", "kernel_i_{index}"),
        weight("recurrent_weight_i", "recurrent_kernel_i_{index}"),
        weight("bias_i", "bias_i_{index}"),
    ],
    [
        weight("weight_f", "kernel_f_{index}"),
        weight("recurrent_weight_f", "recurrent_kernel_f_{index}"),
        weight("bias_f", "bias_f_{index}"),
    ],
    [
        weight("weight_c", "kernel_c_{index}"),
        weight("recurrent_weight_c", "recurrent_kernel_c_{index}"),
        weight("bias_c", "bias_c_{index}"),
    ],
    [
        weight("weight_o", "kernel_o_{index}"),
        weight("recurrent_weight_o", "recurrent_kernel_o_{index}"),
        weight("bias_o", "bias_o_{index}"),
    ],
];

const fn weight(name: &'static str, variable: &'static str) -> WeightSpec {
    WeightSpec { name, variable, quantizer: None }
}
