//! Variables that are another name for their layer's input.

use hls4rs_graph::{PassError, Patch};
use hls4rs_layers::LayerError;
use hls4rs_types::{Attribute, TensorVariable, VariableForm};

/// Makes a layer's first output another name for its first input: the output keeps name and shape, and has the input's
/// type.
///
/// **Source:** `hls4ml.model.types.InplaceTensorVariable`, hls4ml 1.3.0. Setting it as the layer's attribute, as passes do,
/// renames the type to `result_t` if it is the graph's only output: this is then the input's type, too.
pub(crate) fn use_memory_of_input(patch: &mut Patch<'_>, layer: &str) -> Result<(), PassError> {
    let node = patch.expect_node(layer)?;
    let (Some(input), Some(output)) = (node.input_variable(0).cloned(), node.output_variable().cloned())
    else {
        return Err(LayerError::UnknownInput {
            input: node.state().inputs.first().cloned().unwrap_or_default(),
        }
        .into());
    };
    let Some(name) = node.state().outputs.first().cloned() else { return Ok(()) };
    let is_result = matches!(patch.outputs(), [only] if *only == name);
    let input = if is_result { renamed_type(patch, &input)? } else { input };
    let TensorVariable { name: variable, shape, .. } = output;
    let ty = input.ty.clone();
    let attributes = &mut patch.state_mut(layer)?.attributes;
    attributes.insert("result_t", ty.clone());
    let inplace =
        TensorVariable { name: variable, ty, shape, form: VariableForm::Inplace { input: Box::new(input) } };
    let state = patch.state_mut(layer)?;
    let key = state.variable_key(&name);
    state.attributes.insert(key, inplace);
    Ok(())
}

/// The variable with its type named `result_t`, wherever the type stands at the layer that makes the variable.
fn renamed_type(patch: &mut Patch<'_>, variable: &TensorVariable) -> Result<TensorVariable, PassError> {
    const RESULT: &str = "result_t";
    let mut renamed = variable.clone();
    renamed.ty.name = RESULT.to_owned();
    let names: Vec<String> = patch.layers().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        let state = patch.state_mut(&name)?;
        let makes = state.attributes.values().any(|value| value.as_variable() == Some(variable));
        for (_, value) in state.attributes.iter_mut().filter(|_| makes) {
            match value {
                Attribute::Variable(made) if **made == *variable => **made = renamed.clone(),
                Attribute::Type(ty) if **ty == variable.ty => ty.name = RESULT.to_owned(),
                _ => {}
            }
        }
    }
    Ok(renamed)
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::{Activation, Reshape};

    use crate::passes::testing::{applied, graph};
    use crate::passes::{InplaceParallelReshape, InplaceStreamFlatten};

    #[test]
    fn arrays_are_given_out_under_the_name_of_the_input() {
        let mut graph = graph("io_parallel", &[2, 3], &["r"]);
        graph.add(Activation::builder("a").activation("relu")).unwrap();
        graph.add(Reshape::builder("r").target_shape(vec![6i64])).unwrap();
        graph.add(Activation::builder("b").activation("relu")).unwrap();
        let graph = applied(graph, &InplaceParallelReshape);
        assert_eq!(graph.outputs(), ["a"]);
        for layer in ["a", "r"] {
            let state = graph.layer(layer).unwrap().state();
            assert_eq!(state.variable(layer).unwrap().ty.name, "result_t");
            assert_eq!(state.named_type("result_t").unwrap().name, "result_t");
        }
        assert_eq!(graph.output_variable("r").unwrap().name, "layer3_out");
    }

    #[test]
    fn streams_that_are_given_out_stay() {
        let mut graph = graph("io_stream", &[2, 3], &["r"]);
        graph.add(Reshape::builder("r").target_shape(vec![6i64])).unwrap();
        assert_eq!(applied(graph.clone(), &InplaceStreamFlatten), graph);
    }
}
