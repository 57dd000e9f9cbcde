//! What passes ask of weights.

use hls4rs_graph::{Node, PassError};
use hls4rs_layers::LayerState;
use hls4rs_types::Tensor;

/// What a layer remembers whose weights a pass brought into another order, so that what they were made from does not go with
/// them.
pub(crate) const REORDERED: &str = "weights_reordered";

/// The values of a weight before quantization.
///
/// An archive does not hold them. It has what the weight was made from, though, which is the same unless a pass changed the
/// weight.
///
/// # Errors
/// If the layer has no such weight, or its values before quantization are not known any more. hls4ml fails then, too.
pub(crate) fn unquantized(state: &LayerState, weight: &str) -> Result<Tensor, PassError> {
    let variable = state.weight(weight)?;
    if weight == "weight" && variable.quantizer.is_some() && state.memory.contains(REORDERED) {
        return Err(PassError::unsupported(
            "weights whose values before quantization are known",
            "quantized weights that were reordered, since flattened data is not transposed any more",
            "take `io_stream`, or a quantizer without `alpha`, or put no transposition before flattened data",
        ));
    }
    // the factors of a normalization are in these weights, and not in what the converter gave
    if variable.unquantized.is_none() && state.attributes.contains("variance_data") && weight == "weight" {
        return Err(PassError::unsupported(
            "weights whose values before quantization are known",
            "those of an archive, which a normalization was folded into",
            "convert the source model again, or take a quantizer without `alpha`",
        ));
    }
    if variable.unquantized.is_none()
        && variable.quantizer.is_some()
        && let Ok(source) = state.array(&format!("{weight}_data"))
    {
        return Ok(source.clone());
    }
    Ok(variable.unquantized().clone())
}

/// Two layers of which the first one is to be merged into the second, or the other way round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair<'g> {
    /// The layer that comes first.
    pub(crate) first: Node<'g>,
    /// The layer that reads it.
    pub(crate) second: Node<'g>,
}

impl Pair<'_> {
    /// Whether the first layer's output has no other reader.
    pub(crate) fn is_alone(&self) -> bool {
        self.first.readers(0).count() <= 1
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Dense;
    use hls4rs_types::quantizers::TernaryQuantizer;
    use hls4rs_types::{AnyQuantizer, Precision, WeightVariable};

    use super::*;

    #[test]
    fn what_was_reordered_is_not_known() {
        let data = Tensor::new(&[1, 1], vec![1f32]).unwrap();
        let ty = hls4rs_types::NamedType::new("w_t", Precision::int(2));
        let mut weight = WeightVariable::new("w", ty, data.clone());
        let source = Tensor::new(&[1, 1], vec![0.7f32]).unwrap();
        let layer = |weight: &WeightVariable| {
            let dense = Dense::builder("d").weight(source.clone()).build().with("weight", weight.clone());
            dense.into_layer()
        };
        assert_eq!(unquantized(layer(&weight).state(), "weight").unwrap(), data, "nothing was quantized");
        weight.quantizer = Some(AnyQuantizer::new(TernaryQuantizer {}));
        let mut layer = layer(&weight);
        assert_eq!(unquantized(layer.state(), "weight").unwrap(), source);
        layer.state_mut().memory.insert(REORDERED, true);
        assert!(unquantized(layer.state(), "weight").is_err());
    }
}
