//! Matrix products of two tensors.

use super::shapes::two_inputs;
use crate::{LayerError, LayerState, Shape, layer};

layer! {
    /// A matrix product as ONNX has it, until a pass makes it a `Dense`.
    ///
    /// **Shapes:** `[…, n], […, n, m] → […, m]`; `[…, n], [n] → […, n]`.
    ///
    /// **Formula:** `y[…, j] = Σ_i a[…, i] · b[…, i, j]`.
    ///
    /// **Source:** `hls4ml.model.layers.MatMul`, hls4ml 1.3.0.
    ///
    /// **Limits:** with a vector as second input, the output keeps hls4ml's shape and not the source model's, which has
    /// no last dimension.
    MatMul, MatMulBuilder = "hls4ml.model.layers.MatMul";
    aliases: ["MatMul"];
    inputs: 2, 2;
    attributes: {}
    weights: {}
    infer: infer;
    initialize: |init| init.outputs();
}

fn infer(_: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let (first, second) = two_inputs(inputs)?;
    let (contracted, columns) = match second.as_slice() {
        [n] => (Some(n), Some(n)),
        [.., n, columns] => (Some(n), Some(columns)),
        [] => (None, None),
    };
    match (first.split_last(), contracted, columns) {
        (Some((last, rest)), Some(contracted), Some(columns)) if last == contracted => {
            Ok(vec![rest.iter().chain([columns]).copied().collect()])
        }
        _ => Err(LayerError::InputShape {
            expected: "as many columns in the first as rows in the second".to_owned(),
            found: format!("{first:?} and {second:?}"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_the_second_follow_rows_of_the_first() {
        let product = MatMul::builder("product").build().into_layer();
        assert_eq!(product.infer(&[vec![5, 3], vec![3, 4]]), Ok(vec![vec![5, 4]]));
        assert_eq!(product.infer(&[vec![3], vec![3]]), Ok(vec![vec![3]]));
        let error = product.infer(&[vec![5, 3], vec![4, 3]]).unwrap_err();
        let expected = "input shapes: expected as many columns in the first as rows in the second, \
                        found [5, 3] and [4, 3]";
        assert_eq!(error.to_string(), expected);
        assert!(product.infer(&[vec![3], vec![]]).is_err());
    }
}
