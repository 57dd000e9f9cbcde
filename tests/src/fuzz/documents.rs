//! Arrays, JSON and precisions: what is read is written and read back.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::archive::{read_json, read_npy, write_json, write_npy};
use hls4rs::types::Precision;

use super::check_message;

/// An array in NumPy's format.
pub fn npy(bytes: &[u8]) {
    let array = match read_npy("a.npy", bytes) {
        Ok(array) => array,
        Err(error) => return check_message(&error),
    };
    let written = write_npy("a.npy", &array).unwrap();
    let back = read_npy("a.npy", &written).unwrap();
    assert_eq!(back, array);
    assert_eq!(write_npy("a.npy", &back).unwrap(), written);
}

/// A document of Python's JSON.
pub fn python_json(bytes: &[u8]) {
    let tree = match read_json("a.json", bytes) {
        Ok(tree) => tree,
        Err(error) => return check_message(&error),
    };
    let written = write_json(&tree);
    let back = read_json("a.json", written.as_bytes()).unwrap();
    assert_eq!(back, tree);
    assert_eq!(write_json(&back), written);
}

/// A precision as text.
pub fn precision(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match text.parse::<Precision>() {
        Ok(precision) => assert_eq!(precision.to_string().parse(), Ok(precision), "{text:?}"),
        Err(error) => {
            check_message(&error);
            assert!(text.is_char_boundary(error.offset()), "{text:?}: {}", error.offset());
            let snippet = error.snippet();
            assert!(snippet.lines().count() <= 2, "{snippet:?}");
        }
    }
}
