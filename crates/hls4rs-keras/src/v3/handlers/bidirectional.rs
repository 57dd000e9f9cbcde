//! Recurrent layers in both directions.

use hls4rs_frontend::{Entry, Problem};

use super::recurrent::{refuse, set_functions, set_weights, shape, steps};
use crate::config::LayerConfig;
use crate::v3::call::{Call, Made};
use crate::v3::vars::Vars;

/// A recurrent layer of one direction.
#[derive(Clone)]
struct Direction<'a> {
    class_name: &'a str,
    config: LayerConfig<'a>,
    vars: Vars<'a>,
}

/// `Bidirectional`: two recurrent layers, which may differ.
///
/// **Source:** `BidirectionalHandler` of `hls4ml.converters.keras_v3.recurrent`, hls4ml 1.3.0. Where the first layer is the one
/// that goes backwards, the two change places. Of a `GRU` it takes both biases for one, by asking a cell whether it is a layer;
/// here they are two, as in a `GRU` of one direction.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let first = direction(call, "layer", "forward_layer")?;
    let second = direction(call, "backward_layer", "backward_layer")?;
    let is_swapped = first.config.bool("go_backwards")?;
    let sequences = first.config.bool("return_sequences")?;
    refuse(first.config, "return_state")?;
    let (forward, backward) = if is_swapped { (second, first) } else { (first, second) };
    let (steps, n_in) = steps(call)?;
    let merge = call.config.text("merge_mode")?;
    let mut layer = call
        .entry()
        .with("direction", "bidirectional")
        .with("return_sequences", sequences)
        .with("return_state", false)
        .with("time_major", false)
        .with("n_timesteps", steps)
        .with("n_in", n_in)
        .with("merge_mode", merge);
    set_direction(&mut layer, "forward", &forward)?;
    set_direction(&mut layer, "backward", &backward)?;
    let (n_forward, n_backward) = (forward.config.int("units")?, backward.config.int("units")?);
    let n_out = if merge == "concat" { n_forward.saturating_add(n_backward) } else { n_forward };
    layer.set("n_out", n_out);
    let shape = shape(call, sequences, steps, n_out);
    Ok(Made { layers: vec![layer], shape })
}

fn direction<'a>(call: &Call<'a, '_>, key: &str, attribute: &str) -> Result<Direction<'a>, Problem> {
    let map = LayerConfig(call.config.map(key)?);
    let (class_name, config) = (map.text("class_name")?, LayerConfig(map.map("config")?));
    if !matches!(class_name, "SimpleRNN" | "LSTM" | "GRU") {
        let message = format!("`{key}`: expected a recurrent layer, found `{class_name}`");
        return Err(Problem::unsupported(message, "use `SimpleRNN`, `LSTM` or `GRU`"));
    }
    let vars = call.vars.child(attribute, Some(config.text("name")?));
    Ok(Direction { class_name, config, vars })
}

fn set_direction(layer: &mut Entry, name: &str, direction: &Direction<'_>) -> Result<(), Problem> {
    let Direction { class_name, config, vars } = direction;
    let prefix = format!("{name}_");
    layer.set(&format!("{prefix}name"), config.text("name")?);
    layer.set(&format!("{prefix}class_name"), *class_name);
    set_functions(layer, *config, &prefix)?;
    layer.set(&format!("{prefix}use_bias"), config.bool("use_bias")?);
    set_weights(layer, class_name, *config, vars, &prefix)?;
    layer.set(&format!("{prefix}n_states"), config.int("units")?);
    Ok(())
}
