//! Times predictions: from the file to the first one, one at a time, many at a time, on one thread and on all.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use hls4rs::archive::read_npz;
use hls4rs::emulator::Port;
use hls4rs::prelude::*;
use hls4rs::{PredictOptions, plan};
use hls4rs_testkit::peak::{self, Peak};
use serde::Serialize;

/// Times predictions and prints JSON.
#[derive(Parser)]
struct Arguments {
    /// The archive.
    model: PathBuf,
    /// Inputs `x0` and expected outputs `y0`, `float32`.
    io: PathBuf,
    /// Samples per batch, at most.
    #[arg(long, default_value_t = 4096)]
    samples: usize,
    /// Seconds per measurement.
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
}

/// Most memory of a trace.
const MAX_TRACE_BYTES: usize = 1 << 30;

/// What was measured; times are the least of several runs.
#[derive(Serialize)]
struct Report {
    first_prediction_ms: f64,
    open_ms: f64,
    plan_ms: f64,
    single_ns: f64,
    single_allocations: u64,
    /// Samples at a time below: fewer than asked for, if a trace of them takes more than a GiB.
    samples: usize,
    /// One array after the other in the memory of a predictor, without and with a trace, in turns.
    batch_ns: f64,
    batch_trace_ns: f64,
    /// The same in new memory for each array.
    new_ns: f64,
    new_trace_ns: f64,
    batch_all_threads_ns: f64,
    /// A session, whose rows stay in the cache, that gives the model's outputs, and that gives what all layers make.
    session_ns: f64,
    session_trace_ns: f64,
    reference_ns: f64,
    threads: usize,
    /// Multiplications of a weight for one sample.
    multiplications: usize,
    /// Multiplications with an addition per second that one core can do: in 32-bit floating-point and integer lanes.
    peak_f32: f64,
    peak_i32: f64,
}

#[allow(clippy::print_stdout, reason = "printing is what the program is for")]
fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let arrays = read_npz("io", &std::fs::read(&arguments.io)?)?;
    let input = arrays.get("x0").context("expected `x0`")?;
    let expected = arrays.get("y0").context("expected `y0`")?;
    let rows: Vec<f32> = input.view::<f32>()?.iter().copied().collect();
    let expected: Vec<f32> = expected.view::<f32>()?.iter().copied().collect();

    let (mut first, mut opening, mut planning) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..5 {
        let start = Instant::now();
        let model = Model::open(&arguments.model)?;
        opening = opening.min(start.elapsed());
        let planned = Instant::now();
        let plan = plan(&model)?;
        planning = planning.min(planned.elapsed());
        let mut output = vec![0f32; plan.outputs()[0].len()];
        let len = plan.inputs()[0].len();
        plan.session().predict(&[&rows[..len]], &mut [&mut output])?;
        first = first.min(start.elapsed());
    }

    let model = Model::open(&arguments.model)?;
    let plan = plan(&model)?;
    let (len, out_len) = (plan.inputs()[0].len(), plan.outputs()[0].len());
    let recorded = rows.len() / len;
    let mut session = plan.session_of(recorded);
    let mut outputs = vec![0f32; recorded * out_len];
    session.predict(&[&rows], &mut [&mut outputs])?;
    let differing = outputs.iter().zip(&expected).filter(|(a, b)| a.to_bits() != b.to_bits()).count();
    ensure!(differing == 0, "{differing} outputs differ from the expected ones");

    let seconds = Duration::from_secs_f64(arguments.seconds);
    let mut session = plan.session();
    let mut output = vec![0f32; out_len];
    let mut sample = 0;
    let mut single = || {
        sample = (sample + 1) % recorded;
        session.predict(&[&rows[sample * len..(sample + 1) * len]], &mut [&mut output])
    };
    single()?;
    let mut failed = None;
    let counted = allocation_counter::measure(|| {
        failed = (0..100).find_map(|_| single().err());
    });
    failed.map_or(Ok(()), Err)?;
    let single_allocations = counted.count_total;
    let single_ns = time(seconds, || single().map_err(Into::into))?;

    let traced_bytes: usize = 4 * plan.layers().flat_map(|(_, ports)| ports).map(Port::len).sum::<usize>();
    let samples = arguments.samples.min(MAX_TRACE_BYTES / traced_bytes.max(1)).max(1);
    let many: Vec<f32> = rows.iter().copied().cycle().take(samples * len).collect();
    let many = [Tensor::new(&[samples, len], many)?];
    let few: Vec<f32> = rows.iter().copied().take(recorded.min(8) * len).collect();
    let few = [Tensor::new(&[recorded.min(8), len], few)?];
    let options = PredictOptions::default();
    let traced = options.with_trace(true);
    let threads = std::thread::available_parallelism()?.get();
    let pool = hls4rs_testkit::threads(1)?;
    let per_sample = |ns: f64| ns / samples as f64;

    let (mut plain, mut tracing) = (plan.predictor(options), plan.predictor(traced));
    let mut calls = [&mut || plain.predict(&many).map(drop).map_err(Into::into), &mut || {
        tracing.predict(&many).map(drop).map_err(Into::into)
    }] as [&mut (dyn FnMut() -> Result<()> + Send); 2];
    let [batch_ns, batch_trace_ns] = pool.install(|| in_turns(2 * seconds, &mut calls))?.map(per_sample);
    drop((plain, tracing));
    let mut calls = [&mut || plan.predict(&many, options).map(drop).map_err(Into::into), &mut || {
        plan.predict(&many, traced).map(drop).map_err(Into::into)
    }] as [&mut (dyn FnMut() -> Result<()> + Send); 2];
    let [new_ns, new_trace_ns] = pool.install(|| in_turns(2 * seconds, &mut calls))?.map(per_sample);
    let mut all = plan.predictor(options);
    let all_threads = hls4rs_testkit::threads(threads)?;
    let batch_all_threads_ns =
        per_sample(all_threads.install(|| time(seconds, || Ok(all.predict(&many).map(drop)?)))?);
    let reference = || Ok(plan.predict(&few, options.with_reference(true)).map(drop)?);
    let reference_ns = pool.install(|| time(seconds, reference))? / few[0].shape()[0] as f64;

    let block = recorded.min(64);
    let rows = &rows[..block * len];
    let mut session = plan.session_of(block);
    let mut outputs = vec![0f32; block * out_len];
    let ports: Vec<&Port> = plan.layers().flat_map(|(_, ports)| ports).collect();
    let mut session_of_all = plan.session_of(block).with_outputs(&ports)?;
    let mut values: Vec<Vec<f32>> = ports.iter().map(|port| vec![0.0; block * port.len()]).collect();
    let mut places: Vec<&mut [f32]> = values.iter_mut().map(Vec::as_mut_slice).collect();
    let mut calls = [&mut || Ok(session.predict(&[rows], &mut [&mut outputs])?), &mut || {
        Ok(session_of_all.predict(&[rows], &mut places)?)
    }] as [&mut (dyn FnMut() -> Result<()> + Send); 2];
    let [session_ns, session_trace_ns] = in_turns(2 * seconds, &mut calls)?.map(|ns| ns / block as f64);
    let Peak { f32: peak_f32, i32: peak_i32 } = peak::measure(seconds / 4);
    let report = Report {
        first_prediction_ms: first.as_secs_f64() * 1e3,
        open_ms: opening.as_secs_f64() * 1e3,
        plan_ms: planning.as_secs_f64() * 1e3,
        single_ns,
        single_allocations,
        samples,
        batch_ns,
        batch_trace_ns,
        new_ns,
        new_trace_ns,
        batch_all_threads_ns,
        session_ns,
        session_trace_ns,
        reference_ns,
        threads,
        multiplications: peak::multiplications(&model),
        peak_f32,
        peak_i32,
    };
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}

/// Least time of a call in nanoseconds, over many calls.
fn time(seconds: Duration, mut call: impl FnMut() -> Result<()> + Send) -> Result<f64> {
    in_turns(seconds, &mut [&mut call]).map(|[ns]| ns)
}

/// Least times of calls in nanoseconds, over many calls that take turns, so that a drift of the machine's speed meets all.
fn in_turns<const N: usize>(
    seconds: Duration,
    calls: &mut [&mut (dyn FnMut() -> Result<()> + Send); N],
) -> Result<[f64; N]> {
    let mut least = [f64::MAX; N];
    let mut repeat = [1u32; N];
    let end = Instant::now() + seconds;
    while Instant::now() < end {
        for (call, (least, repeat)) in calls.iter_mut().zip(least.iter_mut().zip(&mut repeat)) {
            let start = Instant::now();
            for _ in 0..*repeat {
                call()?;
            }
            let elapsed = start.elapsed();
            *least = least.min(elapsed.as_nanos() as f64 / f64::from(*repeat));
            if elapsed < Duration::from_millis(5) {
                *repeat *= 2;
            }
        }
    }
    Ok(least)
}
