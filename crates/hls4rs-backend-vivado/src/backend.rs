//! What the backends are.

use hls4rs_backend::{Backend, OptionSpec, Vendor};
use hls4rs_graph::{Flow, LayerExtensions};
use hls4rs_layers::{AttributeSpec, LayerSpec};

use crate::{flows, options, vivado_attributes};

/// The backend for Vivado HLS.
#[derive(Debug)]
pub struct Vivado;

impl LayerExtensions for Vivado {
    fn attributes(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        vivado_attributes(spec)
    }
}

impl Backend for Vivado {
    fn vendor(&self) -> Vendor {
        Vendor::Vivado
    }

    fn flows(&self) -> &'static [&'static Flow] {
        flows::FLOWS
    }

    fn default_flow(&self) -> &'static Flow {
        &flows::IP
    }

    fn options(&self) -> &'static [OptionSpec] {
        options::VIVADO
    }
}

/// The backend for Vivado HLS with an interface for accelerator cards. Its flows are Vivado's.
#[derive(Debug)]
pub struct VivadoAccelerator;

impl LayerExtensions for VivadoAccelerator {
    fn attributes(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        vivado_attributes(spec)
    }
}

impl Backend for VivadoAccelerator {
    fn vendor(&self) -> Vendor {
        Vendor::VivadoAccelerator
    }

    fn flows(&self) -> &'static [&'static Flow] {
        &[]
    }

    fn default_flow(&self) -> &'static Flow {
        &flows::IP
    }

    fn options(&self) -> &'static [OptionSpec] {
        options::ACCELERATOR
    }
}
