//! Sums of products over one axis.

use ndarray::{ArrayD, IxDyn};

use super::array::{product, product_with_constant, step};
use super::{IntervalArray, IntervalError};

/// An interval with its step.
pub(super) type Element = (f64, f64, f64);

impl IntervalArray {
    /// The matrix product with constants: `[…, c] · [c, …] → […, …]`.
    ///
    /// **Source:** `QIntervalArray.__matmul__` of `hls4ml.utils.qinterval`, hls4ml 1.3.0.
    ///
    /// # Errors
    /// If the last axis is not as long as the constants' first one, or sums are beyond double precision.
    pub fn matmul(&self, constants: &ArrayD<f64>) -> Result<Self, IntervalError> {
        let factors: Vec<f64> = constants.iter().copied().collect();
        let factors: Vec<(f64, f64)> = factors.into_iter().map(|factor| (factor, step(factor))).collect();
        let term = |(min, max, delta): Element, (factor, step): (f64, f64)| {
            let (min, max) = product_with_constant((min, max), factor);
            (min, max, delta * step)
        };
        Ok(self.contract(&factors, constants.shape(), term)?.after(&[self]))
    }

    /// The matrix product with other intervals: `[…, c] · [c, …] → […, …]`.
    ///
    /// # Errors
    /// If the last axis is not as long as the other's first one, or sums are beyond double precision.
    pub fn matmul_intervals(&self, other: &Self) -> Result<Self, IntervalError> {
        let axes: Vec<usize> = (0..other.shape().len()).collect();
        let factors = other.flattened(&axes)?;
        Ok(self.contract(&factors, other.shape(), multiplied)?.after(&[self, other]))
    }

    fn contract<F: Copy>(
        &self,
        factors: &[F],
        factor_shape: &[usize],
        term: impl Fn(Element, F) -> Element,
    ) -> Result<Self, IntervalError> {
        let mismatch = || IntervalError::shapes("matrix product", self.shape(), factor_shape);
        let (Some((&length, outer)), Some((&first, inner))) =
            (self.shape().split_last(), factor_shape.split_first())
        else {
            return Err(mismatch());
        };
        if length != first {
            return Err(mismatch());
        }
        let axes: Vec<usize> = (0..self.shape().len()).collect();
        let elements = self.flattened(&axes)?;
        let columns: usize = inner.iter().product();
        let mut sums = Vec::new();
        for row in elements.chunks(length.max(1)) {
            for column in 0..columns {
                let factors = factors.iter().skip(column).step_by(columns.max(1));
                let terms: Vec<Element> = row.iter().zip(factors).map(|(&x, &y)| term(x, y)).collect();
                sums.push(sum(&terms, columns == 1)?);
            }
        }
        Self::of_elements(&[outer, inner].concat(), &sums).ok_or_else(mismatch)?
    }

    /// Intervals from elements, the last axis fastest; none if there are not so many.
    pub(super) fn of_elements(shape: &[usize], elements: &[Element]) -> Option<Result<Self, IntervalError>> {
        let plane = |part: fn(&Element) -> f64| {
            ArrayD::from_shape_vec(IxDyn(shape), elements.iter().map(part).collect()).ok()
        };
        Some(Self::new(plane(|(min, ..)| *min)?, plane(|(_, max, _)| *max)?, plane(|(.., delta)| *delta)?))
    }
}

/// The product of two intervals, and its step.
pub(super) fn multiplied((min, max, delta): Element, (other_min, other_max, step): Element) -> Element {
    let (min, max) = product((min, max), (other_min, other_max));
    (min, max, delta * step)
}

/// The sum of terms, as NumPy sums: in pairs, where the terms lie side by side in memory.
pub(super) fn sum(terms: &[Element], side_by_side: bool) -> Result<Element, IntervalError> {
    let delta = terms.iter().map(|(.., delta)| *delta).reduce(f64::min);
    let delta = delta.ok_or(IntervalError::Empty { operation: "matrix product" })?;
    let add = if side_by_side { pairwise_sum } else { plain_sum };
    let min: Vec<f64> = terms.iter().map(|(min, ..)| *min).collect();
    let max: Vec<f64> = terms.iter().map(|(_, max, _)| *max).collect();
    Ok((add(&min), add(&max), delta))
}

fn plain_sum(terms: &[f64]) -> f64 {
    terms.iter().fold(0.0, |sum, term| sum + term)
}

/// **Source:** `pairwise_sum` of NumPy's `loops_utils.h.src`: eight sums side by side in blocks of at most 128 terms.
fn pairwise_sum(terms: &[f64]) -> f64 {
    const LANES: usize = 8;
    const BLOCK: usize = 128;
    if terms.len() < LANES {
        return plain_sum(terms);
    }
    if terms.len() > BLOCK {
        let half = terms.len() / 2;
        let (first, second) = terms.split_at(half - half % LANES);
        return pairwise_sum(first) + pairwise_sum(second);
    }
    let (chunks, rest) = terms.as_chunks::<LANES>();
    let lanes = chunks.iter().fold(None, |sums: Option<[f64; LANES]>, chunk| match sums {
        None => Some(*chunk),
        Some(sums) => Some(std::array::from_fn(|lane| sums[lane] + chunk[lane])),
    });
    let [a, b, c, d, e, f, g, h] = lanes.unwrap_or([0.0; LANES]);
    rest.iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, term| sum + term)
}

#[cfg(test)]
mod tests {
    use ndarray::{arr1, arr2};

    use super::super::Kif;
    use super::*;

    #[test]
    fn products_with_zero_need_no_bits() {
        let inputs = IntervalArray::of_bits(&Kif::filled(&[2], 1, 3, 2)).unwrap();
        let product = inputs.matmul(&arr2(&[[0.0, 1.0], [0.0, 0.25]]).into_dyn()).unwrap();
        let bits = product.to_bits().unwrap();
        assert_eq!((bits.k[[0]], bits.i[[0]], bits.f[[0]]), (0, 0, 0));
        assert_eq!((bits.k[[1]], bits.i[[1]], bits.f[[1]]), (1, 4, 4));
    }

    #[test]
    fn rows_and_columns_keep_their_places() {
        let bits = Kif { k: arr2(&[[0], [1]]).into_dyn(), ..Kif::filled(&[2, 1], 0, 2, 0) };
        let product =
            IntervalArray::of_bits(&bits).unwrap().matmul(&arr2(&[[1.0, -2.0, 0.0]]).into_dyn()).unwrap();
        let bits = product.to_bits().unwrap();
        assert_eq!(bits.k, arr2(&[[0, 1, 0], [1, 1, 0]]).into_dyn());
        assert_eq!(bits.i, arr2(&[[2, 3, 0], [2, 4, 0]]).into_dyn());
        assert_eq!(bits.f, arr2(&[[0, -1, 0], [0, -1, 0]]).into_dyn());
    }

    #[test]
    fn intervals_multiply_intervals() {
        let ones = IntervalArray::of_bits(&Kif::filled(&[4], 1, 1, 0)).unwrap();
        let bits = ones.matmul_intervals(&ones).unwrap().to_bits().unwrap();
        assert_eq!((bits.k.shape(), bits.i[[]], bits.f[[]]), (&[][..], 5, 0));
        assert!(ones.matmul(&arr1(&[1.0]).into_dyn()).is_err());
    }

    #[test]
    fn many_terms_are_summed_in_blocks() {
        // 1 and many halves of its last bit: a plain sum loses all of them, NumPy's loses those of its own lane only
        let mut terms = vec![2f64.powi(-53); 16];
        terms[0] = 1.0;
        assert_eq!(plain_sum(&terms), 1.0);
        assert_eq!(pairwise_sum(&terms), 1.0 + 14.0 * 2f64.powi(-53));
        assert_eq!(pairwise_sum(&vec![1.0; 1000]), 1000.0);
        assert_eq!(pairwise_sum(&[]), 0.0);
    }
}
