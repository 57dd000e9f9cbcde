//! Padding with zeros.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::Attribute;

use crate::v2::{Context, Converted};

/// `ZeroPadding` of one or two dimensions.
///
/// **Source:** `parse_zeropadding1d_layer` and `parse_zeropadding2d_layer` of `hls4ml.converters.keras.reshaping`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let layer = context.entry()?;
    resized(context, layer, "padding", ["pad_top", "pad_bottom", "pad_left", "pad_right"], 1)
}

/// Sets how much is added to, or cut off, each side, and the sizes before and behind.
///
/// One number is for all sides; in two dimensions a list has a number, or a pair, for each of them.
pub(super) fn resized(
    context: &Context<'_, '_>,
    mut layer: Entry,
    key: &str,
    names: [&str; 4],
    sign: i64,
) -> Result<Converted, Problem> {
    let is_1d = context.class_name.ends_with("1D");
    let sides = sides(context, key, is_1d)?;
    let names = if is_1d { &names[2..] } else { &names[..] };
    for (name, value) in names.iter().zip(&sides) {
        layer.set(name, *value);
    }
    let grown = |length: i64, dim: usize| {
        length.saturating_add(sides[2 * dim].saturating_add(sides[2 * dim + 1]).saturating_mul(sign))
    };
    let shape = if is_1d {
        let [width, channels] = context.pixels_and_channels()?;
        let out = grown(width, 0);
        layer.set("out_width", out);
        layer.set("n_chan", channels);
        layer.set("in_width", width);
        context.shape_of(&[out], channels)?
    } else {
        let [height, width, channels] = context.pixels_and_channels()?;
        let out = [grown(height, 0), grown(width, 1)];
        layer.set("out_height", out[0]);
        layer.set("out_width", out[1]);
        layer.set("n_chan", channels);
        layer.set("in_height", height);
        layer.set("in_width", width);
        context.shape_of(&out, channels)?
    };
    Ok(Converted { layer, shape })
}

/// The two sides of each dimension, one after the other.
fn sides(context: &Context<'_, '_>, key: &str, is_1d: bool) -> Result<Vec<i64>, Problem> {
    let pair = |value: &Attribute| match (value.as_int(), value.as_list()) {
        (Some(one), _) => Some(vec![one, one]),
        (None, Some([before, behind])) => Some(vec![before.as_int()?, behind.as_int()?]),
        _ => None,
    };
    let value = context.config.get(key);
    let sides = match (value, is_1d) {
        (Some(value), true) => pair(value),
        (Some(Attribute::Int(one)), false) => Some(vec![*one; 4]),
        (Some(value), false) => match value.as_list() {
            Some([height, width]) => {
                pair(height).zip(pair(width)).map(|(height, width)| [height, width].concat())
            }
            _ => None,
        },
        (None, _) => None,
    };
    sides.ok_or_else(|| {
        let found = value.map_or("none", Attribute::describe);
        Problem::malformed(
            format!("`{key}`: expected a number, or numbers for each side, found {found}"),
            "save the model again",
        )
    })
}
