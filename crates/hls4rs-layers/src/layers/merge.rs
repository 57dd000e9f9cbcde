//! Elementwise operations on two tensors.

use super::shapes::two_inputs;
use crate::{LayerError, LayerState, Shape, layer};

layer! {
    /// An operation on two tensors, element by element.
    ///
    /// **Shapes:** `[…], […] → […]`, the shape of the input with more elements, the first one's if both have as many.
    ///
    /// **Formula:** `y = a ∘ b` where `op` is `add`, `subtract`, `multiply`, `average`, `maximum` or `minimum`; the
    /// elements of the smaller input repeat in their order.
    ///
    /// **Precision:** in full precision, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.Merge`, hls4ml 1.3.0.
    ///
    /// **Limits:** shapes that broadcast each other, as `[3, 1]` and `[1, 4]`, do not get the shape that they have in
    /// the source model.
    Merge, MergeBuilder = "hls4ml.model.layers.Merge";
    aliases: ["Merge"];
    inputs: 2, 2;
    attributes: {
        op: String = Optional, "name of the operation";
    }
    weights: {}
    infer: infer;
    initialize: |init| init.outputs();
}

fn infer(_: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let (first, second) = two_inputs(inputs)?;
    Ok(vec![broadcast_shape(first, second)])
}

/// The larger of two shapes, as hls4ml's merge layers take it.
fn broadcast_shape(a: &[usize], b: &[usize]) -> Shape {
    let size = |shape: &[usize]| shape.iter().fold(1, |size: usize, n| size.saturating_mul(*n));
    if size(b) > size(a) { b.to_vec() } else { a.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_shape_wins() {
        let add = Merge::builder("add").op("add").build().into_layer();
        assert_eq!(add.infer(&[vec![3], vec![4, 3]]), Ok(vec![vec![4, 3]]));
        assert_eq!(add.infer(&[vec![6], vec![2, 3]]), Ok(vec![vec![6]]));
        assert!(add.infer(&[vec![3]]).is_err());
    }
}
