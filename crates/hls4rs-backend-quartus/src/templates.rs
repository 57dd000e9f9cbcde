//! The C++ that the backend writes for layers, by kind.

use hls4rs_backend::{Template, TemplateForm, WriteTemplates};

/// The templates, with the kinds of layers that they are for.
///
/// **Source:** the templates that hls4ml 1.3.0 registers for the backend.
pub(crate) static TEMPLATES: WriteTemplates = WriteTemplates(&[
    Template {
        form: TemplateForm::Function,
        kinds: &[
            &["Clone"],
            &["FixedPointQuantizer"],
            &["UnaryLUT"],
            &["Repack"],
            &["BatchNormalizationQuantizedTanh"],
            &["PointwiseConv1D"],
            &["PointwiseConv2D"],
            &["Embedding"],
            &["Pooling1D", "Pooling2D", "GlobalPooling1D", "GlobalPooling2D"],
            &["ApplyAlpha"],
            &["GRU"],
            &["LSTM"],
            &["SimpleRNN"],
            &["ZeroPadding1D", "ZeroPadding2D"],
            &["Resize"],
            &["Transpose"],
            &["Conv1D"],
            &["Conv2D", "Conv2DBatchnorm"],
            &["Dense"],
            &["BatchNormalization"],
            &["Activation", "HardActivation", "Softmax"],
            &["ParametrizedActivation"],
            &["PReLU"],
            &["Merge", "Concatenate", "Dot"],
        ],
    },
    Template {
        form: TemplateForm::Config,
        kinds: &[
            &["BatchNormalizationQuantizedTanh"],
            &["PointwiseConv1D"],
            &["PointwiseConv2D"],
            &["Embedding"],
            &["Pooling1D", "Pooling2D", "GlobalPooling1D", "GlobalPooling2D"],
            &["ApplyAlpha"],
            &["GRU"],
            &["LSTM"],
            &["SimpleRNN"],
            &["ZeroPadding1D", "ZeroPadding2D"],
            &["Resize"],
            &["Transpose"],
            &["Conv1D"],
            &["Conv2D", "Conv2DBatchnorm"],
            &["Dense"],
            &["BatchNormalization"],
            &["Activation", "UnaryLUT"],
            &["ParametrizedActivation", "PReLU"],
            &["HardActivation"],
            &["Softmax"],
            &["Merge"],
            &["Dot"],
            &["Concatenate"],
        ],
    },
]);
