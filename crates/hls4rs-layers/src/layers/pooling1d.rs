//! Maximum or mean over windows along one axis.

use super::shapes;
use crate::{Initializer, LayerError, layer};

layer! {
    /// The maximum or the mean over windows along one axis, channel by channel.
    ///
    /// **Shapes:** `[n_in, n_filt] → [n_out, n_filt]`.
    ///
    /// **Formula:** `y[o, c] = max_k x[o · stride_width + k − pad_left, c]`, or the mean instead of the
    /// maximum. Padding never is the maximum; in the mean it counts as zeros if `count_pad` is set, else not at all.
    ///
    /// **Precision:** sums and quotients in `accum_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.Pooling1D`, hls4ml 1.3.0.
    Pooling1D, Pooling1DBuilder = "hls4ml.model.layers.Pooling1D";
    aliases: ["MaxPooling1D", "AveragePooling1D"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "width of the input, in pixels";
        n_out: Int, "width of the output, in pixels";
        n_filt: Int, "number of channels";
        pool_width: Int, "width of the windows, in pixels";
        stride_width: Int, "columns from one window to the next";
        pad_left: Int, "columns of padding before the input";
        pad_right: Int, "columns of padding after the input";
        count_pad: Bool = Bool(false), "whether means count the padding as zeros";
        pool_op: String, "`Max` or `Average`; made from `class_name`";
        data_format: String = Optional, "`channels_last`; everything else, and none, means channels first";
        padding: String = Optional, "padding as the source layer has it: `same` or `valid`";
    }
    weights: {}
    infer: |state, _| shapes::pixels(state, ["n_out"], "n_filt");
    initialize: initialize;
}

/// Outputs as inferred, then the operation: what stands before `Pooling` in the name of the source layer's class, such
/// as `MaxPooling1D` or `GlobalAveragePooling2D`. Where nothing stands there, the operation must be set.
pub(super) fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    let class_name = init.state.str("class_name")?;
    let operation = class_name.split("Pooling").next().unwrap_or_default().replace("Global", "");
    if !operation.is_empty() {
        init.state.attributes.insert("pool_op", operation);
    }
    match init.state.str("pool_op")? {
        "Max" | "Average" => Ok(()),
        _ => Err(LayerError::attribute("pool_op", "`Max` or `Average`", init.state.get("pool_op"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::{try_initialize, variable};
    use crate::{LayerState, layers::GlobalPooling2D};

    fn pooled(builder: Pooling1DBuilder) -> Result<LayerState, LayerError> {
        let draft = builder.n_in(8).n_out(4).n_filt(3).pool_width(2).stride_width(2).pad_left(0).pad_right(0);
        try_initialize(draft.inputs(["x"]).build(), &[variable("x", &[8, 3])])
    }

    #[test]
    fn the_class_of_the_source_tells_the_operation() {
        let average = pooled(Pooling1D::builder("p").with("class_name", "AveragePooling1D")).unwrap();
        assert_eq!(average.str("pool_op"), Ok("Average"));
        assert_eq!(average.bool("count_pad"), Ok(false));
        let max = GlobalPooling2D::builder("p").with("class_name", "GlobalMaxPooling2D").inputs(["x"]);
        let max = max.in_height(4).in_width(4).n_filt(3).build();
        let max = try_initialize(max, &[variable("x", &[4, 4, 3])]).unwrap();
        assert_eq!(max.str("pool_op"), Ok("Max"));
    }

    #[test]
    fn without_such_a_class_it_must_be_set() {
        assert_eq!(pooled(Pooling1D::builder("p").pool_op("Max")).unwrap().str("pool_op"), Ok("Max"));
        assert!(pooled(Pooling1D::builder("p")).is_err());
        let error = pooled(Pooling1D::builder("p").pool_op("L2")).unwrap_err();
        let expected = "attribute `pool_op`: expected `Max` or `Average`, found the string \"L2\"";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn channels_are_where_the_format_has_them() {
        let layer =
            Pooling1D::builder("p").n_out(4).n_filt(3).data_format("channels_first").build().into_layer();
        assert_eq!(layer.infer(&[vec![3, 8]]), Ok(vec![vec![3, 4]]));
    }
}
