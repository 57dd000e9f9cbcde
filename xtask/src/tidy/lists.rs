//! A folder of things of one shape has a list that names each of them.

use super::tree::{File, Finding, Tree};

/// A folder and what tells its things from helpers.
struct Folder {
    path: &'static str,
    mark: &'static str,
}

const FOLDERS: &[Folder] = &[
    Folder { path: "crates/hls4rs-layers/src/layers/", mark: "layer! {" },
    Folder { path: "crates/hls4rs-emulator/src/kernels/", mark: "" },
    Folder { path: "crates/hls4rs-passes/src/passes/", mark: "" },
    Folder { path: "crates/hls4rs-backend/src/passes/", mark: "" },
    Folder { path: "crates/hls4rs-onnx/src/handlers/", mark: "" },
    Folder { path: "crates/hls4rs-keras/src/v2/handlers/", mark: "" },
    Folder { path: "crates/hls4rs-cli/src/cmd/", mark: "" },
];

/// Lists files that their folder's `mod.rs` does not name.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for folder in FOLDERS {
        let path = format!("{}mod.rs", folder.path);
        let list = tree.file(&path).map_or("", |file| &file.text);
        let missing = things(tree, folder).filter(|(name, _)| !names(list, name));
        findings.extend(
            missing.map(|(name, file)| file.finding(1, format!("expected a line for `{name}` in {path}"))),
        );
    }
    findings
}

/// Names and files of the things in the folder.
fn things<'a>(tree: &'a Tree, folder: &'a Folder) -> impl Iterator<Item = (&'a str, &'a File)> {
    let files = tree.files.iter().filter(|file| file.text.contains(folder.mark));
    let named =
        files.filter_map(|file| Some((file.path.strip_prefix(folder.path)?.strip_suffix(".rs")?, file)));
    named.filter(|(name, _)| *name != "mod" && !name.contains('/'))
}

/// Does a line of the list declare this module?
fn names(list: &str, module: &str) -> bool {
    list.lines().any(|line| {
        let line = line.trim_start();
        let line = ["pub mod ", "pub(crate) mod ", "mod "]
            .iter()
            .find_map(|start| line.strip_prefix(start))
            .unwrap_or(line);
        line.strip_prefix(module).is_some_and(|rest| rest.starts_with([':', ';', ',', ' ']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thing_is_named() {
        let layers = "kinds! {\n    dense: Dense, DenseBuilder;\n}\nmod shapes;\n";
        let tree = Tree::of(&[
            ("crates/hls4rs-layers/src/layers/mod.rs", layers),
            ("crates/hls4rs-layers/src/layers/dense.rs", "layer! {\n}\n"),
            ("crates/hls4rs-layers/src/layers/dense2.rs", "layer! {\n}\n"),
            ("crates/hls4rs-layers/src/layers/shapes.rs", "fn f() {}\n"),
            ("crates/hls4rs-cli/src/cmd/mod.rs", "mod diff;\npub(crate) mod open;\n"),
            ("crates/hls4rs-cli/src/cmd/diff.rs", ""),
            ("crates/hls4rs-cli/src/cmd/open.rs", ""),
            ("crates/hls4rs-cli/src/cmd/lost.rs", ""),
        ]);
        let paths: Vec<String> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["crates/hls4rs-layers/src/layers/dense2.rs", "crates/hls4rs-cli/src/cmd/lost.rs"]);
    }
}
