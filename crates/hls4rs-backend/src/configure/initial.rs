//! The configuration that a user starts from.

use hls4rs_graph::Diagnostic;
use hls4rs_layers::{Default as AttributeDefault, LayerSpec, spec_of_alias};
use hls4rs_types::{Attribute, AttributeType, Attributes, FixedPrecision, IntegerPrecision, Precision};
use hls4rs_types::{RoundingMode, SaturationMode};

use super::{SourceKind, attributes_of, pascal_case};
use crate::Backend;

/// What a configuration has entries for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Granularity {
    /// The whole model.
    Model,
    /// The model and each kind of layer.
    Type,
    /// The model and each layer.
    Name,
}

/// What decides about the configuration that a user starts from.
#[derive(Debug, Clone)]
pub struct InitialOptions {
    /// What it has entries for.
    pub granularity: Granularity,
    /// Precision of everything that nothing else is said about.
    pub precision: String,
    /// How many times each multiplier is used.
    pub reuse_factor: i64,
    /// The largest precision that is inferred, if there is a limit.
    pub max_precision: Option<String>,
}

impl InitialOptions {
    /// What hls4ml starts from, for that kind of source.
    ///
    /// **Source:** the defaults of `config_from_keras_model` and `config_from_onnx_model` of `hls4ml.utils.config`, hls4ml 1.3.0.
    #[must_use]
    pub fn of(kind: SourceKind) -> Self {
        let granularity = if kind == SourceKind::Onnx { Granularity::Name } else { Granularity::Model };
        Self { granularity, precision: "fixed<16,6>".to_owned(), reuse_factor: 1, max_precision: None }
    }
}

/// The section `HLSConfig` that a user starts from: every key that the layers of a source and the backend have, with its
/// default. `layers` is what the importer gave. Without a backend, there are only the keys that all backends share.
///
/// For Keras, the types of quantized layers are those of their quantizers.
///
/// **Source:** `config_from_keras_model` and `config_from_onnx_model` of `hls4ml.utils.config`, hls4ml 1.3.0. The order of the
/// keys is its order, too.
///
/// # Errors
/// All layers whose kind is not known, and all quantizers that have no precision.
pub fn initial_configuration(
    layers: &[Attributes],
    kind: SourceKind,
    backend: Option<&dyn Backend>,
    options: &InitialOptions,
) -> Result<Attributes, Vec<Diagnostic>> {
    let mut configuration = Attributes::new();
    configuration.insert("Model", model(options));
    let (section, key) = match options.granularity {
        Granularity::Model => return Ok(configuration),
        Granularity::Type => ("LayerType", "class_name"),
        Granularity::Name => ("LayerName", "name"),
    };
    let mut entries = Attributes::new();
    let mut problems = Vec::new();
    for layer in layers {
        let name = layer.get(key).and_then(Attribute::as_str).unwrap_or_default();
        if options.granularity == Granularity::Type && entries.contains(name) {
            continue;
        }
        match entry(layer, kind, backend, options.reuse_factor) {
            Ok(entry) => drop(entries.insert(name, entry)),
            Err(problem) => problems.push(problem),
        }
    }
    configuration.insert(section, entries);
    if problems.is_empty() { Ok(configuration) } else { Err(problems) }
}

/// What holds for the whole model.
fn model(options: &InitialOptions) -> Attributes {
    let mut precision = Attributes::from([("default", options.precision.as_str())]);
    if let Some(maximum) = &options.max_precision {
        precision.insert("maximum", maximum.as_str());
    }
    let mut model = Attributes::new();
    model.insert("Precision", precision);
    model.insert("ReuseFactor", options.reuse_factor);
    model.insert("Strategy", "Latency");
    model.insert("BramFactor", 1_000_000_000i64);
    model.insert("TraceOutput", false);
    model
}

/// What holds for one layer.
fn entry(
    layer: &Attributes,
    kind: SourceKind,
    backend: Option<&dyn Backend>,
    reuse_factor: i64,
) -> Result<Attributes, Diagnostic> {
    let text = |key: &str| layer.get(key).and_then(Attribute::as_str).unwrap_or_default();
    let class = text("class_name");
    let problem = |message: String| {
        Diagnostic::error("impossible-value", format!("`{}` ({class}): {message}", text("name")))
    };
    let spec = spec_of_alias(class).ok_or_else(|| problem("expected a kind of layer, found none".into()))?;
    let (mut precision, mut entry) = of_kind(spec, backend, reuse_factor);
    if kind == SourceKind::Keras {
        for (name, value) in
            layer.iter().filter(|(name, value)| name.contains("quantizer") && !value.is_null())
        {
            let slot = match name.to_lowercase().split("_quantizer").next() {
                Some("activation") => "result".to_owned(),
                slot => slot.unwrap_or_default().to_owned(),
            };
            let found = match value {
                Attribute::Quantizer(quantizer) => {
                    let precision = quantizer.precision();
                    precision.ok_or_else(|| problem(format!("`{name}`: expected a quantizer with a precision, found one of a class that is not known")))?
                }
                Attribute::Map(quantizer) => of_quantizer(quantizer).map_err(problem)?,
                other => {
                    return Err(problem(format!(
                        "`{name}`: expected a quantizer, found {}",
                        other.describe()
                    )));
                }
            };
            precision.insert(slot, found.to_string());
        }
        if spec.kind == "GarNet" || spec.kind == "GarNetStack" {
            let vertices = layer.get("n_vertices").and_then(Attribute::as_int);
            let vertices = vertices.filter(|count| *count > 0);
            let vertices =
                vertices.ok_or_else(|| problem("`n_vertices`: expected a number from 1".into()))?;
            precision = of_garnet(vertices, reuse_factor);
            entry.insert("ReuseFactor", reuse_factor);
        }
    }
    entry.insert("Precision", precision);
    Ok(entry)
}

/// What a kind of layer takes, with defaults: precisions, and the rest.
fn of_kind(
    spec: &'static LayerSpec,
    backend: Option<&dyn Backend>,
    reuse_factor: i64,
) -> (Attributes, Attributes) {
    let mut precision = Attributes::new();
    let mut entry = Attributes::new();
    for attribute in attributes_of(spec, backend) {
        let name = pascal_case(attribute.name);
        if attribute.ty == AttributeType::Type {
            // hls4ml itself does not declare those that may be absent
            if attribute.default == AttributeDefault::Optional {
                continue;
            }
            // holds the place: precisions come where the first one is
            entry.insert("Precision", Attribute::Null);
            let slot = attribute.name.strip_suffix("_t").unwrap_or(attribute.name);
            let default = match attribute.default {
                AttributeDefault::Precision(text) => text
                    .parse::<Precision>()
                    .map_or_else(|_| text.to_owned(), |precision| precision.to_string()),
                _ => "auto".to_owned(),
            };
            precision.insert(slot, default);
            continue;
        }
        let default: Attribute = match attribute.default {
            _ if attribute.name == "reuse_factor" => reuse_factor.into(),
            AttributeDefault::Bool(value) => value.into(),
            AttributeDefault::Int(value) => value.into(),
            AttributeDefault::Float(value) => value.into(),
            AttributeDefault::Str(value) => value.into(),
            AttributeDefault::EmptyList => Attribute::List(vec![]),
            AttributeDefault::Required | AttributeDefault::Optional | AttributeDefault::Precision(_) => {
                continue;
            }
        };
        entry.insert(name, default);
    }
    (precision, entry)
}

/// Types of sums over the vertices: 10 bits behind the point, and before it what the number of vertices needs.
///
/// **Source:** `config_from_keras_model` of `hls4ml.utils.config`, hls4ml 1.3.0.
fn of_garnet(vertices: i64, reuse_factor: i64) -> Attributes {
    const FRACTION: i64 = 10;
    const SAFETY: i64 = 3;
    let log2 = |value: i64| (value.max(1) as f64).log2() as i64;
    let reuse = log2(reuse_factor);
    let edges = reuse.max(log2(vertices) - reuse);
    let sums = edges + SAFETY;
    let text = |name: &str, width: i64, integer: i64| format!("{name}<{width},{integer},AP_TRN,AP_SAT>");
    Attributes::from([
        ("edge_weight", text("ap_ufixed", FRACTION, 0)),
        ("edge_weight_aggr", text("ap_ufixed", edges + FRACTION, edges)),
        ("aggr", text("ap_fixed", sums + FRACTION, sums)),
        ("norm", text("ap_ufixed", 14, 4)),
    ])
}

/// The precision of a quantizer of QKeras, as its configuration says it.
///
/// **Source:** `_get_precision_from_quantizer` of `hls4ml.utils.config`, hls4ml 1.3.0.
fn of_quantizer(quantizer: &Attributes) -> Result<Precision, String> {
    let class = quantizer.get("class_name").and_then(Attribute::as_str).unwrap_or_default();
    let empty = Attributes::new();
    let config = quantizer.get("config").and_then(Attribute::as_map).unwrap_or(&empty);
    let number = |key: &str| {
        let value = config.get(key);
        value.and_then(|value| value.as_int().or_else(|| value.as_float().map(|value| value as i64)))
    };
    let (mut signed, mut rounding, mut saturation) = (true, RoundingMode::Trn, SaturationMode::Wrap);
    let (bits, integer) = match class {
        "quantized_bits" | "quantized_relu" | "quantized_tanh" | "quantized_sigmoid" | "quantized_po2"
        | "quantized_relu_po2" | "linear" => {
            let bits =
                number("bits").ok_or_else(|| format!("`{class}`: expected a number of bits, found none"))?;
            let mut integer = number("integer").unwrap_or(bits - 1) + 1;
            (rounding, saturation) = (RoundingMode::RndConv, SaturationMode::Sat);
            match class {
                "quantized_relu" | "quantized_relu_po2" => {
                    signed = config.get("negative_slope").and_then(Attribute::as_float) != Some(0.0);
                    integer -= i64::from(!signed);
                }
                "quantized_tanh" => {
                    let symmetric = config.get("symmetric");
                    let is_symmetric =
                        symmetric.and_then(Attribute::as_bool).unwrap_or(number("symmetric") > Some(0));
                    if is_symmetric {
                        saturation = SaturationMode::SatSym;
                    }
                    integer = 1;
                }
                "quantized_sigmoid" => (signed, integer) = (false, 0),
                _ => {}
            }
            (bits, integer)
        }
        "binary" | "stochastic_binary" | "binary_tanh" | "ternary" | "stochastic_ternary"
        | "ternary_tanh" => (2, 2),
        other => return Err(format!("expected a quantizer with a precision, found `{other}`")),
    };
    let wrong = || {
        format!("`{class}`: expected a width that a number can have, found {bits} bits, {integer} integer")
    };
    if bits > integer {
        let width = u32::try_from(bits).map_err(|_| wrong())?;
        let integer = i32::try_from(integer).map_err(|_| wrong())?;
        let fixed = FixedPrecision {
            rounding_mode: rounding,
            saturation_mode: saturation,
            ..FixedPrecision::new(width, integer, signed)
        };
        return Ok(Precision::Fixed(fixed));
    }
    let width = u32::try_from(integer).map_err(|_| wrong())?;
    Ok(Precision::Integer(IntegerPrecision { width, signed }))
}
