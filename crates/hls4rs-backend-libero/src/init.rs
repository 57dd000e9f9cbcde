//! What the backend sets of the layers of each kind, in upstream's order: general kinds first, then by name.

use hls4rs_backend::init::spec;
use hls4rs_backend::{LayerInitializer, matrix_size, set_closest_reuse_factor, set_target_reuse_factor};
use hls4rs_graph::{PassError, Patch};
use hls4rs_types::{Attribute, VariableForm};

/// Reuse factors, and structs for what goes in and out of the model.
///
/// **Source:** `LiberoBackend.init_base_layer`, hls4ml 1.3.0. A layer is one of the model's outputs if its name is among
/// the names of these: outputs that have another name than their layer stay plain.
pub(crate) static BASE_LAYER: LayerInitializer = LayerInitializer {
    spec: &spec(
        "init-base-layer",
        "init_base_layer",
        "sets reuse factors, and structs for inputs and outputs",
    ),
    kind: "",
    initialize: init_base_layer,
};

/// Dense layers.
///
/// **Source:** `LiberoBackend.init_dense`, hls4ml 1.3.0.
pub(crate) static DENSE: LayerInitializer = LayerInitializer {
    spec: &spec("init-dense", "init_dense", "sets strategy and reuse factor of dense layers"),
    kind: "Dense",
    initialize: init_dense,
};

fn init_base_layer(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let Some(reuse_factor) = patch.config.reuse_factor(patch.expect_node(name)?.id()) else {
        let help = "set `HLSConfig.Model.ReuseFactor`";
        return Err(PassError::unsupported("a reuse factor in the configuration", "none", help));
    };
    patch.set(name, "reuse_factor", reuse_factor)?;
    let is_interface = patch.inputs().iter().chain(patch.outputs()).any(|output| output == name);
    if is_interface { wrap_outputs(patch, name) } else { Ok(()) }
}

/// Makes the layer's variables structs. The type of the graph's only output gets its name on this occasion, where
/// passes have removed the layers behind it.
fn wrap_outputs(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let only = match patch.outputs() {
        [only] => Some(only.clone()),
        _ => None,
    };
    let state = patch.state_mut(name)?;
    let only = only.filter(|only| state.outputs.contains(only)).map(|only| state.variable_key(&only));
    let mut last = None;
    for (key, value) in state.attributes.iter_mut() {
        let Attribute::Variable(variable) = value else { continue };
        variable.form = VariableForm::StructWrapper;
        if only.as_deref() == Some(key) {
            "result_t".clone_into(&mut variable.ty.name);
        }
        last = Some(variable.ty.clone());
    }
    if let Some(ty) = last {
        state.attributes.insert("result_t", ty);
    }
    Ok(())
}

fn init_dense(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    if !patch.config.strategy(node.id()).eq_ignore_ascii_case("resource") {
        patch.set(name, "strategy", "latency")?;
        return Ok(());
    }
    let size = matrix_size(node)?;
    set_target_reuse_factor(patch, name)?;
    set_closest_reuse_factor(patch, name, "reuse_factor", size, true)?;
    patch.set(name, "strategy", "resource")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::{Config, FlowOptions, ModelGraph};
    use hls4rs_layers::layers::{Activation, Dense, Input};
    use hls4rs_types::Tensor;

    use crate::{Libero, flows};

    use super::*;

    #[test]
    fn what_goes_in_and_out_is_in_structs() {
        let mut graph = ModelGraph::new(Config::default());
        graph.set_extensions(&Libero);
        graph.set_io(["x"], ["relu"]);
        graph.add(Input::builder("x").input_shape([4])).unwrap();
        graph.add(Dense::builder("fc1").n_in(4).n_out(2).weight(Tensor::zeros(&[4, 2]).unwrap())).unwrap();
        graph.add(Dense::builder("fc2").n_in(2).n_out(2).weight(Tensor::zeros(&[2, 2]).unwrap())).unwrap();
        graph.add(Activation::builder("relu").activation("relu")).unwrap();
        graph.remove("relu").unwrap();
        graph.apply_steps(&flows::INIT_LAYERS, &mut FlowOptions::default()).unwrap();
        let form = |name: &str| graph.output_variable(name).unwrap().form.clone();
        assert_eq!((form("x"), form("fc1")), (VariableForm::StructWrapper, VariableForm::Plain));
        assert_eq!(form("fc2"), VariableForm::StructWrapper);
        let state = graph.layer("fc2").unwrap().state();
        assert_eq!(state.named_type("result_t").unwrap().name, "result_t");
        assert_eq!(state.variable("fc2").unwrap().ty.name, "result_t");
        assert_eq!(state.str("strategy"), Ok("latency"));
    }
}
