//! Quantizers of their own that HGQ puts between layers.

use hls4rs_backend::Vendor;
use hls4rs_fixed::{Fixed, Format, MAX_WIDTH};
use hls4rs_types::{Attribute, RoundingMode, SaturationMode};

use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// **Formula:** `y[i]` is `x[i]` brought to the precision of element `i`, 0 where that has no bits.
///
/// **Precision:** the precision of the element first, then the result.
///
/// The precisions are those in the C++ `mask_fn_codegen` of the layer. The derivation of bits narrows masks before that is written, and
/// where a mask has one element for many, it can take too many bits away. Graphs that have no such C++ yet have the mask itself.
///
/// **Source:** `generate_mask_fn` of `hls4ml.backends.fpga.passes.hgq_proxy_model`, hls4ml 1.3.0.
#[derive(Debug)]
struct FixedPointQuantizer {
    formats: Vec<Option<Format>>,
    result: Slot,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let vendor = context.vendor();
    if !matches!(vendor, Vendor::Vivado | Vendor::Vitis) || context.is_stream() {
        return Err(KernelError::unsupported(format!(
            "hls4ml cannot compile quantizers of single elements for {}",
            context.specialized.target
        )));
    }
    let shape = context.input()?.shape.clone();
    let formats = match context.state().get("mask_fn_codegen") {
        Some(Attribute::Source(source)) => written(&source.code, shape.iter().product())?,
        _ => of_mask(context, &shape)?,
    };
    Ok(Box::new(FixedPointQuantizer { formats, result: context.result_slot()? }))
}

/// The formats in the C++ of the layer, one on each line such as `out[2] = ap_fixed<4,2,AP_RND,AP_WRAP>(inp[2]);`.
fn written(code: &str, n_elements: usize) -> Result<Vec<Option<Format>>, KernelError> {
    let lines = code.lines().filter_map(|line| line.trim().strip_prefix("out[")?.split_once("] = "));
    let mut formats = Vec::new();
    for (number, line) in lines.enumerate() {
        let wrong = || {
            let found = line.1;
            KernelError::unsupported(format!(
                "`mask_fn_codegen`: expected a precision for each element, found `{found}`"
            ))
        };
        if line.0.parse() != Ok(number) {
            return Err(wrong());
        }
        let format = match line.1 {
            "0;" => None,
            cast => Some(written_format(cast, number).ok_or_else(wrong)?),
        };
        formats.push(format);
    }
    if formats.len() == n_elements {
        return Ok(formats);
    }
    Err(KernelError::unsupported(format!(
        "`mask_fn_codegen`: expected {n_elements} elements, found {}",
        formats.len()
    )))
}

/// The format that an element of that number is brought to.
fn written_format(cast: &str, number: usize) -> Option<Format> {
    let ty = cast.strip_suffix(&format!("(inp[{number}]);"))?;
    let (is_signed, arguments) = match ty.strip_suffix('>')?.split_once('<')? {
        ("ap_fixed", arguments) => (true, arguments),
        ("ap_ufixed", arguments) => (false, arguments),
        _ => return None,
    };
    let arguments: Vec<&str> = arguments.split(',').collect();
    let [width, integer, rounding, saturation] = arguments.as_slice() else { return None };
    let width = width.parse().ok().filter(|width| (1..=MAX_WIDTH).contains(width))?;
    let rounding = RoundingMode::from_name(rounding.strip_prefix("AP_")?)?;
    let saturation = SaturationMode::from_name(saturation.strip_prefix("AP_")?)?;
    Some(Format::new(width, integer.parse().ok()?, is_signed).with_modes(rounding, saturation))
}

/// The formats of the mask, as the converter set it.
fn of_mask(context: &Context<'_>, shape: &[usize]) -> Result<Vec<Option<Format>>, KernelError> {
    let mask = context.state().get("mask_kbi").and_then(Attribute::as_list).unwrap_or_default();
    let [k, b, i] = mask else {
        return Err(KernelError::unsupported("`mask_kbi`: expected three arrays"));
    };
    let mask = |value: &Attribute| broadcast(value, shape);
    let (k, b, i) = (mask(k)?, mask(b)?, mask(i)?);
    let modes = modes(context)?;
    k.iter().zip(&b).zip(&i).map(|((&k, &b), &i)| format(k, b, i, modes)).collect()
}

fn modes(context: &Context<'_>) -> Result<(RoundingMode, SaturationMode), KernelError> {
    let text = |name: &str| context.state().get(name).and_then(Attribute::as_str).unwrap_or_default();
    let unknown = |name: &str| {
        KernelError::unsupported(format!("`{name}`: expected the name of a mode, found `{}`", text(name)))
    };
    let rounding = RoundingMode::from_name(text("RND")).ok_or_else(|| unknown("RND"))?;
    let saturation = SaturationMode::from_name(text("SAT")).ok_or_else(|| unknown("SAT"))?;
    Ok((rounding, saturation))
}

/// The format of an element; none without bits.
fn format(
    k: i32,
    b: i32,
    i: i32,
    (rounding, saturation): (RoundingMode, SaturationMode),
) -> Result<Option<Format>, KernelError> {
    if b <= 0 {
        return Ok(None);
    }
    let width = u32::try_from(b).ok().filter(|width| *width <= MAX_WIDTH);
    let width = width.ok_or_else(|| {
        KernelError::unsupported(format!("`mask_kbi`: expected at most {MAX_WIDTH} bits, found {b}"))
    })?;
    Ok(Some(Format::new(width, i, k != 0).with_modes(rounding, saturation)))
}

/// The integers of a mask `[1, …]` for every element of a tensor, as NumPy broadcasts them.
fn broadcast(value: &Attribute, shape: &[usize]) -> Result<Vec<i32>, KernelError> {
    let array = value.as_array().ok_or_else(|| KernelError::unsupported("`mask_kbi`: expected arrays"))?;
    let values: Vec<f64> = array.iter_f64()?.collect();
    let dims = array.shape().get(1..).unwrap_or_default();
    let fits = dims.len() <= shape.len()
        && dims.iter().rev().zip(shape.iter().rev()).all(|(&own, &other)| own == other || own == 1);
    if !fits {
        return Err(KernelError::unsupported(format!(
            "`mask_kbi`: expected the shape {shape:?} or one that broadcasts to it, found {dims:?}"
        )));
    }
    let len = shape.iter().product();
    Ok((0..len).map(|index| values[source(index, shape, dims)] as i32).collect())
}

/// Index of the element that is broadcast to an index.
fn source(index: usize, shape: &[usize], dims: &[usize]) -> usize {
    let (mut rest, mut stride, mut source) = (index, 1, 0);
    for (&size, &own) in shape.iter().rev().zip(dims.iter().rev()) {
        let position = rest % size;
        rest /= size;
        source += if own == 1 { 0 } else { position * stride };
        stride *= own;
    }
    source
}

impl Kernel for FixedPointQuantizer {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        for (index, x) in io.input().iter().enumerate() {
            let y = self.formats[index].map_or(Fixed::int(0), |format| x.cast(format));
            io.outputs[0].set(index, self.result.assign(y, log));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_precisions_are_those_of_the_code() {
        let code = "\ntemplate<typename input_t, typename output_t>\nvoid q(input_t *inp, output_t *out) {\n    #pragma HLS INLINE\n\n    \
                    out[0] = ap_fixed<4,-1,AP_RND_CONV,AP_SAT_SYM>(inp[0]);\n    out[1] = 0;\n    out[2] = ap_ufixed<1,0,AP_TRN,AP_WRAP>(inp[2]);\n}\n";
        let symmetric = Format::new(4, -1, true).with_modes(RoundingMode::RndConv, SaturationMode::SatSym);
        assert_eq!(written(code, 3).unwrap(), [Some(symmetric), None, Some(Format::new(1, 0, false))]);
        assert!(written(code, 2).is_err());
        assert!(written(&code.replace("<4,-1,", "<999,-1,"), 3).is_err());
        assert!(written(&code.replace("inp[2]", "inp[1]"), 3).is_err());
        assert!(written(&code.replace("AP_TRN", "AP_NEAR"), 3).is_err());
    }
}
