//! What the backend is.

use std::sync::LazyLock;

use hls4rs_backend::{AttributeMap, Backend, OptionSpec, Vendor, boolean, choice, integer, table};
use hls4rs_graph::{Flow, LayerExtensions};
use hls4rs_layers::{AttributeSpec, LayerSpec};

use crate::{flows, options};

/// The backend for Siemens Catapult.
#[derive(Debug)]
pub struct Catapult;

/// Kinds that move a window over streams of pixels.
const WITH_WINDOWS: &[&str] =
    &["Conv1D", "Conv2D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv2D", "Pooling1D", "Pooling2D"];

/// What the backend adds to kinds.
///
/// **Source:** `CatapultBackend._register_layer_attributes`, hls4ml 1.3.0.
static ATTRIBUTES: LazyLock<AttributeMap> = LazyLock::new(|| {
    let mut map = AttributeMap::fpga();
    map.add(
        &["SimpleRNN", "LSTM", "GRU"],
        &[
            integer("recurrent_reuse_factor", 1, "how many times each multiplier of the state is used"),
            boolean("static", true, "whether the state is kept in a static variable"),
            integer("table_size", 1024, "number of entries of the table"),
            table("table_t", "fixed<18,8>", "type of the table"),
        ],
    );
    map.add(&["Conv1D", "Conv2D"], &[integer("parallelization_factor", 1, "pixels computed in parallel")]);
    let implementations = &["LineBuffer", "Encoded"];
    map.add(
        WITH_WINDOWS,
        &[choice(
            "conv_implementation",
            implementations,
            "LineBuffer",
            "how windows are collected from streams",
        )],
    );
    map.add(
        &["SeparableConv1D", "SeparableConv2D"],
        &[table("dw_output_t", "fixed<18,8>", "type of the result of the depthwise part")],
    );
    map
});

impl LayerExtensions for Catapult {
    fn attributes(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        ATTRIBUTES.of(spec)
    }
}

impl Backend for Catapult {
    fn vendor(&self) -> Vendor {
        Vendor::Catapult
    }

    fn flows(&self) -> &'static [&'static Flow] {
        flows::FLOWS
    }

    fn default_flow(&self) -> &'static Flow {
        &flows::IP
    }

    fn options(&self) -> &'static [OptionSpec] {
        options::OPTIONS
    }
}
