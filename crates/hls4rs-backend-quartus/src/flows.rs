//! The backend's flows.

use hls4rs_backend::lowering::{APPLY_QUARTUS_RESOURCE_STRATEGY, APPLY_WINOGRAD, TRANSFORM_TYPES};
use hls4rs_backend::passes::{
    CloneOutput, FixSoftmaxTableSize, InplaceParallelReshape, InplaceStreamFlatten, KeepXnorInPooling,
    MergeBatchNormQuantizedTanh, OptimizePointwiseConv, PointwiseStrategy, ProcessFixedPointQuantizer,
    QuantizeDenseOutput, RegisterBramWeights, RemoveFinalReshape, RepackStream, SkipSoftmax,
};
use hls4rs_backend::{init, intel};
use hls4rs_graph::{Flow, NodePass, Step};
use hls4rs_passes::{FuseConsecutiveBatchNorm, InferPrecisionTypes, OPTIMIZE as NEUTRAL};

/// A pass, recorded as the backend's.
const fn own(pass: &'static dyn NodePass) -> Step {
    Step::node(pass).of("quartus")
}

use crate::templates::TEMPLATES;

/// The flows in order.
pub static FLOWS: &[&Flow] =
    &[&INIT_LAYERS, &STREAMING, &QUANTIZATION, &OPTIMIZE, &SPECIFIC_TYPES, &APPLY_TEMPLATES, &IP];

/// Sets what the backend needs of each kind of layer.
pub static INIT_LAYERS: Flow = Flow {
    name: "quartus:init_layers",
    summary: "sets what the backend needs of each kind of layer",
    requires: &[&NEUTRAL],
    steps: &[
        own(&init::INIT_BASE_LAYER),
        own(&intel::INIT_ACTIVATION),
        own(&intel::INIT_CONV1D),
        own(&intel::INIT_CONV2D),
        own(&intel::INIT_DENSE),
        own(&init::INIT_EMBEDDING),
        own(&intel::INIT_GRU),
        own(&intel::INIT_LSTM),
        own(&intel::INIT_SIMPLE_RNN),
        own(&init::INIT_SOFTMAX),
    ],
};

/// Adds the layers that streams need.
pub static STREAMING: Flow = Flow {
    name: "quartus:streaming",
    summary: "adds the layers that streams need",
    requires: &[&INIT_LAYERS],
    steps: &[own(&InplaceStreamFlatten), own(&RepackStream), own(&CloneOutput)],
};

/// Merges batch normalizations into binary and ternary activations.
pub static QUANTIZATION: Flow = Flow {
    name: "quartus:quantization",
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
    name: "quartus:optimize",
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
        own(&InplaceStreamFlatten),
        own(&SkipSoftmax),
        own(&FixSoftmaxTableSize),
        own(&ProcessFixedPointQuantizer),
        Step::node(&InferPrecisionTypes),
    ],
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
