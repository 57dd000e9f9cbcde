//! Models of Keras 2: plain layers, QKeras and HGQ.

mod context;
mod handlers;
mod padding;
mod parse;
mod quantizer;

use hls4rs_frontend::{Imported, Problem};
use hls4rs_types::{Attribute, Attributes};

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
            // where a layer was not converted, its output is missing for that reason
            if !imported.findings.has_errors() {
                drop_outputs(&mut imported);
            }
        }
        Err(Problem { id, message, help }) => imported.findings.error(id, "model", message, help),
    }
    imported
}

/// Drops the outputs that no layer of the list makes, which are those of layers that are left out.
///
/// **Source:** `_find_output_variable_names` within `ModelGraph.from_layer_list`, hls4ml 1.3.0. A model without any output converts
/// there, and fails when it is to be compiled.
fn drop_outputs(imported: &mut Imported) {
    let Imported { layers, outputs: Some(outputs), findings, .. } = imported else { return };
    let is_made = |output: &String| {
        layers.iter().any(|layer| layer.get("name").and_then(Attribute::as_str) == Some(output))
    };
    let (kept, dropped): (Vec<String>, Vec<String>) = outputs.drain(..).partition(is_made);
    let is_none_left = kept.is_empty();
    *outputs = kept;
    for output in dropped {
        let (place, message) = (format!("`{output}`"), "an output whose layer is left out, as hls4ml does");
        if is_none_left {
            findings.error(
                "unsupported-attribute",
                &place,
                message,
                "end the model with the layer before it",
            );
        } else {
            findings.warning("dropped-output", &place, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::LayerList;
    use hls4rs_types::{NamedType, Precision};

    use super::*;
    use crate::weights::LayerWeights;

    /// Imports a model without weights.
    fn import_of(architecture: &str) -> Imported {
        let architecture = hls4rs_archive::read_json("model", architecture.as_bytes()).unwrap();
        let weights = LayerWeights { layer: String::new(), weights: Vec::new() };
        import(architecture.as_map().unwrap(), Weights::of_layer(&weights))
    }

    /// A functional model: `x`, `relu` of it, and `dropout` of that, with these outputs.
    fn with_dropout(outputs: &str) -> Imported {
        import_of(&format!(
            r#"{{"class_name": "Functional", "config": {{"input_layers": [["x", 0, 0]], "output_layers": [{outputs}], "layers": [
                {{"class_name": "InputLayer", "inbound_nodes": [],
                  "config": {{"name": "x", "batch_input_shape": [null, 3], "dtype": "int16"}}}},
                {{"class_name": "Activation", "inbound_nodes": [[["x", 0, 0, {{}}]]],
                  "config": {{"name": "relu", "activation": "relu"}}}},
                {{"class_name": "Dropout", "inbound_nodes": [[["relu", 0, 0, {{}}]]], "config": {{"name": "dropout"}}}}]}}}}"#
        ))
    }

    #[test]
    fn outputs_of_layers_that_are_left_out_are_dropped() {
        let imported = with_dropout(r#"["dropout", 0, 0], ["relu", 0, 0]"#);
        assert_eq!(imported.outputs, Some(vec!["relu".to_owned()]));
        let ids: Vec<&str> = imported.findings.iter().map(|found| found.id).collect();
        assert_eq!(ids, ["dropped-output"]);
        assert!(with_dropout(r#"["dropout", 0, 0]"#).findings.has_errors());
    }

    #[test]
    fn inputs_of_integers_keep_their_type() {
        let Imported { layers, inputs, outputs, .. } = with_dropout(r#"["relu", 0, 0]"#);
        let model =
            Attributes::from([("Precision", Attribute::from("fixed<16,6>")), ("ReuseFactor", 1.into())]);
        let options = Attributes::from([
            ("Backend", Attribute::from("Vivado")),
            ("IOType", "io_parallel".into()),
            ("HLSConfig", Attributes::from([("Model", model)]).into()),
        ]);
        let list = LayerList { options, layers, inputs: inputs.unwrap(), outputs: outputs.unwrap() };
        let graph = list.build("vivado:ip", None).unwrap();
        let attributes = &graph.layer("x").unwrap().state().attributes;
        let expected = NamedType::new("x_precision".to_owned(), Precision::int(16));
        assert_eq!(attributes.get("precision"), Some(&Attribute::from(expected)));
    }

    #[test]
    fn what_is_flattened_may_be_open() {
        let imported = import_of(
            r#"{"class_name": "Sequential", "config": {"layers": [
                {"class_name": "InputLayer",
                 "config": {"name": "x", "batch_input_shape": [null, 3, 2], "dtype": "float32"}},
                {"class_name": "Reshape", "config": {"name": "row", "target_shape": [-1]}},
                {"class_name": "Flatten", "config": {"name": "flat"}}]}}"#,
        );
        assert!(!imported.findings.has_errors(), "{:?}", imported.findings);
        assert_eq!(imported.layers[2].get("target_shape"), Some(&vec![-1i64].into()));
    }
}
