//! The backend's flows.

use hls4rs_backend::passes::{
    CloneOutput, FixSoftmaxTableSize, InplaceParallelReshape, InplaceStreamFlatten, KeepXnorInPooling,
    MergeBatchNormQuantizedTanh, OptimizePointwiseConv, PointwiseStrategy, QuantizeDenseOutput,
    RemoveFinalReshape, RepackStream, SkipSoftmax,
};
use hls4rs_graph::{Flow, Step};
use hls4rs_passes::{InferPrecisionTypes, OPTIMIZE as NEUTRAL};

use crate::init;

const MERGE: MergeBatchNormQuantizedTanh = MergeBatchNormQuantizedTanh { names: true };
const POINTWISE: OptimizePointwiseConv =
    OptimizePointwiseConv { parallel_only: true, strategy: PointwiseStrategy::AsMade };

/// The flows in order.
pub static FLOWS: &[&Flow] =
    &[&INIT_LAYERS, &STREAMING, &QUANTIZATION, &OPTIMIZE, &SPECIFIC_TYPES, &APPLY_TEMPLATES, &IP];

/// Sets what the backend needs of each kind of layer.
pub static INIT_LAYERS: Flow = Flow {
    name: "quartus:init_layers",
    summary: "sets what the backend needs of each kind of layer",
    requires: &[&NEUTRAL],
    steps: &[
        Step::node(&init::BASE_LAYER).of("quartus"),
        Step::node(&init::ACTIVATION).of("quartus"),
        Step::node(&init::CONV1D).of("quartus"),
        Step::node(&init::CONV2D).of("quartus"),
        Step::node(&init::DENSE).of("quartus"),
        Step::node(&init::EMBEDDING).of("quartus"),
        Step::node(&init::GRU).of("quartus"),
        Step::node(&init::LSTM).of("quartus"),
        Step::node(&init::SIMPLE_RNN).of("quartus"),
        Step::node(&init::SOFTMAX).of("quartus"),
    ],
};

/// Adds the layers that streams need.
pub static STREAMING: Flow = Flow {
    name: "quartus:streaming",
    summary: "adds the layers that streams need",
    requires: &[&INIT_LAYERS],
    steps: &[
        Step::node(&InplaceStreamFlatten).of("quartus"),
        Step::node(&RepackStream).of("quartus"),
        Step::node(&CloneOutput).of("quartus"),
    ],
};

/// Merges batch normalizations into binary and ternary activations.
pub static QUANTIZATION: Flow = Flow {
    name: "quartus:quantization",
    summary: "merges batch normalizations into binary and ternary activations",
    requires: &[&INIT_LAYERS],
    steps: &[
        Step::node(&MERGE).of("quartus"),
        Step::node(&QuantizeDenseOutput).of("quartus"),
        Step::node(&KeepXnorInPooling).of("quartus"),
    ],
};

/// Brings the model to the backend's own layers.
pub static OPTIMIZE: Flow = Flow {
    name: "quartus:optimize",
    summary: "brings the model to the backend's own layers",
    requires: &[&INIT_LAYERS],
    steps: &[
        Step::node(&RemoveFinalReshape).of("quartus"),
        Step::node(&POINTWISE).of("quartus"),
        Step::node(&InplaceParallelReshape).of("quartus"),
        Step::node(&InplaceStreamFlatten).of("quartus"),
        Step::node(&SkipSoftmax).of("quartus"),
        Step::node(&FixSoftmaxTableSize).of("quartus"),
        Step::node(&InferPrecisionTypes),
    ],
};

/// Gives variables the types of the C++.
pub static SPECIFIC_TYPES: Flow = Flow {
    name: "quartus:specific_types",
    summary: "gives variables the types of the C++",
    requires: &[&INIT_LAYERS],
    steps: &[],
};

/// Writes the C++ of each layer.
pub static APPLY_TEMPLATES: Flow = Flow {
    name: "quartus:apply_templates",
    summary: "writes the C++ of each layer",
    requires: &[&INIT_LAYERS],
    steps: &[],
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
