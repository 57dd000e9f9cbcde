//! Changes of shape.

use super::shapes;
use crate::{Initializer, LayerError, LayerState, Shape, layer};

layer! {
    /// The same elements in the same order, in another shape.
    ///
    /// **Shapes:** `[…] → target_shape`.
    ///
    /// **Formula:** `y[i] = x[i]` where `i` counts the elements, the last index fastest.
    ///
    /// **Precision:** that of the input in `io_parallel`, where the output is another name for the input's memory.
    ///
    /// **Source:** `hls4ml.model.layers.Reshape`, hls4ml 1.3.0. ONNX gives the target as a second input, which must be
    /// a `Constant`, with the batch in front.
    ///
    /// **Limits:** as in hls4ml, the number of elements is only compared where the target has a −1.
    Reshape, ReshapeBuilder = "hls4ml.model.layers.Reshape";
    aliases: ["Reshape"];
    inputs: 1, 2;
    attributes: {
        target_shape: List, "dimensions of the output, batch omitted; −1 stands for what is left, once at most";
    }
    weights: {}
    infer: infer;
    initialize: initialize;
}

fn infer(state: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let target = shapes::target_dimensions(state)?;
    let input = shapes::first_input(inputs)?;
    let shape = resolve(&target, input).ok_or_else(|| LayerError::InputShape {
        expected: format!("a shape that can become {target:?}"),
        found: format!("{input:?}"),
    })?;
    Ok(vec![shape])
}

/// The target with the number in place of −1 that keeps the number of elements, if there is one.
fn resolve(target: &[i64], input: &[usize]) -> Option<Shape> {
    if !target.contains(&-1) {
        return target.iter().map(|dimension| usize::try_from(*dimension).ok()).collect();
    }
    let known = target.iter().filter(|dimension| **dimension != -1);
    let known: Shape = known.map(|dimension| usize::try_from(*dimension).ok()).collect::<Option<_>>()?;
    let (elements, divisor) = (shapes::element_count(input)?, shapes::element_count(&known)?);
    if known.len() + 1 != target.len() || elements.checked_rem(divisor)? != 0 {
        return None;
    }
    let rest = elements / divisor;
    Some(target.iter().map(|dimension| usize::try_from(*dimension).unwrap_or(rest)).collect())
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    if init.state.get("target_shape").is_none() {
        let target = constant_target(init)?;
        init.state.attributes.insert("target_shape", target);
    }
    for shape in init.infer()? {
        init.state.attributes.insert("target_shape", shape.as_slice());
    }
    init.outputs()
}

/// The target shape that the second input has, without the batch.
fn constant_target(init: &Initializer<'_>) -> Result<Vec<i64>, LayerError> {
    let target = init.constant(1).ok_or_else(|| LayerError::Unsupported {
        message: "a shape that is neither an attribute nor a constant input is not supported".to_owned(),
    })?;
    let dimensions = target.iter_f64().map_err(|cause| LayerError::tensor("target_shape", cause))?;
    Ok(dimensions.skip(1).map(|dimension| dimension as i64).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reshaped(target: &[i64], input: &[usize]) -> Result<Vec<Shape>, LayerError> {
        let layer = Reshape::builder("r").target_shape(target.to_vec()).build().into_layer();
        layer.infer(&[input.to_vec()])
    }

    #[test]
    fn a_missing_dimension_is_what_is_left() {
        assert_eq!(reshaped(&[-1], &[2, 3, 4]), Ok(vec![vec![24]]));
        assert_eq!(reshaped(&[4, -1, 2], &[2, 3, 4]), Ok(vec![vec![4, 3, 2]]));
        assert_eq!(reshaped(&[2, 12], &[2, 3, 4]), Ok(vec![vec![2, 12]]));
    }

    #[test]
    fn what_can_not_be_is_an_error() {
        let error = reshaped(&[5, -1], &[2, 3]).unwrap_err();
        assert_eq!(error.to_string(), "input shapes: expected a shape that can become [5, -1], found [2, 3]");
        assert!(reshaped(&[-1, -1], &[2, 3]).is_err());
        assert!(reshaped(&[0, -1], &[2, 3]).is_err());
        assert!(reshaped(&[-2, 3], &[2, 3]).is_err());
    }
}
