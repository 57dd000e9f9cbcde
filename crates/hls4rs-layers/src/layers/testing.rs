//! What the tests of the kinds share: a graph that is only a list of variables.

use hls4rs_types::{Attributes, NamedType, Precision, Tensor, TensorVariable};

use crate::{
    AttributeSpec, Draft, InitContext, Initializer, LayerError, LayerId, LayerSpec, LayerState, Unattached,
};

/// An output that an earlier layer makes, in `fixed<16,6>`.
pub(super) fn variable(output: &str, shape: &[usize]) -> (String, TensorVariable) {
    let ty = NamedType::new("input_t", Precision::fixed(16, 6));
    (output.to_owned(), TensorVariable::new(output, ty, shape))
}

/// The state of the layer, whose number is 3, after it joined a graph that has these outputs.
pub(super) fn initialized(draft: Draft, outputs: &[(String, TensorVariable)]) -> LayerState {
    try_initialize(draft, outputs).unwrap()
}

/// The same, or why the layer could not join the graph.
pub(super) fn try_initialize(
    draft: Draft,
    outputs: &[(String, TensorVariable)],
) -> Result<LayerState, LayerError> {
    initialize_then(draft, outputs, |_| Ok(()))
}

/// The same, with something that a pass does to the layer afterwards.
pub(super) fn initialize_then(
    draft: Draft,
    outputs: &[(String, TensorVariable)],
    then: impl FnOnce(&mut Initializer<'_>) -> Result<(), LayerError>,
) -> Result<LayerState, LayerError> {
    let Draft { spec, name, inputs, outputs: mut own, attributes } = draft;
    if own.is_empty() {
        own.push(name.clone());
    }
    let mut state = LayerState { inputs, outputs: own, attributes, ..LayerState::default() };
    let context = Variables(outputs);
    Initializer::new(&name, spec, &mut state, 3, &context).run()?;
    then(&mut Initializer::new(&name, spec, &mut state, 3, &context))?;
    Ok(state)
}

struct Variables<'a>(&'a [(String, TensorVariable)]);

impl InitContext for Variables<'_> {
    fn variable(&self, output: &str) -> Option<&TensorVariable> {
        self.0.iter().find(|(name, _)| name == output).map(|(_, variable)| variable)
    }

    fn constant(&self, _: &str) -> Option<&Tensor> {
        None
    }

    fn precision(&self, layer: LayerId<'_>, slot: &str) -> Result<(Precision, String), LayerError> {
        Unattached.precision(layer, slot)
    }

    fn layer_config(&self, layer: LayerId<'_>) -> Attributes {
        Unattached.layer_config(layer)
    }

    fn is_compressed(&self, layer: LayerId<'_>) -> bool {
        Unattached.is_compressed(layer)
    }

    fn strategy(&self, layer: LayerId<'_>) -> String {
        Unattached.strategy(layer)
    }

    fn reuse_factor(&self, layer: LayerId<'_>) -> i64 {
        Unattached.reuse_factor(layer)
    }

    fn backend(&self) -> &str {
        Unattached.backend()
    }

    fn graph_outputs(&self) -> &[String] {
        Unattached.graph_outputs()
    }

    fn extensions(&self, spec: &LayerSpec) -> Vec<AttributeSpec> {
        Unattached.extensions(spec)
    }
}
