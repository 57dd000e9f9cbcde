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
    /// The layer of the outermost model in a file that names.
    top: String,
    /// The layer itself.
    layer: String,
    /// What is in the path of the variables' names behind the layer.
    within: Vec<Part>,
}

/// A part of the path of a variable's name.
#[derive(Clone)]
enum Part {
    /// This one.
    Name(String),
    /// The so-manieth of those that begin with a text: names that Keras gave.
    Like(&'static str, usize),
}

impl<'a> Vars<'a> {
    /// Those of a layer: its group, the layer of the outermost model that it is in, and its name.
    pub(crate) fn new(store: &'a Store, path: String, top: &str, layer: &str) -> Self {
        Self { store, path, top: top.to_owned(), layer: layer.to_owned(), within: Vec::new() }
    }

    /// Those of something within: the attribute that holds it, and its name where it has one.
    pub(crate) fn child(&self, attribute: &str, name: Option<&str>) -> Self {
        self.within(attribute, name.map(|name| Part::Name(name.to_owned())))
    }

    /// The same for something that Keras gave a name, the so-manieth of those that begin with a text.
    pub(crate) fn child_like(&self, attribute: &str, beginning: &'static str, number: usize) -> Self {
        self.within(attribute, Some(Part::Like(beginning, number)))
    }

    fn within(&self, attribute: &str, part: Option<Part>) -> Self {
        let mut child = self.clone();
        child.path = format!("{}/{attribute}", self.path);
        child.within.extend(part);
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
                let (found, _) = self.resolve(model);
                let last = |full: &str| {
                    full.rsplit('/').next().map(|last| last.trim_end_matches(":0")) == Some(name)
                };
                let found = found.into_iter().find(|(full, rest)| rest.len() == 1 && last(full));
                let (full, _) = found.ok_or_else(missing)?;
                model.array(&self.top, full)
            }
        }
    }

    /// The name that the object had in the program that saved it, if the file says it.
    pub(crate) fn name(&self) -> Option<String> {
        match self.store {
            Store::Nowhere => None,
            Store::Numbered(file) => file.attribute(&format!("{}/vars", self.path), "name").ok().flatten(),
            Store::Named(model) => self.resolve(model).1,
        }
    }

    /// Whether there is something within, whose name begins with that of what is here.
    pub(crate) fn has(&self, attribute: &str) -> bool {
        match self.store {
            Store::Nowhere => false,
            Store::Numbered(file) => file.has_group(&format!("{}/{attribute}", self.path)),
            Store::Named(model) => {
                let (found, name) = self.resolve(model);
                let name = format!("{}_{attribute}", name.unwrap_or_default());
                found.iter().any(|(_, rest)| rest.first() == Some(&name.as_str()))
            }
        }
    }

    /// The names of the variables within, each with the rest of its path; and the last part of the path to here.
    fn resolve(&self, model: &'a ModelWeights) -> (Vec<(&'a str, Vec<&'a str>)>, Option<String>) {
        let behind_layer = |full: &'a String| {
            let mut parts = full.split('/');
            parts.find(|part| *part == self.layer)?;
            Some((full.as_str(), parts.collect::<Vec<_>>()))
        };
        let mut found: Vec<(&str, Vec<&str>)> =
            model.names(&self.top).iter().filter_map(behind_layer).collect();
        let mut last = None;
        for part in &self.within {
            let name = match part {
                Part::Name(name) => name.clone(),
                Part::Like(beginning, number) => {
                    let mut names: Vec<&str> = Vec::new();
                    for (_, rest) in &found {
                        let [first, _, ..] = rest.as_slice() else { continue };
                        if first.starts_with(beginning) && !names.contains(first) {
                            names.push(first);
                        }
                    }
                    names.get(*number).copied().unwrap_or_default().to_owned()
                }
            };
            found.retain(|(_, rest)| rest.first() == Some(&name.as_str()));
            for (_, rest) in &mut found {
                rest.remove(0);
            }
            last = Some(name);
        }
        (found, last)
    }
}
