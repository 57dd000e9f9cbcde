//! The sums of products in an attention.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use crate::config::LayerConfig;
use crate::v3::call::{KerasTensor, known};

/// The two products of an attention, and what its softmax sums over.
pub(super) struct Equations {
    /// Keys times queries.
    pub(super) dot_product: String,
    /// Scores times values.
    pub(super) combine: String,
    /// Dimensions of the scores, batch included.
    pub(super) axes: Vec<i64>,
}

/// The products for tensors of that rank: the heads and their numbers are the last two dimensions.
///
/// **Source:** `_build_attention_equation` of `keras.src.layers.attention.multi_head_attention`, Keras 3.15. The handler of hls4ml 1.3.0
/// gives the scores the dimensions of queries and keys whatever is attended to, and ends in an error where that is less.
///
/// # Errors
/// If not all dimensions are attended to.
pub(super) fn attention(config: LayerConfig<'_>, rank: usize) -> Result<Equations, Problem> {
    let axes = attended(config, rank)?;
    if !(1..rank.saturating_sub(2)).eq(axes.iter().copied()) {
        let message =
            format!("`attention_axes`: expected all dimensions between batch and features, found {axes:?}");
        return Err(Problem::unsupported(message, "attend to all of them, or reshape the query before"));
    }
    let target = letters(0, rank)?;
    let fresh = letters(rank, axes.len())?;
    let mut fresh = fresh.chars();
    let is_batch = |place: usize| place + 1 < rank && !axes.contains(&place);
    let source: String = target
        .chars()
        .enumerate()
        .filter_map(
            |(place, letter)| {
                if is_batch(place) || place + 1 == rank { Some(letter) } else { fresh.next() }
            },
        )
        .collect();
    let at = |text: &str, place: usize| text.chars().nth(place);
    let batch = (0..rank).filter(|place| is_batch(*place)).filter_map(|place| at(&target, place));
    let product: String = batch
        .chain(axes.iter().filter_map(|place| at(&target, *place)))
        .chain(axes.iter().filter_map(|place| at(&source, *place)))
        .collect();
    let (n, n_axes) = (product.len() as i64, axes.len() as i64);
    Ok(Equations {
        dot_product: format!("{source},{target}->{product}"),
        combine: format!("{product},{source}->{target}"),
        axes: (n - n_axes..n).collect(),
    })
}

/// The dimensions that are attended to: all between the batch and the last two, if nothing else is said.
fn attended(config: LayerConfig<'_>, rank: usize) -> Result<Vec<usize>, Problem> {
    let value = config.get("attention_axes");
    let list = value.and_then(|value| value.as_list().or_else(|| value.as_map()?.get("items")?.as_list()));
    let all = 1..rank.saturating_sub(2);
    let Some(list) = list else { return Ok(all.collect()) };
    let axes = list.iter().map(|axis| usize::try_from(axis.as_int()?).ok().filter(|axis| all.contains(axis)));
    axes.collect::<Option<_>>().ok_or_else(|| {
        let message = "`attention_axes`: expected dimensions of the query, found others";
        Problem::unsupported(message, "count the dimensions from the front")
    })
}

/// The equation of a projection, and the axes of its bias.
///
/// **Source:** `_build_proj_equation` of `keras.src.layers.attention.multi_head_attention`, Keras 3.15.
pub(super) fn projection(free: usize, bound: usize, out: usize) -> Result<(String, String), Problem> {
    let (kept, summed, made) = (letters(0, free)?, letters(free, bound)?, letters(free + bound, out)?);
    Ok((format!("{kept}{summed},{summed}{made}->{kept}{made}"), made))
}

/// The equation that makes a sequence shorter, and the shape of what comes of it, without the batch.
///
/// **Source:** `QLinformerAttention.build`, HGQ2 0.2.
pub(super) fn linear_projection(
    config: LayerConfig<'_>,
    tensor: &KerasTensor,
) -> Result<(String, Vec<i64>), Problem> {
    let rank = tensor.shape.len();
    let axes = attended(config, rank + 1)?;
    let value = config.get("lin_kv_proj_dim");
    let list = value.and_then(|value| value.as_list().or_else(|| value.as_map()?.get("items")?.as_list()));
    let dims: Vec<i64> = match value.and_then(Attribute::as_int) {
        Some(one) => vec![one],
        None => list.unwrap_or_default().iter().filter_map(Attribute::as_int).collect(),
    };
    if dims.len() != axes.len() {
        let message = format!("`lin_kv_proj_dim`: expected {} dimensions, found {}", axes.len(), dims.len());
        return Err(Problem::malformed(message, "save the model again"));
    }
    let (input, fresh) = (letters(0, rank)?, letters(rank, axes.len())?);
    let mut shape = known(&tensor.shape)?;
    let mut out: Vec<char> = input.chars().collect();
    let mut summed = String::new();
    for ((axis, letter), dim) in axes.iter().zip(fresh.chars()).zip(dims) {
        summed.extend(out.get(*axis));
        if let (Some(out), Some(size)) = (out.get_mut(*axis), shape.get_mut(axis - 1)) {
            (*out, *size) = (letter, dim);
        }
    }
    let out: String = out.into_iter().collect();
    Ok((format!("{input},{summed}{fresh}->{out}"), shape))
}

/// So many letters of the alphabet.
fn letters(from: usize, count: usize) -> Result<String, Problem> {
    let alphabet = "abcdefghijklmnopqrstuvwxyz";
    alphabet.get(from..from + count).map(str::to_owned).ok_or_else(|| {
        let message = format!("expected fewer than {} dimensions, found more", alphabet.len());
        Problem::unsupported(message, "use tensors of fewer dimensions")
    })
}

#[cfg(test)]
mod tests {
    use hls4rs_types::Attributes;

    use super::*;

    #[test]
    fn products_are_those_of_keras() {
        let config = Attributes::new();
        let made = attention(LayerConfig(&config), 4).unwrap();
        assert_eq!(made.dot_product, "aecd,abcd->acbe");
        assert_eq!(made.combine, "acbe,aecd->abcd");
        assert_eq!(made.axes, [3]);
        assert_eq!(attention(LayerConfig(&config), 5).unwrap().axes, [4, 5]);
        assert_eq!(projection(2, 1, 2).unwrap(), ("abc,cde->abde".to_owned(), "de".to_owned()));
    }

    #[test]
    fn some_of_the_dimensions_are_not_enough() {
        let mut config = Attributes::new();
        config.insert("attention_axes", vec![1i64]);
        assert!(attention(LayerConfig(&config), 4).is_ok());
        let problem = attention(LayerConfig(&config), 5).err().unwrap();
        assert!(problem.message.starts_with("`attention_axes`: expected all"), "{}", problem.message);
    }
}
