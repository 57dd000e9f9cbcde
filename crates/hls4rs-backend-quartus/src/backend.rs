//! What the backend is.

use hls4rs_backend::{Backend, Vendor, fpga_attributes};
use hls4rs_graph::{Flow, LayerExtensions};
use hls4rs_layers::{AttributeSpec, LayerSpec};

use crate::flows;

/// The backend for Intel HLS.
#[derive(Debug)]
pub struct Quartus;

impl LayerExtensions for Quartus {
    fn attributes(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        fpga_attributes(spec)
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
