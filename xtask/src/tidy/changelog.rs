//! The change log has a section for what is not released yet.

use super::tree::{Finding, Tree};

const PATH: &str = "CHANGELOG.md";

/// Complains if the change log or its section is missing.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let is_section = |line: &str| line.starts_with("## ") && line.contains("Unreleased");
    let message = match tree.file(PATH) {
        None => "expected a change log, found no file",
        Some(file) if !file.text.lines().any(is_section) => "expected a section `## Unreleased`",
        Some(_) => return Vec::new(),
    };
    vec![Finding { path: PATH.to_owned(), line: 1, message: message.to_owned() }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_is_needed() {
        assert!(check(&Tree::of(&[(PATH, "# Changes\n\n## [Unreleased]\n")])).is_empty());
        assert_eq!(check(&Tree::of(&[(PATH, "# Changes\n")])).len(), 1);
        assert_eq!(check(&Tree::of(&[])).len(), 1);
    }
}
