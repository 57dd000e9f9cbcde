//! Archives that are opened only as far as they are needed, and large ones.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};

use flate2::read::MultiGzDecoder;
use hls4rs::archive::{Archive, ManifestCheck, Members, read_members, write_members};
use hls4rs::prelude::*;
use hls4rs::types::{DType, Order};
use hls4rs_tests::three_layers;

/// A model with arrays of several blocks: C and Fortran order, equal ones, noise and zeros.
fn large() -> Model {
    let mut model = Model::new(three_layers());
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(state >> 8) / f64::from(1 << 24) - 0.5) as f32
    };
    let noise = Tensor::new(&[300, 1000], (0..300_000).map(|_| next()).collect()).unwrap();
    let steps = (0..300_000).map(|i| (f64::from(i % 7) - 3.0).exp2()).collect();
    let steps = Tensor::with_order::<f64>(&[1000, 300], steps, Order::Fortran).unwrap();
    let bits = Tensor::new(&[200_000], (0..200_000).map(|i| i % 3 == 0).collect()).unwrap();
    let twin = Tensor::from_bytes(DType::F32, noise.shape(), Order::C, &noise.to_bytes().unwrap()).unwrap();
    let layer = model.graph.layer_mut("fc1").unwrap().state_mut();
    for (name, array) in [("noise", noise), ("steps", steps), ("bits", bits), ("twin", twin)] {
        layer.attributes.insert(name, array);
    }
    model
}

fn array(model: &Model, name: &str) -> Tensor {
    model.graph.layer("fc1").unwrap().state().array(name).unwrap().clone()
}

#[test]
fn arrays_stay_in_the_file_until_they_are_needed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.fml");
    let model = large();
    model.save(&path).unwrap();
    assert!(fs::metadata(&path).unwrap().len() > 1 << 20);
    let archive = Archive::open(&path).unwrap();
    assert!(archive.is_indexed());
    let lazy = archive.clone().into_model().unwrap();
    let (noise, steps) = (array(&lazy, "noise"), array(&lazy, "steps"));
    assert!(!noise.is_loaded() && !steps.is_loaded());
    assert_eq!((noise.shape(), steps.order()), (&[300, 1000][..], Order::Fortran));
    assert_eq!(steps, array(&model, "steps"));
    assert!(steps.is_loaded() && !noise.is_loaded());
    assert_eq!(lazy, model);
    assert_eq!(archive.array("fc1_bits.npy").unwrap(), array(&model, "bits"));
}

#[test]
fn a_file_that_is_replaced_meanwhile_stays_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.fml");
    let model = large();
    model.save(&path).unwrap();
    let lazy = Archive::open(&path).unwrap().into_model().unwrap();
    Model::new(three_layers()).save(&path).unwrap();
    assert_eq!(lazy, model);
    // also by itself
    model.save(&path).unwrap();
    let lazy = Archive::open(&path).unwrap().into_model().unwrap();
    lazy.save(&path).unwrap();
    assert_eq!(Model::open(&path).unwrap(), model);
}

#[test]
fn damage_is_an_error_when_the_array_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.fml");
    large().save(&path).unwrap();
    let mut file = File::options().read(true).write(true).open(&path).unwrap();
    let middle = file.metadata().unwrap().len() / 2;
    file.seek(SeekFrom::Start(middle)).unwrap();
    let mut byte = [0];
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(middle)).unwrap();
    file.write_all(&[byte[0] ^ 1]).unwrap();
    drop(file);
    let archive = Archive::open(&path).unwrap();
    let error = archive.load().unwrap_err().to_string();
    assert!(error.starts_with("array `fc1_") && error.contains(".npy`: "), "{error}");
    let model = archive.into_model().unwrap();
    let found: Vec<bool> = ["noise", "steps", "bits"].map(|name| array(&model, name).load().is_ok()).into();
    assert_eq!(found.iter().filter(|is_loaded| !**is_loaded).count(), 1, "{found:?}");
    assert!(Model::open(&path).is_err());
    // what cannot be loaded cannot be saved, and nothing is lost by trying
    let before = fs::read(&path).unwrap();
    assert!(model.save(&path).is_err());
    assert!(fs::read(&path).unwrap() == before);
}

#[test]
fn equal_arrays_are_stored_and_held_once() {
    let model = large();
    let bytes = model.to_bytes(&SaveOptions::default()).unwrap();
    let members = read_members(&bytes).unwrap();
    assert!(members.contains_key("fc1_noise.npy") && !members.contains_key("fc1_twin.npy"));
    let again = Model::from_bytes(&bytes, &ReadOptions::default()).unwrap();
    assert!(array(&again, "noise").shares_memory(&array(&again, "twin")));
    // also where an archive holds them twice, as hls4ml's do
    let verbatim = SaveOptions::default().with_verbatim(true);
    let members = model.to_members(&verbatim).unwrap();
    assert!(members.contains_key("fc1_twin.npy"));
    let one_stream = gzip_at_once(&write_members(&members, 1, true).unwrap());
    let again = Model::from_bytes(&one_stream, &ReadOptions::default()).unwrap();
    assert!(array(&again, "noise").shares_memory(&array(&again, "twin")));
    assert_eq!(again, model);
}

/// The same tar archive in one gzip member, as everybody else writes it.
fn gzip_at_once(blocks: &[u8]) -> Vec<u8> {
    let mut inside = Vec::new();
    MultiGzDecoder::new(blocks).read_to_end(&mut inside).unwrap();
    hls4rs_tests::gzip(&inside)
}

#[test]
fn blocks_and_one_stream_are_the_same_archive() {
    let model = large();
    for level in [0, 1, 5, 9] {
        let options = SaveOptions::default().with_level(level);
        let blocks = model.to_bytes(&options).unwrap();
        assert!(blocks == model.to_bytes(&options).unwrap());
        let stream = gzip_at_once(&blocks);
        let open = |bytes: &[u8]| Archive::from_bytes(bytes, &ReadOptions::default()).unwrap();
        assert!(open(&blocks).is_indexed() && !open(&stream).is_indexed());
        for bytes in [&blocks, &stream] {
            assert_eq!(open(bytes).into_model().unwrap(), model);
            assert_eq!(read_members(bytes).unwrap(), model.to_members(&options).unwrap());
        }
    }
}

#[test]
fn the_same_bytes_with_any_number_of_threads() {
    let model = large();
    let write = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| model.to_bytes(&SaveOptions::default()).unwrap())
    };
    let one = write(1);
    assert!(one == write(2) && one == write(7));
}

#[test]
fn weights_with_all_their_bits_are_not_squeezed() {
    let size = |level| large().to_bytes(&SaveOptions::default().with_level(level)).unwrap().len();
    // 1.2 MB of noise as they are; the others get much smaller
    assert!((1_200_000..1_230_000).contains(&size(5)), "{}", size(5));
    assert!(size(7) < 1_150_000, "{}", size(7));
}

#[test]
fn a_manifest_tells_which_member_differs() {
    let model = large();
    let members = model.to_members(&SaveOptions::default()).unwrap();
    let open = |members: &Members, check| {
        let bytes = write_members(members, 1, false).unwrap();
        Archive::from_bytes(bytes, &ReadOptions::default().with_manifest(check))
    };
    let archive = open(&members, ManifestCheck::Everything).unwrap();
    assert_eq!(archive.check().unwrap(), []);
    let manifest = archive.manifest().unwrap();
    assert_eq!(manifest.members.len(), members.len() - 1);
    assert!(manifest.provenance.last().unwrap().action == "saved");

    let faults = |change: &dyn Fn(&mut Members)| {
        let mut members = members.clone();
        change(&mut members);
        let archive = open(&members, ManifestCheck::Nothing).unwrap();
        let found = archive.check().unwrap();
        let found: Vec<String> = found.iter().map(|(name, fault)| format!("{name}: {fault}")).collect();
        let refused = [ManifestCheck::Documents, ManifestCheck::Everything]
            .map(|check| open(&members, check).map(drop).map_err(|error| error.to_string()));
        (found, refused)
    };
    let (found, refused) = faults(&|members| members["fc1_noise.npy"][200_000] ^= 1);
    assert!(found[0].starts_with("fc1_noise.npy: expected the SHA-256 ") && found.len() == 1, "{found:?}");
    assert!(refused[0].is_ok() && refused[1].as_ref().unwrap_err().starts_with("member `fc1_noise.npy`: "));
    let (found, refused) = faults(&|members| drop(members.insert("more.txt".to_owned(), vec![])));
    assert_eq!(found, ["more.txt: not listed in the manifest"]);
    assert!(refused.iter().all(Result::is_err));
    let (found, refused) = faults(&|members| drop(members.shift_remove("fc1_bits.npy")));
    assert_eq!(found, ["fc1_bits.npy: listed in the manifest, but not there"]);
    assert!(refused.iter().all(Result::is_err));
    let (found, refused) = faults(&|members| members["config.json"].push(b' '));
    assert_eq!(found.len(), 1);
    assert!(refused.iter().all(Result::is_err));
    let swap = |members: &mut Members| {
        let text = String::from_utf8(members["config.json"].clone()).unwrap();
        members["config.json"] = text.replacen("null", "true", 1).into_bytes();
    };
    let (found, refused) = faults(&swap);
    assert!(found[0].starts_with("config.json: expected the SHA-256"), "{found:?}");
    assert!(refused.iter().all(Result::is_err));
}

#[test]
fn provenance_grows_by_what_is_new() {
    let model = large();
    let steps = |model: &Model| -> Vec<String> {
        model.provenance.iter().map(|step| format!("{} {}", step.action, step.tool.name)).collect()
    };
    let reopen = |model: &Model| {
        Model::from_bytes(&model.to_bytes(&SaveOptions::default()).unwrap(), &ReadOptions::default()).unwrap()
    };
    let once = reopen(&model);
    assert_eq!((steps(&model).len(), steps(&once)), (0, vec!["saved hls4rs".to_owned()]));
    let twice = reopen(&once);
    assert_eq!(steps(&twice), steps(&once));
    let bytes = |model: &Model| model.to_bytes(&SaveOptions::default()).unwrap();
    assert!(bytes(&once) == bytes(&twice));
}

/// Blocks that others may write: cut anywhere, also within elements, headers and padding.
#[test]
fn blocks_may_be_cut_anywhere() {
    let model = large();
    let mut inside = Vec::new();
    MultiGzDecoder::new(model.to_bytes(&SaveOptions::default()).unwrap().as_slice())
        .read_to_end(&mut inside)
        .unwrap();
    for size in [511, 4096, 65_537, 300_001, inside.len()] {
        let bytes: Vec<u8> = inside.chunks(size).flat_map(block).collect();
        let archive = Archive::from_bytes(bytes, &ReadOptions::default()).unwrap();
        assert!(archive.is_indexed(), "{size}");
        // nothing is left in a block that others lie in, too: each of them would unpack all of it
        let arrays =
            ["fc1_noise.npy", "fc1_steps.npy", "fc1_bits.npy"].map(|name| archive.array(name).unwrap());
        assert!(arrays.iter().all(Tensor::is_loaded), "{size}");
        assert_eq!(archive.verify().unwrap(), [], "{size}");
        assert_eq!(archive.into_model().unwrap(), model, "{size}");
    }
}

/// A block as the specification has it.
fn block(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::GzBuilder::new()
        .extra([b"H4\x08\0".as_slice(), &[0; 4], &(content.len() as u32).to_le_bytes()].concat())
        .write(Vec::new(), flate2::Compression::new(1));
    encoder.write_all(content).unwrap();
    let mut block = encoder.finish().unwrap();
    let size = (block.len() as u32).to_le_bytes();
    block[16..20].copy_from_slice(&size);
    block
}

/// Every byte of the file is looked at when everything is loaded: whichever is changed, it is an error, but in the
/// header of a block. What is there is not needed: without a field that fits, the file is read as one stream.
#[test]
fn no_byte_changes_anything_unnoticed() {
    let model = large();
    let bytes = model.to_bytes(&SaveOptions::default()).unwrap();
    let mut starts = vec![0];
    while let Some(size) = bytes.get(starts[starts.len() - 1] + 16..).and_then(|rest| rest.first_chunk()) {
        starts.push(starts[starts.len() - 1] + u32::from_le_bytes(*size) as usize);
    }
    let mut at = 0;
    while at < bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x40;
        if let Ok(read) = Model::from_bytes(&changed, &ReadOptions::default()) {
            assert_eq!(read, model, "byte {at}");
            let start = starts.iter().rev().find(|start| **start <= at).unwrap();
            // deflate leaves five bits unused before what it stores
            let is_stored = at - start >= 24 && bytes[at] <= 1;
            assert!(is_stored || (3..24).contains(&(at - start)), "byte {at}, {} of its block", at - start);
        }
        at += if at < 4096 { 7 } else { 9973 };
    }
}

/// Blocks of one array are packed by several threads, each of which finds it not loaded.
#[test]
fn what_is_still_in_the_file_can_be_saved_by_all_cores() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.fml");
    let model = large();
    model.save(&path).unwrap();
    let plain = SaveOptions::default().with_plain(true).with_level(1);
    for options in [plain.clone(), plain.with_verbatim(true), SaveOptions::default().with_verbatim(true)] {
        let expected = model.to_bytes(&options).unwrap();
        for threads in [1, 2, 4, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let lazy = Archive::open(&path).unwrap().into_model().unwrap();
            let mut bytes = pool.install(|| lazy.to_bytes(&options).unwrap());
            if !options.plain {
                // where the model came from is another story
                let again = Model::from_bytes(&bytes, &ReadOptions::default()).unwrap();
                assert_eq!(again, model);
                bytes = expected.clone();
            }
            assert!(bytes == expected, "{threads} threads");
        }
    }
}
