//! Expectations that are files.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;

/// Whether expectations are to be rewritten: the environment says `BLESS=1`.
#[must_use]
pub fn bless() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// Compares a text with the file that holds what is expected, or writes the file if [`bless`] says so.
pub fn expect(path: &Path, actual: &str) {
    if bless() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        return fs::write(path, actual).unwrap();
    }
    let expected = fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{}: {error} (BLESS=1 writes it)", path.display()));
    if expected != actual {
        let (line, expected, found) = first_difference(&expected, actual);
        let path = path.display();
        panic!("{path}: line {line}: expected `{expected}`, found `{found}` (BLESS=1 rewrites it)");
    }
}

fn first_difference<'a>(expected: &'a str, actual: &'a str) -> (usize, &'a str, &'a str) {
    let (mut expected, mut actual) = (expected.lines(), actual.lines());
    for line in 1.. {
        match (expected.next(), actual.next()) {
            (Some(a), Some(b)) if a == b => {}
            (None, None) => return (line, "the end", "another end of the last line"),
            (a, b) => return (line, a.unwrap_or("the end"), b.unwrap_or("the end")),
        }
    }
    (0, "", "")
}
