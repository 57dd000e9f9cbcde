//! Arrays that are missing, of other types, or not as large as their headers say.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::archive::write_npz;
use hls4rs::prelude::*;

use super::Hostile;
use crate::Archive;

const MEMBER: &str = "dense_1_w2_data.npy";
const MENTION: &str = "array `dense_1_w2_data.npy`";

/// Types of elements that are not read.
const TYPES: &[&str] = &[
    "<c8", "<c16", "<U5", "|S3", "|O", "O", "<f16", "<f12", "<f1", "<M8[ns]", "<m8[s]", "|V4", "<i16", "<u3",
    "|b8", "<", "", "float32", "\u{e9}",
];

/// Headers that are not what NumPy writes.
const HEADERS: &[&str] = &[
    "",
    "{}",
    "{'descr': '<f4'}",
    "{'descr': [('a', '<f4'), ('b', '<f4')], 'fortran_order': False, 'shape': (16, 12), }",
    "{'descr': '<f4', 'fortran_order': 1, 'shape': (16, 12), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 192, }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (16, -12), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (16, 12",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (16, 12, 1, 2), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (16, 12), 'shape': (1099511627776,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (16, 12), \"shape\": (1099511627776,), }",
    "__import__('os').system('true')",
];

/// A file of that header, before data of 16 × 12 elements of four bytes.
fn npy(header: &str) -> Vec<u8> {
    let length = (header.len() as u16 + 1).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), b"\n", &[0; 16 * 12 * 4]].concat()
}

pub(super) fn cases(archive: &Archive) -> Vec<Hostile> {
    let with = |name: String, content: Vec<u8>| {
        Hostile::new(name, archive.clone().with(MEMBER, content).pack(), &[MENTION])
    };
    let whole = archive.content(MEMBER).to_vec();
    let mut all = vec![
        with("an empty array".into(), Vec::new()),
        with("an array that is text".into(), b"hello".to_vec()),
        with("an array cut in its header".into(), whole[..60].to_vec()),
        with("an array cut in its data".into(), whole[..whole.len() - 1].to_vec()),
        with("an array with too much data".into(), [&whole[..], b"x"].concat()),
        with("an array of version 9".into(), [b"\x93NUMPY\x09\x00", &whole[8..]].concat()),
    ];
    all.extend(HEADERS.iter().map(|header| with(format!("the header `{header}`"), npy(header))));
    all.extend(TYPES.iter().map(|dtype| {
        let header = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': (16, 12), }}");
        with(format!("elements of the type `{dtype}`"), npy(&header))
    }));
    all.extend(references(archive));
    all
}

/// References to what is not there.
fn references(archive: &Archive) -> Vec<Hostile> {
    let place = &["dense_1 (Dense): attribute `weight_data`", "does not hold"];
    let refer = |name: &str| {
        let reference = format!("@ndarray:{name}");
        let edited = archive.clone().edited("model_arch.json", |layers| {
            layers["dense_1"]["state"]["attributes"]["weight_data"] = reference.into();
        });
        Hostile::new(format!("a reference to `{name}`"), edited.pack(), place)
    };
    let names =
        ["", "nowhere.npy", "../dense_1_w2_data.npy", "/etc/passwd", "./dense_1_w2_data.npy", "config.json"];
    let mut all: Vec<Hostile> = names.into_iter().map(refer).collect();
    let missing = archive.clone().without(MEMBER).pack();
    all.push(Hostile::new("a missing array", missing, &["dense_1 (Dense): attribute `weight`", MEMBER]));
    let packed = archive.clone().with("weights.npz", "PK").pack();
    all.push(Hostile::new("a broken weights.npz", packed, &["array `weights.npz`"]));
    for (name, fault) in [("../evil", "`..`"), ("/evil", "absolute"), ("a\nb", "control character")] {
        let tensor = Tensor::vector(vec![1f32]);
        let packed = write_npz("weights.npz", [(name, &tensor)]).unwrap();
        let bytes = archive.clone().with("weights.npz", packed).pack();
        all.push(Hostile::new(
            format!("weights.npz with an array named {name:?}"),
            bytes,
            &["member `", fault],
        ));
    }
    all
}
