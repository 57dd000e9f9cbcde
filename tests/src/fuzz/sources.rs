//! Source models of other programs.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use hls4rs::frontend::SourceFile;
use hls4rs::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::check_message;

/// Seeds of more bytes are left out, for the fuzzer to be fast.
const MOST: usize = 24 * 1024;

/// A model of ONNX.
pub fn onnx(bytes: &[u8]) {
    import("model.onnx", bytes);
}

/// A model of Keras in HDF5.
pub fn keras_h5(bytes: &[u8]) {
    import("model.h5", bytes);
}

/// A model of Keras 3: the whole file, or its architecture, with weights that belong to another model.
pub fn keras(bytes: &[u8]) {
    static WEIGHTS: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("imports/cnn/source.keras");
        member(&fs::read(path).unwrap(), "model.weights.h5").expect("weights")
    });
    import("model.keras", bytes);
    if bytes.first() == Some(&b'{') {
        let metadata = br#"{"keras_version": "3.15.1"}"#;
        let members: [(&str, &[u8]); 3] =
            [("metadata.json", metadata), ("config.json", bytes), ("model.weights.h5", &WEIGHTS)];
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
            zip.start_file(name, options).unwrap();
            zip.write_all(content).unwrap();
        }
        import("model.keras", &zip.finish().unwrap().into_inner());
    }
}

/// A member of a zip archive.
fn member(zip: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).ok()?;
    let mut content = Vec::new();
    archive.by_name(name).ok()?.read_to_end(&mut content).ok()?;
    Some(content)
}

/// Reads a source: layers or an error, the same each time. Files beside it are not there.
fn import(name: &str, bytes: &[u8]) {
    let path = Path::new("no-such-folder").join(name);
    let front_end = hls4rs::front_end(&path).expect("a front end");
    let source = SourceFile { path, bytes: bytes.to_vec() };
    match front_end.import(&source, &Attributes::new()) {
        Ok(imported) => {
            imported.findings.iter().for_each(check_message);
            let again = front_end.import(&source, &Attributes::new()).map(|imported| imported.findings);
            assert_eq!(again.ok(), Some(imported.findings), "the same findings");
        }
        Err(error) => check_message(&error),
    }
}

/// The raw exports.
pub(super) fn onnx_seeds() -> Vec<Vec<u8>> {
    [files("onnx", "onnx"), files("seeds/onnx", "onnx")].concat()
}

/// Small models that Keras saved.
pub(super) fn h5_seeds() -> Vec<Vec<u8>> {
    files("seeds/h5", "h5")
}

/// Architectures of Keras 3, and small files.
pub(super) fn keras_seeds() -> Vec<Vec<u8>> {
    let all = [every_file("imports", "keras"), every_file("sources", "keras")].concat();
    let architectures = all.iter().filter_map(|file| member(file, "config.json"));
    let small = all.iter().filter(|file| file.len() <= 2 * MOST).cloned();
    architectures.chain(small).collect()
}

/// Files with that ending in a folder of the suites, or one below it.
fn files(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let bytes = every_file(folder, ending).into_iter();
    bytes.filter(|bytes| bytes.len() <= MOST).collect()
}

/// The same of any size, each once.
fn every_file(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder).expect("a folder").map(|entry| entry.unwrap().path()).collect()
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let all = entries(&folder).into_iter();
    let all = all.flat_map(|path| if path.is_dir() { entries(&path) } else { vec![path] });
    let found = all.filter(|path| path.extension().is_some_and(|found| found == ending));
    let bytes = found.map(|path| fs::read(path).unwrap());
    bytes.collect::<BTreeSet<_>>().into_iter().collect()
}
