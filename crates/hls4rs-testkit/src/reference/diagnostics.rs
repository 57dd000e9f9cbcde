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

const CONVERSIONS: &str = "
## Conversions

What the configuration and the passes of a conversion tell, passes that all backends share before those of backends: a change of the user's numbers that the user did not ask for, \
or something that has no effect. The model is converted nevertheless, as hls4ml converts it.
";

/// See [`super::PAGES`].
pub(super) fn page(_: &Path) -> Result<String> {
    let row = |spec: &DiagnosticSpec| {
        let DiagnosticSpec { id, severity, meaning, remedy } = spec;
        vec![code(id), severity.to_string(), (*meaning).to_owned(), (*remedy).to_owned()]
    };
    let header = ["identifier", "severity", "meaning", "remedy"];
    let checks = table(&header, all().map(row));
    let passes = table(&header, of_passes().map(row));
    Ok(format!("{}\n{checks}{CONVERSIONS}\n{passes}", head("Diagnostics", INTRODUCTION)))
}

/// Every kind of finding of the verifier, in order.
fn all() -> impl Iterator<Item = &'static DiagnosticSpec> {
    hls4rs::archive::DIAGNOSTICS.iter().chain(DIAGNOSTICS)
}

/// Every kind of finding of conversions, in order.
fn of_passes() -> impl Iterator<Item = &'static DiagnosticSpec> {
    let configuration = hls4rs::backend::configure::DIAGNOSTICS.iter();
    configuration.chain(hls4rs::passes::DIAGNOSTICS).chain(hls4rs::backend::PASS_DIAGNOSTICS)
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

    fn used(folders: impl IntoIterator<Item = PathBuf>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for folder in folders {
            for text in source::files(&folder).unwrap().into_values() {
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
        let folders =
            ["crates/hls4rs-archive/src", "crates/hls4rs-graph/src/verify", "crates/hls4rs-layers/src"];
        assert_eq!(listed, used(folders.map(|folder| root().join(folder))));
    }

    #[test]
    fn the_list_is_what_the_passes_use() {
        let listed: BTreeSet<String> = of_passes().map(|spec| spec.id.to_owned()).collect();
        assert_eq!(listed.len(), of_passes().count());
        let backends = ["", "-vivado", "-vitis", "-quartus", "-oneapi", "-catapult", "-libero"];
        let mut folders: Vec<PathBuf> = backends
            .iter()
            .map(|backend| root().join(format!("crates/hls4rs-backend{backend}/src")))
            .collect();
        folders.push(root().join("crates/hls4rs-passes/src"));
        let mut next = 0;
        while let Some(folder) = folders.get(next).cloned() {
            next += 1;
            let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
            folders.extend(entries.filter(|path| path.is_dir()));
        }
        assert_eq!(listed, used(folders));
    }
}
