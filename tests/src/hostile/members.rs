//! Members that are missing, or no JSON, or JSON of another form.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::archive::member::{CONFIG, LAYERS, STATE, VERSION};

use super::Hostile;
use crate::Archive;

/// A member that every archive has, and how messages name it.
const DOCUMENTS: [(&str, &str); 4] = [
    (VERSION, "member `version.json`"),
    (CONFIG, "member `config.json`"),
    (LAYERS, "member `model_arch.json`"),
    (STATE, "member `graph_state.json`"),
];

/// What may stand in the place of a document, and what is wrong with it.
const TEXTS: &[(&str, &[u8])] = &[
    ("empty", b""),
    ("half a map", b"{\"a\": 1"),
    ("a map and more", b"{} {}"),
    ("a list", b"[]"),
    ("a number", b"1"),
    ("null", b"null"),
    ("bare Infinity", b"Infinity"),
    ("not UTF-8", b"{\"\xff\": 1}"),
    ("a key twice", b"{\"a\": 1, \"a\": 2}"),
    ("a key of two lines twice", b"{\"a\\nb\": 1, \"a\\nb\": 2}"),
    ("an integer of more than 64 bits", b"{\"a\": 123456789012345678901234567890}"),
    ("half a surrogate pair", b"{\"a\": \"\\ud800\"}"),
    ("python", b"{'a': None}"),
];

pub(super) fn cases(archive: &Archive) -> Vec<Hostile> {
    let mut all = Vec::new();
    for (member, mention) in DOCUMENTS {
        let missing = archive.clone().without(member).pack();
        all.push(Hostile::new(format!("{member}: missing"), missing, &[mention, "found none"]));
        for (what, text) in TEXTS {
            let bytes = archive.clone().with(member, *text).pack();
            all.push(Hostile::new(format!("{member}: {what}"), bytes, &[mention]));
        }
        let deep = archive.clone().with(member, "[".repeat(100_000)).pack();
        all.push(Hostile::new(format!("{member}: nested deeply"), deep, &[mention]));
    }
    all.push(Hostile::new("no members", Archive { members: Vec::new() }.pack(), &["member `version.json`"]));
    all
}
