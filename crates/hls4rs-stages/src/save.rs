//! Models built from what the converter handed over, saved for hls4ml to go on with.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use hls4rs::prelude::*;

use crate::run::{Stage, cases};

/// Builds the model of every case that has recorded outputs in another folder, and saves it as hls4rs does, with what was
/// recorded beside it. Returns how many there are.
///
/// # Errors
/// If a case cannot be read, built or saved.
pub fn save(folder: &Path, recorded: &Path, out: &Path, part: &str) -> Result<usize> {
    let mut count = 0;
    for case in cases(folder)? {
        let name = case.file_name().unwrap_or_default();
        let io = recorded.join(name).join("io.npz");
        if !io.is_file() || !case.to_string_lossy().contains(part) {
            continue;
        }
        let text = fs::read_to_string(case.join("stages.json"))?;
        let stages: Vec<Stage> = serde_json::from_str(&text)?;
        let Some(Stage { file: Some(file), .. }) = stages.first() else { continue };
        let place = || name.to_string_lossy().into_owned();
        let parsed = Model::open(case.join(file)).with_context(place)?;
        let Ok(list) = LayerList::of_parsed(&parsed.graph) else { continue };
        let model = match hls4rs::build(list) {
            Ok((model, _)) => model,
            // layers of classes that only a test of hls4ml knows
            Err(hls4rs::ConvertError::Graph(GraphError::UnknownKind { .. })) => continue,
            Err(error) => return Err(error).with_context(place),
        };
        let folder = out.join(name);
        fs::create_dir_all(&folder)?;
        model.save(folder.join("model.fml")).with_context(place)?;
        fs::copy(&io, folder.join("io.npz"))?;
        fs::copy(case.join("case.json"), folder.join("case.json"))?;
        count += 1;
    }
    Ok(count)
}
