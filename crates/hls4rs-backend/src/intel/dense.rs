//! Dense layers.

use hls4rs_graph::{PassError, Patch};
use hls4rs_types::{NamedType, Precision, TypeForm};

use super::set_padding;
use crate::init::spec;
use crate::{LayerInitializer, matrix_size, set_closest_reuse_factor};

/// Sets a valid reuse factor and the strategy `resource`, or `compressed` where the configuration wants that.
///
/// **Source:** `init_dense` of the backends Quartus and oneAPI, hls4ml 1.3.0. The type of indices is that of the compressed
/// weights only if the configuration has the strategy `resource`, too.
pub static INIT_DENSE: LayerInitializer = LayerInitializer {
    spec: &spec("init-dense", "init_dense", "sets reuse factor and strategy of dense layers"),
    kind: "Dense",
    initialize,
};

fn initialize(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    set_padding(patch, name)?;
    let node = patch.expect_node(name)?;
    let is_resource = patch.config.strategy(node.id()).eq_ignore_ascii_case("resource");
    let index = node.state().int("index")?;
    let mut precision = Precision::uint(1);
    if patch.config.is_compressed(node.id()) {
        if is_resource
            && let TypeForm::Compressed { index_precision } = node.state().weight("weight")?.ty.form
        {
            precision = index_precision;
        }
        patch.set(name, "strategy", "compressed")?;
    } else {
        set_closest_reuse_factor(patch, name, "reuse_factor", matrix_size(node)?, true)?;
        patch.set(name, "strategy", "resource")?;
    }
    patch.set(name, "index_t", NamedType::new(format!("layer{index}_index"), precision))?;
    Ok(())
}
