//! Relative links in Markdown lead to files of the project.

use std::collections::BTreeSet;

use super::tree::{File, Finding, Tree};

/// Lists links that lead nowhere.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.ending(".md").flat_map(|file| broken(file, &tree.paths)).collect()
}

fn broken(file: &File, paths: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut in_code = false;
    for (line, text) in file.lines() {
        if text.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        let bad = targets(text).filter(|target| !is_there(&file.path, target, paths));
        findings.extend(
            bad.map(|target| file.finding(line, format!("`{target}`: expected a file of the project"))),
        );
    }
    findings
}

/// Relative targets of the links in a line, without titles and anchors.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let inline = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let definition =
        line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")).map(|(_, target)| target.trim());
    let file = |target: &'_ str| -> Option<usize> {
        let is_relative = !target.contains("://") && !target.starts_with("mailto:");
        is_relative.then(|| target.find('#').unwrap_or(target.len())).filter(|end| *end > 0)
    };
    inline.chain(definition).filter_map(move |target| target.get(..file(target)?))
}

/// Is the target of a link in the file at `from` a file, or a folder with files?
fn is_there(from: &str, target: &str, paths: &BTreeSet<String>) -> bool {
    let Some(path) = resolve(from, target) else { return false };
    let folder = format!("{path}/");
    path.is_empty() || paths.contains(&path) || paths.iter().any(|path| path.starts_with(&folder))
}

/// The target as a path from the top folder; nothing if it leads out of the project.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut folders: Vec<&str> = from.split('/').collect();
    folders.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                folders.pop()?;
            }
            _ => folders.push(part),
        }
    }
    Some(folders.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        let tree = Tree::of(&[("docs/a.md", text), ("docs/b.md", ""), ("src/c.rs", "")]);
        check(&tree).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn good_links_pass() {
        let text = "[b](b.md), [c](../src/c.rs#L1), [s](../src/), [x](#here)\n[w](https://a.org/x.md)\n\n[r]: b.md\n";
        assert_eq!(messages(text), [""; 0]);
        assert_eq!(messages("```\n[x](nowhere.md)\n```\n"), [""; 0]);
    }

    #[test]
    fn broken_links_are_named() {
        for text in ["see [b](c.md)\n", "[b](b.md) and [b](c.md#there)\n", "[b]: c.md\n"] {
            assert_eq!(messages(text), ["`c.md`: expected a file of the project"], "{text}");
        }
        assert_eq!(messages("[out](../../shared/a.md)\n").len(), 1);
    }
}
