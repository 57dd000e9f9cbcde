//! From a source model to a model of a backend, in one call.

use std::path::Path;

use hls4rs_archive::Model;
use hls4rs_backend::configure::{
    Granularity, InitialOptions, SourceKind, check_configuration, initial_configuration,
    options_from_arguments,
};
use hls4rs_graph::{Diagnostic, Severity};
use hls4rs_types::{Attribute, Attributes, Precision};

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

/// What decides about [`configuration`]; what is not said is as hls4ml has it for that kind of source.
#[derive(Debug, Clone, Default)]
pub struct ConfigurationOptions {
    /// What it has entries for.
    pub granularity: Option<Granularity>,
    /// The backend, whose keys are among those of the layers.
    pub backend: Option<String>,
    /// Precision of everything that nothing else is said about.
    pub precision: Option<String>,
    /// How many times each multiplier is used.
    pub reuse_factor: Option<i64>,
    /// The largest precision that is inferred.
    pub max_precision: Option<String>,
}

/// The configuration that a user starts from, `hls_config` among the arguments of [`convert`]: every key that the source's
/// layers have, with its default.
///
/// **Source:** `config_from_keras_model` and `config_from_onnx_model` of `hls4ml.utils.config`, hls4ml 1.3.0.
///
/// # Errors
/// If the file cannot be read, something in it cannot be converted (all of it is listed), or a precision is none.
pub fn configuration(
    path: impl AsRef<Path>,
    options: &ConfigurationOptions,
) -> Result<Attributes, ConvertError> {
    let path = path.as_ref();
    let backend = options.backend.as_deref().map(expect_backend).transpose()?;
    let kind = source_kind_of(path);
    let mut initial = InitialOptions::of(kind);
    initial.granularity = options.granularity.unwrap_or(initial.granularity);
    initial.reuse_factor = options.reuse_factor.unwrap_or(initial.reuse_factor);
    initial.max_precision.clone_from(&options.max_precision);
    if let Some(precision) = &options.precision {
        initial.precision.clone_from(precision);
    }
    check_precisions(&initial)?;
    let imported = import(path, &Attributes::new())?;
    let layers = imported.layers;
    refuse(&imported.findings.into_diagnostics())?;
    initial_configuration(&layers, kind, backend, &initial)
        .map_err(|errors| ConvertError::Findings { errors })
}

/// An error if a precision is none: an explicit one is needed.
fn check_precisions(options: &InitialOptions) -> Result<(), ConvertError> {
    let given =
        [("precision", Some(&options.precision)), ("maximum precision", options.max_precision.as_ref())];
    let wrong = given.into_iter().filter_map(|(name, text)| {
        let text = text?;
        let found = match text.parse::<Precision>() {
            Ok(precision) if !precision.is_unspecified() => return None,
            Ok(_) => "expected an explicit one, found `auto`".to_owned(),
            Err(error) => error.to_string(),
        };
        Some(Diagnostic::error("impossible-value", format!("{name}: {found}")))
    });
    refuse(&wrong.collect::<Vec<_>>())
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
