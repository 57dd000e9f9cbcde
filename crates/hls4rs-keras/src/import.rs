//! From a file to a list of layers.

use hls4rs_frontend::{FrontEnd, Imported, SourceError, SourceFile};
use hls4rs_types::{Attribute, Attributes};

use crate::h5::H5;
use crate::v3::Store;
use crate::weights::{ModelWeights, Weights};
use crate::{architecture, container, v2, v3};

/// Bytes that a file of weights may have.
const MOST_WEIGHTS: u64 = 4 << 30;

/// The importer of Keras models.
#[derive(Debug, Clone, Copy)]
pub struct Keras;

impl FrontEnd for Keras {
    fn name(&self) -> &'static str {
        "keras"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["h5", "hdf5", "keras", "json"]
    }

    fn operations(&self) -> Vec<&'static str> {
        let mut classes = v2::classes();
        for class in v3::classes() {
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
        classes
    }

    fn import(&self, source: &SourceFile, options: &Attributes) -> Result<Imported, SourceError> {
        // the bytes tell the format, whatever the name
        match source.bytes.as_slice() {
            [b'P', b'K', ..] => keras_file(source),
            [b'{', ..] => json_file(source, options),
            _ => h5_file(source),
        }
    }
}

/// An architecture, with its weights in a file beside it: the one that the option `KerasH5` names, or one of the same name.
///
/// **Source:** `KerasFileReader` of `hls4ml.converters.keras_v2_to_hls`, hls4ml 1.3.0.
fn json_file(source: &SourceFile, options: &Attributes) -> Result<Imported, SourceError> {
    let stem = source.path.file_stem().unwrap_or_default().to_string_lossy();
    let named = options.get("KerasH5").and_then(Attribute::as_str).map(str::to_owned);
    let usual = ["_weights.h5", ".weights.h5", ".h5"].map(|ending| format!("{stem}{ending}"));
    let candidates: Vec<_> =
        named.into_iter().chain(usual).map(|name| source.path.with_file_name(name)).collect();
    let Some(path) = candidates.iter().find(|path| path.is_file()) else {
        let names: Vec<String> = candidates.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(source.malformed(format!("its weights in {}", names.join(" or ")), "none of them"));
    };
    let architecture = architecture::read(source, "architecture", &source.bytes)?;
    let weights = SourceFile::open(path, MOST_WEIGHTS)?;
    let wrong = |fault| weights.malformed("the weights of a Keras model", fault);
    let file = H5::open(weights.bytes.clone()).map_err(wrong)?;
    // Keras 3 says where it has the class from, Keras 2 says its version
    let version = if architecture.contains("module") { "3." } else { "2." };
    // files of weights alone number them, or name them as files of whole models do
    if file.has_group("layers") && version.starts_with("3.") {
        return Ok(v3::import(&architecture, &Store::Numbered(file)));
    }
    let weights = ModelWeights::new(file).map_err(wrong)?;
    Ok(imported(&architecture, version, weights))
}

/// A model with weights that have names.
fn imported(architecture: &Attributes, version: &str, weights: ModelWeights) -> Imported {
    if version.starts_with("3.") {
        v3::import(architecture, &Store::Named(weights))
    } else {
        v2::import(architecture, Weights::of(&weights))
    }
}

/// A `.keras` file.
fn keras_file(source: &SourceFile) -> Result<Imported, SourceError> {
    let contents = container::read(source)?;
    let architecture = architecture::read(source, "config.json", &contents.architecture)?;
    let store = match contents.weights {
        Some(bytes) => {
            let wrong = |fault| source.malformed("the weights of a Keras model in `model.weights.h5`", fault);
            Store::Numbered(H5::open(bytes).map_err(wrong)?)
        }
        None => Store::Nowhere,
    };
    Ok(v3::import(&architecture, &store))
}

/// An `.h5` file. Those that Keras 3 wrote are read as its models are.
fn h5_file(source: &SourceFile) -> Result<Imported, SourceError> {
    let wrong = |fault| source.malformed("a Keras model", fault);
    let file = H5::open(source.bytes.clone())
        .map_err(|fault| source.malformed("an HDF5 file or a `.keras` file", fault))?;
    let Some(text) = file.attribute("", "model_config").map_err(wrong)? else {
        let found = "none: no attribute `model_config`";
        return Err(source.malformed("a Keras model with its architecture", found));
    };
    let version = file.attribute("", "keras_version").map_err(wrong)?.unwrap_or_default();
    let architecture = architecture::read(source, "model_config", text.as_bytes())?;
    let weights =
        ModelWeights::new(file).map_err(|fault| source.malformed("the weights of a Keras model", fault))?;
    Ok(imported(&architecture, &version, weights))
}
