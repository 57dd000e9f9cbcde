//! The configuration of a quantizer function.

use super::Alpha;
use crate::quantizers::{inner, qkeras_class};
use crate::{Attribute, Attributes, QuantizeError};

/// The configuration of a quantizer function, whose values are looked up by name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings<'a>(&'a Attributes);

impl<'a> Settings<'a> {
    pub(super) fn new(config: &'a Attributes) -> Self {
        Self(config)
    }

    /// Name of the function.
    pub(super) fn class(self) -> &'a str {
        qkeras_class(self.0)
    }

    /// A value that is there and not null.
    pub(super) fn get(self, name: &str) -> Option<&'a Attribute> {
        inner(self.0, name).filter(|value| !value.is_null())
    }

    /// A truth; integers other than 0 are true.
    pub(super) fn flag(self, name: &str, default: bool) -> Result<bool, QuantizeError> {
        match self.get(name) {
            None => Ok(default),
            Some(Attribute::Bool(flag)) => Ok(*flag),
            Some(Attribute::Int(number)) => Ok(*number != 0),
            Some(Attribute::Float(number)) => Ok(*number != 0.0),
            Some(other) => Err(self.wrong(name, "a boolean", other.describe())),
        }
    }

    /// A number.
    pub(super) fn number(self, name: &str, default: f64) -> Result<f64, QuantizeError> {
        match self.get(name) {
            None => Ok(default),
            Some(Attribute::Bool(flag)) => Ok(f64::from(u8::from(*flag))),
            Some(value) => value.as_float().ok_or_else(|| self.wrong(name, "a number", value.describe())),
        }
    }

    /// A number, if there is one.
    pub(super) fn optional(self, name: &str) -> Result<Option<f64>, QuantizeError> {
        self.get(name).map(|_| self.number(name, 0.0)).transpose()
    }

    /// A whole number between 0 and a limit, which is where powers of two end that QKeras can compute.
    pub(super) fn count(self, name: &str, default: i32, limit: i32) -> Result<i32, QuantizeError> {
        let number = self.number(name, default.into())?;
        if number.fract() == 0.0 && (0.0..=f64::from(limit)).contains(&number) {
            return Ok(number as i32);
        }
        Err(self.wrong(name, &format!("a whole number from 0 to {limit}"), number))
    }

    /// The number of bits.
    pub(super) fn bits(self, default: i32) -> Result<i32, QuantizeError> {
        self.count("bits", default, 64)
    }

    /// The scale.
    pub(super) fn alpha(self) -> Result<Alpha, QuantizeError> {
        let Some(alpha) = self.get("alpha") else { return Ok(Alpha::None) };
        if let Some(number) = alpha.as_float() {
            return Ok(Alpha::Number(number));
        }
        match alpha {
            Attribute::String(text) if text == "auto" => Ok(Alpha::Auto),
            Attribute::String(text) if text == "auto_po2" => Ok(Alpha::AutoPo2),
            Attribute::Array(array) => {
                Ok(Alpha::Array(array.shape().to_vec(), array.iter_f64()?.map(|a| a as f32).collect()))
            }
            Attribute::List(list) => {
                let numbers: Option<Vec<f32>> =
                    list.iter().map(|number| number.as_float().map(|number| number as f32)).collect();
                let numbers =
                    numbers.ok_or_else(|| self.wrong("alpha", "numbers", "a list of other things"))?;
                Ok(Alpha::List(numbers))
            }
            other => Err(self.wrong("alpha", "a number, numbers, `auto` or `auto_po2`", other.describe())),
        }
    }

    /// Part of the quantization that is added to the values; 1 outside of training.
    pub(super) fn noise(self) -> Result<f32, QuantizeError> {
        Ok(self.number("qnoise_factor", 1.0)? as f32)
    }

    /// Refuses what QKeras can be told, but neither saves nor hls4ml uses.
    pub(super) fn refuse(self, name: &str) -> Result<(), QuantizeError> {
        match self.get(name) {
            None => Ok(()),
            Some(value) => Err(self.wrong(name, "none", value.describe())),
        }
    }

    /// The error of a value that is not possible.
    pub(super) fn wrong(self, name: &str, expected: &str, found: impl ToString) -> QuantizeError {
        QuantizeError::Configuration {
            quantizer: format!("`{}`", self.class()),
            entry: name.to_owned(),
            expected: expected.to_owned(),
            found: found.to_string(),
        }
    }
}
