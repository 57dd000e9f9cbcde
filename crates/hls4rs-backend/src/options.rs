//! The options that a backend takes, and the configuration that they make.

use hls4rs_graph::Diagnostic;
use hls4rs_types::{Attribute, AttributeType, Attributes};

use crate::configure::nearest;

/// What an option is if nobody sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionDefault {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A text.
    Str(&'static str),
    /// An empty map.
    EmptyMap,
}

impl OptionDefault {
    fn value(self) -> Attribute {
        match self {
            Self::Null => Attribute::Null,
            Self::Bool(value) => value.into(),
            Self::Int(value) => value.into(),
            Self::Str(value) => value.into(),
            Self::EmptyMap => Attribute::Map(Attributes::new()),
        }
    }
}

/// The declaration of an option.
#[derive(Debug, Clone, Copy)]
pub struct OptionSpec {
    /// Name of the keyword argument; empty if users cannot set it.
    pub name: &'static str,
    /// Where it stands in the configuration: keys from outside to inside.
    pub path: &'static [&'static str],
    /// What it must be.
    pub ty: AttributeType,
    /// The texts that it may be, if not any.
    pub choices: &'static [&'static str],
    /// What it is if nobody sets it.
    pub default: OptionDefault,
    /// Whether null is a value of its own, rather than the same as not set.
    pub takes_null: bool,
    /// What null means, where it is neither a value nor the same as not set.
    pub null: Option<OptionDefault>,
    /// Whether it is part of a configuration that has all options before it. Always, if there is no condition.
    pub condition: Option<fn(&Attributes) -> bool>,
    /// One line of documentation, with unit.
    pub doc: &'static str,
}

impl OptionSpec {
    /// An option; null means its default.
    #[must_use]
    pub const fn new(
        name: &'static str,
        path: &'static [&'static str],
        ty: AttributeType,
        default: OptionDefault,
        doc: &'static str,
    ) -> Self {
        Self { name, path, ty, choices: &[], default, takes_null: false, null: None, condition: None, doc }
    }

    /// An entry of the configuration that users cannot set.
    #[must_use]
    pub const fn fixed(path: &'static [&'static str], default: OptionDefault, doc: &'static str) -> Self {
        Self::new("", path, AttributeType::Any, default, doc)
    }

    /// The same, but null is a value.
    #[must_use]
    pub const fn or_null(self) -> Self {
        Self { takes_null: true, ..self }
    }

    /// The same, but null means something else than not set.
    #[must_use]
    pub const fn with_null(self, null: OptionDefault) -> Self {
        Self { null: Some(null), ..self }
    }

    /// The same, but one of these texts.
    #[must_use]
    pub const fn one_of(self, choices: &'static [&'static str]) -> Self {
        Self { choices, ..self }
    }

    /// The same, but part of a configuration only if it fulfils a condition.
    #[must_use]
    pub const fn only_if(self, condition: fn(&Attributes) -> bool) -> Self {
        Self { condition: Some(condition), ..self }
    }

    /// The value in the configuration. One that cannot be is told, and the default taken.
    fn value(&self, given: &Attributes, found: &mut Vec<Diagnostic>) -> Attribute {
        match given.get(self.name).filter(|_| !self.name.is_empty()) {
            None => self.default.value(),
            Some(Attribute::Null) if self.takes_null => Attribute::Null,
            Some(Attribute::Null) => self.null.unwrap_or(self.default).value(),
            Some(value) if self.accepts(value) => value.clone(),
            Some(value) => {
                found.push(self.impossible(value));
                self.default.value()
            }
        }
    }

    fn accepts(&self, value: &Attribute) -> bool {
        let is_choice = || value.as_str().is_some_and(|text| self.choices.contains(&text));
        self.ty.accepts(value) && (self.choices.is_empty() || is_choice())
    }

    fn impossible(&self, value: &Attribute) -> Diagnostic {
        let expected = match self.choices {
            [] => self.ty.describe().to_owned(),
            choices => format!("one of {}", choices.join(", ")),
        };
        let text = value.as_str().map_or_else(|| value.describe().to_owned(), |text| format!("`{text}`"));
        Diagnostic::error("impossible-value", format!("`{}`: expected {expected}, found {text}", self.name))
            .with_help(format!("{}: {}", self.name, self.doc))
    }
}

/// The options of all backends.
///
/// **Source:** `hls4ml.utils.config.create_config`, hls4ml 1.3.0.
pub const COMMON_OPTIONS: &[OptionSpec] = &[
    OptionSpec::new(
        "output_dir",
        &["OutputDir"],
        AttributeType::String,
        OptionDefault::Str("my-hls-test"),
        "folder of the project",
    ),
    OptionSpec::new(
        "project_name",
        &["ProjectName"],
        AttributeType::String,
        OptionDefault::Str("myproject"),
        "name of the project, and of its top function",
    ),
    OptionSpec::fixed(&["Backend"], OptionDefault::Null, "name of the backend"),
    OptionSpec::new(
        "version",
        &["Version"],
        AttributeType::String,
        OptionDefault::Str("1.0.0"),
        "version of the project",
    ),
];

/// How layers pass data.
pub const IO_TYPE: OptionSpec = OptionSpec::new(
    "io_type",
    &["IOType"],
    AttributeType::String,
    OptionDefault::Str("io_parallel"),
    "how layers pass data: as arrays or as streams",
)
.one_of(&["io_parallel", "io_stream"]);

/// The clock period.
pub const CLOCK_PERIOD: OptionSpec = OptionSpec::new(
    "clock_period",
    &["ClockPeriod"],
    AttributeType::Float,
    OptionDefault::Int(5),
    "the clock period, in nanoseconds",
);

/// Whether the project is packed.
pub const WRITE_TAR: OptionSpec = OptionSpec::new(
    "write_tar",
    &["WriterConfig", "WriteTar"],
    AttributeType::Bool,
    OptionDefault::Bool(false),
    "whether the project is packed",
)
.or_null();

/// An option that is a text.
#[must_use]
pub const fn text_option(
    name: &'static str,
    path: &'static [&'static str],
    default: &'static str,
    doc: &'static str,
) -> OptionSpec {
    OptionSpec::new(name, path, AttributeType::String, OptionDefault::Str(default), doc)
}

/// What the model's configuration comes to.
pub const HLS_CONFIG: OptionSpec =
    OptionSpec::fixed(&["HLSConfig"], OptionDefault::EmptyMap, "precisions, reuse factors and the rest");

/// The configuration that options make, and what is wrong with them: unknown ones with the nearest name that there is, and
/// values that cannot be, for which the default is taken.
#[must_use]
pub fn configuration(
    backend: &str,
    options: &[OptionSpec],
    given: &Attributes,
) -> (Attributes, Vec<Diagnostic>) {
    let (mut config, mut found) = (Attributes::new(), Vec::new());
    let all = || COMMON_OPTIONS.iter().chain(options);
    for option in all() {
        if option.condition.is_none_or(|holds| holds(&config)) {
            let value = option.value(given, &mut found);
            put(&mut config, option.path, value);
        }
    }
    config.insert("Backend", backend);
    for name in given.names().filter(|name| !all().any(|option| option.name == *name)) {
        let message = format!("`{name}`: expected an option of {backend}, found an unknown one");
        let names = all().map(|option| option.name).filter(|name| !name.is_empty());
        let near = nearest(name, names.clone());
        let help = near.map_or_else(
            || format!("the options are {}", names.collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        found.push(Diagnostic::warning("unknown-key", message).with_help(help));
    }
    (config, found)
}

fn put(config: &mut Attributes, path: &[&str], value: Attribute) {
    match path {
        [] => {}
        [key] => {
            config.insert(*key, value);
        }
        [key, rest @ ..] => {
            if !matches!(config.get(key), Some(Attribute::Map(_))) {
                config.insert(*key, Attributes::new());
            }
            if let Some(Attribute::Map(inner)) = config.get_mut(key) {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: &[OptionSpec] = &[
        IO_TYPE,
        HLS_CONFIG,
        OptionSpec::new(
            "namespace",
            &["WriterConfig", "Namespace"],
            AttributeType::String,
            OptionDefault::Null,
            "C++ namespace",
        )
        .or_null(),
    ];

    #[test]
    fn defaults_and_what_is_given() {
        let given = Attributes::from([("namespace", Attribute::from("n")), ("io_type", Attribute::Null)]);
        let (config, found) = configuration("Vivado", OPTIONS, &given);
        assert_eq!(found, []);
        let keys: Vec<&str> = config.names().collect();
        let expected =
            ["OutputDir", "ProjectName", "Backend", "Version", "IOType", "HLSConfig", "WriterConfig"];
        assert_eq!(keys, expected);
        assert_eq!(config.get("IOType"), Some(&Attribute::from("io_parallel")));
        let writer = config.get("WriterConfig").and_then(Attribute::as_map).unwrap();
        assert_eq!(writer.get("Namespace"), Some(&Attribute::from("n")));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let given = Attributes::from([("io_typ", "io_stream"), ("io_type", "stream")]);
        let (config, found) = configuration("Vivado", OPTIONS, &given);
        assert_eq!(config.get("IOType"), Some(&Attribute::from("io_parallel")));
        let told: Vec<String> = found.iter().map(|found| found.to_string()).collect();
        assert_eq!(
            told,
            [
                "error[impossible-value]: `io_type`: expected one of io_parallel, io_stream, found `stream`",
                "warning[unknown-key]: `io_typ`: expected an option of Vivado, found an unknown one",
            ]
        );
        assert_eq!(found[1].help.as_deref(), Some("did you mean `io_type`?"));
    }
}
