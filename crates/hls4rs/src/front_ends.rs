//! The list of front ends, and importing by the kind of file.

use std::path::Path;

use hls4rs_frontend::{FrontEnd, Imported, SourceError, SourceFile};
use hls4rs_graph::LayerList;
use hls4rs_keras::Keras;
use hls4rs_onnx::Onnx;
use hls4rs_types::{Attribute, Attributes};

/// Every front end.
pub static FRONT_ENDS: &[&dyn FrontEnd] = &[&Keras, &Onnx];

/// Bytes that a source may have.
const MOST: u64 = 4 << 30;

/// The front end for a file, by the ending of its name.
#[must_use]
pub fn front_end(path: &Path) -> Option<&'static dyn FrontEnd> {
    let ending = path.extension()?.to_str()?.to_lowercase();
    FRONT_ENDS.iter().copied().find(|front_end| front_end.extensions().contains(&ending.as_str()))
}

/// Reads a source model. `options` are those of the conversion.
///
/// # Errors
/// If the file cannot be read, or is of no format that is known. What cannot be converted is among the findings.
pub fn import(path: &Path, options: &Attributes) -> Result<Imported, SourceError> {
    let Some(front_end) = front_end(path) else {
        let endings: Vec<String> = FRONT_ENDS
            .iter()
            .flat_map(|front_end| front_end.extensions().iter().map(|ending| format!("`.{ending}`")))
            .collect();
        return Err(SourceError::Malformed {
            path: path.to_owned(),
            expected: format!("a file that ends in {}", endings.join(", ")),
            found: "another one".to_owned(),
        });
    };
    front_end.import(&SourceFile::open(path, MOST)?, options)
}

/// What a front end gave, as a list with the options of the conversion.
#[must_use]
pub fn layer_list(imported: Imported, options: Attributes) -> LayerList {
    let name = |layer: Option<&Attributes>| -> Vec<String> {
        layer
            .and_then(|layer| layer.get("name").and_then(Attribute::as_str))
            .map(str::to_owned)
            .into_iter()
            .collect()
    };
    let inputs = imported.inputs.unwrap_or_else(|| name(imported.layers.first()));
    let outputs = imported.outputs.unwrap_or_else(|| name(imported.layers.last()));
    LayerList { options, layers: imported.layers, inputs, outputs }
}
