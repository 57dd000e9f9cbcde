//! Layers with quantizers before and behind them.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::{Attribute, Tensor};

use super::{Quantizer, QuantizerConfig};
use crate::config::LayerConfig;
use crate::v3::call::{Call, KerasTensor, Made};

/// The quantizers before and behind a layer.
#[derive(Default)]
pub(crate) struct QLayer {
    /// Those of the inputs.
    pub(crate) inputs: Vec<Quantizer>,
    /// That of the output.
    pub(crate) output: Option<Quantizer>,
}

impl QLayer {
    /// Those that the configuration of a layer has.
    ///
    /// **Source:** `QLayerBase`, `QLayerBaseSingleInput` and `QLayerBaseMultiInputs`, HGQ2 0.2.
    pub(crate) fn of(call: &Call<'_, '_>) -> Result<Self, Problem> {
        let inputs = if !call.config.bool("enable_iq")? {
            Vec::new()
        } else if call.inputs.len() > 1 {
            several(call)?
        } else {
            vec![own(call, "iq")?]
        };
        let output = call.config.bool("enable_oq")?.then(|| own(call, "oq")).transpose()?;
        Ok(Self { inputs, output })
    }

    /// Puts the quantizers before and behind.
    ///
    /// **Source:** `QLayerHandler.__call__` of `hls4ml.converters.keras_v3.hgq2._base`, hls4ml 1.3.0.
    pub(crate) fn around(&self, call: &Call<'_, '_>, made: Made) -> Result<Made, Problem> {
        let output = KerasTensor { name: call.output.clone(), shape: made.shape.clone() };
        let mut layers = Vec::new();
        for (quantizer, tensor) in self.inputs.iter().zip(&call.inputs) {
            layers.push(quantizer.layer(tensor, true)?);
        }
        let mut renamed: Vec<&str> = Vec::new();
        if !self.inputs.is_empty() {
            renamed.extend(call.inputs.iter().map(|tensor| tensor.name.as_str()));
        }
        if self.output.is_some() {
            renamed.push(&output.name);
        }
        for mut layer in made.layers {
            for key in ["input_keras_tensor_names", "output_keras_tensor_names"] {
                rename(&mut layer, key, &renamed);
            }
            layers.push(layer);
        }
        if let Some(quantizer) = &self.output {
            layers.push(quantizer.layer(&output, false)?);
        }
        Ok(Made { layers, shape: made.shape })
    }
}

/// The layer with the quantizers that its configuration has.
pub(crate) fn quantized(call: &Call<'_, '_>, made: Made) -> Result<Made, Problem> {
    QLayer::of(call)?.around(call, made)
}

impl Call<'_, '_> {
    /// A variable behind its quantizer.
    pub(crate) fn quantized_variable(
        &self,
        order: &[&str],
        name: &str,
        quantizer: &str,
    ) -> Result<Tensor, Problem> {
        own(self, quantizer)?.weight(&self.variable(order, name)?)
    }
}

/// A quantizer of the layer itself: `iq`, `kq`, `bq` or `oq`.
pub(crate) fn own(call: &Call<'_, '_>, which: &str) -> Result<Quantizer, Problem> {
    let key = format!("{which}_conf");
    let config = QuantizerConfig::read(call.config.get(&key), &key)?;
    let name = format!("{}_{which}", call.name);
    Quantizer::read(&call.vars.child(which, Some(&name)), config, name)
}

/// One for each input. Their names are not in the configuration.
fn several(call: &Call<'_, '_>) -> Result<Vec<Quantizer>, Problem> {
    let key = "iq_confs";
    let value = call.config.get(key);
    let list = value.and_then(|value| value.as_list().or_else(|| value.as_map()?.get("items")?.as_list()));
    let all = call.vars.child_like("iq", "multiple_quantizers", 0).child("quantizers", None);
    (0..call.inputs.len())
        .map(|i| {
            // one configuration may be for all
            let config = QuantizerConfig::read(list.map_or(value, |list| list.get(i)), key)?;
            let group = if i == 0 { "quantizer".to_owned() } else { format!("quantizer_{i}") };
            let vars = all.child_like(&group, "quantizer", i);
            let name = vars.name().unwrap_or(group);
            Quantizer::read(&vars, config, name)
        })
        .collect()
}

fn rename(layer: &mut Entry, key: &str, renamed: &[&str]) {
    let Some(names) = layer.get(key).and_then(Attribute::as_list) else { return };
    let names = names.iter().filter_map(Attribute::as_str);
    let names: Vec<String> = names
        .map(|name| if renamed.contains(&name) { format!("{name}_q") } else { name.to_owned() })
        .collect();
    layer.set(key, names);
}

/// Whether a layer counts its operations, which are two variables more.
pub(crate) fn counts(config: LayerConfig<'_>) -> bool {
    config.get("enable_ebops").and_then(Attribute::as_bool) == Some(true)
}
