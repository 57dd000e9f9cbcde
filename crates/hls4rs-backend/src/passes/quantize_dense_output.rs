//! Gives dense layers between thresholds the integers that they compute.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::quantizers::BinaryQuantizer;
use hls4rs_types::{AnyQuantizer, Attribute, NamedType, Precision, Tensor, WeightForm, WeightVariable};

/// Gives a dense layer of binary or ternary weights, which reads comparisons with thresholds, the integers that it computes:
/// weights of one or two bits, no bias, sums and output of as many bits as there may be ones, and whole thresholds
/// behind it.
///
/// ```text
/// bnbt → dense (weights −1, 1 in int<2>) → bnbt        bnbt → dense (weights 0, 1 in one bit, int<n>) → bnbt
/// ```
///
/// **Source:** `QuantizeDenseOutput` in `bn_quant.py` of the backends, hls4ml 1.3.0. A bias that is there is set to zero.
#[derive(Debug)]
pub struct QuantizeDenseOutput;

impl NodePass for QuantizeDenseOutput {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "quantize-dense-output",
            upstream: "quantize_dense_output",
            summary: "gives dense layers between thresholds the integers that they compute",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let reads_comparison = || {
            node.input_node(0).is_some_and(|input| input.layer.kind() == "BatchNormalizationQuantizedTanh")
        };
        Ok(node.layer.kind() == "Dense" && reads_comparison() && quantizer_of(node).is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let Some(quantizer) = quantizer_of(node) else { return Ok(Outcome::Kept) };
        let is_binary = is_binary(&quantizer);
        let (n_in, n_out, index) =
            (node.state().size("n_in")?, node.state().size("n_out")?, node.state().int("index")?);
        let sum = Precision::int((n_in as f64).log2().ceil() as u32 + 2);
        let weight = quantized(node.state().weight("weight")?, quantizer.clone(), index)?;
        let bias = zeros(node.state().weight("bias")?, n_out, &weight, index);
        let readers: Vec<String> = node
            .graph
            .nodes()
            .filter(|reader| reader.is_a("BatchNormalizationQuantizedTanh"))
            .filter(|reader| node.state().outputs.iter().any(|output| reader.state().inputs.contains(output)))
            .map(|reader| reader.name.to_owned())
            .collect();
        patch.set(name, "accum_t", NamedType::new(format!("layer{index}_accum_t"), sum))?;
        patch.set_precision(name, "result", sum)?;
        let attributes = &mut patch.state_mut(name)?.attributes;
        attributes.insert("weight_quantizer", quantizer);
        for (slot, variable) in [("weight", weight), ("bias", bias)] {
            attributes.insert(format!("{slot}_t"), variable.ty.clone());
            attributes.insert(slot, variable);
        }
        let thresholds: &[&str] = if is_binary { &["threshold"] } else { &["threshold_hi", "threshold_lo"] };
        for reader in readers {
            for threshold in thresholds {
                make_whole(patch, &reader, threshold, sum)?;
            }
        }
        Ok(Outcome::Kept)
    }
}

/// The quantizer of the weights, if it is binary or ternary, as it is behind the pass: with one bit, if binary.
fn quantizer_of(node: Node<'_>) -> Option<AnyQuantizer> {
    let quantizer = node.quantizer("weight_quantizer")?;
    match quantizer.class_name().rsplit('.').next()? {
        "BinaryQuantizer" => Some(AnyQuantizer::new(BinaryQuantizer::ZERO_ONE)),
        "TernaryQuantizer" => Some(quantizer.clone()),
        _ => None,
    }
}

fn is_binary(quantizer: &AnyQuantizer) -> bool {
    quantizer.precision() == Some(Precision::Xnor)
}

fn quantized(
    weight: &WeightVariable,
    quantizer: AnyQuantizer,
    index: i64,
) -> Result<WeightVariable, PassError> {
    if weight.form != WeightForm::Plain {
        let help = "set `Compression` to false for the layer";
        return Err(PassError::unsupported("weights with one element per value", "compressed weights", help));
    }
    let precision = quantizer.precision().unwrap_or_else(|| weight.precision());
    Ok(WeightVariable {
        name: weight.name.clone(),
        ty: NamedType { name: format!("weight{index}_t"), precision, form: weight.ty.form.clone() },
        data: quantizer.quantize(&weight.data)?,
        quantizer: weight.quantizer.is_some().then_some(quantizer),
        form: WeightForm::Plain,
        unquantized: Some(weight.unquantized().clone()),
    })
}

fn zeros(bias: &WeightVariable, n_out: usize, weight: &WeightVariable, index: i64) -> WeightVariable {
    WeightVariable {
        ty: NamedType {
            name: format!("bias{index}_t"),
            precision: weight.precision(),
            form: bias.ty.form.clone(),
        },
        data: Tensor::vector(vec![0f64; n_out]),
        unquantized: Some(bias.unquantized().clone()),
        ..bias.clone()
    }
}

/// Rounds thresholds down to whole numbers of the precision that they are compared with.
fn make_whole(
    patch: &mut Patch<'_>,
    layer: &str,
    threshold: &str,
    precision: Precision,
) -> Result<(), PassError> {
    let state = patch.state_mut(layer)?;
    let mut weight = match state.weight(threshold) {
        Ok(weight) => weight.clone(),
        Err(_) => {
            return Err(PassError::unsupported(
                format!("the weight `{threshold}` in `{layer}`, which reads the layer"),
                "thresholds of the other kind",
                "use binary weights before binary activations, and ternary weights before ternary ones",
            ));
        }
    };
    weight.unquantized = Some(weight.unquantized().clone());
    weight.data = weight.data.floor()?;
    weight.ty.precision = precision;
    if let Some(Attribute::Type(ty)) = state.attributes.get_mut(&format!("{threshold}_t")) {
        ty.precision = precision;
    }
    state.attributes.insert(threshold, weight);
    Ok(())
}
