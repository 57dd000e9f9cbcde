//! B: the chain of blocks.

use std::io::{Read, Write};

use flate2::read::MultiGzDecoder;
use flate2::{Compression, GzBuilder};
use hls4rs::archive::Archive as Opened;
use hls4rs::prelude::*;
use hls4rs_tests::gzip;

use super::{large, model};

/// A block as the specification has it, not made by hls4rs.
fn block(content: &[u8]) -> Vec<u8> {
    let mut field = b"H4\x08\x00\0\0\0\0".to_vec();
    field.extend((content.len() as u32).to_le_bytes());
    let mut encoder = GzBuilder::new().extra(field).write(Vec::new(), Compression::new(1));
    encoder.write_all(content).unwrap();
    let mut block = encoder.finish().unwrap();
    let size = (block.len() as u32).to_le_bytes();
    block[16..20].copy_from_slice(&size);
    block
}

fn number(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

/// The blocks of a file, found by their fields.
fn blocks(mut file: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while !file.is_empty() {
        assert_eq!(&file[12..16], b"H4\x08\x00");
        let (block, rest) = file.split_at(number(file, 16));
        found.push(block);
        file = rest;
    }
    found
}

fn unpack(bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut content).unwrap();
    content
}

fn bytes(model: &Model, level: u32) -> Vec<u8> {
    model.to_bytes(&SaveOptions::default().with_level(level)).unwrap()
}

fn open(bytes: &[u8]) -> Result<Opened, ArchiveError> {
    Opened::from_bytes(bytes, &ReadOptions::default())
}

fn place(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).position(|window| window == what).unwrap()
}

#[test]
fn b1_the_field_says_how_long_the_block_is() {
    let file = bytes(&large(), 5);
    let blocks = blocks(&file);
    assert!(blocks.len() > 3);
    for block in &blocks {
        assert_eq!(&block[..16], b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x0c\0H4\x08\0");
        assert_eq!((number(block, 16), number(block, 20)), (block.len(), unpack(block).len()));
    }
    // also with further fields behind, and a name
    let content = unpack(&file);
    let mut other = block(&content);
    let field = [other[12..24].to_vec(), b"XY\x02\0ab".to_vec()].concat();
    let builder = GzBuilder::new().extra(field).filename("model.tar").mtime(7);
    let mut encoder = builder.write(Vec::new(), Compression::new(1));
    encoder.write_all(&content).unwrap();
    other = encoder.finish().unwrap();
    let size = (other.len() as u32).to_le_bytes();
    other[16..20].copy_from_slice(&size);
    assert!(open(&other).unwrap().is_indexed());
}

#[test]
fn b2_a_file_of_blocks_is_indexed_and_any_other_is_a_stream() {
    let file = bytes(&large(), 5);
    let mixed = [file.clone(), gzip(b"")].concat();
    let stream = gzip(&unpack(&file));
    for (bytes, is_indexed) in [(&file, true), (&mixed, false), (&stream, false)] {
        let archive = open(bytes).unwrap();
        assert_eq!(archive.is_indexed(), is_indexed);
        assert_eq!(archive.into_model().unwrap(), large());
    }
}

#[test]
fn b3_a_damaged_block_is_refused_before_it_gives_anything() {
    let file = bytes(&large(), 0);
    // a small array, in a block that ends with its padding, before blocks that are left out
    let mut damaged = file.clone();
    let at = place(&file, b"fc2_weight_data.npy\0") + 512 + 128;
    assert!(at < number(&file, 16));
    damaged[at] ^= 1;
    assert!(open(&damaged).unwrap_err().to_string().starts_with("gzip: "));
    // a large one waits until it is needed
    let mut damaged = file.clone();
    let at = place(&file, b"fc1_noise.npy\0") + 100_000;
    damaged[at] ^= 1;
    let archive = open(&damaged).unwrap();
    let error = archive.load().unwrap_err().to_string();
    assert!(error.starts_with("array `fc1_noise.npy`: "), "{error}");
}

#[test]
fn b3_a_field_that_lies_is_refused() {
    let file = bytes(&large(), 0);
    let first = number(&file, 16);
    for (at, lie) in [(20, number(&file, 20) + 512), (20, number(&file, 20) - 512)] {
        let mut lying = file.clone();
        lying[at..at + 4].copy_from_slice(&(lie as u32).to_le_bytes());
        assert!(Model::from_bytes(&lying, &ReadOptions::default()).is_err(), "{lie}");
    }
    // the first block says that it is the first two
    let mut lying = file.clone();
    let (packed, unpacked) =
        (first + number(&file, first + 16), number(&file, 20) + number(&file, first + 20));
    lying[16..20].copy_from_slice(&(packed as u32).to_le_bytes());
    lying[20..24].copy_from_slice(&(unpacked as u32).to_le_bytes());
    assert!(Model::from_bytes(&lying, &ReadOptions::default()).is_err());
}

#[test]
fn b3_a_small_member_before_a_large_one_in_its_block_is_checked() {
    let content = unpack(&bytes(&large(), 0));
    let mut file = content.chunks(200_000).flat_map(block).collect::<Vec<_>>();
    assert!(open(&file).unwrap().is_indexed());
    // the checksum of the first block
    let end = number(&file, 16) - 8;
    file[end] ^= 1;
    assert!(open(&file).is_err());
}

#[test]
fn b4_borders_of_blocks_may_be_anywhere() {
    let content = unpack(&bytes(&large(), 0));
    for size in [777, 4096, 100_001, 10_000_000] {
        let file: Vec<u8> = content.chunks(size).flat_map(block).collect();
        let archive = open(&file).unwrap();
        assert!(archive.is_indexed());
        assert_eq!(archive.into_model().unwrap(), large(), "{size}");
    }
}

#[test]
fn b5_large_members_have_blocks_of_their_own() {
    let mut model = large();
    // a document is never large
    model.graph.config.options.insert("Note", "x".repeat(100_000));
    model.extra.insert("edge".to_owned(), vec![1; 64 * 1024]);
    model.extra.insert("below".to_owned(), vec![1; 64 * 1024 - 1]);
    let file = bytes(&model, 5);
    let sizes: Vec<usize> = blocks(&file).iter().map(|block| number(block, 20)).collect();
    assert!(sizes.iter().all(|size| *size <= 256 * 1024));
    let borders: Vec<usize> = sizes
        .iter()
        .scan(0, |sum, size| {
            *sum += size;
            Some(*sum)
        })
        .collect();
    let content = unpack(&file);
    let mut found = Vec::new();
    for entry in tar::Archive::new(content.as_slice()).entries().unwrap() {
        let entry = entry.unwrap();
        let begin = entry.raw_header_position() as usize;
        let end = begin + 512 + (entry.size() as usize).next_multiple_of(512);
        if borders.contains(&begin) && borders.contains(&end) {
            found.push(entry.path().unwrap().to_str().unwrap().to_owned());
        }
    }
    assert_eq!(found, ["edge", "fc1_noise.npy", "fc1_zeros.npy"]);
}

#[test]
fn b6_what_does_not_get_smaller_is_stored() {
    let size = |level| bytes(&large(), level).len();
    assert!(size(5) > 360_000 && size(7) < 350_000, "{} {}", size(5), size(7));
}

#[test]
fn b7_the_same_model_gives_the_same_bytes() {
    let write = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bytes(&large(), 5))
    };
    assert!(write(1) == write(3));
    assert!(bytes(&model(), 5) == bytes(&model(), 5));
}
