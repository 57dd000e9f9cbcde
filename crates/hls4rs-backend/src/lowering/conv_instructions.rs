//! Computes the instructions for convolutions of encoded streams.

use hls4rs_graph::{PassError, PassSpec, Preserves};
use hls4rs_layers::LayerState;

use super::{Lowering, Site};
use crate::{conv1d_instructions, conv2d_instructions};

/// Sets the instructions with which the encoded implementation of convolutions sorts pixels into windows: for each pixel of a
/// small image, bit `i` tells whether it stands at place `i` of some window.
///
/// hls4ml takes height and stride of the filters for their width, too.
///
/// **Source:** `GenerateConvStreamingInstructions` of `conv_stream.py` of Vivado and Catapult, hls4ml 1.3.0.
#[derive(Debug)]
pub(crate) struct GenerateConvInstructions;

const KINDS: &[&str] = &["Conv1D", "SeparableConv1D", "Conv2D", "SeparableConv2D"];

impl Lowering for GenerateConvInstructions {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "generate-conv-instructions",
            upstream: "generate_conv_streaming_instructions",
            summary: "computes the instructions for convolutions of encoded streams",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, site: Site<'_>) -> Result<bool, PassError> {
        Ok(site.is_any(KINDS) && site.is_stream() && site.text("implementation") == "encoded")
    }

    fn lower(&self, site: Site<'_>, state: &mut LayerState) -> Result<(), PassError> {
        let is_1d = site.layer.kind().contains("1D");
        let read = site.state.inputs.first().and_then(|input| site.graph.output_variable(input));
        let shape = read.map(|variable| variable.shape.as_slice()).unwrap_or_default();
        let size = |axis: usize| shape.get(axis).copied().unwrap_or_default();
        let side = if is_1d { "width" } else { "height" };
        let filter = site.state.int(&format!("filt_{side}"))?;
        let stride = site.state.int(&format!("stride_{side}"))?;
        let unfit = || {
            PassError::unsupported(
                "filters that fit into the image, and a positive stride",
                format!(
                    "filters of {filter} pixels with a stride of {stride}, for an input of shape {shape:?}"
                ),
                "set `ConvImplementation` of the layer to `LineBuffer`",
            )
        };
        let (width, instructions) = if is_1d {
            conv1d_instructions(size(0), filter, stride).ok_or_else(unfit)?
        } else {
            let found = conv2d_instructions(size(0), size(1), filter, stride);
            let (height, width, instructions) = found.ok_or_else(unfit)?;
            state.attributes.insert("min_height", height);
            (width, instructions)
        };
        state.attributes.insert("min_width", width);
        state.attributes.insert("instructions", instructions);
        Ok(())
    }
}
