//! One layer of a list in the making.

use hls4rs_types::{Attribute, Attributes};

/// One layer as a converter gives it: attributes in the order in which they are set.
///
/// ```
/// use hls4rs_frontend::Entry;
///
/// let layer = Entry::new().with("name", "relu_1").with("class_name", "Activation").with("activation", "relu");
/// assert_eq!(layer.into_attributes().names().collect::<Vec<_>>(), ["name", "class_name", "activation"]);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    attributes: Attributes,
}

impl Entry {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With an attribute set.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Attribute>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets an attribute: in its place if it is there, else at the end.
    pub fn set(&mut self, name: &str, value: impl Into<Attribute>) {
        self.attributes.insert(name, value);
    }

    /// Sets an attribute to a size.
    pub fn set_size(&mut self, name: &str, size: usize) {
        self.set(name, i64::try_from(size).unwrap_or(i64::MAX));
    }

    /// An attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.attributes.get(name)
    }

    /// An attribute that is a text; nothing if it is not.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Attribute::as_str).unwrap_or_default()
    }

    /// The attributes.
    #[must_use]
    pub fn into_attributes(self) -> Attributes {
        self.attributes
    }
}
