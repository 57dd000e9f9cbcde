//! Quantizers of QKeras, as layers are set up with them.

use hls4rs_frontend::Problem;
use hls4rs_types::quantizers::{QKerasBinaryQuantizer, QKerasPo2Quantizer, QKerasQuantizer};
use hls4rs_types::{AnyQuantizer, Attribute, Attributes};

use super::Context;

/// A parameter of a quantizer and its default, as Python writes it.
type Parameter = (&'static str, &'static str);

/// A quantizer: its parameters in the order of the constructor, and those that its configuration has.
struct Class {
    name: &'static str,
    parameters: &'static [Parameter],
    config: &'static [&'static str],
}

/// The quantizers that may be activations.
///
/// **Source:** the constructors and `get_config` of `qkeras.quantizers`, QKeras 0.9.0.
const CLASSES: &[Class] = &[
    Class {
        name: "quantized_bits",
        parameters: &[
            ("bits", "8"),
            ("integer", "0"),
            ("symmetric", "0"),
            ("keep_negative", "True"),
            ("alpha", "None"),
            ("use_stochastic_rounding", "False"),
            ("scale_axis", "None"),
            ("qnoise_factor", "1.0"),
        ],
        config: &[
            "bits",
            "integer",
            "symmetric",
            "alpha",
            "keep_negative",
            "use_stochastic_rounding",
            "qnoise_factor",
        ],
    },
    Class {
        name: "quantized_relu",
        parameters: &[
            ("bits", "8"),
            ("integer", "0"),
            ("use_sigmoid", "0"),
            ("negative_slope", "0.0"),
            ("use_stochastic_rounding", "False"),
            ("relu_upper_bound", "None"),
            ("is_quantized_clip", "True"),
            ("qnoise_factor", "1.0"),
        ],
        config: &[
            "bits",
            "integer",
            "use_sigmoid",
            "negative_slope",
            "use_stochastic_rounding",
            "relu_upper_bound",
            "qnoise_factor",
        ],
    },
    Class {
        name: "quantized_tanh",
        parameters: &[
            ("bits", "8"),
            ("use_stochastic_rounding", "False"),
            ("symmetric", "False"),
            ("use_real_tanh", "False"),
        ],
        config: &["bits", "symmetric", "use_stochastic_rounding", "use_real_tanh"],
    },
    Class {
        name: "quantized_sigmoid",
        parameters: &[
            ("bits", "8"),
            ("symmetric", "False"),
            ("use_real_sigmoid", "False"),
            ("use_stochastic_rounding", "False"),
        ],
        config: &["bits", "symmetric", "use_real_sigmoid", "use_stochastic_rounding"],
    },
    Class {
        name: "binary",
        parameters: &[("use_01", "False"), ("alpha", "None"), ("use_stochastic_rounding", "False")],
        config: &["use_01", "alpha", "use_stochastic_rounding"],
    },
    Class {
        name: "ternary",
        parameters: &[
            ("alpha", "None"),
            ("threshold", "None"),
            ("use_stochastic_rounding", "False"),
            ("number_of_unrolls", "5"),
        ],
        config: &["alpha", "threshold", "use_stochastic_rounding", "number_of_unrolls"],
    },
];

/// The quantizer that a layer's configuration names for one of its weights.
///
/// **Source:** `get_quantizer_from_config` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0.
pub(crate) fn of_weight(context: &Context<'_, '_>, weight: &str) -> Result<Attribute, Problem> {
    let key = format!("{weight}_quantizer");
    let Some(value) = context.config.get(&key) else { return Ok(Attribute::Null) };
    let Some(config) = value.as_map().cloned() else {
        let message =
            format!("`{key}`: expected a quantizer with its configuration, found {}", value.describe());
        return Err(Problem::malformed(message, "save the model again"));
    };
    let class_name = config.get("class_name").and_then(Attribute::as_str).unwrap_or_default();
    let quantizer = if context.class_name == "QBatchNormalization" {
        AnyQuantizer::new(QKerasQuantizer { config })
    } else if class_name.contains("binary") {
        AnyQuantizer::new(QKerasBinaryQuantizer { config, xnor: weight == "kernel" })
    } else if class_name == "quantized_po2" {
        AnyQuantizer::new(QKerasPo2Quantizer { config })
    } else {
        AnyQuantizer::new(QKerasQuantizer { config })
    };
    Ok(quantizer.into())
}

/// A quantizer that is an activation: its class, and its whole configuration with defaults.
pub(crate) struct Activation {
    /// Class, `ternary_tanh` and `binary_tanh` for ternary and binary.
    pub(crate) class_name: String,
    /// The configuration.
    pub(crate) config: Attributes,
    /// Whether it is a function rather than a class, of which hls4ml notes the configuration first.
    pub(crate) is_function: bool,
}

/// The quantizer that a text such as `quantized_relu(4, 0)`, or a map of class and configuration, stands for.
///
/// **Source:** `get_activation_quantizer` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0; `get_quantizer` and `safe_eval` of
/// QKeras 0.9.0.
pub(crate) fn activation(value: &Attribute) -> Result<Activation, Problem> {
    let (name, given) = match value {
        Attribute::String(text) => call(text)?,
        Attribute::Map(map) => {
            let name = map.get("class_name").and_then(Attribute::as_str).unwrap_or_default();
            let config = map.get("config").and_then(Attribute::as_map).cloned().unwrap_or_default();
            (name.to_owned(), Arguments { positional: Vec::new(), named: config })
        }
        other => {
            let message = format!("`activation`: expected a quantizer, found {}", other.describe());
            return Err(Problem::malformed(message, "save the model again"));
        }
    };
    // functions without configuration
    for (function, bits) in [("binary_tanh", 1), ("ternary_tanh", 2)] {
        if name == function {
            let config = [("bits", Attribute::Int(bits)), ("integer", Attribute::Int(bits))];
            return Ok(Activation { class_name: name, config: config.into(), is_function: true });
        }
    }
    let Some(class) = CLASSES.iter().find(|class| class.name == name) else {
        let known: Vec<&str> = CLASSES.iter().map(|class| class.name).collect();
        let message =
            format!("`activation`: expected one of the quantizers {}, found `{name}`", known.join(", "));
        return Err(Problem::unsupported(message, "use one of these quantizers"));
    };
    let config = class.configure(given)?;
    let class_name = if matches!(class.name, "ternary" | "binary") { format!("{name}_tanh") } else { name };
    Ok(Activation { class_name, config, is_function: false })
}

/// What a quantizer is made with.
struct Arguments {
    positional: Vec<Attribute>,
    named: Attributes,
}

impl Class {
    /// The whole configuration for these arguments.
    fn configure(&self, given: Arguments) -> Result<Attributes, Problem> {
        let mut values = Attributes::new();
        for (i, (name, default)) in self.parameters.iter().enumerate() {
            let value = given.positional.get(i).or_else(|| given.named.get(name)).cloned();
            values.insert(*name, value.unwrap_or_else(|| literal(default)));
        }
        if given.positional.len() > self.parameters.len() {
            let message =
                format!("`{}`: expected at most {} arguments, found more", self.name, self.parameters.len());
            return Err(Problem::malformed(message, "save the model again"));
        }
        // scales that follow the values make the range symmetric
        if self.name == "quantized_bits" && matches!(values.get("alpha"), Some(Attribute::String(_))) {
            values.insert("symmetric", true);
        }
        Ok(self.config.iter().map(|name| (*name, values.get(name).cloned().unwrap_or_default())).collect())
    }
}

/// Name and arguments of a call such as `quantized_bits(4, 0, alpha='auto')`.
fn call(text: &str) -> Result<(String, Arguments), Problem> {
    let Some((name, rest)) = text.split_once('(') else {
        return Ok((text.trim().to_owned(), Arguments { positional: Vec::new(), named: Attributes::new() }));
    };
    let Some(inside) = rest.trim_end().strip_suffix(')') else {
        let message = format!("`activation`: expected a closing parenthesis, found `{text}`");
        return Err(Problem::malformed(message, "save the model again"));
    };
    let (mut positional, mut named) = (Vec::new(), Attributes::new());
    for argument in inside.split(',').map(str::trim).filter(|argument| !argument.is_empty()) {
        match argument.split_once('=') {
            Some((key, value)) => drop(named.insert(key.trim(), literal(value.trim()))),
            None => positional.push(literal(argument)),
        }
    }
    Ok((name.trim().to_owned(), Arguments { positional, named }))
}

/// A value as Python writes it.
fn literal(text: &str) -> Attribute {
    if let Ok(value) = text.parse::<i64>() {
        return Attribute::Int(value);
    }
    if let Ok(value) = text.parse::<f64>() {
        return Attribute::Float(value);
    }
    match text {
        "None" => Attribute::Null,
        "True" => Attribute::Bool(true),
        "False" => Attribute::Bool(false),
        quoted => Attribute::String(quoted.trim_matches(['\'', '"']).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_calls() {
        let made = activation(&"quantized_bits(4, 1, alpha='auto')".into()).unwrap();
        assert_eq!(made.class_name, "quantized_bits");
        assert_eq!(made.config.get("bits"), Some(&Attribute::Int(4)));
        assert_eq!(made.config.get("symmetric"), Some(&Attribute::Bool(true)));
        assert_eq!(made.config.names().last(), Some("qnoise_factor"));
        assert_eq!(activation(&"ternary".into()).unwrap().class_name, "ternary_tanh");
        assert_eq!(activation(&"binary_tanh".into()).unwrap().config.len(), 2);
        assert!(activation(&"quantized_relu(4".into()).is_err());
        assert!(activation(&"swish".into()).is_err());
    }
}
