//! Contractions of two arrays by Einstein's summation convention.

use ndarray::{ArrayD, IxDyn};

use super::array::{permuted, product_with_constant, step};
use super::matmul::{Element, multiplied, sum};
use super::{IntervalArray, IntervalError};

/// An equation such as `ab,bc->ac` for two arrays of given shapes, as a loop over matrix products.
///
/// **Source:** `parse_einsum` of `hls4ml.utils.einsum_utils`, hls4ml 1.3.0. Axes that only one operand has and the output
/// has not are none for intervals: hls4ml fails at them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Einsum {
    /// Order in which the axes of each operand are taken: those that both operands and the output have, those that the
    /// operand shares with the output, those that are summed over.
    pub input_axes: [Vec<usize>; 2],
    /// Order of the output's axes among those that come out of the loops.
    pub output_axes: Vec<usize>,
    /// Dimensions as they come out of the loops.
    pub loop_shape: Vec<usize>,
    /// Products side by side, elements of the first and of the second operand in each, and terms per sum.
    pub sizes: [usize; 4],
}

impl Einsum {
    /// The plan of an equation.
    ///
    /// # Errors
    /// If the equation is none, or the shapes do not go with it.
    pub fn parse(equation: &str, shapes: [&[usize]; 2]) -> Result<Self, IntervalError> {
        let [first, second, output] = subscripts(equation, shapes)?;
        let contract: Vec<char> =
            second.iter().copied().filter(|axis| first.contains(axis) && !output.contains(axis)).collect();
        let inplace: Vec<char> =
            second.iter().copied().filter(|axis| first.contains(axis) && output.contains(axis)).collect();
        let own = |own: &[char], other: &[char]| -> Vec<char> {
            own.iter().copied().filter(|axis| output.contains(axis) && !other.contains(axis)).collect()
        };
        let (own_first, own_second) = (own(&first, &second), own(&second, &first));
        let places = |axes: &[char], among: &[char]| -> Vec<usize> {
            axes.iter().filter_map(|axis| among.iter().position(|known| known == axis)).collect()
        };
        let input_axes = [
            places(&[&inplace[..], &own_first, &contract].concat(), &first),
            places(&[&inplace[..], &own_second, &contract].concat(), &second),
        ];
        let looped = [&inplace[..], &own_first, &own_second].concat();
        let dimension = |axis: &char| {
            let of = |axes: &[char], shape: &[usize]| {
                axes.iter().position(|known| known == axis).and_then(|place| shape.get(place)).copied()
            };
            of(&first, shapes[0]).or_else(|| of(&second, shapes[1])).unwrap_or(1)
        };
        let size = |axes: &[char]| axes.iter().map(dimension).product();
        Ok(Self {
            input_axes,
            output_axes: places(&output, &looped),
            loop_shape: looped.iter().map(dimension).collect(),
            sizes: [size(&inplace), size(&own_first), size(&own_second), size(&contract)],
        })
    }

    /// The shape of the second operand, by those of the first one and of the output.
    ///
    /// # Errors
    /// If the equation is none or has an ellipsis, or an axis of the operand is in neither of the others.
    pub fn second_shape(
        equation: &str,
        first: &[usize],
        output: &[usize],
    ) -> Result<Vec<usize>, IntervalError> {
        let wrong = |problem: &str| IntervalError::Equation {
            equation: equation.to_owned(),
            problem: problem.to_owned(),
        };
        let letters = letters(equation).ok_or_else(|| wrong("expected `a,b->c`"))?;
        let [own_first, own_second, own_output] = &letters;
        let of = |axis: &char, axes: &[char], shape: &[usize]| {
            axes.iter().position(|known| known == axis).and_then(|place| shape.get(place)).copied()
        };
        let dimension = |axis: &char| of(axis, own_first, first).or_else(|| of(axis, own_output, output));
        let shape = own_second.iter().map(dimension).collect::<Option<_>>();
        shape
            .filter(|_| !letters.concat().contains(&'0'))
            .ok_or_else(|| wrong("expected axes that others have"))
    }

    /// The contraction of intervals with constants.
    ///
    /// # Errors
    /// If an operand has an axis of its own that is summed over, or sums are beyond double precision.
    pub fn with_constants(
        &self,
        intervals: &IntervalArray,
        constants: &ArrayD<f64>,
    ) -> Result<IntervalArray, IntervalError> {
        self.with_factors(intervals, permuted("contraction", constants, &self.input_axes[1])?)
    }

    /// The contraction of intervals with constants that are matrices `[products, terms, columns]` already.
    ///
    /// # Errors
    /// If the matrices are not as large as the equation wants them, or sums are beyond double precision.
    pub fn with_matrices(
        &self,
        intervals: &IntervalArray,
        matrices: &ArrayD<f64>,
    ) -> Result<IntervalArray, IntervalError> {
        let [products, _, columns, length] = self.sizes;
        if *matrices.shape() != [products, length, columns] {
            return Err(IntervalError::shapes("contraction", &[products, length, columns], matrices.shape()));
        }
        self.with_factors(intervals, permuted("contraction", matrices, &[0, 2, 1])?)
    }

    /// The contraction with constants in the order in which they are taken.
    fn with_factors(
        &self,
        intervals: &IntervalArray,
        factors: ArrayD<f64>,
    ) -> Result<IntervalArray, IntervalError> {
        let factors: Vec<(f64, f64)> = factors.iter().map(|&factor| (factor, step(factor))).collect();
        let term = |(min, max, delta): Element, (factor, step): (f64, f64)| {
            let (min, max) = product_with_constant((min, max), factor);
            (min, max, delta * step)
        };
        Ok(self.run(&intervals.flattened(&self.input_axes[0])?, &factors, term)?.after(&[intervals]))
    }

    /// The contraction of intervals with intervals.
    ///
    /// # Errors
    /// If an operand has an axis of its own that is summed over, or sums are beyond double precision.
    pub fn with_intervals(
        &self,
        first: &IntervalArray,
        second: &IntervalArray,
    ) -> Result<IntervalArray, IntervalError> {
        let factors = second.flattened(&self.input_axes[1])?;
        let product = self.run(&first.flattened(&self.input_axes[0])?, &factors, multiplied)?;
        Ok(product.after(&[first, second]))
    }

    fn run<F: Copy>(
        &self,
        first: &[Element],
        second: &[F],
        term: impl Fn(Element, F) -> Element,
    ) -> Result<IntervalArray, IntervalError> {
        let [products, rows, columns, length] = self.sizes;
        let mut sums = Vec::new();
        for product in 0..products {
            for row in 0..rows {
                let row = first.iter().skip((product * rows + row) * length).take(length);
                for column in 0..columns {
                    let column = second.iter().skip((product * columns + column) * length);
                    let terms: Vec<Element> = row.clone().zip(column).map(|(&x, &y)| term(x, y)).collect();
                    sums.push(sum(&terms, true)?);
                }
            }
        }
        let mismatch = || IntervalError::shapes("contraction", &self.loop_shape, &[sums.len()]);
        let elements = ArrayD::from_shape_vec(IxDyn(&self.loop_shape), sums.clone());
        let elements = permuted("contraction", &elements.map_err(|_| mismatch())?, &self.output_axes)?;
        let flat: Vec<Element> = elements.iter().copied().collect();
        IntervalArray::of_elements(elements.shape(), &flat).ok_or_else(mismatch)?
    }
}

/// The letters of both operands and of the output, an ellipsis as `0`.
fn letters(equation: &str) -> Option<[Vec<char>; 3]> {
    let (inputs, output) = equation.split_once("->")?;
    let (first, second) = inputs.split_once(',')?;
    Some([first, second, output].map(|part| part.trim().replace("...", "0").chars().collect()))
}

/// The letters of both operands and of the output, an ellipsis as letters that the equation does not have.
fn subscripts(equation: &str, shapes: [&[usize]; 2]) -> Result<[Vec<char>; 3], IntervalError> {
    let wrong = |problem: String| IntervalError::Equation { equation: equation.to_owned(), problem };
    let mut letters = letters(equation).ok_or_else(|| wrong("expected `a,b->c`".to_owned()))?;
    for axes in &letters {
        if let Some(strange) = axes.iter().find(|axis| !axis.is_ascii_alphabetic() && **axis != '0') {
            return Err(wrong(format!("expected letters and `...`, found `{strange}`")));
        }
        if let Some(twice) = axes.iter().enumerate().find(|(place, axis)| axes[..*place].contains(axis)) {
            return Err(wrong(format!("expected each axis once per array, found `{}` twice", twice.1)));
        }
    }
    expand_ellipses(&mut letters, shapes).map_err(wrong)?;
    check(&letters, shapes).map_err(wrong)?;
    Ok(letters)
}

/// Puts letters that are not in use in the place of each ellipsis, as many as the operand has axes left.
fn expand_ellipses(letters: &mut [Vec<char>; 3], shapes: [&[usize]; 2]) -> Result<(), String> {
    let [first, second, output] = &*letters;
    let is_in_inputs = first.contains(&'0') || second.contains(&'0');
    if is_in_inputs != output.contains(&'0') {
        return Err("expected `...` in the output if, and only if, an input has it".to_owned());
    }
    let used = letters.concat();
    let mut free = ('A'..='Z').chain('a'..='z').filter(|letter| !used.contains(letter));
    let extra = |axes: &[char], shape: &[usize]| {
        let left = if axes.contains(&'0') { (shape.len() + 1).checked_sub(axes.len()) } else { Some(0) };
        left.ok_or_else(|| format!("expected at least {} dimensions, found {shape:?}", axes.len() - 1))
    };
    let counts = [extra(first, shapes[0])?, extra(second, shapes[1])?];
    if first.contains(&'0') && second.contains(&'0') && counts[0] != counts[1] {
        return Err(format!("expected `...` to stand for as many axes in both inputs, found {counts:?}"));
    }
    let replacement: Vec<char> = free.by_ref().take(counts[0].max(counts[1])).collect();
    for axes in letters {
        if let Some(place) = axes.iter().position(|axis| *axis == '0') {
            axes.splice(place..=place, replacement.iter().copied());
        }
    }
    Ok(())
}

fn check([first, second, output]: &[Vec<char>; 3], shapes: [&[usize]; 2]) -> Result<(), String> {
    for (axes, shape) in [(first, shapes[0]), (second, shapes[1])] {
        if axes.len() != shape.len() {
            return Err(format!("expected {} dimensions, found {shape:?}", axes.len()));
        }
    }
    if let Some(axis) = output.iter().find(|axis| !first.contains(axis) && !second.contains(axis)) {
        return Err(format!("expected an input with the axis `{axis}` of the output"));
    }
    for (axis, left) in first.iter().zip(shapes[0]) {
        let right = second.iter().position(|other| other == axis).map(|place| shapes[1][place]);
        if right.is_some_and(|right| right != *left) {
            return Err(format!("expected equal dimensions for `{axis}`, found {shapes:?}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Kif;
    use super::*;

    #[test]
    fn axes_are_sorted_by_what_becomes_of_them() {
        let plan = Einsum::parse("abc,bcd->adb", [&[2, 3, 4], &[3, 4, 5]]).unwrap();
        assert_eq!(plan.input_axes, [vec![1, 0, 2], vec![0, 2, 1]]);
        assert_eq!(plan.loop_shape, [3, 2, 5]);
        assert_eq!(plan.output_axes, [1, 2, 0]);
        assert_eq!(plan.sizes, [3, 2, 5, 4]);
    }

    #[test]
    fn an_ellipsis_stands_for_what_is_left() {
        let plan = Einsum::parse("...b, bc -> ...c", [&[7, 2, 3], &[3, 5]]).unwrap();
        assert_eq!((plan.loop_shape, plan.sizes), (vec![7, 2, 5], [1, 14, 5, 3]));
        let plan = Einsum::parse("...a,...a->...", [&[7, 3], &[7, 3]]).unwrap();
        assert_eq!((plan.loop_shape, plan.sizes), (vec![7], [7, 1, 1, 3]));
    }

    #[test]
    fn wrong_equations_are_errors() {
        for (equation, shapes) in [
            ("ab,bc", [&[1, 2][..], &[2, 3]]),
            ("ab->ab", [&[1, 2], &[2, 3]]),
            ("aab,bc->ac", [&[1, 1, 2], &[2, 3]]),
            ("ab,bc->ad", [&[1, 2], &[2, 3]]),
            ("ab,bc->ac", [&[1, 2], &[3, 3]]),
            ("ab,bc->ac", [&[1, 2, 2], &[2, 3]]),
            ("...b,bc->bc", [&[1, 2], &[2, 3]]),
            ("...abc,cd->...abd", [&[1, 2], &[2, 3]]),
            ("...a,...a->...", [&[1, 2, 2], &[2, 2]]),
            ("a1,1b->ab", [&[1, 2], &[2, 3]]),
        ] {
            assert!(Einsum::parse(equation, shapes).is_err(), "{equation}");
        }
    }

    #[test]
    fn contractions_count_bits() {
        let plan = Einsum::parse("ab,bc->ca", [&[2, 3], &[3, 4]]).unwrap();
        let inputs = IntervalArray::of_bits(&Kif::filled(&[2, 3], 1, 2, 1)).unwrap();
        let weights = ArrayD::ones(IxDyn(&[3, 4]));
        assert_eq!(
            plan.with_constants(&inputs, &weights).unwrap().to_bits(),
            Ok(Kif::filled(&[4, 2], 1, 4, 1))
        );
        let matrices = ArrayD::ones(IxDyn(&[1, 3, 4]));
        assert_eq!(plan.with_matrices(&inputs, &matrices), plan.with_constants(&inputs, &weights));
        assert!(plan.with_matrices(&inputs, &weights).is_err());
        assert_eq!(Einsum::second_shape("ab,bc->ca", &[2, 3], &[4, 2]), Ok(vec![3, 4]));
        let others = IntervalArray::of_bits(&Kif::filled(&[3, 4], 0, 1, 1)).unwrap();
        assert_eq!(
            plan.with_intervals(&inputs, &others).unwrap().to_bits(),
            Ok(Kif::filled(&[4, 2], 1, 5, 2))
        );
    }
}
