//! What is committed is finished: no placeholders, no notes to oneself, no tests that are not run.

use super::tree::{Finding, Tree};

/// What may not stand in a Rust file; divided so that this file passes.
const OPEN_ENDS: &[&str] = &[
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("dbg", "!("),
    concat!("#[ig", "nore"),
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
];

/// Lists lines of Rust files with one of them.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.ending(".rs") {
        for (line, text) in file.lines() {
            let found = OPEN_ENDS.iter().filter(|word| text.contains(**word));
            findings.extend(
                found.map(|word| file.finding(line, format!("expected finished code, found `{word}`"))),
            );
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found() {
        let text = OPEN_ENDS.join("\n");
        assert_eq!(check(&Tree::of(&[("a.rs", &text), ("a.md", &text)])).len(), OPEN_ENDS.len());
        assert!(check(&Tree::of(&[("a.rs", "todo\n#[test]\n")])).is_empty());
    }
}
