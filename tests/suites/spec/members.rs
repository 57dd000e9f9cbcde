//! M: which members there are.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use hls4rs::archive::member::{CONFIG, DOCUMENTS, LAYERS, MANIFEST, STATE, VERSION, WEIGHTS};
use hls4rs::archive::write_npy;
use hls4rs::prelude::*;
use hls4rs_tests::Archive;
use tar::EntryType;

use super::{archive, large, model, names, read, refusal, saved};

#[test]
fn m1_documents_are_there() {
    for document in DOCUMENTS {
        let expected = format!("member `{document}`: expected in every archive");
        assert!(refusal(&archive().without(document).pack()).starts_with(&expected));
    }
}

#[test]
fn m2_other_members_are_kept() {
    let other = archive().with("notes/a.txt", "hello").with("unused.npy", "no array");
    let model = read(&other);
    assert_eq!(model.extra.keys().collect::<Vec<_>>(), ["notes/a.txt", "unused.npy"]);
    assert_eq!(saved(&model).content("unused.npy"), b"no array");
    let deep = write_npy("a", &Tensor::zeros(&[1; 33]).unwrap()).unwrap();
    assert!(refusal(&archive().with("unused.npy", deep).pack()).contains("(limit `rank`)"));
}

#[test]
fn m3_documents_first_then_small_then_large_then_the_manifest() {
    let mut model = large();
    for (name, size) in [("zz", 1), ("Z", 1), ("a_large", 70_000), ("input_data_tb.dat", 1)] {
        model.extra.insert(name.to_owned(), vec![b'1'; size]);
    }
    let small = ["Z", "fc1_bias_data.npy", "fc1_weight_data.npy", "fc2_b4_data.npy", "fc2_weight_data.npy"];
    let rest = ["input_data_tb.dat", "zz", "a_large", "fc1_noise.npy", "fc1_zeros.npy", MANIFEST];
    assert_eq!(names(&saved(&model)), [&[VERSION, CONFIG, STATE, LAYERS][..], &small, &rest].concat());
}

#[test]
fn m4_verbatim_is_in_the_order_of_names_behind_the_root() {
    let bytes = large().to_bytes(&SaveOptions::default().with_verbatim(true)).unwrap();
    let mut inside = Vec::new();
    MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut inside).unwrap();
    let mut archive = tar::Archive::new(inside.as_slice());
    let first = archive.entries().unwrap().next().unwrap().unwrap();
    assert_eq!(first.header().entry_type(), EntryType::Directory);
    assert_eq!(&*first.path_bytes(), b"/");
    let archive = Archive::of(&bytes);
    let [sorted @ .., last] = &*names(&archive) else { panic!("no members") };
    assert!(sorted.is_sorted() && sorted.contains(&"fc1_noise.npy"));
    assert_eq!(*last, MANIFEST);
}

#[test]
fn m5_plain_is_what_hls4ml_writes() {
    let mut model = model();
    for name in ["notes.txt", "unused.npy", "input_data_tb.npy", "output_data_tb.dat"] {
        model.extra.insert(name.to_owned(), vec![]);
    }
    let plain = Archive::saved(&model, &SaveOptions::default().with_plain(true));
    let is_known =
        |name: &&str| DOCUMENTS.contains(name) || name.starts_with("fc") || name.contains("put_data_tb.");
    assert!(names(&plain).iter().all(is_known), "{:?}", names(&plain));
    assert!(plain.has("input_data_tb.npy") && plain.has("output_data_tb.dat"));
}

#[test]
fn m6_kept_members_have_names_of_their_own() {
    for name in ["", "../evil", "/evil", "a\\b", "a/", CONFIG, LAYERS, WEIGHTS, MANIFEST] {
        for arrays in [ArrayLayout::Npy, ArrayLayout::Npz] {
            let mut model = model();
            model.extra.insert(name.to_owned(), b"{}".to_vec());
            let written = model.to_bytes(&SaveOptions::default().with_arrays(arrays));
            let error = written.unwrap_err().to_string();
            assert!(error.starts_with(&format!("member `{name}`: ")), "{error}");
        }
    }
}
