//! Runs the commands in `cases/*.txt` and compares what they print with what stands below them; `BLESS=1` rewrites it.
//!
//! A line `$ hls4rs …` is a command, with `< FILE` and `> FILE` if need be. What follows is its standard output, its standard
//! error (`! …`), and its exit status unless that is 0 (`? 1`). Lines with `#` before a command are comments. Each file has a
//! folder of its own, with the archives that `fixtures` makes; `goldens/…`, `sources/…` and `onnx/…` are the golden files. What a command with
//! `--json` prints must be JSON.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fmt::Write;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use hls4rs::prelude::*;
use hls4rs_tests::{Archive, expect, layer_list, runnable, three_layers};

#[test]
fn commands_print_what_their_files_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 8, "found {} files", files.len());
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        expect(&path, &replayed(&text));
    }
}

/// The text with what its commands print now.
fn replayed(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fixtures(folder.path());
    let mut replayed = String::new();
    for line in text.lines() {
        if line.starts_with('#') {
            writeln!(replayed, "{line}").unwrap();
        } else if let Some(command) = line.strip_prefix("$ ") {
            writeln!(replayed, "{line}\n{}", run(command, folder.path()).trim_end_matches('\n')).unwrap();
        }
    }
    while let Some(at) = replayed.find("\n\n$ ").or_else(|| replayed.find("\n\n#")) {
        replayed.remove(at);
    }
    replayed.truncate(replayed.trim_end().len());
    replayed + "\n"
}

/// What a command prints, in the form of the files.
fn run(command: &str, folder: &Path) -> String {
    let output = output(command, folder);
    let stdout = String::from_utf8(output.stdout).unwrap();
    if command.contains("--json") && !command.contains('>') {
        serde_json::from_str::<serde_json::Value>(&stdout)
            .unwrap_or_else(|error| panic!("{command}: {error}"));
    }
    let stderr = String::from_utf8(output.stderr).unwrap();
    let stderr: String =
        stderr.lines().map(|line| format!("! {line}").trim_end().to_owned() + "\n").collect();
    let status = output.status.code().unwrap_or_else(|| panic!("{command}: ended by a signal"));
    let status = if status == 0 { String::new() } else { format!("? {status}\n") };
    let lines = |text: &str| text.lines().map(|line| line.trim_end().to_owned() + "\n").collect::<String>();
    without_times(&lines(&stdout)) + &stderr + &status
}

fn output(command: &str, folder: &Path) -> Output {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("hls4rs"), "{command}");
    let mut process = Command::new(env!("CARGO_BIN_EXE_hls4rs"));
    process.current_dir(folder).stdin(Stdio::null());
    while let Some(word) = words.next() {
        match word {
            "<" => drop(process.stdin(File::open(folder.join(words.next().unwrap())).unwrap())),
            ">" => drop(process.stdout(File::create(folder.join(words.next().unwrap())).unwrap())),
            word => drop(process.arg(word)),
        }
    }
    // output() would replace what standard output was redirected to
    process.stderr(Stdio::piped());
    if !command.contains('>') {
        process.stdout(Stdio::piped());
    }
    process.spawn().unwrap().wait_with_output().unwrap()
}

/// Times depend on the machine: `12.3 ms` becomes `… ms`.
fn without_times(text: &str) -> String {
    let mut pieces = text.split(" ms");
    let mut shown = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let number = shown.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        if number < shown.len() {
            shown.truncate(number);
            shown.push('…');
        }
        shown += " ms";
        shown += piece;
    }
    shown
}

/// The archives that commands can be run on.
fn fixtures(folder: &Path) {
    let (converted, _) = hls4rs::build(layer_list("Vivado", "io_parallel")).unwrap();
    converted.save(folder.join("converted.fml")).unwrap();
    for tests in ["goldens", "migrations", "onnx", "sources"] {
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(tests);
        link(&target.canonicalize().unwrap(), &folder.join(tests));
    }
    let model = Model::new(three_layers());
    let save = |name: &str, change: &dyn Fn(&mut Model)| {
        let mut model = model.clone();
        change(&mut model);
        model.save(folder.join(name)).unwrap();
    };
    let state = |model: &mut Model, layer: &str| model.graph.layer_mut(layer).unwrap().state().clone();
    save("model.fml", &|_| {});
    save("runnable.fml", &|model| *model = Model::new(runnable()));
    save("weights.fml", &|model| {
        let mut weight = state(model, "fc1").weight("weight").unwrap().clone();
        let values = weight
            .data
            .iter_f64()
            .unwrap()
            .enumerate()
            .map(|(i, value)| if i < 3 { value + 0.5 } else { value });
        weight.data = Tensor::new(&[4, 3], values.map(|value| value as f32).collect()).unwrap();
        model.graph.layer_mut("fc1").unwrap().state_mut().attributes.insert("weight", weight);
    });
    save("precision.fml", &|model| {
        model.graph.set_precision("fc2", "result", Precision::fixed(20, 8)).unwrap()
    });
    save("cyclic.fml", &|model| {
        model.graph.layer_mut("fc1").unwrap().state_mut().inputs = vec!["relu".to_owned()]
    });
    save("extra.fml", &|model| drop(model.extra.insert("hls4rs/notes.txt".to_owned(), b"hello".to_vec())));
    let unknown =
        |layers: &mut serde_json::Value| layers["relu"]["class_name"] = "nobody.layers.Mystery".into();
    let archive =
        Archive::saved(&model, &SaveOptions::default().with_plain(true)).edited("model_arch.json", unknown);
    fs::write(folder.join("unknown.fml"), archive.pack()).unwrap();
    fs::write(folder.join("damaged.fml"), &archive.pack()[..500]).unwrap();
    let saved = Archive::saved(&model, &SaveOptions::default());
    let kernel = [&saved.content("fc1_weight_data.npy")[..128], &[0; 48]].concat();
    fs::write(folder.join("tampered.fml"), saved.clone().with("fc1_weight_data.npy", kernel).pack()).unwrap();
    let smaller = saved.clone().edited("config.json", |config| config["model_bf"] = 1.into());
    fs::write(folder.join("edited.fml"), smaller.pack()).unwrap();
    let newer =
        |format: &str| saved.clone().edited("hls4rs/manifest.json", |json| json["format"] = format.into());
    fs::write(folder.join("patched.fml"), newer("1.0.7").pack()).unwrap();
    fs::write(folder.join("future.fml"), newer("2.0.0").pack()).unwrap();
    let rows = Tensor::new(&[3, 4], vec![0.5f32; 12]).unwrap();
    fs::write(folder.join("x.npy"), hls4rs::archive::write_npy("x", &rows).unwrap()).unwrap();
    fs::write(folder.join("y.dat"), "1 2\n3 4\n5 6\n").unwrap();
}

#[cfg(unix)]
fn link(target: &Path, link: &Path) {
    std::os::unix::fs::symlink(target, link).unwrap();
}

#[cfg(not(unix))]
fn link(target: &Path, link: &Path) {
    std::os::windows::fs::symlink_dir(target, link).unwrap();
}
