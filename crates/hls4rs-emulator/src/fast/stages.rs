//! Chains in lanes of one kind, and the points of them at which values are kept.

use super::chain::Chain;
use super::lanes::Lane;
use super::ops::{Op, apply};
use super::rows::store;
use crate::buffer::Buffer;
use crate::places::Places;

/// A point of a chain at which the numbers are those of a layer that is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tap {
    /// Operations before it.
    pub(super) after: usize,
    /// Number of the place that the values go to.
    pub(super) place: usize,
    /// The value of the lowest bit, a power of two.
    pub(super) scale: f32,
}

/// Where results go.
pub(super) struct Output<'o, 'a, 'b> {
    pub(super) buffer: &'o mut Buffer,
    pub(super) places: &'o mut Places<'a, 'b>,
}

/// The operations of a chain, cut where values are kept.
#[derive(Debug)]
pub(super) struct Stages<T> {
    stages: Vec<Stage<T>>,
}

#[derive(Debug)]
struct Stage<T> {
    ops: Vec<Op<T>>,
    /// The place that values go to after the operations, and their scale.
    place: Option<(usize, T)>,
}

impl<T: Lane> Stages<T> {
    /// The operations in lanes that everything fits into.
    pub(super) fn new(chain: &Chain) -> Self {
        let ops = |from: usize, to: usize| chain.ops[from..to].iter().map(Op::convert).collect();
        let mut done = 0;
        let mut stages = Vec::with_capacity(chain.taps.len() + 1);
        for tap in &chain.taps {
            let place = Some((tap.place, T::of_f64(tap.scale.into())));
            stages.push(Stage { ops: ops(done, tap.after), place });
            done = tap.after;
        }
        stages.push(Stage { ops: ops(done, chain.ops.len()), place: None });
        Self { stages }
    }

    /// Applies the operations to rows, keeps what is to be kept, and stores the results.
    ///
    /// Rows have `sizes.0` lanes, of which `sizes.1` are elements; the first of these is number `first` of the output.
    #[inline(always)]
    pub(super) fn run(
        &self,
        (rows, sizes): (&mut [T], (usize, usize)),
        output: &mut Output<'_, '_, '_>,
        first: usize,
    ) {
        for stage in &self.stages {
            apply(&stage.ops, rows);
            if let Some((place, scale)) = stage.place {
                output.places.set(place, (rows, sizes), first, scale);
            }
        }
        store(rows, sizes, output.buffer, first);
    }
}
