//! Nothing that is committed names a machine: no absolute paths of one, no private hosts.

use super::tree::{File, Finding, Tree};

/// First folders of absolute paths; divided so that this file passes.
const PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tm", "p/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
];

/// Parts of the names of private hosts.
const HOSTS: &[&str] = &[concat!("arti", "factory"), concat!("jf", "rog"), concat!("--index", "-url")];

/// Where cargo takes crates from.
const REGISTRY: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Lists lines with such a name.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let is_ours = |file: &&File| !file.path.ends_with(".gitignore");
    tree.files.iter().filter(is_ours).flat_map(wrong).collect()
}

fn wrong(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, text) in file.product_lines() {
        if let Some(path) = PATHS.iter().find(|path| starts_in(text, path)) {
            findings.push(file.finding(line, format!("path of a machine: `{path}`")));
        }
        if let Some(host) = HOSTS.iter().find(|host| text.to_lowercase().contains(**host)) {
            findings.push(file.finding(line, format!("private registry: `{host}`")));
        }
        if file.path.ends_with("Cargo.lock") && text.starts_with("source = ") && text != REGISTRY {
            findings.push(file.finding(line, "crate from another place than crates.io"));
        }
    }
    findings
}

/// Does an absolute path with this beginning stand in the text?
fn starts_in(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|before| !before.is_alphanumeric() && !"._-/~}".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn paths_are_found_where_they_begin() {
        assert_eq!(count("a.md", "see `/work/a`\n"), 1);
        assert_eq!(count("a.json", "{\"a\": \"/tmp/a\"}\n"), 1);
        assert_eq!(count("a.md", "target/work/a, ~/work/a, https://a.org/home/\n"), 0);
        assert_eq!(count("crates/a/tests/a.rs", "\"/tmp/a\"\n"), 0);
    }

    #[test]
    fn hosts_are_found() {
        assert_eq!(count("a.toml", "https://artifactory.example.org/\n"), 1);
        assert_eq!(count("Cargo.lock", &format!("{REGISTRY}\n")), 0);
        assert_eq!(count("Cargo.lock", "source = \"git+https://example.org\"\n"), 1);
    }
}
