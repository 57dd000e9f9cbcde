//! The backend's flows.

use hls4rs_backend::init as shared;
use hls4rs_backend::lowering::{
    APPLY_CATAPULT_RESOURCE_STRATEGY, APPLY_WINOGRAD, GENERATE_CONV_IM2COL, GENERATE_CONV_INSTRUCTIONS,
    TRANSFORM_TYPES,
};
use hls4rs_backend::passes::{
    BroadcastStream, CloneOutput, FixSoftmaxTableSize, InplaceParallelReshape, InplaceStreamFlatten,
    InsertZeroPaddingBeforeConv1D, InsertZeroPaddingBeforeConv2D, KeepXnorInPooling,
    MergeBatchNormQuantizedTanh, OptimizePointwiseConv, PointwiseStrategy, ProcessFixedPointQuantizer,
    QuantizeDenseOutput, RegisterBramWeights, RemoveFinalReshape, RepackStream, SkipSoftmax,
};
use hls4rs_graph::{Flow, NodePass, Step};
use hls4rs_passes::{FuseConsecutiveBatchNorm, InferPrecisionTypes, OPTIMIZE as NEUTRAL};

use crate::init;

/// A pass, recorded as the backend's.
const fn own(pass: &'static dyn NodePass) -> Step {
    Step::node(pass).of("catapult")
}

use crate::templates::TEMPLATES;

/// The flows in order.
pub static FLOWS: &[&Flow] =
    &[&INIT_LAYERS, &STREAMING, &QUANTIZATION, &OPTIMIZE, &SPECIFIC_TYPES, &APPLY_TEMPLATES, &IP];

/// Sets what the backend needs of each kind of layer.
pub static INIT_LAYERS: Flow = Flow {
    name: "catapult:init_layers",
    summary: "sets what the backend needs of each kind of layer",
    requires: &[&NEUTRAL],
    steps: &[
        own(&shared::INIT_BASE_LAYER),
        own(&init::CONV1D),
        own(&init::CONV2D),
        own(&init::DENSE),
        own(&shared::INIT_EMBEDDING),
        own(&init::GARNET),
        own(&init::GLOBAL_POOLING1D),
        own(&init::GLOBAL_POOLING2D),
        own(&init::GRU),
        own(&init::LSTM),
        own(&init::POOLING1D),
        own(&init::POOLING2D),
        own(&init::SEPARABLE_CONV1D),
        own(&init::SEPARABLE_CONV2D),
        own(&init::DEPTHWISE_CONV2D),
        own(&init::GARNET_STACK),
        own(&shared::INIT_SOFTMAX),
    ],
};

/// Adds the layers that streams need.
pub static STREAMING: Flow = Flow {
    name: "catapult:streaming",
    summary: "adds the layers that streams need",
    requires: &[&INIT_LAYERS],
    steps: &[
        own(&InplaceStreamFlatten),
        own(&RepackStream),
        own(&CloneOutput),
        own(&InsertZeroPaddingBeforeConv1D),
        own(&InsertZeroPaddingBeforeConv2D),
        own(&BroadcastStream { backend: "Catapult" }),
    ],
};

/// Merges batch normalizations into binary and ternary activations.
pub static QUANTIZATION: Flow = Flow {
    name: "catapult:quantization",
    summary: "merges batch normalizations into binary and ternary activations",
    requires: &[&INIT_LAYERS],
    steps: &[
        own(&MergeBatchNormQuantizedTanh { keeps_name: true }),
        own(&QuantizeDenseOutput),
        Step::node(&FuseConsecutiveBatchNorm),
        own(&KeepXnorInPooling),
    ],
};

/// Brings the model to the backend's own layers.
pub static OPTIMIZE: Flow = Flow {
    name: "catapult:optimize",
    summary: "brings the model to the backend's own layers",
    requires: &[&INIT_LAYERS],
    steps: &[
        own(&RemoveFinalReshape),
        own(&OptimizePointwiseConv {
            skips_distributed: false,
            parallel_only: false,
            strategy: PointwiseStrategy::FromConfiguration,
        }),
        own(&InplaceParallelReshape),
        own(&InplaceStreamFlatten),
        own(&SkipSoftmax),
        own(&FixSoftmaxTableSize),
        own(&ProcessFixedPointQuantizer),
        Step::node(&InferPrecisionTypes),
    ],
};

/// Gives variables the types of the C++.
pub static SPECIFIC_TYPES: Flow = Flow {
    name: "catapult:specific_types",
    summary: "gives variables the types of the C++",
    requires: &[&INIT_LAYERS],
    steps: &[
        Step::node(&TRANSFORM_TYPES).of("catapult"),
        Step::node(&RegisterBramWeights).of("catapult"),
        Step::node(&GENERATE_CONV_INSTRUCTIONS).of("catapult"),
        Step::node(&APPLY_CATAPULT_RESOURCE_STRATEGY).of("catapult"),
        Step::node(&GENERATE_CONV_IM2COL).of("catapult"),
        Step::node(&APPLY_WINOGRAD).of("catapult"),
    ],
};

/// Writes the C++ of each layer.
pub static APPLY_TEMPLATES: Flow = Flow {
    name: "catapult:apply_templates",
    summary: "writes the C++ of each layer",
    requires: &[&INIT_LAYERS],
    steps: &[Step::graph(&TEMPLATES).of("catapult")],
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
