//! The backend's flows.

use hls4rs_backend::passes::{
    BroadcastStream, CloneOutput, FixSoftmaxTableSize, INSERT_ZERO_PADDING_BEFORE_CONV1D,
    INSERT_ZERO_PADDING_BEFORE_CONV2D, InplaceParallelReshape, InplaceStreamFlatten, KeepXnorInPooling,
    MergeBatchNormQuantizedTanh, OptimizePointwiseConv, PointwiseStrategy, QuantizeDenseOutput,
    RemoveFinalReshape, RepackStream, SkipSoftmax,
};
use hls4rs_graph::{Flow, Step};
use hls4rs_passes::{InferPrecisionTypes, OPTIMIZE as NEUTRAL};

use crate::init;

const MERGE: MergeBatchNormQuantizedTanh = MergeBatchNormQuantizedTanh { names: true };
const BROADCAST: BroadcastStream = BroadcastStream { backend: "Catapult" };
const POINTWISE: OptimizePointwiseConv =
    OptimizePointwiseConv { parallel_only: false, strategy: PointwiseStrategy::Configured };

/// The flows in order.
pub static FLOWS: &[&Flow] =
    &[&INIT_LAYERS, &STREAMING, &QUANTIZATION, &OPTIMIZE, &SPECIFIC_TYPES, &APPLY_TEMPLATES, &IP];

/// Sets what the backend needs of each kind of layer.
pub static INIT_LAYERS: Flow = Flow {
    name: "catapult:init_layers",
    summary: "sets what the backend needs of each kind of layer",
    requires: &[&NEUTRAL],
    steps: &[
        Step::node(&init::BASE_LAYER).of("catapult"),
        Step::node(&init::CONV1D).of("catapult"),
        Step::node(&init::CONV2D).of("catapult"),
        Step::node(&init::DENSE).of("catapult"),
        Step::node(&init::EMBEDDING).of("catapult"),
        Step::node(&init::GARNET).of("catapult"),
        Step::node(&init::GLOBAL_POOLING1D).of("catapult"),
        Step::node(&init::GLOBAL_POOLING2D).of("catapult"),
        Step::node(&init::GRU).of("catapult"),
        Step::node(&init::LSTM).of("catapult"),
        Step::node(&init::POOLING1D).of("catapult"),
        Step::node(&init::POOLING2D).of("catapult"),
        Step::node(&init::SEPARABLE_CONV1D).of("catapult"),
        Step::node(&init::SEPARABLE_CONV2D).of("catapult"),
        Step::node(&init::DEPTHWISE_CONV2D).of("catapult"),
        Step::node(&init::GARNET_STACK).of("catapult"),
        Step::node(&init::SOFTMAX).of("catapult"),
    ],
};

/// Adds the layers that streams need.
pub static STREAMING: Flow = Flow {
    name: "catapult:streaming",
    summary: "adds the layers that streams need",
    requires: &[&INIT_LAYERS],
    steps: &[
        Step::node(&InplaceStreamFlatten).of("catapult"),
        Step::node(&RepackStream).of("catapult"),
        Step::node(&CloneOutput).of("catapult"),
        Step::node(&INSERT_ZERO_PADDING_BEFORE_CONV1D).of("catapult"),
        Step::node(&INSERT_ZERO_PADDING_BEFORE_CONV2D).of("catapult"),
        Step::node(&BROADCAST).of("catapult"),
    ],
};

/// Merges batch normalizations into binary and ternary activations.
pub static QUANTIZATION: Flow = Flow {
    name: "catapult:quantization",
    summary: "merges batch normalizations into binary and ternary activations",
    requires: &[&INIT_LAYERS],
    steps: &[
        Step::node(&MERGE).of("catapult"),
        Step::node(&QuantizeDenseOutput).of("catapult"),
        Step::node(&KeepXnorInPooling).of("catapult"),
    ],
};

/// Brings the model to the backend's own layers.
pub static OPTIMIZE: Flow = Flow {
    name: "catapult:optimize",
    summary: "brings the model to the backend's own layers",
    requires: &[&INIT_LAYERS],
    steps: &[
        Step::node(&RemoveFinalReshape).of("catapult"),
        Step::node(&POINTWISE).of("catapult"),
        Step::node(&InplaceParallelReshape).of("catapult"),
        Step::node(&InplaceStreamFlatten).of("catapult"),
        Step::node(&SkipSoftmax).of("catapult"),
        Step::node(&FixSoftmaxTableSize).of("catapult"),
        Step::node(&InferPrecisionTypes),
    ],
};

/// Gives variables the types of the C++.
pub static SPECIFIC_TYPES: Flow = Flow {
    name: "catapult:specific_types",
    summary: "gives variables the types of the C++",
    requires: &[&INIT_LAYERS],
    steps: &[],
};

/// Writes the C++ of each layer.
pub static APPLY_TEMPLATES: Flow = Flow {
    name: "catapult:apply_templates",
    summary: "writes the C++ of each layer",
    requires: &[&INIT_LAYERS],
    steps: &[],
};

/// Everything up to the C++ of each layer.
pub static IP: Flow = Flow {
    name: "catapult:ip",
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
