//! Archives that are not what they should be: status 1, one error on standard error, nothing on standard output.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use hls4rs::layers::layers::Input;
use hls4rs::prelude::*;
use hls4rs_tests::hostile_archives;

fn hls4rs(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hls4rs")).args(arguments).current_dir(folder).output().unwrap()
}

/// What is wrong with the way in which a command failed.
fn complaint(output: &Output, mentions: &[&str]) -> Option<String> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let errors: Vec<&str> = stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    let others =
        stderr.lines().filter(|line| !line.starts_with("error: ") && !line.starts_with("help: ")).count();
    let is_right = output.status.code() == Some(1)
        && output.stdout.is_empty()
        && others == 0
        && matches!(errors.as_slice(), [error] if mentions.iter().all(|mention| error.contains(mention)));
    (!is_right).then(|| format!("{}: {stderr}", output.status))
}

#[test]
fn hostile_archives_fail_with_one_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for hostile in hostile_archives() {
        fs::write(folder.path().join("hostile.fml"), &hostile.bytes).unwrap();
        let output = hls4rs(&["inspect", "hostile.fml"], folder.path());
        let mut mentions = hostile.mentions.clone();
        mentions.push("error: hostile.fml: ");
        wrong.extend(complaint(&output, &mentions).map(|complaint| format!("{}: {complaint}", hostile.name)));
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn names_do_nothing_to_a_terminal() {
    let mut graph = ModelGraph::new(Config::default());
    graph.set_io(["x"], ["x"]);
    graph.add(Input::builder("x").input_shape([4])).unwrap();
    let name = "evil \u{1b}[2J \u{9b}31m \u{7f} \r";
    let note: Attribute = name.into();
    graph.layer_mut("x").unwrap().state_mut().attributes.insert(name, note);
    graph.config.options.insert(name, "\u{7}");
    let folder = tempfile::tempdir().unwrap();
    Model::new(graph).save(folder.path().join("a.fml")).unwrap();
    let commands: [&[&str]; 5] = [
        &["inspect", "a.fml"],
        &["inspect", "--json", "a.fml"],
        &["print", "a.fml"],
        &["verify", "a.fml"],
        &["diff", "a.fml", "a.fml"],
    ];
    for command in commands {
        let output = hls4rs(command, folder.path());
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{command:?}: {text:?}");
    }
    let printed = hls4rs(&["print", "a.fml"], folder.path()).stdout;
    assert!(String::from_utf8(printed).unwrap().contains("evil \\u{1b}[2J"));
}

#[test]
fn a_failed_repack_leaves_the_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for hostile in hostile_archives().iter().step_by(20) {
        fs::write(folder.path().join("hostile.fml"), &hostile.bytes).unwrap();
        fs::write(folder.path().join("out.fml"), "old").unwrap();
        let output = hls4rs(&["repack", "hostile.fml", "-o", "out.fml"], folder.path());
        assert_eq!(complaint(&output, &hostile.mentions), None, "{}", hostile.name);
        assert_eq!(fs::read(folder.path().join("out.fml")).unwrap(), b"old", "{}", hostile.name);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "{}", hostile.name);
    }
}

/// A limit on the size of files stops the program in the middle of a write, by a signal.
#[cfg(target_os = "linux")]
#[test]
fn a_killed_program_leaves_the_file_as_it_was() {
    use std::os::unix::process::ExitStatusExt;

    let folder = tempfile::tempdir().unwrap();
    let golden = hls4rs_tests::goldens().iter().max_by_key(|golden| golden.bytes().len()).unwrap();
    fs::write(folder.path().join("model.fml"), golden.bytes()).unwrap();
    let before = hls4rs(&["repack", "model.fml", "-o", "model.fml"], folder.path());
    assert!(before.status.success());
    let old = fs::read(folder.path().join("model.fml")).unwrap();
    let command =
        format!("ulimit -f 8; exec {} repack model.fml -o model.fml --level 0", env!("CARGO_BIN_EXE_hls4rs"));
    let killed = Command::new("sh").args(["-c", &command]).current_dir(folder.path()).output().unwrap();
    assert!(killed.status.signal().is_some(), "{}", killed.status);
    assert!(fs::read(folder.path().join("model.fml")).unwrap() == old);
    assert!(hls4rs(&["verify", "model.fml"], folder.path()).status.success());
}
