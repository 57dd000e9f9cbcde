//! T: testbench data.

use std::fs;
use std::path::PathBuf;

use hls4rs::archive::{Testbench, write_npy};
use hls4rs_tests::ramp;
use tempfile::TempDir;

use super::{model, names, read, saved};

fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

fn npy(shape: &[usize]) -> Vec<u8> {
    write_npy("a", &ramp(shape)).unwrap()
}

#[test]
fn t1_data_has_four_names_and_two_options() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = model();
    model.pack_testbench(Testbench::Input, file(&folder, "a.dat", "1 2 3 4\n")).unwrap();
    model.pack_testbench(Testbench::Input, file(&folder, "a.npy", npy(&[5, 4]))).unwrap();
    model.pack_testbench(Testbench::Output, file(&folder, "b.dat", "1 2\n".repeat(5))).unwrap();
    let archive = saved(&model);
    let packed: Vec<&str> = names(&archive).into_iter().filter(|name| name.contains("_tb.")).collect();
    assert_eq!(packed, ["input_data_tb.npy", "output_data_tb.dat"]);
    let config = archive.json("config.json");
    assert_eq!(config["config"]["InputData"], "input_data_tb.npy");
    assert_eq!(config["config"]["OutputPredictions"], "output_data_tb.dat");
}

#[test]
fn t2_one_row_per_sample() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content, is_fine) in [
        ("a.npy", npy(&[5, 4]), true),
        ("a.npy", npy(&[5, 2, 2]), true),
        ("a.npy", npy(&[4]), false),
        ("a.npy", npy(&[]), false),
        ("a.dat", b"1 -2.5\t3e4  4\n\n \n0 0 0 0".to_vec(), true),
        ("a.dat", b"1,2,3,4\n".to_vec(), false),
        ("a.dat", b"1 2 3\n4\n".to_vec(), false),
        ("a.txt", b"1 2 3 4\n".to_vec(), false),
    ] {
        let packed = model().pack_testbench(Testbench::Input, file(&folder, name, &content));
        assert_eq!(packed.is_ok(), is_fine, "{name}: {content:?}");
    }
}

#[test]
fn t3_other_data_is_kept_and_reported() {
    let mut model = model();
    model.extra.insert("input_data_tb.npy".to_owned(), npy(&[5, 4]));
    assert_eq!(model.verify_testbench(), []);
    for (name, content) in [
        ("output_data_tb.npy", npy(&[6, 2])),
        ("output_data_tb.csv", vec![]),
        ("output_data_tb.npy", vec![1]),
    ] {
        let mut model = model.clone();
        model.extra.insert(name.to_owned(), content);
        let read = read(&saved(&model));
        assert_eq!(read, model);
        assert_eq!(read.verify_testbench().len(), 1, "{name}");
    }
}

#[test]
fn t4_restoring_writes_four_names_only() {
    let folder = tempfile::tempdir().unwrap();
    let restore = |name: &str| {
        let mut model = model();
        model.extra.insert(name.to_owned(), b"x".to_vec());
        model.restore_testbench(folder.path()).is_ok()
    };
    for name in ["input_data_tb.npy", "input_data_tb.dat", "output_data_tb.npy", "output_data_tb.dat"] {
        assert!(restore(name));
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), b"x");
    }
    for name in ["input_data_tb./../../evil", "input_data_tb.csv", "output_data_tb.npy.exe"] {
        assert!(!restore(name), "{name}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
}
