//! Finding kinds by name.

use hls4rs_types::{Attribute, Attributes, BridgeErrorKind, from_attribute};

use crate::layers::LAYERS;
use crate::{Layer, LayerError, LayerSpec, LayerState, Opaque};

/// The declaration of one of hls4rs' own kinds, by class as Python names it.
#[must_use]
pub fn spec_of_class(class_name: &str) -> Option<&'static LayerSpec> {
    LAYERS.iter().copied().find(|spec| spec.class_name == class_name)
}

/// The declaration of one of hls4rs' own kinds, by the name under which converters create it, `Dense` or `QDense`, or else
/// by its kind.
#[must_use]
pub fn spec_of_alias(name: &str) -> Option<&'static LayerSpec> {
    let by_alias = LAYERS.iter().copied().find(|spec| spec.aliases.contains(&name));
    by_alias.or_else(|| LAYERS.iter().copied().find(|spec| spec.kind == name))
}

/// A layer of that class, with that state: of its own kind if the class is registered, here or in any crate that is
/// linked into the program, else an [`Opaque`] one.
///
/// # Errors
/// If a registered class refuses to be made.
pub fn layer_of_class(class_name: &str, state: LayerState) -> Result<Box<dyn Layer>, LayerError> {
    if let Some(spec) = spec_of_class(class_name) {
        return Ok((spec.make)(state));
    }
    match registered_elsewhere(class_name)? {
        Some(mut layer) => {
            *layer.state_mut() = state;
            Ok(layer)
        }
        None => Ok(Box::new(Opaque::new(class_name, state))),
    }
}

/// An empty layer of a class that another crate registered, if one did.
fn registered_elsewhere(class_name: &str) -> Result<Option<Box<dyn Layer>>, LayerError> {
    let empty = Attributes::from([
        ("inputs", Attribute::List(vec![])),
        ("outputs", Attribute::List(vec![])),
        ("attributes", Attribute::Map(Attributes::new())),
    ]);
    let wire =
        Attributes::from([("class_name", Attribute::from(class_name)), ("state", Attribute::Map(empty))]);
    match from_attribute::<Box<dyn Layer>>(&Attribute::Map(wire)) {
        Ok(layer) => Ok(Some(layer)),
        Err(error) if matches!(error.kind(), BridgeErrorKind::UnknownVariant { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
