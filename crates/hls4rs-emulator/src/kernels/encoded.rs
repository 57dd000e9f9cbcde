//! The encoded implementation of convolutions of streams.

use std::collections::VecDeque;

use super::convolution::Geometry;
use super::windows::{Axis, Windows};
use crate::context::Context;
use crate::error::KernelError;

/// The windows that the encoded implementation sees.
///
/// An instruction tells for each pixel of the input which places of windows it has. There are instructions for a smaller image
/// only, and pixels of the input are mapped to those of the smaller image. Each place has a queue of pixels, and a window is
/// what the queues begin with when a pixel for its last place comes.
///
/// **Source:** `nnet_conv_stream.h`, `conv_1d_encoded_cl`, `conv_2d_encoded_cl`; `compute_conv2d_instructions` of
/// `hls4ml.backends.fpga.fpga_backend`.
pub(crate) fn windows(context: &Context<'_>, geometry: &Geometry) -> Result<Windows, KernelError> {
    let Geometry { is_1d, rows, columns, .. } = *geometry;
    if !is_1d && rows.kernel != columns.kernel {
        return Err(KernelError::unsupported("encoded convolutions need filters as high as wide"));
    }
    let size = rows.kernel * columns.kernel;
    let instructions = instructions(context, size)?;
    let min_height = if is_1d { rows.input } else { context.size_or("min_height", rows.input) };
    let min_width = context.size_or("min_width", columns.input);
    simulated(rows, columns, &instructions, (min_height, min_width))
}

/// The windows that instructions for a smaller image give.
fn simulated(
    rows: Axis,
    columns: Axis,
    instructions: &[u64],
    (min_height, min_width): (usize, usize),
) -> Result<Windows, KernelError> {
    let size = rows.kernel * columns.kernel;
    let mut queues = vec![VecDeque::new(); size];
    let mut pixels = Vec::new();
    for row in 0..rows.input {
        let scaled_row = scaled(rows, min_height, row);
        for column in 0..columns.input {
            let place = scaled_row * min_width + scaled(columns, min_width, column);
            let &instruction = instructions.get(place).ok_or_else(|| wrong("too few of them"))?;
            for (bit, queue) in queues.iter_mut().enumerate() {
                if instruction >> bit & 1 == 1 {
                    queue.push_back(row * columns.input + column);
                }
            }
            if instruction >> (size - 1) & 1 == 1 {
                for queue in &mut queues {
                    pixels
                        .push(queue.pop_front().ok_or_else(|| wrong("a window without all of its pixels"))?);
                }
            }
        }
    }
    if queues.iter().any(|queue| !queue.is_empty()) {
        return Err(wrong("pixels without a window"));
    }
    if pixels.len() != rows.output * columns.output * size {
        return Err(wrong("another number of windows than pixels of the output"));
    }
    Ok(Windows::listed(size, pixels).or_equal(Windows::regular(rows, columns)))
}

fn wrong(what: &str) -> KernelError {
    KernelError::unsupported(format!(
        "`instructions`: expected those of the encoded implementation, found {what}"
    ))
}

fn instructions(context: &Context<'_>, size: usize) -> Result<Vec<u64>, KernelError> {
    if size > 63 {
        return Err(KernelError::unsupported("encoded convolutions have filters of at most 63 pixels"));
    }
    let parse = |text: &str| text.trim().parse().map_err(|_| wrong("other text"));
    context.text("instructions", "0").split(',').map(parse).collect()
}

/// The pixel of the smaller image that has the instructions for a pixel.
fn scaled(axis: Axis, min: usize, index: usize) -> usize {
    if axis.input == min {
        return index;
    }
    let Axis { input, kernel, stride, .. } = axis;
    let shared = kernel.abs_diff(stride);
    if index < shared {
        return index;
    }
    let used = input.saturating_sub(kernel) / stride * stride + kernel;
    let (longer, shorter) = (kernel.max(stride), kernel.min(stride));
    let scaled_width = (longer.div_ceil(shorter) - 1) * stride + kernel;
    let Some(rest) = used.checked_sub(index).filter(|&rest| rest > 0) else {
        return scaled_width;
    };
    if rest <= shared {
        return scaled_width - rest;
    }
    shared + (index - shared) % stride
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_give_the_windows() {
        let columns = Axis { input: 9, output: 7, kernel: 3, stride: 1, before: 0, after: 0 };
        let windows = simulated(Axis::NONE, columns, &[1, 3, 7, 6, 4], (1, 5)).unwrap();
        assert_eq!(windows, Windows::regular(Axis::NONE, columns));
        let columns = Axis { input: 9, output: 4, kernel: 2, stride: 2, before: 0, after: 0 };
        let windows = simulated(Axis::NONE, columns, &[1, 2, 0], (1, 3)).unwrap();
        assert_eq!(windows, Windows::regular(Axis::NONE, columns));
        assert!(simulated(Axis::NONE, columns, &[1, 2], (1, 3)).is_err());
    }
}
