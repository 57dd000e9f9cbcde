//! `hls4rs repack`: read a model and write it again.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use hls4rs::archive::Change;
use hls4rs::prelude::*;

use crate::input::{Reading, Source};
use crate::output;

/// Read a model and write it again: smaller, with the faults of hls4ml's writer repaired, or in another layout.
#[derive(clap::Args)]
pub(crate) struct Repack {
    /// The archive to read; `-` for standard input.
    #[arg(value_name = "IN")]
    file: Source,
    /// The archive to write; `-` for standard output. A file that exists is replaced, at once and only by a whole one.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Where the arrays go: each in a member of its own, as hls4ml does, or all in `weights.npz`.
    #[arg(long, value_enum, default_value_t = Arrays::Npy)]
    arrays: Arrays,
    /// Write only members that hls4ml writes.
    #[arg(long)]
    plain: bool,
    /// Keep the faults of hls4ml's writer that its own loader trips over.
    #[arg(long)]
    verbatim: bool,
    /// Write the quantizers of QKeras beside the graph, so that hls4ml loads the archive where QKeras is not installed.
    #[arg(long, conflicts_with = "plain")]
    without_qkeras: bool,
    /// Bring an archive of an older version of hls4ml up to date, and list what changed.
    #[arg(long)]
    migrate: bool,
    /// How hard to compress, from 0 (not at all) to 9.
    #[arg(long, default_value_t = SaveOptions::DEFAULT_LEVEL, value_parser = clap::value_parser!(u32).range(0..=9))]
    level: u32,
}

/// Where the arrays go.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Arrays {
    /// `NAME.npy`, one member each.
    Npy,
    /// `weights.npz`.
    Npz,
}

impl Repack {
    /// Runs the command.
    pub(crate) fn run(self, reading: &Reading) -> anyhow::Result<ExitCode> {
        let archive = self.file.archive(&reading.options().with_migrate(self.migrate))?;
        let is_stdout = self.output == Path::new("-");
        if self.migrate {
            let changes = archive.migrations().with_context(|| self.file.to_string())?;
            report(&changes, is_stdout)?;
        }
        archive.load().with_context(|| self.file.to_string())?;
        let model = archive.into_model().with_context(|| self.file.to_string())?;
        let arrays = match self.arrays {
            Arrays::Npy => ArrayLayout::Npy,
            Arrays::Npz => ArrayLayout::Npz,
        };
        let options = SaveOptions::default()
            .with_arrays(arrays)
            .with_plain(self.plain)
            .with_verbatim(self.verbatim)
            .with_without_qkeras(self.without_qkeras)
            .with_level(self.level)
            .with_json(reading.options().limits.json);
        if is_stdout {
            // not `write`, whose errors would hide that a reader closed its end
            std::io::stdout().lock().write_all(&model.to_bytes(&options)?)?;
        } else {
            model.save_with(&self.output, &options)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Lists what a migration changed: on standard error where the archive goes to standard output.
fn report(changes: &[Change], is_stdout: bool) -> anyhow::Result<()> {
    let mut lines: Vec<String> = changes.iter().map(ToString::to_string).collect();
    if lines.is_empty() {
        lines.push("up to date".to_owned());
    }
    for line in lines {
        if is_stdout {
            writeln!(std::io::stderr().lock(), "{line}")?;
        } else {
            output::line(line)?;
        }
    }
    Ok(())
}
