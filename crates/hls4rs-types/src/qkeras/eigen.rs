//! Functions in single precision as TensorFlow computes them on a processor with AVX.
//!
//! **Source:** Eigen, as TensorFlow 2.14 uses it: polynomials for eight numbers at a time, and the C library for numbers left
//! over at the end of an array. Products and sums are rounded one by one. Numbers too small to be normal count as zero.

use crate::eigen::{self, polynomial};

/// Numbers that are computed together.
const LANES: usize = 8;

/// Elements that are summed on one core, whatever the machine.
const ON_ONE_CORE: usize = 1 << 17;

/// Elements that are summed without being halved.
const LEAF: usize = 1024 * LANES;

/// Zero for numbers too small to be normal.
pub(super) fn flush(x: f32) -> f32 {
    if x.is_subnormal() { 0.0f32.copysign(x) } else { x }
}

/// The next whole number, to even where two are as near, by the detour of the straight-through estimator.
pub(super) fn round_through(x: f32) -> f32 {
    through(x, x.round_ties_even())
}

/// A value as the straight-through estimator gives it: `x + (−x + value)`.
pub(super) fn through(x: f32, value: f32) -> f32 {
    x + (-x + value)
}

/// −1, 0 or 1; NaN stays.
pub(super) fn sign(x: f32) -> f32 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else if x.is_nan() {
        x
    } else {
        0.0
    }
}

/// Two to the power of a whole number.
pub(super) fn exp2(x: f32) -> f32 {
    if x < -126.0 { 0.0 } else { x.exp2() }
}

/// The natural logarithms of an array.
pub(super) fn log(values: &[f32]) -> Vec<f32> {
    let packed = values.len() / LANES * LANES;
    let each = values.iter().enumerate();
    each.map(|(i, &x)| if i < packed { packed_log(flush(x)) } else { flush(x).ln() }).collect()
}

fn packed_log(x: f32) -> f32 {
    if x.is_nan() || x < 0.0 {
        return f32::NAN;
    }
    if x == 0.0 {
        return f32::NEG_INFINITY;
    }
    if x.is_infinite() {
        return x;
    }
    let bits = x.to_bits();
    let mut exponent = ((bits >> 23) as i32 - 126) as f32;
    let mut m = f32::from_bits((bits & 0x007f_ffff) | 0x3f00_0000);
    if m < 0.707_106_77 {
        exponent -= 1.0;
        m = (m - 1.0) + m;
    } else {
        m -= 1.0;
    }
    let p = m * polynomial(m, &[0.182_562_96, 1.0, 1.0]);
    let q = polynomial(m, &[0.049_616_247, 0.599_232_5, 1.5, 1.0]);
    exponent * std::f32::consts::LN_2 + p / q
}

/// The hyperbolic tangent.
pub(super) fn tanh(x: f32) -> f32 {
    const P: [f32; 7] = [
        -2.760_768_4e-16,
        2.000_188e-13,
        -8.604_672e-11,
        5.122_297_3e-8,
        1.485_722_35e-5,
        6.372_619_5e-4,
        4.893_524_6e-3,
    ];
    const Q: [f32; 4] = [1.198_258_4e-6, 1.185_347_1e-4, 2.268_434_7e-3, 4.893_525e-3];
    if x.abs() < 0.0004 {
        return x;
    }
    let x = x.clamp(-7.905_311, 7.905_311);
    let square = x * x;
    x * polynomial(square, &P) / polynomial(square, &Q)
}

/// The logistic function.
pub(super) fn sigmoid(values: &[f32]) -> Vec<f32> {
    let packed = values.len() / LANES * LANES;
    let each = values.iter().enumerate();
    each.map(|(i, &x)| {
        let power = if i < packed { flush(eigen::exp(x)) } else { x.exp() };
        if power.is_infinite() { 1.0 } else { power / (1.0 + power) }
    })
    .collect()
}

/// The mean of each column of a matrix, if it does not depend on the machine.
pub(super) fn column_means(values: &[f32], columns: usize) -> Option<Vec<f32>> {
    let rows = values.len().checked_div(columns).filter(|rows| *rows > 0)?;
    let sums = if columns == 1 {
        if values.len() > ON_ONE_CORE {
            return None;
        }
        vec![sum(values)]
    } else {
        let packed = columns / LANES * LANES;
        (0..columns)
            .map(|column| column_sum(values, columns, column, rows >= 16 && column < packed))
            .collect()
    };
    Some(sums.into_iter().map(|sum| sum / rows as f32).collect())
}

/// The sum of a column, either one by one or in four sums of each fourth row.
fn column_sum(values: &[f32], columns: usize, column: usize, in_four: bool) -> f32 {
    let rows: Vec<f32> = values.iter().skip(column).step_by(columns).copied().collect();
    let add = |sum: f32, next: &f32| sum + next;
    if !in_four {
        return rows.iter().fold(0.0, add);
    }
    let (most, rest) = rows.split_at(rows.len() / 4 * 4);
    let part = |i: usize| most.iter().skip(i).step_by(4).fold(0.0, add);
    rest.iter().fold(((part(0) + part(1)) + part(2)) + part(3), add)
}

/// The sum of a whole array.
fn sum(values: &[f32]) -> f32 {
    if values.len() > LEAF {
        let (left, right) = values.split_at(values.len().div_ceil(2).next_multiple_of(LANES));
        return (0.0 + sum(left)) + sum(right);
    }
    let mut parts = [[0.0f32; LANES]; 4];
    let mut groups = values.chunks_exact(4 * LANES);
    for group in groups.by_ref() {
        for (part, lanes) in parts.iter_mut().zip(group.chunks_exact(LANES)) {
            add_lanes(part, lanes);
        }
    }
    let [mut total, others @ ..] = parts;
    others.iter().for_each(|part| add_lanes(&mut total, part));
    let mut groups = groups.remainder().chunks_exact(LANES);
    groups.by_ref().for_each(|lanes| add_lanes(&mut total, lanes));
    let rest = groups.remainder().iter().fold(0.0, |sum, next| sum + next);
    let [a, b, c, d, e, f, g, h] = total;
    rest + (((a + e) + (c + g)) + ((b + f) + (d + h)))
}

fn add_lanes(sums: &mut [f32; LANES], lanes: &[f32]) {
    sums.iter_mut().zip(lanes).for_each(|(sum, lane)| *sum += lane);
}
