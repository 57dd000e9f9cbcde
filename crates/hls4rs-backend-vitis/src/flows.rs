//! The flows: Vivado's, with checks of what Vitis HLS supports.

use hls4rs_backend_vivado::flows::{
    APPLY_TEMPLATES as VIVADO_TEMPLATES, INIT_LAYERS, OPTIMIZE, QUANTIZATION, SPECIFIC_TYPES, STREAMING,
};
use hls4rs_graph::{Flow, NodePass, Step};
use hls4rs_passes::OPTIMIZE as NEUTRAL;

use crate::passes::{
    CheckBidirectionalIoType, CheckBidirectionalMergeMode, CheckConvImplementation, CheckResourceStrategy,
    CheckStdCppTypes, CheckUnrolledStrategy,
};
use crate::templates::TEMPLATES;

/// A pass, recorded as Vitis'.
const fn own(pass: &'static dyn NodePass) -> Step {
    Step::node(pass).of("vitis")
}

/// The backend's own flows in order.
pub static FLOWS: &[&Flow] = &[&VALIDATION, &APPLY_TEMPLATES, &IP];

/// Checks what Vitis HLS supports.
pub static VALIDATION: Flow = Flow {
    name: "vitis:validation",
    summary: "checks what Vitis HLS supports",
    requires: &[&INIT_LAYERS],
    steps: &[
        own(&CheckConvImplementation),
        own(&CheckResourceStrategy),
        own(&CheckUnrolledStrategy),
        own(&CheckBidirectionalMergeMode),
        own(&CheckBidirectionalIoType),
        own(&CheckStdCppTypes),
    ],
};

/// Writes the C++ of each layer, where it differs from Vivado's.
pub static APPLY_TEMPLATES: Flow = Flow {
    name: "vitis:apply_templates",
    summary: "writes the C++ of each layer, where it differs from Vivado's",
    requires: &[&INIT_LAYERS],
    steps: &[Step::graph(&TEMPLATES).of("vitis")],
};

/// Everything up to the C++ of each layer.
pub static IP: Flow = Flow {
    name: "vitis:ip",
    summary: "everything up to the C++ of each layer",
    requires: &[
        &NEUTRAL,
        &VALIDATION,
        &INIT_LAYERS,
        &STREAMING,
        &QUANTIZATION,
        &OPTIMIZE,
        &SPECIFIC_TYPES,
        &APPLY_TEMPLATES,
        &VIVADO_TEMPLATES,
    ],
    steps: &[],
};
