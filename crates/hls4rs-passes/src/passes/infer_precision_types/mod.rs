//! Finds the precisions that the configuration leaves open.

mod activations;
mod merges;
mod norms;
mod pooling;
mod products;
mod slots;

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::{Attribute, Precision};

use slots::Slots;

/// Gives a precision to every type of a layer that has none: `auto` in the configuration.
///
/// ```text
/// x: fixed<8,3> → dense (n_in 4, weights int<2>, bias fixed<6,1>, result auto)
/// x: fixed<8,3> → dense (accum and result fixed<13,8>)
/// ```
///
/// Results and accumulators get as many bits as the largest value needs, up to the precision `maximum` of the model, if
/// the configuration has it. Weights have the precision of their quantizer. What no rule is for gets the default
/// precision of the model. Layers are looked at in order, beginning again with the first one after each result that
/// was found.
///
/// **Source:** `hls4ml.model.optimizer.passes.infer_precision.InferPrecisionTypes`, hls4ml 1.3.0. It means to wait until
/// the input of a layer is known, but asks the named type instead of the precision, so that it never waits: a layer that
/// stands before the one it reads gets the default precision.
#[derive(Debug)]
pub struct InferPrecisionTypes;

impl NodePass for InferPrecisionTypes {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "infer-precision-types",
            upstream: "infer_precision_types",
            summary: "gives precisions to results, accumulators and weights where the configuration says `auto`",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        if node.state().inputs.is_empty() {
            return Err(PassError::unsupported(
                "layers with an input",
                format_args!("a layer of kind {}", node.layer.kind()),
                "constants must be part of the layers that use them; clean the model with QONNX' `cleanup`",
            ));
        }
        Ok(node.state().attributes.iter().any(|attribute| open_slot(attribute).is_some()))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let kind = node.layer.kind().to_owned();
        let open: Vec<String> = node.state().attributes.iter().filter_map(open_slot).collect();
        let is_result_open = open.iter().any(|slot| slot == "result");
        let mut slots = Slots::new(patch, name, open);
        if let Some((_, rule)) = RULES.iter().find(|(kinds, _)| kinds.contains(&kind.as_str())) {
            rule(&mut slots)?;
        }
        slots.set_defaults()?;
        Ok(if is_result_open { Outcome::Restructured } else { Outcome::Kept })
    }
}

/// The slot of a type that has no precision.
fn open_slot((name, value): (&str, &Attribute)) -> Option<String> {
    let is_open = value.as_type()?.precision == Precision::Unspecified;
    is_open.then(|| name.strip_suffix("_t").unwrap_or(name).to_owned())
}

type Rule = fn(&mut Slots<'_, '_>) -> Result<(), PassError>;

/// Which rule is for which kinds, their special cases not included.
const RULES: &[(&[&str], Rule)] = &[
    (&["Dense"], products::dense),
    (&["BatchNormalization", "ApplyAlpha", "LayerNormalization"], norms::norm),
    (&["Conv1D", "Conv2D", "PointwiseConv1D", "PointwiseConv2D", "Conv2DBatchnorm"], products::conv),
    (&["DepthwiseConv1D", "DepthwiseConv2D"], products::depthwise),
    (&["SeparableConv1D", "SeparableConv2D"], products::separable),
    (&["Pooling1D", "Pooling2D"], pooling::pooling),
    (&["Clone", "Reshape", "Resize", "Transpose", "ZeroPadding1D", "ZeroPadding2D"], pooling::like_input),
    (&["Merge"], merges::merge),
    (&["Concatenate"], merges::concatenate),
    (&["Dot"], merges::dot),
    (&["Embedding"], norms::embedding),
    (&["ParametrizedActivation"], activations::parametrized),
    (&["PReLU"], activations::prelu),
];

#[cfg(test)]
mod tests;
