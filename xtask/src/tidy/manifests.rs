//! Manifests: the folder has the crate's name, the workspace decides what concerns all crates.

use super::arrows::is_ranked_place;
use super::tree::{Finding, Tree};
use crate::workspace::Package;

/// Keys that every published crate takes from the workspace.
const INHERITED: &[&str] = &["version", "edition", "rust-version", "license"];

/// Lists manifests that differ from the others.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in tree.packages {
        let path = tree.manifest(package);
        let text = tree.file(&path).map_or("", |file| &file.text);
        let messages = wrong(package, &path, text);
        findings.extend(messages.into_iter().map(|message| Finding { path: path.clone(), line: 1, message }));
    }
    findings
}

fn wrong(package: &Package, path: &str, text: &str) -> Vec<String> {
    let name = &package.name;
    let mut messages = Vec::new();
    if path.starts_with("crates/") && path != format!("crates/{name}/Cargo.toml") {
        messages.push(format!("`{name}`: expected the folder crates/{name}"));
    }
    if !text.contains("[lints]\nworkspace = true") {
        messages.push("lints: expected `workspace = true`".to_owned());
    }
    if !is_ranked_place(path, name) {
        if package.is_published() {
            messages.push(format!("`{name}`: expected `publish = false`"));
        }
        return messages;
    }
    if !package.is_published() {
        messages.push(format!("`{name}`: expected a crate that is published"));
    }
    if package.description.as_ref().is_none_or(String::is_empty) {
        messages.push("description: expected one sentence, found nothing".to_owned());
    }
    for key in INHERITED {
        let line = format!("{key}.workspace = true");
        if !text.lines().any(|found| found.trim() == line) {
            messages.push(format!("{key}: expected `{line}`"));
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "version.workspace = true\nedition.workspace = true\nrust-version.workspace = true\n\
        license.workspace = true\n\n[lints]\nworkspace = true\n";

    fn package(published: bool) -> Package {
        let publish = (!published).then(Vec::new);
        Package { name: "hls4rs-a".into(), description: Some("A".into()), publish, ..Package::default() }
    }

    #[test]
    fn good_manifests_pass() {
        assert!(wrong(&package(true), "crates/hls4rs-a/Cargo.toml", GOOD).is_empty());
        assert!(wrong(&package(false), "tests/Cargo.toml", "[lints]\nworkspace = true\n").is_empty());
    }

    #[test]
    fn every_fault_is_named() {
        assert_eq!(
            wrong(&package(true), "crates/a/Cargo.toml", GOOD),
            ["`hls4rs-a`: expected the folder crates/hls4rs-a"]
        );
        let own = GOOD.replace("license.workspace = true", "license = \"MIT\"");
        assert_eq!(
            wrong(&package(true), "crates/hls4rs-a/Cargo.toml", &own),
            ["license: expected `license.workspace = true`"]
        );
        assert_eq!(
            wrong(&package(true), "examples/a/Cargo.toml", GOOD),
            ["`hls4rs-a`: expected `publish = false`"]
        );
        assert_eq!(wrong(&package(false), "crates/hls4rs-a/Cargo.toml", GOOD).len(), 1);
        assert_eq!(wrong(&package(true), "crates/hls4rs-a/Cargo.toml", "").len(), 5);
        let bare = Package { description: None, ..package(true) };
        assert_eq!(wrong(&bare, "crates/hls4rs-a/Cargo.toml", GOOD).len(), 1);
    }
}
