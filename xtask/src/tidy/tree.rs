//! The files that are, or would be, committed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::{Package, Workspace};

/// What the rules look at.
#[derive(Debug, Default)]
pub(crate) struct Tree<'a> {
    /// Text files in order of their paths.
    pub(crate) files: Vec<File>,
    /// Paths of all files, binary ones too.
    pub(crate) paths: BTreeSet<String>,
    /// Members of the workspace.
    pub(crate) packages: &'a [Package],
    /// The top folder.
    pub(crate) root: &'a str,
}

/// A text file.
#[derive(Debug)]
pub(crate) struct File {
    /// Path from the top folder, with `/` between folders.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) text: String,
}

/// Something that offends a rule.
#[derive(Debug, PartialEq)]
pub(crate) struct Finding {
    /// Path from the top folder.
    pub(crate) path: String,
    /// Line, counted from 1.
    pub(crate) line: usize,
    /// What is wrong and what was expected.
    pub(crate) message: String,
}

impl<'a> Tree<'a> {
    /// Reads every file that git tracks or would track.
    pub(crate) fn load(workspace: &'a Workspace) -> Result<Self> {
        let root = &workspace.root;
        let mut git = Command::new("git");
        git.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listing = process::output(&mut git)?;
        let is_there = |path: &&str| !path.is_empty() && root.join(path).is_file();
        let paths: BTreeSet<String> = listing.split('\0').filter(is_there).map(str::to_owned).collect();
        let files =
            paths.iter().filter_map(|path| read_text(root, path).transpose()).collect::<Result<_>>()?;
        let root = root.to_str().context("the path of the workspace is not UTF-8")?;
        Ok(Self { files, paths, packages: &workspace.packages, root })
    }

    /// Files whose name ends like this.
    pub(crate) fn ending(&self, end: &str) -> impl Iterator<Item = &File> {
        self.files.iter().filter(move |file| file.path.ends_with(end))
    }

    /// The file at this path.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Path of a package's manifest from the top folder.
    pub(crate) fn manifest(&self, package: &Package) -> String {
        let path = package.manifest_path.strip_prefix(self.root).unwrap_or(&package.manifest_path);
        path.to_string_lossy().replace('\\', "/")
    }

    /// A tree of these files, for the tests of the rules.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let paths = files.iter().map(|(path, _)| (*path).to_owned()).collect();
        let file = |&(path, text): &(&str, &str)| File { path: path.to_owned(), text: text.to_owned() };
        Self { files: files.iter().map(file).collect(), paths, packages: &[], root: "/top" }
    }
}

/// The file's text; nothing if it is binary.
fn read_text(root: &Path, path: &str) -> Result<Option<File>> {
    let bytes = fs::read(root.join(path)).with_context(|| path.to_owned())?;
    let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    Ok(text.map(|text| File { path: path.to_owned(), text }))
}

impl File {
    /// Lines with their numbers.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Lines with their numbers, without tests.
    pub(crate) fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = if self.is_test() { 0 } else { self.start_of_tests().unwrap_or(usize::MAX) };
        self.lines().take_while(move |(line, _)| *line < end)
    }

    /// Is it a Rust file in a folder of tests?
    fn is_test(&self) -> bool {
        self.path.ends_with(".rs") && self.path.split('/').any(|folder| folder == "tests")
    }

    /// The line where the module of unit tests begins, which ends the file.
    fn start_of_tests(&self) -> Option<usize> {
        let followed_by_module = |line: usize| {
            self.text.lines().nth(line).is_some_and(|next| next.starts_with("mod ") && next.ends_with('{'))
        };
        self.lines()
            .find(|(line, text)| *text == "#[cfg(test)]" && followed_by_module(*line))
            .map(|(line, _)| line)
    }

    /// A finding in this file.
    pub(crate) fn finding(&self, line: usize, message: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_no_product() {
        let text = "//! Doc.\n#[cfg(test)]\nmod testing;\nfn f() {}\n#[cfg(test)]\nmod tests {\n}\n";
        let file = |path: &str| File { path: path.to_owned(), text: text.to_owned() };
        assert_eq!(file("src/lib.rs").product_lines().count(), 4);
        assert_eq!(file("crates/a/tests/b.rs").product_lines().count(), 0);
        assert_eq!(file("tests/python/a.py").product_lines().count(), 4);
    }
}
