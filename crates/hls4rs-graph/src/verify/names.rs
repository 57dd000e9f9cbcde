//! Names: those of variables and types become C++.

use hls4rs_types::Attribute;

use crate::{Diagnostic, ModelGraph};

/// Words that C++ keeps for itself, of those that could name a layer.
const CPP_KEYWORDS: &[&str] = &[
    "alignas",
    "alignof",
    "and",
    "asm",
    "auto",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "continue",
    "default",
    "delete",
    "do",
    "double",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "nullptr",
    "operator",
    "or",
    "private",
    "protected",
    "public",
    "register",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "struct",
    "switch",
    "template",
    "this",
    "throw",
    "true",
    "try",
    "typedef",
    "typename",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "while",
    "xor",
];

/// Whether C++ takes the text as a name.
#[must_use]
pub fn is_cpp_name(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    starts_well && is_plain && !CPP_KEYWORDS.contains(&name)
}

impl ModelGraph {
    /// Names of variables and types become C++, where they must be names.
    pub(super) fn verify_names(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (name, layer) in self.layers() {
            for (attribute, value) in layer.state().attributes.iter() {
                let names: Vec<&str> = match value {
                    Attribute::Variable(variable) => vec![&variable.name, &variable.ty.name],
                    Attribute::Weight(weight) => vec![&weight.name, &weight.ty.name],
                    Attribute::Type(ty) => vec![&ty.name],
                    _ => continue,
                };
                for unsafe_name in names.into_iter().filter(|name| !name.split('.').all(is_cpp_name)) {
                    let message = format!(
                        "{name} ({}): attribute `{attribute}`: expected a name that C++ takes, found `{unsafe_name}`",
                        layer.kind()
                    );
                    found.push(Diagnostic::error("unsafe-name", message));
                }
            }
        }
        found
    }
}
