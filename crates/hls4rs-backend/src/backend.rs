//! What a backend is.

use hls4rs_graph::{Diagnostic, Flow, LayerExtensions};
use hls4rs_types::Attributes;

use crate::{OptionSpec, Vendor, configuration};

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

    /// The flow after which a model is saved: hls4ml goes on from there by itself, with types and C++.
    fn saved_flow(&self) -> &'static Flow {
        let last = self.default_flow();
        last.requires.iter().copied().rfind(|flow| flow.name.ends_with(":optimize")).unwrap_or(last)
    }

    /// The options that users may set, beside those of all backends, in the order of the configuration.
    fn options(&self) -> &'static [OptionSpec] {
        &[]
    }

    /// The configuration that options make, and what is wrong with them. See [`configuration`].
    fn configuration(&self, options: &Attributes) -> (Attributes, Vec<Diagnostic>) {
        configuration(self.name(), self.options(), options)
    }

    /// The name in hls4ml's configuration.
    fn name(&self) -> &'static str {
        self.vendor().name()
    }
}
