//! Arrays of single precision, and scales for them.

use super::eigen;
use crate::{QuantizeError, Tensor, TensorError};

/// An array in C order whose last axis is the channels.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f32>,
}

/// Scales of an array: one for all, one per channel, or one per element. They repeat along the array in memory.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scales {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f32>,
}

impl Grid {
    pub(super) fn of(tensor: &Tensor) -> Result<Self, TensorError> {
        let values = tensor.iter_f64()?.map(|value| eigen::flush(value as f32)).collect();
        Ok(Self { shape: tensor.shape().to_vec(), values })
    }

    pub(super) fn map(&self, function: impl Fn(f32) -> f32) -> Self {
        Self { shape: self.shape.clone(), values: self.values.iter().map(|x| function(*x)).collect() }
    }

    /// A function of the elements and their scales.
    pub(super) fn scaled(&self, scales: &Scales, function: impl Fn(f32, f32) -> f32) -> Self {
        let scales = scales.values.iter().cycle();
        let values = self.values.iter().zip(scales).map(|(x, scale)| function(*x, *scale)).collect();
        Self { shape: self.shape.clone(), values }
    }

    /// A function of the elements of two arrays of one shape.
    pub(super) fn zip(&self, other: &Self, function: impl Fn(f32, f32) -> f32) -> Self {
        let values = self.values.iter().zip(&other.values).map(|(x, y)| function(*x, *y)).collect();
        Self { shape: self.shape.clone(), values }
    }

    /// The same, with a function of whole arrays.
    pub(super) fn with(&self, function: impl Fn(&[f32]) -> Vec<f32>) -> Self {
        Self { shape: self.shape.clone(), values: function(&self.values) }
    }

    pub(super) fn into_tensor(self) -> Result<Tensor, TensorError> {
        Tensor::new(&self.shape, self.values)
    }

    /// Number of channels; of a vector, one for all its elements.
    fn columns(&self) -> usize {
        if self.shape.len() > 1 { self.shape.last().copied().unwrap_or(1) } else { 1 }
    }

    /// The shape of one number per channel.
    fn channel_shape(&self) -> Vec<usize> {
        let mut shape = vec![1; self.shape.len()];
        if let (true, Some(last)) = (shape.len() > 1, shape.last_mut()) {
            *last = self.columns();
        }
        shape
    }

    /// The largest magnitude in each channel.
    pub(super) fn largest(&self) -> Scales {
        let columns = self.columns();
        let largest =
            |column| self.values.iter().skip(column).step_by(columns).fold(0.0f32, |a, x| a.max(x.abs()));
        Scales { shape: self.channel_shape(), values: (0..columns).map(largest).collect() }
    }

    /// The factors, one per channel, by which the quantized values come closest to the values. For a vector each element
    /// has its own.
    ///
    /// **Source:** `_get_scale` of QKeras 0.9.0.
    pub(super) fn best_scales(&self, quantized: &Self, power_of_two: bool) -> Result<Scales, QuantizeError> {
        const EPSILON: f32 = 1e-7;
        let (xq, qq) = (self.zip(quantized, |x, q| x * q), quantized.map(|q| q * q));
        let scales = if self.shape.len() > 1 {
            let means = |grid: &Self| eigen::column_means(&grid.values, self.columns());
            let Some((xq, qq)) = means(&xq).zip(means(&qq)) else {
                return Err(QuantizeError::NotReproducible { shape: self.shape.clone() });
            };
            let values = xq.into_iter().zip(qq).map(|(xq, qq)| xq / (qq + EPSILON)).collect();
            Scales { shape: self.channel_shape(), values }
        } else {
            let scales = xq.zip(&qq, |xq, qq| xq / (qq + EPSILON));
            Scales { shape: scales.shape, values: scales.values }
        };
        Ok(if power_of_two { scales.to_powers_of_two() } else { scales })
    }
}

impl Scales {
    pub(super) fn one(value: f32) -> Self {
        Self { shape: Vec::new(), values: vec![value] }
    }

    pub(super) fn map(self, function: impl Fn(f32) -> f32) -> Self {
        Self { shape: self.shape, values: self.values.into_iter().map(function).collect() }
    }

    /// The nearest powers of two.
    pub(super) fn to_powers_of_two(&self) -> Self {
        let logarithms = eigen::log(&self.values.iter().map(|scale| scale + 1e-7).collect::<Vec<f32>>());
        let nearest = |log: f32| eigen::exp2((log / std::f32::consts::LN_2).round_ties_even());
        Self { shape: self.shape.clone(), values: logarithms.into_iter().map(nearest).collect() }
    }
}
