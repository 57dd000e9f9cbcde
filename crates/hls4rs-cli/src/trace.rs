//! The files that `hls4rs predict --trace` writes.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Context;
use hls4rs::archive::write_bytes;
use hls4rs::emulator::TracedOutput;
use hls4rs::types::Tensor;
use hls4rs::{NpyFile, Part, Prediction, save_arrays};
use serde::Serialize;

use crate::output;

/// Whether a trace goes into an `.npz` file.
pub(crate) fn is_npz(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "npz")
}

/// Writes a trace to an `.npz` file, and what its arrays are beside it.
pub(crate) fn save(path: &Path, prediction: &Prediction) -> anyhow::Result<()> {
    let names = names(&prediction.trace, str::to_owned);
    let arrays = names.iter().map(String::as_str).zip(prediction.trace.iter().map(|traced| &traced.values));
    save_arrays(path, arrays)?;
    tell(&path.with_extension("names.json"), &entries(&names, &prediction.trace))
}

/// A folder with an `.npy` file for each output, written part by part.
pub(crate) struct Folder {
    files: Vec<NpyFile>,
    names: PathBuf,
    entries: Vec<Entry>,
}

impl Folder {
    /// A folder for traces that begin with a part, of all samples of the inputs.
    pub(crate) fn new(path: &Path, part: &Prediction, inputs: &[Tensor]) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path).with_context(|| path.display().to_string())?;
        let samples = inputs.first().and_then(|input| input.shape().first().copied()).unwrap_or(1);
        let names = names(&part.trace, file_name);
        let entries = entries(&names, &part.trace);
        let file = |(name, traced): (&String, &TracedOutput)| {
            let shape: Vec<usize> =
                std::iter::once(samples).chain(traced.values.shape().iter().skip(1).copied()).collect();
            NpyFile::create(path.join(name), traced.values.dtype(), &shape)
        };
        let files = names.iter().zip(&part.trace).map(file).collect::<Result<_, _>>()?;
        Ok(Self { files, names: path.join("names.json"), entries })
    }

    /// Adds a part.
    pub(crate) fn add(&mut self, part: &Prediction) -> anyhow::Result<()> {
        for (file, traced) in self.files.iter_mut().zip(&part.trace) {
            file.append(&traced.values)?;
        }
        Ok(())
    }

    /// Gives the files their names, and tells what they are.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        self.files.into_iter().try_for_each(NpyFile::finish)?;
        tell(&self.names, &self.entries)
    }
}

/// What an array is.
#[derive(Serialize)]
struct Entry {
    array: String,
    layer: String,
    output: String,
    shape: Vec<usize>,
    source: Option<String>,
    part: Option<&'static str>,
}

fn entries(names: &[String], trace: &[TracedOutput]) -> Vec<Entry> {
    let entry = |(name, traced): (&String, &TracedOutput)| Entry {
        array: name.clone(),
        layer: traced.layer.clone(),
        output: traced.output.clone(),
        shape: traced.values.shape().iter().skip(1).copied().collect(),
        source: traced.origin.as_ref().map(|origin| origin.layer.clone()),
        part: traced.origin.as_ref().map(|origin| Part::name(origin.part)),
    };
    names.iter().zip(trace).map(entry).collect()
}

/// Writes what the arrays are, and prints it.
fn tell(path: &Path, entries: &[Entry]) -> anyhow::Result<()> {
    let mut text = serde_json::to_vec_pretty(entries)?;
    text.push(b'\n');
    write_bytes(path, &text)?;
    let row = |entry: &Entry| {
        let shape: Vec<String> = entry.shape.iter().map(usize::to_string).collect();
        let known = |text: Option<&str>| text.unwrap_or("-").to_owned();
        vec![entry.array.clone(), shape.join("×"), known(entry.source.as_deref()), known(entry.part)]
    };
    let rows = entries.iter().map(row).collect();
    output::line(output::table(&["array", "shape", "source layer", "part"], &[], rows))
}

/// A name for each output: that of the layer; that of the output, where a layer has several. Names that would be equal get a
/// number.
fn names(trace: &[TracedOutput], shown: impl Fn(&str) -> String) -> Vec<String> {
    let mut taken = HashSet::new();
    let name = |traced: &TracedOutput| {
        let is_one = trace.iter().filter(|other| other.layer == traced.layer).count() == 1;
        let name = shown(if is_one { &traced.layer } else { &traced.output });
        let (stem, extension) = match name.strip_suffix(".npy") {
            Some(stem) => (stem, ".npy"),
            None => (name.as_str(), ""),
        };
        let numbered = (2..).map(|number| format!("{stem}_{number}{extension}"));
        // there are fewer outputs than numbers
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| taken.insert(name.clone()));
        free.unwrap_or(name)
    };
    trace.iter().map(name).collect()
}

/// A name for a file; names come from the model and may hold anything.
fn file_name(name: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let file: String = name.chars().map(|c| if is_safe(c) { c } else { '_' }).collect();
    format!("{}.npy", file.trim_start_matches('.'))
}
