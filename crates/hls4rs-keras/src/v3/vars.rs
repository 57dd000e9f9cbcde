//! Variables of layers: by number in `.keras` files, by name in `.h5` files.

use hls4rs_frontend::Problem;
use hls4rs_types::Tensor;

use crate::h5::H5;
use crate::weights::ModelWeights;

/// Where the variables of a model are.
pub(crate) enum Store {
    /// Nowhere: the model was saved without them.
    Nowhere,
    /// In a file that numbers the variables of each object.
    Numbered(H5),
    /// In a file that names them.
    Named(ModelWeights),
}

/// The variables of a layer, or of something within it.
///
/// **Source:** `_save_state` of `keras.src.saving.saving_lib` and `save_weights_to_hdf5_group` of
/// `keras.src.legacy.saving.legacy_h5_format`, Keras 3.15.
#[derive(Clone)]
pub(crate) struct Vars<'a> {
    store: &'a Store,
    /// The group in a file that numbers.
    path: String,
    /// The layer of the model in a file that names.
    layer: String,
    /// What is in the path of the variables' names, in order.
    within: Vec<String>,
}

impl<'a> Vars<'a> {
    /// Those of a layer of the model: its group, and its name.
    pub(crate) fn new(store: &'a Store, path: String, layer: &str) -> Self {
        Self { store, path, layer: layer.to_owned(), within: Vec::new() }
    }

    /// Those of something within: the attribute that holds it, and its name where it has one.
    pub(crate) fn child(&self, attribute: &str, name: Option<&str>) -> Self {
        let mut child = self.clone();
        child.path = format!("{}/{attribute}", self.path);
        child.within.extend(name.map(str::to_owned));
        child
    }

    /// A variable; `order` are the names of all of them in the order in which they are numbered.
    pub(crate) fn get(&self, order: &[&str], name: &str) -> Result<Tensor, Problem> {
        let missing = || {
            let message = format!("expected a weight named `{name}`, found none");
            Problem::malformed(message, "save the model with its weights")
        };
        let number = order.iter().position(|other| *other == name);
        match self.store {
            Store::Nowhere => Err(missing()),
            Store::Numbered(file) => {
                let path = format!("{}/vars/{}", self.path, number.ok_or_else(missing)?);
                let wrong =
                    |fault| Problem::malformed(format!("weight `{path}`: {fault}"), "save the model again");
                file.array(&path).map_err(wrong)
            }
            Store::Named(model) => {
                let found = model.names(&self.layer).iter().find(|full| self.is_named(full, name));
                model.array(&self.layer, found.ok_or_else(missing)?)
            }
        }
    }

    /// The name that the object had in the program that saved it, if the file says it.
    pub(crate) fn name(&self) -> Option<String> {
        match self.store {
            Store::Numbered(file) => file.attribute(&format!("{}/vars", self.path), "name").ok().flatten(),
            Store::Nowhere | Store::Named(_) => None,
        }
    }

    /// Whether there is something within.
    pub(crate) fn has(&self, attribute: &str) -> bool {
        match self.store {
            Store::Numbered(file) => file.has_group(&format!("{}/{attribute}", self.path)),
            Store::Nowhere | Store::Named(_) => false,
        }
    }

    /// Whether a name with its path is that of a variable here.
    fn is_named(&self, full: &str, name: &str) -> bool {
        let mut parts = full.split('/').rev();
        if parts.next().is_none_or(|last| last.trim_end_matches(":0") != name) {
            return false;
        }
        let mut parts: Vec<&str> = parts.collect();
        parts.reverse();
        let mut rest = parts.iter();
        self.within.iter().all(|within| rest.any(|part| part == within))
    }
}
