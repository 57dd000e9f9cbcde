//! Permutations of axes.

use super::shapes;
use crate::{Attribute, Initializer, LayerError, LayerState, Shape, layer};

layer! {
    /// The input with its axes in another order.
    ///
    /// **Shapes:** `[s_0, s_1, …] → [s_{perm[0]}, s_{perm[1]}, …]`; with a single axis, the shape of the input.
    ///
    /// **Formula:** `y[i_{perm[0]}, i_{perm[1]}, …] = x[i_0, i_1, …]`.
    ///
    /// **Precision:** that of the input.
    ///
    /// **Source:** `hls4ml.model.layers.Transpose`, hls4ml 1.3.0.
    ///
    /// **Limits:** Vivado and Vitis have kernels for any number of axes, the other backends for three at most.
    Transpose, TransposeBuilder = "hls4ml.model.layers.Transpose";
    aliases: ["Transpose"];
    inputs: 1, 1;
    attributes: {
        perm: Shape | List = Optional, "axes of the input in the order of the output, batch omitted";
        dim: String = Optional, "number of axes: `2d`, `3d`, …";
        perm_str: String = Optional, "axes as the kernel for three axes takes them, separated by commas";
        depth: Int = Optional, "first dimension of the input, 1 if it has only two";
        height: Int = Optional, "last but one dimension of the input";
        width: Int = Optional, "last dimension of the input";
    }
    weights: {}
    infer: infer;
    initialize: initialize;
}

fn infer(state: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let input = shapes::first_input(inputs)?;
    let axes = axes(state)?;
    if axes.len() == 1 {
        return Ok(vec![input.clone()]);
    }
    let dimension = |axis: &i64| input.get(shapes::python_index(*axis, input.len())?).copied();
    let shape: Option<Shape> = axes.iter().map(dimension).collect();
    Ok(vec![shape.ok_or_else(|| LayerError::InputShape {
        expected: format!("a shape with the axes {axes:?}"),
        found: format!("{input:?}"),
    })?])
}

fn axes(state: &LayerState) -> Result<Vec<i64>, LayerError> {
    let axes: Option<Vec<i64>> = state.list("perm")?.iter().map(Attribute::as_int).collect();
    axes.ok_or_else(|| LayerError::attribute("perm", "a list of integers", state.get("perm")))
}

/// ONNX's converter makes transpositions of a single axis, which do nothing.
fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    let input = &init.input_dims(0)?;
    let axes = axes(init.state)?;
    let rank = if axes.len() == 1 { input.len() } else { axes.len() };
    init.state.attributes.insert("dim", format!("{}d", input.len()));
    if axes.len() == 1 {
        init.state.attributes.insert("perm", vec![0]);
    }
    init.state.attributes.insert("perm_str", kernel_axes(&axes, rank));
    set_dimensions(init.state, rank, input);
    init.outputs_like_input()
}

/// The axes as text, behind one more if there are two dimensions.
fn kernel_axes(axes: &[i64], rank: usize) -> String {
    let (mut texts, shift) = if rank == 2 { (vec!["0".to_owned()], 1) } else { (vec![], 0) };
    texts.extend(axes.iter().map(|axis| axis.saturating_add(shift).to_string()));
    texts.join(",")
}

/// Sets the dimensions of the input for outputs of two and three axes.
fn set_dimensions(state: &mut LayerState, rank: usize, input: &[usize]) {
    let dimensions = match (rank, input) {
        (2, [height, width, ..]) => [1, *height, *width],
        (3, [depth, height, width, ..]) => [*depth, *height, *width],
        _ => return,
    };
    for (name, dimension) in ["depth", "height", "width"].into_iter().zip(dimensions) {
        state.set_size(name, dimension);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::{initialized, try_initialize, variable};

    fn transposed(perm: &[i64], input: &[usize]) -> LayerState {
        let draft = Transpose::builder("t").with("perm", perm.to_vec()).inputs(["x"]).build();
        initialized(draft, &[variable("x", input)])
    }

    fn shape(state: &LayerState) -> &[i64] {
        state.attributes.get("t").and_then(Attribute::as_variable).map(|t| t.shape.as_slice()).unwrap()
    }

    #[test]
    fn two_axes_are_three_to_the_kernel() {
        let state = transposed(&[1, 0], &[4, 5]);
        assert_eq!(shape(&state), [5, 4]);
        assert_eq!((state.str("dim"), state.str("perm_str")), (Ok("2d"), Ok("0,2,1")));
        assert_eq!(state.sizes(["depth", "height", "width"]), Ok(vec![1, 4, 5]));
    }

    #[test]
    fn three_axes_and_more() {
        let state = transposed(&[2, 0, 1], &[4, 5, 6]);
        assert_eq!((shape(&state), state.str("perm_str")), ([6, 4, 5].as_slice(), Ok("2,0,1")));
        assert_eq!(state.sizes(["depth", "height", "width"]), Ok(vec![4, 5, 6]));
        let state = transposed(&[2, 4, 3, 0, 1], &[2, 3, 4, 5, 6]);
        assert_eq!((shape(&state), state.str("dim")), ([4, 6, 5, 2, 3].as_slice(), Ok("5d")));
        assert!(state.get("depth").is_none());
    }

    #[test]
    fn a_single_axis_changes_nothing() {
        let state = transposed(&[0], &[4]);
        assert_eq!((shape(&state), state.str("perm_str")), ([4].as_slice(), Ok("0")));
    }

    #[test]
    fn axes_that_do_not_exist_are_errors() {
        let draft = Transpose::builder("t").perm([2, 0]).inputs(["x"]).build();
        let error = try_initialize(draft, &[variable("x", &[4, 5])]).unwrap_err();
        assert_eq!(error.to_string(), "input shapes: expected a shape with the axes [2, 0], found [4, 5]");
    }
}
