//! Flows: ordered lists of passes.

use std::fmt;

use super::{GraphPass, NodePass, PassSpec};

/// A pass of either kind.
#[derive(Clone, Copy)]
pub enum Pass {
    /// One that looks at one layer at a time.
    Node(&'static dyn NodePass),
    /// One that looks at the whole graph.
    Graph(&'static dyn GraphPass),
}

impl Pass {
    /// The declaration.
    #[must_use]
    pub fn spec(&self) -> &'static PassSpec {
        match self {
            Self::Node(pass) => pass.spec(),
            Self::Graph(pass) => pass.spec(),
        }
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spec().name)
    }
}

/// A pass in a flow, under the backend for which hls4ml records it.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The pass.
    pub pass: Pass,
    /// Name of the backend in lower case, if the pass is a backend's.
    pub backend: Option<&'static str>,
}

impl Step {
    /// A pass that looks at one layer at a time.
    #[must_use]
    pub const fn node(pass: &'static dyn NodePass) -> Self {
        Self { pass: Pass::Node(pass), backend: None }
    }

    /// A pass that looks at the whole graph.
    #[must_use]
    pub const fn graph(pass: &'static dyn GraphPass) -> Self {
        Self { pass: Pass::Graph(pass), backend: None }
    }

    /// The same, recorded for a backend.
    #[must_use]
    pub const fn of(self, backend: &'static str) -> Self {
        Self { backend: Some(backend), ..self }
    }

    /// The name in the record of applied flows: `vivado:clone_output`.
    #[must_use]
    pub fn record(&self) -> String {
        self.record_of(self.pass.spec().upstream)
    }

    /// The same for another name of the pass.
    pub(super) fn record_of(&self, name: &str) -> String {
        self.backend.map_or_else(|| name.to_owned(), |backend| format!("{backend}:{name}"))
    }
}

/// An ordered list of passes, and the flows that must have been applied before.
///
/// **Source:** `hls4ml.model.flow.flow.Flow`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct Flow {
    /// The name, which goes into the record: `convert`, `vivado:optimize`.
    pub name: &'static str,
    /// One line: what it does.
    pub summary: &'static str,
    /// The flows that come before it, in order.
    pub requires: &'static [&'static Flow],
    /// The passes in order.
    pub steps: &'static [Step],
}
