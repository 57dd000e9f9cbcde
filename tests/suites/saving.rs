//! A file that exists is replaced by a whole new one, or stays as it is; nothing else is left behind.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;

use hls4rs::layers::layers::{Dense, Input};
use hls4rs::prelude::*;
use hls4rs_tests::{ramp, three_layers};
use tempfile::TempDir;

/// Names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A folder with a file `model.fml` that holds something else.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("model.fml"), "old").unwrap();
    folder
}

/// Nothing happened to the folder.
fn assert_untouched(folder: &TempDir) {
    assert_eq!(names(folder.path()), ["model.fml"]);
    assert_eq!(fs::read(folder.path().join("model.fml")).unwrap(), b"old");
}

/// A model with a text that would be taken for a reference to an array.
fn unsavable() -> Model {
    let mut graph = three_layers();
    let attributes = &mut graph.layer_mut("fc1").unwrap().state_mut().attributes;
    attributes.insert("note", vec!["fine", "@ndarray:fc1_weight_data.npy"]);
    Model::new(graph)
}

#[test]
fn the_old_file_is_replaced() {
    let folder = folder();
    let path = folder.path().join("model.fml");
    let model = Model::new(three_layers());
    model.save(&path).unwrap();
    assert_eq!(names(folder.path()), ["model.fml"]);
    assert_eq!(fs::read(&path).unwrap(), model.to_bytes(&SaveOptions::default()).unwrap());
    assert_eq!(hls4rs::open(&path).unwrap(), model);
}

#[test]
fn a_text_that_looks_like_a_reference_is_refused() {
    let folder = folder();
    let error = unsavable().save(folder.path().join("model.fml")).unwrap_err();
    assert!(matches!(error, ArchiveError::ReservedText { .. }));
    let expected = "fc1 (Dense): a text may not begin with `@ndarray:`, found `@ndarray:fc1_weight_data.npy`";
    assert_eq!(error.to_string(), expected);
    assert_untouched(&folder);
}

#[test]
fn members_of_layers_with_long_names_have_short_ones() {
    let mut graph = ModelGraph::new(Config::default());
    let (input, first, second) = ("é".repeat(1000), "d".repeat(5000), format!("{}2", "d".repeat(5000)));
    graph.set_io([input.as_str()], [second.as_str()]);
    graph.add(Input::builder(&input).input_shape([4])).unwrap();
    graph.add(Dense::builder(&first).n_in(4).n_out(3).weight(ramp(&[4, 3])).bias(ramp(&[3]))).unwrap();
    graph.add(Dense::builder(&second).n_in(3).n_out(2).weight(ramp(&[3, 2]))).unwrap();
    let model = Model::new(graph);
    let bytes = model.to_bytes(&SaveOptions::default()).unwrap();
    assert_eq!(Model::from_bytes(&bytes, &ReadOptions::default()).unwrap(), model);
    let members = model.to_members(&SaveOptions::default().with_plain(true)).unwrap();
    assert_eq!(members.len(), 4 + 4);
    assert!(members.keys().all(|name| name.len() <= 255), "{:?}", members.keys());
}

#[test]
fn a_folder_that_does_not_exist_is_an_error() {
    let folder = folder();
    let path = folder.path().join("gone/model.fml");
    let error = Model::new(three_layers()).save(&path).unwrap_err();
    assert!(matches!(error, ArchiveError::Io { .. }));
    assert!(error.to_string().starts_with(&format!("{}: ", path.display())), "{error}");
    assert_untouched(&folder);
}

#[test]
fn a_file_is_no_folder() {
    let folder = folder();
    let error = Model::new(three_layers()).save(folder.path().join("model.fml/inside.fml")).unwrap_err();
    assert!(matches!(error, ArchiveError::Io { .. }), "{error}");
    assert_untouched(&folder);
}

#[test]
fn a_folder_is_not_replaced() {
    let folder = folder();
    let path = folder.path().join("taken");
    fs::create_dir(&path).unwrap();
    let error = Model::new(three_layers()).save(&path).unwrap_err();
    assert!(matches!(error, ArchiveError::Io { .. }), "{error}");
    assert_eq!(names(folder.path()), ["model.fml", "taken"]);
    assert_eq!(names(&path), Vec::<String>::new());
}

#[cfg(unix)]
mod unix {
    //! What concerns permissions and links.

    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_folder_that_may_not_be_written_keeps_its_file() {
        let folder = folder();
        let path = folder.path().join("model.fml");
        set_mode(folder.path(), 0o555);
        let may_write_anyway = fs::write(folder.path().join("probe"), "").is_ok();
        let saved = Model::new(three_layers()).save(&path);
        set_mode(folder.path(), 0o755);
        if may_write_anyway {
            // the administrator may write everywhere
            saved.unwrap();
            assert_eq!(names(folder.path()), ["model.fml", "probe"]);
            assert_eq!(hls4rs::open(&path).unwrap(), Model::new(three_layers()));
        } else {
            assert!(matches!(saved, Err(ArchiveError::Io { .. })));
            assert_untouched(&folder);
        }
    }

    #[test]
    fn permissions_stay() {
        let folder = folder();
        let (old, new) = (folder.path().join("model.fml"), folder.path().join("new.fml"));
        let usual = mode(&old);
        set_mode(&old, 0o600);
        for path in [&old, &new] {
            Model::new(three_layers()).save(path).unwrap();
        }
        assert_eq!((mode(&old), mode(&new)), (0o600, usual));
    }

    #[test]
    fn links_stay_links() {
        let folder = folder();
        let link = folder.path().join("link.fml");
        symlink("model.fml", &link).unwrap();
        Model::new(three_layers()).save(&link).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(names(folder.path()), ["link.fml", "model.fml"]);
        assert!(hls4rs::open(folder.path().join("model.fml")).is_ok());
    }

    #[test]
    fn a_link_to_nowhere_is_an_error() {
        let folder = folder();
        symlink("nowhere/model.fml", folder.path().join("link.fml")).unwrap();
        let saved = Model::new(three_layers()).save(folder.path().join("link.fml"));
        assert!(matches!(saved, Err(ArchiveError::Io { .. })));
        assert_eq!(names(folder.path()), ["link.fml", "model.fml"]);
    }
}
