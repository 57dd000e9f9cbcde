//! Named types: a precision with the name of its C++ `typedef`.

use serde::{Deserialize, Serialize};

use crate::Precision;

/// A precision with a name, as hls4ml writes it into `defines.h`.
///
/// **Source:** `hls4ml.model.types.NamedType` and its subclasses, hls4ml 1.3.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct NamedType {
    /// Name of the type in the generated C++.
    pub name: String,
    /// Precision of one element.
    pub precision: Precision,
    /// Whether one element of the type is one number, or a group of them.
    pub form: TypeForm,
}

/// What an element of a named type is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeForm {
    /// One number.
    Plain,
    /// One weight of a sparse matrix: row, column and value.
    Compressed {
        /// Precision of row and column.
        index_precision: Precision,
    },
    /// A sign and the exponent of a power of two.
    Exponent,
    /// The last dimension of a tensor in one element of a stream.
    Packed {
        /// Numbers per element.
        n_elem: u64,
        /// Elements that are taken together.
        n_pack: u64,
        /// Whether an element holds `n_elem / n_pack` numbers rather than `n_elem · n_pack`.
        ///
        /// hls4ml keeps this as a negative `n_pack`, and loses it when it saves.
        unpack: bool,
    },
}

impl NamedType {
    /// A type whose elements are single numbers.
    #[must_use]
    pub fn new(name: impl Into<String>, precision: Precision) -> Self {
        Self { name: name.into(), precision, form: TypeForm::Plain }
    }

    /// A type with groups of `n_elem` numbers.
    #[must_use]
    pub fn packed(name: impl Into<String>, precision: Precision, n_elem: u64, n_pack: u64) -> Self {
        Self { name: name.into(), precision, form: TypeForm::Packed { n_elem, n_pack, unpack: false } }
    }
}

/// The form in the archive: a class per form.
#[derive(Serialize, Deserialize)]
#[serde(tag = "class_name", content = "state", deny_unknown_fields)]
enum Wire {
    #[serde(rename = "hls4ml.model.types.NamedType")]
    Plain { name: String, precision: Precision },
    #[serde(rename = "hls4ml.model.types.CompressedType")]
    Compressed { name: String, precision: Precision, index_precision: Precision },
    #[serde(rename = "hls4ml.model.types.ExponentType")]
    Exponent { name: String, precision: Precision },
    #[serde(rename = "hls4ml.model.types.PackedType")]
    Packed { name: String, precision: Precision, n_elem: u64, n_pack: i64 },
}

impl From<Wire> for NamedType {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::Plain { name, precision } => Self { name, precision, form: TypeForm::Plain },
            Wire::Compressed { name, precision, index_precision } => {
                Self { name, precision, form: TypeForm::Compressed { index_precision } }
            }
            Wire::Exponent { name, precision } => Self { name, precision, form: TypeForm::Exponent },
            Wire::Packed { name, precision, n_elem, n_pack } => {
                let form = TypeForm::Packed { n_elem, n_pack: n_pack.unsigned_abs(), unpack: n_pack < 0 };
                Self { name, precision, form }
            }
        }
    }
}

impl From<NamedType> for Wire {
    fn from(named: NamedType) -> Self {
        let NamedType { name, precision, form } = named;
        match form {
            TypeForm::Plain => Self::Plain { name, precision },
            TypeForm::Compressed { index_precision } => Self::Compressed { name, precision, index_precision },
            TypeForm::Exponent => Self::Exponent { name, precision },
            TypeForm::Packed { n_elem, n_pack, unpack } => {
                let n_pack = if unpack {
                    0i64.checked_sub_unsigned(n_pack).unwrap_or(i64::MIN)
                } else {
                    i64::try_from(n_pack).unwrap_or(i64::MAX)
                };
                Self::Packed { name, precision, n_elem, n_pack }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Attribute, from_attribute, to_attribute};

    use super::*;

    #[test]
    fn every_pack_is_read_back() {
        for n_pack in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX] {
            let mut wire = to_attribute(&NamedType::packed("t", Precision::int(8), 4, 2)).unwrap();
            if let Attribute::Map(map) = &mut wire
                && let Some(Attribute::Map(state)) = map.get_mut("state")
            {
                state.insert("n_pack", n_pack);
            }
            let named: NamedType = from_attribute(&wire).unwrap();
            assert_eq!(to_attribute(&named).unwrap(), wire);
        }
    }
}
