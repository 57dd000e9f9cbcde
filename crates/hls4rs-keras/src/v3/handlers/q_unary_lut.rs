//! Functions by table.

use hls4rs_frontend::Problem;
use hls4rs_types::{FixedPrecision, Tensor};
use ndarray::ArrayD;

use super::activation::same;
use crate::v3::call::{Call, Made};
use crate::v3::hgq::{function, is_exact, own, precision, quantized};

/// How much another library's function may differ, relatively.
const NEAR: f32 = 4.0 * f32::EPSILON;

/// Elements that a table may have.
const MOST: f64 = 1e6;

/// `QUnaryFunctionLUT`: a table with a value for each number of the input.
///
/// **Formula.** Numbers are in the order of their bits: those from zero on, then the negative ones.
///
/// **Source:** `QUnaryLUTHandler` of `hls4ml.converters.keras_v3.hgq2.unary_lut`, hls4ml 1.3.0. Numbers without bits do not count.
/// What TensorFlow may round otherwise is a warning.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    for (key, expected) in [("enable_iq", true), ("enable_oq", true), ("allow_heterogeneous_table", false)] {
        if call.config.bool(key)? != expected {
            let message = format!("`{key}`: expected {expected}, found {}", !expected);
            return Err(Problem::unsupported(message, "set up the layer as it is expected"));
        }
    }
    let name = call.function("activation")?.unwrap_or("linear");
    let function = function(name)?;
    let inputs = inputs(call)?;
    let out = own(call, "oq")?;
    let (k, i, f) = out.single()?;
    let mode = out.mode();
    let is_empty = k + i + f <= 0.0;
    let table: Vec<f64> = inputs
        .iter()
        .map(|x| {
            // hls4ml quantizes once more with NumPy, which makes a 0 of −0
            f64::from(if is_empty { 0.0 } else { mode.quantize(function(*x), k, i, f) + 0.0 })
        })
        .collect();
    let is_near = |x: &&f32| {
        let [below, above] =
            [1.0 - NEAR, 1.0 + NEAR].map(|factor| mode.quantize(function(**x) * factor, k, i, f));
        **x != 0.0 && below != above
    };
    let n_near = if is_exact(name) || is_empty { 0 } else { inputs.iter().filter(is_near).count() };
    if n_near > 0 {
        let place = format!("`{}` ({})", call.name, call.class_name);
        let message =
            format!("{n_near} of {} entries of `{name}` may be rounded otherwise by TensorFlow", table.len());
        call.findings.warning("uncertain-table", &place, message);
    }
    let mut layer = call.entry();
    layer.set("class_name", "UnaryLUT");
    layer.set("table_data", Tensor::vector(table));
    let width = (k + i + f).max(0.0) as u32;
    layer.set("table_t", precision(FixedPrecision::new(width, (k + i) as i32, k != 0.0)));
    layer.set("activation", "unary_lut");
    let made = same(call, layer)?;
    quantized(call, made)
}

/// All numbers of the input's format, in the order of their bits.
fn inputs(call: &Call<'_, '_>) -> Result<Vec<f32>, Problem> {
    let quantizer = own(call, "iq")?;
    let (k, i, f) = quantizer.kif()?;
    let most = |part: &ArrayD<f32>, other: &ArrayD<f32>| {
        let bits = part
            .iter()
            .zip(other)
            .zip(k)
            .map(|((part, other), k)| if part + other + k > 0.0 { *part } else { -32.0 });
        f64::from(bits.fold(f32::NEG_INFINITY, f32::max))
    };
    let (i_most, f_most) = (most(i, f), most(f, i));
    let is_signed = k.iter().any(|k| *k != 0.0);
    let count = (i_most + f_most + f64::from(u8::from(is_signed))).exp2();
    if !(1.0..=MOST).contains(&count) {
        let message = format!("expected a table of at most {MOST} elements, found {count}");
        return Err(Problem::unsupported(message, "use fewer bits for the input"));
    }
    let eps = (-f_most).exp2();
    let half = if is_signed { count / 2.0 } else { count };
    let positive = (0..half as u32).map(|n| f64::from(n) * eps);
    let negative = (0..(count - half) as u32).map(|n| (f64::from(n) - half) * eps);
    Ok(positive.chain(negative).map(|x| x as f32).collect())
}
