//! The attributes that backends add to layers.

use hls4rs_layers::{AttributeSpec, AttributeType, Default, LayerSpec, is_a};

/// What a backend adds to kinds of layers, in the order in which hls4ml registers it.
///
/// What is added to a kind is added to its special cases, too.
///
/// **Source:** `FPGABackend.attribute_map` and `FPGABackend.create_layer_class`, hls4ml 1.3.0: attributes come by kind, in
/// the order in which kinds were first named, and may come twice.
#[derive(Debug, Clone, Default)]
pub struct AttributeMap {
    kinds: Vec<(&'static str, Vec<AttributeSpec>)>,
}

impl AttributeMap {
    /// What all backends for FPGAs add: accumulators, reuse factors, tables.
    ///
    /// **Source:** `FPGABackend.__init__`, hls4ml 1.3.0.
    #[must_use]
    pub fn fpga() -> Self {
        let mut map = Self::default();
        map.add(ACCUMULATING, &[of_type("accum_t", "type of intermediate sums")]);
        let reuse = integer("reuse_factor", 1, "how many times each multiplier is used");
        map.add(ACCUMULATING, &[reuse]);
        map.add(REUSING, &[reuse]);
        map.add(&["SeparableConv1D", "SeparableConv2D"], SEPARABLE);
        map.add(&["Activation"], &[integer("table_size", 1024, "number of entries of the table")]);
        map.add(&["Activation"], &[table("table_t", "fixed<18,8>", "type of the table")]);
        map.add(&["Softmax"], SOFTMAX);
        map
    }

    /// Adds attributes to each of these kinds.
    pub fn add(&mut self, kinds: &[&'static str], attributes: &[AttributeSpec]) {
        for kind in kinds {
            match self.kinds.iter_mut().find(|(known, _)| known == kind) {
                Some((_, known)) => known.extend_from_slice(attributes),
                None => self.kinds.push((kind, attributes.to_vec())),
            }
        }
    }

    /// What is added to a kind, in order.
    #[must_use]
    pub fn of(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        let added = self.kinds.iter().filter(|(kind, _)| is_a(spec.kind, kind));
        added.flat_map(|(_, attributes)| attributes.iter().copied()).collect()
    }
}

/// What all backends for FPGAs add to a kind, in order.
#[must_use]
pub fn fpga_attributes(spec: &LayerSpec) -> Vec<AttributeSpec> {
    AttributeMap::fpga().of(spec)
}

/// Kinds that sum up products.
const ACCUMULATING: &[&str] = &[
    "Dense",
    "Conv1D",
    "Conv2D",
    "Pooling1D",
    "Pooling2D",
    "GlobalPooling1D",
    "GlobalPooling2D",
    "SimpleRNN",
    "LSTM",
    "GRU",
    "Bidirectional",
    "Dot",
    "Conv",
    "MatMul",
    "LayerNormalization",
];

/// Other kinds that have a reuse factor.
const REUSING: &[&str] = &[
    "BatchNormalization",
    "Activation",
    "Embedding",
    "GarNet",
    "GarNetStack",
    "Quant",
    "BatchNormOnnx",
    "Merge",
];

const SEPARABLE: &[AttributeSpec] = &[
    of_type("depthwise_accum_t", "type of intermediate sums of the depthwise part"),
    of_type("pointwise_accum_t", "type of intermediate sums of the pointwise part"),
    of_type("depthwise_result_t", "type of the result of the depthwise part"),
    integer("depthwise_reuse_factor", 1, "how many times each multiplier of the depthwise part is used"),
    integer("pointwise_reuse_factor", 1, "how many times each multiplier of the pointwise part is used"),
];

/// Precision of a softmax's tables.
const SOFTMAX_TABLE: &str = "fixed<18,8,RND,SAT,0>";

const SOFTMAX: &[AttributeSpec] = &[
    AttributeSpec::new("n_in", AttributeType::Int, "number of elements"),
    AttributeSpec::new("activation", AttributeType::String, "`softmax`"),
    AttributeSpec::new("n_outer", AttributeType::Int, "number of softmaxes before the axis")
        .with_default(Default::Int(1)),
    AttributeSpec::new("n_inner", AttributeType::Int, "number of softmaxes behind the axis")
        .with_default(Default::Int(1)),
    choice(
        "implementation",
        &["latency", "stable", "argmax", "legacy"],
        "stable",
        "how the softmax is computed",
    ),
    boolean("skip", false, "whether the layer is left out"),
    table("exp_table_t", SOFTMAX_TABLE, "type of the table of exponentials"),
    table("inv_table_t", SOFTMAX_TABLE, "type of the table of inverses"),
    table("inv_inp_t", SOFTMAX_TABLE, "type of the argument of the inverse"),
    table("accum_t", SOFTMAX_TABLE, "type of the sum of exponentials"),
];

/// A type that the configuration gives.
#[must_use]
pub const fn of_type(name: &'static str, doc: &'static str) -> AttributeSpec {
    AttributeSpec::new(name, AttributeType::Type, doc).configurable()
}

/// A type with a default.
#[must_use]
pub const fn table(name: &'static str, default: &'static str, doc: &'static str) -> AttributeSpec {
    of_type(name, doc).with_default(Default::Precision(default))
}

/// An integer that users may set.
#[must_use]
pub const fn integer(name: &'static str, default: i64, doc: &'static str) -> AttributeSpec {
    AttributeSpec::new(name, AttributeType::Int, doc).configurable().with_default(Default::Int(default))
}

/// A boolean that users may set.
#[must_use]
pub const fn boolean(name: &'static str, default: bool, doc: &'static str) -> AttributeSpec {
    AttributeSpec::new(name, AttributeType::Bool, doc).configurable().with_default(Default::Bool(default))
}

/// One of several texts, which users may set.
#[must_use]
pub const fn choice(
    name: &'static str,
    choices: &'static [&'static str],
    default: &'static str,
    doc: &'static str,
) -> AttributeSpec {
    let spec = AttributeSpec::new(name, AttributeType::String, doc).configurable();
    spec.with_default(Default::Str(default)).with_choices(choices)
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::{Dot, Softmax};

    use super::*;

    fn names(spec: &LayerSpec) -> Vec<&'static str> {
        AttributeMap::fpga().of(spec).iter().map(|attribute| attribute.name).collect()
    }

    #[test]
    fn special_cases_have_what_their_kind_has() {
        assert_eq!(names(Dot::SPEC), ["accum_t", "reuse_factor", "reuse_factor"]);
        let softmax = names(Softmax::SPEC);
        assert_eq!(softmax[..4], ["reuse_factor", "table_size", "table_t", "n_in"]);
        assert_eq!(softmax.len(), 13);
    }
}
