//! The kernels: one file per kind of layer, named like the layer's file in `hls4rs-layers`.

pub(crate) mod accumulate;
mod activation;
mod assignment;
mod batch_normalization;
mod batch_normalization_quantized_tanh;
mod bidirectional;
mod broadcast;
mod clone;
mod concatenate;
mod contraction;
mod conv1d;
mod conv2d;
mod convolution;
mod cropping1d;
mod cropping2d;
mod dense;
mod depthwise_conv1d;
mod depthwise_conv2d;
mod distributed_arithmetic;
mod dot;
mod einsum;
mod einsum_dense;
mod embedding;
mod encoded;
mod fixed_point_quantizer;
pub(crate) mod functions;
mod garnet;
mod garnet_types;
mod gather;
mod global_pooling1d;
mod global_pooling2d;
pub(crate) mod gru;
mod hard_activation;
mod image;
mod layer_normalization;
pub(crate) mod lstm;
mod lstm_quartus;
mod merge;
mod parametrized_activation;
mod permutation;
mod pointwise_conv1d;
mod pointwise_conv2d;
mod pooling;
mod pooling1d;
mod pooling2d;
mod prelu;
pub(crate) mod product;
mod reasons;
pub(crate) mod recurrent;
mod reduce;
mod repack;
mod resize;
mod separable_conv;
mod simple_rnn;
mod snn_readout;
mod softmax;
mod spiking;
mod stream;
mod support;
mod tables;
mod time_distributed;
mod transpose;
mod unary_lut;
mod windows;
mod winograd;
mod zero_padding1d;
mod zero_padding2d;

use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

pub(crate) use reasons::backend_reason;
pub use reasons::{BACKENDS, REASONS};

/// Makes the kernel of a layer.
type Build = fn(&mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError>;

/// The kinds of layers that can be run: name, kernel.
const BUILDERS: &[(&str, Build)] = &[
    ("Activation", activation::build),
    ("ApplyAlpha", batch_normalization::build),
    ("BatchNormalization", batch_normalization::build),
    ("BatchNormalizationQuantizedTanh", batch_normalization_quantized_tanh::build),
    ("Bidirectional", bidirectional::build),
    ("Broadcast", broadcast::build),
    ("Clone", clone::build),
    ("Concatenate", concatenate::build),
    ("Conv1D", conv1d::build),
    ("Conv2D", conv2d::build),
    ("Conv2DBatchnorm", conv2d::build),
    ("Cropping1D", cropping1d::build),
    ("Cropping2D", cropping2d::build),
    ("DACombinational", distributed_arithmetic::combinational),
    ("Dense", dense::build),
    ("DepthwiseConv1D", depthwise_conv1d::build),
    ("DepthwiseConv2D", depthwise_conv2d::build),
    ("Dot", dot::build),
    ("Einsum", einsum::build),
    ("EinsumDense", einsum_dense::build),
    ("Embedding", embedding::build),
    ("FixedPointQuantizer", fixed_point_quantizer::build),
    ("GRU", gru::build),
    ("GarNet", garnet::build),
    ("GarNetStack", garnet::build),
    ("GlobalPooling1D", global_pooling1d::build),
    ("GlobalPooling2D", global_pooling2d::build),
    ("HardActivation", hard_activation::build),
    ("IFNeuron", spiking::plain),
    ("LIFNeuron", spiking::leaky),
    ("LSTM", lstm::build),
    ("LayerNormalization", layer_normalization::build),
    ("Merge", merge::build),
    ("PReLU", prelu::build),
    ("ParametrizedActivation", parametrized_activation::build),
    ("PointwiseConv1D", pointwise_conv1d::build),
    ("PointwiseConv2D", pointwise_conv2d::build),
    ("Pooling1D", pooling1d::build),
    ("Pooling2D", pooling2d::build),
    ("Repack", repack::build),
    ("Resize", resize::build),
    ("SNNReadout", snn_readout::build),
    ("SeparableConv1D", separable_conv::build),
    ("SeparableConv2D", separable_conv::build),
    ("SimpleRNN", simple_rnn::build),
    ("Softmax", softmax::build),
    ("TimeDistributed", time_distributed::build),
    ("Transpose", transpose::build),
    ("UnaryLUT", unary_lut::build),
    ("ZeroPadding1D", zero_padding1d::build),
    ("ZeroPadding2D", zero_padding2d::build),
];

/// Names of the kinds of layers that can be run.
pub const KERNELS: [&str; BUILDERS.len()] = {
    let mut names = [""; BUILDERS.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = BUILDERS[index].0;
        index += 1;
    }
    names
};

/// Makes the kernel of a layer.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let kind = context.layer.kind();
    let Some((_, build)) = BUILDERS.iter().find(|(name, _)| *name == kind) else {
        return Err(KernelError::unsupported(reasons::reason(kind)));
    };
    check_tables(context)?;
    build(context)
}

/// Most elements of a table of a function.
const MAX_TABLE: usize = 1 << 22;

/// Functions that no C++ has a table for, whatever size is set.
const WITHOUT_TABLE: &[&str] = &[
    "linear",
    "relu",
    "leakyrelu",
    "thresholdedrelu",
    "hard_sigmoid",
    "hard_tanh",
    "binary_tanh",
    "ternary_tanh",
];

/// An error where a table is larger than anyone would want.
fn check_tables(context: &Context<'_>) -> Result<(), KernelError> {
    let is_function =
        matches!(context.layer.kind(), "Activation" | "ParametrizedActivation" | "HardActivation");
    if is_function && WITHOUT_TABLE.contains(&context.text("activation", "").as_str()) {
        return Ok(());
    }
    let names = context.state().attributes.names().filter(|name| name.ends_with("table_size"));
    for name in names {
        let size = context.size_or(name, 0);
        if size > MAX_TABLE {
            return Err(KernelError::unsupported(format!(
                "`{name}`: expected at most {MAX_TABLE}, found {size}"
            )));
        }
    }
    Ok(())
}
