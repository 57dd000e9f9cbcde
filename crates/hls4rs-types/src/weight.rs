//! Weight variables: the constants of layers.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use crate::{
    AnyQuantizer, Attribute, BridgeError, DType, NamedType, Precision, RawAttribute, Tensor, TensorError,
};

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
    /// Whether the value is a number of Python, not an array. `data` has no dimensions then, and its element is a 64-bit
    /// float or integer; of data of any other form, an array is written.
    ///
    /// **Source:** `parse_rnn_layer` of `hls4ml.converters.keras.recurrent` takes the first two elements of the biases of
    /// a GRU for its two biases. With `reset_after=False` the biases are one array, and these elements are numbers.
    pub is_number: bool,
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
            && self.is_number == other.is_number
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
        Self {
            name: name.into(),
            ty,
            data,
            quantizer: None,
            form: WeightForm::Plain,
            is_number: false,
            unquantized: None,
        }
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
        data: Data,
        quantizer: Option<AnyQuantizer>,
    },
    #[serde(rename = "hls4ml.model.types.CompressedWeightVariable")]
    Compressed {
        name: String,
        #[serde(rename = "type")]
        ty: NamedType,
        data: Data,
        quantizer: Option<AnyQuantizer>,
        #[serde(default = "one")]
        reuse_factor: u64,
    },
    #[serde(rename = "hls4ml.model.types.ExponentWeightVariable")]
    Exponent {
        name: String,
        #[serde(rename = "type")]
        ty: NamedType,
        data: Data,
        quantizer: Option<AnyQuantizer>,
    },
}

fn one() -> u64 {
    1
}

impl From<Wire> for WeightVariable {
    fn from(wire: Wire) -> Self {
        let (name, ty, data, quantizer, form) = match wire {
            Wire::Plain { name, ty, data, quantizer } => (name, ty, data, quantizer, WeightForm::Plain),
            Wire::Compressed { name, ty, data, quantizer, reuse_factor } => {
                (name, ty, data, quantizer, WeightForm::Compressed { reuse_factor })
            }
            Wire::Exponent { name, ty, data, quantizer } => (name, ty, data, quantizer, WeightForm::Exponent),
        };
        let (data, is_number) = match data {
            Data::Array(data) => (data, false),
            Data::Number(data) => (data, true),
        };
        Self { name, ty, data, quantizer, form, is_number, unquantized: None }
    }
}

impl From<WeightVariable> for Wire {
    fn from(weight: WeightVariable) -> Self {
        let WeightVariable { name, ty, data, quantizer, form, is_number, unquantized: _ } = weight;
        let may_be_number = data.rank() == 0 && matches!(data.dtype(), DType::F64 | DType::I64);
        let data = if is_number && may_be_number { Data::Number(data) } else { Data::Array(data) };
        match form {
            WeightForm::Plain => Self::Plain { name, ty, data, quantizer },
            WeightForm::Compressed { reuse_factor } => {
                Self::Compressed { name, ty, data, quantizer, reuse_factor }
            }
            WeightForm::Exponent => Self::Exponent { name, ty, data, quantizer },
        }
    }
}

/// The values in the archive.
enum Data {
    Array(Tensor),
    /// One number: an array without dimensions here.
    Number(Tensor),
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = match self {
            Self::Array(tensor) => return tensor.serialize(serializer),
            Self::Number(number) => number,
        };
        let integer = number.view::<i64>().ok().and_then(|element| element.first().copied());
        match integer {
            Some(integer) => serializer.serialize_i64(integer),
            None => {
                let element = number.iter_f64().map_err(ser::Error::custom)?.next();
                serializer.serialize_f64(element.unwrap_or_default())
            }
        }
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = match RawAttribute::deserialize(deserializer)?.0 {
            Attribute::Array(tensor) => return Ok(Self::Array(tensor)),
            Attribute::Float(number) => Tensor::new(&[], vec![number]),
            Attribute::Int(number) => Tensor::new(&[], vec![number]),
            other => {
                let error = BridgeError::mismatch("an array or a number", other.describe());
                return Err(de::Error::custom(error.kind()));
            }
        };
        number.map(Self::Number).map_err(de::Error::custom)
    }
}
