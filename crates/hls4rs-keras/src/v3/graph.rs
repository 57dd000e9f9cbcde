//! The layers of a model, and the calls that connect them.

use hls4rs_frontend::Problem;
use hls4rs_types::{Attribute, Attributes};
use indexmap::IndexMap;

use super::arguments::Arguments;
use super::names::to_snake_case;
use crate::config::LayerConfig;

/// An output: layer, which of its calls, and which of the outputs of that.
pub(crate) type Place = (String, usize, usize);

/// A layer of a model.
pub(crate) struct Layer<'a> {
    /// Name within the model.
    pub(crate) name: &'a str,
    /// Class without the package in front.
    pub(crate) class_name: &'a str,
    /// The package that defines it: `keras`, `hgq`, or another.
    pub(crate) package: &'a str,
    /// Its configuration.
    pub(crate) config: LayerConfig<'a>,
    /// The group of its variables.
    pub(crate) group: String,
    /// Its calls.
    pub(crate) calls: Vec<Arguments>,
}

impl Layer<'_> {
    /// Whether the layer is a model.
    pub(crate) fn is_model(&self) -> bool {
        self.package == "keras" && matches!(self.class_name, "Functional" | "Sequential")
    }

    /// Refuses a layer whose weights Keras has quantized to integers: their scale is another variable.
    pub(crate) fn refuse_quantized(&self) -> Result<(), Problem> {
        let policy = self.config.get("dtype").and_then(Attribute::as_map);
        let class_name = policy.and_then(|policy| policy.get("class_name")?.as_str()).unwrap_or_default();
        if class_name.starts_with("Quantized") {
            let message = format!("`dtype`: expected a type of numbers, found `{class_name}`");
            return Err(Problem::unsupported(message, "save the model before `quantize` is called"));
        }
        Ok(())
    }

    /// The number of the first call. Functional models have one of their own, which their file does not say.
    pub(crate) fn first_call(&self) -> usize {
        usize::from(self.class_name == "Functional")
    }
}

/// A model as its architecture has it.
pub(crate) struct Graph<'a> {
    /// The layers in order.
    pub(crate) layers: Vec<Layer<'a>>,
    /// What the model reads.
    pub(crate) inputs: Vec<Place>,
    /// What it makes.
    pub(crate) outputs: Vec<Place>,
}

impl<'a> Graph<'a> {
    /// Reads a model.
    pub(crate) fn new(model: &'a Attributes) -> Result<Self, Problem> {
        let model = LayerConfig(model);
        Self::of(model.text("class_name")?, LayerConfig(model.map("config")?))
    }

    /// Reads a model of a class.
    pub(crate) fn of(class_name: &str, config: LayerConfig<'a>) -> Result<Self, Problem> {
        match class_name {
            "Sequential" => Self::sequential(config),
            "Functional" | "Model" => Self::functional(config),
            other => {
                let message = format!("expected a sequential or functional model, found the class `{other}`");
                Err(Problem::unsupported(message, "build the model with these interfaces of Keras"))
            }
        }
    }

    /// Layers one after the other. The first is the input, which has no group for variables.
    fn sequential(config: LayerConfig<'a>) -> Result<Self, Problem> {
        let mut graph = Self { layers: layers(config)?, inputs: Vec::new(), outputs: Vec::new() };
        if graph.layers.first().is_none_or(|first| first.class_name != "InputLayer") {
            let message = "expected a model with the shape of its input, found none";
            return Err(Problem::malformed(message, "build the model before it is saved"));
        }
        let mut before: Option<Place> = None;
        for layer in &mut graph.layers {
            layer.calls = vec![before.map_or_else(Arguments::default, Arguments::of)];
            before = Some((layer.name.to_owned(), layer.first_call(), 0));
        }
        graph.inputs = graph.layers.first().map(|first| (first.name.to_owned(), 0, 0)).into_iter().collect();
        graph.outputs = before.into_iter().collect();
        name_groups(&mut graph.layers, 1);
        Ok(graph)
    }

    fn functional(config: LayerConfig<'a>) -> Result<Self, Problem> {
        let mut graph = Self { layers: layers(config)?, inputs: Vec::new(), outputs: Vec::new() };
        name_groups(&mut graph.layers, 0);
        for (key, places) in [("input_layers", &mut graph.inputs), ("output_layers", &mut graph.outputs)] {
            collect(config.get(key).unwrap_or(&Attribute::Null), places);
            if places.is_empty() {
                let message = format!("`{key}`: expected layers, found none");
                return Err(Problem::malformed(message, "save the model again"));
            }
        }
        Ok(graph)
    }
}

/// The layers of a model in order.
fn layers<'a>(config: LayerConfig<'a>) -> Result<Vec<Layer<'a>>, Problem> {
    let layers = config.get("layers").and_then(Attribute::as_list).unwrap_or_default();
    layers.iter().map(layer).collect()
}

fn layer(layer: &Attribute) -> Result<Layer<'_>, Problem> {
    let Some(map) = layer.as_map() else {
        return Err(Problem::malformed(
            "expected layers that are maps, found others",
            "save the model again",
        ));
    };
    let layer = LayerConfig(map);
    let config = LayerConfig(layer.map("config")?);
    let class = layer.text("class_name")?;
    // files of the older form have the package in front of the class
    let (prefix, class_name) = class.split_once('>').unwrap_or(("", class));
    let module = layer.get("module").and_then(Attribute::as_str).unwrap_or(prefix);
    let package = match module {
        "" => "keras",
        operations if operations.starts_with("keras.src.ops") => "keras.ops",
        module => module.split('.').next().unwrap_or_default(),
    };
    let name = match layer.get("name").and_then(Attribute::as_str) {
        Some(name) => name,
        None => config.text("name")?,
    };
    let nodes = layer.get("inbound_nodes").and_then(Attribute::as_list).unwrap_or_default();
    let mut calls: Vec<Arguments> = nodes.iter().map(Arguments::read).collect();
    if calls.is_empty() {
        // inputs have a call without arguments, which is not saved
        calls.push(Arguments::default());
    }
    Ok(Layer { name, class_name, package, config, group: String::new(), calls })
}

/// Numbers the groups of variables by class. Operations that are no layers have none.
fn name_groups(layers: &mut [Layer<'_>], skipped: usize) {
    let mut used: IndexMap<String, usize> = IndexMap::new();
    for layer in layers.iter_mut().skip(skipped).filter(|layer| layer.package != "keras.ops") {
        let base = to_snake_case(layer.class_name);
        let group = match used.get_mut(&base) {
            Some(count) => {
                *count += 1;
                format!("{base}_{count}")
            }
            None => base.clone(),
        };
        used.entry(base).or_insert(0);
        layer.group = format!("layers/{group}");
    }
}

/// The places in a structure such as `["input", 0, 0]`, a list of these or a map of these.
fn collect(structure: &Attribute, places: &mut Vec<Place>) {
    match structure {
        Attribute::List(list) => match list.as_slice() {
            [Attribute::String(name), Attribute::Int(node), Attribute::Int(output)] => {
                let number = |number: &i64| usize::try_from(*number).unwrap_or(0);
                places.push((name.clone(), number(node), number(output)));
            }
            list => list.iter().for_each(|inner| collect(inner, places)),
        },
        Attribute::Map(map) => {
            let mut entries: Vec<(&str, &Attribute)> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            entries.into_iter().for_each(|(_, inner)| collect(inner, places));
        }
        _ => {}
    }
}
