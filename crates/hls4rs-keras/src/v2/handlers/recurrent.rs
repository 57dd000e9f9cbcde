//! Recurrent layers.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::Tensor;

use crate::config::LayerConfig;
use crate::v2::context::shown;
use crate::v2::{Context, Converted};

/// `SimpleRNN`, `LSTM` and `GRU`.
///
/// **Source:** `parse_rnn_layer` of `hls4ml.converters.keras.recurrent`, hls4ml 1.3.0. A layer without bias ends in an error there,
/// and so it does here.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    layer.set("direction", "forward");
    let config = context.config;
    let sequences = config.bool("return_sequences")?;
    layer.set("return_sequences", sequences);
    layer.set("return_state", refuse(config, "return_state")?);
    if !context.class_name.contains("SimpleRNN") {
        layer.set("recurrent_activation", config.0.get("recurrent_activation").cloned().unwrap_or_default());
    }
    layer.set("time_major", refuse(config, "time_major")?);
    let (steps, n_in) = steps(context)?;
    let n_out = config.int("units")?;
    layer.set("n_timesteps", steps);
    layer.set("n_in", n_in);
    layer.set("n_out", n_out);
    layer.set("weight_data", context.weight("kernel")?);
    layer.set("recurrent_weight_data", context.weight("recurrent_kernel")?);
    let bias = context.weight("bias")?;
    if context.class_name.contains("GRU") {
        layer.set("bias_data", bias.clone());
        set_gru(&mut layer, config, &bias, "")?;
    } else {
        layer.set("bias_data", bias);
    }
    let batch = context.batch()?;
    let shape = if sequences { vec![batch, Some(steps), Some(n_out)] } else { vec![batch, Some(n_out)] };
    Ok(Converted { layer, shape })
}

/// A flag that must not be set.
pub(super) fn refuse(config: LayerConfig<'_>, key: &str) -> Result<bool, Problem> {
    if config.0.get(key).is_some() && config.bool(key)? {
        return Err(Problem::unsupported(format!("`{key}`: expected false, found true"), "switch it off"));
    }
    Ok(false)
}

/// Number of steps, and of numbers in each.
pub(super) fn steps(context: &Context<'_, '_>) -> Result<(i64, i64), Problem> {
    match context.shape()?.as_slice() {
        [_, Some(steps), Some(n_in)] => Ok((*steps, *n_in)),
        other => {
            let message = format!("expected a sequence of known length, found {}", shown(&other.to_vec()));
            Err(Problem::unsupported(message, "fix the length of the sequence"))
        }
    }
}

/// Sets what a GRU has: where the reset gate is applied, and its two biases.
pub(super) fn set_gru(
    layer: &mut Entry,
    config: LayerConfig<'_>,
    bias: &Tensor,
    prefix: &str,
) -> Result<(), Problem> {
    let after = config.bool("reset_after")?;
    layer.set(&format!("{prefix}apply_reset_gate"), if after { "after" } else { "before" });
    if !after {
        // hls4ml takes the first two elements of a bias of one dimension for the two biases
        let message = "`reset_after`: expected true, found false";
        return Err(Problem::unsupported(message, "use `reset_after=True`, the default of Keras"));
    }
    let rows = bias
        .view::<f32>()
        .map_err(|error| Problem::malformed(error, "save the model in single precision"))?;
    for (row, name) in ["bias_data", "recurrent_bias_data"].iter().enumerate() {
        let Some(row) =
            (rows.ndim() == 2 && row < rows.shape()[0]).then(|| rows.index_axis(ndarray::Axis(0), row))
        else {
            let message = format!("`bias`: expected two rows, found {:?}", bias.shape());
            return Err(Problem::malformed(message, "save the model again"));
        };
        layer.set(&format!("{prefix}{name}"), Tensor::vector(row.iter().copied().collect::<Vec<f32>>()));
    }
    Ok(())
}
