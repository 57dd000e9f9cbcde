//! Times conversions, in the form that hls4ml's side of the benchmark prints.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Parser;
use hls4rs::archive::read_json;
use hls4rs::prelude::*;
use serde::Serialize;

/// Times the conversion of source models, with the arguments in `config.json` beside them. Prints JSON: per file the seconds of
/// each round, reading the file included.
#[derive(Parser)]
struct Arguments {
    /// Rounds per file.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The source models.
    files: Vec<PathBuf>,
}

/// What was measured of one file.
#[derive(Serialize, Default)]
struct Times {
    convert_s: Vec<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[allow(clippy::print_stdout, reason = "printing is what the program is for")]
fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut measured = BTreeMap::new();
    for file in &arguments.files {
        let times = measure(file, arguments.rounds);
        let times =
            times.unwrap_or_else(|error| Times { error: Some(format!("{error:#}")), ..Times::default() });
        measured.insert(file.display().to_string(), times);
    }
    println!("{}", serde_json::to_string_pretty(&measured)?);
    Ok(())
}

fn measure(file: &Path, rounds: usize) -> anyhow::Result<Times> {
    let path = file.with_file_name("config.json");
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let Attribute::Map(arguments) = read_json("config.json", &bytes)? else {
        bail!("{}: expected a map of arguments", path.display())
    };
    let mut times = Times::default();
    for _ in 0..rounds {
        let start = Instant::now();
        let conversion = hls4rs::convert(file, &arguments)?;
        times.convert_s.push(start.elapsed().as_secs_f64());
        drop(conversion);
    }
    Ok(times)
}
