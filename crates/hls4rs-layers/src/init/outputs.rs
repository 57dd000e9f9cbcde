//! Making the outputs of a layer.

use hls4rs_types::{NamedType, Precision, TensorVariable};

use super::Initializer;
use crate::state::RESERVED_OUTPUT;
use crate::{LayerError, Shape};

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

impl<'a> Initializer<'a> {
    /// The usual initialization: outputs as inferred, then the declared weights.
    ///
    /// # Errors
    /// If shapes cannot be inferred or weights not be made.
    pub fn outputs_and_weights(&mut self) -> Result<(), LayerError> {
        self.outputs()?;
        self.weights()
    }

    /// Adds the outputs that shape inference gives, with the configured precision.
    ///
    /// # Errors
    /// If shapes cannot be inferred.
    pub fn outputs(&mut self) -> Result<(), LayerError> {
        for (output, shape) in self.infer()?.into_iter().enumerate() {
            self.add_output(&shape, OutputOptions { output, ..OutputOptions::default() })?;
        }
        Ok(())
    }

    /// Adds the outputs that shape inference gives, with the precision of the first input.
    ///
    /// # Errors
    /// If shapes cannot be inferred.
    pub fn outputs_like_input(&mut self) -> Result<(), LayerError> {
        let precision = Some(self.input(0)?.precision());
        for (output, shape) in self.infer()?.into_iter().enumerate() {
            self.add_output(&shape, OutputOptions { output, precision, ..OutputOptions::default() })?;
        }
        Ok(())
    }

    /// Shapes of the outputs.
    ///
    /// # Errors
    /// If they cannot be inferred.
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
}
