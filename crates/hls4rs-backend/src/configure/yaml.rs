//! hls4ml's configuration file, `hls4ml_config.yml`.

use hls4rs_types::{Attribute, Attributes};
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use thiserror::Error;

/// Why a configuration file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigFileError {
    /// The text is no YAML.
    #[error("configuration file: expected YAML, found {message}")]
    Syntax {
        /// What is wrong, and where.
        message: String,
    },
    /// The document is not one map.
    #[error("configuration file: expected one map of options, found {found}")]
    NoMap {
        /// What it is.
        found: String,
    },
    /// A key is no text.
    #[error("configuration file: `{place}`: expected keys that are texts, found another one")]
    Key {
        /// The keys above it.
        place: String,
    },
    /// The document is nested too deeply.
    #[error("configuration file: expected at most {most} levels, found more")]
    Depth {
        /// How many there may be.
        most: usize,
    },
}

/// Levels of nesting that a configuration may have.
const DEEPEST: usize = 64;

/// Bytes that a configuration may have.
const LONGEST: usize = 16 << 20;

/// Reads the configuration that hls4ml's project writer leaves, or one that a user wrote.
///
/// **Source:** `hls4ml.converters.parse_yaml_config` and the writers' `write_yml`, hls4ml 1.3.0. A value with a tag, such as
/// `!keras_model PATH`, is read as the text behind the tag; aliases are not followed.
///
/// # Errors
/// If the text is no YAML, or not one map of texts.
pub fn read_yaml(text: &str) -> Result<Attributes, ConfigFileError> {
    if text.len() > LONGEST {
        let found = format!("a text of {} bytes, where {LONGEST} are allowed", text.len());
        return Err(ConfigFileError::NoMap { found });
    }
    let syntax = |error: saphyr::ScanError| ConfigFileError::Syntax { message: error.to_string() };
    let documents = Yaml::load_from_str(text).map_err(syntax)?;
    let [document] = documents.as_slice() else {
        return Err(ConfigFileError::NoMap { found: format!("{} documents", documents.len()) });
    };
    match value(document, "", 0)? {
        Attribute::Map(map) => Ok(map),
        other => Err(ConfigFileError::NoMap { found: other.describe().to_owned() }),
    }
}

fn value(yaml: &Yaml<'_>, place: &str, depth: usize) -> Result<Attribute, ConfigFileError> {
    if depth > DEEPEST {
        return Err(ConfigFileError::Depth { most: DEEPEST });
    }
    Ok(match yaml {
        Yaml::Value(scalar) => self::scalar(scalar),
        Yaml::Representation(text, _, _) => Attribute::String(text.to_string()),
        Yaml::Tagged(_, inner) => value(inner, place, depth + 1)?,
        Yaml::Sequence(items) => Attribute::List(
            items.iter().map(|item| value(item, place, depth + 1)).collect::<Result<_, ConfigFileError>>()?,
        ),
        Yaml::Mapping(entries) => {
            let mut map = Attributes::new();
            for (key, entry) in entries {
                let Some(key) = key.as_str() else {
                    return Err(ConfigFileError::Key { place: place.to_owned() });
                };
                let below = if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
                map.insert(key, value(entry, &below, depth + 1)?);
            }
            Attribute::Map(map)
        }
        Yaml::Alias(_) | Yaml::BadValue => Attribute::Null,
    })
}

fn scalar(scalar: &Scalar<'_>) -> Attribute {
    match scalar {
        Scalar::Null => Attribute::Null,
        Scalar::Boolean(value) => Attribute::Bool(*value),
        Scalar::Integer(value) => Attribute::Int(*value),
        Scalar::FloatingPoint(value) => Attribute::Float(value.into_inner()),
        Scalar::String(text) => Attribute::String(text.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_configuration_is_read() {
        let text = "Backend: Vivado\nClockPeriod: 5\nHLSConfig:\n  LayerName:\n    fc1:\n      Precision:\n        \
                    weight: ap_fixed<16,6>\n      ReuseFactor: 2\n  Model:\n    BramFactor: 1000000000\n    BitExact: null\n\
                    KerasModel: !keras_model prj/keras_model.keras\nWriterConfig:\n  WriteTar: false\n";
        let map = read_yaml(text).unwrap();
        assert_eq!(map.get("ClockPeriod"), Some(&Attribute::Int(5)));
        assert_eq!(map.get("KerasModel").and_then(Attribute::as_str), Some("prj/keras_model.keras"));
        let model = map.get("HLSConfig").and_then(|hls| hls.as_map()?.get("Model")?.as_map()).unwrap();
        assert_eq!(model.get("BitExact"), Some(&Attribute::Null));
    }

    #[test]
    fn what_is_no_configuration_is_refused() {
        for text in ["", "- a\n- b\n", "a: [", "1: 2\n", "a: 1\n---\nb: 2\n"] {
            assert!(read_yaml(text).is_err(), "{text:?}");
        }
        let deep = format!("a: {}1{}", "[".repeat(100), "]".repeat(100));
        assert!(read_yaml(&deep).is_err());
    }
}
