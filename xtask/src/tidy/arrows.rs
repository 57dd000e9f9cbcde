//! Arrows between crates go one way: a crate depends only on lower ranks.

use super::tree::{Finding, Tree};
use crate::workspace::{Dependency, Package};

/// Ranks of the published crates; equal ranks do not know each other.
const RANKS: &[(&str, u8)] = &[
    ("hls4rs-types", 0),
    ("hls4rs-fixed", 1),
    ("hls4rs-layers", 2),
    ("hls4rs-graph", 3),
    ("hls4rs-passes", 4),
    ("hls4rs-archive", 4),
    ("hls4rs-frontend", 4),
    ("hls4rs-onnx", 5),
    ("hls4rs-keras", 5),
    ("hls4rs-torch", 5),
    ("hls4rs-backend", 5),
    ("hls4rs-backend-vivado", 6),
    ("hls4rs-backend-vitis", 6),
    ("hls4rs-backend-quartus", 6),
    ("hls4rs-backend-oneapi", 6),
    ("hls4rs-backend-catapult", 6),
    ("hls4rs-backend-libero", 6),
    ("hls4rs-emulator", 6),
    ("hls4rs", 7),
    ("hls4rs-cli", 8),
];

/// Arrows within a rank that are wanted: the backend of Vitis is that of Vivado with changes.
const EXCEPTIONS: &[(&str, &str)] = &[("hls4rs-backend-vitis", "hls4rs-backend-vivado")];

/// Crates that know no other crate of the workspace, or only one.
const ONLY: &[(&str, Option<&str>)] = &[("xtask", None), ("hls4rs-cli", Some("hls4rs"))];

/// Crates below `crates/` that are for the project alone.
const UNPUBLISHED: &[&str] = &["hls4rs-stages", "hls4rs-testkit"];

/// Lists arrows that go the wrong way and crates without a rank.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in tree.packages {
        let path = tree.manifest(package);
        let mut messages: Vec<String> = unknown(package, &path).into_iter().collect();
        messages
            .extend(package.dependencies.iter().filter_map(|dependency| wrong(tree, package, dependency)));
        findings.extend(messages.into_iter().map(|message| Finding { path: path.clone(), line: 1, message }));
    }
    findings
}

fn rank(name: &str) -> Option<u8> {
    RANKS.iter().find(|(crate_name, _)| *crate_name == name).map(|(_, rank)| *rank)
}

/// Does the manifest belong to a crate that needs a rank?
pub(super) fn is_ranked_place(path: &str, name: &str) -> bool {
    path.starts_with("crates/") && !UNPUBLISHED.contains(&name)
}

fn unknown(package: &Package, path: &str) -> Option<String> {
    let name = &package.name;
    (is_ranked_place(path, name) && rank(name).is_none()).then(|| {
        format!("`{name}`: expected a crate with a rank in xtask/src/tidy/arrows.rs, found an unknown one")
    })
}

/// What is wrong with a dependency, if anything.
fn wrong(tree: &Tree, package: &Package, dependency: &Dependency) -> Option<String> {
    let (from, to) = (package.name.as_str(), dependency.name.as_str());
    let target = tree.packages.iter().find(|package| package.name == to)?;
    if let Some((_, allowed)) = ONLY.iter().find(|(name, _)| *name == from)
        && *allowed != Some(to)
        && !(dependency.is_dev() && allowed.is_some())
    {
        let allowed = allowed.map_or("no crate of the workspace".to_owned(), |name| format!("only `{name}`"));
        return Some(format!("`{from}` depends on `{to}`: expected {allowed}"));
    }
    let from_rank = rank(from)?;
    match rank(to) {
        Some(to_rank) if to_rank < from_rank || EXCEPTIONS.contains(&(from, to)) => None,
        Some(to_rank) => Some(format!(
            "`{from}` (rank {from_rank}) depends on `{to}` (rank {to_rank}): expected a lower rank"
        )),
        None if dependency.is_dev() && !target.is_published() => None,
        None => Some(format!("`{from}` depends on `{to}`, which is never published")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, folder: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependency = |(name, kind): &(&str, Option<&str>)| Dependency {
            name: (*name).to_owned(),
            kind: kind.map(str::to_owned),
        };
        Package {
            name: name.to_owned(),
            manifest_path: format!("/top/{folder}/Cargo.toml").into(),
            dependencies: dependencies.iter().map(dependency).collect(),
            publish: (!is_ranked_place(&format!("{folder}/"), name)).then(Vec::new),
            ..Package::default()
        }
    }

    fn messages(packages: &[Package]) -> Vec<String> {
        check(&Tree { packages, ..Tree::of(&[]) }).into_iter().map(|finding| finding.message).collect()
    }

    fn workspace(changed: Package) -> Vec<Package> {
        let mut packages: Vec<Package> =
            RANKS.iter().map(|(name, _)| package(name, &format!("crates/{name}"), &[])).collect();
        packages.push(package("hls4rs-testkit", "crates/hls4rs-testkit", &[("hls4rs", None)]));
        packages.push(package("xtask", "xtask", &[("anyhow", None)]));
        packages.retain(|package| package.name != changed.name);
        packages.push(changed);
        packages
    }

    #[test]
    fn downwards_is_right() {
        let layers = [("hls4rs-types", None), ("serde", None), ("hls4rs-testkit", Some("dev"))];
        assert!(messages(&workspace(package("hls4rs-layers", "crates/hls4rs-layers", &layers))).is_empty());
        let vitis = [("hls4rs-backend-vivado", None)];
        assert!(
            messages(&workspace(package("hls4rs-backend-vitis", "crates/hls4rs-backend-vitis", &vitis)))
                .is_empty()
        );
        let cli = [("hls4rs", None), ("hls4rs-testkit", Some("dev")), ("hls4rs-types", Some("dev"))];
        assert!(messages(&workspace(package("hls4rs-cli", "crates/hls4rs-cli", &cli))).is_empty());
    }

    #[test]
    fn upwards_and_sideways_is_wrong() {
        for (from, to, kind) in [
            ("hls4rs-types", "hls4rs-layers", None),
            ("hls4rs-types", "hls4rs-layers", Some("dev")),
            ("hls4rs-passes", "hls4rs-archive", None),
            ("hls4rs-backend-vivado", "hls4rs-backend-vitis", None),
            ("hls4rs-graph", "hls4rs-testkit", None),
            ("hls4rs-cli", "hls4rs-types", None),
            ("xtask", "hls4rs-types", None),
            ("xtask", "hls4rs-types", Some("dev")),
        ] {
            let folder = if from == "xtask" { from.to_owned() } else { format!("crates/{from}") };
            let found = messages(&workspace(package(from, &folder, &[(to, kind)])));
            assert_eq!(found.len(), 1, "{from} -> {to}: {found:?}");
        }
    }

    #[test]
    fn unknown_crate_is_a_finding() {
        let found = messages(&workspace(package("hls4rs-extra", "crates/hls4rs-extra", &[])));
        assert!(found[0].starts_with("`hls4rs-extra`: "), "{found:?}");
    }
}
