//! Recurrent layers.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::Tensor;

use crate::config::LayerConfig;
use crate::v2::{Shape, shown};
use crate::v3::call::{Call, Made, function};
use crate::v3::vars::Vars;

/// `SimpleRNN`, `LSTM` and `GRU`.
///
/// **Source:** `RecurentHandler` of `hls4ml.converters.keras_v3.recurrent`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let config = call.config;
    refuse(config, "return_state")?;
    refuse(config, "go_backwards")?;
    let (steps, n_in) = steps(call)?;
    let (sequences, n_out) = (config.bool("return_sequences")?, config.int("units")?);
    let mut layer = call
        .entry()
        .with("direction", "forward")
        .with("return_sequences", sequences)
        .with("return_state", false)
        .with("time_major", false)
        .with("n_timesteps", steps)
        .with("n_in", n_in)
        .with("n_out", n_out);
    set_weights(&mut layer, call.class_name, config, &call.vars, "")?;
    set_functions(&mut layer, config, "")?;
    let shape = shape(call, sequences, steps, n_out);
    Ok(Made { layers: vec![layer], shape })
}

/// Shape of all steps, or of the last.
pub(super) fn shape(call: &Call<'_, '_>, sequences: bool, steps: i64, n_out: i64) -> Shape {
    if sequences { call.batched([steps, n_out]) } else { call.batched([n_out]) }
}

/// Sets the names of the activations.
pub(super) fn set_functions(layer: &mut Entry, config: LayerConfig<'_>, prefix: &str) -> Result<(), Problem> {
    for key in ["activation", "recurrent_activation"] {
        if config.0.get(key).is_some() {
            let name = function(config, key)?.unwrap_or("linear");
            layer.set(&format!("{prefix}{key}"), name);
        }
    }
    Ok(())
}

/// Sets the weights; biases that are not there are zero.
pub(super) fn set_weights(
    layer: &mut Entry,
    class_name: &str,
    config: LayerConfig<'_>,
    vars: &Vars<'_>,
    prefix: &str,
) -> Result<(), Problem> {
    let order = ["kernel", "recurrent_kernel", "bias"];
    let cell = vars.child_like("cell", "", 0);
    let mut set = |name: &str, value: Tensor| layer.set(&format!("{prefix}{name}"), value);
    let kernel = cell.get(&order, "kernel")?;
    set("weight_data", kernel.clone());
    set("recurrent_weight_data", cell.get(&order, "recurrent_kernel")?);
    let is_gru = class_name == "GRU";
    if config.bool("use_bias")? {
        let bias = cell.get(&order, "bias")?;
        if is_gru {
            set("bias_data", row(&bias, 0)?);
            set("recurrent_bias_data", row(&bias, 1)?);
        } else {
            set("bias_data", bias);
        }
    } else {
        let width = kernel.shape().last().copied().unwrap_or(0);
        let zeros = Tensor::vector(vec![0f32; width]);
        set("bias_data", zeros.clone());
        if is_gru {
            set("recurrent_bias_data", zeros);
        }
    }
    if is_gru {
        let gate = if config.bool("reset_after")? { "after" } else { "before" };
        layer.set(&format!("{prefix}apply_reset_gate"), gate);
    }
    Ok(())
}

/// One of the two rows of a bias.
///
/// **Source:** `RecurentHandler` of `hls4ml.converters.keras_v3.recurrent`, hls4ml 1.3.0. Of a bias of one row it takes the first
/// two elements.
fn row(bias: &Tensor, row: usize) -> Result<Tensor, Problem> {
    if bias.rank() != 2 || bias.shape().first() != Some(&2) {
        let message = format!("`bias`: expected two rows, found the shape {:?}", bias.shape());
        return Err(Problem::unsupported(message, "use `reset_after=True`, the default of Keras"));
    }
    let wrong =
        |error: hls4rs_types::TensorError| Problem::malformed(error, "save the model in single precision");
    let view = bias.view::<f32>().map_err(wrong)?;
    Ok(Tensor::vector(view.index_axis(ndarray::Axis(0), row).iter().copied().collect::<Vec<f32>>()))
}

/// A flag that must not be set.
pub(super) fn refuse(config: LayerConfig<'_>, key: &str) -> Result<(), Problem> {
    if config.get(key).is_some() && config.bool(key)? {
        return Err(Problem::unsupported(format!("`{key}`: expected false, found true"), "switch it off"));
    }
    Ok(())
}

/// Number of steps, and of numbers in each.
pub(super) fn steps(call: &Call<'_, '_>) -> Result<(i64, i64), Problem> {
    match call.input()?.shape.as_slice() {
        [_, Some(steps), Some(n_in)] => Ok((*steps, *n_in)),
        other => {
            let message = format!("expected a sequence of known length, found {}", shown(&other.to_vec()));
            Err(Problem::unsupported(message, "fix the length of the sequence"))
        }
    }
}
