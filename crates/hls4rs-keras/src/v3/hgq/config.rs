//! Configurations of quantizers of HGQ2.

use hls4rs_frontend::Problem;
use hls4rs_types::{Attribute, Attributes};

use super::fixed_point::FixedPoint;
use crate::config::LayerConfig;

/// Kinds of quantizers, by what is learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Sign, bits and integer bits.
    Kbi,
    /// Sign, integer bits and fractional bits.
    Kif,
    /// Mantissa, exponent and its bias.
    Float,
    /// Nothing.
    Dummy,
}

/// What a quantizer was set up with.
#[derive(Debug, Clone)]
pub(crate) struct QuantizerConfig {
    /// What is learned.
    pub(crate) kind: Kind,
    /// How numbers are rounded and brought into range.
    pub(crate) mode: FixedPoint,
    /// What numbers are divided by before.
    pub(crate) scaler: Option<f32>,
    /// What they are multiplied by behind, and what is added.
    pub(crate) affine: Option<(f32, f32)>,
    /// Whether the format is learned, and whether it is for weights.
    is_learned_for_weights: bool,
}

impl QuantizerConfig {
    /// Reads a configuration with its class.
    ///
    /// **Source:** `hgq.quantizer.config`, HGQ2 0.2. The classes for hard functions do not save what they set.
    pub(crate) fn read(value: Option<&Attribute>, key: &str) -> Result<Self, Problem> {
        let wrong = || {
            let message = format!("`{key}`: expected the configuration of a quantizer, found none");
            Problem::malformed(message, "save the model again")
        };
        let outer = LayerConfig(value.and_then(Attribute::as_map).ok_or_else(wrong)?);
        let config = LayerConfig(outer.map("config")?);
        let class_name = outer.text("class_name")?;
        let kind = match config.text("q_type")? {
            "kbi" => Kind::Kbi,
            "kif" => Kind::Kif,
            "float" => Kind::Float,
            "dummy" => Kind::Dummy,
            other => {
                let message = format!("`{key}`: expected a known type of quantizer, found `{other}`");
                return Err(Problem::unsupported(message, "use the types `kbi`, `kif` or `float`"));
            }
        };
        let (overflow, affine) = match class_name.rsplit('>').next() {
            Some("HardTanhConfig") => (Some("SAT"), None),
            Some("HardSigmoidConfig") => (Some("SAT"), Some((0.25, 0.5))),
            _ => (None, affine(config.0)),
        };
        let mode = match kind {
            Kind::Kbi | Kind::Kif => mode(config, overflow, key)?,
            Kind::Float | Kind::Dummy => FixedPoint { round: String::new(), overflow: String::new() },
        };
        let flag =
            |name: &str, default: bool| config.get(name).and_then(Attribute::as_bool).unwrap_or(default);
        let scaler = config.get("scaler").and_then(Attribute::as_float).map(|scaler| scaler as f32);
        let is_learned_for_weights = flag("trainable", true) && flag("is_weight", false);
        Ok(Self { kind, mode, scaler, affine, is_learned_for_weights })
    }

    /// With other modes, as tables of a softmax have them whatever is said.
    ///
    /// **Source:** `QSoftmax.__init__`, HGQ2 0.2.
    pub(crate) fn of_table(mut self) -> Self {
        self.mode = FixedPoint { round: "RND_CONV".to_owned(), overflow: "SAT".to_owned() };
        self
    }

    /// Whether numbers are rounded, and not brought into range.
    pub(crate) fn rounds_only(&self) -> bool {
        let rounds = match self.kind {
            Kind::Kbi => self.mode.round == "RND",
            Kind::Kif => true,
            Kind::Float | Kind::Dummy => false,
        };
        self.mode.overflow == "WRAP" && self.is_learned_for_weights && rounds
    }
}

fn mode(config: LayerConfig<'_>, overflow: Option<&str>, key: &str) -> Result<FixedPoint, Problem> {
    let round = config.text("round_mode")?.to_uppercase();
    let overflow = match overflow {
        Some(overflow) => overflow.to_owned(),
        None => config.text("overflow_mode")?.to_uppercase(),
    };
    let round = round.strip_prefix("S_").unwrap_or(&round).to_owned();
    let mode = FixedPoint { round, overflow };
    if mode.is_known() {
        return Ok(mode);
    }
    let message = format!("`{key}`: expected known modes, found `{}` and `{}`", mode.round, mode.overflow);
    Err(Problem::unsupported(message, "use other modes"))
}

fn affine(config: &Attributes) -> Option<(f32, f32)> {
    let value = config.get("affine")?;
    let list = value.as_list().or_else(|| value.as_map()?.get("items")?.as_list())?;
    let [factor, offset] = list else { return None };
    Some((factor.as_float()? as f32, offset.as_float()? as f32))
}
