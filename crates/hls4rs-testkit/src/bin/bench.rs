//! Times opening and saving of archives, in the form that hls4ml's side of the benchmark prints.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use hls4rs::prelude::*;
use serde::Serialize;

/// Times opening and saving of archives. Prints JSON: per file the seconds of each round.
#[derive(Parser)]
struct Arguments {
    /// Rounds per file.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The archives.
    files: Vec<PathBuf>,
}

/// What was measured of one file.
#[derive(Serialize, Default)]
struct Times {
    load_s: Vec<f64>,
    /// Without bringing the file to the disk, as hls4ml saves.
    save_s: Vec<f64>,
    /// With bringing the file to the disk, the default.
    save_durable_s: Vec<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[allow(clippy::print_stdout, reason = "printing is what the program is for")]
fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let folder = std::env::temp_dir().join(format!("hls4rs-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let target = folder.join("saved.fml");
    let mut measured = BTreeMap::new();
    for file in &arguments.files {
        let times = measure(file, &target, arguments.rounds);
        let times =
            times.unwrap_or_else(|error| Times { error: Some(format!("{error:#}")), ..Times::default() });
        measured.insert(file.display().to_string(), times);
    }
    std::fs::remove_dir_all(&folder)?;
    println!("{}", serde_json::to_string_pretty(&measured)?);
    Ok(())
}

fn measure(file: &PathBuf, target: &PathBuf, rounds: usize) -> anyhow::Result<Times> {
    let mut times = Times::default();
    for _ in 0..rounds {
        let start = Instant::now();
        let model = hls4rs::open(file)?;
        times.load_s.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        model.save_with(target, &SaveOptions::default().with_durable(false))?;
        times.save_s.push(start.elapsed().as_secs_f64());
        std::fs::remove_file(target)?;
        let start = Instant::now();
        model.save(target)?;
        times.save_durable_s.push(start.elapsed().as_secs_f64());
        std::fs::remove_file(target)?;
    }
    Ok(times)
}
