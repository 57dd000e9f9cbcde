//! Documentation comments in source files, for what the declarations do not carry.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Texts of the Rust files in a folder, by path.
pub(super) fn files(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            files.insert(path.display().to_string(), text);
        }
    }
    Ok(files)
}

/// The documentation of the item that begins with that text, as Markdown. Attributes may stand between.
pub(super) fn doc_of(text: &str, item: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| line.starts_with(item))?;
    let above = lines.get(..at)?.iter().rev().skip_while(|line| line.starts_with("#["));
    let mut doc: Vec<&str> = above.map_while(|line| line.strip_prefix("///")).map(str::trim).collect();
    doc.reverse();
    Some(doc.join("\n"))
}

/// The documentation that follows the line with that text, as Markdown.
pub(super) fn doc_after(text: &str, opening: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim).skip_while(|line| *line != opening);
    lines.next()?;
    let doc: Vec<&str> = lines.map_while(|line| line.strip_prefix("///")).map(str::trim).collect();
    (!doc.is_empty()).then(|| doc.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_is_found_above_attributes() {
        let text = "/// Other.\nstruct B;\n\n    /// A thing.\n    ///\n    /// **Limits:** none.\n    #[derive(Debug)]\n    Thing,\n";
        assert_eq!(doc_of(text, "Thing").unwrap(), "A thing.\n\n**Limits:** none.");
        assert_eq!(doc_of(text, "Nothing"), None);
    }

    #[test]
    fn documentation_is_found_inside_macros() {
        let text =
            "//! File.\nlayer! {\n    /// A layer.\n    ///\n    /// **Shapes:** all.\n    Layer = 1;\n}\n";
        assert_eq!(doc_after(text, "layer! {").unwrap(), "A layer.\n\n**Shapes:** all.");
        assert_eq!(doc_after(text, "fn main() {"), None);
    }
}
