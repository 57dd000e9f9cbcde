//! From a source model to a model of a backend, in one call.

use std::path::Path;

use hls4rs_archive::Model;
use hls4rs_backend::configure::{SourceKind, check_configuration, options_from_arguments};
use hls4rs_graph::{Diagnostic, Severity};
use hls4rs_types::{Attribute, Attributes};

use crate::flows::{ConvertError, build, expect_backend};
use crate::front_ends::{front_end, import, layer_list};

/// What a conversion gives.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Conversion {
    /// The model, as hls4ml has it where it goes on from by itself. It keeps what the importer gave, for retargeting.
    pub model: Model,
    /// What a user should know: about the configuration, the source, and the user's numbers.
    pub diagnostics: Vec<Diagnostic>,
}

/// Converts a source model. `arguments` are the keyword arguments of hls4ml's converters: `backend`, `io_type`, `hls_config`,
/// `part` and so on.
///
/// ```no_run
/// use hls4rs::prelude::*;
///
/// let arguments = Attributes::from([("backend", "Vitis"), ("io_type", "io_stream")]);
/// let conversion = hls4rs::convert("model.onnx", &arguments)?;
/// conversion.model.save("model.fml")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// **Source:** `convert_from_keras_model` and its like of `hls4ml.converters`, hls4ml 1.3.0.
///
/// # Errors
/// If the file cannot be read, something in it cannot be converted (all of it is listed), the configuration has impossible
/// values, or a pass fails.
pub fn convert(path: impl AsRef<Path>, arguments: &Attributes) -> Result<Conversion, ConvertError> {
    let path = path.as_ref();
    let name = arguments.get("backend").and_then(Attribute::as_str).unwrap_or("Vivado");
    let backend = expect_backend(name)?;
    let (options, mut diagnostics) = options_from_arguments(backend, source_kind_of(path), arguments);
    refuse(&diagnostics)?;
    let Conversion { model, diagnostics: found } = convert_with_options(path, options)?;
    diagnostics.extend(found);
    Ok(Conversion { model, diagnostics })
}

/// Converts a source model with the options as hls4ml writes them into `hls4ml_config.yml`.
///
/// # Errors
/// As for [`convert`].
pub fn convert_with_options(path: &Path, options: Attributes) -> Result<Conversion, ConvertError> {
    let imported = import(path, &options)?;
    let mut diagnostics = imported.findings.clone().into_diagnostics();
    refuse(&diagnostics)?;
    let list = layer_list(imported, options);
    let name = list.options.get("Backend").and_then(Attribute::as_str).unwrap_or("Vivado");
    if let Some(hls) = list.options.get("HLSConfig").and_then(Attribute::as_map) {
        let text = |layer: &Attributes, key: &str| {
            layer.get(key).and_then(Attribute::as_str).unwrap_or_default().to_owned()
        };
        let layers: Vec<(String, String)> =
            list.layers.iter().map(|layer| (text(layer, "name"), text(layer, "class_name"))).collect();
        let found = check_configuration(hls, expect_backend(name)?, &layers);
        refuse(&found)?;
        diagnostics.extend(found);
    }
    let (model, report) = build(list)?;
    diagnostics.extend(report.diagnostics);
    Ok(Conversion { model, diagnostics })
}

/// Everything that an import finds in a source, without converting it.
///
/// # Errors
/// If the file cannot be read.
pub fn doctor(path: impl AsRef<Path>) -> Result<Vec<Diagnostic>, ConvertError> {
    Ok(import(path.as_ref(), &Attributes::new())?.findings.into_diagnostics())
}

/// Which converter of hls4ml a file is for.
fn source_kind_of(path: &Path) -> SourceKind {
    match front_end(path).map(|front_end| front_end.name()) {
        Some("onnx") => SourceKind::Onnx,
        Some("torch") => SourceKind::Torch,
        _ => SourceKind::Keras,
    }
}

/// Stops where there are errors: all of them are told.
fn refuse(found: &[Diagnostic]) -> Result<(), ConvertError> {
    let errors: Vec<Diagnostic> =
        found.iter().filter(|found| found.severity == Severity::Error).cloned().collect();
    if errors.is_empty() { Ok(()) } else { Err(ConvertError::Findings { errors }) }
}
