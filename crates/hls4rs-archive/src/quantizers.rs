//! Quantizers that hls4ml can load only with another library, written beside the graph.

use hls4rs_types::{Attribute, Attributes};

use crate::{ArchiveError, member};

/// Classes whose constructors call QKeras.
///
/// **Source:** `hls4ml.model.quantizers`, hls4ml 1.3.0. Once a backend's flow `optimize` was applied, hls4ml uses the quantizers of
/// layers and weights no more: what they decided is in precisions and values.
const CLASSES: &[&str] = &[
    "hls4ml.model.quantizers.QKerasQuantizer",
    "hls4ml.model.quantizers.QKerasBinaryQuantizer",
    "hls4ml.model.quantizers.QKerasPO2Quantizer",
];

/// What was taken out of the graph: per layer and attribute, the quantizer that is the attribute, or that of the weight in it.
#[derive(Debug, Default)]
pub(crate) struct Quantizers(Attributes);

impl Quantizers {
    /// Takes a quantizer out of an attribute in its plain form, and leaves null.
    pub(crate) fn take(&mut self, layer: &str, key: &str, value: &mut Attribute) -> Option<&mut Attribute> {
        let place = place(value)?;
        let class = place.as_map().and_then(|object| object.get("class_name")).and_then(Attribute::as_str);
        if !class.is_some_and(|class| CLASSES.contains(&class)) {
            return None;
        }
        let taken = std::mem::take(place);
        if !self.0.contains(layer) {
            self.0.insert(layer, Attributes::new());
        }
        let Some(Attribute::Map(entry)) = self.0.get_mut(layer) else { return None };
        entry.insert(key, taken);
        entry.get_mut(key)
    }

    /// The document, if anything was taken out.
    pub(crate) fn into_document(self) -> Option<Attribute> {
        (!self.0.is_empty()).then_some(Attribute::Map(self.0))
    }

    /// Reads the document.
    pub(crate) fn from_document(document: Attribute) -> Result<Self, ArchiveError> {
        match document {
            Attribute::Map(layers) => Ok(Self(layers)),
            other => Err(wrong(format!("expected a map of layers, found {}", other.describe()))),
        }
    }

    /// Puts what was taken out of a layer back into its attributes.
    pub(crate) fn restore(&mut self, layer: &str, attributes: &mut Attributes) -> Result<(), ArchiveError> {
        let entry = match self.0.remove(layer) {
            None => return Ok(()),
            Some(Attribute::Map(entry)) => entry,
            Some(other) => {
                return Err(wrong(format!("`{layer}`: expected a map, found {}", other.describe())));
            }
        };
        for (key, quantizer) in entry {
            let found = attributes.get_mut(&key).and_then(place);
            match found {
                Some(place) if place.is_null() => *place = quantizer,
                _ => {
                    let found = if found.is_some() { "another quantizer" } else { "no room for one" };
                    return Err(wrong(format!(
                        "`{layer}`, `{key}`: expected null in its place, found {found}"
                    )));
                }
            }
        }
        Ok(())
    }

    /// An error if something is about a layer that the graph does not have.
    pub(crate) fn finish(&self) -> Result<(), ArchiveError> {
        match self.0.names().next() {
            None => Ok(()),
            Some(layer) => Err(wrong(format!("expected layers of the graph, found `{layer}`"))),
        }
    }
}

/// Where the quantizer of an attribute is: the attribute itself, or the field of a weight.
fn place(value: &mut Attribute) -> Option<&mut Attribute> {
    let is_weight =
        value.as_map().and_then(|object| object.get("state")?.as_map()?.get("quantizer")).is_some();
    if !is_weight {
        return Some(value);
    }
    let Attribute::Map(object) = value else { return None };
    let Some(Attribute::Map(state)) = object.get_mut("state") else { return None };
    state.get_mut("quantizer")
}

fn wrong(message: String) -> ArchiveError {
    ArchiveError::json(member::QUANTIZERS, message)
}
