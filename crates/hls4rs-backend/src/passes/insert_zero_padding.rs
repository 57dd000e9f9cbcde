//! Puts the padding of convolutions of streams into layers of its own.

use hls4rs_graph::{NewLayer, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::layers::{ZeroPadding1D, ZeroPadding2D};
use hls4rs_layers::{Draft, LayerError, LayerSpec, LayerState};
use hls4rs_types::{Attribute, Attributes, Precision};

/// Puts the padding of a convolution of a stream into a layer before it: the kernels for streams know none.
///
/// ```text
/// x [8, 8, 3] → conv (padding 1)        x [8, 8, 3] → zp2d_conv [10, 10, 3] → conv (padding 0)
/// ```
///
/// **Source:** `conv_same_pad.py` of the backends Vivado and Catapult, hls4ml 1.3.0, which counts as applied for arrays,
/// too. Along one axis the new layer goes before the first layer that reads any output of the convolution's input layer,
/// which need not be the convolution if that layer has several outputs.
#[derive(Debug)]
pub struct InsertZeroPadding {
    spec: PassSpec,
    kinds: &'static [&'static str],
    padding: &'static LayerSpec,
    prefix: &'static str,
    /// What is padded: an axis, with the attributes for the padding on both sides.
    axes: &'static [(&'static str, [&'static str; 2])],
}

/// Padding along one axis.
pub const INSERT_ZERO_PADDING_BEFORE_CONV1D: InsertZeroPadding = InsertZeroPadding {
    spec: PassSpec {
        name: "insert-zero-padding-before-conv1d",
        upstream: "insert_zero_padding_before_conv1d",
        summary: "puts the padding of convolutions along one axis of a stream into layers of its own",
        preserves: Preserves::Bits,
    },
    kinds: &["Conv1D", "SeparableConv1D"],
    padding: ZeroPadding1D::SPEC,
    prefix: "zp1d_",
    axes: &[("width", ["pad_left", "pad_right"])],
};

/// Padding along two axes.
pub const INSERT_ZERO_PADDING_BEFORE_CONV2D: InsertZeroPadding = InsertZeroPadding {
    spec: PassSpec {
        name: "insert-zero-padding-before-conv2d",
        upstream: "insert_zero_padding_before_conv2d",
        summary: "puts the padding of convolutions along two axes of a stream into layers of its own",
        preserves: Preserves::Bits,
    },
    kinds: &["Conv2D", "SeparableConv2D"],
    padding: ZeroPadding2D::SPEC,
    prefix: "zp2d_",
    axes: &[("height", ["pad_top", "pad_bottom"]), ("width", ["pad_left", "pad_right"])],
};

impl NodePass for InsertZeroPadding {
    fn spec(&self) -> &'static PassSpec {
        if self.axes.len() == 1 {
            &INSERT_ZERO_PADDING_BEFORE_CONV1D.spec
        } else {
            &INSERT_ZERO_PADDING_BEFORE_CONV2D.spec
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let mut sides = self.axes.iter().flat_map(|(_, sides)| sides);
        let is_padded = sides.any(|side| node.get(side).is_none_or(|padding| padding.as_int() != Some(0)));
        Ok(node.is_any(self.kinds) && is_padded)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        if patch.config.io_type() != "io_stream" {
            return Ok(Outcome::Kept);
        }
        let node = patch.expect_node(name)?;
        let Some(precision) = node.input_variable(0).map(|input| input.precision()) else {
            let input = node.state().inputs.first().cloned().unwrap_or_default();
            return Err(LayerError::UnknownInput { input }.into());
        };
        let draft = Draft {
            spec: self.padding,
            name: format!("{}{name}", self.prefix),
            inputs: node.state().inputs.clone(),
            outputs: Vec::new(),
            attributes: self.attributes(node.state())?,
        };
        let sizes: Vec<Option<Attribute>> =
            self.axes.iter().map(|(axis, _)| draft.attributes.get(&format!("out_{axis}")).cloned()).collect();
        for (_, sides) in self.axes {
            for side in sides {
                patch.set(name, side, 0i64)?;
            }
        }
        for ((axis, _), size) in self.axes.iter().zip(sizes) {
            patch.set(name, &format!("in_{axis}"), size)?;
        }
        let mut padding = patch.create(draft)?;
        set_precision(&mut padding, precision);
        patch.insert(padding, (self.axes.len() > 1).then_some(name), 0)?;
        Ok(Outcome::Restructured)
    }
}

impl InsertZeroPadding {
    fn attributes(&self, conv: &LayerState) -> Result<Attributes, PassError> {
        let mut attributes = Attributes::new();
        for side in self.axes.iter().flat_map(|(_, sides)| sides) {
            attributes.insert(*side, conv.int(side)?);
        }
        for (axis, _) in self.axes {
            let size = format!("in_{axis}");
            attributes.insert(size.clone(), conv.int(&size)?);
        }
        for (axis, [before, after]) in self.axes {
            let size = conv.int(&format!("in_{axis}"))?;
            let padded = conv.int(before)?.saturating_add(size).saturating_add(conv.int(after)?);
            attributes.insert(format!("out_{axis}"), padded);
        }
        attributes.insert("n_chan", conv.get("n_chan").cloned().unwrap_or(Attribute::Null));
        let format = conv.attributes.get("data_format").cloned();
        attributes.insert("data_format", format.unwrap_or_else(|| "channels_last".into()));
        Ok(attributes)
    }
}

/// Gives a new layer's output another precision.
fn set_precision(new: &mut NewLayer, precision: Precision) {
    let state = new.layer.state_mut();
    let key = state.variable_key(&new.name);
    if let Some(Attribute::Variable(variable)) = state.attributes.get_mut(&key) {
        variable.ty.precision = precision;
    }
    if let Some(Attribute::Type(result)) = state.attributes.get_mut("result_t") {
        result.precision = precision;
    }
}
