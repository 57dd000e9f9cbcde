//! What the backend is.

use hls4rs_backend::{Backend, Vendor, fpga_attributes};
use hls4rs_graph::{Flow, LayerExtensions};
use hls4rs_layers::{AttributeSpec, LayerSpec};

use crate::flows;

/// The backend for Siemens Catapult.
#[derive(Debug)]
pub struct Catapult;

impl LayerExtensions for Catapult {
    fn attributes(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        fpga_attributes(spec)
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
}
