//! W and R: how files are written, and what is repaired.

use std::fs;

use hls4rs::archive::REPAIRS;
use hls4rs::archive::member::LAYERS;
use hls4rs::prelude::*;
use hls4rs_tests::{Archive, goldens};

use super::{large, model, read, saved, specification, with_note};

#[test]
fn w1_a_file_is_replaced_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.fml");
    fs::write(&path, "old").unwrap();
    assert!(with_note("@ndarray:x").save(&path).is_err());
    assert_eq!(fs::read(&path).unwrap(), b"old");
    model().save(&path).unwrap();
    assert_eq!(hls4rs::open(&path).unwrap(), model());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn w2_permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("model.fml"), folder.path().join("link.fml"));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("model.fml", &link).unwrap();
    model().save(&link).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(hls4rs::open(&file).unwrap(), model());
}

/// That the disk is asked is tested beside the code, operation by operation.
#[test]
fn w3_files_are_brought_to_the_disk_unless_told_otherwise() {
    assert!(SaveOptions::default().durable);
    let folder = tempfile::tempdir().unwrap();
    let save = |durable: bool| {
        let path = folder.path().join(format!("{durable}.fml"));
        model().save_with(&path, &SaveOptions::default().with_durable(durable)).unwrap();
        fs::read(path).unwrap()
    };
    assert!(save(true) == save(false));
}

#[test]
fn w4_what_is_written_is_read_back() {
    for model in [model(), large()] {
        assert_eq!(read(&saved(&model)), model);
    }
    let error = |model: &Model| model.to_bytes(&SaveOptions::default()).unwrap_err().to_string();
    for reserved in ["\u{10FFFD}", "\u{10FFFD}NaN"] {
        let message = error(&with_note(reserved));
        assert!(message.starts_with("member `model_arch.json`: a text may not begin"), "{message}");
        let mut model = model();
        model.graph.config.options.insert(reserved, 1);
        assert!(error(&model).starts_with("member `config.json`: "));
    }
    let quoted = with_note("\"\u{10FFFD}");
    assert_eq!(read(&saved(&quoted)), quoted);
    // four maps are around the attribute
    let nested = |depth: usize, inner: Attribute| {
        let list = (0..depth).fold(inner, |inner, _| Attribute::List(vec![inner]));
        with_note(list)
    };
    for inner in [Attribute::Int(1), "[]".into()] {
        assert_eq!(read(&saved(&nested(123, inner.clone()))), nested(123, inner.clone()));
        assert!(error(&nested(124, inner)).contains("at most 127 levels"));
    }
    let empty: Attribute = Attributes::new().into();
    assert_eq!(read(&saved(&nested(122, empty.clone()))), nested(122, empty.clone()));
    assert!(error(&nested(123, empty)).contains("at most 127 levels"));
    // half a megabyte that would be printed as hundreds
    let wide = Attribute::List(vec![Attribute::Int(1); 250_000]);
    assert!(error(&nested(118, wide)).contains("(limit `json`)"));
}

#[test]
fn r1_the_table_is_the_list_of_repairs() {
    let text = specification();
    let (_, table) = text.split_once("| repair | what is written |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let listed: Vec<&str> = rows.map(|row| row.split('`').nth(1).unwrap()).collect();
    assert_eq!(listed, REPAIRS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    let xnor = saved(&with_note(Precision::Xnor)).json(LAYERS);
    let state = |layers: &serde_json::Value| layers["fc1"]["state"]["attributes"]["note"]["state"].clone();
    assert_eq!(state(&xnor), serde_json::json!({}));
    let verbatim = Archive::saved(&with_note(Precision::Xnor), &SaveOptions::default().with_verbatim(true));
    assert_eq!(state(&verbatim.json(LAYERS)), serde_json::json!({"width": 1, "signed": false}));
}

#[test]
fn r2_a_second_repair_changes_nothing() {
    for golden in goldens().iter().filter(|golden| golden.name.starts_with("binary-")) {
        let once = read(&saved(golden.model()));
        assert!(golden.name.contains("quartus-io_parallel") || once == *golden.model(), "{}", golden.name);
        let bytes = |model: &Model| model.to_bytes(&SaveOptions::default()).unwrap();
        assert!(bytes(&once) == bytes(&read(&saved(&once))), "{}", golden.name);
    }
}

#[test]
fn r3_verbatim_is_what_hls4ml_wrote() {
    let options = SaveOptions::default().with_plain(true).with_verbatim(true);
    for golden in goldens().iter().filter(|golden| golden.name.ends_with("quartus-io_parallel")) {
        let written = Archive::saved(golden.model(), &options);
        assert!(written.members == Archive::golden(&golden.name).members, "{}", golden.name);
    }
}
