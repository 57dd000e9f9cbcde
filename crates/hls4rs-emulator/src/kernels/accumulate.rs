//! Sums of products of a window of data and weights.

use hls4rs_fixed::Fixed;

use super::assignment;
use super::product::{FinalCast, Product, Weight};
use crate::context::Context;
use crate::error::KernelError;
use crate::form::{self, Form, Linear};
use crate::log::{Log, Slot};

/// Which weight belongs to which input and output, and in which order products are added.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matrix {
    /// Numbers in a window of data.
    pub(crate) n_in: usize,
    /// Outputs for a window.
    pub(crate) n_out: usize,
    /// Whether an output is made from every `n_out`-th input only, with a weight per input.
    pub(crate) is_depthwise: bool,
    /// Whether the weights are stored output by output.
    pub(crate) is_transposed: bool,
    /// Products are added in steps of that many inputs, of weights stored output by output in steps of that many weights:
    /// first those that the first place begins, then those that the second one begins, and so on.
    pub(crate) step: usize,
    /// Whether weights stored as zero have no product, also where a stored zero stands for −1.
    pub(crate) skips_zeros: bool,
}

/// The types that products and sums are assigned to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arithmetic {
    pub(crate) product: Product,
    pub(crate) final_cast: FinalCast,
    /// Whether products are assigned to the accumulator before they are added.
    pub(crate) rounds_products: bool,
    pub(crate) accum: Slot,
    pub(crate) result: Slot,
}

/// Sums of products of a window of data and weights.
///
/// **Formula:** `y[j] = bias[j] + Σ_i x[i] · weight[i, j]`.
///
/// **Precision:** every product is assigned to the accumulator, and every sum. In which order the products are added
/// matters where it saturates.
///
/// **Source:** `nnet_dense_latency.h`, `nnet_dense_resource.h`, `nnet_depthwise_product.h`; `nnet_dense.h` of Quartus;
/// `GenerateUnrolledDenseResource` of `hls4ml.backends.vivado.passes.unrolled_codegen`.
#[derive(Debug)]
pub(crate) struct MultiplyAccumulate {
    terms: Vec<Term>,
    /// Per output, the end of its terms.
    ends: Vec<usize>,
    bias: Vec<Fixed>,
    arithmetic: Arithmetic,
}

impl Arithmetic {
    /// An error if C++ cannot make the assignments.
    pub(crate) fn check(
        &self,
        context: &Context<'_>,
        weights: &[Weight],
        bias: &[Fixed],
    ) -> Result<(), KernelError> {
        let (family, accum) = (context.family(), self.accum.format);
        let data = Fixed::zero(context.input()?.format);
        if let Some(&weight) = weights.first() {
            assignment::check(family, self.product.of(data, weight).format(), accum)?;
        }
        if let Some(bias) = bias.first() {
            assignment::check(family, bias.format(), accum)?;
        }
        if self.final_cast.is_plain() {
            assignment::check(family, accum, self.result.format)?;
        }
        Ok(())
    }
}

/// A product.
#[derive(Debug, Clone, Copy)]
struct Term {
    input: usize,
    weight: Weight,
}

impl Matrix {
    /// The inputs of an output in the order in which their products are added.
    fn inputs(&self, output: usize) -> Vec<usize> {
        let mut inputs: Vec<usize> = if self.is_depthwise {
            (output..self.n_in).step_by(self.n_out).collect()
        } else {
            (0..self.n_in).collect()
        };
        let begin = if self.is_transposed && !self.is_depthwise { output * self.n_in } else { 0 };
        inputs.sort_by_key(|input| (begin + input) % self.step.max(1));
        inputs
    }

    /// Where the weight of an input and an output is stored.
    fn place(&self, input: usize, output: usize) -> usize {
        match (self.is_depthwise, self.is_transposed) {
            (true, _) => input,
            (false, true) => output * self.n_in + input,
            (false, false) => input * self.n_out + output,
        }
    }

    /// Number of weights.
    fn len(&self) -> usize {
        if self.is_depthwise { self.n_in } else { self.n_in * self.n_out }
    }
}

impl MultiplyAccumulate {
    /// The sums with the layer's `weight` and `bias`.
    pub(crate) fn new(
        context: &Context<'_>,
        matrix: Matrix,
        arithmetic: Arithmetic,
    ) -> Result<Self, KernelError> {
        Self::of_weight(context, "weight", context.weight("bias")?, (matrix, arithmetic))
    }

    /// The sums with a weight of another name, and any bias.
    pub(crate) fn of_weight(
        context: &Context<'_>,
        name: &str,
        bias: Vec<Fixed>,
        (matrix, arithmetic): (Matrix, Arithmetic),
    ) -> Result<Self, KernelError> {
        let weights = context.weights(name)?;
        check_length(name, matrix.len(), weights.len())?;
        check_length("bias", matrix.n_out, bias.len())?;
        arithmetic.check(context, &weights, &bias)?;
        let stored: Vec<f64> = context.weight_variable(name)?.data.iter_f64()?.collect();
        let (mut terms, mut ends) = (Vec::with_capacity(matrix.len()), Vec::with_capacity(matrix.n_out));
        for output in 0..matrix.n_out {
            for input in matrix.inputs(output) {
                let place = matrix.place(input, output);
                if !matrix.skips_zeros || stored[place] != 0.0 {
                    terms.push(Term { input, weight: weights[place] });
                }
            }
            ends.push(terms.len());
        }
        Ok(Self { terms, ends, bias, arithmetic })
    }

    /// The sums in the words of fast forms, if products are ordinary ones.
    pub(crate) fn form(&self, windows: form::Windows) -> Form<'_> {
        let Arithmetic { product, final_cast, accum, result, .. } = self.arithmetic;
        let Some(first) = self.terms.first().filter(|_| product == Product::Mult && final_cast.is_none())
        else {
            return Form::Other;
        };
        let n_out = self.n_out();
        let mut weight = vec![Fixed::zero(first.weight.value.format()); windows.taps() * n_out];
        let mut begin = 0;
        for (output, &end) in self.ends.iter().enumerate() {
            for term in &self.terms[begin..end] {
                weight[term.input * n_out + output] = term.weight.value;
            }
            begin = end;
        }
        let (accum, result) = (accum.format, result.format);
        Form::Linear(Linear { windows, weight, bias: &self.bias[..n_out], accum, result })
    }

    /// Number of outputs.
    pub(crate) fn n_out(&self) -> usize {
        self.ends.len()
    }

    /// An output for a window of data.
    #[inline]
    pub(crate) fn of(&self, output: usize, data: &[Fixed], log: &mut Log) -> Fixed {
        let Arithmetic { product, final_cast, rounds_products, accum, result } = self.arithmetic;
        let begin = output.checked_sub(1).map_or(0, |previous| self.ends[previous]);
        let mut sum = accum.assign(self.bias[output], log);
        for term in &self.terms[begin..self.ends[output]] {
            let mut product = product.of(data[term.input], term.weight);
            if rounds_products {
                product = accum.assign(product, log);
            }
            sum = accum.assign(sum + product, log);
        }
        result.assign(final_cast.of(sum), log)
    }
}

/// An error where a weight variable has too few elements.
pub(crate) fn check_length(name: &str, expected: usize, found: usize) -> Result<(), KernelError> {
    if found >= expected {
        return Ok(());
    }
    Err(KernelError::unsupported(format!("`{name}`: expected {expected} elements, found {found}")))
}

#[cfg(test)]
impl MultiplyAccumulate {
    /// Ordinary sums with weights `[n_in, n_out]`.
    pub(crate) fn ordinary(weight: &[Fixed], bias: Vec<Fixed>, accum: Slot) -> Self {
        let n_out = bias.len();
        let term = |(input, &value): (usize, &Fixed)| Term { input, weight: value.into() };
        let of = |output: usize| weight.iter().skip(output).step_by(n_out).enumerate().map(term);
        let terms: Vec<Term> = (0..n_out).flat_map(of).collect();
        let n_in = weight.len() / n_out;
        Self {
            terms,
            ends: (1..=n_out).map(|output| output * n_in).collect(),
            bias,
            arithmetic: Arithmetic {
                product: Product::Mult,
                final_cast: FinalCast::NONE,
                rounds_products: true,
                accum,
                result: accum,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(is_transposed: bool, is_depthwise: bool, step: usize) -> Matrix {
        Matrix { n_in: 6, n_out: 2, is_depthwise, is_transposed, step, skips_zeros: false }
    }

    #[test]
    fn products_are_added_in_steps() {
        assert_eq!(matrix(true, false, 3).inputs(1), [0, 3, 1, 4, 2, 5]);
        assert_eq!(matrix(true, false, 8).inputs(1), [2, 3, 4, 5, 0, 1]);
        assert_eq!(matrix(false, false, 2).inputs(0), [0, 2, 4, 1, 3, 5]);
        assert_eq!(matrix(true, true, 3).inputs(1), [3, 1, 5]);
    }
}
