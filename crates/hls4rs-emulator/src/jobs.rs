//! Samples in blocks, for all cores.

use crate::plan::Port;

/// Samples that are computed at a time, and where what is kept of them goes.
pub(crate) struct Job<'a, T> {
    pub(crate) first: usize,
    pub(crate) count: usize,
    pub(crate) values: Vec<&'a mut [T]>,
}

/// `count` samples from the sample `first` on, in blocks; the arrays have room for what is kept of all of them.
pub(crate) fn jobs<'a, T>(
    kept: &[Port],
    arrays: &'a mut [Vec<T>],
    (first, count): (usize, usize),
    block: usize,
) -> Vec<Job<'a, T>> {
    let begins = (0..count).step_by(block);
    let mut jobs: Vec<Job<'a, T>> = begins
        .map(|begin| Job {
            first: first + begin,
            count: block.min(count - begin),
            values: Vec::with_capacity(kept.len()),
        })
        .collect();
    for (port, array) in kept.iter().zip(arrays) {
        let mut rest = array.as_mut_slice();
        for job in &mut jobs {
            let (values, others) = rest.split_at_mut(job.count * port.len());
            job.values.push(values);
            rest = others;
        }
    }
    jobs
}
