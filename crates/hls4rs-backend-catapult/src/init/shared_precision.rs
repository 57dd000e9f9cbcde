//! Precisions that hls4ml keeps once and refers to from several types.

use hls4rs_graph::{GraphError, ModelGraph, Node, PassError, Patch};
use hls4rs_types::{Attribute, Precision};

/// A type of a layer: `result` for the outputs, or another slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    layer: String,
    slot: &'static str,
}

impl Slot {
    fn new(node: Node<'_>, slot: &'static str) -> Self {
        Self { layer: node.name.to_owned(), slot }
    }
}

/// The types that have the very precision of a pooling's accumulator: when that one changes, all do.
///
/// **Source:** `InferPrecisionTypes`, hls4ml 1.3.0. For an accumulator that is `auto`, a pooling by maximum takes the object
/// that is its input's precision. So do outputs of layers that only move data, outputs of merges by minimum or maximum and
/// concatenations of equal inputs, and parameters of activations. Dense layers and convolutions give accumulator and
/// output one object. Archives do not tell which precisions are one object; `auto` in the configuration, names of types and equal
/// values do.
pub(super) fn slots_of_accumulator(pooling: Node<'_>) -> Vec<Slot> {
    let mut slots = vec![Slot::new(pooling, "accum")];
    let Some(precision) = pooling.state().precision("accum_t") else { return slots };
    let mut next = 0;
    while let Some(slot) = slots.get(next).cloned() {
        next += 1;
        for neighbour in neighbours(pooling.graph, &slot, precision) {
            if !slots.contains(&neighbour) {
                slots.push(neighbour);
            }
        }
    }
    slots
}

/// Gives all these slots a precision.
pub(super) fn widen_all(
    patch: &mut Patch<'_>,
    slots: &[Slot],
    precision: Precision,
) -> Result<(), PassError> {
    for Slot { layer, slot } in slots {
        patch.set_precision(layer, slot, precision)?;
        if *slot == "result" {
            set_outputs(patch, layer, precision)?;
        }
    }
    Ok(())
}

/// The slots that share a precision with a slot by the rule of one layer.
fn neighbours(graph: &ModelGraph, slot: &Slot, precision: Precision) -> Vec<Slot> {
    let Some(node) = graph.node(&slot.layer) else { return Vec::new() };
    let mut found = Vec::new();
    match slot.slot {
        "result" => {
            found.extend(
                linked(node)
                    .into_iter()
                    .filter(|(_, with)| *with == With::Result)
                    .map(|(slot, _)| Slot::new(node, slot)),
            );
            if linked(node).contains(&("result", With::Input)) {
                found.extend(node.input_node(0).map(|input| Slot::new(input, "result")));
            }
            for reader in node.readers(0) {
                let is_first = reader.state().inputs.first() == node.state().outputs.first();
                let reading = linked(reader).into_iter().filter(|(_, with)| is_first && *with == With::Input);
                found.extend(reading.map(|(slot, _)| Slot::new(reader, slot)));
            }
        }
        slot => {
            for (_, with) in linked(node).into_iter().filter(|(linked, _)| *linked == slot) {
                match with {
                    With::Input => found.extend(node.input_node(0).map(|input| Slot::new(input, "result"))),
                    With::Result => found.push(Slot::new(node, "result")),
                }
            }
        }
    }
    found.retain(|slot| {
        graph.node(&slot.layer).and_then(|node| precision_of(node, slot.slot)) == Some(precision)
    });
    found
}

/// What a slot shares its precision with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum With {
    /// The layer's first input.
    Input,
    /// The layer's output.
    Result,
}

const MOVING: &[&str] =
    &["Reshape", "Resize", "Transpose", "ZeroPadding1D", "ZeroPadding2D", "Pooling1D", "Pooling2D"];

const MULTIPLYING: &[&str] = &["Dense", "Conv1D", "Conv2D", "SeparableConv1D", "SeparableConv2D"];

/// The slots of a layer that share a precision with another one, if their values are equal.
fn linked(node: Node<'_>) -> Vec<(&'static str, With)> {
    let mut links = Vec::new();
    let kind = node.layer.kind();
    if MOVING.contains(&kind) && is_auto(node, "result") {
        links.push(("result", With::Input));
    }
    if matches!(kind, "Pooling1D" | "Pooling2D") && is_maximum(node) && is_auto(node, "accum") {
        links.push(("accum", With::Input));
    }
    if node.is_any(MULTIPLYING) && is_auto(node, "accum") && is_auto(node, "result") {
        links.push(("accum", With::Result));
    }
    if is_choice_of_equals(node) && is_auto(node, "result") {
        links.push(("result", With::Input));
    }
    if is_auto(node, "param") && takes_parameter_of_input(node) {
        links.push(("param", With::Input));
    }
    links
}

fn is_auto(node: Node<'_>, slot: &str) -> bool {
    node.graph.config.precision(node.id(), slot).is_ok_and(|(precision, _)| precision.is_unspecified())
}

fn is_maximum(node: Node<'_>) -> bool {
    node.text("pool_op").is_some_and(|operation| operation.eq_ignore_ascii_case("max"))
}

/// Merges by minimum or maximum and concatenations, both inputs of which have one precision.
fn is_choice_of_equals(node: Node<'_>) -> bool {
    let operation = node.text("op").map(str::to_lowercase);
    let is_choice = match node.layer.kind() {
        "Merge" => matches!(operation.as_deref(), Some("maximum" | "minimum")),
        kind => kind == "Concatenate",
    };
    let precision = |i| node.input_variable(i).map(|input| input.precision());
    is_choice && precision(0) == precision(1)
}

fn takes_parameter_of_input(node: Node<'_>) -> bool {
    let activation = node.text("activation").map(str::to_lowercase);
    match node.layer.kind() {
        "PReLU" => activation.as_deref() == Some("prelu"),
        "ParametrizedActivation" => activation.as_deref() == Some("thresholdedrelu"),
        _ => false,
    }
}

fn precision_of(node: Node<'_>, slot: &str) -> Option<Precision> {
    if slot == "result" { node.output_precision() } else { node.state().precision(&format!("{slot}_t")) }
}

/// The outputs of a layer whose `result_t` is not theirs.
fn set_outputs(patch: &mut Patch<'_>, layer: &str, precision: Precision) -> Result<(), GraphError> {
    let state = patch.state_mut(layer)?;
    let keys: Vec<String> = state.outputs.iter().map(|output| state.variable_key(output)).collect();
    for key in keys {
        if let Some(Attribute::Variable(variable)) = state.attributes.get_mut(&key) {
            variable.ty.precision = precision;
        }
    }
    Ok(())
}
