//! What the backend is.

use std::sync::LazyLock;

use hls4rs_backend::{AttributeMap, Backend, OptionSpec, Vendor, integer, table};
use hls4rs_graph::{Flow, LayerExtensions};
use hls4rs_layers::{AttributeSpec, LayerSpec};

use crate::{flows, options};

/// The backend for Intel oneAPI.
#[derive(Debug)]
pub struct OneApi;

/// What the backend adds to kinds.
///
/// **Source:** `OneAPIBackend._register_layer_attributes`, hls4ml 1.3.0.
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
    map.add(&["Conv1D", "Conv2D"], &[integer("parallelization_factor", 1, "pixels computed in parallel")]);
    map
});

impl LayerExtensions for OneApi {
    fn attributes(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        ATTRIBUTES.of(spec)
    }
}

impl Backend for OneApi {
    fn vendor(&self) -> Vendor {
        Vendor::OneApi
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
