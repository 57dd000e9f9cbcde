//! What the backend is.

use std::sync::LazyLock;

use hls4rs_backend::{AttributeMap, Backend, OptionSpec, Vendor, choice};
use hls4rs_graph::{Flow, LayerExtensions};
use hls4rs_layers::{AttributeSpec, LayerSpec};

use crate::{flows, options};

/// The backend for Microchip Libero SmartHLS.
#[derive(Debug)]
pub struct Libero;

/// What the backend adds to kinds.
///
/// **Source:** `LiberoBackend._register_layer_attributes`, hls4ml 1.3.0.
static ATTRIBUTES: LazyLock<AttributeMap> = LazyLock::new(|| {
    let mut map = AttributeMap::fpga();
    map.add(
        &["Dense"],
        &[choice("strategy", &["latency", "resource"], "latency", "how products are computed")],
    );
    map
});

impl LayerExtensions for Libero {
    fn attributes(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        ATTRIBUTES.of(spec)
    }
}

impl Backend for Libero {
    fn vendor(&self) -> Vendor {
        Vendor::Libero
    }

    fn flows(&self) -> &'static [&'static Flow] {
        flows::FLOWS
    }

    fn default_flow(&self) -> &'static Flow {
        &flows::IP
    }

    fn saved_flow(&self) -> &'static Flow {
        &flows::INIT_LAYERS
    }

    fn options(&self) -> &'static [OptionSpec] {
        options::OPTIONS
    }
}
