//! The kernels: one file per kind of layer, named like the layer's file in `hls4rs-layers`.

mod activation;
mod assignment;
mod broadcast;
mod clone;
mod concatenate;
mod contraction;
mod dense;
mod dot;
mod einsum;
mod einsum_dense;
mod embedding;
mod gather;
mod merge;
mod permutation;
pub(crate) mod product;
mod repack;
mod reshape;
mod stream;
mod transpose;

use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel of a layer.
type Build = fn(&mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError>;

/// The kinds of layers that can be run: name, kernel.
const BUILDERS: &[(&str, Build)] = &[
    ("Activation", activation::build),
    ("Broadcast", broadcast::build),
    ("Clone", clone::build),
    ("Concatenate", concatenate::build),
    ("Dense", dense::build),
    ("Dot", dot::build),
    ("Einsum", einsum::build),
    ("EinsumDense", einsum_dense::build),
    ("Embedding", embedding::build),
    ("Merge", merge::build),
    ("Repack", repack::build),
    ("Reshape", reshape::build),
    ("Transpose", transpose::build),
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
