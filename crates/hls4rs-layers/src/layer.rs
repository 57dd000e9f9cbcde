//! The trait of all layers.

use std::fmt;

use hls4rs_types::NamedType;

use crate::{LayerError, LayerSpec, LayerState, Problem, Shape, verify_attributes};

/// A node of a model graph: a declaration and a state.
///
/// Kinds are declared with [`crate::layer!`], which implements this trait. The serde form is the archive's:
/// `{"class_name": …, "state": {"inputs": […], "outputs": […], "attributes": {…}}}`.
#[typetag::serde(tag = "class_name", content = "state")]
pub trait Layer: fmt::Debug + Send + Sync {
    /// The declaration of the layer's kind.
    fn spec(&self) -> &'static LayerSpec;

    /// What the layer holds.
    fn state(&self) -> &LayerState;

    /// What the layer holds, to be changed.
    fn state_mut(&mut self) -> &mut LayerState;

    /// A copy.
    fn boxed_clone(&self) -> Box<dyn Layer>;

    /// Class as Python names it, module and all.
    fn class_name(&self) -> &str {
        self.spec().class_name
    }

    /// Class without its module.
    fn kind(&self) -> &str {
        self.class_name().rsplit('.').next().unwrap_or_default()
    }

    /// Whether the layer's kind is this one, or a special case of it. See [`crate::is_a`].
    fn is_a(&self, base: &str) -> bool {
        crate::is_a(self.kind(), base)
    }

    /// Whether the class is registered.
    fn is_known(&self) -> bool {
        true
    }

    /// Shapes of the outputs for these shapes of the inputs.
    ///
    /// # Errors
    /// If attributes are missing or the shapes do not go with the layer.
    fn infer(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
        let spec = self.spec();
        check_input_count(spec, inputs.len())?;
        (spec.infer)(self.state(), inputs)
    }

    /// Everything that is wrong with the layer by itself.
    fn verify(&self) -> Vec<Problem> {
        verify_attributes(self.spec(), self.state())
    }

    /// Type of the first output.
    ///
    /// # Errors
    /// If the layer has no result type yet.
    fn result_t(&self) -> Result<&NamedType, LayerError> {
        self.state().named_type("result_t")
    }
}

impl Clone for Box<dyn Layer> {
    fn clone(&self) -> Self {
        self.boxed_clone()
    }
}

impl PartialEq for Box<dyn Layer> {
    /// Equal class and equal state.
    fn eq(&self, other: &Self) -> bool {
        self.class_name() == other.class_name() && self.state() == other.state()
    }
}

/// Whether the kind takes so many inputs.
pub(crate) fn check_input_count(spec: &LayerSpec, found: usize) -> Result<(), LayerError> {
    let (least, most) = spec.inputs;
    if (least..=most).contains(&found) {
        return Ok(());
    }
    let expected = match (least, most) {
        (1, 1) => "one input".to_owned(),
        (least, most) if least == most => format!("{least} inputs"),
        (least, usize::MAX) => format!("{least} or more inputs"),
        (least, most) => format!("{least} to {most} inputs"),
    };
    Err(LayerError::InputCount { expected, found })
}
