//! Whatever is wrong with an archive, reading it ends with an error that tells the place.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod attributes;
mod documents;
mod kinds;

use std::collections::BTreeSet;

use hls4rs::prelude::*;
use hls4rs_tests::hostile_archives;

#[test]
fn hostile_archives_are_refused() {
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    for hostile in hostile_archives() {
        assert!(names.insert(hostile.name.clone()), "two archives are named `{}`", hostile.name);
        match Model::from_bytes(&hostile.bytes, &ReadOptions::default()) {
            Ok(_) => wrong.push(format!("{}: is read", hostile.name)),
            Err(error) => {
                let message = error.to_string();
                let unmentioned = hostile.mentions.iter().filter(|mention| !message.contains(**mention));
                wrong.extend(unmentioned.map(|mention| {
                    format!("{}: expected a message with {mention}, found {message}", hostile.name)
                }));
                if message.lines().count() != 1 {
                    wrong.push(format!("{}: expected one line, found {message}", hostile.name));
                }
            }
        }
    }
    assert!(names.len() > 250, "{}", names.len());
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_the_structure_lacks_is_still_read_for_the_verifier() {
    let mut options = ReadOptions::default();
    options.check_structure = false;
    for hostile in hostile_archives() {
        let is_about_structure = hostile.mentions.contains(&"circle");
        if let Ok(model) = Model::from_bytes(&hostile.bytes, &options) {
            let found = model.graph.verify();
            assert!(found.iter().any(|found| found.severity == Severity::Error), "{}", hostile.name);
        } else {
            assert!(!is_about_structure, "{}", hostile.name);
        }
    }
}
