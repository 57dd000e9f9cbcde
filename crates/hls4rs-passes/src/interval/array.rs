//! Arrays of intervals, and arithmetic element by element.

use ndarray::{ArrayD, IxDyn, Zip};

use super::bits::{integer_bits, power_of_two};
use super::{IntervalError, Kif, minimal_fraction, zip_with};

/// Arrays of smallest and largest values and of the steps between values, which broadcast to each other.
#[derive(Debug, Clone, PartialEq)]
pub struct IntervalArray {
    pub(super) min: ArrayD<f64>,
    pub(super) max: ArrayD<f64>,
    pub(super) delta: ArrayD<f64>,
    pub(super) is_rounded: bool,
}

impl IntervalArray {
    /// Intervals from their smallest and largest values and steps. Where a bound is no multiple of the step, all bounds
    /// are rounded to the nearest multiples: see [`IntervalArray::is_rounded`].
    ///
    /// **Source:** `_QIntervalArray._validate` of `hls4ml.utils.qinterval`, hls4ml 1.3.0, which rounds all bounds of the
    /// array once it finds one.
    ///
    /// # Errors
    /// If the shapes do not go together, a minimum is above its maximum, a step is 0, or a number is infinite or none.
    pub fn new(min: ArrayD<f64>, max: ArrayD<f64>, delta: ArrayD<f64>) -> Result<Self, IntervalError> {
        let mut intervals = Self { min, max, delta, is_rounded: false };
        let in_order = zip_with("bounds", &intervals.min, &intervals.max, |min, max| min <= max)?;
        let mut bounds = intervals.min.iter().chain(&intervals.max);
        let is_step = |delta: &f64| delta.is_finite() && *delta > 0.0;
        if !in_order.iter().all(|in_order| *in_order)
            || !bounds.all(|bound| bound.is_finite())
            || !intervals.delta.iter().all(is_step)
        {
            return Err(IntervalError::Range);
        }
        if !are_multiples(&intervals.max, &intervals.delta)? {
            intervals.max = rounded(&intervals.max, &intervals.delta)?;
            intervals.is_rounded = true;
        }
        if !are_multiples(&intervals.min, &intervals.delta)? {
            intervals.min = rounded(&intervals.min, &intervals.delta)?;
            intervals.is_rounded = true;
        }
        Ok(intervals)
    }

    /// The intervals of numbers with so many bits.
    ///
    /// # Errors
    /// If the shapes do not go together, or the numbers are beyond double precision.
    pub fn of_bits(bits: &Kif) -> Result<Self, IntervalError> {
        let min = zip_with("bounds", &bits.i, &bits.k, |i, k| -power_of_two(i) * f64::from(k))?;
        let max =
            zip_with("bounds", &bits.i, &bits.f, |i, f| power_of_two(i) - power_of_two(f.wrapping_neg()))?;
        Self::new(min, max, bits.f.mapv(|f| power_of_two(f.wrapping_neg())))
    }

    /// The fewest bits that hold the intervals. An interval that holds only zero has none.
    ///
    /// # Errors
    /// If the shapes do not go together.
    pub fn to_bits(&self) -> Result<Kif, IntervalError> {
        let f = self.delta.mapv(|delta| -(delta.log2() as i16));
        let bounds = zip_with("bounds", &self.max, &self.min, |max, min| (max, min))?;
        let i = zip_with("bounds", &bounds, &f, |(max, min), f| integer_bits(max, min, f))?;
        let unless_zero = |(max, min): (f64, f64), bits: i16| if max == 0.0 && min == 0.0 { 0 } else { bits };
        Ok(Kif {
            k: self.min.mapv(|min| i16::from(min < 0.0)),
            i: zip_with("bounds", &bounds, &i, unless_zero)?,
            f: zip_with("bounds", &bounds, &f, unless_zero)?,
        })
    }

    /// The shape.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        self.min.shape()
    }

    /// Whether a bound was no multiple of its step, so that bits that follow may be too few.
    #[must_use]
    pub fn is_rounded(&self) -> bool {
        self.is_rounded
    }

    /// Sums of elements.
    ///
    /// # Errors
    /// If the shapes do not go together, or sums are beyond double precision.
    pub fn add(&self, other: &Self) -> Result<Self, IntervalError> {
        let min = zip_with("sum", &self.min, &other.min, |a, b| a + b)?;
        let max = zip_with("sum", &self.max, &other.max, |a, b| a + b)?;
        let delta = zip_with("sum", &self.delta, &other.delta, f64::min)?;
        Ok(Self::new(min, max, delta)?.after(&[self, other]))
    }

    /// Sums with constants.
    ///
    /// # Errors
    /// If the shapes do not go together, or sums are beyond double precision.
    pub fn add_constants(&self, constants: &ArrayD<f64>) -> Result<Self, IntervalError> {
        let min = zip_with("sum", &self.min, constants, |a, b| a + b)?;
        let max = zip_with("sum", &self.max, constants, |a, b| a + b)?;
        let delta = zip_with("sum", &self.delta, &steps(constants), f64::min)?;
        Ok(Self::new(min, max, delta)?.after(&[self]))
    }

    /// Differences of elements.
    ///
    /// # Errors
    /// If the shapes do not go together, or differences are beyond double precision.
    pub fn subtract(&self, other: &Self) -> Result<Self, IntervalError> {
        let negated = Self {
            min: other.max.mapv(|max| -max),
            max: other.min.mapv(|min| -min),
            delta: other.delta.clone(),
            is_rounded: other.is_rounded,
        };
        self.add(&negated)
    }

    /// Products of elements.
    ///
    /// # Errors
    /// If the shapes do not go together, or products are beyond double precision.
    pub fn multiply(&self, other: &Self) -> Result<Self, IntervalError> {
        let left = self.bounds("product")?;
        let right = other.bounds("product")?;
        let products = zip_with("product", &left, &right, product)?;
        let delta = zip_with("product", &self.delta, &other.delta, |a, b| a * b)?;
        let (min, max) = (products.mapv(|(min, _)| min), products.mapv(|(_, max)| max));
        Ok(Self::new(min, max, delta)?.after(&[self, other]))
    }

    /// Products with constants.
    ///
    /// # Errors
    /// If the shapes do not go together, or products are beyond double precision.
    pub fn multiply_constants(&self, constants: &ArrayD<f64>) -> Result<Self, IntervalError> {
        let left = self.bounds("product")?;
        let products = zip_with("product", &left, constants, product_with_constant)?;
        let delta = zip_with("product", &self.delta, &steps(constants), |a, b| a * b)?;
        let (min, max) = (products.mapv(|(min, _)| min), products.mapv(|(_, max)| max));
        Ok(Self::new(min, max, delta)?.after(&[self]))
    }

    /// The same intervals with the axes in another order, in one dimension, the last axis fastest.
    pub(super) fn flattened(&self, axes: &[usize]) -> Result<Vec<(f64, f64, f64)>, IntervalError> {
        let bounds = self.bounds("transposition")?;
        let all = zip_with("transposition", &bounds, &self.delta, |(min, max), delta| (min, max, delta))?;
        Ok(permuted("transposition", &all, axes)?.iter().copied().collect())
    }

    fn bounds(&self, operation: &'static str) -> Result<ArrayD<(f64, f64)>, IntervalError> {
        zip_with(operation, &self.min, &self.max, |min, max| (min, max))
    }

    /// Intervals that come from others that may have been rounded.
    pub(super) fn after(self, sources: &[&Self]) -> Self {
        let is_rounded = self.is_rounded || sources.iter().any(|source| source.is_rounded);
        Self { is_rounded, ..self }
    }
}

/// Smallest and largest product of two intervals.
pub(super) fn product((a_min, a_max): (f64, f64), (b_min, b_max): (f64, f64)) -> (f64, f64) {
    let products = [a_min * b_min, a_min * b_max, a_max * b_min, a_max * b_max];
    (products.into_iter().fold(f64::INFINITY, f64::min), products.into_iter().fold(-f64::INFINITY, f64::max))
}

/// Smallest and largest product of an interval and a number.
pub(super) fn product_with_constant((min, max): (f64, f64), constant: f64) -> (f64, f64) {
    ((min * constant).min(max * constant), (min * constant).max(max * constant))
}

/// The steps of which constants are multiples.
pub(super) fn steps(constants: &ArrayD<f64>) -> ArrayD<f64> {
    constants.mapv(step)
}

/// The step of which a constant is a multiple.
pub(super) fn step(constant: f64) -> f64 {
    power_of_two(-minimal_fraction(constant))
}

/// The array with its axes in another order.
///
/// # Errors
/// If the axes are not those of the array, each once.
pub(crate) fn permuted<T: Copy>(
    operation: &'static str,
    array: &ArrayD<T>,
    axes: &[usize],
) -> Result<ArrayD<T>, IntervalError> {
    let mut sorted = axes.to_vec();
    sorted.sort_unstable();
    if !sorted.into_iter().eq(0..array.ndim()) {
        return Err(IntervalError::axes(operation, array.ndim(), axes));
    }
    Ok(array.view().permuted_axes(IxDyn(axes)).as_standard_layout().into_owned())
}

fn are_multiples(bounds: &ArrayD<f64>, delta: &ArrayD<f64>) -> Result<bool, IntervalError> {
    let are = zip_with("bounds", bounds, delta, |bound, delta| bound % delta == 0.0)?;
    Ok(Zip::from(&are).all(|is| *is))
}

fn rounded(bounds: &ArrayD<f64>, delta: &ArrayD<f64>) -> Result<ArrayD<f64>, IntervalError> {
    zip_with("bounds", bounds, delta, |bound, delta| (bound / delta).round_ties_even() * delta)
}

#[cfg(test)]
mod tests {
    use ndarray::arr1;

    use super::*;

    fn kif(k: i16, i: i16, f: i16) -> Kif {
        Kif::filled(&[1], k, i, f)
    }

    fn of(k: i16, i: i16, f: i16) -> IntervalArray {
        IntervalArray::of_bits(&kif(k, i, f)).unwrap()
    }

    #[test]
    fn bits_come_back() {
        for (k, i, f) in [(1, 3, 2), (0, 3, 2), (1, -2, 5), (0, 8, -3), (1, 0, 0), (1, 126, 126)] {
            assert_eq!(of(k, i, f).to_bits(), Ok(kif(k, i, f)));
        }
        assert_eq!(of(0, 2, -2).to_bits(), Ok(kif(0, 0, 0)), "only zero");
    }

    #[test]
    fn sums_and_products() {
        assert_eq!(of(1, 3, 2).add(&of(0, 1, 4)).unwrap().to_bits(), Ok(kif(1, 4, 4)));
        assert_eq!(of(0, 3, 0).subtract(&of(0, 3, 0)).unwrap().to_bits(), Ok(kif(1, 3, 0)));
        assert_eq!(of(1, 3, 0).multiply(&of(1, 3, 0)).unwrap().to_bits(), Ok(kif(1, 7, 0)));
        assert_eq!(of(0, 3, 0).multiply(&of(1, 3, 1)).unwrap().to_bits(), Ok(kif(1, 6, 1)));
        let scaled = of(1, 3, 0).multiply_constants(&arr1(&[-0.5]).into_dyn()).unwrap();
        assert_eq!(scaled.to_bits(), Ok(kif(1, 3, 1)));
        let moved = of(1, 3, 0).add_constants(&arr1(&[0.25]).into_dyn()).unwrap();
        assert_eq!(moved.to_bits(), Ok(kif(1, 3, 2)));
    }

    #[test]
    fn bounds_between_steps_are_rounded() {
        let moved = of(0, 1, 0).add_constants(&arr1(&[0.1]).into_dyn()).unwrap();
        assert!(moved.is_rounded());
        assert_eq!(moved.to_bits(), Ok(kif(0, 1, 32)));
        assert!(moved.add(&of(0, 1, 0)).unwrap().is_rounded());
    }

    #[test]
    fn what_double_precision_does_not_hold_is_an_error() {
        assert_eq!(IntervalArray::of_bits(&kif(1, 2000, 0)), Err(IntervalError::Range));
        assert_eq!(IntervalArray::of_bits(&kif(0, -3, 1)), Err(IntervalError::Range), "upside down");
        assert!(of(1, 800, 0).multiply(&of(1, 800, 0)).is_err());
    }
}
