//! Every attribute of every layer of three goldens is replaced by values of all other kinds, and so is every field of
//! the objects inside.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;

use hls4rs::archive::member::{CONFIG, LAYERS, STATE};
use hls4rs::layers::{AttributeSpec, CARRIED, Default as Absent, spec_of_class};
use hls4rs::prelude::*;
use hls4rs::types::AttributeType;
use hls4rs_tests::{Archive, Golden};
use serde_json::{Value, json};

use super::kinds::{one_of_each, same_kind};

/// A layer by itself in an archive that is as small as can be.
struct Alone {
    name: String,
    layer: Value,
    archive: Archive,
}

impl Alone {
    /// The layers of a golden, each by itself.
    fn all(golden: &str) -> Vec<Self> {
        let archive = Archive::golden(golden);
        let layers = archive.json(LAYERS);
        let config = Archive::saved(&Model::new(ModelGraph::new(Config::default())), &SaveOptions::default());
        let base = archive.with(CONFIG, config.content(CONFIG)).edited(STATE, |state| {
            *state = json!({"inputs": [], "outputs": [], "index": 0, "applied_flows": []})
        });
        let alone = |(name, layer): (&String, &Value)| {
            let text = layer.to_string();
            let mut archive = base.clone();
            archive.members.retain(|(name, _)| !name.ends_with(".npy") || text.contains(name.as_str()));
            Self { name: name.clone(), layer: layer.clone(), archive }
        };
        let all: Vec<Self> = layers.as_object().unwrap().iter().map(alone).collect();
        all.iter().for_each(|alone| assert!(alone.read(alone.layer.clone()).is_ok(), "{}", alone.name));
        all
    }

    fn read(&self, layer: Value) -> Result<Model, ArchiveError> {
        let mut options = ReadOptions::default();
        options.check_structure = false;
        let layers = json!({self.name.clone(): layer});
        self.archive.clone().with(LAYERS, layers.to_string()).read(&options)
    }

    fn class(&self) -> &str {
        self.layer["class_name"].as_str().unwrap()
    }

    fn attributes(&self) -> &serde_json::Map<String, Value> {
        self.layer["state"]["attributes"].as_object().unwrap()
    }

    /// What the kind, or else the list of common attributes, declares.
    fn declared(&self, attribute: &str) -> Option<&'static AttributeSpec> {
        let spec = spec_of_class(self.class()).unwrap();
        let carried = || CARRIED.iter().find(|carried| carried.name == attribute);
        spec.attribute(attribute).or_else(carried)
    }

    /// Reads the layer with another value at that place below its attributes. If that fails, the message must name
    /// layer and attribute; if not, everything that looks at models must work.
    fn replaced(&self, path: &[String], value: &Value) -> bool {
        let mut layer = self.layer.clone();
        let attributes = &mut layer["state"]["attributes"];
        *path.iter().fold(attributes, |place, key| &mut place[key.as_str()]) = value.clone();
        match self.read(layer) {
            Ok(model) => {
                let _ = (model.graph.verify(), model.graph.to_string(), hls4rs::inspect(&model));
                true
            }
            Err(error) => {
                let (message, kind) = (error.to_string(), self.class().rsplit('.').next().unwrap());
                let place = format!("member `model_arch.json`: {} ({kind}): ", self.name);
                let attribute = &path[0];
                let names = [
                    format!("attribute `{attribute}`"),
                    format!("`{attribute}`: "),
                    format!("`{attribute}."),
                ];
                let is_named = names.iter().any(|name| message.contains(name));
                assert!(message.starts_with(&place) && is_named, "{place}{attribute}: {message}");
                false
            }
        }
    }
}

/// Whether a declaration allows a value.
fn allows(declared: &AttributeSpec, value: &Value) -> bool {
    if value.is_null() {
        return declared.default != Absent::Required;
    }
    let takes = |ty: &AttributeType| match ty {
        AttributeType::Any => true,
        AttributeType::Bool => value.is_boolean(),
        AttributeType::Int => value.is_i64(),
        AttributeType::Float => value.is_number(),
        AttributeType::String => value.is_string(),
        AttributeType::List => value.is_array(),
        AttributeType::Map => value.is_object(),
        _ => false,
    };
    takes(&declared.ty) || declared.or.iter().any(takes)
}

/// Number of values that declarations refuse, and of values that nobody declares anything about.
fn check_attributes(golden: &str) -> (usize, usize) {
    let (mut n_refused, mut n_undeclared) = (0, 0);
    for alone in Alone::all(golden) {
        for (attribute, old) in alone.attributes() {
            for value in one_of_each().iter().filter(|value| !same_kind(old, value)) {
                let is_read = alone.replaced(std::slice::from_ref(attribute), value);
                let declared = alone.declared(attribute);
                let is_allowed = declared.is_none_or(|declared| allows(declared, value));
                assert_eq!(is_read, is_allowed, "{golden}: {}: {attribute} = {value}", alone.name);
                n_refused += usize::from(!is_read);
                n_undeclared += usize::from(declared.is_none());
            }
        }
    }
    (n_refused, n_undeclared)
}

/// Places of the fields of typed objects below a value, with the class that each belongs to.
fn fields(path: &[String], value: &Value, found: &mut Vec<(Vec<String>, String)>) {
    let Some(map) = value.as_object() else { return };
    for (key, inner) in map {
        let path = [path, std::slice::from_ref(key)].concat();
        fields(&path, inner, found);
        if key == "state"
            && let Some(class) = map["class_name"].as_str()
            && let Some(state) = inner.as_object()
        {
            found.extend(
                state
                    .keys()
                    .map(|field| ([&path[..], std::slice::from_ref(field)].concat(), class.to_owned())),
            );
        }
    }
}

/// Number of values that the fields of objects refuse.
fn check_fields(golden: &str) -> usize {
    let mut n_refused = 0;
    let mut seen = BTreeSet::new();
    for alone in Alone::all(golden) {
        let mut places = Vec::new();
        for (attribute, value) in alone.attributes() {
            fields(std::slice::from_ref(attribute), value, &mut places);
        }
        for (path, class) in places {
            let field = path.last().unwrap().clone();
            if !seen.insert((class.clone(), field.clone(), path.len())) {
                continue;
            }
            let old =
                path.iter().fold(&alone.layer["state"]["attributes"], |place, key| &place[key.as_str()]);
            for value in one_of_each().iter().filter(|value| !same_kind(old, value)) {
                let is_read = alone.replaced(&path, value);
                let may_be_null = field == "quantizer" && value.is_null();
                // hls4ml saves the bias of some recurrent layers as a number
                let may_be_number = field == "data" && value.is_number();
                if class.starts_with("hls4ml.model.types.") {
                    assert_eq!(
                        is_read,
                        may_be_null || may_be_number,
                        "{golden}: {}: {path:?} = {value}",
                        alone.name
                    );
                }
                n_refused += usize::from(!is_read);
            }
        }
    }
    n_refused
}

/// The three goldens: convolutions of QKeras, a recurrent layer, and streams with copies.
const CASES: [&str; 3] =
    ["qkeras_cnn-vitis-io_stream", "lstm-quartus-io_parallel", "residual-vivado-io_stream"];

#[test]
fn declared_attributes_are_refused_in_convolutions() {
    let (n_refused, n_undeclared) = check_attributes(CASES[0]);
    assert!(n_refused > 1000 && n_undeclared < n_refused, "{n_refused} {n_undeclared}");
}

#[test]
fn declared_attributes_are_refused_in_recurrent_layers() {
    let (n_refused, n_undeclared) = check_attributes(CASES[1]);
    assert!(n_refused > 300 && n_undeclared < n_refused, "{n_refused} {n_undeclared}");
}

#[test]
fn declared_attributes_are_refused_in_streams() {
    let (n_refused, n_undeclared) = check_attributes(CASES[2]);
    assert!(n_refused > 1000 && n_undeclared < n_refused, "{n_refused} {n_undeclared}");
}

#[test]
fn fields_of_objects_are_refused() {
    for golden in CASES {
        let n_refused = check_fields(golden);
        assert!(n_refused > 100, "{golden}: {n_refused}");
    }
}

#[test]
fn an_output_that_is_no_variable_is_found_by_the_verifier() {
    let alone = Alone::all("mlp-vivado-io_parallel").swap_remove(1);
    let mut layer = alone.layer.clone();
    layer["state"]["attributes"][&alone.name] = json!("oops");
    let found = alone.read(layer).unwrap().graph.verify();
    assert!(found.iter().any(|found| found.id == "missing-variable"), "{found:?}");
    assert_eq!(Golden::named("mlp-vivado-io_parallel").model().graph.verify(), []);
}
