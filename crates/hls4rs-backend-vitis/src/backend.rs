//! What the backend is.

use hls4rs_backend::{Backend, OptionSpec, Vendor};
use hls4rs_backend_vivado::vivado_attributes;
use hls4rs_graph::{Flow, LayerExtensions};
use hls4rs_layers::{AttributeSpec, LayerSpec};

use crate::{flows, options};

/// The backend for Vitis HLS.
#[derive(Debug)]
pub struct Vitis;

impl LayerExtensions for Vitis {
    fn attributes(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        vivado_attributes(spec)
    }
}

impl Backend for Vitis {
    fn vendor(&self) -> Vendor {
        Vendor::Vitis
    }

    fn flows(&self) -> &'static [&'static Flow] {
        flows::FLOWS
    }

    fn default_flow(&self) -> &'static Flow {
        &flows::IP
    }

    fn options(&self) -> &'static [OptionSpec] {
        options::VITIS
    }
}
