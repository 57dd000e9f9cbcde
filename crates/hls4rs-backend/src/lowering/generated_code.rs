//! Passes that only write C++ into layers: they are recorded, and the text is left to the project writer.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};

use super::Site;
use crate::Vendor;

/// A pass that writes C++ for some layers.
#[derive(Debug)]
pub struct GeneratedCode {
    spec: &'static PassSpec,
    matches: fn(Site<'_>) -> Result<bool, PassError>,
}

/// Functions that fill the windows of convolutions on arrays.
///
/// **Source:** `GenerateConvIm2col` of `im2col_codegen.py` of Vivado and Catapult, hls4ml 1.3.0. It counts windows as if channels were
/// last whatever the layer says, and ends in an error where the parts of the output do not divide them.
pub static GENERATE_CONV_IM2COL: GeneratedCode = GeneratedCode {
    spec: &PassSpec {
        name: "generate-conv-im2col",
        upstream: "generate_conv_im2col",
        summary: "writes functions that fill the windows of convolutions",
        preserves: Preserves::Bits,
    },
    matches: |site| {
        let kinds = ["Conv1D", "Conv2D", "SeparableConv1D", "SeparableConv2D"];
        let is_written = site.is_any(&kinds) && !site.is_stream();
        if is_written {
            check_windows(site)?;
        }
        Ok(is_written)
    },
};

/// An error where the windows cannot be written in as many equal parts as the layer computes its output in.
fn check_windows(site: Site<'_>) -> Result<(), PassError> {
    let read = site.state.inputs.first().and_then(|input| site.graph.output_variable(input));
    let shape = read.map(|variable| variable.shape.as_slice()).unwrap_or_default();
    let int = |key: &str| site.state.get(key).and_then(|value| value.as_int());
    let sides: &[(&str, &str, &str)] = match site.layer.kind().contains("1D") {
        true => &[("width", "left", "right")],
        false => &[("height", "top", "bottom"), ("width", "left", "right")],
    };
    let mut n_windows = 1i64;
    for ((side, before, behind), length) in sides.iter().zip(shape) {
        let sizes = (int(&format!("filt_{side}")), int(&format!("stride_{side}")));
        let (Some(size), Some(stride @ 1..)) = sizes else { return Ok(()) };
        let pads = [before, behind].map(|pad| int(&format!("pad_{pad}")).unwrap_or(0));
        let room = length.saturating_add(pads[0]).saturating_add(pads[1]).saturating_sub(size);
        n_windows = n_windows.saturating_mul(room.div_euclid(stride).saturating_add(1));
    }
    let n_parts = int("n_partitions").unwrap_or(1);
    if n_windows >= 0 && n_windows.checked_rem(n_parts) == Some(0) {
        return Ok(());
    }
    Err(PassError::unsupported(
        format!("windows in {n_parts} equal parts"),
        format!("{n_windows} windows for an input of the shape {shape:?}"),
        "put the channels last, or convert with `io_stream`",
    ))
}

/// Matrix products in which the multiplications with zeros are left out.
///
/// **Source:** `GenerateUnrolledDenseResource` of `hls4ml.backends.vivado.passes.unrolled_codegen`, hls4ml 1.3.0, which knows the
/// pragmas of Vivado and Vitis alone.
pub static GENERATE_UNROLLED_DENSE: GeneratedCode = GeneratedCode {
    spec: &PassSpec {
        name: "generate-unrolled-dense",
        upstream: "generate_unrolled_dense_resource",
        summary: "writes matrix products without the multiplications by zero",
        preserves: Preserves::Bits,
    },
    matches: is_unrolled,
};

fn is_unrolled(site: Site<'_>) -> Result<bool, PassError> {
    let kinds = ["Dense", "Conv1D", "Conv2D", "LSTM", "GRU"];
    let reuse_factor = site.state.get("reuse_factor").and_then(|value| value.as_int()).unwrap_or(1);
    let strategy = site.state.get("strategy").and_then(|value| value.as_str());
    let is_unrolled = site.is_any(&kinds)
        && site.state.is_set("_weights_transposed")
        && reuse_factor > 1
        && strategy == Some("resource_unrolled");
    if is_unrolled && !matches!(site.target.vendor, Vendor::Vivado | Vendor::Vitis) {
        return Err(PassError::unsupported(
            "the backend Vivado or Vitis",
            format!("the strategy `resource_unrolled` for {}", site.target.vendor),
            "set `Strategy` of the layer to `Resource`",
        ));
    }
    Ok(is_unrolled)
}

impl NodePass for GeneratedCode {
    fn spec(&self) -> &'static PassSpec {
        self.spec
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        (self.matches)(Site::of(node)?)
    }

    fn rewrite(&self, _patch: &mut Patch<'_>, _name: &str) -> Result<Outcome, PassError> {
        Ok(Outcome::Kept)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::{Config, ModelGraph};
    use hls4rs_layers::layers::{Conv2D, Input};
    use hls4rs_types::Tensor;

    use super::*;

    /// Whether code is written for a convolution of windows of 2×2 pixels over an input of this shape.
    fn is_written(shape: [usize; 3], n_partitions: i64) -> Result<bool, PassError> {
        let mut config = Config::default();
        config.options.insert("Backend", "Vivado");
        config.options.insert("IOType", "io_parallel");
        let mut graph = ModelGraph::new(config);
        graph.set_io(["x"], ["conv"]);
        graph.add(Input::builder("x").input_shape(shape)).unwrap();
        let weight = Tensor::zeros(&[2, 2, 1, 1]).unwrap();
        let conv = Conv2D::builder("conv").in_height(1).in_width(1).out_height(1).out_width(1).n_chan(1);
        let conv = conv.pad_top(0).pad_bottom(0).pad_left(0).pad_right(0);
        let conv =
            conv.n_filt(1).filt_height(2).filt_width(2).stride_height(1).stride_width(1).weight(weight);
        graph.add(conv.build().with("n_partitions", n_partitions)).unwrap();
        GENERATE_CONV_IM2COL.matches(graph.node("conv").unwrap())
    }

    #[test]
    fn windows_are_in_equal_parts() {
        assert_eq!(is_written([5, 4, 3], 12), Ok(true));
        assert_eq!(is_written([5, 4, 3], 6), Ok(true));
        // as with channels first: the output has 4 · 2 pixels, and hls4ml counts 2 · 3 windows
        let error = is_written([3, 4, 5], 8).unwrap_err();
        assert!(error.to_string().contains("8 equal parts"), "{error}");
    }
}
