//! The list of backends, and the flows by name.

use hls4rs_backend::Backend;
use hls4rs_backend_catapult::Catapult;
use hls4rs_backend_libero::Libero;
use hls4rs_backend_oneapi::OneApi;
use hls4rs_backend_quartus::Quartus;
use hls4rs_backend_vitis::Vitis;
use hls4rs_backend_vivado::{Vivado, VivadoAccelerator};
use hls4rs_graph::Flow;

/// Every backend.
pub static BACKENDS: &[&dyn Backend] =
    &[&Vivado, &VivadoAccelerator, &Vitis, &Quartus, &OneApi, &Catapult, &Libero];

/// The backend of that name, in any case.
#[must_use]
pub fn backend(name: &str) -> Option<&'static dyn Backend> {
    BACKENDS.iter().copied().find(|backend| backend.name().eq_ignore_ascii_case(name))
}

/// The flow of that name: one that all backends share, or a backend's.
#[must_use]
pub fn flow(name: &str) -> Option<&'static Flow> {
    let of_backends = BACKENDS.iter().flat_map(|backend| backend.flows());
    hls4rs_passes::FLOWS.iter().chain(of_backends).copied().find(|flow| flow.name == name)
}
