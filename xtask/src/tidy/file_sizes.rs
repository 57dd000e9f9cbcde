//! Files stay small enough to be read in one go.

use super::tree::{File, Finding, Tree};

/// Lines at which a file is to be divided.
const LIMIT: usize = 500;

/// Lines from which a file is mentioned.
const LARGE: usize = 300;

/// Lists Rust files above the limit.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let long = above(tree, LIMIT);
    long.map(|(file, lines)| {
        file.finding(LIMIT + 1, format!("expected at most {LIMIT} lines, found {lines}"))
    })
    .collect()
}

/// A sentence about large files, which are allowed.
pub(super) fn note(tree: &Tree) -> Option<String> {
    let large: Vec<String> =
        above(tree, LARGE).map(|(file, lines)| format!("{} ({lines})", file.path)).collect();
    (!large.is_empty()).then(|| format!("{} files above {LARGE} lines: {}", large.len(), large.join(", ")))
}

fn above<'a>(tree: &'a Tree, limit: usize) -> impl Iterator<Item = (&'a File, usize)> {
    tree.ending(".rs").map(|file| (file, file.text.lines().count())).filter(move |(_, lines)| *lines > limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_is_a_finding_and_large_a_note() {
        let text = |lines: usize| "x\n".repeat(lines);
        let tree = Tree::of(&[
            ("a.rs", &text(501)),
            ("b.rs", &text(500)),
            ("c.rs", &text(300)),
            ("d.md", &text(900)),
        ]);
        assert_eq!(check(&tree).len(), 1);
        assert_eq!(note(&tree).unwrap(), "2 files above 300 lines: a.rs (501), b.rs (500)");
    }
}
