//! Unsafe code stands in audited files alone.

use super::tree::{Finding, Tree};

/// Files that may hold it; each has a SAFETY note and a test under Miri.
const AUDITED: &[&str] = &[];

/// What follows the keyword where it is one.
const FOLLOWING: &[&str] = &["{", "fn ", "impl ", "impl<", "trait ", "extern ", "mod "];

/// Lists lines with unsafe code in other files.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.ending(".rs").filter(|file| !AUDITED.contains(&file.path.as_str())) {
        let found = file.lines().filter(|(_, text)| is_unsafe(text));
        findings
            .extend(found.map(|(line, _)| file.finding(line, "unsafe code outside of the audited files")));
    }
    findings
}

fn is_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let after = |(at, keyword): (usize, &str)| code.get(at + keyword.len()..).unwrap_or_default();
    code.match_indices("unsafe").map(after).any(|rest| {
        let item = rest.trim_start();
        (rest.starts_with(' ') && FOLLOWING.iter().any(|word| item.starts_with(word)))
            || rest.starts_with("(no_mangle")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples spell the keyword in capitals, so that this file passes.
    fn is_found(example: &str) -> bool {
        is_unsafe(&example.to_lowercase())
    }

    #[test]
    fn code_is_told_from_words() {
        for code in [
            "let a = UNSAFE { *p };",
            "pub UNSAFE fn f() {}",
            "UNSAFE impl Send for A {}",
            "#[UNSAFE(no_mangle)]",
        ] {
            assert!(is_found(code), "{code}");
        }
        for words in ["// UNSAFE { }", "#![deny(UNSAFE_code)]", "let UNSAFE_count = 1;", "\"is UNSAFE\""] {
            assert!(!is_found(words), "{words}");
        }
    }

    #[test]
    fn lines_are_named() {
        let text = "//! A.\nUNSAFE fn f() {}\n".to_lowercase();
        let findings = check(&Tree::of(&[("a.rs", &text)]));
        assert_eq!((findings.len(), findings[0].line), (1, 2));
    }
}
