//! From a file to a list of layers.

use hls4rs_frontend::{FrontEnd, Imported, SourceError, SourceFile};
use hls4rs_types::Attributes;

use crate::h5::H5;
use crate::v3::Store;
use crate::weights::{ModelWeights, Weights};
use crate::{architecture, container, v2, v3};

/// The importer of Keras models.
#[derive(Debug, Clone, Copy)]
pub struct Keras;

impl FrontEnd for Keras {
    fn name(&self) -> &'static str {
        "keras"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["h5", "hdf5", "keras"]
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

    fn import(&self, source: &SourceFile, _: &Attributes) -> Result<Imported, SourceError> {
        // the bytes tell the format, whatever the name
        if source.bytes.starts_with(b"PK") { keras_file(source) } else { h5_file(source) }
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
    let version = file.attribute("", "keras_version").map_err(wrong)?;
    let architecture = architecture::read(source, "model_config", text.as_bytes())?;
    let weights =
        ModelWeights::new(file).map_err(|fault| source.malformed("the weights of a Keras model", fault))?;
    if version.is_some_and(|version| version.starts_with("3.")) {
        return Ok(v3::import(&architecture, &Store::Named(weights)));
    }
    Ok(v2::import(&architecture, Weights::of(&weights)))
}
