//! Quartus's convolutions after Winograd.

use hls4rs_fixed::Fixed;

use super::accumulate::check_length;
use super::convolution::{Geometry, Kind};
use super::windows::Axis;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// Tiles of the input that overlap by two pixels are transformed, multiplied with transformed filters, and transformed back
/// into tiles of the output of two pixels.
///
/// **Formula:** `Aᵀ · (weight ⊙ (Bᵀ · tile · B)) · A` after Lavin and Gray (2015), summed over channels.
///
/// **Precision:** the transformed tile in `accum_t`, products in `accum_t`; the sums over channels are made in the type of
/// the result, beginning with the bias.
///
/// hls4ml mixes up height and width where a tile ends outside of the output. Of outputs that are higher than wide some rows
/// lack summands, of wider ones some columns.
///
/// **Source:** `winograd_conv1d_3x1_kernel_cl` and `winograd_conv2d_3x3_kernel_cl` in Quartus's `nnet_conv1d_resource.h` and
/// `nnet_conv2d_resource.h`; `ApplyWinogradKernelTransformation` of `hls4ml.backends.quartus.passes.convolution_winograd`.
#[derive(Debug)]
struct Winograd {
    geometry: Geometry,
    /// `[n_filt, n_chan, tile]`.
    weight: Vec<Fixed>,
    bias: Vec<Fixed>,
    accum: Slot,
    result: Slot,
}

/// Two pixels that are added or subtracted.
type Pair = [(usize, bool); 2];

/// Transforms four pixels of the input.
const INPUT: [Pair; 4] =
    [[(0, true), (2, false)], [(1, true), (2, true)], [(2, true), (1, false)], [(1, true), (3, false)]];

/// Transforms four products to two pixels of the output.
const OUTPUT: [[(usize, bool); 3]; 2] =
    [[(0, true), (1, true), (2, true)], [(1, true), (2, false), (3, false)]];

/// Whether C++ takes this kernel.
pub(crate) fn is_used(context: &Context<'_>, geometry: &Geometry) -> bool {
    let Geometry { kind, is_1d, rows, columns, .. } = *geometry;
    let fits = |axis: Axis| axis.stride == 1 && axis.output > 2;
    let is_possible = fits(columns) && (is_1d || fits(rows));
    let is_wanted = match context.text("implementation", "im2col").as_str() {
        "combination" => is_possible,
        "winograd" => true,
        _ => false,
    };
    kind == Kind::Full
        && !context.is_stream()
        && columns.kernel == 3
        && (is_1d || rows.kernel == 3)
        && is_wanted
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>, geometry: &Geometry) -> Result<Box<dyn Kernel>, KernelError> {
    let Geometry { is_1d, rows, columns, n_chan, n_filt, .. } = *geometry;
    let fits = |axis: Axis| axis.stride == 1 && axis.output > 2;
    let is_even = |axis: Axis| axis.before == axis.after;
    let has_even_rows = is_1d || fits(rows) && is_even(rows) && is_even(columns);
    if !(fits(columns) && has_even_rows) {
        return Err(KernelError::unsupported(
            "hls4ml's C++ stops: Winograd's convolution needs strides of 1, more than two pixels, and equal padding",
        ));
    }
    let kernel = Winograd {
        geometry: *geometry,
        weight: context.weight("weight")?,
        bias: context.weight("bias")?,
        accum: context.type_slot("accum_t")?,
        result: context.result_slot()?,
    };
    check_length("weight", n_filt * n_chan * kernel.tile().0 * 4, kernel.weight.len())?;
    check_length("bias", n_filt, kernel.bias.len())?;
    let pixels = rows.output * columns.output;
    if kernel.tiles().any(|tile| kernel.targets(tile).any(|target| target.2 >= pixels)) {
        return Err(KernelError::unsupported(format!(
            "hls4ml's C++ writes beyond an output of {} by {} pixels",
            rows.output, columns.output
        )));
    }
    Ok(Box::new(kernel))
}

impl Winograd {
    /// Rows of a tile of the input and of the output.
    fn tile(&self) -> (usize, usize) {
        if self.geometry.is_1d { (1, 1) } else { (4, 2) }
    }

    /// First pixels of the tiles of the output.
    fn tiles(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let Geometry { rows, columns, .. } = self.geometry;
        (0..rows.output)
            .step_by(2)
            .flat_map(move |row| (0..columns.output).step_by(2).map(move |column| (row, column)))
    }

    /// The pixels of a tile of the output that are written: row and column in the tile, and where they are written.
    fn targets(&self, (row, column): (usize, usize)) -> impl Iterator<Item = (usize, usize, usize)> + use<> {
        let Geometry { is_1d, rows, columns, .. } = self.geometry;
        // height and width are mixed up, not by us
        let (right_end, lower_end) = if is_1d { (columns.output, 0) } else { (rows.output, columns.output) };
        [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().filter_map(move |(down, right)| {
            let is_written = (right == 0 || column + 1 < right_end) && (down == 0 || row + 1 < lower_end);
            is_written.then_some((down, right, (row + down) * columns.output + column + right))
        })
    }

    /// A number of the input, zero outside.
    fn input(&self, io: &Io<'_>, position: (usize, usize), channel: usize) -> Fixed {
        let Geometry { rows, columns, n_chan, .. } = self.geometry;
        let inside =
            |axis: Axis, position: usize| position.checked_sub(axis.before).filter(|&at| at < axis.input);
        let input = io.input();
        inside(rows, position.0).zip(inside(columns, position.1)).map_or_else(
            || Fixed::zero(input.format()),
            |(row, column)| input.get((row * columns.input + column) * n_chan + channel),
        )
    }

    /// The transformed tile of a channel.
    fn transformed(&self, io: &Io<'_>, tile: (usize, usize), channel: usize, log: &mut Log) -> [Fixed; 16] {
        let mut transformed = [Fixed::zero(self.accum.format); 16];
        for (index, place) in transformed.iter_mut().enumerate().take(self.tile().0 * 4) {
            let by_column = |row: usize| {
                let [first, second] = INPUT[index % 4].map(|(column, is_positive)| {
                    signed(self.input(io, (tile.0 + row, tile.1 + column), channel), is_positive)
                });
                first + second
            };
            let value = if self.geometry.is_1d {
                by_column(0)
            } else {
                let [first, second] =
                    INPUT[index / 4].map(|(row, is_positive)| signed(by_column(row), is_positive));
                first + second
            };
            *place = self.accum.assign(value, log);
        }
        transformed
    }

    /// A pixel of a tile of the output.
    fn back(&self, products: &[Fixed; 16], down: usize, right: usize) -> Fixed {
        let sum = |terms: [Fixed; 3]| terms[0] + terms[1] + terms[2];
        let by_column = |row: usize| {
            sum(OUTPUT[right].map(|(column, is_positive)| signed(products[row * 4 + column], is_positive)))
        };
        if self.geometry.is_1d {
            return by_column(0);
        }
        sum(OUTPUT[down].map(|(row, is_positive)| signed(by_column(row), is_positive)))
    }
}

fn signed(value: Fixed, is_positive: bool) -> Fixed {
    if is_positive { value } else { -value }
}

impl Kernel for Winograd {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let Geometry { rows, columns, n_chan, n_filt, .. } = self.geometry;
        let size = self.tile().0 * 4;
        let mut sums = io.scratch.zeros(self.result.format, rows.output * columns.output * n_filt);
        for (index, sum) in sums.iter_mut().enumerate() {
            *sum = self.result.assign(self.bias[index % n_filt], log);
        }
        for tile in self.tiles() {
            for channel in 0..n_chan {
                let transformed = self.transformed(io, tile, channel, log);
                for filter in 0..n_filt {
                    let mut products = [Fixed::zero(self.accum.format); 16];
                    for index in 0..size {
                        let weight = self.weight[(filter * n_chan + channel) * size + index];
                        products[index] = self.accum.assign(transformed[index] * weight, log);
                    }
                    for (down, right, pixel) in self.targets(tile) {
                        let value = self.result.assign(self.back(&products, down, right), log);
                        let sum = &mut sums[pixel * n_filt + filter];
                        *sum = self.result.assign(*sum + value, log);
                    }
                }
            }
        }
        for (index, &sum) in sums.iter().enumerate() {
            io.outputs[0].set(index, sum);
        }
        io.scratch.give_back(sums);
    }
}
