//! Tensor variables: the outputs of layers.

use serde::{Deserialize, Serialize};

use crate::{NamedType, Precision};

/// An output of a layer: a C++ array or stream with name, type and shape (batch omitted).
///
/// **Source:** `hls4ml.model.types.TensorVariable` and its subclasses, hls4ml 1.3.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct TensorVariable {
    /// Name of the variable in the generated C++.
    pub name: String,
    /// Type of the elements.
    pub ty: NamedType,
    /// The dimensions, batch omitted. hls4ml also saves models whose dimensions it computed to be negative.
    pub shape: Vec<i64>,
    /// Whether it has memory of its own.
    pub form: VariableForm,
}

/// What a tensor variable is in the generated C++.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VariableForm {
    /// A variable of its own.
    Plain,
    /// Another name, and shape, for the memory of another variable.
    Inplace {
        /// The variable whose memory it is.
        input: Box<TensorVariable>,
    },
    /// A variable wrapped into a C++ struct, as Libero wants its interfaces.
    StructWrapper,
}

impl TensorVariable {
    /// A variable with memory of its own.
    #[must_use]
    pub fn new(name: impl Into<String>, ty: NamedType, shape: &[usize]) -> Self {
        let shape = shape.iter().map(|&dimension| i64::try_from(dimension).unwrap_or(i64::MAX)).collect();
        Self { name: name.into(), ty, shape, form: VariableForm::Plain }
    }

    /// Precision of the elements.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.ty.precision
    }

    /// The dimensions, if none of them is negative.
    #[must_use]
    pub fn dims(&self) -> Option<Vec<usize>> {
        self.shape.iter().map(|&dimension| usize::try_from(dimension).ok()).collect()
    }

    /// Number of elements, if no dimension is negative and the number can be counted.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        self.dims()?.into_iter().try_fold(1, usize::checked_mul)
    }
}

/// The form in the archive: a class per form.
#[derive(Serialize, Deserialize)]
#[serde(tag = "class_name", content = "state", deny_unknown_fields)]
enum Wire {
    #[serde(rename = "hls4ml.model.types.TensorVariable")]
    Plain {
        name: String,
        #[serde(rename = "type")]
        ty: NamedType,
        shape: Vec<i64>,
    },
    #[serde(rename = "hls4ml.model.types.InplaceTensorVariable")]
    Inplace {
        name: String,
        #[serde(rename = "type")]
        ty: NamedType,
        shape: Vec<i64>,
        input_var: Box<TensorVariable>,
    },
    #[serde(rename = "hls4ml.model.types.StructWrapperVariable")]
    StructWrapper {
        name: String,
        #[serde(rename = "type")]
        ty: NamedType,
        shape: Vec<i64>,
    },
}

impl From<Wire> for TensorVariable {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::Plain { name, ty, shape } => Self { name, ty, shape, form: VariableForm::Plain },
            Wire::Inplace { name, ty, shape, input_var } => {
                Self { name, ty, shape, form: VariableForm::Inplace { input: input_var } }
            }
            Wire::StructWrapper { name, ty, shape } => {
                Self { name, ty, shape, form: VariableForm::StructWrapper }
            }
        }
    }
}

impl From<TensorVariable> for Wire {
    fn from(TensorVariable { name, ty, shape, form }: TensorVariable) -> Self {
        match form {
            VariableForm::Plain => Self::Plain { name, ty, shape },
            VariableForm::Inplace { input } => Self::Inplace { name, ty, shape, input_var: input },
            VariableForm::StructWrapper => Self::StructWrapper { name, ty, shape },
        }
    }
}
