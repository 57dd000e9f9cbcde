//! The archives there are, and what is known about them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::exclusions::reason;
use super::select::Mode;

/// Names of a case's archive, the best first: recorded answers belong to `predicted.fml` where there is one.
const ARCHIVES: &[&str] = &["predicted.fml", "converted.fml", "mended.fml", "model.fml"];

/// Names of a case's source.
const SOURCES: &[&str] = &["source.h5", "source.keras", "source.onnx"];

/// The script that looks into archives.
const PROBE: &str = include_str!("probe.py");

/// A folder with an archive.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidate {
    /// Name of the folder.
    pub(super) name: String,
    /// The archive.
    pub(super) fml: PathBuf,
    /// The source, if what is converted from it is meant in place of the archive.
    pub(super) source: Option<PathBuf>,
    /// Recorded inputs and answers.
    pub(super) io: Option<PathBuf>,
    /// What hls4ml made it for.
    pub(super) about: About,
    /// What is in the archive.
    pub(super) content: Content,
}

/// What `case.json` says.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct About {
    pub(super) backend: String,
    pub(super) io_type: String,
    /// Version of hls4ml that made the archive and the answers.
    pub(super) hls4ml: String,
}

/// What the probe says.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Content {
    /// Classes of the layers.
    pub(super) classes: Vec<String>,
    /// Are there types or quantizers of one bit?
    pub(super) has_xnor: bool,
    /// Is the C++ of the templates there?
    pub(super) has_code: bool,
}

/// The archives in the folders below `folder`, in order of their names.
pub(super) fn find(folder: &Path, python: &Path) -> Result<Vec<Candidate>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        found.extend(candidate(&entry?.path())?);
    }
    ensure!(!found.is_empty(), "{}: expected folders with archives, found none", folder.display());
    found.sort_by(|a: &Candidate, b| a.name.cmp(&b.name));
    let contents = probe(python, &found)?;
    ensure!(
        contents.len() == found.len(),
        "probe: expected {} answers, found {}",
        found.len(),
        contents.len()
    );
    for (candidate, content) in found.iter_mut().zip(contents) {
        candidate.content = content;
    }
    Ok(found)
}

/// The folder as a candidate; nothing if it has no archive.
fn candidate(folder: &Path) -> Result<Option<Candidate>> {
    let Some(fml) = ARCHIVES.iter().map(|name| folder.join(name)).find(|path| path.is_file()) else {
        return Ok(None);
    };
    let path = folder.join("case.json");
    let json = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let about = serde_json::from_str(&json).with_context(|| path.display().to_string())?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let io = Some(folder.join("io.npz")).filter(|path| path.is_file());
    Ok(Some(Candidate { name, fml, source: None, io, about, content: Content::default() }))
}

impl Candidate {
    /// The candidate with its source in place of the archive. There is none without a source, where recorded answers belong to a
    /// graph that was changed later, and where layers are classes that only the test has.
    pub(super) fn into_source(mut self) -> Option<Self> {
        let source = SOURCES.iter().map(|name| self.fml.with_file_name(name)).find(|path| path.is_file())?;
        if self.fml.ends_with("predicted.fml") || reason(&self, Mode::Load).is_some() {
            return None;
        }
        // conversions end before templates
        self.content.has_code = false;
        Some(Self { source: Some(source), ..self })
    }
}

/// Looks into the archives.
fn probe(python: &Path, candidates: &[Candidate]) -> Result<Vec<Content>> {
    let mut command = Command::new(python);
    let mut child = command.args(["-c", PROBE]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let paths: Vec<String> = candidates.iter().map(|candidate| candidate.fml.display().to_string()).collect();
    let mut input = child.stdin.take().context("the probe has no input")?;
    input.write_all(paths.join("\n").as_bytes()).context("probe")?;
    drop(input);
    let output = child.wait_with_output().context("probe")?;
    ensure!(output.status.success(), "probe: {}", output.status);
    serde_json::from_slice(&output.stdout).context("answer of the probe")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_described() {
        let dir = tempfile::tempdir().unwrap();
        assert!(candidate(dir.path()).unwrap().is_none());
        for (name, text) in [
            ("mended.fml", ""),
            ("io.npz", ""),
            (
                "case.json",
                r#"{"backend": "Vitis", "io_type": "io_stream", "hls4ml": "1.3.0", "kind": "keras"}"#,
            ),
        ] {
            fs::write(dir.path().join(name), text).unwrap();
        }
        let found = candidate(dir.path()).unwrap().unwrap();
        assert!(found.fml.ends_with("mended.fml") && found.io.is_some());
        assert_eq!((found.about.backend.as_str(), found.about.io_type.as_str()), ("Vitis", "io_stream"));
        fs::write(dir.path().join("converted.fml"), "").unwrap();
        let found = candidate(dir.path()).unwrap().unwrap();
        assert!(found.fml.ends_with("converted.fml") && found.clone().into_source().is_none());
        fs::write(dir.path().join("source.keras"), "").unwrap();
        let source = found.into_source().and_then(|found| found.source);
        assert!(source.is_some_and(|source| source.ends_with("source.keras")));
        fs::write(dir.path().join("predicted.fml"), "").unwrap();
        assert!(candidate(dir.path()).unwrap().unwrap().into_source().is_none());
    }
}
