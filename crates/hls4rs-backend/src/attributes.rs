//! The attributes that all backends for FPGAs add to layers.

use hls4rs_layers::{AttributeSpec, LayerSpec};

/// The attributes that all backends for FPGAs add to a kind, in order.
///
/// **Source:** `FPGABackend.__init__`, hls4ml 1.3.0.
#[must_use]
pub fn fpga_attributes(_spec: &LayerSpec) -> Vec<AttributeSpec> {
    Vec::new()
}
