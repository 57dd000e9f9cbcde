//! Faults of hls4ml's writer that its own loader trips over, and their repair.

use hls4rs_layers::Layer;
use hls4rs_types::{Attribute, Attributes, Tensor};

use crate::{Members, Model, member};

/// The repairs that are made unless an archive is written verbatim: name and reason.
///
/// **Source:** hls4ml 1.3.0, `hls4ml.model.types` (states and constructors), `StructMemberVariableConverter` of
/// `hls4ml.backends.fpga.fpga_types`, `hls4ml.utils.serialization`.
pub const REPAIRS: &[(&str, &str)] = &[
    ("xnor-state", "the state of an Xnor precision is written empty, since its constructor takes nothing"),
    ("unspecified-state", "the same for a precision that is not decided yet"),
    (
        "float-sign",
        "floating-point precisions are written without `signed`, which their constructors do not take",
    ),
    (
        "number-weights",
        "a weight that is a number is written as an array without dimensions, since its constructor wants an array",
    ),
    (
        "quartus-struct-prefix",
        "inputs and outputs of Quartus io_parallel models are written under their bare names, since the struct's name \
         is put before them again when they are loaded",
    ),
    (
        "testbench-data",
        "`InputData` and `OutputPredictions` are written as null where the archive does not hold the data",
    ),
];

const TYPES: &str = "hls4ml.model.types.";

/// Repairs one attribute of a layer in its plain form.
pub(crate) fn repair_attribute(model: &Model, layer: &dyn Layer, key: &str, value: &mut Attribute) {
    visit_objects(value, &mut |class_name, state| match class_name.strip_prefix(TYPES) {
        Some("XnorPrecisionType" | "UnspecifiedPrecisionType") => *state = Attributes::new(),
        Some("FloatPrecisionType" | "StandardFloatPrecisionType") => {
            state.remove("signed");
        }
        Some(name) if name.ends_with("WeightVariable") => array_of_number(state),
        _ => {}
    });
    let config = &model.graph.config;
    if config.backend() == "Quartus" && config.io_type() == "io_parallel" {
        let output = key.strip_prefix(hls4rs_layers::RESERVED_OUTPUT).unwrap_or(key);
        if layer.state().outputs.iter().any(|name| name == output) {
            strip_struct_prefix(model, output, value);
        }
    }
}

/// Makes a number in the place of a weight's array an array without dimensions.
fn array_of_number(state: &mut Attributes) {
    let array = match state.get("data") {
        Some(&Attribute::Float(number)) => Tensor::new(&[], vec![number]),
        Some(&Attribute::Int(number)) => Tensor::new(&[], vec![number]),
        _ => return,
    };
    if let (Ok(array), Some(data)) = (array, state.get_mut("data")) {
        *data = Attribute::Array(array);
    }
}

/// Takes the struct's name from a graph input or output. The variable whose memory an in-place one uses keeps it: the
/// loader does not touch that copy.
fn strip_struct_prefix(model: &Model, output: &str, value: &mut Attribute) {
    let is_one_of = |names: &[String]| names.iter().any(|name| name == output);
    let prefix = if is_one_of(model.graph.inputs()) {
        "inputs."
    } else if is_one_of(model.graph.outputs()) {
        "outputs."
    } else {
        return;
    };
    if let Attribute::Map(object) = value
        && let Some(Attribute::Map(state)) = object.get_mut("state")
        && let Some(Attribute::String(name)) = state.get_mut("name")
        && let Some(bare) = name.strip_prefix(prefix)
    {
        *name = bare.to_owned();
    }
}

/// Repairs the configuration in its plain form.
pub(crate) fn repair_config(members: &Members, config: &mut Attribute) {
    let Attribute::Map(config) = config else { return };
    let Some(Attribute::Map(options)) = config.get_mut("config") else { return };
    for (option, prefix) in ["InputData", "OutputPredictions"].into_iter().zip(member::TESTBENCH) {
        let is_packed = members.keys().any(|name| name.starts_with(prefix));
        if let Some(value) = options.get_mut(option).filter(|_| !is_packed) {
            *value = Attribute::Null;
        }
    }
}

/// Calls a function on every object inside, innermost first.
fn visit_objects(value: &mut Attribute, visit: &mut impl FnMut(&str, &mut Attributes)) {
    match value {
        Attribute::List(values) => values.iter_mut().for_each(|value| visit_objects(value, visit)),
        Attribute::Map(map) => {
            map.iter_mut().for_each(|(_, value)| visit_objects(value, visit));
            let class_name = map.get("class_name").and_then(Attribute::as_str).map(str::to_owned);
            if let (Some(class_name), Some(Attribute::Map(state))) = (class_name, map.get_mut("state")) {
                visit(&class_name, state);
            }
        }
        _ => {}
    }
}
