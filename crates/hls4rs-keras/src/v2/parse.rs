//! From the architecture of a model to a list of layers.

use hls4rs_frontend::{Findings, Problem};
use hls4rs_types::{Attribute, Attributes};
use indexmap::IndexMap;

use super::context::{Context, Converted, Shape};
use super::handlers::handler;
use crate::config::LayerConfig;
use crate::weights::Weights;

/// Classes that do nothing when a model predicts.
pub(crate) const SKIPPED: &[&str] = &["Dropout"];

/// Classes whose activation is what they are, rather than a layer behind them.
const ACTIVATIONS: &[&str] = &[
    "Activation",
    "LeakyReLU",
    "ThresholdedReLU",
    "ELU",
    "PReLU",
    "Softmax",
    "TernaryTanh",
    "HardActivation",
    "UnaryLUT",
    "HGQ>UnaryLUT",
    "SimpleRNN",
    "LSTM",
    "GRU",
    "QSimpleRNN",
    "QLSTM",
    "QGRU",
    "Bidirectional",
];

/// A model as a list.
#[derive(Default)]
pub(crate) struct Parsed {
    /// The layers.
    pub(crate) layers: Vec<Attributes>,
    /// The input layers, if they are named.
    pub(crate) inputs: Option<Vec<String>>,
    /// The output layers, if they are named.
    pub(crate) outputs: Option<Vec<String>>,
    /// Shapes of what the layers make.
    pub(crate) shapes: IndexMap<String, Shape>,
}

/// Converts the layers of a model one after the other. What cannot be converted goes to the findings.
///
/// **Source:** `parse_keras_model` of `hls4ml.converters.keras_v2_to_hls`, hls4ml 1.3.0.
pub(crate) fn parse(
    model: &Attributes,
    weights: Weights<'_>,
    findings: &mut Findings,
) -> Result<Parsed, Problem> {
    let class_name = LayerConfig(model).text("class_name")?;
    let config = model.get("config");
    let mut walk =
        Walk { weights, findings, parsed: Parsed::default(), renamed: IndexMap::new(), last: None };
    let layers = match class_name {
        "Sequential" => {
            // older versions have the layers themselves in place of a configuration
            let layers =
                config.and_then(Attribute::as_list).or_else(|| config?.as_map()?.get("layers")?.as_list());
            let layers = layers.unwrap_or_default();
            walk.add_input(layers)?;
            layers
        }
        "Model" | "Functional" => {
            let config = LayerConfig(LayerConfig(model).map("config")?);
            walk.parsed.inputs = Some(names(config, "input_layers"));
            walk.parsed.outputs = Some(names(config, "output_layers"));
            config.get("layers").and_then(Attribute::as_list).unwrap_or_default()
        }
        other => {
            let message = format!("expected a sequential or functional model, found the class `{other}`");
            return Err(Problem::unsupported(message, "build the model with these interfaces of Keras"));
        }
    };
    for layer in layers {
        walk.layer(layer)?;
    }
    Ok(walk.parsed)
}

/// First elements of the entries of a list, such as `[["input_1", 0, 0]]`.
fn names(config: LayerConfig<'_>, key: &str) -> Vec<String> {
    let entries = config.get(key).and_then(Attribute::as_list).unwrap_or_default();
    let name = |entry: &Attribute| entry.as_list()?.first()?.as_str().map(str::to_owned);
    entries.iter().filter_map(name).collect()
}

/// The walk through the layers of a model.
struct Walk<'a, 'f> {
    weights: Weights<'a>,
    findings: &'f mut Findings,
    parsed: Parsed,
    /// The layer to read in place of one that was left out, or that has its activation behind it.
    renamed: IndexMap<String, String>,
    /// Shape of what the last layer makes.
    last: Option<Shape>,
}

impl<'a> Walk<'a, '_> {
    /// Older versions have no input layer in sequential models.
    fn add_input(&mut self, layers: &'a [Attribute]) -> Result<(), Problem> {
        let first = layers.first().and_then(Attribute::as_map);
        let Some(first) = first.map(LayerConfig) else { return Ok(()) };
        if first.text("class_name")? == "InputLayer" {
            return Ok(());
        }
        let shape = LayerConfig(first.map("config")?).get("batch_input_shape").and_then(Attribute::as_list);
        let Some(shape) = shape else {
            let message = "expected a model with the shape of its input, found none";
            return Err(Problem::malformed(message, "build the model before it is saved"));
        };
        let input = Attributes::from([
            ("name", Attribute::from("input1")),
            ("class_name", "InputLayer".into()),
            ("input_shape", Attribute::List(shape.iter().skip(1).cloned().collect())),
        ]);
        self.parsed.layers.push(input);
        Ok(())
    }

    fn layer(&mut self, layer: &'a Attribute) -> Result<(), Problem> {
        let Some(map) = layer.as_map() else {
            return Err(Problem::malformed(
                "expected layers that are maps, found others",
                "save the model again",
            ));
        };
        let layer = LayerConfig(map);
        let (class_name, config) = (layer.text("class_name")?, LayerConfig(layer.map("config")?));
        let name = config.text("name")?;
        let inbound = inbound(layer);
        let shapes = self.input_shapes(config, inbound.as_deref())?;
        if SKIPPED.contains(&class_name) {
            if let Some(parent) = inbound.as_deref().and_then(<[String]>::first) {
                let parent = self.renamed.get(parent).unwrap_or(parent).clone();
                self.renamed.insert(name.to_owned(), parent);
            }
            if let Some(shape) = shapes.into_iter().next() {
                self.parsed.shapes.insert(name.to_owned(), shape);
            }
            return Ok(());
        }
        let mapped = |name: &String| self.renamed.get(name).unwrap_or(name).clone();
        let inputs =
            inbound.filter(|names| !names.is_empty()).map(|names| names.iter().map(mapped).collect());
        let place = format!("`{name}` ({class_name})");
        match self.convert(class_name, config, inputs, shapes.clone()) {
            Ok(converted) => self.add(name, converted),
            Err(problem) => {
                self.findings.error(problem.id, &place, problem.message, problem.help);
                // the layers behind it are looked at as if it kept the shape
                let shape = shapes.into_iter().next().unwrap_or_default();
                self.parsed.shapes.insert(name.to_owned(), shape.clone());
                self.last = Some(shape);
                Ok(())
            }
        }
    }

    fn convert(
        &mut self,
        class_name: &'a str,
        config: LayerConfig<'a>,
        inputs: Option<Vec<String>>,
        shapes: Vec<Shape>,
    ) -> Result<Converted, Problem> {
        let Some(convert) = handler(class_name) else {
            return Err(Problem {
                id: "unsupported-operation",
                message: format!("expected a class that can be converted, found `{class_name}`"),
                help: "replace the layer by others, or add a handler for its class".to_owned(),
            });
        };
        let weights = self.weights;
        convert(&mut Context { class_name, config, inputs, shapes, weights, findings: self.findings })
    }

    /// Adds a layer, and its activation as another one behind it.
    fn add(&mut self, source: &str, converted: Converted) -> Result<(), Problem> {
        let Converted { layer, mut shape } = converted;
        let name = layer.text("name").to_owned();
        let activation =
            layer.get("activation").filter(|_| !ACTIVATIONS.contains(&layer.text("class_name"))).cloned();
        self.parsed.layers.push(layer.into_attributes());
        if let Some(activation) = activation {
            let (class_name, suffix) = match &activation {
                Attribute::Map(details) => {
                    ("QActivation", LayerConfig(details).text("class_name")?.to_owned())
                }
                Attribute::String(function) => ("Activation", function.clone()),
                other => {
                    let message = format!("`activation`: expected a function, found {}", other.describe());
                    return Err(Problem::malformed(message, "save the model again"));
                }
            };
            let behind = format!("{name}_{suffix}");
            let config =
                Attributes::from([("name", Attribute::from(behind.clone())), ("activation", activation)]);
            let made = self.activation(class_name, &config, shape.clone());
            let made = match made {
                Ok(made) => made,
                Err(problem) => {
                    let place = format!("`{source}`: activation");
                    self.findings.error(problem.id, &place, problem.message, problem.help);
                    Converted { layer: hls4rs_frontend::Entry::new(), shape }
                }
            };
            shape = made.shape;
            self.renamed.insert(name.clone(), behind.clone());
            for output in self.parsed.outputs.iter_mut().flatten().filter(|output| **output == name) {
                output.clone_from(&behind);
            }
            self.parsed.shapes.insert(behind, shape.clone());
            self.parsed.layers.push(made.layer.into_attributes());
        }
        self.parsed.shapes.insert(name, shape.clone());
        self.last = Some(shape);
        Ok(())
    }

    fn activation(
        &mut self,
        class_name: &str,
        config: &Attributes,
        shape: Shape,
    ) -> Result<Converted, Problem> {
        let Some(convert) = handler(class_name) else {
            return Err(Problem::malformed("expected an activation, found none", "save the model again"));
        };
        let (config, weights) = (LayerConfig(config), self.weights);
        convert(&mut Context {
            class_name,
            config,
            inputs: None,
            shapes: vec![shape],
            weights,
            findings: self.findings,
        })
    }

    fn input_shapes(
        &self,
        config: LayerConfig<'_>,
        inbound: Option<&[String]>,
    ) -> Result<Vec<Shape>, Problem> {
        let batch_shape = config.get("batch_input_shape").and_then(Attribute::as_list);
        let of = |name: &String| {
            self.parsed.shapes.get(name).cloned().ok_or_else(|| {
                Problem::malformed(
                    format!("expected a layer `{name}` before its readers, found none"),
                    "save the model again",
                )
            })
        };
        match (inbound, batch_shape) {
            (Some(names), _) if !names.is_empty() => names.iter().map(of).collect(),
            (_, Some(shape)) => Ok(vec![shape.iter().map(Attribute::as_int).collect()]),
            _ => Ok(self.last.iter().cloned().collect()),
        }
    }
}

/// Names of the layers that a layer reads, where the model says so.
fn inbound(layer: LayerConfig<'_>) -> Option<Vec<String>> {
    let nodes = layer.get("inbound_nodes").and_then(Attribute::as_list)?;
    let first = nodes.first().and_then(Attribute::as_list).unwrap_or_default();
    let name = |entry: &Attribute| entry.as_list()?.first()?.as_str().map(str::to_owned);
    Some(first.iter().filter_map(name).collect())
}
