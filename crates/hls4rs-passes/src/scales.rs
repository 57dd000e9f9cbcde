//! What the passes share that move scales behind other layers.

use hls4rs_graph::{Diagnostic, Node, Outcome, PassError, Patch};
use hls4rs_layers::layers::ApplyAlpha;
use hls4rs_types::{Attributes, Strided, Tensor, TensorError};

use crate::inserting::insert_behind;
use crate::qonnx::Replacement;
use crate::weights::unquantized;

/// Attributes that a moved scale does not take along: hls4ml makes them anew.
///
/// **Source:** `_attrs_not_to_copy` of `hls4ml.model.optimizer.passes.move_scales`, hls4ml 1.3.0.
const MADE_ANEW: &[&str] = &["trace", "precision", "scale", "bias", "scale_data", "bias_data"];

/// Factor and summand of an `ApplyAlpha` layer.
#[derive(Debug, Clone)]
pub(crate) struct Alpha {
    pub(crate) scale: Tensor,
    pub(crate) bias: Tensor,
}

impl Alpha {
    /// Both before quantization, if the layer is an `ApplyAlpha`.
    pub(crate) fn of(node: &Node<'_>) -> Result<Option<Self>, PassError> {
        if !node.is_a("ApplyAlpha") {
            return Ok(None);
        }
        let values = |weight: &str| unquantized(node.state(), weight);
        Ok(Some(Self { scale: values("scale")?, bias: values("bias")? }))
    }

    /// The same, but without dimensions where all elements are equal.
    pub(crate) fn reduced(self) -> Result<Self, TensorError> {
        Ok(Self { scale: scalar_if_uniform(self.scale)?, bias: scalar_if_uniform(self.bias)? })
    }

    /// Whether the summand is zero everywhere.
    pub(crate) fn is_unbiased(&self) -> Result<bool, TensorError> {
        Ok(self.bias.rank() == 0 && self.bias.is_all(0.0)?)
    }
}

/// One number if all elements are equal.
fn scalar_if_uniform(values: Tensor) -> Result<Tensor, TensorError> {
    let first = values.iter_f64()?.next();
    match first {
        Some(first) if values.is_all(first)? => {
            let mut one = Strided::of(&values);
            for axis in 0..one.rank() {
                one = one.first_of(axis);
            }
            one.reshaped(&[])?.finish()
        }
        _ => Ok(values),
    }
}

/// The array with one element along each axis along which all are equal.
///
/// **Source:** `_remove_redundant_dims` of `hls4ml.model.optimizer.passes.move_scales`, hls4ml 1.3.0.
pub(crate) fn without_repetitions(mut values: Tensor) -> Result<Tensor, TensorError> {
    for axis in 0..values.rank() {
        let first = Strided::of(&values).first_of(axis).finish()?;
        if are_equal(&first, &values)? {
            values = first;
        }
    }
    Ok(values)
}

/// Whether two arrays are equal, number by number, once they are repeated to the same shape.
pub(crate) fn are_equal(a: &Tensor, b: &Tensor) -> Result<bool, TensorError> {
    let ones = |of: &Tensor| Strided::of(&Tensor::new(&[], vec![0f32])?).broadcast(of.shape())?.finish();
    let shape = ones(a)?.combine(hls4rs_types::Arithmetic::Add, &ones(b)?)?.shape().to_vec();
    let (a, b) = (Strided::of(a).broadcast(&shape)?.finish()?, Strided::of(b).broadcast(&shape)?.finish()?);
    Ok(a.iter_f64()?.eq(b.iter_f64()?))
}

/// What an operation on shapes gives, nothing where the shapes do not allow it.
pub(crate) fn if_shapes_allow<T>(result: Result<T, TensorError>) -> Result<Option<T>, TensorError> {
    match result {
        Ok(result) => Ok(Some(result)),
        Err(TensorError::Shape { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// An array repeated to the shape of an output.
pub(crate) fn repeated(values: &Tensor, shape: &[usize]) -> Result<Option<Tensor>, TensorError> {
    if_shapes_allow(Strided::of(values).broadcast(shape).and_then(Strided::finish))
}

/// One number, in double precision, repeated to the shape of an output.
pub(crate) fn filled(number: f64, shape: &[usize]) -> Result<Tensor, TensorError> {
    Strided::of(&Tensor::new(&[], vec![number])?).broadcast(shape)?.finish()
}

/// Dimensions of a layer's output.
pub(crate) fn output_shape(node: &Node<'_>) -> Vec<usize> {
    node.output_variable().and_then(hls4rs_types::TensorVariable::dims).unwrap_or_default()
}

/// A layer's attributes for a scale that is made in its stead: all but those that are made anew, and its outputs.
pub(crate) fn taken_along(node: &Node<'_>) -> Attributes {
    let state = node.state();
    let is_taken = |name: &str| !MADE_ANEW.contains(&name) && !state.outputs.iter().any(|out| out == name);
    let taken = state.attributes.iter().filter(|(name, _)| is_taken(name));
    taken.map(|(name, value)| (name, value.clone())).collect()
}

/// A scale that is moved behind a layer.
#[derive(Debug)]
pub(crate) struct Moved {
    /// Name of the new layer.
    pub(crate) name: String,
    /// Attributes of the new layer, but for factor and summand.
    pub(crate) attributes: Attributes,
    /// Factor and summand of the new layer.
    pub(crate) alpha: Alpha,
    /// The layers that go.
    pub(crate) removed: Vec<String>,
}

impl Moved {
    /// Removes the old layers, and makes and inserts the new one behind a layer.
    pub(crate) fn put(self, patch: &mut Patch<'_>, behind: &str) -> Result<Outcome, PassError> {
        let Self { name, mut attributes, alpha, removed } = self;
        for old in &removed {
            warn_of_other_readers(patch, old, behind)?;
            patch.remove(old)?;
        }
        attributes.insert("scale_data", alpha.scale);
        attributes.insert("bias_data", alpha.bias);
        let inputs = patch.expect_node(behind)?.state().outputs.clone();
        let output = inputs.first().cloned().unwrap_or_default();
        let outputs = vec![name.clone()];
        let new = Replacement { spec: ApplyAlpha::SPEC, name, inputs, outputs, attributes }.make(patch)?;
        insert_behind(patch, new, &output)?;
        Ok(Outcome::Restructured)
    }
}

/// Warns of readers of a scale that is moved behind another of its readers.
fn warn_of_other_readers(patch: &mut Patch<'_>, scale: &str, behind: &str) -> Result<(), PassError> {
    let node = patch.expect_node(scale)?;
    let others: Vec<&str> =
        node.readers(0).map(|reader| reader.name).filter(|reader| *reader != behind).collect();
    if !others.is_empty() {
        let message = format!(
            "{scale}: hls4ml moves the scale behind `{behind}`, and leaves it out for `{}`",
            others.join("`, `")
        );
        let help = "give each reader of a quantized output a quantizer of its own";
        patch.warn(Diagnostic::warning("layer-bypassed", message).with_help(help));
    }
    Ok(())
}

/// Warns of a scale that stays where it is.
pub(crate) fn stays(patch: &mut Patch<'_>, scale: &str, behind: &str) -> Outcome {
    let message = format!("{scale}: the scale cannot be moved behind `{behind}`");
    let help =
        "hls4ml moves scales that are one number, and scales of weights that are one number per filter";
    patch.warn(Diagnostic::warning("scale-not-moved", message).with_help(help));
    Outcome::Kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_without_difference_have_one_element() {
        let values = Tensor::new(&[2, 3], vec![1f32, 2.0, 3.0, 1.0, 2.0, 3.0]).unwrap();
        let reduced = without_repetitions(values.clone()).unwrap();
        assert_eq!(reduced, Tensor::new(&[1, 3], vec![1f32, 2.0, 3.0]).unwrap());
        assert_eq!(scalar_if_uniform(values).unwrap().rank(), 2);
        let uniform = Tensor::new(&[2, 1], vec![0.5f32, 0.5]).unwrap();
        assert_eq!(scalar_if_uniform(uniform).unwrap(), Tensor::new(&[], vec![0.5f32]).unwrap());
    }

    #[test]
    fn equality_repeats() {
        let (a, b) = (Tensor::vector(vec![1f32, 1.0]), Tensor::new(&[], vec![1f64]).unwrap());
        assert!(are_equal(&a, &b).unwrap());
        assert!(are_equal(&a, &Tensor::vector(vec![1f32; 3])).is_err());
    }
}
