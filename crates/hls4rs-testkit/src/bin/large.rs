//! Times saving and loading of large archives, and measures the memory that they need.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use hls4rs::archive::{Archive, Members, read_members, write_members};
use hls4rs::layers::layers::{Dense, Input};
use hls4rs::prelude::*;
use hls4rs::types::{Attribute, Tensor};
use serde_json::{Value, json};

/// Times saving and loading of large archives. Prints one JSON object.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Loads an archive, saves it as another one, and loads that.
    Convert {
        /// Archive that hls4ml wrote.
        from: PathBuf,
        /// Archive to write.
        to: PathBuf,
        /// Rounds.
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        /// Level of compression.
        #[arg(long, default_value_t = SaveOptions::DEFAULT_LEVEL)]
        level: u32,
    },
    /// Makes a network of dense layers and saves it.
    Save {
        /// Archive to write.
        to: PathBuf,
        /// Number of weights, in millions.
        #[arg(long, default_value_t = 100)]
        millions: usize,
    },
    /// Loads an archive, with all its weights.
    Load {
        /// The archive.
        from: PathBuf,
    },
    /// Brings the weights of an archive through the compressor and back as plain bytes.
    Copy {
        /// The archive.
        from: PathBuf,
        /// File to write.
        to: PathBuf,
    },
}

#[allow(clippy::print_stdout, reason = "printing is what the program is for")]
fn main() -> Result<()> {
    let result = match Arguments::parse().command {
        What::Convert { from, to, rounds, level } => convert(&from, &to, rounds, level)?,
        What::Save { to, millions } => save(&to, millions)?,
        What::Load { from } => load(&from)?,
        What::Copy { from, to } => copy(&from, &to)?,
    };
    println!("{}", serde_json::to_string_pretty(&result)?);
    Ok(())
}

/// What the function returns and how long it took, in seconds.
fn seconds<T>(function: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let result = function();
    (result, start.elapsed().as_secs_f64())
}

fn convert(from: &Path, to: &Path, rounds: usize, level: u32) -> Result<Value> {
    let options = SaveOptions::default().with_level(level);
    let (mut load_theirs, mut save_s, mut save_durable) = (Vec::new(), Vec::new(), Vec::new());
    let (mut load_ours, mut open_ours) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (model, elapsed) = seconds(|| Model::open(from));
        load_theirs.push(elapsed);
        let model = model?;
        for (durable, times) in [(true, &mut save_durable), (false, &mut save_s)] {
            let options = options.clone().with_durable(durable);
            if to.exists() {
                fs::remove_file(to)?;
            }
            let (saved, elapsed) = seconds(|| model.save_with(to, &options));
            saved?;
            times.push(elapsed);
        }
        drop(model);
        let (model, elapsed) = seconds(|| Model::open(to));
        load_ours.push(elapsed);
        drop(model?);
        let (archive, elapsed) = seconds(|| Archive::open(to).and_then(Archive::into_model));
        open_ours.push(elapsed);
        drop(archive?);
    }
    Ok(json!({
        "from_bytes": fs::metadata(from)?.len(),
        "to_bytes": fs::metadata(to)?.len(),
        "load_from_s": load_theirs,
        "save_s": save_s,
        "save_durable_s": save_durable,
        "load_to_s": load_ours,
        "open_to_s": open_ours,
    }))
}

/// Dense layers of 2048 by 2048, with weights of noise.
fn network(millions: usize) -> Result<ModelGraph> {
    const WIDTH: usize = 2048;
    let mut graph = ModelGraph::new(Config::default());
    let layers = (millions * 1_000_000).div_ceil(WIDTH * WIDTH);
    graph.set_io(["x"], [format!("fc{}", layers - 1)]);
    graph.add(Input::builder("x").input_shape([WIDTH]))?;
    let mut state = 1u32;
    for i in 0..layers {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(state >> 8) / f64::from(1 << 24) - 0.5) as f32
        };
        let weights = Tensor::new(&[WIDTH, WIDTH], (0..WIDTH * WIDTH).map(|_| next()).collect())?;
        let bias = Tensor::zeros(&[WIDTH])?;
        let dense = Dense::builder(format!("fc{i}")).n_in(WIDTH as i64).n_out(WIDTH as i64);
        graph.add(dense.weight_data(weights).bias_data(bias))?;
    }
    Ok(graph)
}

fn save(to: &Path, millions: usize) -> Result<Value> {
    let model = Model::new(network(millions)?);
    let unique = unique_bytes(&model);
    let before = peak_memory()?;
    let (saved, save_s) = seconds(|| model.save_with(to, &SaveOptions::default().with_durable(false)));
    saved?;
    Ok(json!({
        "save_s": save_s,
        "bytes": fs::metadata(to)?.len(),
        "unique_weight_bytes": unique,
        "peak_memory_before_bytes": before,
        "peak_memory_bytes": peak_memory()?,
    }))
}

fn load(from: &Path) -> Result<Value> {
    let (model, load_s) = seconds(|| Model::open(from));
    let unique = unique_bytes(&model?);
    Ok(json!({"load_s": load_s, "unique_weight_bytes": unique, "peak_memory_bytes": peak_memory()?}))
}

/// The bytes of all arrays through the writer of members and back, in memory, without a model.
fn copy(from: &Path, to: &Path) -> Result<Value> {
    let members: Members = read_all(from)?;
    let (written, pack_s) = seconds(|| -> Result<()> {
        let bytes = write_members(&members, SaveOptions::DEFAULT_LEVEL, false)?;
        File::create(to)?.write_all(&bytes)?;
        Ok(())
    });
    written?;
    drop(members);
    let (read, unpack_s) = seconds(|| -> Result<usize> {
        let mut bytes = Vec::new();
        let mut decoder = flate2::read::MultiGzDecoder::new(File::open(to)?);
        decoder.read_to_end(&mut bytes)?;
        Ok(bytes.len())
    });
    Ok(json!({"pack_s": pack_s, "unpack_s": unpack_s, "bytes": read?}))
}

fn read_all(from: &Path) -> Result<Members> {
    Ok(read_members(&fs::read(from)?)?)
}

/// Size of the different arrays of a model.
fn unique_bytes(model: &Model) -> usize {
    let mut found: Vec<Tensor> = Vec::new();
    let mut add = |array: &Tensor| {
        if !found.iter().any(|known| known.shares_memory(array)) {
            found.push(array.clone());
        }
    };
    for (_, layer) in model.graph.layers() {
        for (_, value) in layer.state().attributes.iter() {
            match value {
                Attribute::Array(array) => add(array),
                Attribute::Weight(weight) => add(&weight.data),
                _ => {}
            }
        }
    }
    found.iter().map(|array| array.len() * array.dtype().size()).sum()
}

/// The most memory that this process has had, in bytes.
fn peak_memory() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("peak memory is known on Linux only")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no line VmHWM")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1024)
}
