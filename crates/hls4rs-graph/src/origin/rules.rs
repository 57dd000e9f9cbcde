//! Names that hls4ml's passes give to the layers that they make.

use super::facts::Facts;

/// How a pass makes a name from that of another layer.
#[derive(Debug)]
pub(super) struct Rule {
    /// Kinds of the layers.
    kinds: &'static [&'static str],
    /// What stands before the other layer's name.
    prefix: &'static str,
    /// What stands behind it.
    suffix: &'static str,
    role: Role,
}

/// What the layer is to the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It gives the other's result, but for an activation.
    Result,
    /// It gives the other's result, unless a layer with a factor follows.
    Quantized,
    /// It is a step on the way to the other's result.
    Step,
    /// It makes an input for the other.
    Input,
    /// It makes an input for the layer that reads it.
    InputOfReader,
    /// It stands for the other and a layer behind it.
    Merged,
}

/// Behind the name of a layer with a factor that was taken out of weights.
pub(super) const ALPHA: &str = "_alpha";
/// Behind the name of a layer that takes a quantizer's scale back.
pub(super) const RESCALE: &str = "_rescale";

/// Kinds of layers that no converter makes.
pub(super) const ONLY_PASSES: &[&str] =
    &["ApplyAlpha", "BatchNormalizationQuantizedTanh", "Broadcast", "Clone", "Repack", "Transpose"];
/// Kinds that a factor in front of them may become part of.
pub(super) const NORMALIZATIONS: &[&str] = &["BatchNormalization", "BatchNormalizationQuantizedTanh"];

const ALPHAS: &[&str] = &["ApplyAlpha"];
const POINTWISE: &[&str] = &["Conv1D", "Conv2D", "PointwiseConv1D", "PointwiseConv2D"];

const fn prefix(kinds: &'static [&'static str], prefix: &'static str, role: Role) -> Rule {
    Rule { kinds, prefix, suffix: "", role }
}

const fn suffix(kinds: &'static [&'static str], suffix: &'static str, role: Role) -> Rule {
    Rule { kinds, prefix: "", suffix, role }
}

/// The rules; the first one that fits is taken.
pub(super) const RULES: &[Rule] = &[
    // `InsertZeroPaddingBeforeConv1D` and `…2D` of the backends
    prefix(&["ZeroPadding1D"], "zp1d_", Role::Input),
    prefix(&["ZeroPadding2D"], "zp2d_", Role::Input),
    // `ReshapeStream`
    prefix(&["Repack"], "repack_", Role::Result),
    // `BroadcastStream`; what follows is the name of an output
    prefix(&["Broadcast"], "broadcast_", Role::InputOfReader),
    // `ExtractTernaryThreshold`, then `MergeBatchNormAndQuantizedTanh`
    Rule {
        kinds: &["BatchNormalizationQuantizedTanh"],
        prefix: "bnbt_",
        suffix: "_scale",
        role: Role::Result,
    },
    // `QKerasFactorizeAlpha`, then `MergeBatchNormAndQuantizedTanh`
    Rule { kinds: &["BatchNormalizationQuantizedTanh"], prefix: "bnbt_", suffix: ALPHA, role: Role::Merged },
    // `MergeToApplyAlpha`, then `MergeBatchNormAndQuantizedTanh`
    prefix(&["BatchNormalizationQuantizedTanh"], "bnbt_bn_", Role::Merged),
    // `MergeBatchNormAndQuantizedTanh`
    prefix(&["BatchNormalizationQuantizedTanh"], "bnbt_", Role::Merged),
    // `ChannelsLastConverter`, with its spelling
    prefix(&["Transpose"], "transpose_input_for_", Role::Input),
    prefix(&["Transpose"], "pre_transpose_for_", Role::Input),
    prefix(&["Transpose"], "post_transpose_for_", Role::Result),
    prefix(&["Transpose"], "transpose_ouput_for_", Role::Result),
    // `SeparableToDepthwiseAndConv`
    suffix(&["DepthwiseConv1D", "DepthwiseConv2D"], "_depthwise", Role::Step),
    suffix(POINTWISE, "_pointwise", Role::Result),
    // `QuantToAlphaActivationAlpha`, `BipolarQuantToAlphaActivationAlpha` and those for constants
    suffix(ALPHAS, RESCALE, Role::Result),
    // the same, and `ExtractTernaryThreshold`
    suffix(ALPHAS, "_scale", Role::Step),
    // `QKerasFactorizeAlpha`
    suffix(ALPHAS, ALPHA, Role::Result),
    // `QuantToActivation`, `BipolarQuantToActivation` and those with factors
    suffix(&["Activation"], "_act", Role::Quantized),
    // `MergeToApplyAlpha` and `MergeToApplyAlphaDiv`
    prefix(ALPHAS, "bn_", Role::Result),
    // `MatmulConstToDense`
    prefix(&["Dense"], "Dense_", Role::Result),
    // `ConvToConvXD` and `ConvToDepthwiseConvXD`, then the backends' `OptimizePointwiseConv`
    prefix(POINTWISE, "Conv1D_", Role::Result),
    prefix(POINTWISE, "Conv2D_", Role::Result),
    prefix(&["DepthwiseConv1D"], "DepthwiseConv1D_", Role::Result),
    prefix(&["DepthwiseConv2D"], "DepthwiseConv2D_", Role::Result),
];

/// The other layer's name in a layer's name, and what the layer is to it.
pub(super) fn base(facts: &Facts) -> Option<(&str, Role)> {
    RULES.iter().filter(|rule| rule.kinds.contains(&facts.kind.as_str())).find_map(|rule| {
        let base = facts.name.strip_prefix(rule.prefix)?.strip_suffix(rule.suffix)?;
        (!base.is_empty()).then_some((base, rule.role))
    })
}
