//! Applying flows by name, and building models from what a converter hands over.

use hls4rs_archive::Model;
use hls4rs_backend::Backend;
use hls4rs_frontend::SourceError;
use hls4rs_graph::{Diagnostic, Flow, FlowError, FlowOptions, FlowReport, GraphError, LayerList, ModelGraph};
use thiserror::Error;

use crate::{BACKENDS, backend, flow};

/// Why a model cannot be built or brought to a backend.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// There is no backend of that name.
    #[error("backend: expected one of {expected}, found `{found}`")]
    UnknownBackend {
        /// The names there are.
        expected: String,
        /// The name found.
        found: String,
    },
    /// There is no flow of that name.
    #[error("flow: expected one of {expected}, found `{found}`")]
    UnknownFlow {
        /// The names there are.
        expected: String,
        /// The name found.
        found: String,
    },
    /// The source cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The source or the configuration has what cannot be converted.
    #[error("{}", listed(errors))]
    Findings {
        /// Everything that was found.
        errors: Vec<Diagnostic>,
    },
    /// A layer or the configuration is wrong.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A flow ended before its end.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// The model cannot be brought to another backend.
    #[error(transparent)]
    Retarget(#[from] crate::RetargetError),
}

/// The messages, with the help of each, a line each.
fn listed(errors: &[Diagnostic]) -> String {
    let line = |error: &Diagnostic| match &error.help {
        Some(help) => format!("{}\n  help: {help}", error.message),
        None => error.message.clone(),
    };
    let count =
        if errors.len() == 1 { "one problem".to_owned() } else { format!("{} problems", errors.len()) };
    format!("{count}:\n{}", errors.iter().map(line).collect::<Vec<_>>().join("\n"))
}

impl ConvertError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Flow(error) => error.help(),
            Self::Retarget(error) => error.help(),
            _ => None,
        }
    }
}

/// The backend of that name, in any case.
///
/// # Errors
/// If there is none; the error lists those there are.
pub fn expect_backend(name: &str) -> Result<&'static dyn Backend, ConvertError> {
    backend(name).ok_or_else(|| ConvertError::UnknownBackend {
        expected: BACKENDS
            .iter()
            .map(|backend| format!("`{}`", backend.name()))
            .collect::<Vec<_>>()
            .join(", "),
        found: name.to_owned(),
    })
}

/// The flow of that name.
///
/// # Errors
/// If there is none; the error lists those there are.
pub fn expect_flow(name: &str) -> Result<&'static Flow, ConvertError> {
    flow(name).ok_or_else(|| {
        let of_backends = BACKENDS.iter().flat_map(|backend| backend.flows());
        let flows = hls4rs_passes::FLOWS.iter().chain(of_backends);
        ConvertError::UnknownFlow {
            expected: flows.map(|flow| format!("`{}`", flow.name)).collect::<Vec<_>>().join(", "),
            found: name.to_owned(),
        }
    })
}

/// Applies a flow to a graph, after those that it requires and that were not applied yet.
///
/// ```no_run
/// let mut model = hls4rs::open("model.fml")?;
/// hls4rs::apply_flow(&mut model.graph, "vivado:optimize", &mut Default::default())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If backend or flow are unknown, or a pass fails; the graph is then as it was.
pub fn apply_flow(
    graph: &mut ModelGraph,
    name: &str,
    options: &mut FlowOptions<'_>,
) -> Result<FlowReport, ConvertError> {
    graph.set_extensions(expect_backend(graph.config.backend())?);
    Ok(graph.apply_flow(expect_flow(name)?, options)?)
}

/// Builds a model from what a converter hands over, and brings it to its backend, up to where hls4ml goes on from by
/// itself. The model keeps the list, so that it can be brought to another backend later.
///
/// # Errors
/// If the backend is unknown, a layer cannot be made, or a pass fails.
pub fn build(list: LayerList) -> Result<(Model, FlowReport), ConvertError> {
    build_with(list, &mut FlowOptions::default())
}

/// The same with options for the flows. `until` is the backend's own choice where it is not given.
///
/// # Errors
/// If the backend is unknown, a layer cannot be made, or a pass fails.
pub fn build_with(
    list: LayerList,
    options: &mut FlowOptions<'_>,
) -> Result<(Model, FlowReport), ConvertError> {
    let name = list.options.get("Backend").and_then(|name| name.as_str()).unwrap_or("Vivado");
    let backend = expect_backend(name)?;
    let mut graph = list.build(backend.default_flow().name, Some(backend))?;
    options.until = options.until.or(Some(backend.saved_flow().name));
    let mut report = FlowReport::default();
    for name in graph.config.flows.clone() {
        let FlowReport { diagnostics, applied } = graph.apply_flow(expect_flow(&name)?, options)?;
        report.diagnostics.extend(diagnostics);
        report.applied.extend(applied);
    }
    let model = Model { source: Some(list), ..Model::new(graph) };
    Ok((model, report))
}
