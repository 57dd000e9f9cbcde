//! Bringing a model to another backend.

use hls4rs_archive::Model;
use hls4rs_backend::Backend;
use hls4rs_graph::{FlowReport, LayerList};
use hls4rs_types::{Attribute, Attributes};
use thiserror::Error;

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
}

impl RetargetError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::NoSource => Some("convert the source model with hls4rs, whose archives hold it"),
        }
    }
}

/// Brings a model to another backend. A model that keeps what its converter handed over becomes exactly what converting for
/// that backend gives.
///
/// # Errors
/// If the backend is unknown, the model cannot be undone, or a pass of the backend fails.
pub fn retarget(model: &Model, options: &RetargetOptions) -> Result<(Model, FlowReport), ConvertError> {
    let backend = expect_backend(&options.backend)?;
    let Some(source) = &model.source else { return Err(RetargetError::NoSource.into()) };
    let list = LayerList { options: retargeted(&source.options, backend, options), ..source.clone() };
    build(list)
}

/// The options of a conversion, those of the backend replaced.
fn retargeted(old: &Attributes, backend: &dyn Backend, options: &RetargetOptions) -> Attributes {
    let mut new = old.clone();
    new.insert("Backend", backend.name());
    for (key, value) in [("IOType", &options.io_type), ("Part", &options.part)] {
        if let Some(value) = value {
            new.insert(key, Attribute::String(value.clone()));
        }
    }
    if let Some(period) = options.clock_period {
        new.insert("ClockPeriod", Attribute::Float(period));
    }
    new
}
