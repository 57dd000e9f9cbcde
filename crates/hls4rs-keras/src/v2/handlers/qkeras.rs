//! Layers of QKeras: those of Keras with quantizers.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::{Attribute, Attributes};

use super::recurrent as plain_recurrent;
use super::{
    batch_normalization as norm, conv1d as plain1d, conv2d as plain2d, dense as plain_dense, qactivation,
};
use crate::v2::quantizer::of_weight;
use crate::v2::{Context, Converted};

/// Pairs of the layer's key and the weight that the configuration names.
type Quantizers = &'static [(&'static str, &'static str)];

const KERNEL: Quantizers = &[("weight_quantizer", "kernel"), ("bias_quantizer", "bias")];
const DEPTHWISE: Quantizers = &[("depthwise_quantizer", "depthwise"), ("bias_quantizer", "bias")];
const SEPARABLE: Quantizers =
    &[("depthwise_quantizer", "depthwise"), ("pointwise_quantizer", "pointwise"), ("bias_quantizer", "bias")];
const RECURRENT: Quantizers = &[
    ("weight_quantizer", "kernel"),
    ("recurrent_weight_quantizer", "recurrent"),
    ("bias_quantizer", "bias"),
    ("accum_quantizer", "state"),
];
const NORM: Quantizers = &[
    ("mean_quantizer", "mean"),
    ("variance_quantizer", "variance"),
    ("beta_quantizer", "beta"),
    ("gamma_quantizer", "gamma"),
];

fn quantized(
    context: &Context<'_, '_>,
    converted: Converted,
    quantizers: Quantizers,
) -> Result<Converted, Problem> {
    let Converted { mut layer, shape } = converted;
    for (key, weight) in quantizers {
        layer.set(key, of_weight(context, weight)?);
    }
    Ok(Converted { layer, shape })
}

/// `QDense`.
///
/// **Source:** `parse_qdense_layer` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0.
pub(super) fn dense(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let converted = plain_dense::convert(context)?;
    quantized(context, converted, KERNEL)
}

/// `QConv1D`.
///
/// **Source:** `parse_qconv_layer` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0.
pub(super) fn conv1d(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let converted = plain1d::convert(context)?;
    quantized(context, converted, KERNEL)
}

/// `QConv2D`.
///
/// **Source:** `parse_qconv_layer` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0.
pub(super) fn conv2d(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let converted = plain2d::convert(context)?;
    quantized(context, converted, KERNEL)
}

/// `QDepthwiseConv2D`.
///
/// **Source:** `parse_qdepthwiseqconv_layer` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0.
pub(super) fn depthwise_conv2d(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let converted = plain2d::convert(context)?;
    quantized(context, converted, DEPTHWISE)
}

/// `QSeparableConv1D`.
///
/// **Source:** `parse_qsepconv_layer` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0.
pub(super) fn separable_conv1d(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let converted = plain1d::convert(context)?;
    quantized(context, converted, SEPARABLE)
}

/// `QSeparableConv2D`.
///
/// **Source:** `parse_qsepconv_layer` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0.
pub(super) fn separable_conv2d(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let converted = plain2d::convert(context)?;
    quantized(context, converted, SEPARABLE)
}

/// `QSimpleRNN`, `QLSTM` and `QGRU`, whose activations may be quantizers.
///
/// **Source:** `parse_qrnn_layer` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0.
pub(super) fn recurrent(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let converted = plain_recurrent::convert(context)?;
    let Converted { mut layer, shape } = quantized(context, converted, RECURRENT)?;
    let is_quantizer = |key: &str| !matches!(context.config.0.get(key), Some(Attribute::String(_)));
    if is_quantizer("activation") {
        let activation = not_hard(qactivation::layer(context, "activation")?)?;
        for key in ["activation", "activation_quantizer"] {
            layer.set(key, activation.get(key).cloned().unwrap_or_default());
        }
    }
    if context.class_name != "QSimpleRNN" && is_quantizer("recurrent_activation") {
        let activation = not_hard(qactivation::layer(context, "recurrent_activation")?)?;
        layer.set("recurrent_activation", activation.text("recurrent_activation"));
        layer.set("recurrent_activation_config", activation.into_attributes());
    }
    Ok(Converted { layer, shape })
}

fn not_hard(activation: Entry) -> Result<Entry, Problem> {
    if activation.text("class_name") == "HardActivation" {
        let message = "expected an activation that is not a hard one, found one";
        return Err(Problem::unsupported(message, "use `use_real_sigmoid` or `use_real_tanh`"));
    }
    Ok(activation)
}

/// `QBatchNormalization`.
///
/// **Source:** `parse_qbatchnorm_layer` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0.
pub(super) fn batch_normalization(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let converted = norm::convert(context)?;
    quantized(context, converted, NORM)
}

/// `QConv2DBatchnorm`: what a convolution and a batch normalization have, in one layer.
///
/// **Source:** `parse_qconv2dbatchnorm_layer` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0. Where both have an entry, the
/// convolution's place and the normalization's value count.
pub(super) fn conv2d_batchnorm(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let Converted { layer, shape } = conv2d(context)?;
    let mut batch = context.entry()?;
    norm::parameters(context, &mut batch, &shape)?;
    let mut merged: Attributes = layer.into_attributes();
    for (key, value) in batch.into_attributes() {
        merged.insert(key, value);
    }
    let mut layer = Entry::new();
    for (key, value) in merged {
        layer.set(&key, value);
    }
    Ok(Converted { layer, shape })
}
