//! Memory of tensors: raw integers, as narrow as their format allows.

use ethnum::I256;
use hls4rs_fixed::{Fixed, Format};

/// The raw integers of a tensor in C order, of several samples one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Buffer {
    pub(crate) format: Format,
    /// Elements of one sample.
    len: usize,
    /// First element of the sample that [`Buffer::view`] and [`Buffer::set`] mean.
    start: usize,
    pub(crate) elements: Elements,
}

/// Raw integers of one of three sizes.
#[derive(Debug, Clone)]
pub(crate) enum Elements {
    /// Formats that fit in an `i32`.
    I32(Vec<i32>),
    /// Formats that fit in an `i64`.
    I64(Vec<i64>),
    /// All others.
    Wide(Vec<I256>),
}

/// A tensor to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    buffer: &'a Buffer,
}

/// Bits that hold every raw integer of a format, sign included.
pub(crate) fn signed_width(format: Format) -> u32 {
    format.width + u32::from(!format.signed)
}

impl Buffer {
    /// Tensors of zeros for a number of samples.
    pub(crate) fn new(format: Format, len: usize, samples: usize) -> Self {
        let total = len * samples;
        let elements = match signed_width(format) {
            0..=32 => Elements::I32(vec![0; total]),
            33..=64 => Elements::I64(vec![0; total]),
            _ => Elements::Wide(vec![I256::ZERO; total]),
        };
        Self { format, len, start: 0, elements }
    }

    /// A tensor without elements and without memory.
    pub(crate) fn empty() -> Self {
        Self { format: Format::int(1), len: 0, start: 0, elements: Elements::I32(Vec::new()) }
    }

    /// Number of elements of one sample.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Selects the sample that is read and set.
    pub(crate) fn select(&mut self, sample: usize) {
        self.start = sample * self.len;
    }

    /// Sets the first elements to zero.
    pub(crate) fn fill_zero(&mut self, count: usize) {
        match &mut self.elements {
            Elements::I32(elements) => elements[..count].fill(0),
            Elements::I64(elements) => elements[..count].fill(0),
            Elements::Wide(elements) => elements[..count].fill(I256::ZERO),
        }
    }

    /// The tensor to be read.
    pub(crate) fn view(&self) -> View<'_> {
        View { buffer: self }
    }

    /// Sets an element, which must have the tensor's format.
    #[inline]
    pub(crate) fn set(&mut self, index: usize, value: Fixed) {
        debug_assert_eq!(value.format(), self.format, "kernels cast what they store");
        let index = self.start + index;
        match &mut self.elements {
            Elements::I32(elements) => elements[index] = value.raw().as_i32(),
            Elements::I64(elements) => elements[index] = value.raw().as_i64(),
            Elements::Wide(elements) => elements[index] = value.raw(),
        }
    }
}

impl View<'_> {
    /// Number of elements.
    pub(crate) fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Format of the elements.
    pub(crate) fn format(&self) -> Format {
        self.buffer.format
    }

    /// An element.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Fixed {
        let index = self.buffer.start + index;
        let raw = match &self.buffer.elements {
            Elements::I32(elements) => elements[index].into(),
            Elements::I64(elements) => elements[index].into(),
            Elements::Wide(elements) => elements[index],
        };
        Fixed::from_raw_in_range(raw, self.buffer.format)
    }

    /// The elements in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Fixed> {
        (0..self.len()).map(|index| self.get(index))
    }
}
