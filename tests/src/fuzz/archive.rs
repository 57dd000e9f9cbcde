//! Archives: what is read is written and read back.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::archive::{Archive, ManifestCheck, ReadLimits, read_npy};
use hls4rs::prelude::*;

use super::check_message;
use crate::gzip;

/// The size of a tar block in bytes; where the checksum, the size of a member and the magic word are.
const UNIT: usize = 512;
const MAGIC: &[u8] = b"ustar";
const MAGIC_AT: usize = 257;
const CHECKSUM: std::ops::Range<usize> = 148..156;
const SIZE: std::ops::Range<usize> = 124..136;

/// An archive: first as it is, then as the tar archive inside of one, then the same with headers that are right,
/// up to the first that is read.
pub fn archive(bytes: &[u8]) {
    if read_and_write(bytes) || read_and_write(&gzip(bytes)) {
        return;
    }
    read_and_write(&gzip(&mended(bytes)));
}

/// Whether these are the bytes of an archive.
fn read_and_write(bytes: &[u8]) -> bool {
    let limits = ReadLimits::default()
        .with_unpacked(16 << 20)
        .with_elements(1 << 20)
        .with_total_elements(1 << 20)
        .with_json(1 << 20);
    let options = ReadOptions::default().with_limits(limits);
    match Model::from_bytes(bytes, &options) {
        Ok(model) => {
            check_written(&model);
            check_listings(&model);
            check_others(bytes, &options);
            true
        }
        Err(error) => {
            check_message(&error);
            false
        }
    }
}

fn check_written(model: &Model) {
    let cheap = SaveOptions::default().with_level(1);
    let verbatim = cheap.clone().with_verbatim(true);
    let bytes = model.to_bytes(&verbatim).unwrap();
    assert!(model.to_bytes(&verbatim).unwrap() == bytes, "the second time other bytes");
    // documents grow: Python indents them
    let options = ReadOptions::default().with_limits(ReadLimits::default().with_json(1 << 30));
    let back = Model::from_bytes(&bytes, &options).unwrap();
    assert!(back == *model, "read back as another model: {:?}", hls4rs::diff(model, &back));
    assert!(back.to_bytes(&verbatim).unwrap() == bytes, "read back, other bytes");
    // repairs change the model, but not whether it can be read
    let repaired = model.to_bytes(&cheap).unwrap();
    Model::from_bytes(&repaired, &options.with_manifest(ManifestCheck::Everything)).unwrap();
}

/// What the command shows of a model.
fn check_listings(model: &Model) {
    model.graph.verify().iter().for_each(|found| drop(found.to_string()));
    let _ = (model.graph.to_string(), hls4rs::inspect(model));
}

/// Other ways to look at an archive that is read.
fn check_others(bytes: &[u8], options: &ReadOptions) {
    let archive = Archive::from_bytes(bytes, options).unwrap();
    archive.check().unwrap();
    let names: Vec<String> = archive.members().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        let content = archive.member(&name).unwrap().unwrap();
        if let Ok(array) = archive.array(&name) {
            assert_eq!(read_npy(&name, &content).unwrap(), array);
        }
    }
    let changes = archive.migrations().unwrap();
    match Model::from_bytes(bytes, &options.clone().with_migrate(true)) {
        Ok(migrated) if !changes.is_empty() => check_written(&migrated),
        Ok(_) => {}
        Err(error) => check_message(&error),
    }
}

/// The tar archive with sizes and checksums that are right: a member ends where the next header begins, by its magic word.
/// So bytes can be put into a member, or taken out of it.
fn mended(tar: &[u8]) -> Vec<u8> {
    let magics = tar.windows(MAGIC.len()).enumerate().filter(|(_, word)| *word == MAGIC);
    let mut starts: Vec<usize> = magics.filter_map(|(at, _)| at.checked_sub(MAGIC_AT)).collect();
    starts.push(tar.len());
    let mut mended = Vec::new();
    for pair in starts.windows(2) {
        let Some((header, content)) = tar.get(pair[0]..pair[1]).and_then(|all| all.split_at_checked(UNIT))
        else {
            continue;
        };
        let mut header = header.to_vec();
        let digits: String = header[SIZE].iter().map(|byte| char::from(*byte)).collect();
        let said = usize::from_str_radix(digits.trim_matches(['\0', ' ']), 8).unwrap_or(0);
        let filled = content.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let size = if filled <= said && said <= content.len() { said } else { filled };
        header[SIZE].copy_from_slice(format!("{size:011o}\0").as_bytes());
        header[CHECKSUM].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        mended.extend(header);
        mended.extend(&content[..size]);
        mended.resize(mended.len().next_multiple_of(UNIT), 0);
    }
    mended.resize(mended.len() + 2 * UNIT, 0);
    mended
}
