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
            &["Embedding"],
            &["Dense"],
            &["BatchNormalization"],
            &["Activation"],
        ],
    },
    Template {
        form: TemplateForm::Config,
        kinds: &[&["Embedding"], &["Dense"], &["BatchNormalization"], &["Activation"]],
    },
]);
