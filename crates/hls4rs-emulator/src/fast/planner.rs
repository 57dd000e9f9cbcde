//! Which layers have fast forms, and which layers can follow them in a chain.

use hls4rs_fixed::Format;

use super::chain::Chain;
use super::elementwise;
use super::interval::Interval;
use super::linear::Sums;
use super::sum::Sum;
use super::{gather, max_pool};
use crate::form::Form;
use crate::kernel::FastKernel;
use crate::plan::Step;

/// Finds out what every step computes, and in which intervals its results are.
pub(crate) fn prepare(steps: &mut [Step], buffers: &[(Format, usize)]) {
    let mut intervals = intervals(buffers);
    for step in steps {
        step.head = Head::new(step, buffers, &intervals);
        if let (Some(head), [made]) = (&step.head, step.made.as_slice()) {
            intervals[*made] = Some(head.chain().interval);
        }
    }
}

/// The fast form of a step alone, if there is one.
pub(crate) fn single(step: &Step, buffers: &[(Format, usize)]) -> Option<Box<dyn FastKernel>> {
    let formats: Vec<Format> = step.inputs.iter().map(|&index| buffers[index].0).collect();
    step.reference
        .fast(&formats)
        .or_else(|| moved(step, &formats))
        .or_else(|| step.head.as_ref().and_then(Head::kernel))
}

/// The fast form of a layer that chains neither begin with nor go through.
fn moved(step: &Step, formats: &[Format]) -> Option<Box<dyn FastKernel>> {
    match step.reference.form() {
        Form::Gather(gather) => gather::kernel(&gather, formats),
        Form::MaxPool(pool) => max_pool::kernel(&pool, *formats.first()?),
        _ => None,
    }
}

fn intervals(buffers: &[(Format, usize)]) -> Vec<Option<Interval>> {
    buffers.iter().map(|(format, _)| Interval::of(*format)).collect()
}

/// A layer that chains begin with, and the layers after it.
#[derive(Debug, Clone)]
pub(crate) enum Head {
    Linear(Box<Sums>),
    Sum(Box<Sum>, usize),
    Elementwise { chain: Chain, channels: usize, len: usize },
}

impl Head {
    fn new(step: &Step, buffers: &[(Format, usize)], intervals: &[Option<Interval>]) -> Option<Self> {
        let (inputs, [_]) = (step.inputs.as_slice(), step.made.as_slice()) else { return None };
        let known = |input: usize| Some((buffers.get(input)?.0, (*intervals.get(input)?)?));
        let (format, interval) = known(*inputs.first()?)?;
        let len = buffers.get(*inputs.first()?)?.1;
        match step.reference.form() {
            Form::Linear(linear) => {
                Some(Self::Linear(Box::new(Sums::new(&linear, interval, format.fractional())?)))
            }
            Form::Channels(channels) => {
                let count = channels.scale.len();
                let mut chain = Chain::new(format.fractional(), interval, count);
                chain.channels(&channels)?;
                Some(Self::Elementwise { chain, channels: count, len })
            }
            Form::Map(map) => {
                let mut chain = Chain::new(format.fractional(), interval, 1);
                chain.map(&map, format)?;
                Some(Self::Elementwise { chain, channels: 1, len })
            }
            Form::Sum(sum) => {
                let [left, right] = inputs else { return None };
                if buffers.get(*right)?.1 != len {
                    return None;
                }
                let sum = Sum::new(&sum, [known(*left)?, known(*right)?])?;
                Some(Self::Sum(Box::new(sum), len))
            }
            Form::Gather(_) | Form::MaxPool(_) | Form::Other => None,
        }
    }

    /// What is computed after the sums.
    pub(super) fn chain(&self) -> &Chain {
        match self {
            Self::Linear(sums) => &sums.chain,
            Self::Sum(sum, _) => &sum.chain,
            Self::Elementwise { chain, .. } => chain,
        }
    }

    /// What is computed after the sums.
    pub(super) fn chain_mut(&mut self) -> &mut Chain {
        match self {
            Self::Linear(sums) => &mut sums.chain,
            Self::Sum(sum, _) => &mut sum.chain,
            Self::Elementwise { chain, .. } => chain,
        }
    }

    /// The same with another layer after it, if all of it is exact.
    pub(super) fn followed_by(&self, step: &Step, format: Format) -> Option<Self> {
        let mut chain = self.chain().clone();
        match step.reference.form() {
            Form::Channels(channels) => {
                if channels.scale.len() != self.outputs()? {
                    return None;
                }
                chain.channels(&channels)?;
            }
            Form::Map(map) => chain.map(&map, format)?,
            Form::Linear(_) | Form::Sum(_) | Form::Gather(_) | Form::MaxPool(_) | Form::Other => return None,
        }
        if chain.magnitude > super::MAX_MAGNITUDE {
            return None;
        }
        Some(match self {
            Self::Linear(sums) => Self::Linear(Box::new(sums.with_chain(chain))),
            Self::Sum(sum, len) => Self::Sum(Box::new(Sum { chain, ..(**sum).clone() }), *len),
            Self::Elementwise { channels, len, .. } => {
                Self::Elementwise { chain, channels: *channels, len: *len }
            }
        })
    }

    /// Number of channels, where a factor per channel can follow.
    fn outputs(&self) -> Option<usize> {
        match self {
            Self::Linear(sums) => Some(sums.outputs()),
            Self::Sum(..) | Self::Elementwise { .. } => None,
        }
    }

    /// The fast form in the narrowest lanes.
    pub(super) fn kernel(&self) -> Option<Box<dyn FastKernel>> {
        match self {
            Self::Linear(sums) => sums.kernel(),
            Self::Sum(sum, len) => sum.kernel(*len),
            Self::Elementwise { chain, channels, len } => elementwise::kernel(chain, *channels, *len),
        }
    }
}
