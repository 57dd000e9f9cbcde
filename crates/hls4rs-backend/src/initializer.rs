//! What a backend sets of the layers of a kind, before its other passes.

use std::fmt;

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch};

/// A pass that completes layers of a kind and of its special cases for a backend.
///
/// **Source:** `hls4ml.model.optimizer.optimizer.LayerOptimizerPass`, hls4ml 1.3.0. A flow has them ordered by how special the
/// kind is, then by name (`Backend._get_layer_initializers`).
pub struct LayerInitializer {
    /// The declaration of the pass.
    pub spec: &'static PassSpec,
    /// The kind; every kind if empty.
    pub kind: &'static str,
    /// Completes a layer.
    pub initialize: fn(&mut Patch<'_>, &str) -> Result<(), PassError>,
}

impl fmt::Debug for LayerInitializer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spec.name)
    }
}

impl NodePass for LayerInitializer {
    fn spec(&self) -> &'static PassSpec {
        self.spec
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(self.kind.is_empty() || node.is_a(self.kind))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        (self.initialize)(patch, name)?;
        Ok(Outcome::Kept)
    }
}

/// Sets the layer's reuse factor and the clock cycles that it may take, as the configuration says.
///
/// **Source:** the backends' `init_base_layer`, hls4ml 1.3.0.
///
/// # Errors
/// If the configuration has no reuse factor.
pub fn init_base_layer(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let id = patch.expect_node(name)?.id();
    let Some(reuse_factor) = patch.config.reuse_factor(id) else {
        return Err(PassError::unsupported(
            "a reuse factor in the configuration",
            "none",
            "set `HLSConfig.Model.ReuseFactor`",
        ));
    };
    let target_cycles = patch.config.target_cycles(id);
    patch.set(name, "reuse_factor", reuse_factor)?;
    patch.set(name, "target_cycles", target_cycles)?;
    Ok(())
}
