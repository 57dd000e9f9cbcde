//! How many bits of its inputs a layer can use.

use hls4rs_graph::{Node, PassError};
use hls4rs_types::{RoundingMode, SaturationMode};
use ndarray::{ArrayD, Axis, IxDyn, Slice};

use super::analysis::Analysis;
use super::view::{
    HELP, input_layers, input_shapes, modes, output_fixed, output_layers, output_shape, underivable,
};
use crate::interval::{Kif, permuted};

/// As many bits as there can be.
pub(super) const ALL: i16 = 126;

/// All bits of an array.
pub(super) fn all(shape: &[usize]) -> Kif {
    Kif::filled(shape, 1, ALL, ALL)
}

/// By kind, the special cases first. Layers of other kinds can use everything.
///
/// **Source:** `_request_kif` of `hls4ml.model.optimizer.passes.bit_exact`, hls4ml 1.3.0.
#[expect(clippy::type_complexity, reason = "a table of functions is clearest as its type")]
const REQUESTS: &[(&str, fn(&mut Analysis, Node<'_>) -> Result<Vec<Kif>, PassError>)] = &[
    ("FixedPointQuantizer", quantizer),
    ("Reshape", reshape),
    ("Activation", activation),
    ("Concatenate", concatenate),
    ("Transpose", transpose),
];

impl Analysis {
    pub(super) fn request_anew(&mut self, node: Node<'_>) -> Result<Vec<Kif>, PassError> {
        match REQUESTS.iter().find(|(kind, _)| node.is_a(kind)) {
            Some((_, request)) => request(self, node),
            None => Ok(input_shapes(node)?.iter().map(|shape| all(shape)).collect()),
        }
    }

    /// How many bits of the layer's output its readers can use: the most of any, everything if nobody reads it.
    ///
    /// **Source:** `requested_kif` of the same module. A layer that reads the output twice counts with its first input.
    pub(crate) fn requested(&mut self, node: Node<'_>) -> Result<Kif, PassError> {
        let shape = output_shape(node)?;
        let mut most: Option<Kif> = None;
        for reader in output_layers(node) {
            let requests = self.request(reader)?;
            let place = input_layers(reader)?.iter().position(|input| input.name == node.name);
            let request = place.and_then(|place| requests.into_iter().nth(place));
            let Some(request) = request else {
                return Err(PassError::unsupported("a reader of the layer", reader.name, HELP));
            };
            let so_far = most.unwrap_or_else(|| Kif::filled(&shape, 0, -127, -127));
            most = Some(so_far.zip("readers", &request, i16::max).map_err(underivable)?);
        }
        Ok(most.unwrap_or_else(|| all(&shape)))
    }
}

fn quantizer(analysis: &mut Analysis, node: Node<'_>) -> Result<Vec<Kif>, PassError> {
    let shape = output_shape(node)?;
    let own = analysis.mask(node)?.bits()?;
    let broadcast = |plane: &ArrayD<i16>| {
        let found = || format!("{:?} for {shape:?}", plane.shape());
        let plane = plane.broadcast(IxDyn(&shape));
        plane
            .map(|plane| plane.to_owned())
            .ok_or_else(|| PassError::unsupported("a mask of the output's shape", found(), HELP))
    };
    let mut bits = own.map(broadcast)?;
    let (rounding, saturation) = modes(node)?;
    if saturation != "WRAP" {
        bits.k.fill(1);
        bits.i.fill(ALL);
    }
    match rounding {
        "TRN" => {}
        "RND" => bits.f.mapv_inplace(|f| f.wrapping_add(1)),
        _ => bits.f.fill(ALL),
    }
    Ok(vec![bits])
}

fn reshape(analysis: &mut Analysis, node: Node<'_>) -> Result<Vec<Kif>, PassError> {
    let shapes = input_shapes(node)?;
    let Some(shape) = shapes.first() else {
        return Err(PassError::unsupported("a layer with an input", "none", HELP));
    };
    Ok(vec![analysis.requested(node)?.map(|plane| reshaped(plane, shape))?])
}

/// The array with the same elements, the last axis fastest, in another shape.
pub(super) fn reshaped(plane: &ArrayD<i16>, shape: &[usize]) -> Result<ArrayD<i16>, PassError> {
    let elements: Vec<i16> = plane.iter().copied().collect();
    let found = plane.shape().to_vec();
    ArrayD::from_shape_vec(IxDyn(shape), elements).map_err(|_| {
        PassError::unsupported(format!("as many elements as in {shape:?}"), format!("{found:?}"), HELP)
    })
}

fn activation(analysis: &mut Analysis, node: Node<'_>) -> Result<Vec<Kif>, PassError> {
    let function = node.text("activation");
    let relu = |f: ArrayD<i16>| Kif { f: f.clone(), ..Kif::filled(f.shape(), 1, ALL, 0) };
    match function {
        Some("linear" | "relu") if node.state().is_set("trusted") => {
            let own = trusted(node)?;
            Ok(vec![if function == Some("linear") { own } else { relu(own.f) }])
        }
        Some("linear") => Ok(vec![analysis.requested(node)?]),
        Some("relu") => Ok(vec![relu(analysis.requested(node)?.f)]),
        _ => Ok(input_shapes(node)?.iter().take(1).map(|shape| all(shape)).collect()),
    }
}

/// What a layer with a precision that is given by the model can use.
fn trusted(node: Node<'_>) -> Result<Kif, PassError> {
    let (precision, mut bits) = (output_fixed(node)?, own_bits(node)?);
    match precision.rounding_mode {
        RoundingMode::Trn => {}
        RoundingMode::Rnd => bits.f.mapv_inplace(|f| f.wrapping_add(1)),
        _ => bits.f.fill(ALL),
    }
    if precision.saturation_mode != SaturationMode::Wrap {
        bits.k.fill(1);
        bits.i.fill(ALL);
    }
    Ok(bits)
}

/// The bits of a layer's result type for all of its elements.
pub(super) fn own_bits(node: Node<'_>) -> Result<Kif, PassError> {
    let precision = output_fixed(node)?;
    let small = |bits: i32| {
        i16::try_from(bits).map_err(|_| PassError::unsupported("a precision of a few bits", bits, HELP))
    };
    let sign = i32::from(precision.signed);
    let (i, f) = (small(precision.integer.saturating_sub(sign))?, small(precision.fractional())?);
    Ok(Kif::filled(&output_shape(node)?, i16::from(precision.signed), i, f))
}

fn concatenate(analysis: &mut Analysis, node: Node<'_>) -> Result<Vec<Kif>, PassError> {
    let shapes = input_shapes(node)?;
    let [first, _] = shapes.as_slice() else {
        return Err(PassError::unsupported("two inputs", shapes.len(), HELP));
    };
    let requested = analysis.requested(node)?;
    let axis = axis(node, first.len())?;
    let places = first.get(axis).copied().unwrap_or_default();
    let part = |slice: Slice| {
        requested.map(|plane| {
            let size = plane.shape().get(axis).copied().unwrap_or_default();
            if size < places {
                let expected = format!("at least {places} elements along axis {axis}");
                return Err(PassError::unsupported(expected, size, HELP));
            }
            Ok(plane.slice_axis(Axis(axis), slice).to_owned())
        })
    };
    Ok(vec![part(Slice::from(..places))?, part(Slice::from(places..))?])
}

/// The axis along which arrays are joined.
///
/// **Source:** the derivation takes the attribute as NumPy does, without the batch; a positive axis, which counts the batch,
/// is one too far.
pub(super) fn axis(node: Node<'_>, rank: usize) -> Result<usize, PassError> {
    let axis = node.state().int("axis")?;
    let counted =
        if axis < 0 { i64::try_from(rank).ok().and_then(|rank| rank.checked_add(axis)) } else { Some(axis) };
    let place = counted.and_then(|axis| usize::try_from(axis).ok()).filter(|axis| *axis < rank);
    let help = "give the axis from the end, as `-1`, or set `BitExact` of the model to `false`";
    place.ok_or_else(|| {
        PassError::unsupported(format!("an axis of {rank} dimensions, without the batch"), axis, help)
    })
}

fn transpose(analysis: &mut Analysis, node: Node<'_>) -> Result<Vec<Kif>, PassError> {
    let axes = axes(node)?;
    let mut inverse: Vec<usize> = (0..axes.len()).collect();
    inverse.sort_by_key(|place| axes.get(*place));
    let requested = analysis.requested(node)?;
    Ok(vec![requested.map(|plane| permuted("transposition", plane, &inverse)).map_err(underivable)?])
}

/// The axes of the input in the order of the output.
pub(super) fn axes(node: Node<'_>) -> Result<Vec<usize>, PassError> {
    Ok(node.state().shape("perm")?)
}
