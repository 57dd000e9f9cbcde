//! What the values of a configuration may be.

use hls4rs_types::Attribute;

/// What a key of the configuration takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// A precision, or a map of precisions by slot.
    Precisions,
    /// An integer from 1.
    Positive,
    /// A number.
    Number,
    /// True, false, or nothing.
    Bool,
    /// One of these texts, in any case.
    Choice(&'static [&'static str]),
    /// Anything.
    Any,
}

/// Strategies of layers. Those of softmax are choices of its implementation.
pub(super) const STRATEGIES: &[&str] = &[
    "latency",
    "resource",
    "resource_unrolled",
    "unrolled",
    "compressed",
    "distributed_arithmetic",
    "da",
    "stable",
    "legacy",
    "argmax",
];

/// Implementations of convolutions on streams.
const CONVOLUTIONS: &[&str] = &["LineBuffer", "Encoded"];

/// The keys of `HLSConfig.Model`.
pub(super) const MODEL: &[(&str, Value)] = &[
    ("Precision", Value::Precisions),
    ("ReuseFactor", Value::Positive),
    ("Strategy", Value::Choice(STRATEGIES)),
    ("BramFactor", Value::Number),
    ("TraceOutput", Value::Bool),
    ("BitExact", Value::Bool),
    ("TargetCycles", Value::Positive),
    ("ConvImplementation", Value::Choice(CONVOLUTIONS)),
    ("Compression", Value::Any),
    ("PipelineStyle", Value::Choice(&["auto", "pipeline", "dataflow", "inline"])),
    ("PipelineInterval", Value::Positive),
    ("ParallelizationFactor", Value::Positive),
    ("ChannelsLastConversion", Value::Choice(&["full", "internal", "off"])),
    ("TransposeOutputs", Value::Bool),
    ("AllowDAFallback", Value::Bool),
    ("AllowV2Fallback", Value::Bool),
];

/// The keys of `HLSConfig.LayerType` and `HLSConfig.LayerName` that every kind of layer takes.
pub(super) const LAYER: &[(&str, Value)] = &[
    ("Precision", Value::Precisions),
    ("ReuseFactor", Value::Positive),
    ("Strategy", Value::Choice(STRATEGIES)),
    ("Trace", Value::Bool),
    ("TargetCycles", Value::Positive),
    ("ConvImplementation", Value::Choice(CONVOLUTIONS)),
    ("Compression", Value::Any),
    ("ParallelizationFactor", Value::Positive),
];

/// The sections of `HLSConfig`.
pub(super) const SECTIONS: &[&str] =
    &["Model", "LayerType", "LayerName", "Flows", "Optimizers", "SkipOptimizers"];

impl Value {
    /// What is wrong with a value: what was expected. Precisions are checked one by one.
    pub(super) fn wrong(self, value: &Attribute) -> Option<String> {
        if value.is_null() {
            return None;
        }
        match self {
            Self::Any | Self::Precisions => None,
            Self::Positive => unless(value.as_int().is_some_and(|n| n > 0), "an integer from 1"),
            Self::Number => unless(value.as_float().is_some(), "a number"),
            Self::Bool => unless(value.as_bool().is_some(), "true or false"),
            Self::Choice(choices) => {
                let is_one = |text: &str| {
                    let plain = |text: &str| text.replace('_', "").to_lowercase();
                    choices.iter().any(|choice| plain(choice) == plain(text))
                };
                unless(value.as_str().is_some_and(is_one), &format!("one of `{}`", choices.join("`, `")))
            }
        }
    }
}

fn unless(is_right: bool, expected: &str) -> Option<String> {
    (!is_right).then(|| expected.to_owned())
}
