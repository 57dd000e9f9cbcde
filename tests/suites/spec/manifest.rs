//! P: the manifest.

use hls4rs::archive::member::{CONFIG, MANIFEST};
use hls4rs::archive::{Archive as Opened, ManifestCheck};
use hls4rs::prelude::*;
use hls4rs_tests::Archive;
use serde_json::{Value, json};

use super::{archive, model, read, refusal, saved};

/// SHA-256 of nothing, which everybody knows.
const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn edited(edit: impl FnOnce(&mut Value)) -> Archive {
    saved(&model()).edited(MANIFEST, edit)
}

fn open(archive: &Archive, check: ManifestCheck) -> Result<Opened, ArchiveError> {
    Opened::from_bytes(archive.pack(), &ReadOptions::default().with_manifest(check))
}

#[test]
fn p1_the_manifest_may_be_missing_but_not_by_half() {
    assert!(saved(&model()).has(MANIFEST) && !archive().has(MANIFEST));
    assert_eq!(read(&saved(&model()).without(MANIFEST)), model());
    for key in ["format", "writer", "members", "provenance"] {
        let missing = edited(|manifest| drop(manifest.as_object_mut().unwrap().remove(key)));
        assert!(refusal(&missing.pack()).starts_with("member `hls4rs/manifest.json`: "), "{key}");
    }
    let more = edited(|manifest| manifest["future"] = json!(1));
    assert!(saved(&read(&more)).json(MANIFEST).get("future").is_none());
}

#[test]
fn p2_members_are_named_with_size_and_checksum() {
    let mut model = model();
    model.extra.insert("empty".to_owned(), Vec::new());
    let archive = saved(&model);
    let members = archive.json(MANIFEST)["members"].clone();
    assert_eq!(members.as_object().unwrap().len(), archive.members.len() - 1);
    assert_eq!(members["empty"], json!({"size": 0, "sha256": OF_NOTHING}));
    for (name, content) in archive.members.iter().filter(|(name, _)| name != MANIFEST) {
        assert_eq!(members[name]["size"], content.len(), "{name}");
    }
}

#[test]
fn p3_names_sizes_and_documents_are_compared_at_opening() {
    let archive = saved(&model());
    let digest =
        |name: &'static str| edited(move |manifest| manifest["members"][name]["sha256"] = OF_NOTHING.into());
    let config = String::from_utf8(archive.content(CONFIG).to_vec()).unwrap();
    let cases = [
        (archive.clone().with("more", "x"), [false, true, true]),
        (archive.clone().without("fc1_bias_data.npy"), [false, true, true]),
        (archive.clone().with(CONFIG, format!("{config} ")), [false, true, true]),
        (archive.clone().with(CONFIG, config.replacen("myproject", "Myproject", 1)), [false, true, true]),
        (digest("fc1_bias_data.npy"), [false, false, true]),
        (archive, [false, false, false]),
    ];
    for (i, (archive, is_refused)) in cases.iter().enumerate() {
        let checks = [ManifestCheck::Nothing, ManifestCheck::Documents, ManifestCheck::Everything];
        let found = checks.map(|check| matches!(open(archive, check), Err(ArchiveError::Manifest { .. })));
        assert_eq!(found, *is_refused, "{i}");
        let n_faults = open(archive, ManifestCheck::Nothing).unwrap().check().unwrap().len();
        assert_eq!(n_faults, usize::from(is_refused[2]), "{i}");
    }
    assert_eq!(ReadOptions::default().manifest, ManifestCheck::Documents);
}

#[test]
fn p4_newer_manifests_are_refused_or_warned_of() {
    let with = |format: &str| edited(|manifest| manifest["format"] = format.into());
    for refused in ["2.0.0", "1.1.0", "0.9.0", "1", "", "one"] {
        let message = refusal(&with(refused).pack());
        assert!(message.starts_with("member `hls4rs/manifest.json`: `format`: expected "), "{message}");
    }
    for (format, n_warnings) in [("1.0.0", 0), ("1.0.7", 1)] {
        let archive = open(&with(format), ManifestCheck::Documents).unwrap();
        assert_eq!(archive.warnings().len(), n_warnings, "{format}");
    }
}

#[test]
fn p5_saving_is_a_step() {
    let actions = |model: &Model| -> Vec<String> {
        let steps = saved(model).json(MANIFEST)["provenance"].clone();
        steps.as_array().unwrap().iter().map(|step| step["action"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(actions(&model()), ["saved"]);
    assert_eq!(actions(&read(&saved(&model()))), ["saved"]);
    let other = json!({"action": "converted", "name": "a", "version": "1", "note": "b"});
    let before = edited(|manifest| manifest["provenance"] = json!([other]));
    assert_eq!(saved(&read(&before)).json(MANIFEST)["provenance"][0], other);
    assert_eq!(actions(&read(&before)), ["converted", "saved"]);
}

#[test]
fn p6_hls4ml_saved_what_has_no_manifest() {
    let model = read(&archive());
    let [step] = model.provenance.as_slice() else { panic!("{:?}", model.provenance) };
    assert_eq!((&*step.action, &*step.tool.name, &*step.tool.version), ("saved", "hls4ml", "1.3.0"));
}

#[test]
fn p7_steps_have_no_host_and_no_time() {
    let manifest = saved(&model()).json(MANIFEST);
    let expected = json!([{"action": "saved", "name": "hls4rs", "version": manifest["writer"]["version"]}]);
    assert_eq!((&manifest["provenance"], &manifest["writer"]["name"]), (&expected, &json!("hls4rs")));
    assert_eq!(manifest, saved(&model()).json(MANIFEST));
}
