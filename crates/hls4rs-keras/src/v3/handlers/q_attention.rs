//! Attention with quantizers, as the layers that it consists of.

use hls4rs_frontend::{Entry, Findings, Problem};
use hls4rs_types::{Attribute, Attributes};

use super::attention_equations::{attention, linear_projection, projection};
use super::{q_einsum, q_einsum_dense, q_softmax};
use crate::config::LayerConfig;
use crate::v3::call::{Call, KerasTensor, Made, Resolved, known};
use crate::v3::hgq::{QLayer, Quantizer, QuantizerConfig, own};
use crate::v3::vars::Vars;

/// What is attended to: query, value and key.
struct Operands {
    query: KerasTensor,
    value: KerasTensor,
    key: KerasTensor,
}

/// `QMultiHeadAttention`.
///
/// **Source:** `QMultiHeadAttentionHandler` of `hls4ml.converters.keras_v3.hgq2.multi_head_attention`, hls4ml 1.3.0. It knows the class
/// from the module that HGQ2 had it in before 0.2, and does not look at causal masks.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let operands = operands(call)?;
    let made = heads(call, operands)?;
    quantized_output(call, made)
}

/// `QLinformerAttention`: keys and values are projected to fewer steps first.
///
/// **Source:** `QLinformerAttentionHandler` of `hls4ml.converters.keras_v3.hgq2.multi_head_attention`, hls4ml 1.3.0.
pub(super) fn linformer(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    if call.config.get("lin_kv_proj_mode").and_then(Attribute::as_str).is_some_and(|mode| mode != "dense") {
        let message = "`lin_kv_proj_mode`: expected `dense`, found another";
        return Err(Problem::unsupported(message, "use dense projections"));
    }
    let mut operands = operands(call)?;
    let is_shared = call.config.bool("share_kv_proj")?;
    let mut layers = Vec::new();
    let value = if is_shared { ("_lin_k_proj", 0) } else { ("_lin_v_proj", 1) };
    for (letter, (attribute, number), tensor) in
        [("k", ("_lin_k_proj", 0), &mut operands.key), ("v", value, &mut operands.value)]
    {
        let vars = call.vars.child_like(attribute, "q_einsum_dense", number);
        let name = vars.name().unwrap_or_else(|| "q_einsum_dense".to_owned());
        let (equation, shape) = linear_projection(call.config, tensor)?;
        let mut config = dense_config(call, &equation, &shape, None);
        config.insert("enable_iq", vars.has("iq"));
        config.insert("enable_oq", vars.has("oq"));
        let output = format!("{}_{letter}_proj", call.name);
        let part = Part { vars, name, config, inputs: vec![tensor.clone()], output };
        let made = part.run(EINSUM_DENSE, |call| q_einsum_dense::with(call, &QLayer::of(call)?))?;
        *tensor = KerasTensor { name: part.output, shape: made.shape };
        layers.extend(made.layers);
    }
    let made = heads(call, operands)?;
    layers.extend(made.layers);
    quantized_output(call, Made { layers, shape: made.shape })
}

/// The tensors that are attended to. A value that is not given is the query, a key the value.
fn operands(call: &Call<'_, '_>) -> Result<Operands, Problem> {
    let Resolved { tensors, flags } = call.arguments;
    let find = |position: usize, name: &str| {
        let found = tensors.iter().find(|(at, other, _)| *at == position || other == name);
        found.map(|(.., tensor)| tensor.clone())
    };
    let (query, value, key) = (find(0, "query"), find(1, "value"), find(2, "key"));
    let count = [&query, &value, &key].iter().filter(|operand| operand.is_some()).count();
    if count != tensors.len() || flags.iter().any(|flag| flag == "use_causal_mask") {
        return Err(Problem::unsupported(
            "expected query, value and key, found a mask",
            "leave the mask out",
        ));
    }
    if flags.iter().any(|flag| flag == "return_attention_scores") {
        let message = "`return_attention_scores`: expected false, found true";
        return Err(Problem::unsupported(message, "switch it off"));
    }
    let query =
        query.ok_or_else(|| Problem::malformed("expected a query, found none", "save the model again"))?;
    let value = value.unwrap_or_else(|| query.clone());
    let key = key.unwrap_or_else(|| value.clone());
    Ok(Operands { query, value, key })
}

/// A layer of the attention.
struct Part<'a> {
    vars: Vars<'a>,
    name: String,
    config: Attributes,
    inputs: Vec<KerasTensor>,
    output: String,
}

/// A class with its module.
type Class = (&'static str, &'static str);

const EINSUM_DENSE: Class = ("QEinsumDense", "hgq.layers.core.einsum_dense");
const EINSUM: Class = ("QEinsum", "hgq.layers.ops.einsum");
const SOFTMAX: Class = ("QSoftmax", "hgq.layers.softmax");

impl Part<'_> {
    /// Converts the layer.
    fn run(
        &self,
        (class_name, module): Class,
        convert: impl FnOnce(&mut Call<'_, '_>) -> Result<Made, Problem>,
    ) -> Result<Made, Problem> {
        convert(&mut Call {
            class_name,
            module,
            name: self.name.clone(),
            config: LayerConfig(&self.config),
            inputs: self.inputs.clone(),
            arguments: &Resolved::default(),
            node: 0,
            output: self.output.clone(),
            vars: self.vars.clone(),
            findings: &mut Findings::default(),
        })
    }
}

/// The projections, the products, the softmax between them, and the projection of the sum.
fn heads(call: &Call<'_, '_>, operands: Operands) -> Result<Made, Problem> {
    let Operands { query, value, key } = operands;
    let config = call.config;
    let (n_heads, key_dim) = (config.int("num_heads")?, config.int("key_dim")?);
    let value_dim = config.int("value_dim")?;
    let unique = format!("{}_{}", call.name, call.node);
    let tensor = |suffix: &str| format!("{unique}_{suffix}");
    let rank = query.shape.len() + 1;
    let equations = attention(config, rank)?;
    let mut layers: Vec<Entry> = Vec::new();
    let mut add = |made: Made, name: String| {
        let renamed = made.layers.into_iter().map(|mut layer| {
            layer.set("name", format!("{}_{}", call.name, layer.text("name")));
            layer
        });
        layers.extend(renamed);
        KerasTensor { name, shape: made.shape }
    };
    let mut projected = Vec::new();
    for (name, input, dim, suffix) in
        [("query", &query, key_dim, "Q"), ("key", &key, key_dim, "K"), ("value", &value, value_dim, "V")]
    {
        let rows = known(&input.shape)?;
        let rows = rows.split_last().map(|(_, rows)| rows).unwrap_or_default();
        let shape: Vec<i64> = rows.iter().copied().chain([n_heads, dim]).collect();
        let has_bias = name != "key" && config.bool("use_bias")?;
        let made = project(call, name, input, &shape, has_bias, tensor(suffix))?;
        projected.push(add(made, tensor(suffix)));
    }
    let [q, k, v] = projected.as_slice() else {
        return Err(Problem::malformed(
            "expected query, key and value, found others",
            "save the model again",
        ));
    };
    let score = einsum(call, &equations.dot_product, "QK", [k, q], tensor("pre_score"))?;
    let score = add(score, tensor("pre_score"));
    let made = softmax(call, &score, &equations.axes, key_dim, tensor("score"))?;
    let score = add(made, tensor("score"));
    let sum = einsum(call, &equations.combine, "aV", [&score, v], tensor("pre_O"))?;
    let sum = add(sum, tensor("pre_O"));
    let output = if config.bool("enable_oq")? { format!("{}_q", call.output) } else { call.output.clone() };
    let made = project_output(call, &query, &sum, output.clone())?;
    let made = add(made, output);
    Ok(Made { layers, shape: made.shape })
}

/// The projection of query, key or value. Those that are fused share a quantizer, which is saved with the first by name.
fn project(
    call: &Call<'_, '_>,
    name: &str,
    input: &KerasTensor,
    shape: &[i64],
    has_bias: bool,
    output: String,
) -> Result<Made, Problem> {
    let (equation, axes) = projection(input.shape.len().saturating_sub(1), 1, 2)?;
    let mut config = dense_config(call, &equation, shape, has_bias.then_some(axes));
    let has_iq = call.config.bool("enable_iq")?;
    let fuse = call.config.get("fuse").and_then(Attribute::as_str).unwrap_or("none");
    let is_fused = has_iq && (fuse == "qkv" || (fuse == "kv" && name != "query"));
    config.insert("enable_iq", has_iq);
    config.insert("enable_oq", true);
    let vars = call.vars.child(&format!("{name}_dense"), Some(name));
    let part = Part { vars, name: name.to_owned(), config, inputs: vec![input.clone()], output };
    part.run(EINSUM_DENSE, |inner| {
        if !is_fused {
            return q_einsum_dense::with(inner, &QLayer::of(inner)?);
        }
        let config = QuantizerConfig::read(inner.config.get("iq_conf"), "qkvo_iq_conf")?;
        let vars = call.vars.child("key_dense", Some("value")).child("iq", Some("value_iq"));
        let shared = Quantizer::read(&vars, config, "value_iq".to_owned())?;
        q_einsum_dense::with(inner, &QLayer { inputs: vec![shared], output: Some(own(inner, "oq")?) })
    })
}

/// The projection of the sum.
fn project_output(
    call: &Call<'_, '_>,
    query: &KerasTensor,
    sum: &KerasTensor,
    output: String,
) -> Result<Made, Problem> {
    let query = known(&query.shape)?;
    let (last, rows) = query.split_last().unwrap_or((&1, &[]));
    let value = call.config.get("output_shape");
    let list = value.and_then(|value| value.as_list().or_else(|| value.as_map()?.get("items")?.as_list()));
    let dims = match (value.and_then(Attribute::as_int), list) {
        (Some(one), _) => vec![one],
        (None, Some(list)) => list.iter().filter_map(Attribute::as_int).collect(),
        (None, None) => vec![*last],
    };
    let (equation, axes) = projection(query.len(), 2, dims.len())?;
    let shape: Vec<i64> = rows.iter().copied().chain(dims).collect();
    let mut config = dense_config(call, &equation, &shape, call.config.bool("use_bias")?.then_some(axes));
    config.insert("enable_iq", true);
    config.insert("enable_oq", call.config.bool("enable_oq")?);
    let name = "attention_output".to_owned();
    let vars = call.vars.child("output_dense", Some(&name));
    let part = Part { vars, name, config, inputs: vec![sum.clone()], output };
    part.run(EINSUM_DENSE, |inner| q_einsum_dense::with(inner, &QLayer::of(inner)?))
}

/// A product of two tensors, without quantizers.
fn einsum(
    call: &Call<'_, '_>,
    equation: &str,
    suffix: &str,
    inputs: [&KerasTensor; 2],
    output: String,
) -> Result<Made, Problem> {
    let config = Attributes::from([("equation", Attribute::from(equation))]);
    let name = format!("{}_{suffix}", call.name);
    let part =
        Part { vars: call.vars.clone(), name, config, inputs: inputs.map(Clone::clone).into(), output };
    part.run(EINSUM, |inner| q_einsum::plain(inner))
}

/// The softmax of the scores, which are divided by the square root of the keys' dimension.
fn softmax(
    call: &Call<'_, '_>,
    score: &KerasTensor,
    axes: &[i64],
    key_dim: i64,
    output: String,
) -> Result<Made, Problem> {
    let vars = call.vars.child_like("_softmax", "q_softmax", 0);
    let name = vars.name().unwrap_or_else(|| "q_softmax".to_owned());
    let mut config = Attributes::from([
        ("axes", Attribute::from(axes.to_vec())),
        ("enable_iq", false.into()),
        ("enable_oq", true.into()),
        ("stable", call.config.bool("stable_softmax")?.into()),
        ("allow_heterogeneous_table", call.config.bool("softmax_allow_heterogeneous_table")?.into()),
        ("input_scaler", (1.0 / (key_dim as f64).sqrt()).into()),
        ("parallelization_factor", Attribute::Int(-1)),
    ]);
    for key in ["exp_iq_conf", "exp_oq_conf", "inv_iq_conf", "inv_oq_conf", "oq_conf"] {
        config.insert(key, call.config.0.get(&format!("softmax_{key}")).cloned().unwrap_or_default());
    }
    let part = Part { vars, name, config, inputs: vec![score.clone()], output };
    part.run(SOFTMAX, q_softmax::convert)
}

/// The configuration of a projection.
fn dense_config(call: &Call<'_, '_>, equation: &str, shape: &[i64], bias_axes: Option<String>) -> Attributes {
    let mut config = Attributes::from([
        ("equation", Attribute::from(equation)),
        ("output_shape", Attribute::from(shape.to_vec())),
        ("bias_axes", Attribute::from(bias_axes)),
    ]);
    for key in ["iq_conf", "kq_conf", "bq_conf", "oq_conf"] {
        config.insert(key, call.config.0.get(&format!("qkvo_{key}")).cloned().unwrap_or_default());
    }
    config
}

/// The quantizer behind the whole attention, if there is one.
fn quantized_output(call: &Call<'_, '_>, mut made: Made) -> Result<Made, Problem> {
    if call.config.bool("enable_oq")? {
        let tensor = KerasTensor { name: call.output.clone(), shape: made.shape.clone() };
        made.layers.push(own(call, "oq")?.layer(&tensor, false)?);
    }
    Ok(made)
}
