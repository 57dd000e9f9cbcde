//! Gives layers the configuration that comes with a proxy model of HGQ.

use hls4rs_graph::{Diagnostic, ModelGraph, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::{Attribute, Attributes, Precision};

use crate::bit_exact::is_quantizer;

/// Gives layers the configuration that a quantizer of a proxy model carries for them, unless the user configured the same;
/// types are left to the derivation of bits.
///
/// ```text
/// quantizer (overrides: dense: parallelization_factor 2) → dense → dense_linear
/// quantizer → dense (parallelization_factor 2)
/// ```
///
/// Linear activations behind such layers go. Accumulators of pooling layers are to be derived.
///
/// **Source:** `EnforceProxyModelEmbeddedConfig` of `hls4ml.model.optimizer.passes.hgq_proxy_model`, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct EnforceProxyConfig;

impl NodePass for EnforceProxyConfig {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "enforce-proxy-config",
            upstream: "enforce_proxy_model_embedded_config",
            summary: "gives layers the configuration that comes with a proxy model of HGQ",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(is_quantizer(node) && overrides(node).is_some_and(|overrides| !overrides.is_empty()))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let layers =
            overrides(patch.expect_node(name)?).and_then(|overrides| overrides.get("layers")).cloned();
        let layers = match layers {
            None => return Ok(Outcome::Kept),
            Some(Attribute::Map(layers)) => layers,
            Some(other) => {
                let help = "convert the model anew";
                return Err(PassError::unsupported("a map `overrides` → `layers`", other.describe(), help));
            }
        };
        let mut outcome = Outcome::Kept;
        for (layer, config) in layers.iter() {
            if patch.layer(layer).is_none() {
                continue;
            }
            leave_accumulator_open(patch, layer)?;
            for (key, value) in config.as_map().into_iter().flat_map(Attributes::iter) {
                enforce(patch, layer, key, value)?;
            }
            let linear = format!("{layer}_linear");
            if patch.layer(&linear).is_some() {
                patch.remove(&linear)?;
                outcome = Outcome::Restructured;
            }
        }
        Ok(outcome)
    }
}

fn overrides(node: Node<'_>) -> Option<&Attributes> {
    node.get("overrides").and_then(Attribute::as_map)
}

/// Pooling layers get an accumulator that is to be derived, unless the user gave one.
fn leave_accumulator_open(patch: &mut Patch<'_>, layer: &str) -> Result<(), PassError> {
    if !patch.expect_node(layer)?.layer.kind().to_lowercase().contains("pool")
        || is_configured(patch, layer, "accum_t")
    {
        return Ok(());
    }
    match patch.state_mut(layer)?.attributes.get_mut("accum_t") {
        Some(Attribute::Type(ty)) => {
            ty.precision = Precision::Unspecified;
            Ok(())
        }
        other => {
            let found = other.map_or("none", |value| value.describe());
            let help = "choose a backend whose pooling layers have an accumulator";
            Err(PassError::unsupported(format!("an accumulator of `{layer}`"), found, help))
        }
    }
}

fn enforce(patch: &mut Patch<'_>, layer: &str, key: &str, value: &Attribute) -> Result<(), PassError> {
    if is_configured(patch, layer, key) {
        let message =
            format!("{layer}: `{key}` is configured; what the proxy model says about it is not used");
        patch.warn(Diagnostic::warning("proxy-config-not-used", message));
        return Ok(());
    }
    if key.ends_with("_t") {
        return Ok(());
    }
    if patch.expect_node(layer)?.state().attributes.contains(key) {
        patch.set(layer, key, value.clone())?;
    } else if key == "parallelization_factor" {
        let number = match value {
            Attribute::String(text) => text.trim().parse().ok(),
            value => value.as_float().map(|number| number as i64),
        };
        let help = "convert the model anew";
        let wrong = || PassError::unsupported("an integer `parallelization_factor`", value.describe(), help);
        patch.set(layer, key, number.ok_or_else(wrong)?)?;
    }
    Ok(())
}

/// Whether the user said something about a key of a layer: among the precisions, if it is a type but for tables.
///
/// **Source:** `userconf_ifdef` of the same module.
fn is_configured(graph: &ModelGraph, layer: &str, key: &str) -> bool {
    let hls = graph.config.options.get("HLSConfig").and_then(Attribute::as_map);
    let layers = hls.and_then(|hls| hls.get("LayerName")?.as_map());
    let Some(config) = layers.and_then(|layers| layers.get(layer)?.as_map()) else { return false };
    if config.is_empty() {
        return false;
    }
    if key == "parallelization_factor" {
        return config.contains("ParallelizationFactor");
    }
    let slot = key.strip_suffix("_t").filter(|_| key != "table_t");
    let in_precisions = |slot: &str| match config.get("Precision") {
        Some(Attribute::Map(precisions)) => precisions.contains(slot),
        // a text holds what it contains, as in Python
        Some(Attribute::String(text)) => text.contains(slot),
        _ => false,
    };
    slot.is_some_and(in_precisions) || config.contains(key)
}
