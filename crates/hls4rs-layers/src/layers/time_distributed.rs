//! Layers that are applied to each step.

use crate::{Attribute, LayerError, LayerState, Shape, layer};

layer! {
    /// A layer that is applied to each step; or, after a conversion, the beginning or the end of a loop over the steps, with
    /// the layers that are applied between both.
    ///
    /// **Shapes:** `[n_time_steps, …] → output_shape`; the beginning of a loop `[n_time_steps, …] → […]`, the end
    /// `[…] → output_shape`.
    ///
    /// **Formula:** `y[t] = wrapped_layer(x[t])`.
    ///
    /// **Source:** `hls4ml.model.layers.TimeDistributed`, hls4ml 1.3.0. `ExpandTimeDistributed` of
    /// `hls4ml.model.optimizer.passes.expand_time_distributed` leaves `output_shape` of the beginning as it was.
    ///
    /// **Limits:** in hls4ml, both ends of a loop hold each other, which it cannot save. Here they hold each other's names;
    /// the end is called like the beginning, with `_end`.
    TimeDistributed, TimeDistributedBuilder = "hls4ml.model.layers.TimeDistributed";
    aliases: ["TimeDistributed"];
    inputs: 1, 1;
    attributes: {
        wrapped_layer: Any, "what the converter knows of the layer, or the name of the loop's other end";
        n_time_steps: Int, "number of steps";
        output_shape: Shape, "dimensions of the output, batch omitted";
    }
    weights: {}
    infer: infer;
    initialize: |init| init.outputs();
}

fn infer(state: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    match inputs {
        [input] if begins(state) => Ok(vec![input.iter().skip(1).copied().collect()]),
        _ => Ok(vec![state.shape("output_shape")?]),
    }
}

/// Whether a loop begins with the layer.
fn begins(state: &LayerState) -> bool {
    let text = |name: &str| state.get(name).and_then(Attribute::as_str);
    let end = text("wrapped_layer").and_then(|other| other.strip_suffix("_end"));
    end.is_some() && end == text("name")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Attributes;

    #[test]
    fn loops_begin_with_one_step() {
        let shape = |wrapped: Attribute| {
            let attributes = [
                ("name", Attribute::from("loop")),
                ("wrapped_layer", wrapped),
                ("n_time_steps", Attribute::Int(3)),
                ("output_shape", Attribute::from(vec![3i64, 2])),
            ];
            let state = LayerState { attributes: attributes.into_iter().collect(), ..LayerState::default() };
            infer(&state, &[vec![3, 4, 5]]).unwrap()
        };
        assert_eq!(shape(Attribute::from("loop_end")), [vec![4, 5]]);
        assert_eq!(shape(Attribute::from("loop")), [vec![3, 2]]);
        assert_eq!(shape(Attribute::from("dense")), [vec![3, 2]]);
        assert_eq!(shape(Attribute::Map(Attributes::new())), [vec![3, 2]]);
    }
}
