//! The configuration from the options that a user gives.

use hls4rs_layers::snake_case;
use hls4rs_types::{Attribute, Attributes};

use super::scoped::Texts;
use super::{BramFactor, Config, Precisions, Scoped};
use crate::GraphError;

impl Config {
    /// The configuration that hls4ml derives from options: the converter's keyword arguments and `HLSConfig`.
    ///
    /// `default_flow` is applied where the options name no flows.
    ///
    /// **Source:** `HLSConfig.__init__` and `HLSConfig._parse_hls_config`, hls4ml 1.3.0.
    ///
    /// # Errors
    /// If `HLSConfig` is missing, or one of the values is of another kind than expected; the error tells the key.
    pub fn from_options(options: Attributes, default_flow: &str) -> Result<Self, GraphError> {
        let hls = section(&options, "", "HLSConfig")?.cloned();
        let Some(hls) = hls else {
            return Err(GraphError::Config { message: "`HLSConfig`: expected a map, found none".to_owned() });
        };
        let mut config = Self { options, ..Self::blank() };
        config.trace_output = get(&config.options, "", "TraceOutput", "a boolean", Attribute::as_bool)?
            .unwrap_or(config.trace_output);
        if let Some(writer) = section(&config.options, "", "WriterConfig")? {
            config.writer = writer.clone();
        }
        config.flows = names(&hls, "Flows")?.unwrap_or_else(|| vec![default_flow.to_owned()]);
        config.optimizers = names(&hls, "Optimizers")?;
        if let Some(model) = section(&hls, "HLSConfig", "Model")? {
            config.read_model(model)?;
        }
        for (name, layer) in sections(&hls, "LayerType")? {
            config.read_layer(&format!("LayerType.{name}"), name, layer, Scope::Type)?;
        }
        for (name, layer) in sections(&hls, "LayerName")? {
            config.read_layer(&format!("LayerName.{name}"), name, layer, Scope::Name)?;
        }
        Ok(config)
    }

    /// Adds what is said about one layer, as passes do that make new layers: to the options, and to what is derived from
    /// them.
    ///
    /// **Source:** `HLSConfig.set_name_config` and `HLSConfig.parse_name_config`, hls4ml 1.3.0.
    ///
    /// # Errors
    /// If one of the values is of another kind than expected.
    pub fn add_layer_config(&mut self, name: &str, layer: &Attributes) -> Result<(), GraphError> {
        let mut section = &mut self.options;
        for key in ["HLSConfig", "LayerName"] {
            if !section.contains(key) {
                section.insert(key, Attributes::new());
            }
            let kind = section.get(key).map_or("nothing", Attribute::describe);
            let Some(Attribute::Map(inner)) = section.get_mut(key) else {
                let message = format!("`{key}`: expected a map, found {kind}");
                return Err(GraphError::Config { message });
            };
            section = inner;
        }
        section.insert(name, layer.clone());
        self.read_layer(&format!("LayerName.{name}"), name, layer, Scope::Name)
    }

    /// The same, and says it among the options, too, where layers that are made look.
    ///
    /// **Source:** `HLSConfig.set_name_config` followed by `HLSConfig.parse_name_config`, hls4ml 1.3.0.
    ///
    /// # Errors
    /// If one of the values is of another kind than expected, or the options hold no map where layers are configured.
    pub fn set_layer_config(&mut self, name: &str, layer: &Attributes) -> Result<(), GraphError> {
        let options = &mut self.options;
        let hls = map_of(options, "HLSConfig")?;
        map_of(hls, "LayerName")?.insert(name, Attribute::Map(layer.clone()));
        self.add_layer_config(name, layer)
    }

    /// A configuration in which nothing is said.
    fn blank() -> Self {
        Self {
            options: Attributes::new(),
            precision: Precisions::default(),
            reuse_factor: Scoped::new(None),
            ..Self::default()
        }
    }

    fn read_model(&mut self, model: &Attributes) -> Result<(), GraphError> {
        let at = "Model";
        match model.get("Precision") {
            None | Some(Attribute::Null) => {}
            Some(precision) => read_precisions(&mut self.precision.model, "", at, Some(precision))?,
        }
        self.bram_factor = match model.get("BramFactor") {
            None => BramFactor::default(),
            Some(Attribute::Int(elements)) => BramFactor::Elements(*elements),
            Some(Attribute::Float(elements)) => BramFactor::Number(*elements),
            Some(other) => return Err(wrong(at, "BramFactor", "a number", other)),
        };
        self.reuse_factor.model = get(model, at, "ReuseFactor", "an integer", Attribute::as_int)?;
        self.target_cycles.model = get(model, at, "TargetCycles", "an integer", Attribute::as_int)?;
        let text = |key| get(model, at, key, "a string", |value| value.as_str().map(str::to_owned));
        let implementation = text("ConvImplementation")?;
        self.conv_implementation.model = Some(implementation.unwrap_or_else(|| "LineBuffer".to_owned()));
        self.strategy.model = Some(snake_case(&text("Strategy")?.unwrap_or_else(|| "Latency".to_owned())));
        self.compression.model = Some(get(model, at, "Compression", "a boolean", truth)?.unwrap_or(false));
        self.pipeline_style = text("PipelineStyle")?.unwrap_or_else(|| "auto".to_owned());
        self.pipeline_interval = get(model, at, "PipelineInterval", "an integer", Attribute::as_int)?;
        Ok(())
    }

    fn read_layer(
        &mut self,
        at: &str,
        name: &str,
        layer: &Attributes,
        scope: Scope,
    ) -> Result<(), GraphError> {
        let key = name.to_lowercase();
        let precisions = match scope {
            Scope::Type => &mut self.precision.layer_type,
            Scope::Name => &mut self.precision.layer_name,
        };
        read_precisions(precisions, &format!("{key}_"), at, layer.get("Precision"))?;
        let int = |name| get(layer, at, name, "an integer", Attribute::as_int);
        let text = |name| get(layer, at, name, "a string", |value| value.as_str().map(str::to_owned));
        scope.put(&mut self.reuse_factor, &key, int("ReuseFactor")?);
        scope.put(&mut self.target_cycles, &key, int("TargetCycles")?);
        scope.put(&mut self.strategy, &key, text("Strategy")?.map(|strategy| snake_case(&strategy)));
        scope.put(&mut self.conv_implementation, &key, text("ConvImplementation")?);
        scope.put(&mut self.compression, &key, get(layer, at, "Compression", "a boolean", truth)?);
        Ok(())
    }
}

/// Whether a section is about a kind or about one layer.
#[derive(Clone, Copy)]
enum Scope {
    Type,
    Name,
}

impl Scope {
    fn put<T>(self, scoped: &mut Scoped<T>, key: &str, value: Option<T>) {
        let map = match self {
            Self::Type => &mut scoped.layer_type,
            Self::Name => &mut scoped.layer_name,
        };
        if let Some(value) = value {
            map.insert(key.to_owned(), value);
        }
    }
}

/// Precisions by slot, or one for all slots; where a layer says nothing hls4ml notes that down as null.
fn read_precisions(
    texts: &mut Texts,
    prefix: &str,
    at: &str,
    precision: Option<&Attribute>,
) -> Result<(), GraphError> {
    match precision {
        Some(Attribute::Map(slots)) => {
            for (slot, precision) in slots.iter() {
                texts.insert(format!("{prefix}{slot}"), text_of(at, slot, precision)?);
            }
        }
        Some(precision) => {
            texts.insert(format!("{prefix}default"), text_of(at, "Precision", precision)?);
        }
        None => {
            texts.insert(format!("{prefix}default"), None);
        }
    }
    Ok(())
}

fn text_of(at: &str, key: &str, precision: &Attribute) -> Result<Option<String>, GraphError> {
    match precision {
        Attribute::Null => Ok(None),
        Attribute::String(text) => Ok(Some(text.clone())),
        Attribute::Precision(precision) => Ok(Some(precision.to_string())),
        other => Err(wrong(at, key, "a precision", other)),
    }
}

fn get<T>(
    map: &Attributes,
    at: &str,
    key: &str,
    expected: &str,
    read: impl FnOnce(&Attribute) -> Option<T>,
) -> Result<Option<T>, GraphError> {
    match map.get(key) {
        None | Some(Attribute::Null) => Ok(None),
        Some(value) => read(value).map(Some).ok_or_else(|| wrong(at, key, expected, value)),
    }
}

/// Python's notion of truth, for booleans and integers.
fn truth(value: &Attribute) -> Option<bool> {
    value.as_bool().or_else(|| value.as_int().map(|value| value != 0))
}

fn section<'a>(map: &'a Attributes, at: &str, key: &str) -> Result<Option<&'a Attributes>, GraphError> {
    match map.get(key) {
        None | Some(Attribute::Null) => Ok(None),
        Some(value) => value.as_map().map(Some).ok_or_else(|| wrong(at, key, "a map", value)),
    }
}

fn sections<'a>(hls: &'a Attributes, key: &str) -> Result<Vec<(&'a str, &'a Attributes)>, GraphError> {
    let entries = section(hls, "HLSConfig", key)?.into_iter().flat_map(Attributes::iter);
    entries
        .map(|(name, value)| Ok((name, value.as_map().ok_or_else(|| wrong(key, name, "a map", value))?)))
        .collect()
}

fn names(hls: &Attributes, key: &str) -> Result<Option<Vec<String>>, GraphError> {
    let texts = |value: &Attribute| {
        value.as_list()?.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    };
    get(hls, "HLSConfig", key, "a list of names", texts)
}

/// A section to be added to, made if it is not there.
fn map_of<'a>(map: &'a mut Attributes, key: &str) -> Result<&'a mut Attributes, GraphError> {
    if !map.contains(key) {
        map.insert(key, Attribute::Map(Attributes::new()));
    }
    match map.get_mut(key) {
        Some(Attribute::Map(section)) => Ok(section),
        Some(other) => Err(wrong("", key, "a map", other)),
        None => Err(wrong("", key, "a map", &Attribute::Null)),
    }
}

fn wrong(at: &str, key: &str, expected: &str, found: &Attribute) -> GraphError {
    let dot = if at.is_empty() { "" } else { "." };
    let message = format!("`{at}{dot}{key}`: expected {expected}, found {}", found.describe());
    GraphError::Config { message }
}

/// What hls4ml tells the project writer by default.
pub(super) fn default_writer() -> Attributes {
    Attributes::from([
        ("Namespace", Attribute::Null),
        ("WriteWeightsTxt", true.into()),
        ("WriteTar", false.into()),
        ("TBOutputStream", "both".into()),
    ])
}
