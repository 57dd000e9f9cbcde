//! Making the weights of a layer.

use hls4rs_types::{
    AnyQuantizer, Attribute, NamedType, Precision, Tensor, TypeForm, WeightForm, WeightVariable,
};

use super::Initializer;
use crate::{LayerError, WeightSpec};

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

impl Initializer<'_> {
    /// Adds the declared weights in their order; one without data is an error, but for a bias, which is zero then.
    ///
    /// # Errors
    /// If a weight has no data, or its quantizer cannot be applied.
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

    /// Adds a weight variable.
    ///
    /// # Errors
    /// If there are no values, or the quantizer cannot be applied to them.
    pub fn add_weight(&mut self, weight: &WeightSpec, options: WeightOptions) -> Result<(), LayerError> {
        self.add_weight_variable(weight.name, weight.variable, options)
    }

    /// Adds a weight variable that is not declared, as there may be any number of its kind. `variable` may have `{index}` for the
    /// layer's index.
    ///
    /// # Errors
    /// If there are no values, or the quantizer cannot be applied to them.
    pub fn add_weight_variable(
        &mut self,
        weight: &str,
        variable: &str,
        options: WeightOptions,
    ) -> Result<(), LayerError> {
        let WeightOptions { data, quantizer, precision, type_name, compress } = options;
        let configured = if precision.is_none() { Some(self.precision(weight)?) } else { None };
        let own_name = format!("{weight}{{index}}_t");
        let (mut precision, mut type_name) = match (precision, configured) {
            (Some(precision), _) => (precision, type_name.unwrap_or_else(|| own_name.clone())),
            (None, Some((precision, name))) => (precision, type_name.unwrap_or(name)),
            (None, None) => (Precision::Unspecified, own_name.clone()),
        };
        let (mut data, is_number) = match data {
            Some(data) => (data, false),
            None => self.data_of(weight)?,
        };
        let unquantized = quantizer.is_some().then(|| data.clone());
        if let Some(quantizer) = &quantizer {
            precision = quantizer.precision().unwrap_or(precision);
            type_name = own_name;
            let failed = |cause| LayerError::Quantize { weight: weight.to_owned(), cause };
            data = quantizer.quantize(&data).map_err(failed)?;
        }
        let reuse_factor = self.state.attributes.get("reuse_factor").and_then(Attribute::as_int).unwrap_or(1);
        let form = match (compress, precision) {
            (true, _) => WeightForm::Compressed { reuse_factor: u64::try_from(reuse_factor).unwrap_or(1) },
            (false, Precision::Exponent(_)) if quantizer.is_some() => WeightForm::Exponent,
            _ => WeightForm::Plain,
        };
        let ty = weight_type(self.numbered(&type_name), precision, &form, &data);
        let variable = self.numbered(variable);
        self.state.attributes.insert(format!("{weight}_t"), ty.clone());
        let variable = WeightVariable { name: variable, ty, data, quantizer, form, is_number, unquantized };
        self.state.attributes.insert(weight, variable);
        Ok(())
    }

    /// The values that the layer has for a weight, and whether they are a number instead of an array.
    fn data_of(&self, weight: &str) -> Result<(Tensor, bool), LayerError> {
        let name = format!("{weight}_data");
        match self.state.get(&name) {
            Some(&Attribute::Float(number)) => {
                let failed = |cause| LayerError::tensor(weight, cause);
                Ok((Tensor::new(&[], vec![number]).map_err(failed)?, true))
            }
            _ => Ok((self.state.array(&name)?.clone(), false)),
        }
    }

    /// Adds a declared weight by its name.
    ///
    /// # Errors
    /// If the kind declares no such weight, there are no values, or the quantizer cannot be applied to them.
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

    /// Whether the configuration wants the layer's weights compressed.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.context.is_compressed(self.id())
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
            NamedType { name: prefixed("exponent_"), precision, form: TypeForm::Exponent }
        }
        WeightForm::Compressed { .. } => {
            let largest = data.shape().iter().take(2).map(|n| n.saturating_sub(1)).max().unwrap_or(0);
            let width = if largest > 0 { largest.ilog2() + 1 } else { 32 };
            let form = TypeForm::Compressed { index_precision: Precision::uint(width) };
            NamedType { name: prefixed("compressed_"), precision, form }
        }
    }
}
