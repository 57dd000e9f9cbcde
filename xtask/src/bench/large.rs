//! `cargo xtask bench-large`: archives of large networks, ours and hls4ml's in one run on one machine.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;

use super::summary::median;
use crate::process;
use crate::python::{self, Suite};
use crate::workspace::Workspace;

/// Arguments of `cargo xtask bench-large`.
#[derive(Args)]
#[command(after_help = python::HELP)]
pub(crate) struct Arguments {
    /// Folder for the archives, up to 1 GB; a temporary one if not given.
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Weights of the network whose memory is measured, in millions.
    #[arg(long, default_value_t = 100)]
    millions: usize,
}

/// The networks: bits of the weights, strategy, what they are.
const NETWORKS: [(&str, &str, &str); 3] = [
    ("0", "Latency", "784-2048-2048-10, float32"),
    ("0", "Resource", "the same, with weights transposed for the Resource strategy"),
    ("6", "Latency", "784-2048-2048-10, 6-bit weights"),
];

/// Measures, and prints times, sizes and ratios.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let temporary = tempfile::tempdir()?;
    let work = arguments.work.as_deref().unwrap_or(temporary.path());
    let bench = Large {
        python: python::interpreter(workspace, Suite::Keras)?,
        script: workspace.root.join("tests/python/large.py"),
        large: workspace.release_binary("hls4rs-testkit", "large")?,
        hls4rs: workspace.release_binary("hls4rs-cli", "hls4rs")?,
        work,
    };
    for (bits, strategy, what) in NETWORKS {
        println!("{what}");
        bench.network(bits, strategy)?;
    }
    println!("{} million weights, float32", arguments.millions);
    bench.memory(arguments.millions)?;
    Ok(ExitCode::SUCCESS)
}

struct Large<'a> {
    python: PathBuf,
    script: PathBuf,
    large: PathBuf,
    hls4rs: PathBuf,
    work: &'a Path,
}

impl Large<'_> {
    fn hls4ml(&self, arguments: &[&str]) -> Result<Value> {
        let mut command = Command::new(&self.python);
        command.arg(&self.script).arg("--work").arg(self.work).args(arguments);
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("TF_CPP_MIN_LOG_LEVEL", "3");
        serde_json::from_str(&process::output(&mut command)?).context("measurements of hls4ml")
    }

    fn ours(&self, arguments: &[&str]) -> Result<Value> {
        let mut command = Command::new(&self.large);
        command.current_dir(self.work).args(arguments);
        serde_json::from_str(&process::output(&mut command)?).context("measurements of hls4rs")
    }

    fn network(&self, bits: &str, strategy: &str) -> Result<()> {
        let theirs = self.hls4ml(&["--bits", bits, "--strategy", strategy])?;
        let ours = self.ours(&["convert", "hls4ml.fml", "hls4rs.fml"])?;
        let file = self.work.join("hls4rs.fml");
        let again = self.hls4ml(&["--load", &file.display().to_string()])?;
        let inspect = self.inspect(&file)?;

        let of = |from: &Value, key: &str| {
            let values = from.get(key).and_then(Value::as_array).into_iter().flatten();
            median(&values.filter_map(Value::as_f64).collect::<Vec<_>>())
        };
        let (save, load) = (of(&theirs, "save_s"), of(&theirs, "load_s"));
        let line = |what: &str, theirs: f64, ours: f64| {
            println!(
                "  {what:<44} {:>9.1} ms {:>8.1} ms  ratio {:.1}",
                theirs * 1e3,
                ours * 1e3,
                theirs / ours
            );
        };
        println!("  {:<44} {:>12} {:>11}", "", "hls4ml", "hls4rs");
        line("save", save, of(&ours, "save_s"));
        line("save, ours brought to the disk", save, of(&ours, "save_durable_s"));
        line("load hls4ml's archive", load, of(&ours, "load_from_s"));
        line("load hls4rs's archive, ours in parallel", load, of(&ours, "load_to_s"));
        line("hls4ml's load; `hls4rs inspect` of ours", load, inspect);
        println!("  {:<44} {:>9.1} ms", "hls4ml loads hls4rs's archive", of(&again, "load_s") * 1e3);
        let size = |key: &str| ours.get(key).and_then(Value::as_f64).unwrap_or(f64::NAN) / 1e6;
        let (from, to) = (size("from_bytes"), size("to_bytes"));
        println!("  {:<44} {from:>9.1} MB {to:>8.1} MB  {:+.1} %", "size", (to / from - 1.0) * 100.0);
        Ok(())
    }

    /// The whole command, from start to end, in seconds.
    fn inspect(&self, file: &Path) -> Result<f64> {
        let mut times = Vec::new();
        for _ in 0..9 {
            let start = Instant::now();
            process::output(Command::new(&self.hls4rs).arg("inspect").arg(file))?;
            times.push(start.elapsed().as_secs_f64());
        }
        Ok(median(&times))
    }

    fn memory(&self, millions: usize) -> Result<()> {
        let millions = millions.to_string();
        let save = self.ours(&["save", "large.fml", "--millions", &millions])?;
        let load = self.ours(&["load", "large.fml"])?;
        let copy = self.ours(&["copy", "large.fml", "copy.gz"])?;
        let of = |from: &Value, key: &str| from.get(key).and_then(Value::as_f64).unwrap_or(f64::NAN);
        for (what, measured, copied) in [("save", &save, "pack_s"), ("load", &load, "unpack_s")] {
            let seconds = of(measured, &format!("{what}_s"));
            let memory = of(measured, "peak_memory_bytes") / of(measured, "unique_weight_bytes");
            println!(
                "  {what}: {:.2} s, {:.2} times what copying the bytes through the same blocks takes ({:.2} s); peak memory {memory:.3} times the unique weights",
                seconds,
                seconds / of(&copy, copied),
                of(&copy, copied)
            );
        }
        Ok(())
    }
}
