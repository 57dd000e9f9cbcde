//! The kernels: one file per kind of layer, named like the layer's file in `hls4rs-layers`.

mod activation;
mod batch_normalization;
mod batch_normalization_quantized_tanh;
mod dense;
mod fixed_point_quantizer;
pub(crate) mod functions;
mod hard_activation;
mod layer_normalization;
mod parametrized_activation;
mod prelu;
pub(crate) mod product;
mod softmax;
mod tables;
mod ternary_tanh;
mod unary_lut;

use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel of a layer.
type Build = fn(&mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError>;

/// The kinds of layers that can be run: name, kernel.
const BUILDERS: &[(&str, Build)] = &[
    ("Activation", activation::build),
    ("ApplyAlpha", batch_normalization::build),
    ("BatchNormalization", batch_normalization::build),
    ("BatchNormalizationQuantizedTanh", batch_normalization_quantized_tanh::build),
    ("Dense", dense::build),
    ("FixedPointQuantizer", fixed_point_quantizer::build),
    ("HardActivation", hard_activation::build),
    ("LayerNormalization", layer_normalization::build),
    ("PReLU", prelu::build),
    ("ParametrizedActivation", parametrized_activation::build),
    ("Softmax", softmax::build),
    ("TernaryTanh", ternary_tanh::build),
    ("UnaryLUT", unary_lut::build),
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
        return Err(KernelError::unsupported("no kernel is known for this kind of layer"));
    };
    build(context)
}
