//! Formulas.

use crate::{Initializer, LayerError, LayerState, OutputOptions, Shape, layer};

layer! {
    /// One formula per output, over the elements of the input.
    ///
    /// **Shapes:** `[n_symbols] → [number of formulas]`.
    ///
    /// **Formula:** `y[i] = expression[i]`, where `x0`, `x1`, … are the elements of the input.
    ///
    /// **Precision:** the compiler derives it, with functions of `hls_math` or lookup tables; then `result_t`.
    ///
    /// **Source:** `hls4ml.model.layers.SymbolicExpression`, hls4ml 1.3.0.
    SymbolicExpression, SymbolicExpressionBuilder = "hls4ml.model.layers.SymbolicExpression";
    aliases: ["SymbolicExpression"];
    inputs: 1, 1;
    attributes: {
        expression: List, "the formulas, as texts";
        n_symbols: Int, "number of elements of the input";
        lut_functions: List = EmptyList, "functions that are looked up in tables";
        expr_t: Type = Optional, configurable, "type of intermediate results";
        use_built_in_luts: Bool = Optional, "whether tables of the backend replace functions of `hls_math`";
    }
    weights: {}
    infer: infer;
    initialize: initialize;
}

fn infer(state: &LayerState, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    Ok(vec![vec![state.list("expression")?.len()]])
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.set_type("expr")?;
    let variable = Some("y".to_owned());
    let n_out = init.state.list("expression")?.len();
    init.add_output(&[n_out], OutputOptions { variable, ..OutputOptions::default() })
}
