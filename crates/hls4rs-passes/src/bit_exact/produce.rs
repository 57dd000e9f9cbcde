//! How many bits a layer produces.

use hls4rs_graph::{Node, PassError};
use ndarray::{ArrayD, ArrayView, Axis, IxDyn};

use super::analysis::{Analysis, Produced};
use super::request::{ALL, all, axes, axis, own_bits, reshaped};
use super::view::{HELP, input_layer, input_layers, modes, output_shape, type_fixed, underivable};
use super::windows::padded;
use super::{produce_activation, produce_linear, produce_merge, produce_pooling};
use crate::interval::{IntervalArray, IntervalError, Kif, permuted};

/// By kind, the special cases first.
///
/// **Source:** `_produce_kif` of `hls4ml.model.optimizer.passes.bit_exact`, hls4ml 1.3.0.
#[expect(clippy::type_complexity, reason = "a table of functions is clearest as its type")]
const PRODUCTIONS: &[(&str, fn(&mut Analysis, Node<'_>) -> Result<Produced, PassError>)] = &[
    ("Input", input),
    ("FixedPointQuantizer", quantizer),
    ("Reshape", reshape),
    ("Concatenate", concatenate),
    ("Merge", produce_merge::merge),
    ("EinsumDense", produce_linear::einsum_dense),
    ("Einsum", produce_linear::einsum),
    ("Dense", produce_linear::dense),
    ("Transpose", transpose),
    ("ZeroPadding1D", zero_padding),
    ("ZeroPadding2D", zero_padding),
    ("Conv1D", produce_linear::conv),
    ("Conv2D", produce_linear::conv),
    ("Pooling1D", produce_pooling::pooling),
    ("Pooling2D", produce_pooling::pooling),
    ("GlobalPooling1D", produce_pooling::pooling),
    ("GlobalPooling2D", produce_pooling::pooling),
    ("BatchNormalization", produce_linear::batch_normalization),
    ("Softmax", softmax),
    ("ParametrizedActivation", produce_activation::parametrized),
    ("Activation", produce_activation::activation),
    ("UnaryLUT", produce_activation::table),
];

impl Analysis {
    pub(super) fn produce_anew(&mut self, node: Node<'_>) -> Result<Produced, PassError> {
        match PRODUCTIONS.iter().find(|(kind, _)| node.is_a(kind)) {
            Some((_, produce)) => {
                let produced = produce(self, node)?;
                self.as_if_fused(node, produced)
            }
            None => {
                let expected = "a layer of a kind whose bits can be derived";
                Err(PassError::unsupported(
                    expected,
                    format!("`{}` ({})", node.name, node.layer.kind()),
                    HELP,
                ))
            }
        }
    }

    /// What the layers before produce, computed anew.
    pub(super) fn inputs(&mut self, node: Node<'_>) -> Result<Vec<Produced>, PassError> {
        input_layers(node)?.into_iter().map(|layer| self.produce(layer)).collect()
    }

    /// What the first layer before produces, computed anew.
    pub(crate) fn first_input(&mut self, node: Node<'_>) -> Result<Kif, PassError> {
        Ok(self.first_input_arrays(node)?.bits)
    }

    /// What the first layer before produces; hls4ml asks the others, too.
    pub(super) fn first_input_arrays(&mut self, node: Node<'_>) -> Result<Produced, PassError> {
        let first = self.inputs(node)?.into_iter().next();
        first.ok_or_else(|| PassError::unsupported("a layer with an input", node.layer.kind(), HELP))
    }

    /// The intervals of the layers before.
    pub(super) fn input_intervals(&mut self, node: Node<'_>) -> Result<Vec<IntervalArray>, PassError> {
        let inputs = self.inputs(node)?;
        inputs.iter().map(|input| IntervalArray::of_bits(&input.bits).map_err(underivable)).collect()
    }
}

/// An input whose precision the model does not give can have all bits.
fn input(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    if node.state().is_set("trusted") {
        let own = own_bits(node)?;
        return Ok(analysis.new_arrays(own));
    }
    Ok(analysis.one_array(all(&output_shape(node)?)))
}

fn quantizer(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let mask = analysis.mask(node)?;
    let input = analysis.remembered(input_layer(node)?, false)?;
    let (out, mask) = mask.narrow(&input, modes(node)?)?;
    analysis.set_mask(node, mask);
    Ok(analysis.new_arrays(out))
}

fn reshape(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let shape = output_shape(node)?;
    analysis.remembered_arrays(input_layer(node)?, false)?.seen(|plane| reshaped(plane, &shape))
}

fn concatenate(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let inputs = analysis.inputs(node)?;
    let rank = inputs.first().map_or(0, |input| input.bits.k.ndim());
    let axis = axis(node, rank)?;
    let joined = |plane: fn(&Kif) -> &ArrayD<i16>| {
        let planes: Vec<ArrayView<'_, i16, IxDyn>> =
            inputs.iter().map(|input| plane(&input.bits).view()).collect();
        let shapes = || planes.iter().map(|plane| plane.shape().to_vec()).collect::<Vec<_>>();
        ndarray::concatenate(Axis(axis), &planes)
            .map_err(|_| PassError::unsupported("arrays that can be joined", format!("{:?}", shapes()), HELP))
    };
    let bits = Kif { k: joined(|bits| &bits.k)?, i: joined(|bits| &bits.i)?, f: joined(|bits| &bits.f)? };
    Ok(analysis.new_arrays(bits))
}

fn transpose(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let axes = axes(node)?;
    let input = analysis.first_input_arrays(node)?;
    input
        .seen(|plane| permuted("transposition", plane, &axes))
        .map_err(|error: IntervalError| underivable(error))
}

/// The border needs no bits.
///
/// **Source:** hls4ml 1.3.0 refuses models of HGQ2 with such a layer; its development branch takes them.
fn zero_padding(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let input = analysis.first_input(node)?;
    let bits = input.map(|plane| padded(node, plane))?;
    Ok(analysis.new_arrays(bits))
}

/// The product of an exponential and an inverse, both from tables.
fn softmax(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let (inverse, exponential) = (type_fixed(node, "inv_table_t")?, type_fixed(node, "exp_table_t")?);
    let sum = |a: i32, b: i32| {
        let sum = i16::try_from(i64::from(a) + i64::from(b));
        sum.map_err(|_| PassError::unsupported("tables of a few bits", format!("{a} + {b}"), HELP))
    };
    let i = sum(exponential.integer, inverse.integer)?;
    let f = sum(exponential.fractional(), inverse.fractional())?;
    Ok(analysis.new_arrays(Kif::filled(&output_shape(node)?, 0, i, f)))
}

/// As many fractional bits as there can be.
pub(super) fn all_fractional(bits: &Kif) -> ArrayD<i16> {
    ArrayD::from_elem(bits.f.raw_dim(), ALL)
}
