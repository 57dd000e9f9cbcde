//! The attributes that Vivado adds to layers.

use std::sync::LazyLock;

use hls4rs_backend::{AttributeMap, boolean, choice, integer, of_type, table};
use hls4rs_layers::{AttributeSpec, Default, LayerSpec};

/// What Vivado, its accelerator cards and Vitis add to a kind, in order.
///
/// **Source:** `VivadoBackend._register_layer_attributes`, hls4ml 1.3.0.
#[must_use]
pub fn vivado_attributes(spec: &LayerSpec) -> Vec<AttributeSpec> {
    static MAP: LazyLock<AttributeMap> = LazyLock::new(map);
    MAP.of(spec)
}

fn map() -> AttributeMap {
    let mut map = AttributeMap::fpga();
    map.add(&["SimpleRNN", "LSTM", "GRU"], &[integer("recurrent_reuse_factor", 1, STATE_REUSE)]);
    map.add(&["SimpleRNN", "LSTM", "GRU"], RECURRENT);
    map.add(&["Bidirectional"], DIRECTIONS);
    map.add(&["Bidirectional"], RECURRENT);
    map.add(&["Conv1D", "Conv2D"], &[integer("parallelization_factor", 1, "pixels computed in parallel")]);
    map.add(WITH_WINDOWS, &[CONV_IMPLEMENTATION]);
    map.add(&["LayerNormalization"], LAYER_NORMALIZATION);
    map.add(&["TimeDistributed"], &[LOOP]);
    map
}

const STATE_REUSE: &str = "how many times each multiplier of the state is used";

const RECURRENT: &[AttributeSpec] = &[
    boolean("static", true, "whether the state is kept in a static variable"),
    integer("table_size", 1024, "number of entries of the activations' tables"),
    table("table_t", "fixed<18,8>", "type of the activations' tables"),
];

const DIRECTIONS: &[AttributeSpec] = &[
    integer("forward_reuse_factor", 1, "how many times each multiplier of the input is used, forward"),
    integer("backward_reuse_factor", 1, "how many times each multiplier of the input is used, backward"),
    integer(
        "forward_recurrent_reuse_factor",
        1,
        "how many times each multiplier of the state is used, forward",
    ),
    integer(
        "backward_recurrent_reuse_factor",
        1,
        "how many times each multiplier of the state is used, backward",
    ),
];

/// Kinds that move a window over streams of pixels.
const WITH_WINDOWS: &[&str] =
    &["Conv1D", "Conv2D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv2D", "Pooling1D", "Pooling2D"];

const CONV_IMPLEMENTATION: AttributeSpec = choice(
    "conv_implementation",
    &["LineBuffer", "Encoded"],
    "LineBuffer",
    "how windows are collected from streams",
);

const LAYER_NORMALIZATION: &[AttributeSpec] = &[
    integer("table_range_power2", 0, "power of two of the largest variance in the table"),
    integer("table_size", 4096, "number of entries of the table"),
    table("table_t", "ufixed<8,5,RND_CONV,SAT,0>", "type of the table"),
    of_type("accum_t", "type of sums, mean and variance")
        .with_default(Default::Precision("fixed<14,4,RND_CONV,SAT,0>")),
];

const LOOP: AttributeSpec = choice(
    "time_step_loop_parallelism",
    &["Off", "Unroll", "Pipeline"],
    "Off",
    "how the loop over steps is run: one after the other, at once, or overlapping",
);
