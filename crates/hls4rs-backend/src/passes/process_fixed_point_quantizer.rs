//! Writes the C++ of quantizers with a precision of its own for each element.

use std::fmt::Write;

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::LayerError;
use hls4rs_passes::{Mask, quantizer_mask};
use hls4rs_types::{Source, Strided, Tensor};
use ndarray::ArrayD;

/// Writes the C++ function of a quantizer that has a precision of its own for each element, into `mask_fn_codegen`.
///
/// **Source:** `hls4ml.backends.fpga.passes.hgq_proxy_model.ProcessFixedPointQuantizerLayer`, hls4ml 1.3.0. The
/// precisions are those to which the derivation of bits narrowed the quantizer. In `ac_` types one bit becomes two, since
/// oneAPI has no type of one bit.
///
/// **Errors:** streams, and backends other than Vivado, Vitis, Quartus and oneAPI.
#[derive(Debug)]
pub struct ProcessFixedPointQuantizer;

impl NodePass for ProcessFixedPointQuantizer {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "process-fixed-point-quantizer",
            upstream: "process_fixed_point_quantizer_layer",
            summary: "writes the C++ of quantizers with a precision of its own for each element",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("FixedPointQuantizer"))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        if node.graph.config.io_type() != "io_parallel" {
            return Err(PassError::unsupported(
                "`io_parallel` for quantizers with a precision of its own for each element",
                format!("`{}`", node.graph.config.io_type()),
                "convert the model for `io_parallel`, or quantize activations with one precision each",
            ));
        }
        let family = Family::of(node.graph.config.backend())?;
        let (mask, problem) = match quantizer_mask(node) {
            Ok(mask) => (mask, None),
            // narrower masks make the same numbers
            Err(problem) => (Mask::of(node)?, Some(problem)),
        };
        let function = function(node, family, mask)?;
        if let Some(problem) = problem {
            let message = format!("{name}: its precisions are those of the source model, since {problem}");
            patch.warn(Diagnostic::warning("mask-not-narrowed", message));
        }
        patch.set(name, "mask_fn_codegen", Source::new(function))?;
        Ok(Outcome::Kept)
    }
}

/// How the C++ names types and arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Ap,
    Ac,
}

impl Family {
    fn of(backend: &str) -> Result<Self, PassError> {
        match backend.to_lowercase().as_str() {
            "vivado" | "vitis" => Ok(Self::Ap),
            "quartus" | "oneapi" => Ok(Self::Ac),
            _ => Err(PassError::unsupported(
                "Vivado, Vitis, Quartus or oneAPI for quantizers with a precision of its own for each element",
                format!("`{backend}`"),
                "quantize activations with one precision each",
            )),
        }
    }

    /// The type of one element, with whether it is signed, its bits and its integer bits.
    fn ty(self, [signed, bits, integer]: [i64; 3], rounding: &str, saturation: &str) -> String {
        match self {
            Self::Ap => {
                let sign = if signed == 0 { "u" } else { "" };
                format!("ap_{sign}fixed<{bits},{integer},AP_{rounding},AP_{saturation}>")
            }
            Self::Ac => {
                let bits = if bits == 1 { 2 } else { bits };
                format!("ac_fixed<{bits},{integer},{},AC_{rounding},AC_{saturation}>", signed != 0)
            }
        }
    }
}

fn function(node: Node<'_>, family: Family, mask: Mask) -> Result<String, PassError> {
    let state = node.state();
    let (rounding, saturation) = (state.str("RND")?, state.str("SAT")?);
    let Some(shape) = node.input_variable(0).and_then(|input| input.dims()) else {
        let input = state.inputs.first().cloned().unwrap_or_default();
        return Err(LayerError::UnknownInput { input }.into());
    };
    let Mask { k, b, i } = mask;
    let [signed, bits, integer] = [of_elements(k, &shape)?, of_elements(b, &shape)?, of_elements(i, &shape)?];
    let (arguments, pragma) = match family {
        Family::Ap => ("input_t *inp, output_t *out", "#pragma HLS INLINE"),
        Family::Ac => ("input_t &inp, output_t &out", ""),
    };
    let mut body = Vec::new();
    for (i, ((signed, bits), integer)) in signed.into_iter().zip(bits).zip(integer).enumerate() {
        body.push(if bits == 0 {
            format!("    out[{i}] = 0;")
        } else {
            format!("    out[{i}] = {}(inp[{i}]);", family.ty([signed, bits, integer], rounding, saturation))
        });
    }
    let mut text = String::from("\ntemplate<typename input_t, typename output_t>\n");
    let _ = write!(text, "void {}({arguments}) {{\n    {pragma}\n\n{}\n}}\n", node.name, body.join("\n"));
    Ok(text)
}

/// The numbers of a mask for each element of the input, in order. The mask's first axis has one element.
fn of_elements(mask: ArrayD<i16>, shape: &[usize]) -> Result<Vec<i64>, PassError> {
    let mask = Tensor::from(mask);
    let Some((1, own)) = mask.shape().split_first() else {
        return Err(PassError::unsupported(
            "masks with one element along the first axis",
            format!("{mask:?}"),
            "save the model with HGQ's own function again",
        ));
    };
    let spread = Strided::of(&mask).reshaped(own)?.broadcast(shape)?.finish()?;
    Ok(spread.view::<i16>()?.iter().map(|number| i64::from(*number)).collect())
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::FixedPointQuantizer;
    use hls4rs_types::Attribute;

    use super::*;
    use crate::passes::testing::{applied, graph};

    fn quantized(backend: &str) -> String {
        let mut graph = graph("io_parallel", &[2, 2], &["q"]);
        graph.config.options.insert("Backend", backend);
        let mask = |values: Vec<i8>| Attribute::Array(Tensor::new(&[1, 1, values.len()], values).unwrap());
        let masks = vec![mask(vec![1, 0]), mask(vec![1, 0]), mask(vec![-1, 3])];
        let quantizer = FixedPointQuantizer::builder("q").inputs(["x"]).RND("TRN").SAT("WRAP");
        let quantizer = quantizer.fusible(false).with("overrides", Attribute::Null).with("mask_kbi", masks);
        graph.add(quantizer).unwrap();
        let graph = applied(graph, &ProcessFixedPointQuantizer);
        graph.layer("q").unwrap().state().source("mask_fn_codegen").unwrap().code.clone()
    }

    #[test]
    fn elements_without_bits_are_zero() {
        let expected = "\ntemplate<typename input_t, typename output_t>\nvoid q(input_t *inp, output_t *out) {\n    \
                        #pragma HLS INLINE\n\n    out[0] = ap_fixed<1,-1,AP_TRN,AP_WRAP>(inp[0]);\n    out[1] = 0;\n    \
                        out[2] = ap_fixed<1,-1,AP_TRN,AP_WRAP>(inp[2]);\n    out[3] = 0;\n}\n";
        assert_eq!(quantized("Vitis"), expected);
    }

    #[test]
    fn one_bit_becomes_two_in_ac_types() {
        let found = quantized("Quartus");
        assert!(found.contains("void q(input_t &inp, output_t &out) {\n    \n\n"));
        assert!(found.contains("out[0] = ac_fixed<2,-1,true,AC_TRN,AC_WRAP>(inp[0]);"));
    }
}
