//! The classes that are converted, a file each or a file for classes of one form.

mod activation;
mod batch_normalization;
mod bidirectional;
mod conv1d;
mod conv2d;
mod cropping;
mod dense;
mod embedding;
mod fixed_point_quantizer;
mod flatten;
mod garnet;
mod global_pooling;
mod input;
mod layer_normalization;
mod merge;
mod model;
mod permute;
mod pooling;
mod qactivation;
mod qkeras;
mod recurrent;
mod reshape;
mod time_distributed;
mod unary_lut;
mod up_sampling;
mod zero_padding;

use hls4rs_frontend::Problem;

use super::context::{Context, Converted};

/// Makes a layer of a Keras layer.
pub(crate) type Convert = fn(&mut Context<'_, '_>) -> Result<Converted, Problem>;

/// The classes in order, with what converts them.
pub(crate) const HANDLERS: &[(&[&str], Convert)] = &[
    (&["InputLayer"], input::convert),
    (&["Dense", "BinaryDense", "TernaryDense"], dense::convert),
    (activation::CLASSES, activation::convert),
    (&["BatchNormalization"], batch_normalization::convert),
    (&["LayerNormalization"], layer_normalization::convert),
    (&["Embedding"], embedding::convert),
    (&["Conv1D", "SeparableConv1D", "DepthwiseConv1D"], conv1d::convert),
    (&["Conv2D", "SeparableConv2D", "DepthwiseConv2D"], conv2d::convert),
    (merge::CLASSES, merge::convert),
    (&["MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D"], pooling::convert),
    (global_pooling::CLASSES, global_pooling::convert),
    (&["Flatten"], flatten::convert),
    (&["Reshape"], reshape::convert),
    (&["UpSampling1D", "UpSampling2D"], up_sampling::convert),
    (&["Permute"], permute::convert),
    (&["ZeroPadding1D", "ZeroPadding2D"], zero_padding::convert),
    (&["Cropping1D", "Cropping2D"], cropping::convert),
    (&["SimpleRNN", "LSTM", "GRU"], recurrent::convert),
    (&["TimeDistributed"], time_distributed::convert),
    (&["Bidirectional"], bidirectional::convert),
    (&["Sequential", "Functional"], model::convert),
    (&["GarNet", "GarNetStack"], garnet::convert),
    (&["QDense"], qkeras::dense),
    (&["QConv1D"], qkeras::conv1d),
    (&["QConv2D"], qkeras::conv2d),
    (&["QDepthwiseConv2D"], qkeras::depthwise_conv2d),
    (&["QSeparableConv1D"], qkeras::separable_conv1d),
    (&["QSeparableConv2D"], qkeras::separable_conv2d),
    (&["QSimpleRNN", "QLSTM", "QGRU"], qkeras::recurrent),
    (&["QActivation"], qactivation::convert),
    (&["QBatchNormalization"], qkeras::batch_normalization),
    (&["QConv2DBatchnorm"], qkeras::conv2d_batchnorm),
    (&["FixedPointQuantizer", "HGQ>FixedPointQuantizer"], fixed_point_quantizer::convert),
    (&["UnaryLUT", "HGQ>UnaryLUT"], unary_lut::convert),
];

/// What converts a class.
pub(crate) fn handler(class_name: &str) -> Option<Convert> {
    HANDLERS.iter().find(|(classes, _)| classes.contains(&class_name)).map(|(_, convert)| *convert)
}
