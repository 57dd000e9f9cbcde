//! Changes of an image's size.

use hls4rs_types::DType;

use super::shapes;
use crate::{Initializer, LayerError, LayerState, Shape, layer};

layer! {
    /// An image, or a sequence, in another size.
    ///
    /// **Shapes:** `[in_height, in_width, n_chan] → [out_height, out_width, n_chan]`, or
    /// `[in_width, n_chan] → [out_width, n_chan]`.
    ///
    /// **Formula:** with `nearest`, `y[o, p, c] = x[⌊o · in_height / out_height⌋, ⌊p · in_width / out_width⌋, c]`, the
    /// ratios rounded up to multiples of 2^−16.
    ///
    /// **Precision:** that of the input.
    ///
    /// **Source:** `hls4ml.model.layers.Resize`, hls4ml 1.3.0. ONNX gives region and scales as second and third input;
    /// the size of the output then is the truncated product of the input's size and the scales, which hls4ml takes in
    /// the order batch, width, height, channels.
    ///
    /// **Limits:** hls4ml has kernels for `nearest` only, and takes neither two nor four inputs.
    Resize, ResizeBuilder = "hls4ml.model.layers.Resize";
    aliases: ["Resize", "UpSampling1D", "UpSampling2D"];
    inputs: 1, 4;
    attributes: {
        in_height: Int, "height of the input, in pixels; 1 for a sequence";
        in_width: Int, "width of the input, in pixels";
        out_height: Int, "height of the output, in pixels; 1 for a sequence";
        out_width: Int, "width of the output, in pixels";
        n_chan: Int, "number of channels";
        algorithm: String = Str("nearest"), configurable, "`nearest` or `bilinear`";
        align_corners: Bool = Bool(false), "whether the centres of the corner pixels stay where they are";
        data_format: String = Optional, "`channels_last`; everything else, and none, means channels first";
        height_factor: Int = Optional, "how many times the output is as high as the input";
        width_factor: Int = Optional, "how many times the output is as wide as the input";
    }
    weights: {}
    infer: infer;
    initialize: initialize;
}

fn infer(state: &LayerState, inputs: &[Shape]) -> Result<Vec<Shape>, LayerError> {
    match shapes::first_input(inputs)?.as_slice() {
        [_, _] => shapes::pixels(state, ["out_width"], "n_chan"),
        [_, _, _] => shapes::pixels(state, ["out_height", "out_width"], "n_chan"),
        other => Err(LayerError::InputShape {
            expected: "two or three dimensions".to_owned(),
            found: format!("{other:?}"),
        }),
    }
}

fn initialize(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    match init.state.inputs.len() {
        1 => {}
        3 => set_scaled_size(init)?,
        2 => return Err(unsupported("a region without scales is not supported")),
        _ => return Err(unsupported("a size as input is not supported, only scales are")),
    }
    init.outputs_like_input()
}

/// Sets size and channels of the output by the scales, which the third input has.
fn set_scaled_size(init: &mut Initializer<'_>) -> Result<(), LayerError> {
    let scales =
        init.constant(2).ok_or_else(|| unsupported("scales that are not constant are not supported"))?;
    let is_single = scales.dtype() == DType::F32;
    let scales = scales.iter_f64().map_err(|cause| LayerError::tensor("scales", cause))?;
    let scales: Vec<f64> = scales.collect();
    let mut scale = |from: &str, to: &str, scale: f64| {
        let scaled = scaled(init.state.int(from)?, scale, is_single);
        init.state.attributes.insert(to, scaled);
        Ok(())
    };
    match *scales.as_slice() {
        [_, width, height, channels] => {
            scale("in_width", "out_width", width)?;
            scale("in_height", "out_height", height)?;
            scale("n_chan", "n_chan", channels)
        }
        [_, width, channels] => {
            scale("in_width", "out_width", width)?;
            scale("n_chan", "n_chan", channels)
        }
        _ => Err(unsupported("only scales of three or four dimensions are supported")),
    }
}

/// The product, in single precision if the scale is, without its fraction.
fn scaled(size: i64, scale: f64, is_single: bool) -> i64 {
    if is_single { (size as f32 * scale as f32) as i64 } else { (size as f64 * scale) as i64 }
}

fn unsupported(message: &str) -> LayerError {
    LayerError::Unsupported { message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_and_format_of_the_input_decide() {
        let draft = |format: &str| {
            Resize::builder("r").out_height(4).out_width(6).n_chan(3).data_format(format).build().into_layer()
        };
        assert_eq!(draft("channels_last").infer(&[vec![2, 3, 3]]), Ok(vec![vec![4, 6, 3]]));
        assert_eq!(draft("channels_first").infer(&[vec![3, 2, 3]]), Ok(vec![vec![3, 4, 6]]));
        assert_eq!(draft("channels_last").infer(&[vec![3, 3]]), Ok(vec![vec![6, 3]]));
        let error = draft("channels_last").infer(&[vec![3]]).unwrap_err();
        assert_eq!(error.to_string(), "input shapes: expected two or three dimensions, found [3]");
    }

    #[test]
    fn scales_are_multiplied_in_their_own_precision() {
        assert_eq!(scaled(5, 2.5, true), 12);
        let scale = f64::from(0.7f32);
        assert_eq!((scaled(10, scale, true), scaled(10, scale, false)), (7, 6));
    }
}
