//! Recurrent layers in both directions.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::Attributes;

use super::recurrent::{refuse, set_gru, steps};
use crate::config::LayerConfig;
use crate::v2::context::inner;
use crate::v2::{Context, Converted};

/// A recurrent layer of one direction.
#[derive(Clone, Copy)]
struct Direction<'a> {
    class_name: &'a str,
    config: LayerConfig<'a>,
}

/// `Bidirectional`: two recurrent layers, which may differ.
///
/// **Source:** `parse_bidirectional_layer` of `hls4ml.converters.keras.recurrent`, hls4ml 1.3.0. Where the first layer is the one
/// that goes backwards, the two change places.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let first = direction(context, "layer")?;
    let second = if context.config.get("backward_layer").is_some() {
        direction(context, "backward_layer")?
    } else {
        first
    };
    let is_swapped = context.config.get("backward_layer").is_some() && first.config.bool("go_backwards")?;
    let (forward, backward) = if is_swapped { (second, first) } else { (first, second) };
    let mut layer = context.entry()?;
    layer.set("direction", "bidirectional");
    let sequences = forward.config.bool("return_sequences")?;
    layer.set("return_sequences", sequences);
    layer.set("return_state", refuse(forward.config, "return_state")?);
    layer.set("time_major", refuse(forward.config, "time_major")?);
    let (steps, n_in) = steps(context)?;
    layer.set("n_timesteps", steps);
    layer.set("n_in", n_in);
    let merge = context.config.text("merge_mode")?;
    layer.set("merge_mode", merge);
    let saved = if is_swapped { ["backward", "forward"] } else { ["forward", "backward"] };
    set_direction(context, &mut layer, "forward", saved[0], forward)?;
    set_direction(context, &mut layer, "backward", saved[1], backward)?;
    let (n_forward, n_backward) = (forward.config.int("units")?, backward.config.int("units")?);
    let n_out = if merge == "concat" { n_forward.saturating_add(n_backward) } else { n_forward };
    layer.set("n_out", n_out);
    let batch = context.batch()?;
    let shape = if sequences { vec![batch, Some(steps), Some(n_out)] } else { vec![batch, Some(n_out)] };
    Ok(Converted { layer, shape })
}

fn direction<'a>(context: &Context<'a, '_>, key: &str) -> Result<Direction<'a>, Problem> {
    let (class_name, config): (&str, &Attributes) = inner(context.config, key)?;
    if !matches!(class_name.trim_start_matches('Q'), "SimpleRNN" | "LSTM" | "GRU") {
        let message = format!("`{key}`: expected a recurrent layer, found `{class_name}`");
        return Err(Problem::unsupported(message, "use `SimpleRNN`, `LSTM` or `GRU`"));
    }
    Ok(Direction { class_name, config: LayerConfig(config) })
}

/// Sets what one direction has. `saved` is the direction under which Keras saved its weights.
fn set_direction(
    context: &Context<'_, '_>,
    layer: &mut Entry,
    name: &str,
    saved: &str,
    direction: Direction<'_>,
) -> Result<(), Problem> {
    let Direction { class_name, config } = direction;
    let mut set = |key: &str, value: hls4rs_types::Attribute| layer.set(&format!("{name}_{key}"), value);
    let rnn = config.text("name")?;
    set("name", rnn.into());
    set("class_name", class_name.into());
    if let Some(activation) = config.0.get("activation") {
        set("activation", activation.clone());
    }
    if !class_name.contains("SimpleRNN") {
        set("recurrent_activation", config.0.get("recurrent_activation").cloned().unwrap_or_default());
    }
    set("data_format", config.0.get("data_format").cloned().unwrap_or_else(|| "channels_last".into()));
    for key in ["epsilon", "use_bias"] {
        if let Some(value) = config.0.get(key) {
            set(key, value.clone());
        }
    }
    let cell = format!("{saved}_{rnn}/{}_cell", class_name.to_lowercase());
    set("weight_data", context.weight(&format!("{cell}/kernel"))?.into());
    set("recurrent_weight_data", context.weight(&format!("{cell}/recurrent_kernel"))?.into());
    let bias = context.weight(&format!("{cell}/bias"))?;
    set("bias_data", bias.clone().into());
    if class_name.contains("GRU") {
        set_gru(layer, config, &bias, &format!("{name}_"))?;
    }
    layer.set(&format!("{name}_n_states"), config.int("units")?);
    Ok(())
}
