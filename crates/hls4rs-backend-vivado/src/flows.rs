//! The backend's flows.

use hls4rs_backend::SET_PIPELINE_STYLE;
use hls4rs_backend::lowering::{
    APPLY_RESOURCE_STRATEGY, DA_COMBINATIONAL_TEMPLATE, DA_CONV_TEMPLATE, DA_DENSE_TEMPLATE,
    GENERATE_CONV_IM2COL, GENERATE_CONV_INSTRUCTIONS, GENERATE_UNROLLED_DENSE, TRANSFORM_TYPES,
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
use crate::passes::{DistributeArithmetic, DistributeEinsumArithmetic, FuseQuantizerIntoDistributed};
use crate::templates::TEMPLATES;

/// A pass, recorded as Vivado's.
const fn own(pass: &'static dyn NodePass) -> Step {
    Step::node(pass).of("vivado")
}

/// The flows in order.
pub static FLOWS: &[&Flow] =
    &[&INIT_LAYERS, &STREAMING, &QUANTIZATION, &OPTIMIZE, &SPECIFIC_TYPES, &APPLY_TEMPLATES, &IP];

/// Sets what the backend needs of each kind of layer.
pub static INIT_LAYERS: Flow = Flow {
    name: "vivado:init_layers",
    summary: "sets what the backend needs of each kind of layer",
    requires: &[&NEUTRAL],
    steps: &[
        own(&init::INIT_BASE_LAYER),
        own(&init::INIT_BIDIRECTIONAL),
        own(&init::INIT_CONV1D),
        own(&init::INIT_CONV2D),
        own(&init::INIT_DENSE),
        own(&init::INIT_EINSUM),
        own(&init::INIT_EINSUM_DENSE),
        own(&init::INIT_EMBEDDING),
        own(&init::INIT_GARNET),
        own(&init::INIT_GRU),
        own(&init::INIT_LSTM),
        own(&init::INIT_POOLING1D),
        own(&init::INIT_POOLING2D),
        own(&init::INIT_SEPARABLE_CONV1D),
        own(&init::INIT_SEPARABLE_CONV2D),
        own(&init::INIT_TIME_DISTRIBUTED),
        own(&init::INIT_DEPTHWISE_CONV1D),
        own(&init::INIT_DEPTHWISE_CONV2D),
        own(&init::INIT_GARNET_STACK),
    ],
};

/// Adds the layers that streams need.
pub static STREAMING: Flow = Flow {
    name: "vivado:streaming",
    summary: "adds the layers that streams need",
    requires: &[&INIT_LAYERS],
    steps: &[
        own(&InplaceStreamFlatten),
        own(&RepackStream),
        own(&CloneOutput),
        own(&InsertZeroPaddingBeforeConv1D),
        own(&InsertZeroPaddingBeforeConv2D),
        own(&BroadcastStream { backend: "Vivado" }),
    ],
};

/// Merges batch normalizations into binary and ternary activations.
pub static QUANTIZATION: Flow = Flow {
    name: "vivado:quantization",
    summary: "merges batch normalizations into binary and ternary activations",
    requires: &[&INIT_LAYERS],
    steps: &[
        own(&MergeBatchNormQuantizedTanh { keeps_name: false }),
        own(&QuantizeDenseOutput),
        Step::node(&FuseConsecutiveBatchNorm),
        own(&KeepXnorInPooling),
    ],
};

/// Brings the model to the backend's own layers.
pub static OPTIMIZE: Flow = Flow {
    name: "vivado:optimize",
    summary: "brings the model to the backend's own layers",
    requires: &[&INIT_LAYERS],
    steps: &[
        own(&RemoveFinalReshape),
        own(&OptimizePointwiseConv {
            skips_distributed: true,
            parallel_only: false,
            strategy: PointwiseStrategy::FromConvolution,
        }),
        own(&InplaceParallelReshape),
        own(&InplaceStreamFlatten),
        own(&SkipSoftmax),
        own(&FixSoftmaxTableSize),
        own(&ProcessFixedPointQuantizer),
        Step::node(&InferPrecisionTypes),
        own(&DistributeArithmetic),
        own(&DistributeEinsumArithmetic),
        own(&FuseQuantizerIntoDistributed),
    ],
};

/// Gives variables the types of the C++.
pub static SPECIFIC_TYPES: Flow = Flow {
    name: "vivado:specific_types",
    summary: "gives variables the types of the C++",
    requires: &[&INIT_LAYERS],
    steps: &[
        own(&TRANSFORM_TYPES),
        own(&RegisterBramWeights),
        own(&GENERATE_CONV_INSTRUCTIONS),
        own(&APPLY_RESOURCE_STRATEGY),
        own(&GENERATE_CONV_IM2COL),
        own(&GENERATE_UNROLLED_DENSE),
        Step::graph(&SET_PIPELINE_STYLE).of("vivado"),
        own(&DA_DENSE_TEMPLATE),
        own(&DA_CONV_TEMPLATE),
        own(&DA_COMBINATIONAL_TEMPLATE),
    ],
};

/// Writes the C++ of each layer.
pub static APPLY_TEMPLATES: Flow = Flow {
    name: "vivado:apply_templates",
    summary: "writes the C++ of each layer",
    requires: &[&INIT_LAYERS],
    steps: &[Step::graph(&TEMPLATES).of("vivado")],
};

/// Everything up to the C++ of each layer.
pub static IP: Flow = Flow {
    name: "vivado:ip",
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
