//! Element by element with NumPy's rules for shapes that differ.

use ndarray::{ArrayD, IxDyn, Zip};

use super::IntervalError;

/// The shape that both shapes broadcast to: dimensions are compared from the last one, and 1 goes with any.
///
/// # Errors
/// If two dimensions differ and neither is 1.
pub fn common_shape(
    operation: &'static str,
    left: &[usize],
    right: &[usize],
) -> Result<Vec<usize>, IntervalError> {
    let rank = left.len().max(right.len());
    let dimension = |shape: &[usize], axis: usize| {
        (axis + shape.len()).checked_sub(rank).and_then(|axis| shape.get(axis)).copied().unwrap_or(1)
    };
    let dimensions = (0..rank).map(|axis| match (dimension(left, axis), dimension(right, axis)) {
        (a, b) if a == b || b == 1 => Some(a),
        (1, b) => Some(b),
        _ => None,
    });
    dimensions.collect::<Option<_>>().ok_or_else(|| IntervalError::shapes(operation, left, right))
}

/// `function` of the elements of both arrays, broadcast to each other.
///
/// # Errors
/// If the shapes do not go together.
pub fn zip_with<A, B, C>(
    operation: &'static str,
    left: &ArrayD<A>,
    right: &ArrayD<B>,
    function: impl Fn(A, B) -> C,
) -> Result<ArrayD<C>, IntervalError>
where
    A: Copy,
    B: Copy,
{
    let shape = common_shape(operation, left.shape(), right.shape())?;
    let mismatch = || IntervalError::shapes(operation, left.shape(), right.shape());
    let a = left.broadcast(IxDyn(&shape)).ok_or_else(mismatch)?;
    let b = right.broadcast(IxDyn(&shape)).ok_or_else(mismatch)?;
    Ok(Zip::from(a).and(b).map_collect(|&a, &b| function(a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_go_with_any() {
        assert_eq!(common_shape("test", &[4, 1], &[3]), Ok(vec![4, 3]));
        assert_eq!(common_shape("test", &[], &[2]), Ok(vec![2]));
        assert_eq!(common_shape("test", &[1], &[0]), Ok(vec![0]));
        assert!(common_shape("test", &[2], &[3]).is_err());
    }
}
