//! Copies of a stream.

use super::shapes;
use crate::{Initializer, LayerError, LayerState, OutputOptions, Shape, layer};

layer! {
    /// Copies of a stream, one for each layer that reads it.
    ///
    /// **Shapes:** `[…] → […], […], …`.
    ///
    /// **Formula:** `y_1 = y_2 = … = x`.
    ///
    /// **Precision:** that of the input, which the pass that inserts the layer copies. The variables are
    /// `layer{index}_cpy1`, `layer{index}_cpy2`, ….
    ///
    /// **Source:** `hls4ml.backends.fpga.passes.clone.Clone`, hls4ml 1.3.0.
    ///
    /// **Limits:** hls4ml makes two to seven copies, in `io_stream` only.
    Clone, CloneBuilder = "hls4ml.backends.fpga.passes.clone.Clone";
    aliases: ["Clone"];
    inputs: 1, 1;
    attributes: {
        size: Int = Optional, "number of elements";
    }
    weights: {}
    infer: infer;
    initialize: initialize;
}

fn infer(state: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    Ok(vec![shapes::first_input(inputs)?.clone(); state.outputs.len()])
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    for (output, shape) in init.infer()?.into_iter().enumerate() {
        let variable = Some(format!("layer{{index}}_cpy{}", output + 1));
        init.add_output(&shape, OutputOptions { output, variable, ..OutputOptions::default() })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::Attribute;
    use crate::layers::testing::{initialized, variable};

    #[test]
    fn every_output_has_its_variable() {
        let draft = super::Clone::builder("clone_x").size(12).inputs(["x"]).build().outputs(["a", "b"]);
        let state = initialized(draft, &[variable("x", &[3, 4])]);
        let variables: Vec<_> = state.attributes.values().filter_map(Attribute::as_variable).collect();
        let names: Vec<&str> = variables.iter().map(|variable| variable.name.as_str()).collect();
        assert_eq!(names, ["layer3_cpy1", "layer3_cpy2"]);
        assert!(variables.iter().all(|variable| variable.shape == [3, 4] && variable.ty.name == "layer3_t"));
    }
}
