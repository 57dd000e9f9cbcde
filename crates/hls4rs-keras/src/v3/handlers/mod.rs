//! The classes that are converted, a file each or a file for classes of one form.

mod activation;
mod attention_equations;
mod bidirectional;
mod conv;
mod dense;
mod einsum_dense;
mod fallback;
mod input;
mod merge;
mod no_op;
mod pooling;
mod q_attention;
mod q_batch_norm;
mod q_conv;
mod q_dense;
mod q_einsum;
mod q_einsum_dense;
mod q_plain;
mod q_quantizer;
mod q_softmax;
mod q_unary_lut;
mod recurrent;
mod reshape;

use hls4rs_frontend::Problem;

use super::call::{Call, Made};

/// Makes layers of a call of a Keras layer.
pub(crate) type Convert = fn(&mut Call<'_, '_>) -> Result<Made, Problem>;

/// A class: its name, the module that Python has it in, and what converts it.
type Class = (&'static str, &'static str, Convert);

/// The classes of Keras in order.
const KERAS: &[Class] = &[
    ("InputLayer", "keras.src.layers.core.input_layer", input::convert),
    ("Dense", "keras.src.layers.core.dense", dense::convert),
    ("EinsumDense", "keras.src.layers.core.einsum_dense", einsum_dense::convert),
    ("Activation", "keras.src.layers.activations.activation", activation::convert),
    ("ReLU", "keras.src.layers.activations.relu", activation::relu),
    ("LeakyReLU", "keras.src.layers.activations.leaky_relu", activation::relu),
    ("PReLU", "keras.src.layers.activations.prelu", activation::relu),
    ("ELU", "keras.src.layers.activations.elu", activation::elu),
    ("Softmax", "keras.src.layers.activations.softmax", activation::softmax),
    ("Conv1D", "keras.src.layers.convolutional.conv1d", conv::plain),
    ("Conv2D", "keras.src.layers.convolutional.conv2d", conv::plain),
    ("DepthwiseConv1D", "keras.src.layers.convolutional.depthwise_conv1d", conv::depthwise),
    ("DepthwiseConv2D", "keras.src.layers.convolutional.depthwise_conv2d", conv::depthwise),
    ("SeparableConv1D", "keras.src.layers.convolutional.separable_conv1d", conv::separable),
    ("SeparableConv2D", "keras.src.layers.convolutional.separable_conv2d", conv::separable),
    ("MaxPooling1D", "keras.src.layers.pooling.max_pooling1d", pooling::convert),
    ("MaxPooling2D", "keras.src.layers.pooling.max_pooling2d", pooling::convert),
    ("AveragePooling1D", "keras.src.layers.pooling.average_pooling1d", pooling::convert),
    ("AveragePooling2D", "keras.src.layers.pooling.average_pooling2d", pooling::convert),
    ("GlobalMaxPooling1D", "keras.src.layers.pooling.global_max_pooling1d", pooling::convert),
    ("GlobalMaxPooling2D", "keras.src.layers.pooling.global_max_pooling2d", pooling::convert),
    ("GlobalAveragePooling1D", "keras.src.layers.pooling.global_average_pooling1d", pooling::convert),
    ("GlobalAveragePooling2D", "keras.src.layers.pooling.global_average_pooling2d", pooling::convert),
    ("Add", "keras.src.layers.merging.add", merge::convert),
    ("Subtract", "keras.src.layers.merging.subtract", merge::convert),
    ("Multiply", "keras.src.layers.merging.multiply", merge::convert),
    ("Average", "keras.src.layers.merging.average", merge::convert),
    ("Maximum", "keras.src.layers.merging.maximum", merge::convert),
    ("Minimum", "keras.src.layers.merging.minimum", merge::convert),
    ("Concatenate", "keras.src.layers.merging.concatenate", merge::convert),
    ("Dot", "keras.src.layers.merging.dot", merge::convert),
    ("Reshape", "keras.src.layers.reshaping.reshape", reshape::convert),
    ("Flatten", "keras.src.layers.reshaping.flatten", reshape::flatten),
    ("Permute", "keras.src.layers.reshaping.permute", reshape::permute),
    ("SimpleRNN", "keras.src.layers.rnn.simple_rnn", recurrent::convert),
    ("LSTM", "keras.src.layers.rnn.lstm", recurrent::convert),
    ("GRU", "keras.src.layers.rnn.gru", recurrent::convert),
    ("Bidirectional", "keras.src.layers.rnn.bidirectional", bidirectional::convert),
    ("AlphaDropout", "keras.src.layers.regularization.alpha_dropout", no_op::convert),
    ("Dropout", "keras.src.layers.regularization.dropout", no_op::convert),
    ("GaussianDropout", "keras.src.layers.regularization.gaussian_dropout", no_op::convert),
    ("SpatialDropout1D", "keras.src.layers.regularization.spatial_dropout", no_op::convert),
    ("SpatialDropout2D", "keras.src.layers.regularization.spatial_dropout", no_op::convert),
    ("SpatialDropout3D", "keras.src.layers.regularization.spatial_dropout", no_op::convert),
    ("BatchNormalization", "", fallback::convert),
    ("LayerNormalization", "", fallback::convert),
    ("Embedding", "", fallback::convert),
    ("ThresholdedReLU", "", fallback::convert),
    ("UpSampling1D", "", fallback::convert),
    ("UpSampling2D", "", fallback::convert),
    ("ZeroPadding1D", "", fallback::convert),
    ("ZeroPadding2D", "", fallback::convert),
    ("Cropping1D", "", fallback::convert),
    ("Cropping2D", "", fallback::convert),
    ("TimeDistributed", "", fallback::convert),
];

/// The module of a random change of images.
macro_rules! random {
    ($name:literal) => {
        concat!("keras.src.layers.preprocessing.image_preprocessing.random_", $name)
    };
}

/// Random changes of images: their names behind `Random`, and in the names of their modules.
const RANDOM: &[Class] = &[
    ("RandomBrightness", random!("brightness"), no_op::convert),
    ("RandomColorDegeneration", random!("color_degeneration"), no_op::convert),
    ("RandomColorJitter", random!("color_jitter"), no_op::convert),
    ("RandomContrast", random!("contrast"), no_op::convert),
    ("RandomCrop", random!("crop"), no_op::convert),
    ("RandomElasticTransform", random!("elastic_transform"), no_op::convert),
    ("RandomErasing", random!("erasing"), no_op::convert),
    ("RandomFlip", random!("flip"), no_op::convert),
    ("RandomGaussianBlur", random!("gaussian_blur"), no_op::convert),
    ("RandomGrayscale", random!("grayscale"), no_op::convert),
    ("RandomHue", random!("hue"), no_op::convert),
    ("RandomInvert", random!("invert"), no_op::convert),
    ("RandomPerspective", random!("perspective"), no_op::convert),
    ("RandomPosterization", random!("posterization"), no_op::convert),
    ("RandomRotation", random!("rotation"), no_op::convert),
    ("RandomSaturation", random!("saturation"), no_op::convert),
    ("RandomSharpness", random!("sharpness"), no_op::convert),
    ("RandomShear", random!("shear"), no_op::convert),
    ("RandomTranslation", random!("translation"), no_op::convert),
    ("RandomZoom", random!("zoom"), no_op::convert),
];

/// The classes of HGQ2 in order.
const HGQ: &[Class] = &[
    ("Quantizer", "hgq.quantizer.quantizer", q_quantizer::convert),
    ("QDense", "hgq.layers.core.dense", q_dense::convert),
    ("QBatchNormDense", "hgq.layers.core.dense", q_dense::normalized),
    ("QEinsumDense", "hgq.layers.core.einsum_dense", q_einsum_dense::convert),
    ("QEinsumDenseBatchnorm", "hgq.layers.einsum_dense_batchnorm", q_einsum_dense::normalized),
    ("QConv1D", "hgq.layers.conv", q_conv::convert),
    ("QConv2D", "hgq.layers.conv", q_conv::convert),
    ("QActivation", "hgq.layers.activation", q_plain::activation),
    ("QUnaryFunctionLUT", "hgq.layers.activation", q_unary_lut::convert),
    ("QBatchNormalization", "hgq.layers.batch_normalization", q_batch_norm::convert),
    ("QAdd", "hgq.layers.ops.merge", q_plain::merge),
    ("QSubtract", "hgq.layers.ops.merge", q_plain::merge),
    ("QMultiply", "hgq.layers.ops.merge", q_plain::merge),
    ("QAverage", "hgq.layers.ops.merge", q_plain::merge),
    ("QMaximum", "hgq.layers.ops.merge", q_plain::merge),
    ("QMinimum", "hgq.layers.ops.merge", q_plain::merge),
    ("QAveragePow2", "hgq.layers.ops.merge", q_plain::merge),
    ("QDot", "hgq.layers.ops.merge", q_plain::merge),
    ("QEinsum", "hgq.layers.ops.einsum", q_einsum::convert),
    ("QSoftmax", "hgq.layers.softmax", q_softmax::convert),
    ("QMaxPooling1D", "hgq.layers.pooling", q_plain::pooling),
    ("QMaxPooling2D", "hgq.layers.pooling", q_plain::pooling),
    ("QAveragePooling1D", "hgq.layers.pooling", q_plain::pooling),
    ("QAveragePooling2D", "hgq.layers.pooling", q_plain::pooling),
    ("QGlobalMaxPooling1D", "hgq.layers.pooling", q_plain::pooling),
    ("QGlobalMaxPooling2D", "hgq.layers.pooling", q_plain::pooling),
    ("QGlobalAveragePooling1D", "hgq.layers.pooling", q_plain::pooling),
    ("QGlobalAveragePooling2D", "hgq.layers.pooling", q_plain::pooling),
    ("QMultiHeadAttention", "hgq.layers.multi_head_attention", q_attention::convert),
    ("QLinformerAttention", "hgq.layers.linformer_attention", q_attention::linformer),
];

/// The classes that are converted.
pub(crate) fn classes() -> Vec<&'static str> {
    KERAS.iter().chain(RANDOM).chain(HGQ).map(|(class, ..)| *class).collect()
}

/// The module that has a class, and what converts it.
pub(crate) fn handler(package: &str, class_name: &str) -> Option<(&'static str, Convert)> {
    let classes: &[&[Class]] = match package {
        "keras" => &[KERAS, RANDOM],
        "hgq" => &[HGQ],
        _ => &[],
    };
    let found = classes.iter().copied().flatten().find(|(class, ..)| *class == class_name);
    found.map(|(_, module, convert)| (*module, *convert))
}
