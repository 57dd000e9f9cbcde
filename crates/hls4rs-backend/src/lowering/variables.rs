//! Which variable of the generated C++ an output becomes, and what its type is then.

use hls4rs_graph::{ModelGraph, Node, PassError};
use hls4rs_types::{NamedType, TensorVariable, VariableForm};

use crate::{IoType, Target, VariableKind, Vendor};

/// An output of a layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) graph: &'a ModelGraph,
    pub(crate) target: Target,
    /// Name of the output.
    pub(crate) output: &'a str,
}

/// What an output is in the C++.
///
/// **Source:** `TransformTypes.transform` of the backends' `transform_types.py`, hls4ml 1.3.0. Libero asks for the variables of
/// inputs and outputs, the others for the names of outputs.
pub(crate) fn kind_of(place: Place<'_>, variable: &TensorVariable) -> VariableKind {
    let is_input = place.graph.inputs().iter().any(|input| input == place.output);
    let is_output = place.graph.outputs().iter().any(|output| output == place.output);
    let is_inplace = matches!(variable.form, VariableForm::Inplace { .. });
    match (place.target.vendor, place.target.io_type) {
        (Vendor::OneApi, _) if is_input || is_output => VariableKind::Interface,
        (_, IoType::Stream) if is_inplace => VariableKind::InplaceStream,
        (_, IoType::Stream) => VariableKind::Stream,
        (Vendor::Quartus, _) if is_input || is_output => VariableKind::StructMember,
        (Vendor::Libero, _) if is_input || is_output => VariableKind::StructWrapper,
        (vendor, _) if is_input && !matches!(vendor, Vendor::OneApi) => VariableKind::Array,
        _ if is_inplace => VariableKind::InplaceArray,
        _ => VariableKind::Array,
    }
}

/// The variable as the flow leaves it.
///
/// **Source:** the converters of `hls4ml.backends.fpga.fpga_types` and of the backends' types, and
/// `ModelGraph.register_output_variable`, hls4ml 1.3.0: whenever the variable of a graph's only output is set, its type is
/// named `result_t`.
pub(crate) fn lower(place: Place<'_>, variable: &TensorVariable) -> Result<TensorVariable, PassError> {
    let kind = kind_of(place, variable);
    let mut lowered = variable.clone();
    if let VariableForm::Inplace { input } = &variable.form {
        let source = lower_source(place, input)?;
        if input.ty == variable.ty && !is_packed(place.target) {
            // both have one type, which gets its name once
            lowered.ty = source.ty.clone();
        }
        lowered.form = VariableForm::Inplace { input: Box::new(source) };
    }
    if is_packed(place.target) {
        let elements = elements(place, kind, &lowered)?;
        lowered.ty = NamedType::packed(lowered.ty.name, lowered.ty.precision, elements, 1);
    }
    if matches!(place.graph.outputs(), [only] if only == place.output) {
        "result_t".clone_into(&mut lowered.ty.name);
    }
    if kind == VariableKind::StructMember {
        lowered.name = member(place, &lowered.name);
    }
    Ok(lowered)
}

/// The variable whose memory another one uses is the one of the graph, unless that was made anew since.
fn lower_source(place: Place<'_>, input: &TensorVariable) -> Result<TensorVariable, PassError> {
    for node in place.graph.nodes() {
        for (output, variable) in outputs(node) {
            if variable.shape != input.shape || !variable.name.ends_with(&input.name) {
                continue;
            }
            let lowered = lower(Place { output, ..place }, input)?;
            if variable == input || *variable == lowered {
                return Ok(lowered);
            }
        }
    }
    Ok(input.clone())
}

fn outputs<'g>(node: Node<'g>) -> impl Iterator<Item = (&'g str, &'g TensorVariable)> {
    let state = node.state();
    state.outputs.iter().filter_map(|output| Some((output.as_str(), state.variable(output)?)))
}

/// Whether a number of elements is taken together in one element of the C++ variable.
fn is_packed(target: Target) -> bool {
    target.io_type == IoType::Stream || target.vendor == Vendor::OneApi
}

/// Numbers in an element of the C++ variable: those of a pixel in streams, all of them in oneAPI's arrays.
fn elements(place: Place<'_>, kind: VariableKind, variable: &TensorVariable) -> Result<u64, PassError> {
    let shape = match &variable.form {
        VariableForm::Inplace { input }
            if kind == VariableKind::InplaceStream && place.target.vendor != Vendor::OneApi =>
        {
            &input.shape
        }
        _ => &variable.shape,
    };
    let found = match place.target.io_type {
        IoType::Stream => shape.last().copied(),
        IoType::Parallel => shape.iter().try_fold(1i64, |size, dimension| size.checked_mul(*dimension)),
    };
    let found = found.and_then(|found| u64::try_from(found).ok());
    found.ok_or_else(|| {
        let help = "convert the model again for inputs that are large enough";
        PassError::unsupported(
            "dimensions that are not negative",
            format!("{shape:?} of `{}`", variable.name),
            help,
        )
    })
}

/// The name with the C++ struct of inputs or outputs in front. A name that has it already, as hls4ml saves it, keeps it.
fn member(place: Place<'_>, name: &str) -> String {
    let is_input = place.graph.inputs().iter().any(|input| input == place.output);
    let prefix = if is_input { "inputs." } else { "outputs." };
    if name.starts_with(prefix) { name.to_owned() } else { format!("{prefix}{name}") }
}
