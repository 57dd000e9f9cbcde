//! Contractions of two tensors.

use hls4rs_graph::{Diagnostic, PassError, Patch};
use hls4rs_types::{Attribute, Attributes};

use super::spec;
use crate::{EinsumRecipe, LayerInitializer, parse_einsum};

/// Sets how a contraction of two tensors is computed.
///
/// **Source:** `init_einsum` of the backends Vivado and oneAPI, hls4ml 1.3.0: the recipe is there twice, under its own names and under those of
/// the templates. Distributed arithmetic means latency here.
pub static INIT_EINSUM: LayerInitializer = LayerInitializer {
    spec: &spec("init-einsum", "init_einsum", "sets how the contraction is computed"),
    kind: "Einsum",
    initialize,
};

fn initialize(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let state = patch.expect_node(name)?.state();
    let shapes = [state.shape("inp0_shape")?, state.shape("inp1_shape")?];
    let recipe = parse_einsum(state.str("equation")?, [&shapes[0], &shapes[1]])?;
    refuse_sums(&recipe)?;
    let parallel = state.attributes.get("parallelization_factor").cloned();
    for (key, value) in entries(&recipe) {
        patch.set(name, &key, value)?;
    }
    let parallel = parallel.unwrap_or_else(|| Attribute::Int(number(recipe.n_free[0])));
    patch.set(name, "parallelization_factor", parallel)?;
    let chosen = patch.config.strategy(patch.expect_node(name)?.id()).to_owned();
    let strategy = match chosen.to_lowercase().as_str() {
        "resource" => "resource",
        "" | "latency" | "distributed_arithmetic" => "latency",
        _ => warn_latency_instead(patch, name, &chosen, "`latency`, `resource` or `distributed_arithmetic`")?,
    };
    patch.set(name, "strategy", strategy)?;
    Ok(())
}

fn entries(recipe: &EinsumRecipe) -> Attributes {
    let EinsumRecipe {
        direct_sum_axes,
        in_transpose,
        n_free,
        n_inplace,
        n_contract,
        out_shape,
        out_transpose,
    } = recipe;
    let axes = |axes: &[usize]| Attribute::from(axes);
    let pair = |pair: &[Vec<usize>; 2]| Attribute::List(pair.iter().map(|one| axes(one)).collect());
    let size = |size: usize| Attribute::Int(number(size));
    Attributes::from([
        ("direct_sum_axis", pair(direct_sum_axes)),
        ("in_transpose_idxs", pair(in_transpose)),
        ("out_interpert_shape", axes(out_shape)),
        ("out_transpose_idxs", axes(out_transpose)),
        ("L0", size(n_free[0])),
        ("L1", size(n_free[1])),
        ("I", size(*n_inplace)),
        ("C", size(*n_contract)),
        ("n_free0", size(n_free[0])),
        ("n_free1", size(n_free[1])),
        ("n_inplace", size(*n_inplace)),
        ("n_contract", size(*n_contract)),
        ("inp0_tpose_idxs", axes(&in_transpose[0])),
        ("inp1_tpose_idxs", axes(&in_transpose[1])),
        ("out_tpose_idxs", axes(out_transpose)),
    ])
}

pub(super) fn number(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// Axes that one operand alone has are not summed over.
pub(super) fn refuse_sums(recipe: &EinsumRecipe) -> Result<(), PassError> {
    if recipe.direct_sum_axes.iter().all(Vec::is_empty) {
        return Ok(());
    }
    Err(PassError::unsupported(
        "letters of the equation in two of operands and result",
        "a letter in one operand alone",
        "sum over that axis before the layer",
    ))
}

/// Tells the user that a strategy is none for the layer, and gives the one that is used.
pub(super) fn warn_latency_instead(
    patch: &mut Patch<'_>,
    name: &str,
    chosen: &str,
    expected: &str,
) -> Result<&'static str, PassError> {
    let kind = patch.expect_node(name)?.layer.kind();
    let message =
        format!("`{name}` ({kind}): `Strategy`: expected {expected}, found `{chosen}`; `latency` is used");
    patch.warn(Diagnostic::warning("strategy-replaced", message));
    Ok("latency")
}
