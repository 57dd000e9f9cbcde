//! From a file to a list of layers.

use hls4rs_frontend::{FrontEnd, Imported, SourceError, SourceFile};
use hls4rs_types::Attributes;

use crate::h5::H5;
use crate::weights::{ModelWeights, Weights};
use crate::{architecture, v2};

/// The importer of Keras models.
#[derive(Debug, Clone, Copy)]
pub struct Keras;

impl FrontEnd for Keras {
    fn name(&self) -> &'static str {
        "keras"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["h5", "hdf5"]
    }

    fn operations(&self) -> Vec<&'static str> {
        v2::classes()
    }

    fn import(&self, source: &SourceFile, _: &Attributes) -> Result<Imported, SourceError> {
        let file = H5::open(source.bytes.clone()).map_err(|fault| source.malformed("an HDF5 file", fault))?;
        let text =
            file.attribute("", "model_config").map_err(|fault| source.malformed("a Keras model", fault))?;
        let Some(text) = text else {
            return Err(
                source.malformed("a Keras model with its architecture", "none: no attribute `model_config`")
            );
        };
        let architecture = architecture::read(source, "model_config", text.as_bytes())?;
        let weights = ModelWeights::new(file)
            .map_err(|fault| source.malformed("the weights of a Keras model", fault))?;
        Ok(v2::import(&architecture, Weights::of(&weights)))
    }
}
