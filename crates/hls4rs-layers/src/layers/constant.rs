//! Constants that other layers read.

use hls4rs_types::{AnyQuantizer, Attribute, Order, Precision, Tensor};

use crate::{Initializer, LayerError, LayerState, OutputOptions, Shape, layer};

layer! {
    /// A constant that other layers read.
    ///
    /// **Shapes:** `[] → shape of value`, `[1]` if the value is a scalar.
    ///
    /// **Formula:** `y = value`.
    ///
    /// **Precision:** that of `quantizer`, else unspecified. The variable has the layer's name.
    ///
    /// **Source:** `hls4ml.model.layers.Constant`, hls4ml 1.3.0.
    ///
    /// **Limits:** passes turn constants into weights and attributes of the layers that read them; hls4ml generates no
    /// code for those that remain.
    Constant, ConstantBuilder = "hls4ml.model.layers.Constant";
    aliases: ["Constant"];
    inputs: 0, 1;
    attributes: {
        value: Array, "the values, of which a scalar becomes an array of one element";
        quantizer: Quantizer = Optional, "quantizer whose precision the output has";
    }
    weights: {}
    infer: infer;
    initialize: initialize;
}

fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    let shape = state.array("value")?.shape();
    Ok(vec![if shape.is_empty() { vec![1] } else { shape.to_vec() }])
}

/// A graph connects layers without inputs to the layer before them, which a constant does not read.
fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.state.inputs.clear();
    let value = init.state.array("value")?;
    if value.rank() == 0 {
        let fail = |cause| LayerError::tensor("value", cause);
        let bytes = value.to_bytes().map_err(fail)?;
        let one = Tensor::from_bytes(value.dtype(), &[1], Order::C, &bytes).map_err(fail)?;
        init.state.attributes.insert("value", one);
    }
    let quantizer = init.state.get("quantizer").and_then(Attribute::as_quantizer);
    let precision = quantizer.and_then(AnyQuantizer::precision).unwrap_or(Precision::Unspecified);
    let options = OutputOptions {
        variable: Some(init.name.to_owned()),
        precision: Some(precision),
        ..OutputOptions::default()
    };
    for shape in init.infer()? {
        init.add_output(&shape, options.clone())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::initialized;

    #[test]
    fn a_scalar_becomes_an_array() {
        let value = Tensor::new(&[], vec![2.5f32]).unwrap();
        let state = initialized(Constant::builder("c").value(value).inputs(["x"]).build(), &[]);
        assert!(state.inputs.is_empty());
        assert_eq!(state.array("value"), Ok(&Tensor::vector(vec![2.5f32])));
        let variable = state.attributes.get("c").and_then(Attribute::as_variable).unwrap();
        assert_eq!((variable.name.as_str(), variable.ty.name.as_str()), ("c", "layer3_t"));
        assert_eq!(
            (variable.precision(), variable.shape.as_slice()),
            (Precision::Unspecified, [1].as_slice())
        );
    }
}
