//! The backend's flows.

use crate::validate_ac_types::ValidateAcTypes;
use hls4rs_backend::lowering::{APPLY_QUARTUS_RESOURCE_STRATEGY, APPLY_WINOGRAD, TRANSFORM_TYPES};
use hls4rs_backend::passes::{
    CloneOutput, FixSoftmaxTableSize, InplaceParallelReshape, KeepXnorInPooling, MergeBatchNormQuantizedTanh,
    OptimizePointwiseConv, PointwiseStrategy, ProcessFixedPointQuantizer, QuantizeDenseOutput,
    RegisterBramWeights, RemoveFinalReshape, SkipSoftmax,
};
use hls4rs_backend::{init, intel};
use hls4rs_graph::{Flow, NodePass, Step};
use hls4rs_passes::{FuseConsecutiveBatchNorm, InferPrecisionTypes, OPTIMIZE as NEUTRAL};

/// A pass, recorded as the backend's.
const fn own(pass: &'static dyn NodePass) -> Step {
    Step::node(pass).of("oneapi")
}

use crate::templates::TEMPLATES;

/// The flows in order.
pub static FLOWS: &[&Flow] =
    &[&INIT_LAYERS, &STREAMING, &QUANTIZATION, &OPTIMIZE, &SPECIFIC_TYPES, &APPLY_TEMPLATES, &IP];

/// Sets what the backend needs of each kind of layer.
pub static INIT_LAYERS: Flow = Flow {
    name: "oneapi:init_layers",
    summary: "sets what the backend needs of each kind of layer",
    requires: &[&NEUTRAL],
    steps: &[
        own(&init::INIT_BASE_LAYER),
        own(&intel::INIT_ACTIVATION),
        own(&intel::INIT_CONV1D_AS_CONFIGURED),
        own(&intel::INIT_CONV2D_AS_CONFIGURED),
        own(&intel::INIT_DENSE),
        own(&init::INIT_EINSUM),
        own(&init::INIT_EINSUM_DENSE),
        own(&init::INIT_EMBEDDING),
        own(&intel::INIT_GRU),
        own(&intel::INIT_LSTM),
        own(&intel::INIT_SIMPLE_RNN),
        own(&init::INIT_SOFTMAX),
    ],
};

/// Adds the layers that streams need.
pub static STREAMING: Flow = Flow {
    name: "oneapi:streaming",
    summary: "adds the layers that streams need",
    requires: &[&INIT_LAYERS],
    steps: &[own(&CloneOutput)],
};

/// Merges batch normalizations into binary and ternary activations.
pub static QUANTIZATION: Flow = Flow {
    name: "oneapi:quantization",
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
    name: "oneapi:optimize",
    summary: "brings the model to the backend's own layers",
    requires: &[&INIT_LAYERS],
    steps: &[
        own(&RemoveFinalReshape),
        own(&OptimizePointwiseConv {
            skips_distributed: false,
            parallel_only: true,
            strategy: PointwiseStrategy::AsInitialized,
        }),
        own(&InplaceParallelReshape),
        own(&SkipSoftmax),
        own(&FixSoftmaxTableSize),
        Step::node(&InferPrecisionTypes),
        own(&ProcessFixedPointQuantizer),
        own(&ValidateAcTypes),
    ],
};

/// Gives variables the types of the C++.
pub static SPECIFIC_TYPES: Flow = Flow {
    name: "oneapi:specific_types",
    summary: "gives variables the types of the C++",
    requires: &[&INIT_LAYERS],
    steps: &[
        Step::node(&TRANSFORM_TYPES).of("oneapi"),
        Step::node(&RegisterBramWeights).of("oneapi"),
        Step::node(&APPLY_QUARTUS_RESOURCE_STRATEGY).of("oneapi"),
        Step::node(&APPLY_WINOGRAD).of("oneapi"),
    ],
};

/// Writes the C++ of each layer.
pub static APPLY_TEMPLATES: Flow = Flow {
    name: "oneapi:apply_templates",
    summary: "writes the C++ of each layer",
    requires: &[&INIT_LAYERS],
    steps: &[Step::graph(&TEMPLATES).of("oneapi")],
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
