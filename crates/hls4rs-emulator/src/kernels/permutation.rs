//! Permutations of the axes of arrays.

use hls4rs_types::Attribute;

use crate::error::KernelError;

/// The element of the input for each element of the output.
///
/// **Source:** `transpose_config_gen` of `hls4ml.utils.transpose_utils`, `transfer_idx` in `nnet_transpose.h`.
pub(crate) fn permuted(shape: &[usize], axes: &[Attribute]) -> Result<Vec<usize>, KernelError> {
    let rank = shape.len();
    let invalid =
        || KernelError::unsupported(format!("expected a permutation of {rank} axes, found another"));
    let axes: Vec<usize> =
        axes.iter().map(|axis| position(axis, rank)).collect::<Option<_>>().ok_or_else(invalid)?;
    if axes.len() != rank || (0..rank).any(|axis| !axes.contains(&axis)) {
        return Err(invalid());
    }
    let strides: Vec<usize> = (0..rank).map(|axis| shape[axis + 1..].iter().product()).collect();
    let mut origins = vec![0];
    for &axis in &axes {
        let steps = 0..shape[axis];
        origins = origins
            .into_iter()
            .flat_map(|origin| steps.clone().map(move |step| (origin, step)))
            .map(|(origin, step)| origin + step * strides[axis])
            .collect();
    }
    Ok(origins)
}

/// The element of the output for each element of the input.
pub(crate) fn scattered(shape: &[usize], axes: &[Attribute]) -> Result<Vec<usize>, KernelError> {
    let origins = permuted(shape, axes)?;
    let mut places = vec![0; origins.len()];
    for (place, origin) in origins.into_iter().enumerate() {
        places[origin] = place;
    }
    Ok(places)
}

/// An axis, which counts from the end if it is negative.
fn position(axis: &Attribute, rank: usize) -> Option<usize> {
    let axis = axis.as_int()?;
    let rank = i64::try_from(rank).ok()?;
    let position = if axis < 0 { axis + rank } else { axis };
    usize::try_from(position).ok().filter(|_| position < rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_follow_their_axes() {
        let axes = |axes: &[i64]| axes.iter().map(|&axis| Attribute::Int(axis)).collect::<Vec<_>>();
        assert_eq!(permuted(&[2, 3], &axes(&[1, 0])).ok(), Some(vec![0, 3, 1, 4, 2, 5]));
        assert_eq!(permuted(&[2, 1, 2], &axes(&[-1, 0, 1])).ok(), Some(vec![0, 2, 1, 3]));
        assert!(permuted(&[2, 3], &axes(&[0])).is_err());
        assert!(permuted(&[2, 3], &axes(&[0, 0])).is_err());
    }
}
