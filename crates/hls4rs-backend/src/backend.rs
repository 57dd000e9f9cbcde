//! What a backend is.

use hls4rs_graph::{Flow, LayerExtensions};

use crate::Vendor;

/// A backend: what it adds to layers, and the flows that bring a model to it.
///
/// **Source:** `hls4ml.backends.backend.Backend` and `hls4ml.backends.fpga.fpga_backend.FPGABackend`, hls4ml 1.3.0.
pub trait Backend: LayerExtensions {
    /// Whose C++ it is.
    fn vendor(&self) -> Vendor;

    /// The backend's own flows in order.
    fn flows(&self) -> &'static [&'static Flow];

    /// The flow that a conversion applies.
    fn default_flow(&self) -> &'static Flow;

    /// The name in hls4ml's configuration.
    fn name(&self) -> &'static str {
        self.vendor().name()
    }
}
