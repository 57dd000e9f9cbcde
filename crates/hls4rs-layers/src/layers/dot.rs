//! Scalar products.

use super::shapes::two_inputs;
use crate::{LayerError, LayerState, Shape, layer};

layer! {
    /// The scalar product of two vectors.
    ///
    /// **Shapes:** `[n], [n] → [1]`.
    ///
    /// **Formula:** `y = Σ_i a[i] · b[i]`.
    ///
    /// **Precision:** products and sums in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.Dot`, hls4ml 1.3.0.
    ///
    /// **Limits:** tensors of rank above 1 are refused.
    Dot, DotBuilder = "hls4ml.model.layers.Dot";
    aliases: ["Dot"];
    inputs: 2, 2;
    attributes: {
        op: String = Optional, "`dot1d`";
        axes: Int | List = Optional, "axes of the product in the source model, counted from 0 with the batch";
    }
    weights: {}
    infer: infer;
    initialize: |init| init.outputs();
}

fn infer(_: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let (first, second) = two_inputs(inputs)?;
    if first == second && first.len() <= 1 {
        return Ok(vec![vec![1]]);
    }
    let expected = "two vectors of equal length".to_owned();
    Err(LayerError::InputShape { expected, found: format!("{first:?} and {second:?}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_equal_vectors_only() {
        let dot = Dot::builder("dot").build().into_layer();
        assert_eq!(dot.infer(&[vec![4], vec![4]]), Ok(vec![vec![1]]));
        assert!(dot.infer(&[vec![4], vec![5]]).is_err());
        assert!(dot.infer(&[vec![4, 2], vec![4, 2]]).is_err());
    }
}
