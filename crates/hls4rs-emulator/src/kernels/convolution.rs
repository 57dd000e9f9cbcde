//! What all convolutions have in common.

use hls4rs_backend::Vendor;
use hls4rs_fixed::Fixed;
use hls4rs_types::Precision;

use super::accumulate::{Arithmetic, Matrix, MultiplyAccumulate};
use super::distributed_arithmetic;
use super::encoded;
use super::product::{FinalCast, Product};
use super::support;
use super::windows::{Axis, Windows};
use super::winograd;
use crate::context::Context;
use crate::error::KernelError;
use crate::form::Form;
use crate::kernel::{Io, Kernel};
use crate::log::Log;

/// The kinds of convolutions that C++ has functions for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Filters that sum over channels.
    Full,
    /// Filters of one pixel.
    Pointwise,
    /// A filter for each channel.
    Depthwise,
}

/// The sizes of a convolution. One along one axis has one row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Geometry {
    pub(crate) kind: Kind,
    pub(crate) is_1d: bool,
    pub(crate) rows: Axis,
    pub(crate) columns: Axis,
    pub(crate) n_chan: usize,
    pub(crate) n_filt: usize,
}

/// A convolution.
///
/// **Precision:** products and sums as in [`MultiplyAccumulate`]. Pixels outside of the input are zeros of the input's type,
/// which with binary data stand for −1.
///
/// **Source:** `nnet_conv1d_*.h`, `nnet_conv2d_*.h`, `nnet_conv_stream.h`, `nnet_sepconv*.h`.
#[derive(Debug)]
struct Convolution {
    windows: Windows,
    n_chan: usize,
    /// Pixels of the input, if its channels are first.
    channels_first: Option<usize>,
    /// Whether windows have their channels first.
    turns_windows: bool,
    sums: MultiplyAccumulate,
}

/// Makes the kernel of a convolution along one axis.
pub(crate) fn build_1d(context: &mut Context<'_>, kind: Kind) -> Result<Box<dyn Kernel>, KernelError> {
    let columns = Axis::columns(context, "filt")?;
    build(context, Geometry::new(context, kind, (Axis::NONE, columns), true)?)
}

/// Makes the kernel of a convolution along two axes.
pub(crate) fn build_2d(context: &mut Context<'_>, kind: Kind) -> Result<Box<dyn Kernel>, KernelError> {
    let axes = (Axis::rows(context, "filt")?, Axis::columns(context, "filt")?);
    build(context, Geometry::new(context, kind, axes, false)?)
}

impl Geometry {
    fn new(
        context: &Context<'_>,
        kind: Kind,
        (rows, columns): (Axis, Axis),
        is_1d: bool,
    ) -> Result<Self, KernelError> {
        let (n_chan, n_filt) = (context.size("n_chan")?, context.size("n_filt")?);
        Axis::check_both(rows, columns)?;
        let geometry = Self { kind, is_1d, rows, columns, n_chan, n_filt };
        support::check_sizes(
            context,
            rows.input * columns.input * n_chan,
            rows.output * columns.output * n_filt,
        )?;
        if kind == Kind::Depthwise && n_chan != n_filt {
            return Err(KernelError::unsupported(format!(
                "hls4ml's C++ knows depthwise convolutions with as many filters as channels only, found {n_filt} and {n_chan}"
            )));
        }
        Ok(geometry)
    }

    /// Numbers in a window.
    pub(crate) fn window(&self) -> usize {
        self.rows.kernel * self.columns.kernel * self.n_chan
    }

    fn is_padded(&self) -> bool {
        self.rows.is_padded() || self.columns.is_padded()
    }

    /// Whether a window ends below the input.
    fn ends_below(&self) -> bool {
        let Axis { input, output, kernel, stride, before, .. } = self.rows;
        output > 0 && (output - 1) * stride + kernel > before + input
    }

    /// An error unless the windows that fit in the padded input are the pixels of the output.
    fn check_fit(&self) -> Result<(), KernelError> {
        for axis in [self.rows, self.columns] {
            if axis.fitting() != axis.output {
                return Err(KernelError::unsupported(format!(
                    "expected as many pixels as windows fit in the input, {}, found {}: hls4ml takes dilations for 1",
                    axis.fitting(),
                    axis.output
                )));
            }
        }
        Ok(())
    }
}

fn build(context: &mut Context<'_>, geometry: Geometry) -> Result<Box<dyn Kernel>, KernelError> {
    let vendor = support::templates(context)?;
    if vendor == Vendor::Quartus && context.size_or("dilation", 1) != 1 {
        return Err(KernelError::unsupported("hls4ml knows no dilation for Quartus"));
    }
    let is_first = support::is_channels_first(context);
    if is_first
        && (vendor != Vendor::Catapult
            || context.is_stream()
            || geometry.is_1d
            || geometry.kind != Kind::Full)
    {
        return Err(KernelError::unsupported("hls4ml's C++ has no such convolution with channels first"));
    }
    if distributed_arithmetic::is_used(context) {
        let windows = windows(context, vendor, geometry)?;
        return distributed_arithmetic::convolution(context, windows, (geometry.n_chan, geometry.n_filt));
    }
    check_weight_type(context, vendor, &geometry)?;
    if vendor == Vendor::Quartus && winograd::is_used(context, &geometry) {
        return winograd::build(context, &geometry);
    }
    let windows = windows(context, vendor, geometry)?;
    let matrix = matrix(context, vendor, &geometry)?;
    let arithmetic = arithmetic(context, vendor, &geometry)?;
    let turns_windows = is_first && matrix.is_transposed;
    if turns_windows && geometry.ends_below() {
        return Err(KernelError::unsupported("hls4ml's C++ reads beyond the input where it is padded below"));
    }
    Ok(Box::new(Convolution {
        windows,
        n_chan: geometry.n_chan,
        channels_first: is_first.then_some(geometry.rows.input * geometry.columns.input),
        turns_windows,
        sums: MultiplyAccumulate::new(context, matrix, arithmetic)?,
    }))
}

/// An error for types of weights that C++ does not compile.
///
/// Functions are compiled also where they are not called: those of Quartus after Winograd, for arrays, have no products with
/// powers of two, and those of Catapult with the strategy `latency` compare weights with a `double`, which for `ac_int` is
/// ambiguous.
fn check_weight_type(context: &Context<'_>, vendor: Vendor, geometry: &Geometry) -> Result<(), KernelError> {
    let precision = context.weight_variable("weight")?.ty.precision;
    let is_power = matches!(precision, Precision::Exponent(_));
    let is_integer = matches!(precision, Precision::Integer(_) | Precision::Xnor);
    let compiles = match (vendor, geometry.kind) {
        _ if context.is_stream() => true,
        (Vendor::Quartus, Kind::Full) => !is_power,
        (Vendor::Catapult, Kind::Full | Kind::Pointwise) => !is_power && !is_integer,
        (Vendor::Catapult, Kind::Depthwise) => !is_power,
        _ => true,
    };
    if compiles {
        return Ok(());
    }
    Err(KernelError::unsupported(format!("hls4ml cannot compile weights of the type `{precision}` here")))
}

/// The windows, in the order of the output's pixels.
fn windows(context: &Context<'_>, vendor: Vendor, mut geometry: Geometry) -> Result<Windows, KernelError> {
    let is_stream = context.is_stream();
    if is_stream && vendor != Vendor::Quartus {
        if geometry.is_padded() {
            return Err(KernelError::unsupported(
                "hls4ml's C++ stops where a convolution of a stream has padding",
            ));
        }
        if geometry.kind != Kind::Pointwise {
            match context.text("implementation", "linebuffer").as_str() {
                "linebuffer" => ignore_row_stride(vendor, &mut geometry)?,
                "encoded" if vendor != Vendor::Vitis => return encoded::windows(context, &geometry),
                other => {
                    return Err(KernelError::unsupported(format!(
                        "no kernel is known for the implementation `{other}`"
                    )));
                }
            }
        }
    }
    if is_stream || support::is_like_vivado(vendor) {
        geometry.check_fit()?;
    }
    Ok(Windows::regular(geometry.rows, geometry.columns))
}

/// The line buffer goes from row to row where filters are one row high, whatever the stride: C++ then uses the function for
/// one axis. What is too much stays in the stream, which is lost after the sample, but not with Catapult.
fn ignore_row_stride(vendor: Vendor, geometry: &mut Geometry) -> Result<(), KernelError> {
    if geometry.is_1d || geometry.rows.kernel > 1 || geometry.rows.stride == 1 {
        return Ok(());
    }
    geometry.check_fit()?;
    if vendor == Vendor::Catapult && geometry.rows.input > geometry.rows.output {
        return Err(KernelError::unsupported(
            "filters one row high with a vertical stride leave pixels in the stream that the next sample gets",
        ));
    }
    geometry.rows.stride = 1;
    geometry.rows.input = geometry.rows.output;
    Ok(())
}

/// Where weights are stored, and in which order they are used.
fn matrix(context: &Context<'_>, vendor: Vendor, geometry: &Geometry) -> Result<Matrix, KernelError> {
    let is_depthwise = geometry.kind == Kind::Depthwise;
    let (n_in, n_out) = (geometry.window(), geometry.n_filt);
    let latency = Matrix { n_in, n_out, is_depthwise, is_transposed: false, step: n_in, skips_zeros: false };
    let strategy = context.text("strategy", "latency");
    let is_parallel = !context.is_stream();
    match (vendor, strategy.as_str()) {
        (Vendor::Quartus, _) if is_depthwise => {
            Err(KernelError::unsupported("hls4ml has no such layer for Quartus"))
        }
        (Vendor::Quartus, _) if geometry.kind == Kind::Pointwise && !is_parallel => {
            Err(KernelError::unsupported("hls4ml's C++ has no pointwise convolution of streams for Quartus"))
        }
        (Vendor::Quartus, _) => resource(context, latency),
        (Vendor::Catapult, _) if is_depthwise && is_parallel => catapult_depthwise(geometry, latency),
        // summed channel by channel
        (Vendor::Catapult, "latency") if is_parallel => Ok(Matrix { step: geometry.n_chan, ..latency }),
        (_, "latency") => Ok(latency),
        (_, "resource") if is_depthwise && (is_parallel || vendor == Vendor::Catapult) => {
            Err(KernelError::unsupported(
                "hls4ml's C++ has the strategy `latency` only for such depthwise convolutions",
            ))
        }
        (Vendor::Catapult, "resource") => resource(context, latency),
        (_, "resource") => {
            if is_parallel && context.size_or("reuse_factor", 1) > n_in {
                return Err(KernelError::unsupported(
                    "`reuse_factor`: hls4ml's C++ wants at most the size of a window",
                ));
            }
            resource(context, latency)
        }
        (_, "resource_unrolled") if !is_parallel && !is_depthwise => {
            Ok(Matrix { skips_zeros: true, ..resource(context, latency)? })
        }
        (_, other) => Err(KernelError::unsupported(format!("no kernel is known for the strategy `{other}`"))),
    }
}

/// The matrix with the strategy `resource`.
///
/// hls4ml does not check the `reuse_factor` of pointwise convolutions, so that it may be larger than the matrix.
fn resource(context: &Context<'_>, latency: Matrix) -> Result<Matrix, KernelError> {
    let Matrix { n_in, n_out, is_depthwise, .. } = latency;
    let reuse_factor = context.size_or("reuse_factor", 1).max(1);
    let takes_any_large = !is_depthwise && !support::is_like_vivado(support::templates(context)?);
    let fits = if reuse_factor <= n_in {
        n_in.is_multiple_of(reuse_factor)
    } else {
        takes_any_large || reuse_factor.is_multiple_of(n_in)
    };
    if !fits {
        return Err(KernelError::unsupported(format!(
            "`reuse_factor`: {reuse_factor} does not divide a matrix of {n_in} by {n_out} into equal parts"
        )));
    }
    Ok(Matrix { is_transposed: true, step: reuse_factor, ..latency })
}

/// Catapult's depthwise convolution of arrays knows neither strides nor padding.
fn catapult_depthwise(geometry: &Geometry, latency: Matrix) -> Result<Matrix, KernelError> {
    let has_stride = geometry.rows.stride > 1 || geometry.columns.stride > 1;
    if geometry.is_1d || has_stride || geometry.is_padded() {
        return Err(KernelError::unsupported(
            "hls4ml's C++ for Catapult and io_parallel has depthwise convolutions along two axes without stride and padding only",
        ));
    }
    geometry.check_fit()?;
    Ok(latency)
}

/// The types of products and sums.
fn arithmetic(
    context: &mut Context<'_>,
    vendor: Vendor,
    geometry: &Geometry,
) -> Result<Arithmetic, KernelError> {
    let input = context.input()?.clone();
    let is_parallel = !context.is_stream();
    let is_depthwise = geometry.kind == Kind::Depthwise;
    let is_latency = context.text("strategy", "latency") == "latency";
    let weight = context.weight_variable("weight")?;
    let selected = Product::select(vendor, (&input.precision, input.format), &weight.ty.precision);
    let is_plain = vendor == Vendor::Catapult && is_parallel && (is_latency || is_depthwise);
    if is_plain {
        // multiplied with `*`, whatever the types, and summed in the type of the result if depthwise
        if matches!(selected, Product::WeightExponential(..)) {
            return Err(KernelError::unsupported(
                "hls4ml cannot compile weights that are powers of two here",
            ));
        }
        let result = context.result_slot()?;
        return Ok(Arithmetic {
            product: Product::Mult,
            final_cast: FinalCast::NONE,
            rounds_products: !is_depthwise,
            accum: if is_depthwise { result } else { context.type_slot("accum_t")? },
            result,
        });
    }
    let weight_format =
        context.weights("weight")?.first().map_or(input.format, |weight| weight.value.format());
    // hls4ml describes a pointwise convolution that is computed at once as one dense layer for all pixels
    let is_batched = support::is_like_vivado(vendor)
        && geometry.is_1d
        && geometry.columns.kernel == 1
        && is_latency
        && is_parallel
        && context.size_or("n_partitions", 1) == 1;
    let summands = geometry.window() * if is_batched { geometry.columns.input } else { 1 };
    Ok(Arithmetic {
        product: selected,
        final_cast: FinalCast::new(vendor, input.format, weight_format, summands),
        rounds_products: true,
        accum: context.type_slot("accum_t")?,
        result: context.result_slot()?,
    })
}

impl Kernel for Convolution {
    fn form(&self) -> Form<'_> {
        let is_last = self.channels_first.is_none() && !self.turns_windows;
        let windows = self.windows.form(self.n_chan).filter(|_| is_last);
        windows.map_or(Form::Other, |windows| self.sums.form(windows))
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        let zero = Fixed::zero(input.format());
        let size = self.windows.size();
        let mut data = io.scratch.zeros(input.format(), size * self.n_chan);
        for window in 0..self.windows.len() {
            for (offset, pixel) in self.windows.of(window).enumerate() {
                for channel in 0..self.n_chan {
                    let place = if self.turns_windows {
                        channel * size + offset
                    } else {
                        offset * self.n_chan + channel
                    };
                    data[place] = pixel.map_or(zero, |pixel| input.get(self.place(pixel, channel)));
                }
            }
            for filter in 0..self.sums.n_out() {
                let index = match self.channels_first {
                    Some(_) => filter * self.windows.len() + window,
                    None => window * self.sums.n_out() + filter,
                };
                io.outputs[0].set(index, self.sums.of(filter, &data, log));
            }
        }
        io.scratch.give_back(data);
    }
}

impl Convolution {
    /// Where a channel of a pixel is in the input.
    fn place(&self, pixel: usize, channel: usize) -> usize {
        self.channels_first.map_or(pixel * self.n_chan + channel, |pixels| channel * pixels + pixel)
    }
}
