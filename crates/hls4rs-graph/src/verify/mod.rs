//! Checks of a whole graph, a file each.

mod names;
mod order;
mod shapes;
mod structure;

use hls4rs_layers::Layer;
use hls4rs_types::Attribute;

use crate::{Diagnostic, GraphError, ModelGraph};

pub use names::is_cpp_name;
pub use structure::check_structure;

impl ModelGraph {
    /// Everything that is wrong with the graph, and everything worth a warning; [`crate::DIAGNOSTICS`] lists the kinds.
    #[must_use]
    pub fn verify(&self) -> Vec<Diagnostic> {
        let structure = structure::structure(self).into_iter();
        let mut found: Vec<Diagnostic> = structure.map(|(id, error)| Diagnostic::error(id, error)).collect();
        for (name, layer) in self.layers() {
            found.extend(verify_layer(name, layer));
            found.extend(self.verify_shapes(name, layer));
        }
        found.extend(self.verify_order());
        found.extend(self.verify_names());
        found
    }
}

/// What a layer says about itself, and which of its objects are not understood.
fn verify_layer(name: &str, layer: &dyn Layer) -> Vec<Diagnostic> {
    let problems = layer.verify().into_iter().map(|problem| {
        let message = GraphError::of_layer(name, layer.kind(), problem.error);
        let report = if layer.is_known() { Diagnostic::error } else { Diagnostic::warning };
        Diagnostic { help: problem.help, ..report(problem.id, message) }
    });
    problems.chain(unknown_objects(name, layer)).collect()
}

/// Warns of objects that are kept without being understood.
fn unknown_objects(name: &str, layer: &dyn Layer) -> Vec<Diagnostic> {
    let objects = layer.state().attributes.iter().filter_map(|(attribute, value)| match value {
        Attribute::Object(object) => Some((attribute, &object.class_name)),
        _ => None,
    });
    let warn = |(attribute, class): (&str, &String)| {
        let place = format!("{name} ({}): attribute `{attribute}`", layer.kind());
        let message = format!("{place}: `{class}` has a class or fields that this version does not know");
        Diagnostic::warning("unknown-object", message)
            .with_help("it is kept as it is; a newer version may know it")
    };
    objects.map(warn).collect()
}
