//! Reading models from files and from standard input.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use hls4rs::prelude::*;

/// A file, or standard input.
#[derive(Debug, Clone)]
pub(crate) struct Source(PathBuf);

impl From<&str> for Source {
    fn from(path: &str) -> Self {
        Self(path.into())
    }
}

impl Source {
    /// Opens the model.
    pub(crate) fn open(&self) -> anyhow::Result<Model> {
        self.open_with(&ReadOptions::default())
    }

    /// Opens the model in a certain way.
    pub(crate) fn open_with(&self, options: &ReadOptions) -> anyhow::Result<Model> {
        Model::from_bytes(&self.bytes()?, options).with_context(|| self.to_string())
    }

    /// Whether it is standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        self.0 == Path::new("-")
    }

    fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        if !self.is_stdin() {
            return std::fs::read(&self.0).with_context(|| self.to_string());
        }
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("standard input")?;
        Ok(bytes)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_stdin() { f.write_str("standard input") } else { self.0.display().fmt(f) }
    }
}
