//! A call of a layer, as its handler sees it.

use hls4rs_frontend::{Entry, Findings, Problem};
use hls4rs_types::{Attribute, Tensor};

use super::arguments::Arguments;
use super::graph::Place;
use super::vars::Vars;
use crate::config::LayerConfig;
use crate::v2::{Shape, shown};

/// Elements that a tensor between layers may have.
const MOST_ELEMENTS: i64 = 1 << 28;

/// A tensor between layers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KerasTensor {
    /// Its name.
    pub(crate) name: String,
    /// Its dimensions, batch included.
    pub(crate) shape: Shape,
}

/// What a handler makes: layers, and the shape of what the last of them makes.
pub(crate) struct Made {
    /// The layers, which are connected by names of tensors.
    pub(crate) layers: Vec<Entry>,
    /// The shape of the output.
    pub(crate) shape: Shape,
}

/// A call of a layer, as its handler sees it.
pub(crate) struct Call<'a, 'f> {
    /// Class of the layer.
    pub(crate) class_name: &'a str,
    /// Where Python has the class.
    pub(crate) module: &'static str,
    /// Name of the layer.
    pub(crate) name: String,
    /// Its configuration.
    pub(crate) config: LayerConfig<'a>,
    /// What it reads.
    pub(crate) inputs: Vec<KerasTensor>,
    /// Which argument is which tensor.
    pub(crate) arguments: &'f Resolved,
    /// Which of the calls of what it reads first is read.
    pub(crate) node: usize,
    /// Name of the tensor that it makes.
    pub(crate) output: String,
    /// Its variables.
    pub(crate) vars: Vars<'a>,
    /// What was found so far.
    pub(crate) findings: &'f mut Findings,
}

impl<'a> Call<'a, '_> {
    /// What every layer has.
    ///
    /// **Source:** `KerasV3LayerHandler.__call__` of `hls4ml.converters.keras_v3._base`, hls4ml 1.3.0.
    pub(crate) fn entry(&self) -> Entry {
        let mut layer = Entry::new()
            .with("name", self.name.clone())
            .with("class_name", self.kind())
            .with("module", self.module)
            .with("input_keras_tensor_names", names(&self.inputs))
            .with("input_shape", self.inputs.iter().map(|input| dims(&input.shape)).collect::<Vec<_>>())
            .with("output_keras_tensor_names", vec![self.output.clone()]);
        if self.class_name == "QEinsumDenseBatchnorm" {
            // the layer has one, which is not in its configuration and which no one reads
            layer.set("epsilon", 1e-3);
        }
        for key in ["epsilon", "use_bias", "data_format"] {
            if let Some(value) = self.config.0.get(key) {
                layer.set(key, value.clone());
            }
        }
        layer
    }

    /// The class without the `Q` of layers with quantizers.
    fn kind(&self) -> &'a str {
        let is_quantized = self.module.starts_with("hgq.");
        self.class_name.strip_prefix('Q').filter(|_| is_quantized).unwrap_or(self.class_name)
    }

    /// The layer, with its activation as another one behind it.
    ///
    /// **Source:** `maybe_get_activation_config` of `hls4ml.converters.keras_v3._base`, hls4ml 1.3.0.
    pub(crate) fn with_activation(&self, mut layer: Entry, shape: Shape) -> Result<Made, Problem> {
        let Some(activation) = self.function("activation")?.filter(|name| *name != "linear") else {
            return Ok(Made { layers: vec![layer], shape });
        };
        let between = format!("{}_activation", self.output);
        layer.set("output_keras_tensor_names", vec![between.clone()]);
        let mut behind = Entry::new()
            .with("activation", activation)
            .with("name", format!("{}_{activation}", self.name))
            .with("input_keras_tensor_names", vec![between])
            .with("output_keras_tensor_names", vec![self.output.clone()]);
        let class_name = specialize(activation, &mut behind);
        behind.set("class_name", class_name);
        Ok(Made { layers: vec![layer, behind], shape })
    }

    /// The name of a function of the configuration, such as an activation.
    pub(crate) fn function(&self, key: &str) -> Result<Option<&'a str>, Problem> {
        function(self.config, key)
    }

    /// The only input.
    pub(crate) fn input(&self) -> Result<&KerasTensor, Problem> {
        match self.inputs.as_slice() {
            [one] => Ok(one),
            other => {
                let message = format!("expected one input, found {}", other.len());
                Err(Problem::unsupported(message, "call the layer with one tensor"))
            }
        }
    }

    /// The dimensions of the only input behind the batch, all of which must be known.
    pub(crate) fn dims(&self) -> Result<Vec<i64>, Problem> {
        known(&self.input()?.shape)
    }

    /// A shape with the batch of the first input.
    pub(crate) fn batched(&self, dims: impl IntoIterator<Item = i64>) -> Shape {
        let batch = self.inputs.first().and_then(|input| input.shape.first().copied()).flatten();
        std::iter::once(batch).chain(dims.into_iter().map(Some)).collect()
    }

    /// A variable; `order` are the names of all of them.
    pub(crate) fn variable(&self, order: &[&str], name: &str) -> Result<Tensor, Problem> {
        self.vars.get(order, name)
    }
}

/// The layer that computes a function; what else it needs is set.
pub(crate) fn specialize(activation: &str, layer: &mut Entry) -> &'static str {
    match activation {
        "softmax" => {
            layer.set("axis", -1);
            "Softmax"
        }
        "hard_sigmoid" => "HardActivation",
        "leaky_relu" => {
            layer.set("activ_param", 0.2);
            "LeakyReLU"
        }
        "elu" => {
            layer.set("activ_param", 1.0);
            "ELU"
        }
        _ => "Activation",
    }
}

/// The name of a function of a configuration; other objects than Keras' own functions are problems.
pub(crate) fn function<'a>(config: LayerConfig<'a>, key: &str) -> Result<Option<&'a str>, Problem> {
    match config.get(key) {
        None => Ok(None),
        Some(Attribute::String(name)) => Ok(Some(name)),
        Some(other) => {
            let message = format!("`{key}`: expected the name of a function, found {}", other.describe());
            Err(Problem::unsupported(message, "use a function of Keras, or a layer for it"))
        }
    }
}

/// The dimensions of a shape behind the batch, all of which must be known.
pub(crate) fn known(shape: &Shape) -> Result<Vec<i64>, Problem> {
    let dims: Option<Vec<i64>> = shape.iter().skip(1).copied().collect();
    dims.filter(|dims| (0..=MOST_ELEMENTS).contains(&size(dims))).ok_or_else(|| {
        let message = format!("expected an input whose shape is known, found {}", shown(shape));
        Problem::unsupported(message, "give the model an input of fixed size")
    })
}

/// How many elements there are.
pub(crate) fn size(dims: &[i64]) -> i64 {
    dims.iter().fold(1, |size: i64, dim| size.saturating_mul(*dim))
}

/// The dimensions behind the batch.
pub(crate) fn dims(shape: &Shape) -> Vec<Attribute> {
    shape.iter().skip(1).map(|dim| dim.map_or(Attribute::Null, Attribute::Int)).collect()
}

/// The names of tensors.
pub(crate) fn names(tensors: &[KerasTensor]) -> Vec<String> {
    tensors.iter().map(|tensor| tensor.name.clone()).collect()
}

/// What a layer is called with: tensors with their position or name, and the flags that are set.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    /// Position, name, tensor; tensors that are named have a position beyond all.
    pub(crate) tensors: Vec<(usize, String, KerasTensor)>,
    /// Names of the flags.
    pub(crate) flags: Vec<String>,
}

impl Resolved {
    /// The arguments with the tensors in their place. `tensor` gives the tensor at a place.
    pub(crate) fn new(arguments: &Arguments, tensor: impl Fn(&Place) -> Option<KerasTensor>) -> Self {
        let mut resolved = Self { tensors: Vec::new(), flags: arguments.flags.clone() };
        for (position, places) in arguments.positional.iter().enumerate() {
            let tensors = places.iter().filter_map(&tensor);
            resolved.tensors.extend(tensors.map(|tensor| (position, String::new(), tensor)));
        }
        for (name, places) in &arguments.named {
            let tensors = places.iter().filter_map(&tensor);
            resolved.tensors.extend(tensors.map(|tensor| (usize::MAX, name.clone(), tensor)));
        }
        resolved
    }
}
