//! Merges batch normalizations into step functions.

use hls4rs_graph::{NewLayer, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::BatchNormalizationQuantizedTanh;
use hls4rs_layers::{Draft, LayerError};
use hls4rs_types::{Attribute, Attributes, Tensor};

/// Puts a comparison with thresholds in the place of a batch normalization and the binary or ternary step function behind
/// it.
///
/// ```text
/// fc → norm → binary_tanh        fc → bnbt_norm
/// ```
///
/// **Source:** `MergeBatchNormAndQuantizedTanh` of the backends' `bn_quant.py`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct MergeBatchNormQuantizedTanh {
    /// Whether the new layer keeps the name of the batch normalization, as Quartus and Catapult have it.
    pub keeps_name: bool,
}

impl NodePass for MergeBatchNormQuantizedTanh {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "merge-batch-norm-quantized-tanh",
            upstream: "merge_batch_norm_quantized_tanh",
            summary: "merges batch normalizations into step functions",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        const STEPS: [&str; 4] = ["binary", "binary_tanh", "ternary", "ternary_tanh"];
        let is_step = match node.layer.kind() {
            "Activation" => node.text("activation").is_some_and(|activation| STEPS.contains(&activation)),
            kind => kind == "TernaryTanh",
        };
        Ok(is_step && node.input_node(0).is_some_and(|input| input.is_a("BatchNormalization")))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let Some(norm) = node.input_node(0) else { return Ok(Outcome::Kept) };
        let levels = match node.text("activation") {
            Some(activation) if activation.contains("ternary") => 3,
            Some(activation) if activation.contains("binary") => 2,
            _ => {
                return Err(
                    LayerError::attribute("activation", "a step function", node.get("activation")).into()
                );
            }
        };
        let threshold = node.get("threshold").and_then(Attribute::as_float).unwrap_or(0.5);
        let (scale, bias) =
            (norm.state().weight("scale")?.data.clone(), norm.state().weight("bias")?.data.clone());
        let norm_name = norm.name.to_owned();
        let draft = Draft {
            spec: BatchNormalizationQuantizedTanh::SPEC,
            name: format!("bnbt_{norm_name}"),
            inputs: norm.state().inputs.clone(),
            outputs: Vec::new(),
            attributes: self.attributes(norm, levels),
        };
        let mut new = patch.create(draft)?;
        set_thresholds(patch, &mut new, (&scale, &bias), threshold)?;
        patch.remove(&norm_name)?;
        patch.replace(name, new)?;
        Ok(Outcome::Restructured)
    }
}

impl MergeBatchNormQuantizedTanh {
    fn attributes(&self, norm: Node<'_>, levels: i64) -> Attributes {
        let of_norm = |name: &str| norm.state().attributes.get(name).cloned();
        let mut attributes = Attributes::new();
        if self.keeps_name {
            attributes.insert("name", of_norm("name"));
            attributes.insert("original_name", of_norm("name"));
            attributes.insert("class_name", BatchNormalizationQuantizedTanh::SPEC.kind);
        }
        for (name, value) in [
            ("n_in", of_norm("n_in")),
            ("n_out", of_norm("n_in")),
            ("n_filt", of_norm("n_filt")),
            ("quantize", Some(Attribute::Int(levels))),
            ("trace", of_norm("trace")),
        ] {
            attributes.insert(name, value);
        }
        attributes
    }
}

fn set_thresholds(
    patch: &Patch<'_>,
    new: &mut NewLayer,
    (scale, bias): (&Tensor, &Tensor),
    ternary_threshold: f64,
) -> Result<(), PassError> {
    patch.complete(new, |init| {
        BatchNormalizationQuantizedTanh::set_thresholds(init, scale, bias, ternary_threshold)
    })?;
    Ok(())
}
