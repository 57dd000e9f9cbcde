//! The generated pages of `docs/reference`: one module a page.

mod cli;
mod diagnostics;
mod layers;
mod markdown;
mod passes;
mod precisions;
mod quantizers;
mod source;
mod support;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Makes the text of a page; takes the top folder of the project.
type Generate = fn(&Path) -> Result<String>;

/// The pages in order: file and generator.
const PAGES: &[(&str, Generate)] = &[
    ("docs/reference/support.md", support::page),
    ("docs/reference/passes.md", passes::page),
    ("docs/reference/layers.md", layers::page),
    ("docs/reference/precisions.md", precisions::page),
    ("docs/reference/quantizers.md", quantizers::page),
    ("docs/reference/diagnostics.md", diagnostics::page),
    ("docs/reference/cli.md", cli::page),
];

/// Writes every page. Returns their paths.
///
/// # Errors
/// If a page cannot be made or written.
pub fn write(root: &Path) -> Result<Vec<&'static str>> {
    let write = |(path, generate): &(&'static str, Generate)| {
        let file = root.join(path);
        fs::create_dir_all(file.parent().unwrap_or(root)).context(*path)?;
        fs::write(file, generate(root)?).context(*path)?;
        Ok(*path)
    };
    PAGES.iter().map(write).collect()
}

/// Paths of the pages that are not what would be written.
///
/// # Errors
/// If a page cannot be made.
pub fn stale(root: &Path) -> Result<Vec<&'static str>> {
    let mut stale = Vec::new();
    for (path, generate) in PAGES {
        let expected = generate(root).context(*path)?;
        if fs::read_to_string(root.join(path)).ok().is_none_or(|found| found != expected) {
            stale.push(*path);
        }
    }
    Ok(stale)
}

/// The top folder, for tests.
#[cfg(test)]
fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
