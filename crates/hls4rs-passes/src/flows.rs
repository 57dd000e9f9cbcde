//! The flows that come before those of a backend.

use hls4rs_graph::{Flow, Step};

use crate::passes::*;

/// The flows of this crate in order.
pub static FLOWS: &[&Flow] = &[&PARSE_QONNX, &CONVERT, &OPTIMIZE];

/// Brings the layers of an ONNX or QONNX model to those that backends know.
pub static PARSE_QONNX: Flow = Flow {
    name: "parse_qonnx",
    summary: "brings layers of ONNX and QONNX to those that backends know",
    requires: &[],
    steps: &[
        Step::node(&RemoveReshapeConstant),
        Step::node(&RemovePaddingConstant),
        Step::node(&RemoveResizeConstants),
        Step::node(&ReadQuantConstants),
        Step::node(&ReadBipolarQuantConstant),
        Step::node(&FuseQuantWithConstant),
        Step::node(&FuseBipolarQuantWithConstant),
        Step::node(&ReplaceQuantByActivation),
        Step::node(&ReplaceBipolarQuantByActivation),
        Step::node(&SplitConstantQuant),
        Step::node(&SplitConstantBipolarQuant),
        Step::node(&SplitQuant),
        Step::node(&SplitBipolarQuant),
        Step::node(&ReadBatchNormConstants),
        Step::node(&FuseConstantBatchNorm),
        Step::node(&MergeTwoConstants),
        Step::node(&MoveScaleBelowAdd),
        Step::node(&MoveBiasBelowAdd),
        Step::node(&MoveScaleBelowMatMul),
        Step::node(&MoveScaleBelowConv),
        Step::node(&ReplaceMergeByApplyAlpha),
        Step::node(&ReplaceDivisionByApplyAlpha),
        Step::node(&ReplaceMatMulByDense),
        Step::node(&ReplaceConvByConvXd),
        Step::node(&ReplaceConvByDepthwise),
    ],
};

/// Brings a model to layers and precisions that are the same for all backends.
pub static CONVERT: Flow = Flow {
    name: "convert",
    summary: "brings a model to layers and precisions that are the same for all backends",
    requires: &[&PARSE_QONNX],
    steps: &[
        Step::node(&ConvertToChannelsLast),
        Step::node(&SplitSeparableConv),
        Step::node(&RemoveTransposeBeforeFlatten),
        Step::node(&RemoveNopTranspose),
        Step::node(&RemoveSingleChannelTranspose),
        Step::node(&FuseBiasAdd),
        Step::node(&ExpandTimeDistributed),
        Step::node(&ExpandLayerGroup),
        Step::node(&SetRoundingAndSaturation::NONE),
        Step::node(&FactorizeQKerasAlpha),
        Step::node(&ExtractTernaryThreshold),
        Step::node(&FuseConsecutiveBatchNorm),
        Step::node(&FuseBatchNorm),
        Step::node(&ReplaceDenseByConv),
        Step::node(&EnforceProxyConfig),
        Step::graph(&DeriveBitExactPrecisions),
        Step::node(&FuseFixedPointQuantizer),
        Step::node(&FixInputPrecision),
        Step::node(&EliminateLinearActivation),
        Step::node(&MergeLinearActivation),
        Step::node(&InferPrecisionTypes),
    ],
};

/// Removes what does nothing.
pub static OPTIMIZE: Flow = Flow {
    name: "optimize",
    summary: "removes what does nothing",
    requires: &[&CONVERT],
    steps: &[Step::node(&RemoveNopBatchNorm)],
};
