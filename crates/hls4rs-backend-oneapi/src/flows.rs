//! The backend's flows.

use hls4rs_backend::passes::{
    CloneOutput, FixSoftmaxTableSize, InplaceParallelReshape, KeepXnorInPooling, MergeBatchNormQuantizedTanh,
    OptimizePointwiseConv, PointwiseStrategy, QuantizeDenseOutput, RemoveFinalReshape, SkipSoftmax,
};
use hls4rs_graph::{Flow, Step};
use hls4rs_passes::{InferPrecisionTypes, OPTIMIZE as NEUTRAL};

use crate::init;
use crate::validate_ac_types::ValidateAcTypes;

const MERGE: MergeBatchNormQuantizedTanh = MergeBatchNormQuantizedTanh { names: true };
const POINTWISE: OptimizePointwiseConv =
    OptimizePointwiseConv { parallel_only: true, strategy: PointwiseStrategy::AsMade };

/// The flows in order.
pub static FLOWS: &[&Flow] =
    &[&INIT_LAYERS, &STREAMING, &QUANTIZATION, &OPTIMIZE, &SPECIFIC_TYPES, &APPLY_TEMPLATES, &IP];

/// Sets what the backend needs of each kind of layer.
pub static INIT_LAYERS: Flow = Flow {
    name: "oneapi:init_layers",
    summary: "sets what the backend needs of each kind of layer",
    requires: &[&NEUTRAL],
    steps: &[
        Step::node(&init::BASE_LAYER).of("oneapi"),
        Step::node(&init::ACTIVATION).of("oneapi"),
        Step::node(&init::CONV1D).of("oneapi"),
        Step::node(&init::CONV2D).of("oneapi"),
        Step::node(&init::DENSE).of("oneapi"),
        Step::node(&init::EMBEDDING).of("oneapi"),
        Step::node(&init::GRU).of("oneapi"),
        Step::node(&init::LSTM).of("oneapi"),
        Step::node(&init::SIMPLE_RNN).of("oneapi"),
        Step::node(&init::SOFTMAX).of("oneapi"),
    ],
};

/// Adds the layers that streams need.
pub static STREAMING: Flow = Flow {
    name: "oneapi:streaming",
    summary: "adds the layers that streams need",
    requires: &[&INIT_LAYERS],
    steps: &[Step::node(&CloneOutput).of("oneapi")],
};

/// Merges batch normalizations into binary and ternary activations.
pub static QUANTIZATION: Flow = Flow {
    name: "oneapi:quantization",
    summary: "merges batch normalizations into binary and ternary activations",
    requires: &[&INIT_LAYERS],
    steps: &[
        Step::node(&MERGE).of("oneapi"),
        Step::node(&QuantizeDenseOutput).of("oneapi"),
        Step::node(&KeepXnorInPooling).of("oneapi"),
    ],
};

/// Brings the model to the backend's own layers.
pub static OPTIMIZE: Flow = Flow {
    name: "oneapi:optimize",
    summary: "brings the model to the backend's own layers",
    requires: &[&INIT_LAYERS],
    steps: &[
        Step::node(&RemoveFinalReshape).of("oneapi"),
        Step::node(&POINTWISE).of("oneapi"),
        Step::node(&InplaceParallelReshape).of("oneapi"),
        Step::node(&SkipSoftmax).of("oneapi"),
        Step::node(&FixSoftmaxTableSize).of("oneapi"),
        Step::node(&InferPrecisionTypes),
        Step::node(&ValidateAcTypes).of("oneapi"),
    ],
};

/// Gives variables the types of the C++.
pub static SPECIFIC_TYPES: Flow = Flow {
    name: "oneapi:specific_types",
    summary: "gives variables the types of the C++",
    requires: &[&INIT_LAYERS],
    steps: &[],
};

/// Writes the C++ of each layer.
pub static APPLY_TEMPLATES: Flow = Flow {
    name: "oneapi:apply_templates",
    summary: "writes the C++ of each layer",
    requires: &[&INIT_LAYERS],
    steps: &[],
};

/// Everything up to the C++ of each layer.
pub static IP: Flow = Flow {
    name: "oneapi:ip",
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
