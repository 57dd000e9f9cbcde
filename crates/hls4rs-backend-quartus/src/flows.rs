//! The backend's flows.

use hls4rs_backend::lowering::{APPLY_QUARTUS_RESOURCE_STRATEGY, APPLY_WINOGRAD, TRANSFORM_TYPES};
use hls4rs_backend::passes::RegisterBramWeights;
use hls4rs_graph::{Flow, Step};
use hls4rs_passes::OPTIMIZE as NEUTRAL;

use crate::templates::TEMPLATES;

/// The flows in order.
pub static FLOWS: &[&Flow] =
    &[&INIT_LAYERS, &STREAMING, &QUANTIZATION, &OPTIMIZE, &SPECIFIC_TYPES, &APPLY_TEMPLATES, &IP];

/// Sets what the backend needs of each kind of layer.
pub static INIT_LAYERS: Flow = Flow {
    name: "quartus:init_layers",
    summary: "sets what the backend needs of each kind of layer",
    requires: &[&NEUTRAL],
    steps: &[],
};

/// Adds the layers that streams need.
pub static STREAMING: Flow = Flow {
    name: "quartus:streaming",
    summary: "adds the layers that streams need",
    requires: &[&INIT_LAYERS],
    steps: &[],
};

/// Merges batch normalizations into binary and ternary activations.
pub static QUANTIZATION: Flow = Flow {
    name: "quartus:quantization",
    summary: "merges batch normalizations into binary and ternary activations",
    requires: &[&INIT_LAYERS],
    steps: &[],
};

/// Brings the model to the backend's own layers.
pub static OPTIMIZE: Flow = Flow {
    name: "quartus:optimize",
    summary: "brings the model to the backend's own layers",
    requires: &[&INIT_LAYERS],
    steps: &[],
};

/// Gives variables the types of the C++.
pub static SPECIFIC_TYPES: Flow = Flow {
    name: "quartus:specific_types",
    summary: "gives variables the types of the C++",
    requires: &[&INIT_LAYERS],
    steps: &[
        Step::node(&TRANSFORM_TYPES).of("quartus"),
        Step::node(&RegisterBramWeights).of("quartus"),
        Step::node(&APPLY_QUARTUS_RESOURCE_STRATEGY).of("quartus"),
        Step::node(&APPLY_WINOGRAD).of("quartus"),
    ],
};

/// Writes the C++ of each layer.
pub static APPLY_TEMPLATES: Flow = Flow {
    name: "quartus:apply_templates",
    summary: "writes the C++ of each layer",
    requires: &[&INIT_LAYERS],
    steps: &[Step::graph(&TEMPLATES).of("quartus")],
};

/// Everything up to the C++ of each layer.
pub static IP: Flow = Flow {
    name: "quartus:ip",
    summary: "everything up to the C++ of each layer",
    requires: &[
        &NEUTRAL,
        &INIT_LAYERS,
        &STREAMING,
        &QUANTIZATION,
        &OPTIMIZE,
        &SPECIFIC_TYPES,
        &APPLY_TEMPLATES,
    ],
    steps: &[],
};
