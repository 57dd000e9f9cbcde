//! Attributes that layers of every kind may have.

use hls4rs_types::AttributeType::{self, Bool, Float, Int, List, Map, Quantizer, Shape, String, Type};

use crate::{AttributeSpec, Default};

/// The attributes that every kind declares.
///
/// **Source:** `hls4ml.model.layers.Layer._expected_attributes`, hls4ml 1.3.0.
pub const BASE: &[AttributeSpec] = &[
    AttributeSpec {
        name: "index",
        ty: Int,
        or: &[],
        choices: &[],
        default: Default::Required,
        configurable: false,
        doc: "number of the layer in the graph, from 1; part of the names in the generated C++",
    },
    AttributeSpec {
        name: "trace",
        ty: Bool,
        or: &[],
        choices: &[],
        default: Default::Bool(false),
        configurable: true,
        doc: "whether the layer's output is recorded when the model is traced",
    },
    AttributeSpec {
        name: "result_t",
        ty: Type,
        or: &[],
        choices: &[],
        default: Default::Required,
        configurable: true,
        doc: "type of the output",
    },
];

/// Attributes that converters, passes and backends put on layers of many kinds, so that their values can be checked.
///
/// None of them is required by a kind; a kind that declares one of these names itself overrides it.
pub const CARRIED: &[AttributeSpec] = &[
    // converters
    carried("name", String, &[], "name that the converter gave the layer"),
    carried("class_name", String, &[], "name under which the converter created the layer"),
    carried("inputs", List, &[], "outputs that the converter connected the layer to"),
    carried("outputs", List, &[], "outputs that the converter gave the layer"),
    carried("data_format", String, &[], "`channels_last` or `channels_first`"),
    carried("input_shape", List, &[], "shape of the inputs as the converter saw it"),
    carried("output_shape", List, &[], "shape of the outputs as the converter saw it"),
    carried("input_keras_tensor_names", List, &[], "names of the Keras tensors that the layer reads"),
    carried("output_keras_tensor_names", List, &[], "names of the Keras tensors that the layer makes"),
    carried("module", String, &[], "Python module of the source layer"),
    carried("use_bias", Bool, &[], "whether the source layer has a bias"),
    carried("pytorch", Bool, &[], "whether the source is a PyTorch model"),
    carried("activation_quantizer", Map, &[Quantizer], "quantizer of the source layer's activation"),
    carried("epsilon", Float, &[], "number added to the variance"),
    // configuration
    carried(
        "precision",
        Map,
        &[String, Type],
        "precisions that the configuration has for the layer, or type of integers that an input of the source has",
    ),
    carried("strategy", String, &[], "`latency`, `resource` or another strategy of the backend"),
    carried("implementation", String, &[], "implementation of the layer's kernel"),
    carried("reuse_factor", Int, &[Float], "how many times each multiplier is used"),
    carried("target_cycles", Int, &[], "clock cycles that the layer may take"),
    carried("conv_implementation", String, &[], "`LineBuffer` or `Encoded`"),
    carried("parallelization_factor", Int, &[], "outputs computed in parallel"),
    carried("table_size", Int, &[String], "entries of the lookup table"),
    carried("table_t", Type, &[], "type of the lookup table's entries"),
    carried("accum_t", Type, &[], "type of intermediate sums"),
    // passes and backends
    carried("bit_exact_transformed", Bool, &[], "whether bit-exact precision derivation has seen the layer"),
    carried(
        "_result_t_propagated",
        Bool,
        &[],
        "whether bit-exact precision derivation has set the result type",
    ),
    carried("_weights_transposed", Bool, &[], "whether the backend has transposed the weights"),
    carried("n_partitions", Int, &[], "parts that the output pixels are computed in"),
    carried("config_cpp", String, &[], "generated C++ of the layer's configuration"),
    carried("function_cpp", String, &[], "generated C++ of the layer's call"),
    carried("stream_function_cpp", String, &[], "generated C++ of the layer's call between streams"),
    carried("task_sequence_cpp", String, &[], "generated C++ of the layer's task sequence"),
    carried("include_header", List, &[], "C++ headers that the layer needs"),
    carried("target_shape", Shape, &[], "shape to bring the input into"),
];

const fn carried(
    name: &'static str,
    ty: AttributeType,
    or: &'static [AttributeType],
    doc: &'static str,
) -> AttributeSpec {
    AttributeSpec { name, ty, or, choices: &[], default: Default::Optional, configurable: true, doc }
}
