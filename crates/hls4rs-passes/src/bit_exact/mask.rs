//! The precisions of the elements of a quantizer.

use hls4rs_graph::{Node, PassError};
use hls4rs_types::{Attribute, FixedPrecision, Tensor};
use ndarray::{ArrayD, Axis};

use super::view::{HELP, arrays, underivable};
use crate::interval::{IntervalError, Kif, power_of_two, zip_with};

/// Under which name a layer remembers its mask after it was narrowed.
const MEMORY: &str = "mask_kbi";

/// Signs, bits and integer bits (with the sign) of a quantizer's elements: arrays of the shape `[1, …]` of the output, or of
/// one that broadcasts to it.
///
/// **Source:** `FixedPointQuantizer.mask_kbi` of `hls4ml.model.optimizer.passes.hgq_proxy_model`, hls4ml 1.3.0. The
/// derivation of bits narrows it in memory; the attribute of the same name, and so the archive, keeps what the converter
/// set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// 1 where negative values exist.
    pub k: ArrayD<i16>,
    /// All bits.
    pub b: ArrayD<i16>,
    /// Bits left of the point, with the sign.
    pub i: ArrayD<i16>,
}

impl Mask {
    /// The mask of a quantizer: as it was narrowed if that is remembered, else as the converter set it.
    ///
    /// # Errors
    /// If the attribute is not three arrays of small integers with an element each.
    pub fn of(node: Node<'_>) -> Result<Self, PassError> {
        let state = node.state();
        let value = state.memory.get(MEMORY).or_else(|| state.get("mask_kbi"));
        let wrong = || {
            let found = value.map_or("none", Attribute::describe);
            PassError::unsupported("three arrays of small integers `mask_kbi`", found, HELP)
        };
        let arrays = value.and_then(arrays).ok_or_else(wrong)?;
        let [k, b, i] = arrays.as_slice() else { return Err(wrong()) };
        let mask = Self { k: plane(k)?, b: plane(b)?, i: plane(i)? };
        let is_empty = |plane: &ArrayD<i16>| plane.ndim() == 0 || plane.is_empty();
        if is_empty(&mask.k) || mask.b.shape() != mask.k.shape() || mask.i.shape() != mask.k.shape() {
            return Err(wrong());
        }
        Ok(mask)
    }

    /// The mask of a quantizer with one precision for all elements.
    pub(super) fn of_precision(precision: &FixedPrecision) -> Result<Self, PassError> {
        let few = |bits: i64| {
            let bits = i16::try_from(bits)
                .map_err(|_| PassError::unsupported("a precision of a few bits", bits, HELP))?;
            Ok::<_, PassError>(ArrayD::from_elem(vec![1], bits))
        };
        let (k, b) = (few(i64::from(precision.signed))?, few(i64::from(precision.width))?);
        Ok(Self { k, b, i: few(i64::from(precision.integer))? })
    }

    /// Whether the narrowed mask of a quantizer is remembered.
    #[must_use]
    pub fn is_remembered(node: Node<'_>) -> bool {
        node.state().memory.contains(MEMORY)
    }

    /// The entry for a layer's memory.
    pub(super) fn memory(&self) -> (&'static str, Attribute) {
        let arrays = [&self.k, &self.b, &self.i].map(|plane| Attribute::Array(Tensor::from(plane.clone())));
        (MEMORY, Attribute::List(arrays.to_vec()))
    }

    /// Whether all elements have one precision.
    #[must_use]
    pub fn is_uniform(&self) -> bool {
        [&self.k, &self.b, &self.i]
            .into_iter()
            .all(|plane| plane.iter().all(|bits| plane.first() == Some(bits)))
    }

    /// Sign, bits and integer bits of the first element.
    #[must_use]
    pub fn first(&self) -> (i16, i16, i16) {
        let first = |plane: &ArrayD<i16>| plane.first().copied().unwrap_or_default();
        (first(&self.k), first(&self.b), first(&self.i))
    }

    /// The bits, without the axis in front.
    pub(super) fn bits(&self) -> Result<Kif, PassError> {
        let minus = |a: &ArrayD<i16>, b: &ArrayD<i16>| zip_with("mask", a, b, i16::wrapping_sub);
        let first = |plane: ArrayD<i16>| plane.index_axis(Axis(0), 0).to_owned();
        let i = minus(&self.i, &self.k).map_err(underivable)?;
        let f = minus(&self.b, &self.i).map_err(underivable)?;
        Ok(Kif { k: first(self.k.clone()), i: first(i), f: first(f) })
    }

    /// What comes out of a quantizer with this mask for inputs with these bits, and the mask that is enough for it.
    ///
    /// **Source:** `_produce_kif` of `hls4ml.model.optimizer.passes.bit_exact` for `FixedPointQuantizer`, hls4ml 1.3.0. Where
    /// the mask has one element for many, its bits and its integer bits are the most of any of them, each for itself; that
    /// can be too few fractional bits where one element has large and another one small numbers.
    pub(super) fn narrow(
        &self,
        input: &Kif,
        (rounding, saturation): (&str, &str),
    ) -> Result<(Kif, Self), PassError> {
        let own = self.bits()?;
        let rank = own.k.ndim();
        if rank > 0 && [&input.k, &input.i, &input.f].iter().any(|plane| plane.ndim() != rank) {
            let expected = format!("a mask of {} dimensions", input.k.ndim());
            return Err(PassError::unsupported(expected, rank, HELP));
        }
        let out = narrowed(&own, input, rounding, saturation).map_err(underivable)?;
        let axes: Vec<usize> = match rank {
            0 => (0..out.k.ndim()).collect(),
            _ => own
                .k
                .shape()
                .iter()
                .enumerate()
                .filter(|(_, size)| **size == 1)
                .map(|(axis, _)| axis)
                .collect(),
        };
        let k = out.k.clone();
        let i = sum(&out.k, &out.i)?;
        let b = sum(&i, &out.f)?;
        let mask = Self { k: contracted(k, &axes)?, b: contracted(b, &axes)?, i: contracted(i, &axes)? };
        Ok((out, mask))
    }
}

fn sum(a: &ArrayD<i16>, b: &ArrayD<i16>) -> Result<ArrayD<i16>, PassError> {
    zip_with("mask", a, b, i16::wrapping_add).map_err(underivable)
}

/// The most along each of these axes, which stay, behind one more axis.
fn contracted(plane: ArrayD<i16>, axes: &[usize]) -> Result<ArrayD<i16>, PassError> {
    if plane.is_empty() {
        return Err(PassError::unsupported("a quantizer with elements", "none", HELP));
    }
    let most = |plane: ArrayD<i16>, axis: &usize| {
        plane.fold_axis(Axis(*axis), i16::MIN, |most, bits| *most.max(bits)).insert_axis(Axis(*axis))
    };
    Ok(axes.iter().fold(plane, most).insert_axis(Axis(0)))
}

fn narrowed(own: &Kif, input: &Kif, rounding: &str, saturation: &str) -> Result<Kif, IntervalError> {
    const OPERATION: &str = "quantizer";
    let mut least = own.zip(OPERATION, input, i16::min)?;
    let loses = zip_with(OPERATION, &input.f, &own.f, |from, to| from > to)?;
    let has_room = zip_with(OPERATION, &own.i, &input.i, |own, input| own > input)?;
    let mut grows = zip_with(OPERATION, &loses, &has_room, |loses, has_room| loses && has_room)?;
    if rounding == "TRN" {
        // only negative values go away from zero when bits are cut off
        grows = zip_with(OPERATION, &grows, &own.k, |grows, k| grows && k & 1 == 1)?;
    }
    least.i = zip_with(OPERATION, &least.i, &grows, |i, grows| i.wrapping_add(i16::from(grows)))?;
    let out = if matches!(saturation, "SAT" | "SAT_SM") {
        least
    } else {
        let never_overflows = never_overflows(own, input)?;
        let choose = |least: &ArrayD<i16>, own: &ArrayD<i16>| {
            let both = zip_with(OPERATION, least, own, |least, own| (least, own))?;
            zip_with(
                OPERATION,
                &never_overflows,
                &both,
                |never, (least, own)| if never { least } else { own },
            )
        };
        Kif { k: choose(&least.k, &own.k)?, i: choose(&least.i, &own.i)?, f: choose(&least.f, &own.f)? }
    };
    let both = zip_with(OPERATION, &out.k, &out.i, i16::wrapping_add)?;
    let has_bits = zip_with(OPERATION, &both, &out.f, |integer, f| integer.wrapping_add(f) > 0)?;
    out.map(|plane| zip_with(OPERATION, plane, &has_bits, |bits, has_bits| if has_bits { bits } else { 0 }))
}

/// Whether the largest number of the input, and its sign, fit into the mask.
fn never_overflows(own: &Kif, input: &Kif) -> Result<ArrayD<bool>, IntervalError> {
    let largest = |bits: &Kif| {
        zip_with("quantizer", &bits.i, &bits.f, |i, f| power_of_two(i) - power_of_two(f.wrapping_neg()))
    };
    let fits = zip_with("quantizer", &largest(own)?, &largest(input)?, |own, input| own >= input)?;
    let signs = zip_with("quantizer", &own.k, &input.k, |own, input| own >= input)?;
    zip_with("quantizer", &fits, &signs, |fits, sign| fits && sign)
}

fn plane(array: &Tensor) -> Result<ArrayD<i16>, PassError> {
    let constants: Vec<f64> = array.iter_f64()?.collect();
    let is_small = |bits: &f64| bits.fract() == 0.0 && bits.abs() <= 1024.0;
    if let Some(found) = constants.iter().find(|bits| !is_small(bits)) {
        return Err(PassError::unsupported("small integers in `mask_kbi`", found, HELP));
    }
    let bits: Vec<i16> = constants.into_iter().map(|bits| bits as i16).collect();
    Ok(Tensor::new(array.shape(), bits)?.view::<i16>()?.to_owned())
}

#[cfg(test)]
mod tests {
    use ndarray::{arr1, arr2};

    use super::*;

    fn mask(k: [i16; 2], b: [i16; 2], i: [i16; 2]) -> Mask {
        Mask { k: arr2(&[k]).into_dyn(), b: arr2(&[b]).into_dyn(), i: arr2(&[i]).into_dyn() }
    }

    #[test]
    fn saturating_masks_shrink_to_what_comes_in() {
        let mask = mask([1, 1], [8, 8], [4, 4]);
        let (out, narrow) = mask.narrow(&Kif::filled(&[2], 0, 2, 2), ("RND", "SAT")).unwrap();
        assert_eq!(out, Kif::filled(&[2], 0, 2, 2));
        assert_eq!(narrow.first(), (0, 4, 2));
        let (out, _) = mask.narrow(&Kif::filled(&[2], 0, 2, 9), ("RND", "SAT")).unwrap();
        assert_eq!(out, Kif::filled(&[2], 0, 3, 4), "rounding up takes a bit");
        let (out, _) = mask.narrow(&Kif::filled(&[2], 0, 2, 9), ("TRN", "SAT")).unwrap();
        assert_eq!(out.i, arr1(&[3, 3]).into_dyn(), "the quantizer's sign counts");
    }

    #[test]
    fn wrapping_masks_keep_their_range_unless_nothing_overflows() {
        let mask = mask([0, 1], [4, 6], [2, 3]);
        let (out, narrow) = mask.narrow(&Kif::filled(&[2], 1, 1, 1), ("TRN", "WRAP")).unwrap();
        assert_eq!(
            (out.k, out.i, out.f),
            (arr1(&[0, 1]).into_dyn(), arr1(&[2, 1]).into_dyn(), arr1(&[2, 1]).into_dyn())
        );
        assert!(!narrow.is_uniform());
    }

    #[test]
    fn one_element_for_many_has_the_most_of_each() {
        let one = Mask { k: arr2(&[[1]]).into_dyn(), b: arr2(&[[9]]).into_dyn(), i: arr2(&[[5]]).into_dyn() };
        let input =
            Kif { i: arr1(&[4, 0]).into_dyn(), f: arr1(&[0, 2]).into_dyn(), ..Kif::filled(&[2], 1, 0, 0) };
        let (out, narrow) = one.narrow(&input, ("TRN", "SAT")).unwrap();
        assert_eq!(out.f, arr1(&[0, 2]).into_dyn());
        assert_eq!(narrow.first(), (1, 5, 5), "no fractional bit is left");
        assert!(one.narrow(&Kif::filled(&[2, 2], 1, 1, 1), ("TRN", "SAT")).is_err());
    }

    #[test]
    fn elements_without_bits_are_zero() {
        let (out, narrow) =
            mask([1, 0], [0, 3], [2, 1]).narrow(&Kif::filled(&[2], 1, 9, 9), ("RND", "SAT")).unwrap();
        assert_eq!((out.k[[0]], out.i[[0]], out.f[[0]]), (0, 0, 0));
        assert_eq!(narrow.b, arr2(&[[0, 3]]).into_dyn());
    }
}
