//! Models of Keras 3: plain layers and HGQ2.

mod arguments;
mod call;
mod einsum;
mod graph;
mod handlers;
mod hgq;
mod names;
mod parse;
mod vars;
mod windows;

use hls4rs_frontend::Imported;
use hls4rs_types::Attributes;

pub(crate) use handlers::classes;
pub(crate) use vars::Store;

/// The layers of a model.
pub(crate) fn import(architecture: &Attributes, store: &Store) -> Imported {
    parse::parse(architecture, store)
}

#[cfg(test)]
mod tests {
    use hls4rs_archive::read_json;

    use super::*;

    /// What is wrong with a model of an input and a layer.
    fn problems(shape: &str, layer: &str) -> Vec<String> {
        let text = format!(
            r#"{{"class_name": "Sequential", "config": {{"layers": [
                {{"module": "keras.layers", "class_name": "InputLayer", "config": {{"name": "x", "batch_shape": {shape}}}}}, {layer}
            ]}}}}"#
        );
        let model = read_json("config.json", text.as_bytes()).unwrap();
        let findings = import(model.as_map().unwrap(), &Store::Nowhere).findings;
        findings.iter().map(|found| found.message.clone()).collect()
    }

    #[test]
    fn inputs_have_a_dimension_besides_the_batch() {
        let relu = r#"{"module": "keras.layers", "class_name": "Activation", "config": {"name": "a", "activation": "relu"}}"#;
        assert_eq!(problems("[null, 2]", relu), Vec::<String>::new());
        let found = problems("[null]", relu);
        assert!(found.len() == 1 && found[0].contains("expected a dimension besides the batch"), "{found:?}");
    }

    #[test]
    fn windows_over_three_dimensions_are_refused_as_by_hls4ml() {
        for class in ["MaxPooling3D", "QAveragePooling3D", "QGlobalMaxPooling3D"] {
            let package = if class.starts_with('Q') { "hgq.layers.pooling" } else { "keras.layers" };
            let layer =
                format!(r#"{{"module": "{package}", "class_name": "{class}", "config": {{"name": "p"}}}}"#);
            let found = problems("[null, 2, 2, 2, 1]", &layer);
            assert!(found.len() == 1 && found[0].contains(class), "{found:?}");
        }
    }
}
