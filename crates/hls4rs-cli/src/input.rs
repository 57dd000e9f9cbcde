//! Reading models from files and from standard input.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use hls4rs::archive::{Archive, Limit, ReadLimits};
use hls4rs::prelude::*;

use crate::output;

/// How archives are read, for all commands.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Reading {
    /// Raise or lower a limit on archives, such as `unpacked=16G` or `ratio=2000`, for files that you trust. May be given
    /// several times. `docs/format/fml.md` lists the limits.
    #[arg(long = "limit", value_name = "NAME=N", global = true, value_parser = limit)]
    limits: Vec<(Limit, u64)>,
}

impl Reading {
    /// The default options with these limits.
    pub(crate) fn options(&self) -> ReadOptions {
        let set = |limits: ReadLimits, (limit, value): &(Limit, u64)| limits.with(*limit, *value);
        ReadOptions::default().with_limits(self.limits.iter().fold(ReadLimits::default(), set))
    }
}

/// A limit with its value; `K`, `M`, `G` and `T` stand for powers of 1024.
fn limit(text: &str) -> Result<(Limit, u64), String> {
    let (name, value) = text.split_once('=').ok_or("expected a name, `=` and a number")?;
    let limit = name.parse()?;
    let (digits, shift) = match value.char_indices().last() {
        Some((at, 'K' | 'k')) => (&value[..at], 10),
        Some((at, 'M' | 'm')) => (&value[..at], 20),
        Some((at, 'G' | 'g')) => (&value[..at], 30),
        Some((at, 'T' | 't')) => (&value[..at], 40),
        _ => (value, 0),
    };
    let number = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    number.map(|number| (limit, number)).ok_or_else(|| format!("expected a number, found `{value}`"))
}

/// A file, or standard input.
#[derive(Debug, Clone)]
pub(crate) struct Source(PathBuf);

impl From<&str> for Source {
    fn from(path: &str) -> Self {
        Self(path.into())
    }
}

impl Source {
    /// Opens the model, with all its weights.
    pub(crate) fn model(&self, options: &ReadOptions) -> anyhow::Result<Model> {
        let archive = self.archive(options)?;
        archive.load().and_then(|()| archive.into_model()).with_context(|| self.to_string())
    }

    /// Opens the archive, and passes on what it warns of.
    pub(crate) fn archive(&self, options: &ReadOptions) -> anyhow::Result<Archive> {
        let archive = if self.is_stdin() {
            // one byte more than allowed is enough to be refused
            let mut bytes = Vec::new();
            let mut within = std::io::stdin().lock().take(options.limits.compressed.saturating_add(1));
            within.read_to_end(&mut bytes).with_context(|| self.to_string())?;
            Archive::from_bytes(bytes, options).map_err(anyhow::Error::from)
        } else {
            Archive::open_with(&self.0, options).map_err(|error| match error {
                // the file is named below
                ArchiveError::Io { cause, .. } => cause.into(),
                other => other.into(),
            })
        };
        let archive = archive.with_context(|| self.to_string())?;
        for warning in archive.warnings() {
            output::warning(format!("{self}: {warning}"));
        }
        Ok(archive)
    }

    /// Whether it is standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        self.0 == Path::new("-")
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_stdin() { f.write_str("standard input") } else { self.0.display().fmt(f) }
    }
}
