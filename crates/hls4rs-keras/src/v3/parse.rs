//! From the graph of a model to a list of layers.

use hls4rs_frontend::{Entry, Findings, Imported, Problem};
use hls4rs_types::{Attribute, Attributes};
use indexmap::IndexMap;

use super::call::{Call, KerasTensor, Made, Resolved};
use super::graph::{Graph, Layer, Place};
use super::handlers::handler;
use super::names::UniqueNames;
use super::vars::{Store, Vars};

/// Converts the layers of a model. What cannot be converted goes to the findings.
///
/// **Source:** `parse_keras_v3_model` of `hls4ml.converters.keras_v3_to_hls`, hls4ml 1.3.0.
pub(crate) fn parse(model: &Attributes, store: &Store) -> Result<Imported, Problem> {
    let graph = Graph::new(model)?;
    let mut walk = Walk {
        store,
        graph: &graph,
        tensors: IndexMap::new(),
        layers: Vec::new(),
        names: UniqueNames::new(),
        n_tensors: 0,
        findings: Findings::default(),
    };
    walk.run()?;
    walk.finish()
}

/// The walk through the calls of a model.
struct Walk<'a, 'g> {
    store: &'a Store,
    graph: &'g Graph<'a>,
    /// What was made so far.
    tensors: IndexMap<Place, KerasTensor>,
    layers: Vec<Entry>,
    names: UniqueNames,
    n_tensors: usize,
    findings: Findings,
}

impl Walk<'_, '_> {
    /// Converts the first call that has all it reads, until the outputs of the model are there.
    fn run(&mut self) -> Result<(), Problem> {
        let mut waiting: Vec<(usize, usize)> = Vec::new();
        for (at, layer) in self.graph.layers.iter().enumerate() {
            waiting.extend((0..layer.calls.len()).map(|call| (at, call)));
        }
        while self.graph.outputs.iter().any(|output| !self.tensors.contains_key(output)) {
            let is_ready = |&(at, call): &(usize, usize)| {
                let layer = &self.graph.layers[at];
                layer.calls[call].tensors().all(|place| self.tensors.contains_key(place))
            };
            let Some(next) = waiting.iter().position(is_ready) else {
                let message = "expected each layer behind what it reads, found a circle or a missing layer";
                return Err(Problem::malformed(message, "save the model again"));
            };
            let (at, call) = waiting.remove(next);
            self.call(&self.graph.layers[at], call);
        }
        Ok(())
    }

    fn call(&mut self, layer: &Layer<'_>, call: usize) {
        let arguments = &layer.calls[call];
        let inputs: Vec<KerasTensor> =
            arguments.tensors().filter_map(|place| self.tensors.get(place).cloned()).collect();
        let resolved = Resolved::new(arguments, |place| self.tensors.get(place).cloned());
        let output = self.tensor_name(layer);
        let place = format!("`{}` ({})", layer.name, layer.class_name);
        let kept = inputs.first().map(|input| input.shape.clone()).unwrap_or_default();
        let made = match handler(layer.package, layer.class_name) {
            Some((module, convert)) => convert(&mut Call {
                class_name: layer.class_name,
                module,
                name: layer.name.to_owned(),
                config: layer.config,
                inputs,
                arguments: &resolved,
                node: arguments.tensors().next().map_or(0, |(_, node)| *node),
                output: output.clone(),
                vars: Vars::new(self.store, layer.group.clone(), layer.name),
                findings: &mut self.findings,
            }),
            None => Err(unknown(layer)),
        };
        let shape = match made {
            Ok(Made { layers, shape }) => {
                for mut layer in layers {
                    let name = self.names.next(layer.text("name"));
                    layer.set("name", name);
                    self.layers.push(layer);
                }
                shape
            }
            Err(problem) => {
                self.findings.error(problem.id, &place, problem.message, problem.help);
                // the layers behind it are looked at as if it kept the shape
                kept
            }
        };
        self.tensors
            .insert((layer.name.to_owned(), call + layer.first_call()), KerasTensor { name: output, shape });
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
    fn finish(self) -> Result<Imported, Problem> {
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
        let maker =
            |place: &Place| self.tensors.get(place).and_then(|tensor| makers.get(&tensor.name).cloned());
        Ok(Imported {
            layers,
            inputs: Some(self.graph.inputs.iter().filter_map(maker).collect()),
            outputs: Some(self.graph.outputs.iter().filter_map(maker).collect()),
            findings: self.findings,
        })
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
