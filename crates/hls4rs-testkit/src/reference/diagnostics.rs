//! `diagnostics.md`: what the verifier can find.

use std::path::Path;

use anyhow::Result;
use hls4rs::graph::{DIAGNOSTICS, DiagnosticSpec};

use super::markdown::{code, head, table};

const INTRODUCTION: &str = "\
What `hls4rs verify` can find, in the order of the checks: those of the archive, then those of the graph; then what passes of \
a conversion tell of. The identifiers are stable: filter by \
them. A finding tells its place first, then what was expected and what was found. Layers of other crates may bring \
identifiers of their own.

An error means that the model cannot be used; `hls4rs verify` then ends with status 1. A warning means that it works, \
but perhaps not as meant.
";

const CONVERSION: &str = "\
## Conversions

What the configuration and the passes of a conversion can find: changes of the user's numbers that the user did not ask for, and what the \
backend advises against. First come those of the configuration, then those of the passes that backends share, then those of one \
backend.
";

/// What configuration and backends find.
fn of_conversions() -> impl Iterator<Item = &'static DiagnosticSpec> {
    let configuration = hls4rs::backend::configure::DIAGNOSTICS.iter().chain(hls4rs::passes::DIAGNOSTICS);
    let shared = configuration.chain(hls4rs::backend::DIAGNOSTICS);
    shared.chain(hls4rs::BACKENDS.iter().flat_map(|backend| backend.diagnostics()))
}

/// See [`super::PAGES`].
pub(super) fn page(_: &Path) -> Result<String> {
    let row = |spec: &DiagnosticSpec| {
        let DiagnosticSpec { id, severity, meaning, remedy } = spec;
        vec![code(id), severity.to_string(), (*meaning).to_owned(), (*remedy).to_owned()]
    };
    const COLUMNS: [&str; 4] = ["identifier", "severity", "meaning", "remedy"];
    let verified = table(&COLUMNS, all().map(row));
    let converted = table(&COLUMNS, of_conversions().map(row));
    Ok(format!("{}\n{verified}\n{CONVERSION}\n{converted}", head("Diagnostics", INTRODUCTION)))
}

/// Every kind of finding of the verifier, in order.
fn all() -> impl Iterator<Item = &'static DiagnosticSpec> {
    hls4rs::archive::DIAGNOSTICS.iter().chain(DIAGNOSTICS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use super::super::{root, source};
    use super::*;

    /// What stands before an identifier in the verifier's code, on the same line or at its end.
    const BEFORE: &[&str] = &[
        "Diagnostic::error(",
        "Diagnostic::warning(",
        "Problem { id: ",
        "fail(",
        "found.push((",
        "|layers| (",
        "replaced(",
    ];

    const VERIFIER: &[&str] =
        &["crates/hls4rs-archive/src", "crates/hls4rs-graph/src/verify", "crates/hls4rs-layers/src"];
    const BACKENDS: &[&str] = &[
        "crates/hls4rs-passes/src",
        "crates/hls4rs-backend/src",
        "crates/hls4rs-backend-vivado/src",
        "crates/hls4rs-backend-vitis/src",
        "crates/hls4rs-backend-quartus/src",
        "crates/hls4rs-backend-oneapi/src",
        "crates/hls4rs-backend-catapult/src",
        "crates/hls4rs-backend-libero/src",
    ];

    fn used(folders: &[&str]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let root = root();
        for folder in folders {
            for text in source::files(&root.join(folder)).unwrap().into_values() {
                for before in BEFORE {
                    for piece in text.split(before).skip(1) {
                        let literal =
                            piece.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
                        let is_id = |text: &&str| {
                            !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '-')
                        };
                        found.extend(literal.filter(is_id).map(str::to_owned));
                    }
                }
            }
        }
        found
    }

    #[test]
    fn the_list_is_what_the_checks_use() {
        let listed: BTreeSet<String> = all().map(|spec| spec.id.to_owned()).collect();
        assert_eq!(listed.len(), all().count());
        assert_eq!(listed, used(VERIFIER));
    }

    #[test]
    fn the_list_is_what_conversions_use() {
        let listed: BTreeSet<String> = of_conversions().map(|spec| spec.id.to_owned()).collect();
        assert_eq!(listed.len(), of_conversions().count());
        assert_eq!(listed, used(BACKENDS));
    }
}
