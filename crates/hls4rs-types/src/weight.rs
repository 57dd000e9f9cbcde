//! Weight variables: the constants of layers.

use serde::{Deserialize, Serialize};

use crate::{AnyQuantizer, NamedType, Precision, Tensor, TensorError};

/// A constant of a layer: name, type, values, and the quantizer that made the values.
///
/// The values are those after quantization; hls4ml prints them with as many decimals as the type has fractional bits.
///
/// **Source:** `hls4ml.model.types.WeightVariable` and its subclasses, hls4ml 1.3.0.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct WeightVariable {
    /// Name of the variable in the generated C++.
    pub name: String,
    /// Type of the elements.
    pub ty: NamedType,
    /// The values.
    pub data: Tensor,
    /// The quantizer that the values went through.
    pub quantizer: Option<AnyQuantizer>,
    /// How the values are stored in the firmware.
    pub form: WeightForm,
    /// The values before quantization, where they differ and are known: passes of a conversion look at them. Archives
    /// do not hold them, and equality does not regard them.
    pub unquantized: Option<Tensor>,
}

impl PartialEq for WeightVariable {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.ty == other.ty
            && self.data == other.data
            && self.quantizer == other.quantizer
            && self.form == other.form
    }
}

/// How the values of a weight variable are stored in the firmware.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WeightForm {
    /// One element per value.
    Plain,
    /// Row, column and value of those that are not zero, padded to a multiple of the reuse factor.
    ///
    /// hls4ml 1.3.0 can neither save nor load such weights; see the specification of the archive.
    Compressed {
        /// The number of stored elements is a multiple of it.
        reuse_factor: u64,
    },
    /// A sign and an exponent per value.
    Exponent,
}

impl WeightVariable {
    /// A weight without quantizer, one element per value.
    #[must_use]
    pub fn new(name: impl Into<String>, ty: NamedType, data: Tensor) -> Self {
        Self { name: name.into(), ty, data, quantizer: None, form: WeightForm::Plain, unquantized: None }
    }

    /// Precision of the elements.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.ty.precision
    }

    /// The dimensions.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        self.data.shape()
    }

    /// The values before quantization, as far as they are known.
    #[must_use]
    pub fn unquantized(&self) -> &Tensor {
        self.unquantized.as_ref().unwrap_or(&self.data)
    }

    /// Number of values that are zero.
    ///
    /// # Errors
    /// If the values cannot be loaded.
    pub fn n_zeros(&self) -> Result<usize, TensorError> {
        Ok(self.data.len() - self.data.count_nonzero()?)
    }
}

/// The form in the archive: a class per form.
#[derive(Serialize, Deserialize)]
#[serde(tag = "class_name", content = "state", deny_unknown_fields)]
enum Wire {
    #[serde(rename = "hls4ml.model.types.WeightVariable")]
    Plain {
        name: String,
        #[serde(rename = "type")]
        ty: NamedType,
        data: Tensor,
        quantizer: Option<AnyQuantizer>,
    },
    #[serde(rename = "hls4ml.model.types.CompressedWeightVariable")]
    Compressed {
        name: String,
        #[serde(rename = "type")]
        ty: NamedType,
        data: Tensor,
        quantizer: Option<AnyQuantizer>,
        #[serde(default = "one")]
        reuse_factor: u64,
    },
    #[serde(rename = "hls4ml.model.types.ExponentWeightVariable")]
    Exponent {
        name: String,
        #[serde(rename = "type")]
        ty: NamedType,
        data: Tensor,
        quantizer: Option<AnyQuantizer>,
    },
}

fn one() -> u64 {
    1
}

impl From<Wire> for WeightVariable {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::Plain { name, ty, data, quantizer } => {
                Self { name, ty, data, quantizer, form: WeightForm::Plain, unquantized: None }
            }
            Wire::Compressed { name, ty, data, quantizer, reuse_factor } => Self {
                name,
                ty,
                data,
                quantizer,
                form: WeightForm::Compressed { reuse_factor },
                unquantized: None,
            },
            Wire::Exponent { name, ty, data, quantizer } => {
                Self { name, ty, data, quantizer, form: WeightForm::Exponent, unquantized: None }
            }
        }
    }
}

impl From<WeightVariable> for Wire {
    fn from(WeightVariable { name, ty, data, quantizer, form, unquantized: _ }: WeightVariable) -> Self {
        match form {
            WeightForm::Plain => Self::Plain { name, ty, data, quantizer },
            WeightForm::Compressed { reuse_factor } => {
                Self::Compressed { name, ty, data, quantizer, reuse_factor }
            }
            WeightForm::Exponent => Self::Exponent { name, ty, data, quantizer },
        }
    }
}
