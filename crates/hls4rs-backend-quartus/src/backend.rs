//! What the backend is.

use std::sync::LazyLock;

use hls4rs_backend::{AttributeMap, Backend, Vendor, integer, table};
use hls4rs_graph::{Flow, LayerExtensions};
use hls4rs_layers::{AttributeSpec, LayerSpec};

use crate::flows;

/// The backend for Intel HLS.
#[derive(Debug)]
pub struct Quartus;

/// What the backend adds to kinds.
///
/// **Source:** `QuartusBackend._register_layer_attributes`, hls4ml 1.3.0.
static ATTRIBUTES: LazyLock<AttributeMap> = LazyLock::new(|| {
    let mut map = AttributeMap::fpga();
    map.add(
        &["SimpleRNN", "LSTM", "GRU"],
        &[
            integer("recurrent_reuse_factor", 1, "how many times each multiplier of the state is used"),
            integer("table_size", 1024, "number of entries of the table"),
            table("table_t", "fixed<18,8>", "type of the table"),
        ],
    );
    map
});

impl LayerExtensions for Quartus {
    fn attributes(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        ATTRIBUTES.of(spec)
    }
}

impl Backend for Quartus {
    fn vendor(&self) -> Vendor {
        Vendor::Quartus
    }

    fn flows(&self) -> &'static [&'static Flow] {
        flows::FLOWS
    }

    fn default_flow(&self) -> &'static Flow {
        &flows::IP
    }
}
