//! Models within a model.

use crate::{Attribute, Initializer, LayerError, LayerState, Shape, layer};

layer! {
    /// A model within the model, until a pass puts its layers in its place.
    ///
    /// **Shapes:** `[…] → output_shape`.
    ///
    /// **Source:** `hls4ml.model.layers.LayerGroup`, hls4ml 1.3.0.
    LayerGroup, LayerGroupBuilder = "hls4ml.model.layers.LayerGroup";
    aliases: ["LayerGroup"];
    inputs: 1, usize::MAX;
    attributes: {
        layer_list: List, "what the converter knows of the layers, in their order";
        input_layers: List, "names of the group's inputs";
        output_layers: List, "names of the group's outputs";
        data_reader: Any = Optional, "where hls4ml's converter reads weights; no archive holds it";
        output_shape: List, "dimensions of the output; a null in front stands for the batch, and is removed";
    }
    weights: {}
    infer: infer;
    initialize: initialize;
}

fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let found = state.get("output_shape");
    let shape = without_batch(state)?.as_shape();
    Ok(vec![shape.ok_or_else(|| LayerError::attribute("output_shape", "a list of dimensions", found))?])
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    let shape = without_batch(init.state)?;
    init.state.attributes.insert("output_shape", shape);
    init.outputs()
}

fn without_batch(state: &LayerState) -> Result<Attribute, LayerError> {
    let dimensions = match state.list("output_shape")? {
        [Attribute::Null, rest @ ..] => rest,
        all => all,
    };
    Ok(Attribute::List(dimensions.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::{initialized, variable};

    #[test]
    fn the_batch_is_removed() {
        let shape = vec![Attribute::Null, Attribute::Int(2), Attribute::Int(3)];
        let draft = LayerGroup::builder("group").layer_list(Vec::<String>::new()).inputs(["x"]);
        let draft = draft.input_layers(vec!["a".to_owned()]).output_layers(vec!["b".to_owned()]);
        let draft = draft.data_reader("reader").output_shape(shape).build();
        let state = initialized(draft, &[variable("x", &[4])]);
        assert_eq!(state.variable("group").unwrap().shape, [2, 3]);
        assert_eq!(state.shape("output_shape"), Ok(vec![2, 3]));
    }
}
