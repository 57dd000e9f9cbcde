//! Pads streams before convolutions.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::{ZeroPadding1D, ZeroPadding2D};
use hls4rs_layers::{Draft, LayerSpec};
use hls4rs_types::{Attribute, Attributes};

/// Inserts a layer that pads before a convolution along one axis of a stream; the convolution then pads no more.
///
/// ```text
/// x [8, 3] → conv (padding 1, 1)        x [8, 3] → zp1d_conv [10, 3] → conv
/// ```
///
/// **Source:** `InsertZeroPaddingBeforeConv1D` of the backends' `conv_same_pad.py`, hls4ml 1.3.0. It inserts the layer before the
/// first layer that reads any output of the layer before, which is another one than the convolution where that layer is a
/// `Clone` whose first reader is not the convolution.
#[derive(Debug)]
pub struct InsertZeroPaddingBeforeConv1D;

/// The same for two axes. The layer is inserted before the convolution itself.
///
/// **Source:** `InsertZeroPaddingBeforeConv2D` of the backends' `conv_same_pad.py`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct InsertZeroPaddingBeforeConv2D;

/// What differs with the number of axes.
struct Axes {
    kinds: &'static [&'static str],
    padding: &'static LayerSpec,
    prefix: &'static str,
    /// Each axis: length before, length behind, padding before and behind.
    lengths: &'static [[&'static str; 4]],
    /// The attributes of the new layer in order.
    attributes: &'static [&'static str],
}

const WIDTH: [&str; 4] = ["in_width", "out_width", "pad_left", "pad_right"];
const HEIGHT: [&str; 4] = ["in_height", "out_height", "pad_top", "pad_bottom"];

const ONE: Axes = Axes {
    kinds: &["Conv1D", "SeparableConv1D"],
    padding: ZeroPadding1D::SPEC,
    prefix: "zp1d_",
    lengths: &[WIDTH],
    attributes: &["pad_left", "pad_right", "in_width", "out_width"],
};

const TWO: Axes = Axes {
    kinds: &["Conv2D", "SeparableConv2D"],
    padding: ZeroPadding2D::SPEC,
    prefix: "zp2d_",
    lengths: &[HEIGHT, WIDTH],
    attributes: &[
        "pad_top",
        "pad_bottom",
        "pad_left",
        "pad_right",
        "in_height",
        "in_width",
        "out_height",
        "out_width",
    ],
};

impl NodePass for InsertZeroPaddingBeforeConv1D {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "insert-zero-padding-before-conv1d",
            upstream: "insert_zero_padding_before_conv1d",
            summary: "pads streams before convolutions along one axis",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(ONE.matches(node))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        ONE.rewrite(patch, name, None)
    }
}

impl NodePass for InsertZeroPaddingBeforeConv2D {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "insert-zero-padding-before-conv2d",
            upstream: "insert_zero_padding_before_conv2d",
            summary: "pads streams before convolutions along two axes",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(TWO.matches(node))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        TWO.rewrite(patch, name, Some(name))
    }
}

impl Axes {
    /// Padding that is not there is none that is zero.
    fn matches(&self, node: Node<'_>) -> bool {
        let pads = self.lengths.iter().flat_map(|[.., before, behind]| [before, behind]);
        node.is_any(self.kinds) && pads.into_iter().any(|pad| node.get(pad) != Some(&Attribute::Int(0)))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str, before: Option<&str>) -> Result<Outcome, PassError> {
        if patch.config.io_type() != "io_stream" {
            return Ok(Outcome::Kept);
        }
        let state = patch.expect_node(name)?.state();
        let mut known = Attributes::new();
        for [length, padded, before, behind] in self.lengths {
            let sizes = [*before, *length, *behind].map(|name| Ok((name, state.int(name)?)));
            let mut sum = 0i64;
            for size in sizes {
                let (name, size) = size.map_err(|error: hls4rs_layers::LayerError| PassError::from(error))?;
                known.insert(name, size);
                sum = sum.saturating_add(size);
            }
            known.insert(*padded, sum);
        }
        let mut attributes: Attributes =
            self.attributes.iter().map(|name| (*name, known.get(name).cloned())).collect();
        attributes.insert("n_chan", state.get("n_chan").cloned());
        let format = state.attributes.get("data_format").cloned();
        attributes.insert("data_format", format.unwrap_or_else(|| "channels_last".into()));
        let inputs = state.inputs.clone();
        for [length, padded, before, behind] in self.lengths {
            patch.set(name, before, 0i64)?;
            patch.set(name, behind, 0i64)?;
            patch.set(name, length, known.get(padded).cloned())?;
        }
        let new_name = format!("{}{name}", self.prefix);
        let new = patch.create(Draft {
            spec: self.padding,
            name: new_name,
            inputs,
            outputs: vec![],
            attributes,
        })?;
        patch.insert(new, before, 0)?;
        Ok(Outcome::Restructured)
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Conv1D;
    use hls4rs_types::Tensor;

    use super::*;
    use crate::passes::testing::{applied, graph};

    #[test]
    fn the_stream_is_padded_instead() {
        let mut graph = graph("io_stream", &[8, 1], &["c"]);
        let conv = Conv1D::builder("c").in_width(8).out_width(8).n_chan(1).n_filt(1).filt_width(3);
        let conv = conv.stride_width(1).pad_left(1).pad_right(1).data_format("channels_last");
        graph.add(conv.weight(Tensor::zeros(&[3, 1, 1]).unwrap())).unwrap();
        let graph = applied(graph, &InsertZeroPaddingBeforeConv1D);
        let (conv, padding) = (graph.layer("c").unwrap().state(), graph.layer("zp1d_c").unwrap().state());
        assert_eq!((conv.int("in_width").unwrap(), conv.int("pad_left").unwrap()), (10, 0));
        assert_eq!(conv.inputs, ["zp1d_c"]);
        assert_eq!(padding.variable("zp1d_c").unwrap().shape, [10, 1]);
        let names: Vec<&str> = padding.attributes.names().take(6).collect();
        assert_eq!(names, ["pad_left", "pad_right", "in_width", "out_width", "n_chan", "data_format"]);
    }
}
