//! Contractions with a constant tensor.

use hls4rs_graph::{PassError, Patch};
use hls4rs_layers::WeightOptions;
use hls4rs_types::{Attribute, Strided, Tensor};

use super::einsum::{number, refuse_sums, warn_latency_instead};
use super::spec;
use crate::{EinsumRecipe, LayerInitializer, inverse, parse_einsum};

/// Brings weights and bias of a contraction into the order in which it is computed, and sets how.
///
/// Weights become `[n_inplace, n_contract, n_free]`; the bias has the dimensions of the result before it is transposed.
///
/// **Source:** `init_einsum_dense` of the backends Vivado and oneAPI, hls4ml 1.3.0. It also keeps a function that undoes the change of order, which
/// no archive can hold.
pub static INIT_EINSUM_DENSE: LayerInitializer = LayerInitializer {
    spec: &spec("init-einsum-dense", "init_einsum_dense", "brings weights into the order of the computation"),
    kind: "EinsumDense",
    initialize,
};

fn initialize(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let state = patch.expect_node(name)?.state();
    let (kernel, input) = (state.array("weight_data")?.clone(), state.shape("inp_shape")?);
    let recipe = parse_einsum(state.str("equation")?, [&input, kernel.shape()])?;
    refuse_sums(&recipe)?;
    let bias = bias(state.get("bias_data"), &state.shape("out_shape")?, &recipe)?;
    let parallel = state.attributes.get("parallelization_factor").cloned();
    let [input_order, kernel_order] = &recipe.in_transpose;
    let kernel = matrices(&kernel, kernel_order, &recipe)?;
    let axes = |axes: &[usize]| Attribute::from(axes);
    let size = |size: usize| Attribute::Int(number(size));
    for (key, value) in [
        ("weight_data", kernel.into()),
        ("bias_data", bias.into()),
        ("inp_tpose_idxs", axes(input_order)),
        ("out_tpose_idxs", axes(&recipe.out_transpose)),
        ("out_interpert_shape", axes(&recipe.out_shape)),
        ("n_free_data", size(recipe.n_free[0])),
        ("n_free_kernel", size(recipe.n_free[1])),
        ("n_inplace", size(recipe.n_inplace)),
        ("n_contract", size(recipe.n_contract)),
        ("parallelization_factor", parallel.unwrap_or_else(|| size(recipe.n_free[0]))),
    ] {
        patch.set(name, key, value)?;
    }
    let compress = patch.config.is_compressed(patch.expect_node(name)?.id());
    patch.add_weight(name, "weight", WeightOptions { compress, ..WeightOptions::default() })?;
    patch.add_weight(name, "bias", WeightOptions::default())?;
    set_strategy(patch, name)
}

/// The weights as matrices, one for each inplace index, as a dense layer has them.
fn matrices(kernel: &Tensor, order: &[usize], recipe: &EinsumRecipe) -> Result<Tensor, PassError> {
    let EinsumRecipe { n_inplace, n_free, n_contract, .. } = recipe;
    let ordered = Strided::of(kernel).transposed(order)?.reshaped(&[*n_inplace, n_free[1], *n_contract])?;
    Ok(ordered.transposed(&[0, 2, 1])?.finish()?)
}

/// The bias repeated to the shape of the output, or zeros in double precision, with the axes of the result.
fn bias(bias: Option<&Attribute>, shape: &[usize], recipe: &EinsumRecipe) -> Result<Tensor, PassError> {
    let bias = match bias.and_then(Attribute::as_array) {
        Some(bias) => Strided::of(bias).broadcast(shape)?,
        None => Strided::of(&Tensor::new(shape, vec![0f64; shape.iter().product()])?),
    };
    Ok(bias.transposed(&inverse(&recipe.out_transpose))?.finish()?)
}

fn set_strategy(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let chosen = patch.config.strategy(patch.expect_node(name)?.id()).to_owned();
    let strategy = match chosen.as_str() {
        "resource" => "resource",
        "distributed_arithmetic" => "distributed_arithmetic",
        "" | "latency" => "latency",
        _ => warn_latency_instead(patch, name, &chosen, "`latency`, `resource` or `distributed_arithmetic`")?,
    };
    patch.set(name, "strategy", strategy)?;
    Ok(())
}
