//! The form of the configuration in the archive.

use hls4rs_types::Attributes;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::scoped::Texts;
use super::{BramFactor, Config, Precisions, Scoped};

#[derive(Serialize, Deserialize)]
pub(super) struct Wire {
    config: Attributes,
    model_precision: Texts,
    layer_type_precision: Texts,
    layer_name_precision: Texts,
    model_rf: Option<i64>,
    layer_type_rf: IndexMap<String, i64>,
    layer_name_rf: IndexMap<String, i64>,
    model_targ_cycles: Option<i64>,
    layer_type_targ_cycles: IndexMap<String, i64>,
    layer_name_targ_cycles: IndexMap<String, i64>,
    model_strategy: Option<String>,
    layer_type_strategy: IndexMap<String, String>,
    layer_name_strategy: IndexMap<String, String>,
    model_conv_implementation: Option<String>,
    layer_type_conv_implementation: IndexMap<String, String>,
    layer_name_conv_implementation: IndexMap<String, String>,
    model_compression: Option<bool>,
    layer_type_compression: IndexMap<String, bool>,
    layer_name_compression: IndexMap<String, bool>,
    trace_output: bool,
    pipeline_style: String,
    pipeline_ii: Option<i64>,
    writer_config: Attributes,
    flows: Vec<String>,
    optimizers: Option<Vec<String>>,
    model_bf: BramFactor,
    #[serde(flatten)]
    extra: Attributes,
}

impl TryFrom<Wire> for Config {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        Ok(Self {
            options: wire.config,
            precision: Precisions {
                model: wire.model_precision,
                layer_type: wire.layer_type_precision,
                layer_name: wire.layer_name_precision,
            },
            reuse_factor: scoped(wire.model_rf, wire.layer_type_rf, wire.layer_name_rf),
            target_cycles: scoped(
                wire.model_targ_cycles,
                wire.layer_type_targ_cycles,
                wire.layer_name_targ_cycles,
            ),
            strategy: scoped(wire.model_strategy, wire.layer_type_strategy, wire.layer_name_strategy),
            conv_implementation: scoped(
                wire.model_conv_implementation,
                wire.layer_type_conv_implementation,
                wire.layer_name_conv_implementation,
            ),
            compression: scoped(
                wire.model_compression,
                wire.layer_type_compression,
                wire.layer_name_compression,
            ),
            trace_output: wire.trace_output,
            pipeline_style: wire.pipeline_style,
            pipeline_interval: wire.pipeline_ii,
            writer: wire.writer_config,
            flows: wire.flows,
            optimizers: wire.optimizers,
            bram_factor: wire.model_bf,
            extra: wire.extra,
        })
    }
}

impl From<Config> for Wire {
    fn from(config: Config) -> Self {
        Self {
            config: config.options,
            model_precision: config.precision.model,
            layer_type_precision: config.precision.layer_type,
            layer_name_precision: config.precision.layer_name,
            model_rf: config.reuse_factor.model,
            layer_type_rf: config.reuse_factor.layer_type,
            layer_name_rf: config.reuse_factor.layer_name,
            model_targ_cycles: config.target_cycles.model,
            layer_type_targ_cycles: config.target_cycles.layer_type,
            layer_name_targ_cycles: config.target_cycles.layer_name,
            model_strategy: config.strategy.model,
            layer_type_strategy: config.strategy.layer_type,
            layer_name_strategy: config.strategy.layer_name,
            model_conv_implementation: config.conv_implementation.model,
            layer_type_conv_implementation: config.conv_implementation.layer_type,
            layer_name_conv_implementation: config.conv_implementation.layer_name,
            model_compression: config.compression.model,
            layer_type_compression: config.compression.layer_type,
            layer_name_compression: config.compression.layer_name,
            trace_output: config.trace_output,
            pipeline_style: config.pipeline_style,
            pipeline_ii: config.pipeline_interval,
            writer_config: config.writer,
            flows: config.flows,
            optimizers: config.optimizers,
            model_bf: config.bram_factor,
            extra: config.extra,
        }
    }
}

fn scoped<T>(
    model: Option<T>,
    layer_type: IndexMap<String, T>,
    layer_name: IndexMap<String, T>,
) -> Scoped<T> {
    Scoped { model, layer_type, layer_name }
}
