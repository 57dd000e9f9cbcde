//! Strategies of layers that multiply by a matrix, and the reuse factors that go with them.

use hls4rs_backend::{matrix_size, set_closest_reuse_factor, set_target_reuse_factor};
use hls4rs_graph::{Diagnostic, PassError, Patch};
use hls4rs_types::Attribute;

/// What a layer's strategy allows beside `latency`, `resource` and `distributed_arithmetic`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unrolled {
    /// Code for one layer, whatever it reads.
    Always,
    /// Code for one layer, but only if it reads streams.
    WithStreams,
}

/// Sets `strategy` and the closest valid `reuse_factor`. Everything that is no known strategy means `latency`.
///
/// **Source:** `VivadoBackend.init_dense`, `init_conv1d`, `init_conv2d`, hls4ml 1.3.0.
pub(super) fn set_strategy(patch: &mut Patch<'_>, name: &str, unrolled: Unrolled) -> Result<(), PassError> {
    let chosen = patch.config.strategy(patch.expect_node(name)?.id()).to_lowercase();
    let strategy = match chosen.as_str() {
        "resource" => {
            reuse(patch, name, true)?;
            "resource"
        }
        "resource_unrolled" if is_unrolled(patch, name, unrolled)? => {
            reuse(patch, name, false)?;
            "resource_unrolled"
        }
        "resource_unrolled" => {
            reuse(patch, name, true)?;
            "resource"
        }
        "distributed_arithmetic" | "da" => {
            check_distributed(patch, name)?;
            "distributed_arithmetic"
        }
        _ => "latency",
    };
    patch.set(name, "strategy", strategy)?;
    Ok(())
}

fn reuse(patch: &mut Patch<'_>, name: &str, include_largest: bool) -> Result<(), PassError> {
    let size = matrix_size(patch.expect_node(name)?)?;
    set_target_reuse_factor(patch, name)?;
    set_closest_reuse_factor(patch, name, "reuse_factor", size, include_largest)
}

/// Whether unrolled code is possible. If not, the user is told that the strategy `resource` is used.
fn is_unrolled(patch: &mut Patch<'_>, name: &str, unrolled: Unrolled) -> Result<bool, PassError> {
    let reason = if is_not_reused(patch, name)? {
        "a reuse factor above 1, found 1"
    } else if unrolled == Unrolled::WithStreams && patch.config.io_type() == "io_parallel" {
        "`io_stream`, found `io_parallel`"
    } else {
        return Ok(true);
    };
    warn_resource_instead(patch, name, reason)?;
    Ok(false)
}

/// Whether the layer's reuse factor is 1.
pub(super) fn is_not_reused(patch: &Patch<'_>, name: &str) -> Result<bool, PassError> {
    Ok(patch.expect_node(name)?.get("reuse_factor").and_then(Attribute::as_float).is_none_or(|rf| rf == 1.0))
}

pub(super) fn warn_resource_instead(
    patch: &mut Patch<'_>,
    name: &str,
    reason: &str,
) -> Result<(), PassError> {
    let kind = patch.expect_node(name)?.layer.kind();
    let message = format!(
        "`{name}` ({kind}): the strategy `resource_unrolled` needs {reason}; the strategy `resource` is used"
    );
    patch.warn(Diagnostic::warning("strategy-replaced", message));
    Ok(())
}

fn check_distributed(patch: &Patch<'_>, name: &str) -> Result<(), PassError> {
    if is_not_reused(patch, name)? {
        return Ok(());
    }
    let found =
        patch.expect_node(name)?.get("reuse_factor").and_then(Attribute::as_float).unwrap_or_default();
    Err(PassError::unsupported(
        "reuse factor 1 with the strategy `distributed_arithmetic`",
        format!("reuse factor {found}"),
        "set `ReuseFactor` of the layer to 1, or choose another strategy",
    ))
}
