//! Functions of one number by table.

use super::{activation::set_n_in, shapes::same_shape};
use crate::{Initializer, LayerError, WeightOptions, layer};

layer! {
    /// A function of one number, given by a table with an entry for each bit pattern of the input.
    ///
    /// **Shapes:** `[…] → […]`; `table [table_size]`.
    ///
    /// **Formula:** `y[i] = table[bits of x[i], read as an unsigned number]`.
    ///
    /// **Precision:** entries in `table_t`, then `result_t`.
    ///
    /// **Source:** `hls4ml.model.optimizer.passes.hgq_proxy_model.UnaryLUT`, hls4ml 1.3.0.
    UnaryLUT, UnaryLUTBuilder = "hls4ml.model.optimizer.passes.hgq_proxy_model.UnaryLUT";
    aliases: ["UnaryLUT", "HGQ>UnaryLUT"];
    inputs: 1, 1;
    attributes: {
        n_in: Int, "number of elements";
        table_t: Type = Precision("fixed<18,8>"), configurable, "type of the table's entries";
        table: Weight, "the table";
        table_data: Array = Optional, "the table before quantization";
        table_size: Int = Optional, "number of entries";
        activation: String = Optional, "`unary_lut`";
    }
    weights: { table = "table{index}"; }
    infer: same_shape;
    initialize: initialize;
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    init.outputs()?;
    set_n_in(init)?;
    let n_entries = init.state.array("table_data")?.shape().first().copied();
    let n_entries = n_entries
        .ok_or_else(|| LayerError::attribute("table_data", "a list", init.state.get("table_data")))?;
    init.state.set_size("table_size", n_entries);
    init.add_weight_named("table", WeightOptions::default())
}
