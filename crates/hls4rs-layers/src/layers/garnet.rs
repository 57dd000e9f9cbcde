//! Graph layers with learned distances.

#![expect(non_snake_case, reason = "hls4ml's attributes have the names of the source layer's parts")]

use crate::{Initializer, LayerError, LayerState, Shape, layer};

layer! {
    /// A graph layer that collects features of the vertices at aggregators, weighted by learned distances.
    ///
    /// **Shapes:** `[n_vertices, n_in_features], [1] → [n_vertices, n_out_features]`, `[n_out_features]` if collapsed;
    /// the second input is the number of vertices that are in use.
    ///
    /// **Formula:** with the distances `d[v, a] = x[v] · S_kernel + S_bias` and weights `w[v, a] = exp(−d[v, a]²)`,
    /// the features `x[v] · FLR_kernel + FLR_bias` are summed at each aggregator, spread back with the same weights, and
    /// multiplied by `Fout_kernel`, to which `Fout_bias` is added. As both transforms are linear, hls4ml multiplies the
    /// kernels in advance: `input_transform_weights`.
    ///
    /// **Source:** `hls4ml.model.layers.GarNet`, hls4ml 1.3.0.
    ///
    /// **Limits:** layers can be loaded and saved, but not created: the product of the kernels is not implemented.
    GarNet, GarNetBuilder = "hls4ml.model.layers.GarNet";
    aliases: ["GarNet"];
    inputs: 2, 2;
    attributes: {
        input_format: String = Optional, "`xn`: features, then number of vertices";
        n_vertices: Int = Optional, "most vertices";
        collapse: String = Optional, "`mean`, `sum` or `max` over the vertices";
        mean_by_nvert: Bool = Optional, "whether means are over the vertices in use, not over all";
        quantizer: Quantizer = Optional, "quantizer of the kernels";
        n_aggregators: Int = Optional, "number of aggregators";
        n_out_features: Int = Optional, "features of each vertex in the output";
        n_propagate: Int = Optional, "features that are collected";
        n_in_features: Int = Optional, "features of each vertex in the input";
        FLR_kernel_data: Array = Optional, "kernel of the collected features";
        FLR_bias_data: Array = Optional, "bias of the collected features";
        S_kernel_data: Array = Optional, "kernel of the distances";
        S_bias_data: Array = Optional, "bias of the distances";
        Fout_kernel_data: Array = Optional, "kernel of the output";
        Fout_bias_data: Array = Optional, "bias of the output";
        input_transform_weights: Weight = Optional, "product of the kernels of collected features and output";
        input_transform_weights_t: Type = Optional, configurable, "type of that product";
        input_transform_biases: Weight = Optional, "bias of the collected features times the kernel of the output";
        input_transform_biases_t: Type = Optional, configurable, "type of that bias";
        output_transform_weights: Weight = Optional, "a single one, without effect";
        output_transform_weights_t: Type = Optional, configurable, "type of that one";
        aggregator_distance_weights: Weight = Optional, "kernel of the distances, transposed";
        aggregator_distance_weights_t: Type = Optional, configurable, "type of the kernel of the distances";
        aggregator_distance_biases: Weight = Optional, "bias of the distances";
        aggregator_distance_biases_t: Type = Optional, configurable, "type of the bias of the distances";
        output_transform_biases: Weight = Optional, "bias of the output";
        output_transform_biases_t: Type = Optional, configurable, "type of the bias of the output";
    }
    weights: {
        input_transform_weights = "input_transform_w{index}";
        input_transform_biases = "input_transform_b{index}";
        output_transform_weights = "output_transform_w{index}";
        aggregator_distance_weights = "aggregator_distance_w{index}";
        aggregator_distance_biases = "aggregator_distance_b{index}";
        output_transform_biases = "output_transform_b{index}";
    }
    infer: infer;
    initialize: unsupported;
}

fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    collapsed(state, state.size("n_out_features")?)
}

/// One output with so many features, for each vertex or for all together.
pub(super) fn collapsed(state: &LayerState, features: usize) -> Result<Vec<Shape>, LayerError> {
    if state.get("collapse").is_some() {
        return Ok(vec![vec![features]]);
    }
    Ok(vec![vec![state.size("n_vertices")?, features]])
}

/// Refuses to create a layer, whose weights are products that nothing here computes.
pub(super) fn unsupported(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    let message = format!("layers of the kind {} can be loaded, but not created", init.spec.kind);
    Err(LayerError::Unsupported { message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collapsing_drops_the_vertices() {
        let draft = GarNet::builder("g").n_vertices(8).n_out_features(3);
        let inputs = [vec![8, 2], vec![1]];
        assert_eq!(draft.clone().build().into_layer().infer(&inputs), Ok(vec![vec![8, 3]]));
        assert_eq!(draft.collapse("mean").build().into_layer().infer(&inputs), Ok(vec![vec![3]]));
    }
}
