//! Every golden loads, and is written again without a difference.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::path::{Path, PathBuf};

use hls4rs::archive::{member, read_members};
use hls4rs::prelude::*;
use hls4rs_tests::{Golden, expect, goldens};

fn verbatim() -> SaveOptions {
    SaveOptions::default().with_plain(true).with_verbatim(true)
}

/// Expectation files below `expected/FOLDER`, each with the golden of its name.
fn expected(folder: &str) -> Vec<(PathBuf, &'static Golden)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("expected").join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found: Vec<_> = files.map(|path| (path.clone(), named_like(&path))).collect();
    assert!(found.len() >= 3, "found {} expectations", found.len());
    found
}

fn named_like(path: &Path) -> &'static Golden {
    Golden::named(path.file_stem().unwrap().to_str().unwrap())
}

#[test]
fn members_are_equal_byte_for_byte() {
    for golden in goldens() {
        let members = read_members(&golden.bytes()).unwrap();
        let written = golden.model().to_members(&verbatim()).unwrap();
        let names = |members: &hls4rs::archive::Members| members.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&written), names(&members), "{}", golden.name);
        for (name, bytes) in &members {
            assert!(written[name] == *bytes, "{}: member `{name}` is another one", golden.name);
        }
    }
}

#[test]
fn what_is_written_is_read_back() {
    for golden in goldens() {
        let model = golden.model();
        let bytes = model.to_bytes(&verbatim()).unwrap();
        assert_eq!(
            model.to_bytes(&verbatim()).unwrap(),
            bytes,
            "{}: the second time other bytes",
            golden.name
        );
        let reopened = Model::from_bytes(&bytes, &ReadOptions::default()).unwrap();
        assert!(reopened == *model, "{}: {:?}", golden.name, hls4rs::diff(model, &reopened));
        assert_eq!(reopened.to_bytes(&verbatim()).unwrap(), bytes, "{}: reopened, other bytes", golden.name);
    }
}

#[test]
fn all_arrays_go_into_one_member() {
    for golden in goldens() {
        let model = golden.model();
        let members = model.to_members(&verbatim().with_arrays(ArrayLayout::Npz)).unwrap();
        let names: Vec<&str> = members.keys().map(String::as_str).collect();
        let mut expected = vec![member::CONFIG, member::STATE, member::LAYERS, member::VERSION];
        // distributed arithmetic has its weights in the code
        let has_arrays = read_members(&golden.bytes()).unwrap().keys().any(|name| name.ends_with(".npy"));
        expected.extend(has_arrays.then_some(member::WEIGHTS));
        assert_eq!(names, expected, "{}", golden.name);
        let reopened = Model::from_members(members, &ReadOptions::default()).unwrap();
        assert!(reopened == *model, "{}: {:?}", golden.name, hls4rs::diff(model, &reopened));
    }
}

#[test]
fn the_level_changes_only_the_size() {
    let golden = Golden::named("qkeras_cnn-vitis-io_stream");
    let model = golden.model();
    let sizes = [0, 1, 6, 9].map(|level| {
        let bytes = model.to_bytes(&verbatim().with_level(level)).unwrap();
        assert_eq!(read_members(&bytes).unwrap(), read_members(&golden.bytes()).unwrap(), "level {level}");
        bytes.len()
    });
    assert!(sizes.is_sorted_by(|a, b| a > b), "{sizes:?}");
}

#[test]
fn nothing_is_wrong_with_them() {
    for golden in goldens() {
        let found = golden.model().graph.verify();
        let errors: Vec<String> =
            found.iter().filter(|found| found.severity == Severity::Error).map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", golden.name);
    }
}

#[test]
fn they_are_what_their_cases_say() {
    for golden in goldens() {
        let (model, case) = (golden.model(), golden.case());
        let layers = model.graph.layers().map(|(name, layer)| (name.to_owned(), layer.kind().to_owned()));
        assert_eq!(layers.collect::<Vec<_>>(), case.layers, "{}", golden.name);
        assert!(model.graph.layers().all(|(_, layer)| layer.is_known()), "{}", golden.name);
        let config = &model.graph.config;
        assert_eq!((config.backend(), config.io_type()), (&*case.backend, &*case.io_type), "{}", golden.name);
        assert_eq!(model.version.hls4ml, case.hls4ml, "{}", golden.name);
        assert!(model.extra.is_empty(), "{}: {:?}", golden.name, model.extra.keys());
    }
}

#[test]
fn printed_forms_are_as_expected() {
    for (path, golden) in expected("print") {
        expect(&path, &golden.model().graph.to_string());
    }
}

#[test]
fn summaries_are_as_expected() {
    for (path, golden) in expected("inspect") {
        let summary = hls4rs::inspect(golden.model());
        expect(&path, &(serde_json::to_string_pretty(&summary).unwrap() + "\n"));
    }
}
