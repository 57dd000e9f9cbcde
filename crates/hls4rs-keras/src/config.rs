//! The configuration of one Keras layer.

use hls4rs_frontend::Problem;
use hls4rs_types::{Attribute, AttributeType, Attributes};

/// The configuration of a layer, with errors that name the key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LayerConfig<'a>(pub(crate) &'a Attributes);

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident $result:ty, $as:ident, $ty:ident;)*) => {
        $($(#[$doc])*
        pub(crate) fn $name(self, key: &str) -> Result<$result, Problem> {
            self.0.get(key).and_then(Attribute::$as).ok_or_else(|| self.wrong(key, AttributeType::$ty.describe()))
        })*
    };
}

impl<'a> LayerConfig<'a> {
    getters! {
        /// A text.
        text &'a str, as_str, String;
        /// An integer.
        int i64, as_int, Int;
        /// A boolean.
        bool bool, as_bool, Bool;
        /// A number.
        float f64, as_float, Float;
        /// A map.
        map &'a Attributes, as_map, Map;
    }

    /// Whatever is there and not null.
    pub(crate) fn get(self, key: &str) -> Option<&'a Attribute> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// So many integers; one integer stands for all of them.
    pub(crate) fn ints(self, key: &str, count: usize) -> Result<Vec<i64>, Problem> {
        let value = self.0.get(key);
        if let Some(one) = value.and_then(Attribute::as_int) {
            return Ok(vec![one; count]);
        }
        let list = value.and_then(Attribute::as_list).unwrap_or_default();
        let ints: Option<Vec<i64>> = list.iter().map(Attribute::as_int).collect();
        ints.filter(|ints| ints.len() == count).ok_or_else(|| self.wrong(key, &format!("{count} integers")))
    }

    fn wrong(self, key: &str, expected: &str) -> Problem {
        let found = self.0.get(key).map_or("none", Attribute::describe);
        Problem::malformed(format!("`{key}`: expected {expected}, found {found}"), "save the model again")
    }
}
