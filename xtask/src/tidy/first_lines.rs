//! Every Rust file begins with a sentence of documentation.

use super::tree::{Finding, Tree};

/// Lists Rust files that begin with something else.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let starts_well = |text: &str| text.starts_with("//! ") && !text.starts_with("//! \n");
    let bad = tree.ending(".rs").filter(|file| !starts_well(&file.text));
    bad.map(|file| file.finding(1, "expected `//!` and one sentence on the first line")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_comes_first() {
        let tree =
            Tree::of(&[("a.rs", "//! What.\n"), ("b.rs", "use a;\n//! What.\n"), ("c.rs", ""), ("d.py", "")]);
        let paths: Vec<String> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["b.rs", "c.rs"]);
    }
}
