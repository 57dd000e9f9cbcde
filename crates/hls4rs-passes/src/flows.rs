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
    steps: &[],
};

/// Brings a model to layers and precisions that are the same for all backends.
pub static CONVERT: Flow = Flow {
    name: "convert",
    summary: "brings a model to layers and precisions that are the same for all backends",
    requires: &[&PARSE_QONNX],
    steps: &[
        Step::node(&SetRoundingAndSaturation::NONE),
        Step::node(&FactorizeQKerasAlpha),
        Step::node(&ExtractTernaryThreshold),
        Step::node(&FuseConsecutiveBatchNorm),
        Step::node(&FuseBatchNorm),
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
