//! Blocks that are not what their headers say.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::archive::write_members;

use super::Hostile;
use crate::Archive;

/// Where the sizes stand in the header of a block.
const PACKED: std::ops::Range<usize> = 16..20;
const UNPACKED: std::ops::Range<usize> = 20..24;

pub(super) fn cases(archive: &Archive) -> Vec<Hostile> {
    let mut members: hls4rs::archive::Members = archive.members.iter().cloned().collect();
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    members.insert("noise.bin".to_owned(), (0..300_000).map(|_| next()).collect());
    members.insert("small.txt".to_owned(), b"behind".to_vec());
    let bytes = write_members(&members, 5, false).unwrap();
    let starts = starts(&bytes);
    assert_eq!(starts.len(), 4);
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        bytes
    };
    let hostile = |name: &str, bytes: Vec<u8>| Hostile::new(name, bytes, &["gzip: "]);
    let number = |bytes: &mut [u8], add: i64| {
        let old = u32::from_le_bytes(bytes.try_into().unwrap());
        bytes.copy_from_slice(&u32::try_from(i64::from(old) + add).unwrap().to_le_bytes());
    };
    let mut all = Vec::new();
    for (block, start) in starts.iter().enumerate() {
        let field = |range: &std::ops::Range<usize>| start + range.start..start + range.end;
        for add in [-1, 1, 512, 1 << 20] {
            let bytes = changed(&|bytes| number(&mut bytes[field(&UNPACKED)], add));
            all.push(hostile(&format!("block {block} says it has {add} bytes more"), bytes));
        }
        let end = starts.get(block + 1).copied().unwrap_or(bytes.len());
        let bytes = changed(&|bytes| bytes[end - 5] ^= 1);
        all.push(hostile(&format!("block {block} has another checksum"), bytes));
    }
    // two blocks that say that they are one: other readers of gzip would see both
    let hidden = changed(&|bytes| {
        let size = starts[2] - starts[1];
        number(&mut bytes[starts[0] + PACKED.start..starts[0] + PACKED.end], i64::try_from(size).unwrap());
    });
    all.push(hostile("a block that hides another one", hidden));
    all
}

/// Where the blocks begin, by what their headers say.
fn starts(bytes: &[u8]) -> Vec<usize> {
    let (mut starts, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        starts.push(at);
        let size = &bytes[at + PACKED.start..at + PACKED.end];
        at += u32::from_le_bytes(size.try_into().unwrap()) as usize;
    }
    starts
}
