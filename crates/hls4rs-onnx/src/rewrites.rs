//! What to do about operators that are not converted.

/// A rewrite of operators, and the backends that take it.
struct Rewrite {
    operators: &'static [&'static str],
    rewrite: &'static str,
    backends: &'static str,
}

/// Backends of what has a layer everywhere.
const ALL: &str = "all backends";

/// The nearest rewrites.
const REWRITES: &[Rewrite] = &[
    Rewrite {
        operators: &[
            "Gelu",
            "HardSwish",
            "Mish",
            "Swish",
            "Celu",
            "Erf",
            "HardSigmoid",
            "Exp",
            "Log",
            "Sin",
            "Cos",
        ],
        rewrite: "use `Relu`, `LeakyRelu`, `Elu`, `Selu`, `Sigmoid` or `Tanh` in its place and train again",
        backends: ALL,
    },
    Rewrite {
        operators: &["LSTM", "GRU", "RNN"],
        rewrite: "convert the model from Keras, where recurrent layers are known",
        backends: "Vivado, Vitis, Quartus, oneAPI, Catapult",
    },
    Rewrite {
        operators: &["LayerNormalization", "InstanceNormalization", "GroupNormalization", "LpNormalization"],
        rewrite: "use `BatchNormalization`",
        backends: ALL,
    },
    Rewrite {
        operators: &["ConvTranspose"],
        rewrite: "use `Resize` with `nearest` and a `Conv` behind it",
        backends: "Vivado, Vitis, Quartus, oneAPI, Catapult",
    },
    Rewrite {
        operators: &["Upsample"],
        rewrite: "export with version 11 of the operators or newer, which has `Resize`",
        backends: "Vivado, Vitis, Quartus, oneAPI, Catapult",
    },
    Rewrite {
        operators: &["Slice", "Split", "Gather", "GatherND", "GatherElements"],
        rewrite: "give each part its own input, or multiply with a constant matrix that picks (`MatMul`)",
        backends: ALL,
    },
    Rewrite {
        operators: &["Pow", "Sqrt", "Reciprocal", "Neg", "Abs"],
        rewrite: "write it with `Mul`, `Sub` or `Max`, or leave it to the host",
        backends: ALL,
    },
    Rewrite {
        operators: &["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL2", "LpPool"],
        rewrite: "reduce over all pixels with `GlobalAveragePool` or `GlobalMaxPool`, or multiply with a constant (`MatMul`)",
        backends: ALL,
    },
    Rewrite {
        operators: &["ArgMax", "ArgMin", "TopK", "NonMaxSuppression", "NonZero", "Where", "OneHot"],
        rewrite: "end the model before it and leave it to the host",
        backends: ALL,
    },
    Rewrite {
        operators: &["Einsum", "Attention", "MultiHeadAttention"],
        rewrite: "write it with `MatMul`, `Transpose` and `Reshape`",
        backends: ALL,
    },
    Rewrite {
        operators: &["LogSoftmax", "Hardmax"],
        rewrite: "use `Softmax`, or end the model before it",
        backends: ALL,
    },
    Rewrite {
        operators: &["QuantizeLinear", "DequantizeLinear"],
        rewrite: "let both stand together with one constant scale and zero point, or use `Quant`",
        backends: ALL,
    },
    Rewrite {
        operators: &["Trunc"],
        rewrite: "truncate with constants of one number and a zero point of 0, or use `Quant` with the rounding mode `FLOOR`",
        backends: ALL,
    },
    Rewrite { operators: &["Gemm"], rewrite: "multiply matrices of two dimensions", backends: ALL },
    Rewrite {
        operators: &["If", "Loop", "Scan"],
        rewrite: "export the model without branches and loops",
        backends: ALL,
    },
    Rewrite {
        operators: &["Unsqueeze", "Squeeze", "Expand", "Tile", "DepthToSpace", "SpaceToDepth"],
        rewrite: "use `Reshape` and `Transpose`",
        backends: ALL,
    },
];

/// What to do about an operator.
pub(crate) fn rewrite_of(op_type: &str) -> String {
    match REWRITES.iter().find(|rewrite| rewrite.operators.contains(&op_type)) {
        Some(Rewrite { rewrite, backends, .. }) => format!("{rewrite} ({backends})"),
        None => "rewrite this part of the model with operators that are converted (`hls4rs kinds` lists layers), or \
                 leave it to the host (all backends)"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handlers::handler;

    #[test]
    fn rewrites_are_for_operators_without_a_handler() {
        for operator in REWRITES.iter().flat_map(|rewrite| rewrite.operators) {
            assert!(handler(operator).is_none(), "{operator}");
        }
        assert!(rewrite_of("Gelu").ends_with("(all backends)"));
        assert!(rewrite_of("Unheard").contains("leave it to the host"));
    }
}
