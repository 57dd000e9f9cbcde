//! Bringing a model to another backend.

use hls4rs_archive::Model;
use hls4rs_backend::configure::{arguments_for, options_from_arguments, source_kind};
use hls4rs_graph::{FlowReport, LayerList, Severity};
use hls4rs_types::{Attribute, Attributes};
use thiserror::Error;

use crate::diff::{Category, diff};
use crate::flows::{ConvertError, build, expect_backend};

/// Where a model is to go.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RetargetOptions {
    /// Name of the backend.
    pub backend: String,
    /// `io_parallel` or `io_stream`; as it is, if not given.
    pub io_type: Option<String>,
    /// The part; the backend's default, if not given.
    pub part: Option<String>,
    /// Clock period in nanoseconds; the backend's default, if not given.
    pub clock_period: Option<f64>,
}

impl RetargetOptions {
    /// To that backend, with its defaults.
    #[must_use]
    pub fn new(backend: impl Into<String>) -> Self {
        Self { backend: backend.into(), io_type: None, part: None, clock_period: None }
    }

    /// With that way of passing data.
    #[must_use]
    pub fn with_io_type(self, io_type: impl Into<String>) -> Self {
        Self { io_type: Some(io_type.into()), ..self }
    }

    /// With that part.
    #[must_use]
    pub fn with_part(self, part: impl Into<String>) -> Self {
        Self { part: Some(part.into()), ..self }
    }

    /// With that clock period, in nanoseconds.
    #[must_use]
    pub fn with_clock_period(self, clock_period: f64) -> Self {
        Self { clock_period: Some(clock_period), ..self }
    }
}

/// Why a model cannot be brought to another backend.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RetargetError {
    /// The archive does not hold what its converter handed over.
    #[error("expected the model as its converter handed it over, found none in the archive")]
    NoSource,
    /// The graph is not what the list beside it gives: it was edited, and retargeting would lose that.
    #[error(
        "expected the graph as it was converted, found one that was changed since: {first} (of {count} differences)"
    )]
    Edited {
        /// Differences between the graph as converted and as it is.
        count: usize,
        /// One of them.
        first: String,
    },
    /// The options are none of the backend's.
    #[error("{}", messages.join("; "))]
    Options {
        /// What is wrong with each.
        messages: Vec<String>,
    },
}

impl RetargetError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::NoSource => Some("convert the source model with hls4rs, whose archives hold it"),
            Self::Edited { .. } => Some("retarget the model as it was converted, and edit it afterwards"),
            Self::Options { .. } => None,
        }
    }
}

/// Brings a model to another backend. A model that keeps what its converter handed over becomes exactly what converting for
/// that backend gives: it is built anew from the list. A graph that was edited since it was converted is refused, because the
/// edits would be lost.
///
/// # Errors
/// If the backend is unknown, the model keeps no list or was edited, an option is not the backend's, or a pass fails.
pub fn retarget(model: &Model, options: &RetargetOptions) -> Result<(Model, FlowReport), ConvertError> {
    let backend = expect_backend(&options.backend)?;
    let Some(source) = &model.source else { return Err(RetargetError::NoSource.into()) };
    expect_unchanged(model, source)?;
    let old = source.options.get("Backend").and_then(Attribute::as_str).unwrap_or("Vivado");
    let mut arguments = arguments_for(&source.options, expect_backend(old)?, backend);
    ask(&mut arguments, options);
    let (new, found) = options_from_arguments(backend, source_kind(&source.options), &arguments);
    let errors: Vec<String> = found
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| found.message.clone())
        .collect();
    if !errors.is_empty() {
        return Err(RetargetError::Options { messages: errors }.into());
    }
    let (model, mut report) = build(LayerList { options: new, ..source.clone() })?;
    report.diagnostics.splice(0..0, found);
    Ok((model, report))
}

/// Ends with an error if the graph is not the one that the list gives.
fn expect_unchanged(model: &Model, source: &LayerList) -> Result<(), ConvertError> {
    let (converted, _) = build(source.clone())?;
    let mut differences = diff(&converted, model);
    differences.retain(|difference| difference.category != Category::Provenance);
    match differences.first() {
        Some(first) => {
            Err(RetargetError::Edited { count: differences.len(), first: first.to_string() }.into())
        }
        None => Ok(()),
    }
}

/// Adds what was asked for.
fn ask(arguments: &mut Attributes, options: &RetargetOptions) {
    for (name, value) in [("io_type", &options.io_type), ("part", &options.part)] {
        if let Some(value) = value {
            arguments.insert(name, value.as_str());
        }
    }
    if let Some(period) = options.clock_period {
        let whole = period.fract() == 0.0 && period.abs() < 1e15;
        arguments.insert(
            "clock_period",
            if whole { Attribute::Int(period as i64) } else { Attribute::Float(period) },
        );
    }
}
