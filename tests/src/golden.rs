//! The golden files.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, OnceLock};

use hls4rs::Model;
use hls4rs::archive::read_npz;
use hls4rs::types::Tensor;
use serde_json::Value;

/// A model as hls4ml saved it; see `goldens/README.md`.
#[derive(Debug)]
pub struct Golden {
    /// Name of the case: `MODEL-BACKEND-IO_TYPE`.
    pub name: String,
    /// The archive.
    pub path: PathBuf,
    model: OnceLock<Model>,
}

/// What `case.json` says about a golden.
#[derive(Debug, Clone)]
pub struct Case {
    /// Name and class of each layer.
    pub layers: Vec<(String, String)>,
    /// Name of the backend.
    pub backend: String,
    /// `io_parallel` or `io_stream`.
    pub io_type: String,
    /// Version of hls4ml that saved the model.
    pub hls4ml: String,
}

/// All goldens that have an archive, by name.
#[must_use]
pub fn goldens() -> &'static [Golden] {
    static ALL: LazyLock<Vec<Golden>> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens");
        let folders = fs::read_dir(folder).expect("the folder of goldens");
        let all = folders.map(|entry| Golden::at(&entry.unwrap().path()));
        let mut found: Vec<Golden> = all.filter(|golden| golden.path.is_file()).collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        assert!(found.len() >= 80, "found {} goldens", found.len());
        found
    });
    &ALL
}

/// What hls4ml's compiled project was given, and what it returned.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The model's inputs, in order, with samples as the first dimension.
    pub inputs: Vec<Tensor>,
    /// The model's outputs, in order, with samples as the first dimension.
    pub outputs: Vec<Tensor>,
}

impl Golden {
    /// The golden of that name.
    #[must_use]
    pub fn named(name: &str) -> &'static Self {
        let found = goldens().iter().find(|golden| golden.name == name);
        found.unwrap_or_else(|| panic!("there is no golden `{name}`"))
    }

    fn at(folder: &Path) -> Self {
        let name = folder.file_name().and_then(|name| name.to_str()).expect("a name");
        Self { name: name.to_owned(), path: folder.join("model.fml"), model: OnceLock::new() }
    }

    /// The bytes of the archive.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// The model, which is read once.
    #[must_use]
    pub fn model(&self) -> &Model {
        let open = || hls4rs::open(&self.path).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        self.model.get_or_init(open)
    }

    /// What `case.json` says.
    #[must_use]
    pub fn case(&self) -> Case {
        let text = fs::read(self.path.with_file_name("case.json")).unwrap();
        let json: Value = serde_json::from_slice(&text).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let layers = json["layers"].as_array().unwrap();
        Case {
            layers: layers.iter().map(|layer| (text(&layer[0]), text(&layer[1]))).collect(),
            backend: text(&json["backend"]),
            io_type: text(&json["io_type"]),
            hls4ml: text(&json["hls4ml"]),
        }
    }

    /// The predictions of `io.npz`, unless hls4ml could not make any.
    #[must_use]
    pub fn recorded(&self) -> Option<Recorded> {
        let bytes = fs::read(self.path.with_file_name("io.npz")).ok()?;
        let arrays = read_npz("io.npz", &bytes).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let numbered = |letter: char| -> Vec<Tensor> {
            (0..).map_while(|number| arrays.get(&format!("{letter}{number}"))).cloned().collect()
        };
        Some(Recorded { inputs: numbered('x'), outputs: numbered('y') })
    }
}
