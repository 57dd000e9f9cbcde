//! The configuration of a conversion: precisions, reuse factors, strategies and the rest, by model, kind and layer.

mod parse;
mod scoped;
mod wire;

use hls4rs_layers::{LayerError, LayerId};
use hls4rs_types::{Attribute, Attributes, Precision};
use serde::{Deserialize, Serialize};

pub use scoped::{BramFactor, Precisions, Scoped};

/// The configuration of a conversion.
///
/// Beside the options as the user gave them it holds what hls4ml derived from them, since passes add to that: the
/// archive keeps both.
///
/// **Source:** `hls4ml.model.graph.HLSConfig`, hls4ml 1.3.0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "wire::Wire", into = "wire::Wire")]
pub struct Config {
    /// The options as the converter and the backend set them: `Backend`, `Part`, `HLSConfig` and so on.
    pub options: Attributes,
    /// Precisions, as text, by slot.
    pub precision: Precisions,
    /// How many times each multiplier is used.
    pub reuse_factor: Scoped<i64>,
    /// Clock cycles that a layer may take.
    pub target_cycles: Scoped<i64>,
    /// Strategy in snake case: `latency`, `resource`, ….
    pub strategy: Scoped<String>,
    /// Implementation of convolutions on streams: `LineBuffer` or `Encoded`.
    pub conv_implementation: Scoped<String>,
    /// Whether weights are stored compressed.
    pub compression: Scoped<bool>,
    /// Whether outputs of layers are recorded.
    pub trace_output: bool,
    /// `auto`, `pipeline` or `dataflow`.
    pub pipeline_style: String,
    /// Initiation interval of the pipeline, in clock cycles.
    pub pipeline_interval: Option<i64>,
    /// What the project writer is told.
    pub writer: Attributes,
    /// Flows that the conversion applies.
    pub flows: Vec<String>,
    /// Passes that are applied, where the user chose them.
    pub optimizers: Option<Vec<String>>,
    /// Weights with more elements than this go to block RAM outside of the layer.
    pub bram_factor: BramFactor,
    /// Fields of the archive's configuration that this version does not know.
    pub extra: Attributes,
}

impl Default for Config {
    /// hls4ml's defaults: `fixed<16,6>`, reuse factor 1, strategy `Latency`, backend `Vivado`, `io_parallel`.
    fn default() -> Self {
        let model = Attributes::from([
            ("Precision", Attribute::Map([("default", "fixed<16,6>")].into())),
            ("ReuseFactor", Attribute::Int(1)),
            ("Strategy", "Latency".into()),
        ]);
        let options = Attributes::from([
            ("OutputDir", Attribute::from("my-hls-test")),
            ("ProjectName", "myproject".into()),
            ("Backend", "Vivado".into()),
            ("IOType", "io_parallel".into()),
            ("HLSConfig", Attribute::Map([("Model", Attribute::Map(model))].into())),
        ]);
        let mut config = Self {
            options,
            precision: Precisions::default(),
            reuse_factor: Scoped::new(Some(1)),
            target_cycles: Scoped::new(None),
            strategy: Scoped::new(Some("latency".to_owned())),
            conv_implementation: Scoped::new(Some("LineBuffer".to_owned())),
            compression: Scoped::new(Some(false)),
            trace_output: false,
            pipeline_style: "auto".to_owned(),
            pipeline_interval: None,
            writer: parse::default_writer(),
            flows: vec!["vivado:ip".to_owned()],
            optimizers: None,
            bram_factor: BramFactor::default(),
            extra: Attributes::new(),
        };
        config.precision.model.insert("default".to_owned(), Some("fixed<16,6>".to_owned()));
        config
    }
}

impl Config {
    /// A text among the options, such as `Part`.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).and_then(Attribute::as_str)
    }

    /// Name of the backend. hls4ml takes `Vivado` where none is named.
    #[must_use]
    pub fn backend(&self) -> &str {
        self.option("Backend").unwrap_or("Vivado")
    }

    /// `io_parallel` or `io_stream`.
    #[must_use]
    pub fn io_type(&self) -> &str {
        self.option("IOType").unwrap_or("io_parallel")
    }

    /// Name of the project.
    #[must_use]
    pub fn project_name(&self) -> &str {
        self.option("ProjectName").unwrap_or("myproject")
    }

    /// Precision of a slot (`result`, `weight`, `accum`, …) of a layer, and the name of its type.
    ///
    /// First comes what is said about the layer's slot, then its default, then the kind's slot, the kind's default, the
    /// model's slot and the model's default. Names of layers and kinds are compared in lower case. The name of the
    /// type follows where the precision came from, so that layers share the types that they share in configuration.
    ///
    /// # Errors
    /// If nothing is said at all, or what is said is no precision.
    pub fn precision(&self, layer: LayerId<'_>, slot: &str) -> Result<(Precision, String), LayerError> {
        let LayerId { name, kind } = layer;
        let (lower_name, lower_kind) = (name.to_lowercase(), kind.to_lowercase());
        let find = |map: &scoped::Texts, key: &str| map.get(key).cloned().flatten();
        let Precisions { model, layer_type, layer_name } = &self.precision;
        let candidates = [
            (find(layer_name, &format!("{lower_name}_{slot}")), format!("{lower_name}_{slot}_t")),
            (find(layer_name, &format!("{lower_name}_default")), format!("{lower_name}_{slot}_t")),
            (find(layer_type, &format!("{lower_kind}_{slot}")), format!("{kind}_{slot}_t")),
            (find(layer_type, &format!("{lower_kind}_default")), format!("{kind}_default_t")),
            (find(model, slot), format!("{slot}_default_t")),
            (find(model, "default"), "model_default_t".to_owned()),
        ];
        let found = candidates.into_iter().find_map(|(text, type_name)| Some((text?, type_name)));
        let Some((text, type_name)) = found else {
            let message = format!("no precision for `{name}` → `{slot}`, and no default");
            return Err(LayerError::Configuration { message });
        };
        match text.parse() {
            Ok(precision) => Ok((precision, type_name)),
            Err(error) => {
                Err(LayerError::Configuration { message: format!("`{name}` → `{slot}`: {error}") })
            }
        }
    }

    /// The layer's reuse factor.
    #[must_use]
    pub fn reuse_factor(&self, layer: LayerId<'_>) -> Option<i64> {
        self.reuse_factor.of(layer).copied()
    }

    /// The layer's strategy.
    #[must_use]
    pub fn strategy(&self, layer: LayerId<'_>) -> &str {
        self.strategy.of(layer).map_or("latency", String::as_str)
    }

    /// Whether the layer's weights are compressed.
    #[must_use]
    pub fn is_compressed(&self, layer: LayerId<'_>) -> bool {
        self.compression.of(layer).copied().unwrap_or(false)
    }

    /// The layer's implementation of convolutions.
    ///
    /// **Source:** `HLSConfig.get_conv_implementation` looks up what is said about a kind under the name of the
    /// backend's own class, such as `vivadoconv2d`, so that what is said about `Conv2D` has no effect.
    #[must_use]
    pub fn conv_implementation(&self, layer: LayerId<'_>) -> Option<&str> {
        let scoped = &self.conv_implementation;
        let wrapped = format!("{}{}", self.backend(), layer.kind).to_lowercase();
        let by_kind = || scoped.layer_type.get(&wrapped);
        let found = scoped.layer_name.get(&layer.name.to_lowercase()).or_else(by_kind);
        found.or(scoped.model.as_ref()).map(String::as_str)
    }

    /// The clock cycles that the layer may take.
    ///
    /// **Source:** `HLSConfig.get_target_cycles` looks among what is said about layers for the name of the backend's
    /// class, so that what is said about kinds has no effect.
    #[must_use]
    pub fn target_cycles(&self, layer: LayerId<'_>) -> Option<i64> {
        let scoped = &self.target_cycles;
        let wrapped = format!("{}{}", self.backend(), layer.kind).to_lowercase();
        let by_class = || scoped.layer_name.get(&wrapped);
        let found = scoped.layer_name.get(&layer.name.to_lowercase()).or_else(by_class);
        found.or(scoped.model.as_ref()).copied()
    }

    /// What `HLSConfig` says about the layer's kind, then about the layer itself, which wins. Here names are compared
    /// as they are.
    #[must_use]
    pub fn layer_config(&self, layer: LayerId<'_>) -> Attributes {
        let hls = self.options.get("HLSConfig").and_then(Attribute::as_map);
        let section = |section: &str, name: &str| hls?.get(section)?.as_map()?.get(name)?.as_map();
        let mut merged = section("LayerType", layer.kind).cloned().unwrap_or_default();
        for (key, value) in section("LayerName", layer.name).into_iter().flat_map(Attributes::iter) {
            merged.insert(key, value.clone());
        }
        merged
    }

    /// One value of what `HLSConfig` says about the layer, else about its kind, else about the model.
    ///
    /// **Source:** `HLSConfig.get_layer_config_value`, hls4ml 1.3.0: where anything is said about the layer, what is said
    /// about kind and model does not count, even if the key is not there.
    #[must_use]
    pub fn layer_value(&self, layer: LayerId<'_>, key: &str) -> Option<&Attribute> {
        let hls = self.options.get("HLSConfig").and_then(Attribute::as_map)?;
        let section = |section: &str, name: &str| hls.get(section)?.as_map()?.get(name)?.as_map();
        let said = section("LayerName", layer.name).or_else(|| section("LayerType", layer.kind));
        said.or_else(|| hls.get("Model")?.as_map())?.get(key)
    }

    /// What is said about a layer follows it to another name.
    pub(crate) fn rename_layer(&mut self, from: &str, to: &str) {
        let (lower_from, lower_to) = (from.to_lowercase(), to.to_lowercase());
        scoped::rename_key(&mut self.reuse_factor.layer_name, &lower_from, &lower_to);
        scoped::rename_key(&mut self.target_cycles.layer_name, &lower_from, &lower_to);
        scoped::rename_key(&mut self.strategy.layer_name, &lower_from, &lower_to);
        scoped::rename_key(&mut self.conv_implementation.layer_name, &lower_from, &lower_to);
        scoped::rename_key(&mut self.compression.layer_name, &lower_from, &lower_to);
        let said = self.options.get("HLSConfig").and_then(Attribute::as_map);
        let said = said.and_then(|hls| hls.get("LayerName")?.as_map()?.get(from)?.as_map());
        let slots = said.and_then(|layer| layer.get("Precision")?.as_map()).cloned().unwrap_or_default();
        for slot in slots.names().chain(["default"]) {
            let (old, new) = (format!("{lower_from}_{slot}"), format!("{lower_to}_{slot}"));
            scoped::rename_key(&mut self.precision.layer_name, &old, &new);
        }
        if let Some(Attribute::Map(hls)) = self.options.get_mut("HLSConfig")
            && let Some(Attribute::Map(layers)) = hls.get_mut("LayerName")
        {
            layers.rename(from, to);
        }
    }
}
