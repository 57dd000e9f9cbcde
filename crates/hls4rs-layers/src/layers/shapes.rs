//! Rules by which several kinds infer the shapes of their outputs.

use crate::{Attribute, LayerError, LayerState, Shape};

/// Shape of the first input.
pub(super) fn first_input(inputs: &[Shape]) -> Result<&Shape, LayerError> {
    inputs.first().ok_or_else(|| LayerError::InputCount { expected: "one input".to_owned(), found: 0 })
}

/// One output, of the shape of the first input.
pub(super) fn same_shape(_: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    Ok(vec![first_input(inputs)?.clone()])
}

/// One output with so many pixels along each axis, and its channels where `data_format` has them.
///
/// hls4ml takes every other format than `channels_last`, and none at all, for `channels_first`.
pub(super) fn pixels<const RANK: usize>(
    state: &LayerState,
    pixels: [&str; RANK],
    channels: &str,
) -> Result<Vec<Shape>, LayerError> {
    let mut shape = state.sizes(pixels)?;
    let channels = state.size(channels)?;
    let position = if state.is_channels_last() { shape.len() } else { 0 };
    shape.insert(position, channels);
    Ok(vec![shape])
}

/// The dimensions that `target_shape` lists, without the null that some converters put first for the batch.
pub(super) fn target_dimensions(state: &LayerState) -> Result<Vec<i64>, LayerError> {
    let dimensions = match state.list("target_shape")? {
        [Attribute::Null, rest @ ..] => rest,
        all => all,
    };
    let wrong = || LayerError::attribute("target_shape", "a list of integers", state.get("target_shape"));
    dimensions.iter().map(|dimension| dimension.as_int().ok_or_else(wrong)).collect()
}

/// One output, of the shape `target_shape`.
pub(super) fn target_shape(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let size = |dimension| usize::try_from(dimension).ok();
    let shape: Option<Shape> = target_dimensions(state)?.into_iter().map(size).collect();
    let found = state.get("target_shape");
    Ok(vec![shape.ok_or_else(|| LayerError::attribute("target_shape", "a list of dimensions", found))?])
}

/// Number of elements, unless it cannot be addressed.
pub(super) fn element_count(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |product, dimension| product.checked_mul(*dimension))
}

/// Shapes of the two inputs.
pub(super) fn two_inputs(inputs: &[Shape]) -> Result<(&Shape, &Shape), LayerError> {
    match inputs {
        [first, second] => Ok((first, second)),
        _ => Err(LayerError::InputCount { expected: "2 inputs".to_owned(), found: inputs.len() }),
    }
}

/// The position that an index stands for in a list of that length, where negative ones count from the end.
pub(super) fn python_index(index: i64, length: usize) -> Option<usize> {
    let position = if index < 0 { index.checked_add(i64::try_from(length).ok()?)? } else { index };
    usize::try_from(position).ok().filter(|position| *position < length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(data_format: &str) -> LayerState {
        let attributes = [
            ("h", Attribute::Int(4)),
            ("w", Attribute::Int(5)),
            ("c", 3.into()),
            ("data_format", data_format.into()),
        ];
        LayerState { attributes: attributes.into(), ..LayerState::default() }
    }

    #[test]
    fn channels_are_where_the_format_has_them() {
        assert_eq!(pixels(&state("channels_last"), ["h", "w"], "c"), Ok(vec![vec![4, 5, 3]]));
        assert_eq!(pixels(&state("channels_first"), ["h", "w"], "c"), Ok(vec![vec![3, 4, 5]]));
    }

    #[test]
    fn a_null_before_the_target_shape_is_the_batch() {
        let mut state = LayerState::default();
        let dimensions = vec![Attribute::Null, Attribute::Int(2), Attribute::Int(3)];
        state.attributes.insert("target_shape", Attribute::List(dimensions));
        assert_eq!(target_shape(&state, &[]), Ok(vec![vec![2, 3]]));
        state.attributes.insert("target_shape", vec![2, -1]);
        let error = target_shape(&state, &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "attribute `target_shape`: expected a list of dimensions, found a list"
        );
    }

    #[test]
    fn counts_that_overflow_are_none() {
        assert_eq!(element_count(&[2, 3]), Some(6));
        assert_eq!(element_count(&[usize::MAX, 2]), None);
    }

    #[test]
    fn negative_indices_count_from_the_end() {
        assert_eq!([0, 2, -1, -3].map(|i| python_index(i, 3)), [Some(0), Some(2), Some(2), Some(0)]);
        assert_eq!([3, -4, i64::MIN, i64::MAX].map(|i| python_index(i, 3)), [None; 4]);
    }
}
