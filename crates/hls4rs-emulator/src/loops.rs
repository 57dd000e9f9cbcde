//! Loops over time steps: which steps of a plan are computed several times.

use crate::error::UnsupportedLayer;
use crate::plan::Step;

/// What a layer marks, beside what it computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    /// A loop begins with the layer.
    Begin {
        /// Number of time steps.
        count: usize,
    },
    /// The innermost loop ends with the layer.
    End,
}

/// A part of the computation that is done for every time step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Loop {
    /// Number of the first step.
    pub(crate) first: usize,
    /// Number of the last step.
    pub(crate) last: usize,
    /// Number of time steps.
    pub(crate) count: usize,
}

/// Most times that a step is computed for one sample.
const MAX_COUNT: usize = 1 << 20;
/// Most loops within each other.
const MAX_DEPTH: usize = 8;

/// The loops in order of their beginnings. As the braces of C++, markers pair by their order alone.
///
/// # Errors
/// The first marker that has no partner, or with which there are more loops or time steps within each other than anyone
/// would want.
pub(crate) fn find(steps: &[Step]) -> Result<Vec<Loop>, UnsupportedLayer> {
    let mut open = Vec::new();
    let mut loops = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        match step.reference.marker() {
            Some(Marker::Begin { count }) => {
                open.push((index, count));
                check_size(step, &open)?;
            }
            None if !open.is_empty() && !step.reference.state().is_empty() => {
                return Err(error(
                    step,
                    "expected a layer that keeps nothing from one step to the next".to_owned(),
                ));
            }
            Some(Marker::End) => {
                let (first, count) = open.pop().ok_or_else(|| alone(step, "begins"))?;
                loops.push(Loop { first, last: index, count });
            }
            None => {}
        }
    }
    if let Some(step) = open.last().and_then(|(index, _)| steps.get(*index)) {
        return Err(alone(step, "ends"));
    }
    loops.sort_by_key(|found| found.first);
    Ok(loops)
}

fn check_size(step: &Step, open: &[(usize, usize)]) -> Result<(), UnsupportedLayer> {
    let count = open.iter().try_fold(1usize, |product, (_, count)| product.checked_mul(*count));
    if open.len() <= MAX_DEPTH && count.is_some_and(|count| count <= MAX_COUNT) {
        return Ok(());
    }
    let expected =
        format!("at most {MAX_DEPTH} loops within each other, and {MAX_COUNT} time steps in all of them");
    Err(error(step, format!("expected {expected}, found more")))
}

fn alone(step: &Step, partner: &str) -> UnsupportedLayer {
    error(step, format!("expected the layer that {partner} the loop over time steps, found none"))
}

fn error(step: &Step, reason: String) -> UnsupportedLayer {
    UnsupportedLayer { layer: step.layer.clone(), kind: step.kind.clone(), reason }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;
    use crate::kernel::{Io, Kernel};
    use crate::log::Log;

    #[derive(Debug)]
    struct Marked(Option<Marker>);

    impl Kernel for Marked {
        fn run(&self, _: &mut Io<'_>, _: &mut Log) {}

        fn marker(&self) -> Option<Marker> {
            self.0
        }
    }

    const fn begin(count: usize) -> Option<Marker> {
        Some(Marker::Begin { count })
    }

    const END: Option<Marker> = Some(Marker::End);

    /// The loops of steps with these markers, as first, last and count, or what is wrong and with which step.
    fn loops(markers: &[Option<Marker>]) -> Result<Vec<(usize, usize, usize)>, String> {
        let step = |(index, marker): (usize, &Option<Marker>)| Step {
            layer: format!("layer_{index}"),
            kind: "TimeDistributed".to_owned(),
            reference: Box::new(Marked(*marker)),
            fast: OnceLock::new(),
            head: None,
            inputs: Vec::new(),
            outputs: Vec::new(),
            made: Vec::new(),
        };
        let steps: Vec<Step> = markers.iter().enumerate().map(step).collect();
        let found = find(&steps).map_err(|layer| layer.to_string())?;
        Ok(found.iter().map(|found| (found.first, found.last, found.count)).collect())
    }

    #[test]
    fn loops_pair_like_braces() {
        assert_eq!(loops(&[None, None]), Ok(vec![]));
        let nested = [None, begin(3), begin(2), None, END, None, END, begin(4), END];
        assert_eq!(loops(&nested), Ok(vec![(1, 6, 3), (2, 4, 2), (7, 8, 4)]));
        let alone = |layer: usize, what: &str| {
            let expected = format!("expected the layer that {what} the loop over time steps, found none");
            Err(format!("layer_{layer} (TimeDistributed): {expected}"))
        };
        assert_eq!(loops(&[begin(2), END, END]), alone(2, "begins"));
        assert_eq!(loops(&[begin(2), begin(2), END]), alone(0, "ends"));
    }

    #[test]
    fn steps_are_not_computed_without_end() {
        let nested = |depth: usize, count: usize| {
            let mut markers = vec![begin(count); depth];
            markers.extend(vec![END; depth]);
            loops(&markers)
        };
        assert!(nested(MAX_DEPTH, 1).is_ok() && nested(2, 1 << 10).is_ok());
        for error in [nested(MAX_DEPTH + 1, 1), nested(3, 1 << 10), nested(2, usize::MAX)] {
            assert!(error.unwrap_err().ends_with("found more"));
        }
    }
}
