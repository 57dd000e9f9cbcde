//! Merges batch normalizations with the binary or ternary activation behind them.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::Draft;
use hls4rs_layers::layers::BatchNormalizationQuantizedTanh;
use hls4rs_types::{Attribute, Attributes};

/// Merges a batch normalization with the binary or ternary activation behind it into one comparison with thresholds.
///
/// ```text
/// dense → norm → binary_tanh        dense → bnbt_norm (quantize 2)
/// ```
///
/// Where others read the normalization, too, they read its input from then on, as in hls4ml.
///
/// **Source:** `MergeBatchNormAndQuantizedTanh` in `bn_quant.py` of the backends, hls4ml 1.3.0.
#[derive(Debug)]
pub struct MergeBatchNormQuantizedTanh {
    /// Whether the new layer has the attributes `name`, `original_name` and `class_name`: with Quartus and oneAPI.
    pub names: bool,
}

/// The activations that compare.
const STEPS: [&str; 4] = ["binary", "binary_tanh", "ternary", "ternary_tanh"];

impl NodePass for MergeBatchNormQuantizedTanh {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "merge-batch-norm-quantized-tanh",
            upstream: "merge_batch_norm_quantized_tanh",
            summary: "merges batch normalizations with the binary or ternary activation behind them",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_step = match node.layer.kind() {
            "Activation" => node.text("activation").is_some_and(|activation| STEPS.contains(&activation)),
            kind => kind == "TernaryTanh",
        };
        Ok(is_step && node.input_node(0).is_some_and(|norm| norm.is_a("BatchNormalization")))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let Some(norm) = node.input_node(0) else { return Ok(Outcome::Kept) };
        let quantize = if node.state().str("activation")?.contains("ternary") { 3 } else { 2 };
        let threshold = match node.get("threshold") {
            Some(_) => node.state().float("threshold")?,
            None => 0.5,
        };
        let (scale, bias) =
            (norm.state().weight("scale")?.data.clone(), norm.state().weight("bias")?.data.clone());
        let (norm_name, inputs) = (norm.name.to_owned(), norm.state().inputs.clone());
        let merged = Draft {
            spec: BatchNormalizationQuantizedTanh::SPEC,
            name: format!("bnbt_{norm_name}"),
            inputs,
            outputs: Vec::new(),
            attributes: self.attributes(norm, quantize),
        };
        let mut merged = patch.create(merged)?;
        patch.initialize_new(&mut merged, |init| {
            BatchNormalizationQuantizedTanh::set_thresholds(init, &scale, &bias, threshold)
        })?;
        patch.remove(&norm_name)?;
        patch.replace(name, merged)?;
        Ok(Outcome::Restructured)
    }
}

impl MergeBatchNormQuantizedTanh {
    fn attributes(&self, norm: Node<'_>, quantize: i64) -> Attributes {
        let get = |name| norm.get(name).cloned().unwrap_or(Attribute::Null);
        let mut attributes = Attributes::new();
        if self.names {
            attributes.insert("name", get("name"));
            attributes.insert("original_name", get("name"));
            attributes.insert("class_name", "BatchNormalizationQuantizedTanh");
        }
        attributes.insert("n_in", get("n_in"));
        attributes.insert("n_out", get("n_in"));
        attributes.insert("n_filt", get("n_filt"));
        attributes.insert("quantize", quantize);
        attributes.insert("trace", get("trace"));
        attributes
    }
}
