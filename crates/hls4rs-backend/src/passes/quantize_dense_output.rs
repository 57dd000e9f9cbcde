//! Gives sums of binary and ternary products the width that they need.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::quantizers::{BinaryQuantizer, TernaryQuantizer};
use hls4rs_types::{AnyQuantizer, Attribute, NamedType, Precision, Tensor, TensorData, TensorError};

/// Gives a dense layer with binary or ternary weights behind a step function integers just wide enough for the sum of
/// `n_in` products, and weights without a scale. Thresholds behind it are rounded down to integers.
///
/// A bias becomes zero.
///
/// **Source:** `QuantizeDenseOutput` of the backends' `bn_quant.py`, hls4ml 1.3.0. The weights are quantized again each time
/// that the flow begins again: binary weights, which are 0 and 1 after the first time, are all 1 after the second.
#[derive(Debug)]
pub struct QuantizeDenseOutput;

/// The weights' quantizer, if the pass is for it.
#[derive(Clone, Copy)]
enum Levels {
    Binary,
    Ternary,
}

impl NodePass for QuantizeDenseOutput {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "quantize-dense-output",
            upstream: "quantize_dense_output",
            summary: "gives sums of binary and ternary products the width that they need",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let reads_step = || {
            node.input_node(0).is_some_and(|input| input.layer.kind() == "BatchNormalizationQuantizedTanh")
        };
        Ok(node.layer.kind() == "Dense" && reads_step() && levels(node).is_some())
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let Some(levels) = levels(node) else { return Ok(Outcome::Kept) };
        let (index, n_in, n_out) =
            (node.state().int("index")?, node.state().size("n_in")?, node.state().size("n_out")?);
        let sum = Precision::int(n_in.max(1).next_power_of_two().ilog2() + 2);
        let readers: Vec<String> = node.readers(0).map(|reader| reader.name.to_owned()).collect();
        patch.set(name, "accum_t", NamedType::new(format!("layer{index}_accum_t"), sum))?;
        patch.set_precision(name, "result", sum)?;
        quantize_weights(patch, name, levels, index)?;
        clear_bias(patch, name, levels, (index, n_out))?;
        for reader in readers {
            round_thresholds(patch, &reader, levels, sum)?;
        }
        Ok(Outcome::Kept)
    }
}

fn levels(node: Node<'_>) -> Option<Levels> {
    match node.quantizer("weight_quantizer")?.class_name() {
        "hls4ml.model.quantizers.BinaryQuantizer" => Some(Levels::Binary),
        "hls4ml.model.quantizers.TernaryQuantizer" => Some(Levels::Ternary),
        _ => None,
    }
}

impl Levels {
    fn quantizer(self) -> AnyQuantizer {
        match self {
            Self::Binary => AnyQuantizer::new(BinaryQuantizer::ZERO_ONE),
            Self::Ternary => AnyQuantizer::new(TernaryQuantizer {}),
        }
    }

    fn precision(self) -> Precision {
        match self {
            Self::Binary => Precision::Xnor,
            Self::Ternary => Precision::int(2),
        }
    }

    fn thresholds(self) -> &'static [&'static str] {
        match self {
            Self::Binary => &["threshold"],
            Self::Ternary => &["threshold_hi", "threshold_lo"],
        }
    }
}

/// Quantizes the weights. Their quantizer is one object for the layer and the weight.
fn quantize_weights(patch: &mut Patch<'_>, name: &str, levels: Levels, index: i64) -> Result<(), PassError> {
    let quantizer = levels.quantizer();
    let data = quantizer.quantize(&patch.expect_node(name)?.state().weight("weight")?.data)?;
    patch.set(name, "weight_quantizer", quantizer.clone())?;
    set_weight(
        patch,
        name,
        "weight",
        (data, NamedType::new(format!("weight{index}_t"), levels.precision())),
    )?;
    if let Some(Attribute::Weight(weight)) = patch.state_mut(name)?.attributes.get_mut("weight")
        && weight.quantizer.is_some()
    {
        weight.quantizer = Some(quantizer);
    }
    Ok(())
}

fn clear_bias(
    patch: &mut Patch<'_>,
    name: &str,
    levels: Levels,
    (index, n_out): (i64, usize),
) -> Result<(), PassError> {
    let zeros = Tensor::vector(vec![0f64; n_out]);
    set_weight(patch, name, "bias", (zeros, NamedType::new(format!("bias{index}_t"), levels.precision())))
}

fn round_thresholds(
    patch: &mut Patch<'_>,
    name: &str,
    levels: Levels,
    precision: Precision,
) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    if !node.is_a("BatchNormalizationQuantizedTanh") {
        return Ok(());
    }
    for threshold in levels.thresholds() {
        let weight = patch.expect_node(name)?.state().weight(threshold)?;
        let rounded = rounded_down(&weight.data)?;
        let ty = NamedType { precision, ..weight.ty.clone() };
        set_weight(patch, name, threshold, (rounded, ty))?;
    }
    Ok(())
}

/// The values rounded down, in their own type; integers become double precision, as with NumPy.
fn rounded_down(values: &Tensor) -> Result<Tensor, TensorError> {
    Ok(match values.data()? {
        TensorData::F32(array) => array.mapv(f32::floor).into_owned().into(),
        TensorData::F64(array) => array.mapv(f64::floor).into_owned().into(),
        _ => Tensor::new(values.shape(), values.iter_f64()?.map(f64::floor).collect())?,
    })
}

/// Sets values and type of a weight; values before quantization are left as they are.
fn set_weight(
    patch: &mut Patch<'_>,
    name: &str,
    weight: &str,
    (data, ty): (Tensor, NamedType),
) -> Result<(), PassError> {
    patch.expect_node(name)?.state().weight(weight)?;
    let attributes = &mut patch.state_mut(name)?.attributes;
    if let Some(Attribute::Type(known)) = attributes.get_mut(&format!("{weight}_t")) {
        **known = ty.clone();
    }
    if let Some(Attribute::Weight(weight)) = attributes.get_mut(weight) {
        let before = weight.unquantized().clone();
        weight.unquantized = Some(before);
        (weight.data, weight.ty) = (data, ty);
    }
    Ok(())
}
