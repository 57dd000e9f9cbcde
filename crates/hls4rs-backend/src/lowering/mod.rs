//! What the flows `specific_types` of the backends change in layers, one file per pass.
//!
//! These passes look at one layer, the configuration and the variables around it, and change what the layer holds. So they
//! are of use twice: in flows, where they change the graph, and in [`crate::specialize`], which leaves it as it is.

mod conv_instructions;
mod da_templates;
mod generated_code;
mod quartus_resource;
mod resource_strategy;
mod storage;
mod transform_types;
mod variables;
mod winograd;

use std::fmt;

use hls4rs_graph::{Config, ModelGraph, Node, NodePass, Outcome, PassError, PassSpec, Patch};
use hls4rs_layers::{Layer, LayerId, LayerState};

use crate::{IoType, Target, Vendor};

pub use da_templates::{DA_COMBINATIONAL_TEMPLATE, DA_CONV_TEMPLATE, DA_DENSE_TEMPLATE};
pub use generated_code::{GENERATE_CONV_IM2COL, GENERATE_UNROLLED_DENSE};
pub(crate) use storage::is_in_bram;
pub(crate) use variables::{Place, kind_of};

/// Gives variables the types of the generated C++.
pub static TRANSFORM_TYPES: LoweringPass = LoweringPass(&transform_types::TransformTypes);
/// Computes the instructions for convolutions of encoded streams.
pub static GENERATE_CONV_INSTRUCTIONS: LoweringPass =
    LoweringPass(&conv_instructions::GenerateConvInstructions);
/// Transposes the weights of layers with the resource strategy, for Vivado.
pub static APPLY_RESOURCE_STRATEGY: LoweringPass = LoweringPass(&resource_strategy::VIVADO);
/// Transposes the weights of layers with the resource strategy, for Catapult.
pub static APPLY_CATAPULT_RESOURCE_STRATEGY: LoweringPass = LoweringPass(&resource_strategy::CATAPULT);
/// Transposes and pads the weights of all layers with matrix products, for Quartus and oneAPI.
pub static APPLY_QUARTUS_RESOURCE_STRATEGY: LoweringPass =
    LoweringPass(&quartus_resource::ApplyQuartusResourceStrategy);
/// Transforms the weights of convolutions after Winograd.
pub static APPLY_WINOGRAD: LoweringPass = LoweringPass(&winograd::ApplyWinograd);

/// A change of what one layer holds.
pub(crate) trait Lowering: fmt::Debug + Sync {
    /// The declaration of the pass.
    fn spec(&self) -> &'static PassSpec;

    /// Whether the pass is for this layer.
    fn matches(&self, site: Site<'_>) -> Result<bool, PassError>;

    /// What the layer holds behind the pass. `state` is what [`Site::state`] is.
    fn lower(&self, site: Site<'_>, state: &mut LayerState) -> Result<(), PassError>;

    /// Whether the backend has what the layer holds behind the pass. Flows ask; what only looks at a graph does not.
    fn check(&self, _site: Site<'_>, _state: &LayerState) -> Result<(), PassError> {
        Ok(())
    }
}

/// A layer, what it holds at the time, and what it is part of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site<'a> {
    pub(crate) graph: &'a ModelGraph,
    pub(crate) target: Target,
    pub(crate) name: &'a str,
    pub(crate) layer: &'a dyn Layer,
    pub(crate) state: &'a LayerState,
}

impl<'a> Site<'a> {
    /// A layer of a graph as it is.
    pub(crate) fn of(node: Node<'a>) -> Result<Self, PassError> {
        let Node { graph, name, layer } = node;
        let target = target(&graph.config)?;
        Ok(Self { graph, target, name, layer, state: layer.state() })
    }

    /// Whether the layer's kind is one of these, or a special case of one.
    pub(crate) fn is_any(&self, kinds: &[&str]) -> bool {
        kinds.iter().any(|kind| self.layer.is_a(kind))
    }

    /// How the configuration refers to the layer.
    pub(crate) fn id(&self) -> LayerId<'a> {
        LayerId { name: self.name, kind: self.layer.kind() }
    }

    /// A text attribute in lower case, empty where it is missing.
    pub(crate) fn text(&self, attribute: &str) -> String {
        let text = self.state.get(attribute).and_then(|value| value.as_str());
        text.unwrap_or_default().to_lowercase()
    }

    /// Whether layers pass streams.
    pub(crate) fn is_stream(&self) -> bool {
        self.target.io_type == IoType::Stream
    }
}

/// Backend and interface of a configuration, for passes.
pub(crate) fn target(config: &Config) -> Result<Target, PassError> {
    Target::of(config).map_err(|error| {
        let help = "set `Backend` and `IOType` of the configuration";
        PassError::unsupported("a known backend and interface", error, help)
    })
}

/// A change of what one layer holds, as a pass of a flow.
#[derive(Debug)]
pub struct LoweringPass(&'static dyn Lowering);

impl NodePass for LoweringPass {
    fn spec(&self) -> &'static PassSpec {
        self.0.spec()
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        self.0.matches(Site::of(node)?)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let mut state = node.state().clone();
        let site = Site::of(node)?;
        self.0.lower(site, &mut state)?;
        self.0.check(site, &state)?;
        *patch.state_mut(name)? = state;
        Ok(Outcome::Kept)
    }
}

/// The changes that a backend makes in its flow `specific_types`, in order.
pub(crate) fn lowerings(vendor: Vendor) -> &'static [&'static dyn Lowering] {
    const TYPES: &dyn Lowering = &transform_types::TransformTypes;
    const INSTRUCTIONS: &dyn Lowering = &conv_instructions::GenerateConvInstructions;
    const WINOGRAD: &dyn Lowering = &winograd::ApplyWinograd;
    match vendor {
        Vendor::Vivado | Vendor::VivadoAccelerator | Vendor::Vitis => {
            &[TYPES, INSTRUCTIONS, &resource_strategy::VIVADO]
        }
        Vendor::Catapult => &[TYPES, INSTRUCTIONS, &resource_strategy::CATAPULT, WINOGRAD],
        Vendor::Quartus | Vendor::OneApi => {
            &[TYPES, &quartus_resource::ApplyQuartusResourceStrategy, WINOGRAD]
        }
        Vendor::Libero => &[TYPES],
    }
}
