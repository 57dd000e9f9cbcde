//! Gives variables the types of the generated C++.

use hls4rs_graph::{PassError, PassSpec, Preserves};
use hls4rs_layers::{LayerState, RESERVED_OUTPUT};
use hls4rs_types::{Attribute, NamedType, TensorVariable, TypeForm, WeightVariable};

use super::variables::{Place, lower};
use super::{Lowering, Site};
use crate::cpp::Dialect;
use crate::{Vendor, data_length};

/// Gives outputs and weights the types of the generated C++.
///
/// ```text
/// io_stream     fc1: fixed<16,6>, 8 numbers        fc1: groups of 8 fixed<16,6>
/// Quartus       x                                  inputs.x
/// oneAPI        w2: fixed<16,6> named `weight_t`   w2: one group, named `w2_t`
/// ```
///
/// Of what the pass does in hls4ml, archives keep this much; the rest is in [`crate::Specialized`].
///
/// **Source:** `transform_types.py` of the backends, and `AttributeDict.__setitem__`, hls4ml 1.3.0: `result_t` becomes the type
/// of the variable that was set last, `weight_t` the one of `weight`.
#[derive(Debug)]
pub(crate) struct TransformTypes;

impl Lowering for TransformTypes {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "transform-types",
            upstream: "transform_types",
            summary: "gives outputs and weights the types of the generated C++",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, _site: Site<'_>) -> Result<bool, PassError> {
        Ok(true)
    }

    fn lower(&self, site: Site<'_>, state: &mut LayerState) -> Result<(), PassError> {
        let variables =
            site.state.attributes.iter().filter_map(|(key, value)| Some((key, value.as_variable()?)));
        for (key, variable) in variables {
            let lowered = lower_variable(site, key, variable)?;
            state.attributes.insert("result_t", lowered.ty.clone());
            state.attributes.insert(key, lowered);
        }
        let weights = site.state.attributes.iter().filter_map(|(key, value)| Some((key, value.as_weight()?)));
        for (key, weight) in weights {
            let lowered = lower_weight(site, weight)?;
            state.attributes.insert(format!("{key}_t"), lowered.ty.clone());
            state.attributes.insert(key, lowered);
        }
        Ok(())
    }

    fn check(&self, site: Site<'_>, state: &LayerState) -> Result<(), PassError> {
        let dialect = Dialect::of(site.target.vendor);
        let types = state.attributes.values().filter_map(Attribute::as_type);
        match types.into_iter().find(|named| !dialect.knows(&named.precision)) {
            Some(NamedType { name, precision, .. }) => Err(PassError::unsupported(
                format!("a precision that {} has", site.target.vendor),
                format!("`{precision}` for the type `{name}`"),
                "give the layer another precision in the configuration",
            )),
            None => Ok(()),
        }
    }
}

fn lower_variable(site: Site<'_>, key: &str, variable: &TensorVariable) -> Result<TensorVariable, PassError> {
    let output = key.strip_prefix(RESERVED_OUTPUT).unwrap_or(key);
    lower(Place { graph: site.graph, target: site.target, output }, variable)
}

/// oneAPI's weights are one group each, of a type of their own.
fn lower_weight(site: Site<'_>, weight: &WeightVariable) -> Result<WeightVariable, PassError> {
    let mut lowered = weight.clone();
    if site.target.vendor == Vendor::OneApi && !matches!(weight.ty.form, TypeForm::Packed { .. }) {
        let length = data_length(weight)?;
        lowered.ty = NamedType::packed(format!("{}_t", weight.name), weight.ty.precision, length, 1);
    }
    Ok(lowered)
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::{ModelGraph, NodePass, Patch};
    use hls4rs_layers::layers::{Activation, Reshape};
    use hls4rs_types::{Precision, Tensor, VariableForm};

    use super::*;
    use crate::lowering::TRANSFORM_TYPES;
    use crate::passes::InplaceStreamFlatten;
    use crate::passes::testing::{applied, graph};

    fn flattened(backend: &str, io_type: &str) -> ModelGraph {
        let mut graph = graph(io_type, &[2, 3], &["relu"]);
        graph.config.options.insert("Backend", backend);
        graph.add(Reshape::builder("flat").target_shape(vec![6i64])).unwrap();
        graph.add(Activation::builder("relu").activation("relu")).unwrap();
        applied(graph, &InplaceStreamFlatten)
    }

    fn variable(graph: &ModelGraph, output: &str) -> TensorVariable {
        graph.output_variable(output).unwrap().clone()
    }

    #[test]
    fn streams_carry_pixels_and_flattened_ones_those_of_their_source() {
        let graph = applied(flattened("Vivado", "io_stream"), &TRANSFORM_TYPES);
        assert_eq!(variable(&graph, "x").ty, NamedType::packed("input_t", Precision::fixed(16, 6), 3, 1));
        let flat = variable(&graph, "flat");
        assert_eq!(flat.ty, NamedType::packed("input_t", Precision::fixed(16, 6), 3, 1));
        let VariableForm::Inplace { input } = flat.form else { panic!("{flat:?}") };
        assert_eq!(*input, variable(&graph, "x"));
        let relu = NamedType::packed("result_t", Precision::fixed(16, 6), 6, 1);
        assert_eq!(variable(&graph, "relu").ty, relu);
        assert_eq!(graph.node("relu").unwrap().state().named_type("result_t"), Ok(&relu));
    }

    #[test]
    fn the_struct_of_inputs_is_named_once() {
        let once = applied(flattened("Quartus", "io_parallel"), &TRANSFORM_TYPES);
        assert_eq!(variable(&once, "x").name, "inputs.x");
        assert_eq!(variable(&once, "relu").name, "outputs.layer3_out");
        let twice = applied(once.clone(), &TRANSFORM_TYPES);
        for name in ["x", "flat", "relu"] {
            assert_eq!(once.node(name).unwrap().state(), twice.node(name).unwrap().state());
        }
    }

    #[test]
    fn one_api_groups_all_elements_and_names_the_types_of_weights() {
        let mut graph = flattened("oneAPI", "io_parallel");
        let ty = NamedType::new("model_default_t", Precision::int(4));
        let weight = WeightVariable::new("w2", ty, Tensor::zeros(&[2, 4]).unwrap());
        graph.layer_mut("flat").unwrap().state_mut().attributes.insert("weight", weight);
        let graph = applied(graph, &TRANSFORM_TYPES);
        assert_eq!(variable(&graph, "x").ty, NamedType::packed("input_t", Precision::fixed(16, 6), 6, 1));
        let state = graph.node("flat").unwrap().state();
        let expected = NamedType::packed("w2_t", Precision::int(4), 8, 1);
        assert_eq!(state.weight("weight").unwrap().ty, expected);
        assert_eq!(state.named_type("weight_t"), Ok(&expected));
    }

    #[test]
    fn what_is_not_decided_is_an_error_of_the_flow_alone() {
        let mut graph = flattened("Vivado", "io_parallel");
        let ty = NamedType::new("accum_t", Precision::Unspecified);
        graph.layer_mut("relu").unwrap().state_mut().attributes.insert("accum_t", ty);
        assert!(crate::specialize(&graph).is_ok());
        let mut diagnostics = Vec::new();
        let failed = TRANSFORM_TYPES.rewrite(&mut Patch::new(&mut graph, &mut diagnostics), "relu");
        assert!(matches!(failed, Err(PassError::Unsupported { .. })), "{failed:?}");
    }
}
