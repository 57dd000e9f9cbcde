//! Joining tensors.

use hls4rs_backend::Vendor;

use super::gather::{self, Origin};
use super::stream;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel.
///
/// **Formula:** the elements of the first input, then those of the second one, along an axis.
///
/// **Source:** `concatenate1d`, `concatenate2d`, `concatenate3d` in `nnet_merge.h` and `nnet_merge_stream.h`.
///
/// **Limits:** Catapult reads beyond the packets of one-dimensional streams.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let [first, second] = &context.inputs[..] else {
        return Err(KernelError::unsupported(format!("expected two inputs, found {}", context.inputs.len())));
    };
    let rank = rank(&context.text("op", ""))?;
    if [first.shape.len(), second.shape.len()] != [rank; 2] {
        let reason =
            format!("expected inputs of {rank} dimensions, found {:?} and {:?}", first.shape, second.shape);
        return Err(KernelError::unsupported(reason));
    }
    let axis = axis(context.state().int("axis")?, rank);
    let others_equal = (0..rank).all(|other| other == axis || first.shape[other] == second.shape[other]);
    if !others_equal {
        let reason = format!("cannot join {:?} and {:?} along dimension {axis}", first.shape, second.shape);
        return Err(KernelError::unsupported(reason));
    }
    if context.is_stream() {
        check_streams(context, rank)?;
    }
    let row = |shape: &[usize]| shape[axis..].iter().product::<usize>();
    let rows = [row(&first.shape), row(&second.shape)];
    let count = first.shape[..axis].iter().product();
    gather::build(context, joined(count, rows))
}

/// Rows of the first input and rows of the second one in turn.
fn joined(count: usize, rows: [usize; 2]) -> Vec<Origin> {
    let mut origins = Vec::with_capacity(count * (rows[0] + rows[1]));
    for number in 0..count {
        for (input, row) in rows.into_iter().enumerate() {
            origins.extend((0..row).map(|place| Origin { input, element: number * row + place }));
        }
    }
    origins
}

fn rank(operation: &str) -> Result<usize, KernelError> {
    match operation {
        "concatenate1d" => Ok(1),
        "concatenate2d" => Ok(2),
        "concatenate3d" => Ok(3),
        _ => Err(KernelError::unsupported(format!("hls4ml has no function `{operation}`"))),
    }
}

/// The dimension that C++ joins for an axis that counts the batch: the first one for all values that it does not know.
fn axis(axis: i64, rank: usize) -> usize {
    match (rank, axis) {
        (2, 2 | -1) => 1,
        (3, 3 | -1) => 2,
        (3, 2 | -2) => 1,
        _ => 0,
    }
}

/// An error if streams have packets that the function cannot read.
fn check_streams(context: &Context<'_>, rank: usize) -> Result<(), KernelError> {
    if rank == 1 && context.vendor() == Vendor::Catapult {
        let reason = "hls4ml reads beyond the packets where Catapult joins streams of one dimension";
        return Err(KernelError::unsupported(reason));
    }
    for (number, input) in context.inputs.iter().enumerate() {
        let len = input.shape.last().copied().unwrap_or(1);
        if rank > 1 {
            stream::expect_packet(context, number, len)?;
        } else if len % stream::packet(context, number)? != 0 {
            return Err(KernelError::unsupported("expected whole packets in a flattened stream"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_dimension_is_joined_for_unknown_axes() {
        assert_eq!([axis(2, 2), axis(-1, 2), axis(-2, 2), axis(1, 2)], [1, 1, 0, 0]);
        assert_eq!([axis(3, 3), axis(-1, 3), axis(2, 3), axis(-2, 3), axis(-3, 3)], [2, 2, 1, 1, 0]);
        assert_eq!([axis(1, 1), axis(-1, 1)], [0, 0]);
    }
}
