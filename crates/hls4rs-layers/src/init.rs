//! Making outputs, weights and types of a layer that joins a graph.

use std::cmp::Ordering;

use hls4rs_types::{
    AnyQuantizer, Attribute, Attributes, NamedType, Precision, Tensor, TensorVariable, WeightForm,
    WeightVariable,
};

use crate::layer::check_input_count;
use crate::state::RESERVED_OUTPUT;
use crate::{AttributeSpec, Default, LayerError, LayerSpec, LayerState, Shape, WeightSpec};

/// What a layer needs to know of the graph that it joins.
pub trait InitContext {
    /// The variable of an output that an earlier layer makes.
    fn variable(&self, output: &str) -> Option<&TensorVariable>;

    /// The value of an output that an earlier `Constant` makes.
    fn constant(&self, output: &str) -> Option<&Tensor>;

    /// Precision of a slot (`result`, `weight`, `accum`, …) and the name of its type, by configuration.
    ///
    /// # Errors
    /// If the configuration has none, or one that is no precision.
    fn precision(&self, layer: LayerId<'_>, slot: &str) -> Result<(Precision, String), LayerError>;

    /// What the configuration says about the layer's kind, then about the layer itself, by upper camel case keys.
    fn layer_config(&self, layer: LayerId<'_>) -> Attributes;

    /// Whether the layer's weights are to be compressed.
    fn is_compressed(&self, layer: LayerId<'_>) -> bool;

    /// The layer's strategy, in lower case.
    fn strategy(&self, layer: LayerId<'_>) -> String;

    /// Name of the backend.
    fn backend(&self) -> &str;

    /// Names of the graph's outputs. Where it has one, that one's type is `result_t`.
    fn graph_outputs(&self) -> &[String];

    /// Attributes that the backend adds to those which the kind declares.
    fn extensions(&self, spec: &LayerSpec) -> Vec<AttributeSpec>;
}

/// How configuration refers to a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerId<'a> {
    /// Name of the layer.
    pub name: &'a str,
    /// Class of the layer without module.
    pub kind: &'a str,
}

/// A context without graph, backend and configuration: everything is `fixed<16,6>`.
#[derive(Debug, Clone, Copy)]
pub struct Unattached;

impl InitContext for Unattached {
    fn variable(&self, _: &str) -> Option<&TensorVariable> {
        None
    }

    fn constant(&self, _: &str) -> Option<&Tensor> {
        None
    }

    fn precision(&self, _: LayerId<'_>, _: &str) -> Result<(Precision, String), LayerError> {
        Ok((Precision::fixed(16, 6), "model_default_t".to_owned()))
    }

    fn layer_config(&self, _: LayerId<'_>) -> Attributes {
        Attributes::new()
    }

    fn is_compressed(&self, _: LayerId<'_>) -> bool {
        false
    }

    fn strategy(&self, _: LayerId<'_>) -> String {
        "latency".to_owned()
    }

    fn backend(&self) -> &str {
        ""
    }

    fn graph_outputs(&self) -> &[String] {
        &[]
    }

    fn extensions(&self, _: &LayerSpec) -> Vec<AttributeSpec> {
        Vec::new()
    }
}

/// How an output differs from the usual one.
#[derive(Debug, Clone, Default)]
pub struct OutputOptions {
    /// Which of the layer's outputs; the first by default.
    pub output: usize,
    /// Name of the variable, with `{index}`; `layer{index}_out` by default.
    pub variable: Option<String>,
    /// Name of the type, with `{index}`; `layer{index}_t` by default.
    pub type_name: Option<String>,
    /// Precision; by default the one that the configuration has for `result`.
    pub precision: Option<Precision>,
}

/// How a weight differs from the declared one.
#[derive(Debug, Clone, Default)]
pub struct WeightOptions {
    /// The values; those of `<name>_data` by default.
    pub data: Option<Tensor>,
    /// The quantizer to apply.
    pub quantizer: Option<AnyQuantizer>,
    /// Precision; by default the one that the configuration has for the weight's name.
    pub precision: Option<Precision>,
    /// Name of the type, with `{index}`.
    pub type_name: Option<String>,
    /// Whether the values are to be compressed.
    pub compress: bool,
}

/// A layer in the making.
///
/// **Source:** `hls4ml.model.layers.Layer.__init__` and the helpers that its `initialize` methods use, hls4ml 1.3.0.
pub struct Initializer<'a> {
    /// Name of the layer.
    pub name: &'a str,
    /// The layer's declaration.
    pub spec: &'static LayerSpec,
    /// What the layer holds so far.
    pub state: &'a mut LayerState,
    /// The layer's number in the graph, from 1.
    pub index: i64,
    context: &'a dyn InitContext,
    extensions: Vec<AttributeSpec>,
}

impl<'a> Initializer<'a> {
    /// Begins with a layer whose state holds what the converter, or a builder, has set.
    #[must_use]
    pub fn new(
        name: &'a str,
        spec: &'static LayerSpec,
        state: &'a mut LayerState,
        index: i64,
        context: &'a dyn InitContext,
    ) -> Self {
        let extensions = context.extensions(spec);
        Self { name, spec, state, index, context, extensions }
    }

    /// Does all: index, accumulator, configuration, the kind's own initialization, defaults.
    ///
    /// # Errors
    /// If inputs, attributes or configuration do not allow it.
    pub fn run(mut self) -> Result<(), LayerError> {
        check_input_count(self.spec, self.state.inputs.len())?;
        self.state.attributes.insert("index", self.index);
        self.set_accumulator()?;
        self.apply_configuration()?;
        (self.spec.initialize)(&mut self)?;
        self.wrap_precisions();
        crate::check_attributes(self.spec, self.state)?;
        self.set_defaults()
    }

    /// The usual initialization: outputs as inferred, then the declared weights.
    ///
    /// # Errors
    /// If shapes can not be inferred or weights not be made.
    pub fn outputs_and_weights(&mut self) -> Result<(), LayerError> {
        self.outputs()?;
        self.weights()
    }

    /// Adds the outputs that shape inference gives, with the configured precision.
    ///
    /// # Errors
    /// If shapes can not be inferred.
    pub fn outputs(&mut self) -> Result<(), LayerError> {
        for (output, shape) in self.infer()?.into_iter().enumerate() {
            self.add_output(&shape, OutputOptions { output, ..OutputOptions::default() })?;
        }
        Ok(())
    }

    /// Adds the outputs that shape inference gives, with the precision of the first input.
    ///
    /// # Errors
    /// If shapes can not be inferred.
    pub fn outputs_like_input(&mut self) -> Result<(), LayerError> {
        let precision = Some(self.input(0)?.precision());
        for (output, shape) in self.infer()?.into_iter().enumerate() {
            self.add_output(&shape, OutputOptions { output, precision, ..OutputOptions::default() })?;
        }
        Ok(())
    }

    /// Adds the declared weights in their order; one without data is an error, but for a bias, which is zero then.
    ///
    /// # Errors
    /// If a weight has no data, or its quantizer can not be applied.
    pub fn weights(&mut self) -> Result<(), LayerError> {
        for weight in self.spec.weights {
            let quantizer = self.quantizer(weight);
            if weight.name == "bias" && self.state.get("bias_data").is_none() {
                self.add_zero_bias(weight)?;
            } else {
                self.add_weight(weight, WeightOptions { quantizer, ..WeightOptions::default() })?;
            }
        }
        Ok(())
    }

    /// Shapes of the outputs.
    ///
    /// # Errors
    /// If they can not be inferred.
    pub fn infer(&self) -> Result<Vec<Shape>, LayerError> {
        let inputs = (0..self.state.inputs.len()).map(|i| self.input_dims(i));
        let shapes = if self.reads_the_world() {
            Vec::new()
        } else {
            inputs.collect::<Result<Vec<_>, LayerError>>()?
        };
        (self.spec.infer)(self.state, &shapes)
    }

    /// The variable of an input.
    ///
    /// # Errors
    /// If there is no such input, or nobody makes it.
    pub fn input(&self, i: usize) -> Result<&'a TensorVariable, LayerError> {
        let Some(input) = self.state.inputs.get(i) else {
            return Err(LayerError::InputCount {
                expected: format!("input number {}", i + 1),
                found: self.state.inputs.len(),
            });
        };
        self.context.variable(input).ok_or_else(|| LayerError::UnknownInput { input: input.clone() })
    }

    /// The dimensions of an input.
    ///
    /// # Errors
    /// If there is no such input, nobody makes it, or it has a negative dimension.
    pub fn input_dims(&self, i: usize) -> Result<Shape, LayerError> {
        let variable = self.input(i)?;
        variable.dims().ok_or_else(|| LayerError::InputShape {
            expected: "dimensions that are not negative".to_owned(),
            found: format!("{:?}", variable.shape),
        })
    }

    /// The value of an input that is a constant.
    #[must_use]
    pub fn constant(&self, i: usize) -> Option<&'a Tensor> {
        self.context.constant(self.state.inputs.get(i)?)
    }

    /// Precision of a slot by configuration.
    ///
    /// # Errors
    /// If the configuration has none, or one that is no precision.
    pub fn precision(&self, slot: &str) -> Result<(Precision, String), LayerError> {
        self.context.precision(self.id(), slot)
    }

    /// The layer's strategy, in lower case.
    #[must_use]
    pub fn strategy(&self) -> String {
        self.context.strategy(self.id())
    }

    /// Name of the backend.
    #[must_use]
    pub fn backend(&self) -> &str {
        self.context.backend()
    }

    /// Sets the type `<slot>_t` to the configured precision, if the kind or the backend declares it.
    ///
    /// # Errors
    /// If the configuration has no precision for it.
    pub fn set_type(&mut self, slot: &str) -> Result<(), LayerError> {
        let attribute = format!("{slot}_t");
        if self.declares(&attribute) {
            let (precision, name) = self.precision(slot)?;
            self.state.attributes.insert(attribute, NamedType::new(name, precision));
        }
        Ok(())
    }

    /// Adds an output variable.
    ///
    /// # Errors
    /// If the layer has no such output, or the configuration no precision for it.
    pub fn add_output(&mut self, shape: &[usize], options: OutputOptions) -> Result<(), LayerError> {
        let precision = match options.precision {
            Some(precision) => precision,
            None => self.precision("result")?.0,
        };
        let Some(output) = self.state.outputs.get(options.output).cloned() else {
            let expected = format!("output number {}", options.output + 1);
            return Err(LayerError::WrongAttribute {
                attribute: "outputs".to_owned(),
                expected,
                found: format!("{} outputs", self.state.outputs.len()),
            });
        };
        let type_name = self.numbered(options.type_name.as_deref().unwrap_or("layer{index}_t"));
        let variable = self.numbered(options.variable.as_deref().unwrap_or("layer{index}_out"));
        let mut ty = NamedType::new(type_name, precision);
        if let [only] = self.context.graph_outputs()
            && *only == output
        {
            ty.name = "result_t".to_owned();
        }
        self.state.attributes.insert("result_t", ty.clone());
        let key = if self.reserves(&output) { format!("{RESERVED_OUTPUT}{output}") } else { output };
        self.state.attributes.insert(key, TensorVariable::new(variable, ty, shape));
        Ok(())
    }

    /// Adds a weight variable.
    ///
    /// # Errors
    /// If there are no values, or the quantizer can not be applied to them.
    pub fn add_weight(&mut self, weight: &WeightSpec, options: WeightOptions) -> Result<(), LayerError> {
        let WeightOptions { data, quantizer, precision, type_name, compress } = options;
        let configured = if precision.is_none() { Some(self.precision(weight.name)?) } else { None };
        let own_name = format!("{}{{index}}_t", weight.name);
        let (mut precision, mut type_name) = match (precision, configured) {
            (Some(precision), _) => (precision, type_name.unwrap_or_else(|| own_name.clone())),
            (None, Some((precision, name))) => (precision, type_name.unwrap_or(name)),
            (None, None) => (Precision::Unspecified, own_name.clone()),
        };
        let mut data = match data {
            Some(data) => data,
            None => self.state.array(&format!("{}_data", weight.name))?.clone(),
        };
        if let Some(quantizer) = &quantizer {
            precision = quantizer.precision().unwrap_or(precision);
            type_name = own_name;
            let failed = |cause| LayerError::Quantize { weight: weight.name.to_owned(), cause };
            data = quantizer.quantize(&data).map_err(failed)?;
        }
        let reuse_factor = self.state.attributes.get("reuse_factor").and_then(Attribute::as_int).unwrap_or(1);
        let form = match (compress, precision) {
            (true, _) => WeightForm::Compressed { reuse_factor: u64::try_from(reuse_factor).unwrap_or(1) },
            (false, Precision::Exponent(_)) if quantizer.is_some() => WeightForm::Exponent,
            _ => WeightForm::Plain,
        };
        let ty = weight_type(self.numbered(&type_name), precision, &form, &data);
        let variable = self.numbered(weight.variable);
        self.state.attributes.insert(format!("{}_t", weight.name), ty.clone());
        self.state
            .attributes
            .insert(weight.name, WeightVariable { name: variable, ty, data, quantizer, form });
        Ok(())
    }

    /// Adds a declared weight by its name.
    ///
    /// # Errors
    /// If the kind declares no such weight, there are no values, or the quantizer can not be applied to them.
    pub fn add_weight_named(&mut self, name: &str, options: WeightOptions) -> Result<(), LayerError> {
        match self.spec.weights.iter().find(|weight| weight.name == name) {
            Some(weight) => self.add_weight(weight, options),
            None => Err(LayerError::attribute(name, "a declared weight", None)),
        }
    }

    /// Adds a bias of zeros, one per channel of the output, in `uint<1>`, as hls4ml does for layers without bias.
    ///
    /// # Errors
    /// If the layer has no output yet.
    pub fn add_zero_bias(&mut self, weight: &WeightSpec) -> Result<(), LayerError> {
        let channels_first =
            self.state.attributes.get("data_format").and_then(Attribute::as_str) == Some("channels_first");
        let shapes = self.infer()?;
        let shape = shapes.first().map(Vec::as_slice).unwrap_or_default();
        let n = if channels_first { shape.first() } else { shape.last() };
        let options = WeightOptions {
            data: Some(Tensor::vector(vec![0f64; n.copied().unwrap_or(1)])),
            precision: Some(Precision::uint(1)),
            type_name: Some("bias{index}_t".to_owned()),
            ..WeightOptions::default()
        };
        self.add_weight(weight, options)
    }

    /// The quantizer that an attribute of the layer holds for a weight.
    #[must_use]
    pub fn quantizer(&self, weight: &WeightSpec) -> Option<AnyQuantizer> {
        self.state.get(weight.quantizer?).and_then(Attribute::as_quantizer).cloned()
    }

    /// A name with the layer's number in place of `{index}`.
    #[must_use]
    pub fn numbered(&self, name: &str) -> String {
        name.replace("{index}", &self.index.to_string())
    }

    /// Whether the kind or the backend declares an attribute.
    #[must_use]
    pub fn declares(&self, attribute: &str) -> bool {
        self.declarations().any(|declared| declared.name == attribute)
    }

    /// Whether hls4ml expects an attribute of that name, so that an output of the same name goes under another one.
    /// Optional attributes are declared here but not there.
    fn reserves(&self, name: &str) -> bool {
        self.declarations().any(|declared| declared.name == name && declared.default != Default::Optional)
    }

    /// Whether the configuration wants the layer's weights compressed.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.context.is_compressed(self.id())
    }

    /// Graph inputs name the reserved input `input`, which no layer makes.
    fn reads_the_world(&self) -> bool {
        self.state.inputs.iter().all(|input| input == "input")
    }

    fn id(&self) -> LayerId<'a> {
        LayerId { name: self.name, kind: self.spec.kind }
    }

    fn declarations(&self) -> impl Iterator<Item = AttributeSpec> {
        self.spec.all_attributes().copied().chain(self.extensions.iter().copied())
    }

    fn set_accumulator(&mut self) -> Result<(), LayerError> {
        if self.state.get("accum_t").is_none() { self.set_type("accum") } else { Ok(()) }
    }

    /// Copies what the configuration says about the layer into its attributes, in snake case; keys that end in `_t`
    /// are precisions, and become types named after layer and key.
    fn apply_configuration(&mut self) -> Result<(), LayerError> {
        for (key, value) in self.context.layer_config(self.id()) {
            let key = snake_case(&key);
            let value = match value.as_str() {
                Some(text) if key.ends_with("_t") => {
                    let precision = text.parse::<Precision>();
                    let precision = precision
                        .map_err(|error| LayerError::Configuration { message: error.to_string() })?;
                    NamedType::new(format!("{}_{key}", self.name), precision).into()
                }
                _ => value,
            };
            self.state.attributes.insert(key, value);
        }
        Ok(())
    }

    /// Precisions that were set as attributes get a name.
    fn wrap_precisions(&mut self) {
        let name = self.name;
        for (key, value) in self.state.attributes.iter_mut() {
            if let Attribute::Precision(precision) = value {
                *value = NamedType::new(format!("{name}_{key}"), *precision).into();
            }
        }
    }

    fn set_defaults(&mut self) -> Result<(), LayerError> {
        let declarations: Vec<AttributeSpec> = self.declarations().collect();
        for declared in declarations {
            if self.state.attributes.contains(declared.name) {
                continue;
            }
            let value = match declared.default {
                Default::Required => {
                    return Err(LayerError::attribute(declared.name, declared.expectation(), None));
                }
                Default::Optional => continue,
                Default::Bool(value) => value.into(),
                Default::Int(value) => value.into(),
                Default::Float(value) => value.into(),
                Default::Str(value) => value.into(),
                Default::EmptyList => Attribute::List(vec![]),
                Default::Precision(text) => {
                    let precision = text.parse::<Precision>();
                    let precision = precision
                        .map_err(|error| LayerError::Configuration { message: error.to_string() })?;
                    NamedType::new(format!("{}_{}", self.name, declared.name), precision).into()
                }
            };
            self.state.attributes.insert(declared.name, value);
        }
        Ok(())
    }
}

/// The type of a weight: hls4ml marks those of compressed and exponent weights by a prefix.
fn weight_type(name: String, precision: Precision, form: &WeightForm, data: &Tensor) -> NamedType {
    let prefixed = |prefix: &str| {
        if name.starts_with(prefix) { name.clone() } else { format!("{prefix}{name}") }
    };
    match form {
        WeightForm::Plain => NamedType::new(name, precision),
        WeightForm::Exponent => {
            NamedType { name: prefixed("exponent_"), precision, form: hls4rs_types::TypeForm::Exponent }
        }
        WeightForm::Compressed { .. } => {
            let largest = data.shape().iter().take(2).map(|n| n.saturating_sub(1)).max().unwrap_or(0);
            let width = if largest > 0 { largest.ilog2() + 1 } else { 32 };
            let form = hls4rs_types::TypeForm::Compressed { index_precision: Precision::uint(width) };
            NamedType { name: prefixed("compressed_"), precision, form }
        }
    }
}

/// `TableSize` as `table_size`: an underscore before each capital but the first letter, and none twice.
#[must_use]
pub fn snake_case(key: &str) -> String {
    let mut snake = String::with_capacity(key.len() + 4);
    for (i, c) in key.char_indices() {
        if i > 0 && c.is_ascii_uppercase() && !snake.ends_with('_') {
            snake.push('_');
        }
        if c != '_' || !snake.ends_with('_') {
            snake.extend(c.to_lowercase());
        }
    }
    snake
}

/// The larger of two shapes, as hls4ml's merge layers take it.
#[must_use]
pub fn broadcast_shape(a: &[usize], b: &[usize]) -> Shape {
    let size = |shape: &[usize]| shape.iter().fold(1, |size: usize, n| size.saturating_mul(*n));
    if size(b).cmp(&size(a)) == Ordering::Greater { b.to_vec() } else { a.to_vec() }
}
