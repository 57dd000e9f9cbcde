//! The backend's flows. There is none between initialization and types: the model stays as it is.

use hls4rs_backend::SET_PIPELINE_STYLE;
use hls4rs_backend::lowering::TRANSFORM_TYPES;
use hls4rs_graph::{Flow, Step};
use hls4rs_passes::OPTIMIZE as NEUTRAL;

use crate::init;
use crate::templates::TEMPLATES;

/// The flows in order.
pub static FLOWS: &[&Flow] = &[&INIT_LAYERS, &SPECIFIC_TYPES, &APPLY_TEMPLATES, &IP];

/// Sets what the backend needs of each kind of layer.
pub static INIT_LAYERS: Flow = Flow {
    name: "libero:init_layers",
    summary: "sets what the backend needs of each kind of layer",
    requires: &[&NEUTRAL],
    steps: &[Step::node(&init::BASE_LAYER).of("libero"), Step::node(&init::DENSE).of("libero")],
};

/// Gives variables the types of the C++.
pub static SPECIFIC_TYPES: Flow = Flow {
    name: "libero:specific_types",
    summary: "gives variables the types of the C++",
    requires: &[&INIT_LAYERS],
    steps: &[Step::node(&TRANSFORM_TYPES).of("libero"), Step::graph(&SET_PIPELINE_STYLE).of("libero")],
};

/// Writes the C++ of each layer.
pub static APPLY_TEMPLATES: Flow = Flow {
    name: "libero:apply_templates",
    summary: "writes the C++ of each layer",
    requires: &[&INIT_LAYERS],
    steps: &[Step::graph(&TEMPLATES).of("libero")],
};

/// Everything up to the C++ of each layer.
pub static IP: Flow = Flow {
    name: "libero:ip",
    summary: "everything up to the C++ of each layer",
    requires: &[&NEUTRAL, &INIT_LAYERS, &SPECIFIC_TYPES, &APPLY_TEMPLATES],
    steps: &[],
};
