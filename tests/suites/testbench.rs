//! Testbench data: packed, checked and given back.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fs;

use hls4rs::archive::{Testbench, write_npy};
use hls4rs::prelude::*;
use hls4rs_tests::{Archive, ramp, three_layers};

fn packed() -> (tempfile::TempDir, Model) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("in.npy"), write_npy("in", &ramp(&[5, 4])).unwrap()).unwrap();
    fs::write(path("out.dat"), "1 2\n3 4e-1 \n\n5 -6\n0 0\n1 1\n").unwrap();
    let mut model = Model::new(three_layers());
    model.pack_testbench(Testbench::Input, path("in.npy")).unwrap();
    model.pack_testbench(Testbench::Output, path("out.dat")).unwrap();
    (folder, model)
}

#[test]
fn what_is_packed_comes_back() {
    let (folder, model) = packed();
    assert_eq!(model.verify_testbench(), []);
    for plain in [false, true] {
        let bytes = model.to_bytes(&SaveOptions::default().with_plain(plain)).unwrap();
        let again = Model::from_bytes(&bytes, &ReadOptions::default()).unwrap();
        assert_eq!(again, model);
        let target = folder.path().join(format!("restored-{plain}"));
        fs::create_dir(&target).unwrap();
        let written = again.restore_testbench(&target).unwrap();
        assert_eq!(written, [target.join("input_data_tb.npy"), target.join("output_data_tb.dat")]);
        for (written, from) in written.iter().zip(["in.npy", "out.dat"]) {
            assert_eq!(fs::read(written).unwrap(), fs::read(folder.path().join(from)).unwrap());
        }
    }
    let options = Archive::saved(&model, &SaveOptions::default()).json("config.json")["config"].clone();
    assert_eq!(
        (options["InputData"].as_str(), options["OutputPredictions"].as_str()),
        (Some("input_data_tb.npy"), Some("output_data_tb.dat"))
    );
}

#[test]
fn other_data_takes_the_place() {
    let (folder, mut model) = packed();
    fs::write(folder.path().join("in.dat"), "1 2 3 4\n".repeat(5)).unwrap();
    model.pack_testbench(Testbench::Input, folder.path().join("in.dat")).unwrap();
    let names: Vec<&str> = model.testbench().map(|(_, name, _)| name).collect();
    assert_eq!(names, ["input_data_tb.dat", "output_data_tb.dat"]);
}

#[test]
fn data_that_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let model = Model::new(three_layers());
    for (name, content, message) in [
        (
            "a.dat",
            &b"1 2 3\n"[..],
            "expected 4 numbers per row, as the model's inputs have elements, found 3",
        ),
        ("a.dat", b"1 2 3 4\n1 2\n", "line 2: expected 4 numbers, found 2"),
        ("a.dat", b"1 2 three 4\n", "line 1: expected a number, found `three`"),
        ("a.dat", b"", "expected rows, found none"),
        ("a.npy", b"PK", "expected an array of NumPy, found something else"),
        ("a.csv", b"1,2,3,4\n", "expected the ending `.npy` or `.dat`"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let mut changed = model.clone();
        let error = changed.pack_testbench(Testbench::Input, &path).unwrap_err().to_string();
        assert_eq!(error, format!("{}: {message}", path.display()));
        assert_eq!(changed, model);
    }
    assert!(model.clone().pack_testbench(Testbench::Input, folder.path().join("none.npy")).is_err());
}

#[test]
fn what_is_wrong_with_it_is_found() {
    let (_folder, model) = packed();
    let found = |change: &dyn Fn(&mut Model)| {
        let mut model = model.clone();
        change(&mut model);
        model.verify_testbench().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let found_rows =
        found(&|model| drop(model.extra.insert("output_data_tb.dat".to_owned(), b"1 2\n".to_vec())));
    assert_eq!(
        found_rows,
        [
            "error[testbench-data]: member `output_data_tb.dat`: expected 5 rows, as many as in `input_data_tb.npy`, found 1"
        ]
    );
    let missing = found(&|model| drop(model.extra.shift_remove("input_data_tb.npy")));
    assert!(
        missing[0].starts_with("warning[testbench-missing]: member `config.json`: `InputData` names"),
        "{missing:?}"
    );
    let broken = found(&|model| drop(model.extra.insert("input_data_tb.npy".to_owned(), b"PK".to_vec())));
    assert_eq!(broken.len(), 1);
}

/// hls4ml up to 1.3.0 names data that it does not pack.
#[test]
fn archives_that_lost_their_data_get_it_back() {
    let lost = Archive::golden("mlp-vivado-io_parallel").edited("config.json", |config| {
        config["config"]["InputData"] = "/somewhere/x.npy".into();
    });
    let mut model = lost.read(&ReadOptions::default()).unwrap();
    assert_eq!(model.verify_testbench().len(), 1);
    let option = |model: &Model| {
        Archive::saved(model, &SaveOptions::default()).json("config.json")["config"]["InputData"].clone()
    };
    assert!(option(&model).is_null());
    let folder = tempfile::tempdir().unwrap();
    let size: i64 = model.graph.output_variable(&model.graph.inputs()[0]).unwrap().shape.iter().product();
    let rows = ramp(&[3, usize::try_from(size).unwrap()]);
    fs::write(folder.path().join("x.npy"), write_npy("x", &rows).unwrap()).unwrap();
    model.pack_testbench(Testbench::Input, folder.path().join("x.npy")).unwrap();
    assert_eq!(model.verify_testbench(), []);
    assert_eq!(option(&model), "input_data_tb.npy");
}
