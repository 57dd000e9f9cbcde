//! Where values go that are kept: slices of floating-point numbers.

use crate::fast::lanes::Lane;

/// A slice for each output that is kept, for the samples of a run.
#[derive(Debug)]
pub enum Places<'a, 'b> {
    /// For predictions in single precision.
    F32(&'a mut [&'b mut [f32]]),
    /// For predictions in double precision.
    F64(&'a mut [&'b mut [f64]]),
}

impl Places<'_, '_> {
    /// No places.
    pub(crate) fn none() -> Self {
        Self::F32(&mut [])
    }

    /// Sets the values of one place, beginning with the element `first`: lanes times a power of two, without the padding of rows.
    #[inline(always)]
    pub(crate) fn set<T: Lane>(
        &mut self,
        place: usize,
        (rows, sizes): (&[T], (usize, usize)),
        first: usize,
        scale: T,
    ) {
        match self {
            Self::F32(places) => {
                let Some(place) = places.get_mut(place) else { return };
                copy((rows, sizes), &mut place[first..], |lane| lane.scaled_f32(scale));
            }
            Self::F64(places) => {
                let Some(place) = places.get_mut(place) else { return };
                copy((rows, sizes), &mut place[first..], |lane| lane.scaled_f64(scale));
            }
        }
    }
}

/// Rows of lanes, without the padding, as other numbers.
#[inline(always)]
pub(crate) fn copy<T: Copy, U>(
    (rows, (lanes, n_out)): (&[T], (usize, usize)),
    places: &mut [U],
    convert: impl Fn(T) -> U,
) {
    if lanes == n_out {
        for (place, &lane) in places.iter_mut().zip(rows) {
            *place = convert(lane);
        }
        return;
    }
    for (row, place) in rows.chunks_exact(lanes).zip(places.chunks_exact_mut(n_out)) {
        for (place, &lane) in place.iter_mut().zip(row) {
            *place = convert(lane);
        }
    }
}
