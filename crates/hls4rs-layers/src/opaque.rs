//! Layers of classes that nobody registered.

use serde::{Deserialize, Serialize};

use crate::{Initializer, Layer, LayerError, LayerSpec, LayerState, Problem, Shape};

/// A layer of a class that nobody registered: kept whole, printed, compared and saved, but never computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opaque {
    class_name: String,
    state: LayerState,
}

static SPEC: LayerSpec = LayerSpec {
    kind: "Opaque",
    class_name: "hls4rs.Opaque",
    aliases: &[],
    summary: "A layer of a class that nobody registered.",
    inputs: (0, usize::MAX),
    attributes: &[],
    weights: &[],
    infer: |_, _| Err(unregistered("an unregistered class", "given a shape")),
    initialize: |_: &mut Initializer<'_>| Err(unregistered("an unregistered class", "created")),
    make: |state| Box::new(Opaque { class_name: "hls4rs.Opaque".to_owned(), state }),
};

fn unregistered(class_name: &str, action: &'static str) -> LayerError {
    LayerError::Opaque { class_name: class_name.to_owned(), action }
}

impl Opaque {
    /// A layer of that class.
    #[must_use]
    pub fn new(class_name: impl Into<String>, state: LayerState) -> Self {
        Self { class_name: class_name.into(), state }
    }
}

#[typetag::serde(name = "hls4rs.Opaque")]
impl Layer for Opaque {
    fn spec(&self) -> &'static LayerSpec {
        &SPEC
    }

    fn state(&self) -> &LayerState {
        &self.state
    }

    fn state_mut(&mut self) -> &mut LayerState {
        &mut self.state
    }

    fn boxed_clone(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }

    fn class_name(&self) -> &str {
        &self.class_name
    }

    fn is_known(&self) -> bool {
        false
    }

    fn infer(&self, _: &[Shape]) -> Result<Vec<Shape>, LayerError> {
        Err(unregistered(&self.class_name, "given a shape"))
    }

    fn verify(&self) -> Vec<Problem> {
        let help = "declare the class with `layer!` in a crate that is linked into the program".to_owned();
        let error = unregistered(&self.class_name, "checked, specialized or run");
        vec![Problem { id: "unregistered-class", error, help: Some(help) }]
    }
}
