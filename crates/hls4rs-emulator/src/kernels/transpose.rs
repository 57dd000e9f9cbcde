//! Permutations of axes.

use hls4rs_backend::{Family, Vendor};
use hls4rs_types::Attribute;

use super::permutation::permuted;
use super::{gather, stream};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel.
///
/// **Formula:** `y[i_{perm[0]}, i_{perm[1]}, …] = x[i_0, i_1, …]`.
///
/// **Source:** `nnet_transpose.h`, `nnet_transpose_stream.h`, `nnet_array.h` of Catapult.
///
/// **Limits:** the functions for two dimensions always exchange them, also where `perm` does not say so, with the
/// exception of Vivado's for arrays. Quartus and Catapult know two and three dimensions, in streams only Quartus two.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let origins = match context.family() {
        Family::Ap => of_any_rank(context)?,
        Family::Ac => of_low_rank(context)?,
    };
    gather::build(context, gather::of_first_input(origins))
}

/// Vivado and Vitis.
fn of_any_rank(context: &Context<'_>) -> Result<Vec<usize>, KernelError> {
    let shape = &context.input()?.shape;
    if context.is_stream() && shape.len() == 2 {
        let packet = context.output()?.shape.last().copied().unwrap_or(1);
        return Ok(of_stream(shape.iter().product(), packet, shape[1]));
    }
    permuted(shape, context.state().list("perm")?)
}

/// Element `j` of packet `i` is element `j · step + i` of the input.
fn of_stream(len: usize, packet: usize, step: usize) -> Vec<usize> {
    (0..len).map(|index| index % packet * step + index / packet).collect()
}

/// Quartus and Catapult.
fn of_low_rank(context: &Context<'_>) -> Result<Vec<usize>, KernelError> {
    let dim = context.text("dim", "");
    let (depth, height, width) = (context.size("depth")?, context.size("height")?, context.size("width")?);
    let is_known = match (context.is_stream(), context.vendor()) {
        (false, _) => dim == "2d" || dim == "3d",
        (true, vendor) => dim == "2d" && vendor == Vendor::Quartus,
    };
    if !is_known {
        let reason = format!("hls4ml has no function `transpose_{dim}` for {}", context.specialized.target);
        return Err(KernelError::unsupported(reason));
    }
    if context.is_stream() {
        let packet = context.output()?.shape.last().copied().unwrap_or(1);
        return Ok(of_stream(height * width, packet, stream::packet(context, 0)?));
    }
    if dim == "2d" {
        return Ok((0..height * width).map(|index| index % height * width + index / height).collect());
    }
    let axes: Vec<Attribute> = context
        .text("perm_str", "")
        .split(',')
        .filter_map(|axis| axis.trim().parse::<i64>().ok())
        .map(Attribute::Int)
        .collect();
    permuted(&[depth, height, width], &axes)
}
