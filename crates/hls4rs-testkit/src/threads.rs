//! Pools of threads.

/// A pool of that many threads, for measurements.
///
/// # Errors
/// If threads cannot be started.
pub fn threads(count: usize) -> anyhow::Result<rayon::ThreadPool> {
    Ok(rayon::ThreadPoolBuilder::new().num_threads(count).build()?)
}
