//! hls4ml 1.2.0 to 1.3.0.
//!
//! Both versions write the same documents but for generated code, which hls4ml does not generate anew when it loads a model.
//!
//! **Source:** `hls4ml.backends.oneapi.oneapi_template`, `hls4ml.writer.oneapi_writer`, and
//! `hls4ml.backends.vivado.passes.merge_templates` of both versions.

use hls4rs_types::{Attribute, Attributes};
use semver::Version as Release;

use super::{Change, Documents, Rung, each_layer};

pub(super) const RUNG: Rung = Rung { to: Release::new(1, 3, 0), name: "1.3.0", apply };

/// The attribute that 1.2.0 misspells, and its name since.
const TASK_SEQUENCE: (&str, &str) = ("tast_sequence_cpp", "task_sequence_cpp");

/// Backends whose C++ has the structure `merge_config` with three sizes.
const MERGE_BACKENDS: [&str; 3] = ["Vivado", "Vitis", "VivadoAccelerator"];

fn apply(documents: &mut Documents) -> Vec<Change> {
    let mut changes = task_sequences(&mut documents.layers);
    let options = documents.config.as_map().and_then(|config| config.get("config"));
    let backend = options.and_then(Attribute::as_map).and_then(|options| options.get("Backend"));
    if backend.and_then(Attribute::as_str).is_some_and(|backend| MERGE_BACKENDS.contains(&backend)) {
        changes.extend(merge_configurations(&mut documents.layers));
    }
    changes
}

/// oneAPI: the writer of 1.3.0 looks for the declaration of a layer's task under the right name, and leaves it out
/// where it is not there.
fn task_sequences(layers: &mut Attribute) -> Vec<Change> {
    let (old, new) = TASK_SEQUENCE;
    let mut changes = Vec::new();
    for (layer, _, state) in each_layer(layers) {
        let Some(Attribute::Map(attributes)) = state.get_mut("attributes") else { continue };
        if !attributes.contains(old) {
            continue;
        }
        let message = if attributes.rename(old, new) {
            format!("`{old}` becomes `{new}`, where hls4ml 1.3.0 looks for it")
        } else {
            attributes.remove(old);
            format!("`{old}` goes, since `{new}` is there")
        };
        changes.push(Change { place: layer.to_owned(), message });
    }
    changes
}

/// Vivado, Vitis: 1.3.0's `merge_config` has the sizes of both inputs, too. Without them, its C++ takes both for 10.
///
/// 1.2.0 has the size of the first input for that of the result, which is wrong where the second one is larger;
/// 1.3.0 compares the sizes as texts. Here it is the larger one.
fn merge_configurations(layers: &mut Attribute) -> Vec<Change> {
    let shapes = shapes(layers);
    let mut changes = Vec::new();
    for (layer, class, state) in each_layer(layers) {
        if class != "hls4ml.model.layers.Merge" {
            continue;
        }
        let inputs = state.get("inputs").and_then(Attribute::as_list).unwrap_or_default();
        let sizes: Vec<Option<&Vec<i64>>> =
            inputs.iter().map(|input| input.as_str().and_then(|input| shapes.get(input))).collect();
        let [Some(first), Some(second)] = sizes.as_slice() else { continue };
        let (first, second) = ((size(first), text(first)), (size(second), text(second)));
        let Some(Attribute::Map(attributes)) = state.get_mut("attributes") else { continue };
        let Some(code) = code_of(attributes) else { continue };
        let Some(migrated) = with_sizes(code, &first, &second) else { continue };
        *code = migrated;
        let mut message = "`config_cpp` gets the sizes of both inputs".to_owned();
        if first.0 != second.0 {
            message.push_str(", and the larger one as the size of the result");
        }
        changes.push(Change { place: layer.to_owned(), message });
    }
    changes
}

/// The code of the structure with the layer's configuration, which is a plain text.
fn code_of(attributes: &mut Attributes) -> Option<&mut String> {
    match attributes.get_mut("config_cpp")? {
        Attribute::String(code) => Some(code),
        _ => None,
    }
}

type Size = (Option<i64>, String);

/// The code with three sizes in the place of one; nothing if it has them, or is something else.
fn with_sizes(code: &str, first: &Size, second: &Size) -> Option<String> {
    if code.contains("n_elem1 =") {
        return None;
    }
    let line = code.lines().find(|line| line.trim_start().starts_with("static const unsigned n_elem ="))?;
    let indent = &line[..line.len() - line.trim_start().len()];
    let result = if second.0 > first.0 { &second.1 } else { &first.1 };
    let lines = [("n_elem", result), ("n_elem1", &first.1), ("n_elem2", &second.1)]
        .map(|(name, size)| format!("{indent}static const unsigned {name} = {size};"));
    Some(code.replacen(line, &lines.join("\n"), 1))
}

/// The dimensions of all outputs, by name.
fn shapes(layers: &mut Attribute) -> indexmap::IndexMap<String, Vec<i64>> {
    let mut shapes = indexmap::IndexMap::new();
    for (_, _, state) in each_layer(layers) {
        let outputs = state.get("outputs").and_then(Attribute::as_list).unwrap_or_default();
        let Some(attributes) = state.get("attributes").and_then(Attribute::as_map) else { continue };
        for output in outputs.iter().filter_map(Attribute::as_str) {
            let reserved = format!("{}{output}", hls4rs_layers::RESERVED_OUTPUT);
            let variable = attributes.get(&reserved).or_else(|| attributes.get(output));
            let shape = variable
                .and_then(Attribute::as_map)
                .and_then(|variable| variable.get("state"))
                .and_then(Attribute::as_map)
                .and_then(|state| state.get("shape"))
                .and_then(Attribute::as_list);
            if let Some(shape) = shape {
                shapes.insert(output.to_owned(), shape.iter().filter_map(Attribute::as_int).collect());
            }
        }
    }
    shapes
}

fn size(shape: &[i64]) -> Option<i64> {
    shape.iter().try_fold(1i64, |product, dimension| product.checked_mul(*dimension))
}

/// As hls4ml writes a size in C++.
fn text(shape: &[i64]) -> String {
    shape.iter().map(i64::to_string).collect::<Vec<_>>().join("*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{read_json, write_json};

    fn merge(backend: &str, shapes: [&str; 2], code: &str) -> (String, Vec<String>) {
        let variable = |name: &str, shape: &str| {
            format!(
                r#""{name}": {{"class_name": "hls4ml.model.layers.Input", "state": {{"inputs": [], "outputs": ["{name}"],
                "attributes": {{"{name}": {{"class_name": "hls4ml.model.types.TensorVariable", "state": {{"shape": {shape}}}}}}}}}}}"#
            )
        };
        let layers = format!(
            r#"{{{}, {}, "m": {{"class_name": "hls4ml.model.layers.Merge", "state": {{"inputs": ["a", "b"], "outputs": ["m"],
            "attributes": {{"config_cpp": {code:?}}}}}}}}}"#,
            variable("a", shapes[0]),
            variable("b", shapes[1])
        );
        let config = format!(r#"{{"config": {{"Backend": "{backend}"}}}}"#);
        let tree = |text: &str| read_json("m", text.as_bytes()).unwrap();
        let mut documents = Documents { config: tree(&config), state: tree("{}"), layers: tree(&layers) };
        let changes = apply(&mut documents);
        (write_json(&documents.layers), changes.iter().map(ToString::to_string).collect())
    }

    const OLD: &str = "struct config4 : nnet::merge_config {\n    static const unsigned n_elem = 4*3;\n    static const unsigned reuse_factor = 1;\n};\n";

    #[test]
    fn sizes_of_both_inputs_are_added() {
        let (layers, changes) = merge("Vitis", ["[4, 3]", "[4, 3]"], OLD);
        let new = r"n_elem = 4*3;\n    static const unsigned n_elem1 = 4*3;\n    static const unsigned n_elem2 = 4*3;\n    static const unsigned reuse_factor = 1;\n};\n";
        assert!(layers.contains(new), "{layers}");
        assert_eq!(changes, ["m: `config_cpp` gets the sizes of both inputs"]);
    }

    #[test]
    fn the_result_has_the_larger_size() {
        let (layers, changes) = merge("Vivado", ["[3]", "[10, 3]"], OLD);
        assert!(layers.contains(r"n_elem = 10*3;\n    static const unsigned n_elem1 = 3;"), "{layers}");
        assert!(changes[0].ends_with("the larger one as the size of the result"));
    }

    #[test]
    fn what_needs_no_change_gets_none() {
        assert_eq!(merge("Quartus", ["[4, 3]", "[4, 3]"], OLD).1, Vec::<String>::new());
        let new = OLD.replace("n_elem =", "n_elem1 =");
        assert_eq!(merge("Vitis", ["[4, 3]", "[4, 3]"], &new).1, Vec::<String>::new());
        assert_eq!(merge("Vitis", ["[4, 3]", "[4, 3]"], "struct {};").1, Vec::<String>::new());
    }

    #[test]
    fn a_misspelt_attribute_keeps_its_place() {
        let layers = |attributes: &str| {
            let text =
                format!(r#"{{"a": {{"class_name": "x.Y", "state": {{"attributes": {attributes}}}}}}}"#);
            read_json("m", text.as_bytes()).unwrap()
        };
        let mut both = layers(r#"{"a": 0, "tast_sequence_cpp": 1, "b": 2}"#);
        assert_eq!(task_sequences(&mut both).len(), 1);
        assert_eq!(both, layers(r#"{"a": 0, "task_sequence_cpp": 1, "b": 2}"#));
        let mut both = layers(r#"{"tast_sequence_cpp": 1, "task_sequence_cpp": 2}"#);
        assert_eq!(task_sequences(&mut both).len(), 1);
        assert_eq!(both, layers(r#"{"task_sequence_cpp": 2}"#));
    }
}
