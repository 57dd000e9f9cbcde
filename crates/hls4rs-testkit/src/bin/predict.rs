//! Times predictions: from the file to the first one, one at a time, many at a time, on one thread and on all.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use hls4rs::archive::read_npz;
use hls4rs::prelude::*;
use hls4rs::{PredictOptions, plan};
use serde::Serialize;

/// Times predictions and prints JSON.
#[derive(Parser)]
struct Arguments {
    /// The archive.
    model: PathBuf,
    /// Inputs `x0` and expected outputs `y0`, `float32`.
    io: PathBuf,
    /// Samples per batch.
    #[arg(long, default_value_t = 4096)]
    samples: usize,
    /// Seconds per measurement.
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
}

/// What was measured; times are the least of several runs.
#[derive(Serialize)]
struct Report {
    first_prediction_ms: f64,
    open_ms: f64,
    plan_ms: f64,
    single_ns: f64,
    single_allocations: u64,
    batch_ns: f64,
    batch_all_threads_ns: f64,
    batch_trace_ns: f64,
    /// The same in a session of a program that reads every layer's output into memory that it has.
    session_ns: f64,
    session_trace_ns: f64,
    reference_ns: f64,
    threads: usize,
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

    let samples = arguments.samples;
    let many: Vec<f32> = rows.iter().copied().cycle().take(samples * len).collect();
    let many = Tensor::new(&[samples, len], many)?;
    let all = |options: PredictOptions, threads: usize, many: &Tensor| -> Result<f64> {
        let pool = hls4rs_testkit::threads(threads)?;
        let time = pool.install(|| {
            time(seconds, || {
                plan.predict(std::slice::from_ref(many), options)?;
                Ok(())
            })
        })?;
        Ok(time / many.shape()[0] as f64)
    };
    let options = PredictOptions::default();
    let threads = std::thread::available_parallelism()?.get();
    let few: Vec<f32> = rows.iter().copied().take(recorded.min(8) * len).collect();
    let few = Tensor::new(&[recorded.min(8), len], few)?;
    let block = recorded.min(64);
    let rows = &rows[..block * len];
    let mut session = plan.session_of(block);
    let mut outputs = vec![0f32; block * out_len];
    let session_ns = time(seconds, || Ok(session.predict(&[rows], &mut [&mut outputs])?))? / block as f64;
    let mut session = plan.session_of(block).with_all_outputs(true);
    let ports: Vec<_> = plan.layers().flat_map(|(_, ports)| ports).collect();
    let mut traced: Vec<Vec<f32>> = ports.iter().map(|port| vec![0.0; block * port.len()]).collect();
    let session_trace_ns = time(seconds, || {
        session.compute(&[rows])?;
        for (port, values) in ports.iter().zip(&mut traced) {
            session.read(port, block, values)?;
        }
        Ok(())
    })? / block as f64;
    let report = Report {
        session_ns,
        session_trace_ns,
        first_prediction_ms: first.as_secs_f64() * 1e3,
        open_ms: opening.as_secs_f64() * 1e3,
        plan_ms: planning.as_secs_f64() * 1e3,
        single_ns,
        single_allocations,
        batch_ns: all(options, 1, &many)?,
        batch_all_threads_ns: all(options, threads, &many)?,
        batch_trace_ns: all(options.with_trace(true), 1, &many)?,
        reference_ns: all(options.with_reference(true), 1, &few)?,
        threads,
    };
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}

/// Least time of a call in nanoseconds, over many calls.
fn time(seconds: Duration, mut call: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut least = f64::MAX;
    let end = Instant::now() + seconds;
    let mut repeat = 1;
    while Instant::now() < end {
        let start = Instant::now();
        for _ in 0..repeat {
            call()?;
        }
        let elapsed = start.elapsed();
        least = least.min(elapsed.as_nanos() as f64 / f64::from(repeat));
        if elapsed < Duration::from_millis(5) {
            repeat *= 2;
        }
    }
    Ok(least)
}
