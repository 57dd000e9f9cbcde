//! Models of Keras 2: plain layers, QKeras and HGQ.

mod context;
mod handlers;
mod padding;
mod parse;
mod quantizer;

use hls4rs_frontend::{Imported, Problem};
use hls4rs_types::Attributes;

use crate::weights::Weights;

pub(crate) use context::{Context, Converted, Shape, inner, shown};
pub(crate) use handlers::handler;

/// The classes that are converted.
pub(crate) fn classes() -> Vec<&'static str> {
    handlers::HANDLERS
        .iter()
        .flat_map(|(classes, _)| classes.iter().copied())
        .chain(parse::SKIPPED.iter().copied())
        .collect()
}

/// The layers of a model.
pub(crate) fn import(architecture: &Attributes, weights: Weights<'_>) -> Imported {
    let mut imported = Imported::default();
    match parse::parse(architecture, weights, &mut imported.findings) {
        Ok(parsed) => {
            imported.layers = parsed.layers;
            imported.inputs = parsed.inputs;
            imported.outputs = parsed.outputs;
        }
        Err(Problem { id, message, help }) => imported.findings.error(id, "model", message, help),
    }
    imported
}
