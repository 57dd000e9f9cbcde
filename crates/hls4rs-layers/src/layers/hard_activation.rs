//! Piecewise linear sigmoid and hyperbolic tangent.

use hls4rs_types::{NamedType, Precision};

use super::{activation, shapes::same_shape};
use crate::{Initializer, LayerError, layer};

layer! {
    /// The piecewise linear sigmoid or hyperbolic tangent, element by element.
    ///
    /// **Shapes:** `[…] → […]`.
    ///
    /// **Formula:** `hard_sigmoid`: `y = min(max(slope · x + shift, 0), 1)`; `hard_tanh`: twice that, minus 1.
    ///
    /// **Precision:** `slope` in `slope_t`, which is `slope_prec` or `ufixed<16,0>`; `shift` in `shift_t`, which is
    /// `shift_prec` or `ufixed<2,0>`; their product and sum in full precision, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.HardActivation`, hls4ml 1.3.0.
    HardActivation, HardActivationBuilder = "hls4ml.model.layers.HardActivation";
    aliases: ["HardActivation"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of elements";
        activation: String, "`hard_sigmoid` or `hard_tanh`";
        slope: Float = Float(0.2), "slope of the linear piece";
        shift: Float = Float(0.5), "value of the linear piece at 0";
        slope_t: Type, configurable, "type of the slope";
        shift_t: Type, configurable, "type of the shift";
        slope_prec: Type = Optional, "precision of the slope that the converter asks for";
        shift_prec: Type = Optional, "precision of the shift that the converter asks for";
        quantizer: Quantizer = Optional, "quantizer that the function stands for";
        quantizer_precision: Type = Optional, "type of the output, where the source format prescribes one";
        trusted: Bool = Optional, "whether bit-exact precision derivation may rely on the configured precision";
    }
    weights: {}
    infer: same_shape;
    initialize: initialize;
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    activation::initialize(init)?;
    let slope = init.state.precision("slope_prec").unwrap_or(Precision::ufixed(16, 0));
    let shift = init.state.precision("shift_prec").unwrap_or(Precision::ufixed(2, 0));
    let named = |name, precision| NamedType::new(init.numbered(name), precision);
    let (slope, shift) = (named("slope{index}_t", slope), named("shift{index}_t", shift));
    init.state.attributes.insert("slope_t", slope);
    init.state.attributes.insert("shift_t", shift);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::{initialized, variable};

    #[test]
    fn slope_and_shift_have_types_before_values() {
        let draft = HardActivation::builder("act").activation("hard_tanh").inputs(["x"]).build();
        let draft = draft.with("shift_prec", Precision::fixed(3, 1));
        let state = initialized(draft, &[variable("x", &[2])]);
        assert_eq!(state.named_type("slope_t"), Ok(&NamedType::new("slope3_t", Precision::ufixed(16, 0))));
        assert_eq!(state.named_type("shift_t"), Ok(&NamedType::new("shift3_t", Precision::fixed(3, 1))));
        let names: Vec<_> = state.attributes.names().skip_while(|name| *name != "slope_t").collect();
        assert_eq!(names, ["slope_t", "shift_t", "trace", "slope", "shift"]);
    }
}
