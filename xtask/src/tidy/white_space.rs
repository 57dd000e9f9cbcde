//! White space: no tabs, none at the end of a line, a line feed at the end of a file.

use super::tree::{File, Finding, Tree};

/// Endings of the files that are looked at.
const ENDINGS: &[&str] = &[".rs", ".md", ".py", ".toml"];

/// Lists white space that does not show.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let is_ours = |file: &&File| ENDINGS.iter().any(|end| file.path.ends_with(end));
    tree.files.iter().filter(is_ours).flat_map(wrong).collect()
}

fn wrong(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, text) in file.text.split('\n').enumerate().map(|(index, text)| (index + 1, text)) {
        if text.contains('\t') {
            findings.push(file.finding(line, "tab"));
        }
        if text.ends_with(char::is_whitespace) {
            findings.push(file.finding(line, "white space at the end of the line"));
        }
    }
    let lines = file.text.lines().count();
    if !file.text.is_empty() && (!file.text.ends_with('\n') || file.text.ends_with("\n\n")) {
        findings.push(file.finding(lines, "expected one line feed at the end of the file"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_are_found() {
        let count = |path: &str, text: &str| check(&Tree::of(&[(path, text)])).len();
        assert_eq!(count("a.rs", "a\n  b\n"), 0);
        assert_eq!(count("a.py", "a\tb\n"), 1);
        assert_eq!(count("a.md", "a \nb\r\n"), 2);
        assert_eq!(count("a.toml", "a"), 1);
        assert_eq!(count("a.rs", "a\n\n"), 1);
        assert_eq!(count("a.npy", "a\t \n"), 0);
    }
}
