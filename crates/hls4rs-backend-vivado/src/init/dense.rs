//! Dense layers.

use hls4rs_backend::LayerInitializer;
use hls4rs_graph::{PassError, Patch};
use hls4rs_types::{NamedType, Precision, TypeForm};

use super::spec;
use super::strategy::{Unrolled, set_strategy};

/// Sets strategy, reuse factor and the type of indices of a dense layer.
///
/// **Source:** `VivadoBackend.init_dense`, hls4ml 1.3.0.
pub static INIT_DENSE: LayerInitializer = LayerInitializer {
    spec: &spec("init-dense", "init_dense", "sets strategy, reuse factor and the type of indices"),
    kind: "Dense",
    initialize,
};

fn initialize(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    set_strategy(patch, name, Unrolled::Always)?;
    let node = patch.expect_node(name)?;
    let is_compressed = patch.config.is_compressed(node.id());
    let precision = if is_compressed && node.text("strategy") == Some("resource") && is_resource(patch, name)?
    {
        let precision = compressed_index(patch, name)?;
        patch.set(name, "strategy", "compressed")?;
        precision
    } else {
        Precision::uint(1)
    };
    set_index_type(patch, name, precision)
}

/// Whether the configuration says `resource`, not another strategy that is replaced by it.
fn is_resource(patch: &Patch<'_>, name: &str) -> Result<bool, PassError> {
    Ok(patch.config.strategy(patch.expect_node(name)?.id()).eq_ignore_ascii_case("resource"))
}

fn compressed_index(patch: &Patch<'_>, name: &str) -> Result<Precision, PassError> {
    match &patch.expect_node(name)?.state().weight("weight")?.ty.form {
        TypeForm::Compressed { index_precision } => Ok(*index_precision),
        _ => Err(PassError::unsupported(
            "compressed weights",
            "weights that are not compressed",
            "convert the model with `Compression` set, or leave it off",
        )),
    }
}

/// Sets the type of indices, `layer{index}_index`.
pub(super) fn set_index_type(
    patch: &mut Patch<'_>,
    name: &str,
    precision: Precision,
) -> Result<(), PassError> {
    let index = patch.expect_node(name)?.state().int("index")?;
    patch.set(name, "index_t", NamedType::new(format!("layer{index}_index"), precision))?;
    Ok(())
}
