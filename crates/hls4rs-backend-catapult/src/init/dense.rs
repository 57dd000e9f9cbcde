//! Dense layers.

use hls4rs_backend::{LayerInitializer, matrix_size, set_closest_reuse_factor, set_target_reuse_factor};
use hls4rs_graph::{PassError, Patch};
use hls4rs_types::{NamedType, Precision, TypeForm};

use super::{is_resource, spec};

/// Sets strategy, reuse factor and the type of indices.
///
/// **Source:** `CatapultBackend.init_dense`, hls4ml 1.3.0. Weights that are compressed stay so with the strategy `latency`,
/// whose kernel cannot read them.
pub(crate) static DENSE: LayerInitializer = LayerInitializer {
    spec: &spec("init-dense", "init_dense", "sets how dense layers are computed"),
    kind: "Dense",
    initialize: init,
};

fn init(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    let (index, is_compressed) = (node.state().int("index")?, patch.config.is_compressed(node.id()));
    let mut precision = Precision::uint(1);
    if is_resource(patch, name)? {
        let size = matrix_size(node)?;
        let form = node.state().weight("weight")?.ty.form.clone();
        set_target_reuse_factor(patch, name)?;
        set_closest_reuse_factor(patch, name, "reuse_factor", size, true)?;
        if is_compressed {
            patch.set(name, "strategy", "compressed")?;
            if let TypeForm::Compressed { index_precision } = form {
                precision = index_precision;
            }
        } else {
            patch.set(name, "strategy", "resource")?;
        }
    } else {
        patch.set(name, "strategy", "latency")?;
    }
    patch.set(name, "index_t", NamedType::new(format!("layer{index}_index"), precision))?;
    Ok(())
}
