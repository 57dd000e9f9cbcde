//! What came of random models, in a few lines.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// What `case.json` says of a model.
#[derive(Debug, Deserialize)]
struct Case {
    failed: BTreeMap<String, String>,
}

/// What the corpus program found of the models that have predictions.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Outcome {
    /// How many predictions are equal.
    pub(super) passed: usize,
    /// Those that are not, with what is wrong.
    pub(super) failed: Vec<(String, String)>,
    /// Those that are errors because hls4ml does not give its own predictions again, with the error.
    pub(super) excluded: Vec<(String, String)>,
}

/// The models of a folder, and what came of them: a line for every way to fail.
///
/// # Errors
/// If the folder or a description cannot be read.
pub(super) fn lines(folder: &Path, outcome: &Outcome) -> Result<String> {
    let mut cases = 0;
    let mut failures: BTreeMap<String, usize> = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path().join("case.json");
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let case: Case = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        cases += 1;
        if let Some((step, message)) = case.failed.iter().next() {
            *failures.entry(format!("{step}: {}", class(message))).or_default() += 1;
        }
    }
    let mut text = String::new();
    let mut line = |what: &str, count: usize| text.push_str(&format!("{what:<60} {count:>5}\n"));
    line("random models", cases);
    line("equal, bit for bit", outcome.passed);
    line("undefined: an error here, and hls4ml's answers differ", outcome.excluded.len());
    line("wrong", outcome.failed.len());
    line("hls4ml failed", failures.values().sum());
    let mut failures: Vec<(String, usize)> = failures.into_iter().collect();
    failures.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    failures.iter().for_each(|(class, count)| line(&format!("  {class}"), *count));
    Ok(text)
}

/// The message without what is particular to one model: names and numbers.
fn class(message: &str) -> String {
    // of a compiler's message, the place is particular
    let message = message.split_once("error: ").map_or(message, |(_, rest)| rest);
    let mut depth = 0usize;
    let mut class = String::new();
    for character in message.chars() {
        match character {
            '‘' | '{' | '[' | '<' => {
                depth += 1;
                if depth == 1 {
                    class.push('…');
                }
            }
            '’' | '}' | ']' | '>' => depth = depth.saturating_sub(1),
            '0'..='9' if depth == 0 && class.ends_with('#') => {}
            '0'..='9' if depth == 0 => class.push('#'),
            _ if depth == 0 => class.push(character),
            _ => {}
        }
    }
    class.chars().take(MOST).collect()
}

/// Most characters of a class that are shown.
const MOST: usize = 110;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_no_names_and_numbers() {
        let first = "CompileError: firmware/myproject.cpp:53:57: error: cannot convert ‘layer6_t*’ {aka ‘ap_fixed<18, 8>*’} to \
                     ‘ap_fixed<16, 6>*’";
        let second =
            "CompileError: firmware/myproject.cpp:3:1: error: cannot convert ‘a’ {aka ‘b<3, 4>*’} to ‘c’";
        assert_eq!(class(first), "cannot convert … … to …");
        assert_eq!(class(first), class(second));
        assert_eq!(class("no answer within 300 s"), "no answer within # s");
    }

    #[test]
    fn everything_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        for (name, failed) in [
            ("a", r#"{"compile": "CompileError: x.cpp:1:2: error: no match for ‘a’"}"#),
            ("b", r#"{"compile": "CompileError: y.cpp:3:4: error: no match for ‘b’"}"#),
            ("c", "{}"),
        ] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("case.json"), format!(r#"{{"failed": {failed}}}"#))
                .unwrap();
        }
        let outcome = Outcome { passed: 1, ..Outcome::default() };
        let lines = lines(folder.path(), &outcome).unwrap();
        let found: Vec<(&str, &str)> = lines.lines().map(|line| line.rsplit_once(' ').unwrap()).collect();
        let counts: Vec<&str> = found.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, ["3", "1", "0", "0", "2", "2"], "{lines}");
        assert_eq!(found[5].0.trim(), "compile: no match for …");
    }
}
