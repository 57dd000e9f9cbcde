//! Stacks of graph layers with learned distances.

use hls4rs_types::Attribute;

use super::garnet::{add_distances, add_transform, check_reuse, collapsed};
use crate::{Initializer, LayerError, LayerState, Shape, layer};

layer! {
    /// Several `GarNet` layers, one after the other.
    ///
    /// **Shapes:** `[n_vertices, n_in_features[0]], [1] → [n_vertices, n_out_features[−1]]`, without the vertices if
    /// collapsed; the second input is the number of vertices that are in use.
    ///
    /// **Formula:** that of `GarNet`; the parameters of layer `l` are `FLR{l}_kernel_data` and so on, its weights
    /// `input_transform_{l}_weights` and so on.
    ///
    /// **Source:** `hls4ml.model.layers.GarNetStack`, hls4ml 1.3.0.
    ///
    /// **Limits:** those of `GarNet`.
    GarNetStack, GarNetStackBuilder = "hls4ml.model.layers.GarNetStack";
    aliases: ["GarNetStack"];
    inputs: 2, 2;
    attributes: {
        input_format: String = Optional, "`xn`: features, then number of vertices";
        n_vertices: Int = Optional, "most vertices";
        collapse: String = Optional, "`mean`, `sum` or `max` over the vertices";
        mean_by_nvert: Bool = Optional, "whether means are over the vertices in use, not over all";
        quantizer: Quantizer = Optional, "quantizer of the kernels";
        n_aggregators: List = Optional, "number of aggregators of each layer";
        n_out_features: List = Optional, "features of each vertex in the output of each layer";
        n_propagate: List = Optional, "features that each layer collects";
        n_sublayers: Int = Optional, "number of layers";
        n_in_features: List = Optional, "features of each vertex in the input of each layer";
    }
    weights: {}
    infer: infer;
    initialize: initialize;
}

fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let features = state.shape("n_out_features")?;
    let expected = "a list of at least one number";
    let found = state.get("n_out_features");
    let last = features.last().ok_or_else(|| LayerError::attribute("n_out_features", expected, found))?;
    collapsed(state, *last)
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    check_reuse(init)?;
    for number in 0..init.state.size("n_sublayers")? {
        let size = |name: &str| {
            let found = init.state.list(name)?.get(number).and_then(Attribute::as_int);
            let found = found.and_then(|size| usize::try_from(size).ok());
            found.ok_or_else(|| LayerError::attribute(name, "a size for each layer", init.state.get(name)))
        };
        let sizes = [size("n_propagate")?, size("n_aggregators")?, size("n_out_features")?];
        add_transform(init, &number.to_string(), sizes)?;
        add_distances(init, &number.to_string())?;
    }
    init.outputs()
}
