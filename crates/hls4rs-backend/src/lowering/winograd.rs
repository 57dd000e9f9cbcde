//! Transforms the weights of convolutions after Winograd.

use hls4rs_graph::{PassError, PassSpec, Preserves};
use hls4rs_layers::LayerState;
use hls4rs_types::{NamedType, Precision, Strided, Tensor, TensorError, TypeForm};

use super::resource_strategy::{IS_TRANSPOSED, change_weight};
use super::{Lowering, Site};

/// Brings the filters of a convolution into the form that Winograd's minimal filtering multiplies with, and widens their type.
///
/// ```text
/// Conv1D  weight [n_filt, 3, n_chan]     weight [n_filt, n_chan, 4]
/// Conv2D  weight [n_filt, 3, 3, n_chan]  weight [n_filt, n_chan, 4, 4]
/// ```
///
/// **Formula:** `G · filter · Gᵀ`, where G has the rows (1, 0, 0), (½, ½, ½), (½, −½, ½), (0, 0, 1), in double precision.
///
/// **Precision:** the weights get integer bits for the largest of them, and two bits more if they have less than eight
/// fractional bits. The integer bits come at the expense of fractional bits: hls4ml adds their difference to the width after
/// it has set them.
///
/// **Source:** `ApplyWinogradKernelTransformation` of `convolution_winograd.py` of Quartus, oneAPI and Catapult, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct ApplyWinograd;

const G: [[f64; 3]; 4] = [[1.0, 0.0, 0.0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0.0, 0.0, 1.0]];

/// The attribute that tells that weights are transformed already.
pub(crate) const IS_TRANSFORMED: &str = "_winograd_transformation_applied";

impl Lowering for ApplyWinograd {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "apply-winograd",
            upstream: "apply_winograd_kernel_transformation",
            summary: "transforms the weights of convolutions after Winograd",
            preserves: Preserves::Nothing,
        }
    }

    fn matches(&self, site: Site<'_>) -> Result<bool, PassError> {
        let is_possible = is_possible(site);
        let implementation = site
            .state
            .get("implementation")
            .map_or_else(|| "combination".to_owned(), |value| value.as_str().unwrap_or_default().to_owned());
        if !is_possible && implementation == "winograd" {
            return Err(PassError::unsupported(
                "a convolution with filters of 3, strides of 1, equal padding and more than two pixels, on arrays",
                "another one, with the implementation `winograd`",
                "set `Implementation` of the layer to `im2col` or `combination`",
            ));
        }
        Ok(is_possible
            && site.state.is_set(IS_TRANSPOSED)
            && !site.state.is_set(IS_TRANSFORMED)
            && ["combination", "winograd"].contains(&implementation.as_str()))
    }

    fn lower(&self, site: Site<'_>, state: &mut LayerState) -> Result<(), PassError> {
        let is_1d = site.layer.is_a("Conv1D");
        change_weight(state, "weight", if is_1d { transform_1d } else { transform_2d })?;
        let mut weight = state.weight("weight")?.clone();
        let largest = weight.data.iter_f64()?.fold(0f64, |largest, value| largest.max(value.abs()));
        widen(&mut weight.ty, largest)?;
        if let TypeForm::Packed { n_elem, .. } = &mut weight.ty.form {
            *n_elem = u64::try_from(weight.data.len()).unwrap_or(u64::MAX);
        }
        state.attributes.insert("weight_t", weight.ty.clone());
        state.attributes.insert("weight", weight);
        if !is_1d {
            state.attributes.insert("impl_filt_height", 4);
        }
        state.attributes.insert("impl_filt_width", 4);
        state.attributes.insert(IS_TRANSFORMED, true);
        Ok(())
    }
}

/// Whether the algorithm is made for such a convolution.
fn is_possible(site: Site<'_>) -> bool {
    let int = |name: &str, default: i64| {
        site.state.get(name).map_or(Some(default), |value| value.as_int()).unwrap_or_default()
    };
    let is_short =
        |axis: &str| int(&format!("filt_{axis}"), 3) == 3 && int(&format!("stride_{axis}"), 1) == 1;
    let is_long = |axis: &str| int(&format!("out_{axis}"), 0) > 2;
    let is_wide = is_short("width") && is_long("width") && !site.is_stream();
    if site.layer.is_a("Conv1D") {
        return is_wide;
    }
    let is_even = int("pad_top", 0) == int("pad_bottom", 0) && int("pad_left", 0) == int("pad_right", 0);
    site.layer.is_a("Conv2D") && is_wide && is_short("height") && is_long("height") && is_even
}

/// `[n_filt, 3, n_chan]` to `[n_filt, n_chan, 4]`.
fn transform_1d(data: &Tensor) -> Result<Tensor, TensorError> {
    let moved = Strided::of(data).transposed(&[0, 2, 1])?.finish()?;
    let values: Vec<f64> = moved.iter_f64()?.collect();
    let transformed =
        values.chunks_exact(3).flat_map(|filter| G.map(|row| dot(row, |i| at(filter, i)))).collect();
    Tensor::new(&[&moved.shape()[..2], &[4]].concat(), transformed)
}

/// `[n_filt, 3, 3, n_chan]` to `[n_filt, n_chan, 4, 4]`.
fn transform_2d(data: &Tensor) -> Result<Tensor, TensorError> {
    let moved = Strided::of(data).transposed(&[0, 3, 1, 2])?.finish()?;
    let values: Vec<f64> = moved.iter_f64()?.collect();
    let tile = |filter: &[f64]| {
        let half = G.map(|row| [0, 1, 2].map(|column| dot(row, |i| at(filter, 3 * i + column))));
        half.map(|left| G.map(|row| dot(left, |i| at(&row, i))))
    };
    let transformed = values.chunks_exact(9).flat_map(tile).flatten().collect();
    Tensor::new(&[&moved.shape()[..2], &[4, 4]].concat(), transformed)
}

fn at(values: &[f64], place: usize) -> f64 {
    values.get(place).copied().unwrap_or(0.0)
}

fn dot(row: [f64; 3], column: impl Fn(usize) -> f64) -> f64 {
    row[0] * column(0) + row[1] * column(1) + row[2] * column(2)
}

/// Integer bits for the largest weight, and two bits more for few fractional ones.
fn widen(ty: &mut NamedType, largest: f64) -> Result<(), PassError> {
    #[expect(clippy::cast_possible_truncation, reason = "what does not fit is no precision either")]
    #[expect(clippy::cast_sign_loss, reason = "it is an absolute value")]
    let bits = 65 - (largest.ceil() as u64).leading_zeros();
    let unsupported = |precision: &Precision| {
        let found = format!("`{precision}` for weights of up to {largest}");
        PassError::unsupported(
            "weights of fixed-point numbers",
            found,
            "set `Implementation` of the layer to `im2col`",
        )
    };
    match &mut ty.precision {
        Precision::Fixed(fixed) => {
            fixed.integer = fixed.integer.max(i32::try_from(bits).unwrap_or(i32::MAX));
            if fixed.fractional() < 8 {
                fixed.width += 2;
            }
        }
        Precision::Integer(integer) if bits <= integer.width => integer.width += 2,
        other => return Err(unsupported(other)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_transformed() -> Result<(), TensorError> {
        let data = Tensor::new(&[1, 3, 1], vec![1f32, 2.0, 4.0])?;
        assert_eq!(transform_1d(&data)?, Tensor::new(&[1, 1, 4], vec![1f64, 3.5, 1.5, 4.0])?);
        let data = Tensor::new(&[1, 3, 3, 1], vec![1f32; 9])?;
        let expected =
            [[1.0, 1.5, 0.5, 1.0], [1.5, 2.25, 0.75, 1.5], [0.5, 0.75, 0.25, 0.5], [1.0, 1.5, 0.5, 1.0]];
        assert_eq!(transform_2d(&data)?, Tensor::new(&[1, 1, 4, 4], expected.concat())?);
        Ok(())
    }

    #[test]
    fn integer_bits_take_the_place_of_fractional_ones() {
        for (given, largest, expected) in [
            ("fixed<16,6>", 2.0, "fixed<16,6>"),
            ("fixed<16,2>", 3.5, "fixed<16,4>"),
            ("fixed<6,1>", 0.5, "fixed<8,2>"),
            ("int<4>", 2.0, "int<6>"),
        ] {
            let mut ty = NamedType::new("t", given.parse().unwrap());
            assert_eq!(widen(&mut ty, largest), Ok(()));
            assert_eq!(ty.precision, expected.parse().unwrap());
        }
        let mut ty = NamedType::new("t", Precision::int(2));
        assert!(widen(&mut ty, 9.0).is_err());
    }
}
