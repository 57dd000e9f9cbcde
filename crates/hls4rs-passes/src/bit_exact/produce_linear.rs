//! Bits of sums of products: dense layers, convolutions, contractions, batch normalizations.

use hls4rs_graph::{Node, PassError};
use hls4rs_types::Attribute;
use ndarray::{ArrayD, IxDyn};

use super::analysis::{Analysis, Produced};
use super::view::{HELP, output_shape, underivable};
use super::windows::{Windows, padded, strided};
use crate::interval::{Einsum, IntervalArray, constants, permuted};

/// Dense layers: the input times the weights, plus the bias.
pub(super) fn dense(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let weight = constants(&node.state().weight("weight")?.data)?;
    let input = first_intervals(analysis, node)?;
    let product = input.matmul(&weight).map_err(underivable)?;
    with_bias(analysis, node, product)
}

/// Convolutions, also those of single channels, which are taken for sums over all channels.
pub(super) fn conv(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    if !node.state().is_channels_last() {
        let found = node.text("data_format").unwrap_or("none");
        return Err(PassError::unsupported("the format `channels_last`", found, HELP));
    }
    let weight = constants(&node.state().weight("weight")?.data)?;
    let input = analysis.first_input(node)?;
    let windows = Windows::of_kernel(weight.shape())?;
    let bits = input.map(|plane| strided(node, windows.of(&padded(node, plane)?)?))?;
    let shape = weight.shape().to_vec();
    let Some((&filters, terms)) = shape.split_last() else {
        return Err(PassError::unsupported("a kernel of at least three dimensions", "none", HELP));
    };
    let matrix =
        ArrayD::from_shape_vec(IxDyn(&[terms.iter().product(), filters]), weight.into_iter().collect());
    let matrix = matrix.map_err(|_| PassError::unsupported("a kernel", format!("{shape:?}"), HELP))?;
    let input = IntervalArray::of_bits(&bits).map_err(underivable)?;
    let product = input.matmul(&matrix).map_err(underivable)?;
    with_bias(analysis, node, product)
}

/// Contractions with constants.
pub(super) fn einsum_dense(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let state = node.state();
    let equation = state.str("equation")?;
    let input = first_intervals(analysis, node)?;
    let weight = constants(&state.weight("weight")?.data)?;
    if !state.attributes.contains("n_inplace") {
        let plan = Einsum::parse(equation, [input.shape(), weight.shape()]).map_err(underivable)?;
        let product = plan.with_constants(&input, &weight).map_err(underivable)?;
        return with_bias(analysis, node, product);
    }
    // a backend brought weights and bias into the order of its loops
    let shape = Einsum::second_shape(equation, input.shape(), &output_shape(node)?).map_err(underivable)?;
    let plan = Einsum::parse(equation, [input.shape(), &shape]).map_err(underivable)?;
    let product = plan.with_matrices(&input, &weight).map_err(underivable)?;
    let bias = constants(&state.weight("bias")?.data)?;
    let bias = permuted("bias", &bias, &plan.output_axes).map_err(underivable)?;
    analysis.of_intervals(node, &product.add_constants(&bias).map_err(underivable)?)
}

/// Contractions of two inputs.
pub(super) fn einsum(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let inputs = analysis.input_intervals(node)?;
    let [first, second] = inputs.as_slice() else {
        return Err(PassError::unsupported("two inputs", inputs.len(), HELP));
    };
    let plan =
        Einsum::parse(node.state().str("equation")?, [first.shape(), second.shape()]).map_err(underivable)?;
    let product = plan.with_intervals(first, second).map_err(underivable)?;
    analysis.of_intervals(node, &product)
}

/// Batch normalizations: the input times the scale, plus the bias.
pub(super) fn batch_normalization(analysis: &mut Analysis, node: Node<'_>) -> Result<Produced, PassError> {
    let scale = constants(&node.state().weight("scale")?.data)?;
    let input = first_intervals(analysis, node)?;
    let product = input.multiply_constants(&scale).map_err(underivable)?;
    with_bias(analysis, node, product)
}

fn first_intervals(analysis: &mut Analysis, node: Node<'_>) -> Result<IntervalArray, PassError> {
    IntervalArray::of_bits(&analysis.first_input(node)?).map_err(underivable)
}

/// The bits of sums with the bias, if there is one.
fn with_bias(analysis: &mut Analysis, node: Node<'_>, product: IntervalArray) -> Result<Produced, PassError> {
    match node.get("bias") {
        None => analysis.of_intervals(node, &product),
        Some(Attribute::Weight(bias)) => {
            let sum = product.add_constants(&constants(&bias.data)?).map_err(underivable)?;
            analysis.of_intervals(node, &sum)
        }
        Some(other) => Err(PassError::unsupported("a weight variable `bias`", other.describe(), HELP)),
    }
}
