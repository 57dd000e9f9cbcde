//! What a pass is.

use super::{PassError, Patch};
use crate::{ModelGraph, Node};

/// What a pass keeps of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preserves {
    /// Every output, bit for bit, of a model whose precisions are set.
    Bits,
    /// The shapes of the model's outputs.
    Shapes,
    /// Nothing in particular.
    Nothing,
}

/// The declaration of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassSpec {
    /// Name in kebab case, verb first: `fuse-batch-norm`.
    pub name: &'static str,
    /// Name in hls4ml, which goes into the record of applied flows: `fuse_batch_normalization`.
    pub upstream: &'static str,
    /// One line: what it does.
    pub summary: &'static str,
    /// What it keeps.
    pub preserves: Preserves,
}

/// What a rewrite did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing, or only attributes were changed: the pass goes on with the next layer.
    Kept,
    /// Layers came, went or were connected otherwise: the flow begins again with its first pass.
    Restructured,
}

/// A pass that looks at one layer at a time.
pub trait NodePass: Sync {
    /// The declaration.
    fn spec(&self) -> &'static PassSpec;

    /// Whether the pass is for this layer. A pass counts as applied if it was for one.
    ///
    /// # Errors
    /// If the layer lacks what its kind must have.
    fn matches(&self, node: Node<'_>) -> Result<bool, PassError>;

    /// Changes the graph at the layer of that name.
    ///
    /// # Errors
    /// If the change is not possible.
    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError>;
}

/// A pass that looks at the whole graph. It is run once in a flow, unless it did not apply.
pub trait GraphPass: Sync {
    /// The declaration.
    fn spec(&self) -> &'static PassSpec;

    /// Changes the graph. Returns whether it applied, as the record of flows is to say.
    ///
    /// # Errors
    /// If the change is not possible.
    fn run(&self, patch: &mut Patch<'_>) -> Result<bool, PassError>;

    /// The names for the record of flows, where the pass applied: more than its own, if it stands for several of hls4ml's.
    fn recorded(&self, _graph: &ModelGraph) -> Vec<String> {
        vec![self.spec().upstream.to_owned()]
    }
}
