//! What differs between two models.

use std::fmt;

use hls4rs_archive::Model;
use hls4rs_layers::Layer;
use hls4rs_types::{Attribute, Attributes, Tensor, to_attribute};
use serde::Serialize;

/// One difference between two models.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// What it is about.
    pub category: Category,
    /// Where it is: layer and attribute, or the path in the configuration.
    pub place: String,
    /// What the first model has; none if nothing.
    pub before: Option<String>,
    /// What the second model has; none if nothing.
    pub after: Option<String>,
    /// How far the values are apart, for arrays of the same shape.
    pub values: Option<ValueDifference>,
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Category {
    /// Layers, their kinds, order and connections, inputs and outputs of the graph.
    Structure,
    /// A precision.
    Precision,
    /// Values of weights and other arrays.
    Weights,
    /// Any other attribute of a layer.
    Attribute,
    /// The configuration.
    Configuration,
    /// Versions, applied flows and members beside the graph.
    Provenance,
}

/// How far two arrays are apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ValueDifference {
    /// Number of elements.
    pub n_elements: usize,
    /// Number of elements that are not equal to the bit.
    pub n_different: usize,
    /// Largest absolute difference.
    pub max: f64,
    /// Mean absolute difference over all elements.
    pub mean: f64,
}

/// Everything that differs between two models, in the order of the first one.
#[must_use]
pub fn diff(before: &Model, after: &Model) -> Vec<Difference> {
    let mut found = Comparison::default();
    found.tree(Category::Provenance, "version", &tree(&before.version), &tree(&after.version));
    found.tree(Category::Configuration, "config", &tree(&before.graph.config), &tree(&after.graph.config));
    found.structure(before, after);
    for (name, layer) in before.graph.layers() {
        if let Some(other) = after.graph.layer(name) {
            found.layer(name, layer, other);
        }
    }
    found.members(before, after);
    found.differences
}

/// The plain form of something that always has one.
fn tree<T: Serialize>(value: &T) -> Attribute {
    to_attribute(value).unwrap_or_default()
}

#[derive(Default)]
struct Comparison {
    differences: Vec<Difference>,
}

impl Comparison {
    fn add(&mut self, category: Category, place: &str, before: Option<String>, after: Option<String>) {
        self.differences.push(Difference { category, place: place.to_owned(), before, after, values: None });
    }

    fn structure(&mut self, before: &Model, after: &Model) {
        let (a, b) = (before.graph.state(), after.graph.state());
        self.names(Category::Structure, "inputs", &a.inputs, &b.inputs);
        self.names(Category::Structure, "outputs", &a.outputs, &b.outputs);
        self.tree(Category::Provenance, "applied_flows", &tree(&a.applied_flows), &tree(&b.applied_flows));
        if a.index != b.index {
            self.add(Category::Provenance, "index", Some(a.index.to_string()), Some(b.index.to_string()));
        }
        self.tree(
            Category::Provenance,
            "state",
            &Attribute::Map(a.extra.clone()),
            &Attribute::Map(b.extra.clone()),
        );
        for (name, layer) in before.graph.layers().filter(|(name, _)| after.graph.layer(name).is_none()) {
            self.add(Category::Structure, name, Some(layer.kind().to_owned()), None);
        }
        for (name, layer) in after.graph.layers().filter(|(name, _)| before.graph.layer(name).is_none()) {
            self.add(Category::Structure, name, None, Some(layer.kind().to_owned()));
        }
        let common = |one: &Model, other: &Model| -> Vec<String> {
            let names = one.graph.layers().map(|(name, _)| name);
            names.filter(|name| other.graph.layer(name).is_some()).map(str::to_owned).collect()
        };
        self.names(Category::Structure, "order of layers", &common(before, after), &common(after, before));
    }

    fn layer(&mut self, name: &str, before: &dyn Layer, after: &dyn Layer) {
        if before.class_name() != after.class_name() {
            let class = |layer: &dyn Layer| Some(layer.class_name().to_owned());
            self.add(Category::Structure, &format!("{name}: class"), class(before), class(after));
        }
        let (a, b) = (before.state(), after.state());
        self.names(Category::Structure, &format!("{name}: inputs"), &a.inputs, &b.inputs);
        self.names(Category::Structure, &format!("{name}: outputs"), &a.outputs, &b.outputs);
        self.maps(Category::Attribute, name, &a.attributes, &b.attributes);
        self.maps(Category::Attribute, name, &a.extra, &b.extra);
    }

    fn members(&mut self, before: &Model, after: &Model) {
        let size = |bytes: Option<&Vec<u8>>| bytes.map(|bytes| format!("{} bytes", bytes.len()));
        let names =
            before.extra.keys().chain(after.extra.keys().filter(|name| !before.extra.contains_key(*name)));
        for name in names {
            let (a, b) = (before.extra.get(name), after.extra.get(name));
            if a != b {
                self.add(Category::Provenance, &format!("member {name}"), size(a), size(b));
            }
        }
    }

    fn names(&mut self, category: Category, place: &str, before: &[String], after: &[String]) {
        if before != after {
            self.add(category, place, Some(before.join(", ")), Some(after.join(", ")));
        }
    }

    fn maps(&mut self, category: Category, place: &str, before: &Attributes, after: &Attributes) {
        let separator = if place.contains(": ") || category != Category::Attribute { "." } else { ": " };
        let names = before.names().chain(after.names().filter(|name| !before.contains(name)));
        for name in names {
            let place = format!("{place}{separator}{name}");
            match (before.get(name), after.get(name)) {
                (Some(before), Some(after)) => self.tree(category, &place, before, after),
                (before, after) => self.add(category, &place, before.map(shown), after.map(shown)),
            }
        }
        if before.len() == after.len()
            && before.names().ne(after.names())
            && before.names().all(|name| after.contains(name))
        {
            let order = |map: &Attributes| Some(map.names().collect::<Vec<_>>().join(", "));
            self.add(category, &format!("{place}: order"), order(before), order(after));
        }
    }

    fn tree(&mut self, category: Category, place: &str, before: &Attribute, after: &Attribute) {
        match (before, after) {
            (before, after) if before == after => {}
            (Attribute::Map(before), Attribute::Map(after)) => self.maps(category, place, before, after),
            (Attribute::List(before), Attribute::List(after)) if before.len() == after.len() => {
                for (i, (before, after)) in before.iter().zip(after).enumerate() {
                    self.tree(category, &format!("{place}[{i}]"), before, after);
                }
            }
            (Attribute::Array(before), Attribute::Array(after)) => self.arrays(place, before, after),
            (Attribute::Precision(before), Attribute::Precision(after)) => {
                self.add(Category::Precision, place, Some(before.to_string()), Some(after.to_string()));
            }
            (before, after) if is_compound(before) && before.describe() == after.describe() => {
                self.tree(category, place, &opened(before), &opened(after));
            }
            (before, after) => self.add(category, place, Some(shown(before)), Some(shown(after))),
        }
    }

    fn arrays(&mut self, place: &str, before: &Tensor, after: &Tensor) {
        let values = if before.shape() == after.shape() { compare(before, after) } else { None };
        let (before, after) = (Some(format!("{before:?}")), Some(format!("{after:?}")));
        let place = place.to_owned();
        self.differences.push(Difference { category: Category::Weights, place, before, after, values });
    }
}

/// Whether a value is looked into rather than shown whole.
fn is_compound(value: &Attribute) -> bool {
    use Attribute::{Object, Quantizer, Source, Type, Variable, Weight};
    matches!(value, Type(_) | Variable(_) | Weight(_) | Quantizer(_) | Source(_) | Object(_))
}

/// The fields of an object, precisions inside still whole.
fn opened(value: &Attribute) -> Attribute {
    let plain = tree(value);
    let class = plain.as_map().and_then(|map| map.get("class_name")).cloned().unwrap_or_default();
    let state = plain.as_map().and_then(|map| map.get("state")).cloned().unwrap_or_default();
    match hls4rs_types::upgrade_fields(state) {
        Attribute::Map(mut map) => {
            if let Attribute::Object(_) | Attribute::Quantizer(_) | Attribute::Type(_) = value {
                map.insert("class_name", class);
            }
            Attribute::Map(map)
        }
        other => other,
    }
}

/// A value in one line.
fn shown(value: &Attribute) -> String {
    match value {
        Attribute::Null => "null".to_owned(),
        Attribute::Bool(value) => value.to_string(),
        Attribute::Int(value) => value.to_string(),
        Attribute::Float(value) => format!("{value:?}"),
        Attribute::String(value) => format!("{value:?}"),
        Attribute::List(values) => format!("[{}]", values.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Attribute::Precision(precision) => precision.to_string(),
        Attribute::Type(ty) => format!("{} {}", ty.name, ty.precision),
        Attribute::Array(array) => format!("{array:?}"),
        other => other.describe().to_owned(),
    }
}

/// How far apart the elements are, if both arrays can be loaded.
fn compare(before: &Tensor, after: &Tensor) -> Option<ValueDifference> {
    let (mut n_different, mut max, mut sum) = (0, 0f64, 0f64);
    for (a, b) in before.iter_f64().ok()?.zip(after.iter_f64().ok()?) {
        if a.to_bits() != b.to_bits() {
            n_different += 1;
            let apart = (a - b).abs();
            max = if apart.is_nan() { f64::NAN } else { max.max(apart) };
            sum += apart;
        }
    }
    let n_elements = before.len();
    Some(ValueDifference { n_elements, n_different, max, mean: sum / n_elements.max(1) as f64 })
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, before, after, values, .. } = self;
        match (before, after, values) {
            (_, _, Some(values)) => {
                let ValueDifference { n_elements, n_different, max, mean } = values;
                write!(
                    f,
                    "{place}: {n_different} of {n_elements} values differ, by at most {max:e}, by {mean:e} on average"
                )?;
                if before == after {
                    Ok(())
                } else {
                    write!(f, " ({} → {})", or_nothing(before), or_nothing(after))
                }
            }
            _ => write!(f, "{place}: {} → {}", or_nothing(before), or_nothing(after)),
        }
    }
}

fn or_nothing(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or("(nothing)")
}
