//! What layers are in generated C++: types, outputs, weights.

use std::fmt;

use hls4rs_layers::{LayerState, RESERVED_OUTPUT};
use hls4rs_types::{Attribute, NamedType, TensorError, TensorVariable, TypeForm, WeightForm, WeightVariable};
use indexmap::IndexMap;

use crate::cpp::{self, Dialect};
use crate::lowering::{self, Place};
use crate::{IoType, SpecializeError, Specialized, Vendor};

/// What a layer is in the generated C++.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecializedLayer {
    /// Its types, by attribute.
    pub types: IndexMap<String, CppType>,
    /// Its outputs, by name.
    pub variables: IndexMap<String, SpecializedVariable>,
    /// Its weights, by attribute.
    pub weights: IndexMap<String, SpecializedWeight>,
}

/// A type of the generated C++.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CppType {
    /// Name, precision and form.
    pub named: NamedType,
    /// The library of its numbers.
    pub dialect: Dialect,
}

impl CppType {
    /// Its `typedef`, line break included.
    ///
    /// # Errors
    /// If the library has no such number.
    pub fn definition(&self) -> Result<String, SpecializeError> {
        cpp::definition(self.dialect, &self.named)
    }

    /// Elements of streams that are taken together, if it is a type of groups.
    #[must_use]
    pub fn n_pack(&self) -> Option<u64> {
        match self.named.form {
            TypeForm::Packed { n_pack, .. } => Some(n_pack),
            _ => None,
        }
    }
}

/// What an output is in the generated C++.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VariableKind {
    /// An array.
    Array,
    /// Another name for an array.
    InplaceArray,
    /// A stream.
    Stream,
    /// Another name for a stream.
    InplaceStream,
    /// A member of the struct of all inputs or outputs.
    StructMember,
    /// An array in a struct of its own.
    StructWrapper,
    /// A pipe to the outside.
    Interface,
}

impl fmt::Display for VariableKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Array => "Array",
            Self::InplaceArray => "InplaceArray",
            Self::Stream => "Stream",
            Self::InplaceStream => "InplaceStream",
            Self::StructMember => "StructMember",
            Self::StructWrapper => "StructWrapper",
            Self::Interface => "Interface",
        })
    }
}

/// What the compiler is told of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pragma {
    /// Nothing.
    None,
    /// Each element in a register of its own.
    Partition,
    /// All elements side by side in one word.
    Reshape,
    /// Intel HLS's registers.
    HlsRegister,
    /// oneAPI's registers.
    FpgaRegister,
    /// A queue of so many elements.
    Stream {
        /// Elements.
        depth: i64,
    },
}

impl fmt::Display for Pragma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Partition => f.write_str("partition"),
            Self::Reshape => f.write_str("reshape"),
            Self::HlsRegister => f.write_str("hls_register"),
            Self::FpgaRegister => f.write_str("intel::fpga_register"),
            Self::Stream { depth } => write!(f, "stream {depth}"),
        }
    }
}

/// An output in the generated C++.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecializedVariable {
    /// Name, with the struct that it is a member of.
    pub name: String,
    /// What it is.
    pub kind: VariableKind,
    /// Type of its elements.
    pub ty: CppType,
    /// What the compiler is told of it.
    pub pragma: Pragma,
}

impl SpecializedVariable {
    /// Elements that the stream has room for.
    #[must_use]
    pub fn depth(&self) -> Option<i64> {
        match self.pragma {
            Pragma::Stream { depth } => Some(depth),
            _ => None,
        }
    }
}

/// Where weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Storage {
    /// In the layer itself.
    Register,
    /// In block RAM outside of the layer.
    Bram,
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Register => "register",
            Self::Bram => "bram",
        })
    }
}

/// In which order weights are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WeightLayout {
    /// As the layer's kind declares them.
    Declared,
    /// Those of one output after the other.
    Transposed,
    /// The same, in blocks that zeros fill up.
    Padded,
    /// Filters transformed after Winograd.
    Winograd,
}

/// A weight in the generated C++.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecializedWeight {
    /// Name.
    pub name: String,
    /// Type of its elements.
    pub ty: CppType,
    /// Where it is stored.
    pub storage: Storage,
    /// In which order it is read. The values in that order are in [`Specialized::state`].
    pub layout: WeightLayout,
}

impl SpecializedLayer {
    pub(crate) fn new(specialized: &Specialized<'_>, state: &LayerState) -> Self {
        let dialect = Dialect::of(specialized.target.vendor);
        let mut table = Self { types: IndexMap::new(), variables: IndexMap::new(), weights: IndexMap::new() };
        for (name, value) in state.attributes.iter() {
            match value {
                Attribute::Type(named) => {
                    table.types.insert(name.to_owned(), CppType { named: (**named).clone(), dialect });
                }
                Attribute::Variable(variable) => {
                    let output = name.strip_prefix(RESERVED_OUTPUT).unwrap_or(name);
                    let Specialized { graph, target, .. } = *specialized;
                    let place = Place { graph, target, output };
                    table.variables.insert(output.to_owned(), variable_of(place, variable, dialect));
                }
                Attribute::Weight(weight) => {
                    table.weights.insert(name.to_owned(), weight_of(specialized, state, name, weight));
                }
                _ => {}
            }
        }
        table
    }
}

fn variable_of(place: Place<'_>, variable: &TensorVariable, dialect: Dialect) -> SpecializedVariable {
    let kind = lowering::kind_of(place, variable);
    let ty = CppType { named: variable.ty.clone(), dialect };
    SpecializedVariable { name: variable.name.clone(), kind, ty, pragma: pragma_of(place, kind, variable) }
}

/// **Source:** `TransformTypes.transform` of the backends' `transform_types.py`, hls4ml 1.3.0.
fn pragma_of(place: Place<'_>, kind: VariableKind, variable: &TensorVariable) -> Pragma {
    let vendor = place.target.vendor;
    let is_input = place.graph.inputs().iter().any(|input| input == place.output);
    match (kind, vendor, place.target.io_type) {
        (VariableKind::InplaceStream, vendor, _) if vendor != Vendor::OneApi => Pragma::None,
        (_, _, IoType::Stream) => Pragma::Stream { depth: depth(&variable.shape) },
        (VariableKind::InplaceArray, ..) => Pragma::None,
        (_, Vendor::Quartus, _) => Pragma::HlsRegister,
        (_, Vendor::OneApi, _) => Pragma::FpgaRegister,
        (VariableKind::Array, ..) if is_input => Pragma::Reshape,
        _ => Pragma::Partition,
    }
}

/// Number of pixels.
fn depth(shape: &[i64]) -> i64 {
    let size: i64 = shape.iter().fold(1, |size, dimension| size.saturating_mul(*dimension));
    shape.last().and_then(|last| size.checked_div_euclid(*last)).unwrap_or_default()
}

fn weight_of(
    specialized: &Specialized<'_>,
    state: &LayerState,
    name: &str,
    weight: &WeightVariable,
) -> SpecializedWeight {
    let vendor = specialized.target.vendor;
    let is_in_bram = vendor != Vendor::Libero && lowering::is_in_bram(&specialized.graph.config, weight);
    SpecializedWeight {
        name: weight.name.clone(),
        ty: CppType { named: weight.ty.clone(), dialect: Dialect::of(vendor) },
        storage: if is_in_bram { Storage::Bram } else { Storage::Register },
        layout: layout_of(state, name),
    }
}

fn layout_of(state: &LayerState, name: &str) -> WeightLayout {
    let is_product = !name.contains("bias") && state.is_set("_weights_transposed");
    let is_main = name == "weight";
    if is_main && state.is_set("_winograd_transformation_applied") {
        WeightLayout::Winograd
    } else if is_main && state.get("rfpad").is_some() {
        WeightLayout::Padded
    } else if is_product {
        WeightLayout::Transposed
    } else {
        WeightLayout::Declared
    }
}

/// Elements of a weight in C++: of compressed ones those that are not zero, up to a multiple of the reuse factor.
pub(crate) fn data_length(weight: &WeightVariable) -> Result<u64, TensorError> {
    let count = match weight.form {
        WeightForm::Compressed { reuse_factor } => {
            let count = u64::try_from(weight.data.count_nonzero()?).unwrap_or(u64::MAX);
            return Ok(count.checked_next_multiple_of(reuse_factor).unwrap_or(count));
        }
        _ => weight.data.len(),
    };
    Ok(u64::try_from(count).unwrap_or(u64::MAX))
}
