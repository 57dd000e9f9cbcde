//! From the graph of a model to a list of layers.

use hls4rs_frontend::{Entry, Findings, Imported, Problem};
use hls4rs_types::{Attribute, Attributes};
use indexmap::IndexMap;

use super::call::{Call, KerasTensor, Made, Resolved};
use super::graph::{Graph, Layer, Place};
use super::handlers::handler;
use super::names::UniqueNames;
use super::vars::{Store, Vars};

/// Calls of layers that a model may have, those of models within it included.
const MOST_CALLS: usize = 20_000;

/// Converts the layers of a model. What cannot be converted goes to the findings.
///
/// **Source:** `parse_keras_v3_model` of `hls4ml.converters.keras_v3_to_hls`, hls4ml 1.3.0. It cannot convert a model within a model;
/// here, its layers take its place.
pub(crate) fn parse(model: &Attributes, store: &Store) -> Imported {
    let mut list = List {
        layers: Vec::new(),
        names: UniqueNames::new(),
        n_tensors: 0,
        n_calls: 0,
        findings: Findings::default(),
    };
    let mut ends = (Vec::new(), Vec::new());
    let result = Graph::new(model).and_then(|graph| {
        let mut walk = Walk { place: Nest::outermost(store), graph: &graph, tensors: IndexMap::new() };
        walk.run(&mut list)?;
        ends = (walk.tensors_at(&graph.inputs), walk.tensors_at(&graph.outputs));
        Ok(())
    });
    if let Err(Problem { id, message, help }) = result {
        list.findings.error(id, "model", message, help);
    }
    list.finish(&ends.0, &ends.1)
}

/// What was made so far.
struct List {
    layers: Vec<Entry>,
    names: UniqueNames,
    n_tensors: usize,
    n_calls: usize,
    findings: Findings,
}

/// Where the variables of a model's layers are.
#[derive(Clone)]
struct Nest<'a> {
    store: &'a Store,
    /// The group of the model, if it is within another one.
    group: String,
    /// The layer of the outermost model that it is in.
    top: Option<String>,
}

impl<'a> Nest<'a> {
    fn outermost(store: &'a Store) -> Self {
        Self { store, group: String::new(), top: None }
    }

    fn group(&self, layer: &Layer<'_>) -> String {
        if self.group.is_empty() { layer.group.clone() } else { format!("{}/{}", self.group, layer.group) }
    }

    fn vars(&self, layer: &Layer<'_>) -> Vars<'a> {
        Vars::new(self.store, self.group(layer), self.top.as_deref().unwrap_or(layer.name), layer.name)
    }

    fn within(&self, layer: &Layer<'_>) -> Self {
        let top = self.top.clone().unwrap_or_else(|| layer.name.to_owned());
        Self { store: self.store, group: self.group(layer), top: Some(top) }
    }
}

/// The walk through the calls of a model.
struct Walk<'a, 'g> {
    place: Nest<'a>,
    graph: &'g Graph<'a>,
    tensors: IndexMap<Place, KerasTensor>,
}

impl Walk<'_, '_> {
    /// Converts the first call that has all it reads, until the outputs of the model are there.
    fn run(&mut self, list: &mut List) -> Result<(), Problem> {
        let mut waiting: Vec<(usize, usize)> = Vec::new();
        for (at, layer) in self.graph.layers.iter().enumerate() {
            waiting.extend((0..layer.calls.len()).map(|call| (at, call)));
        }
        // inputs of a model within a model are there already
        waiting.retain(|&(at, call)| {
            let layer = &self.graph.layers[at];
            !self.tensors.contains_key(&(layer.name.to_owned(), call + layer.first_call(), 0))
        });
        list.n_calls += waiting.len();
        if list.n_calls > MOST_CALLS {
            let message = format!("expected at most {MOST_CALLS} calls of layers, found more");
            return Err(Problem::unsupported(message, "convert a smaller model"));
        }
        while self.graph.outputs.iter().any(|output| !self.tensors.contains_key(output)) {
            let is_ready = |&(at, call): &(usize, usize)| {
                let layer = &self.graph.layers[at];
                layer.calls[call].tensors().all(|place| self.tensors.contains_key(place))
            };
            let Some(next) = waiting.iter().position(is_ready) else {
                let message = "expected each layer behind what it reads, found a circle or a missing output";
                return Err(Problem::malformed(message, "use the first output of each layer"));
            };
            let (at, call) = waiting.remove(next);
            self.call(list, &self.graph.layers[at], call)?;
        }
        Ok(())
    }

    fn call(&mut self, list: &mut List, layer: &Layer<'_>, number: usize) -> Result<(), Problem> {
        let arguments = &layer.calls[number];
        let inputs = self.tensors_at(arguments.tensors());
        let at = |output: usize| (layer.name.to_owned(), number + layer.first_call(), output);
        if layer.is_model() {
            let outputs = self.model(list, layer, &inputs)?;
            self.tensors.extend(outputs.into_iter().enumerate().map(|(output, tensor)| (at(output), tensor)));
            return Ok(());
        }
        let resolved = Resolved::new(arguments, |place| self.tensors.get(place).cloned());
        let name = list.tensor_name(layer);
        let kept = inputs.first().map(|input| input.shape.clone()).unwrap_or_default();
        let made = match handler(layer.package, layer.class_name) {
            Some((module, convert)) => layer.refuse_quantized().and_then(|()| {
                convert(&mut Call {
                    class_name: layer.class_name,
                    module,
                    name: layer.name.to_owned(),
                    config: layer.config,
                    inputs,
                    arguments: &resolved,
                    node: arguments.tensors().next().map_or(0, |(_, node, _)| *node),
                    output: name.clone(),
                    vars: self.place.vars(layer),
                    findings: &mut list.findings,
                })
            }),
            None => Err(unknown(layer)),
        };
        let shape = match made {
            Ok(Made { layers, shape }) => {
                list.add(layers);
                shape
            }
            Err(problem) => {
                let place = format!("`{}` ({})", layer.name, layer.class_name);
                list.findings.error(problem.id, &place, problem.message, problem.help);
                // the layers behind it are looked at as if it kept the shape
                kept
            }
        };
        self.tensors.insert(at(0), KerasTensor { name, shape });
        Ok(())
    }

    /// The layers of a model that is a layer; its outputs.
    fn model(
        &self,
        list: &mut List,
        layer: &Layer<'_>,
        inputs: &[KerasTensor],
    ) -> Result<Vec<KerasTensor>, Problem> {
        let graph = Graph::of(layer.class_name, layer.config)?;
        if graph.inputs.len() != inputs.len() {
            let (expected, found) = (graph.inputs.len(), inputs.len());
            let message = format!("`{}`: expected {expected} inputs, found {found}", layer.name);
            return Err(Problem::malformed(message, "save the model again"));
        }
        let tensors = graph.inputs.iter().cloned().zip(inputs.iter().cloned()).collect();
        let mut walk = Walk { place: self.place.within(layer), graph: &graph, tensors };
        walk.run(list)?;
        Ok(walk.tensors_at(&graph.outputs))
    }

    fn tensors_at<'p>(&self, places: impl IntoIterator<Item = &'p Place>) -> Vec<KerasTensor> {
        places.into_iter().filter_map(|place| self.tensors.get(place).cloned()).collect()
    }
}

impl List {
    /// Adds layers with names that differ.
    fn add(&mut self, layers: Vec<Entry>) {
        for mut layer in layers {
            let name = self.names.next(layer.text("name"));
            layer.set("name", name);
            self.layers.push(layer);
        }
    }

    /// Inputs are named as their layer. The others are numbered, in the order in which they are made here.
    fn tensor_name(&mut self, layer: &Layer<'_>) -> String {
        if layer.class_name == "InputLayer" {
            return layer.name.to_owned();
        }
        self.n_tensors += 1;
        match self.n_tensors {
            1 => "keras_tensor".to_owned(),
            number => format!("keras_tensor_{}", number - 1),
        }
    }

    /// Says for each layer which others it reads.
    fn finish(self, inputs: &[KerasTensor], outputs: &[KerasTensor]) -> Imported {
        let mut makers: IndexMap<String, String> = IndexMap::new();
        let mut layers = Vec::new();
        for mut layer in self.layers {
            for output in texts(&layer, "output_keras_tensor_names") {
                makers.insert(output, layer.text("name").to_owned());
            }
            let read = texts(&layer, "input_keras_tensor_names");
            let inputs: Vec<String> = read.iter().filter_map(|name| makers.get(name).cloned()).collect();
            layer.set("inputs", inputs);
            layers.push(layer.into_attributes());
        }
        let maker = |tensor: &KerasTensor| makers.get(&tensor.name).cloned();
        Imported {
            layers,
            inputs: Some(inputs.iter().filter_map(maker).collect()),
            outputs: Some(outputs.iter().filter_map(maker).collect()),
            findings: self.findings,
        }
    }
}

fn texts(layer: &Entry, key: &str) -> Vec<String> {
    let list = layer.get(key).and_then(Attribute::as_list).unwrap_or_default();
    list.iter().filter_map(Attribute::as_str).map(str::to_owned).collect()
}

fn unknown(layer: &Layer<'_>) -> Problem {
    let found = layer.class_name;
    let (message, help) = if layer.package == "keras.ops" {
        let message = format!("expected a layer, found the operation `{found}` of `keras.ops`");
        (message, "use the layer for the operation, such as `Add`")
    } else {
        let message = format!("expected a class that can be converted, found `{found}`");
        (message, "replace the layer by others, or add a handler for its class")
    };
    Problem { id: "unsupported-operation", ..Problem::unsupported(message, help) }
}
