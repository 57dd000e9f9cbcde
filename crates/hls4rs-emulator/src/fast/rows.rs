//! Rows of lanes from and to the memory of tensors.

use super::lanes::Lane;
use crate::buffer::{Buffer, Elements};
use crate::places::copy;

/// Raw integers as lanes.
#[inline(always)]
pub(super) fn load<T: Lane>(input: &Buffer, first: usize, lanes: &mut [T]) {
    match &input.elements {
        Elements::I32(elements) => {
            for (lane, &element) in lanes.iter_mut().zip(&elements[first..]) {
                *lane = T::of_i32(element);
            }
        }
        Elements::I64(elements) => {
            for (lane, &element) in lanes.iter_mut().zip(&elements[first..]) {
                *lane = T::of_i64(element);
            }
        }
        Elements::Wide(_) => {}
    }
}

/// Rows of lanes as raw integers, without the padding.
#[inline(always)]
pub(super) fn store<T: Lane>(rows: &[T], sizes: (usize, usize), output: &mut Buffer, first: usize) {
    match &mut output.elements {
        Elements::I32(elements) => copy((rows, sizes), &mut elements[first..], T::to_i32),
        Elements::I64(elements) => copy((rows, sizes), &mut elements[first..], T::to_i64),
        Elements::Wide(_) => {}
    }
}
