//! The graph as text, one fact a line, so that a difference between two graphs is a difference between lines.

use std::fmt;

use hls4rs_layers::Layer;
use hls4rs_types::{
    Attribute, Attributes, NamedType, Order, Tensor, TensorVariable, TypeForm, VariableForm, WeightVariable,
};

use crate::ModelGraph;

/// Elements of an array that are printed before it is cut.
const SHOWN_ELEMENTS: usize = 8;

impl fmt::Display for ModelGraph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = &self.config;
        writeln!(f, "model {} {{", quoted(config.project_name()))?;
        writeln!(f, "  backend {}, {}", config.backend(), config.io_type())?;
        writeln!(f, "  inputs {}", self.inputs().join(", "))?;
        writeln!(f, "  outputs {}", self.outputs().join(", "))?;
        for (name, layer) in self.layers() {
            writeln!(f)?;
            write_layer(f, name, layer)?;
        }
        writeln!(f, "}}")
    }
}

fn write_layer(f: &mut fmt::Formatter<'_>, name: &str, layer: &dyn Layer) -> fmt::Result {
    let state = layer.state();
    let kind = if layer.is_known() { layer.kind() } else { layer.class_name() };
    writeln!(f, "  {} = {kind}({}) as {name} {{", state.outputs.join(", "), state.inputs.join(", "))?;
    write_entries(f, &state.attributes, 4)?;
    write_entries(f, &state.extra, 4)?;
    writeln!(f, "  }}")
}

fn write_entries(f: &mut fmt::Formatter<'_>, attributes: &Attributes, indent: usize) -> fmt::Result {
    for (name, value) in attributes.iter() {
        write!(f, "{:indent$}{name} = ", "")?;
        write_value(f, value, indent)?;
        writeln!(f)?;
    }
    Ok(())
}

fn write_value(f: &mut fmt::Formatter<'_>, value: &Attribute, indent: usize) -> fmt::Result {
    match value {
        Attribute::Null => f.write_str("null"),
        Attribute::Bool(value) => write!(f, "{value}"),
        Attribute::Int(value) => write!(f, "{value}"),
        Attribute::Float(value) => write!(f, "{value:?}"),
        Attribute::String(value) if value.contains('\n') => write_text(f, value, indent),
        Attribute::String(value) => f.write_str(&quoted(value)),
        Attribute::List(values) => {
            f.write_str("[")?;
            for (i, value) in values.iter().enumerate() {
                f.write_str(if i == 0 { "" } else { ", " })?;
                write_value(f, value, indent)?;
            }
            f.write_str("]")
        }
        Attribute::Map(map) if map.is_empty() => f.write_str("{}"),
        Attribute::Map(map) => write_block(f, "", map, indent),
        Attribute::Array(array) => write_array(f, array),
        Attribute::Precision(precision) => write!(f, "{precision}"),
        Attribute::Type(ty) => write_type(f, ty),
        Attribute::Variable(variable) => write_variable(f, variable),
        Attribute::Weight(weight) => write_weight(f, weight),
        Attribute::Quantizer(quantizer) => f.write_str(&quantizer.describe()),
        Attribute::Source(source) => write_text(f, &source.code, indent),
        Attribute::Object(object) => {
            write_block(f, &format!("{} ", object.class_name), &object.state, indent)
        }
    }
}

fn write_block(f: &mut fmt::Formatter<'_>, head: &str, map: &Attributes, indent: usize) -> fmt::Result {
    writeln!(f, "{head}{{")?;
    write_entries(f, map, indent + 2)?;
    write!(f, "{:indent$}}}", "")
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str, indent: usize) -> fmt::Result {
    f.write_str("\"\"\"")?;
    for line in text.lines() {
        write!(f, "\n{:width$}{line}", "", width = indent + 2)?;
    }
    write!(f, "\n{:indent$}\"\"\"", "")
}

fn write_type(f: &mut fmt::Formatter<'_>, ty: &NamedType) -> fmt::Result {
    write!(f, "type {} {}", ty.name, ty.precision)?;
    match &ty.form {
        TypeForm::Plain => Ok(()),
        TypeForm::Compressed { index_precision } => write!(f, " compressed(index {index_precision})"),
        TypeForm::Exponent => f.write_str(" exponent"),
        TypeForm::Packed { n_elem, n_pack, unpack: false } => write!(f, " packed({n_elem} × {n_pack})"),
        TypeForm::Packed { n_elem, n_pack, unpack: true } => write!(f, " packed({n_elem} / {n_pack})"),
    }
}

fn write_variable(f: &mut fmt::Formatter<'_>, variable: &TensorVariable) -> fmt::Result {
    write!(f, "variable {}{:?}: ", variable.name, variable.shape)?;
    write_type(f, &variable.ty)?;
    match &variable.form {
        VariableForm::Plain => Ok(()),
        VariableForm::Inplace { input } => write!(f, " in place of {}", input.name),
        VariableForm::StructWrapper => f.write_str(" in a struct"),
    }
}

fn write_weight(f: &mut fmt::Formatter<'_>, weight: &WeightVariable) -> fmt::Result {
    write!(f, "weight {}: ", weight.name)?;
    write_type(f, &weight.ty)?;
    if let Some(quantizer) = &weight.quantizer {
        write!(f, " by {}", quantizer.describe())?;
    }
    f.write_str(" = ")?;
    write_array(f, &weight.data)
}

fn write_array(f: &mut fmt::Formatter<'_>, array: &Tensor) -> fmt::Result {
    let order = if array.order() == Order::Fortran { " Fortran" } else { "" };
    write!(f, "{}{:?}{order} [", array.dtype(), array.shape())?;
    let values = match array.iter_f64() {
        Ok(values) => values,
        Err(error) => return write!(f, "not loaded: {error}]"),
    };
    for (i, value) in values.take(SHOWN_ELEMENTS).enumerate() {
        write!(f, "{}{value}", if i == 0 { "" } else { ", " })?;
    }
    match array.to_bytes() {
        Ok(bytes) if array.len() > SHOWN_ELEMENTS => write!(f, ", …] checksum {:016x}", checksum(&bytes)),
        _ => f.write_str("]"),
    }
}

/// FNV-1a of 64 bits: enough to see in a listing that two arrays differ.
fn checksum(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}
