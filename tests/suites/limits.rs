//! Every limit refuses what is beyond it, tells which limit it was, and takes what is just within it.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use ::tar::EntryType;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use hls4rs::archive::{ArchiveError, Limit, ReadLimits, write_members, write_npz};
use hls4rs::prelude::*;
use hls4rs_tests::{Archive, Member, tar, three_layers};

fn bytes() -> Vec<u8> {
    Model::new(three_layers()).to_bytes(&SaveOptions::default()).unwrap()
}

/// Which limit refused the archive.
fn refused(bytes: &[u8], limits: ReadLimits) -> Option<(Limit, String)> {
    match Model::from_bytes(bytes, &ReadOptions::default().with_limits(limits)) {
        Err(ArchiveError::Limit { place, limit, .. }) => Some((limit, place)),
        Ok(_) => None,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn what_is_just_within_a_limit_is_read() {
    let model = Model::new(three_layers());
    let members = model.to_members(&SaveOptions::default()).unwrap();
    let bytes = write_members(&members, 5, false).unwrap();
    let largest = |of: &dyn Fn(&str, usize) -> bool| {
        let sizes =
            members.iter().filter(|(name, bytes)| of(name, bytes.len())).map(|(_, bytes)| bytes.len());
        sizes.max().unwrap() as u64
    };
    let unpacked =
        members.values().map(|bytes| 512 + bytes.len().next_multiple_of(512)).sum::<usize>() + 1024;
    for (limit, least) in [
        (Limit::Compressed, bytes.len() as u64),
        (Limit::Unpacked, unpacked as u64),
        (Limit::Ratio, 0),
        (Limit::Members, members.len() as u64),
        (Limit::Member, largest(&|_, _| true)),
        (Limit::Name, "hls4rs/manifest.json".len() as u64),
        (Limit::Json, largest(&|name, _| name.ends_with(".json"))),
        (Limit::Rank, 2),
        (Limit::Elements, 12),
        (Limit::TotalElements, 12 + 3 + 6 + 2),
    ] {
        let with = |value| refused(&bytes, ReadLimits::default().with(limit, value));
        assert_eq!(with(least), None, "{limit:?}");
        if least > 0 {
            assert_eq!(with(least - 1).map(|(limit, _)| limit), Some(limit), "{limit:?}");
        }
    }
    let deep = |value| refused(&bytes, ReadLimits::default().with_json_depth(value));
    let least = (1..127).find(|depth| deep(*depth).is_none()).unwrap();
    assert!((4..20).contains(&least), "{least}");
    assert!(
        matches!(deep(least - 1), Some((Limit::JsonDepth, place)) if place == "member `model_arch.json`")
    );
}

#[test]
fn a_message_tells_the_limit_and_what_to_do() {
    let options = ReadOptions::default().with_limits(ReadLimits::default().with_members(2));
    let error = Model::from_bytes(&bytes(), &options).unwrap_err();
    assert_eq!(error.to_string(), "tar: expected at most 2 members, found 3 or more (limit `members`)");
    assert!(error.help().unwrap().contains("--limit NAME=N"));
    for limit in Limit::ALL {
        assert_eq!(limit.field().parse(), Ok(limit));
    }
}

/// As tightly as can be.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(9));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A golden with another member, which claims what it likes.
fn with(member: Member) -> Vec<u8> {
    let golden = Archive::golden("mlp-vivado-io_parallel");
    let mut members: Vec<Member> =
        golden.members.iter().map(|(name, content)| Member::plain(name, content)).collect();
    members.extend([member, Member::plain("last", b"")]);
    gzip(&tar(&members))
}

#[test]
fn the_defaults_refuse_what_no_network_has() {
    let zeros = vec![0; 40 << 20];
    let header = |shape: &str| {
        let text = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({shape}), }}");
        let length = (text.len() as u16 + 1).to_le_bytes();
        [b"\x93NUMPY\x01\x00", &length[..], text.as_bytes(), b"\n"].concat()
    };
    let ranks = "1, ".repeat(33);
    let pax = |record: &str| Member::extension(EntryType::XHeader, record.as_bytes());
    for (what, bytes, limit) in [
        ("zeros", with(Member::plain("zeros.bin", &zeros)), Limit::Ratio),
        (
            "zeros in an array",
            with(Member::plain("z.npy", &[header(&zeros.len().to_string()), zeros.clone()].concat())),
            Limit::Ratio,
        ),
        (
            "a document of blanks",
            Archive::golden("mlp-vivado-io_parallel").with("config.json", vec![b' '; (32 << 20) + 1]).pack(),
            Limit::Json,
        ),
        ("many dimensions", with(Member::plain("a.npy", &[header(&ranks), vec![0]].concat())), Limit::Rank),
        (
            "many elements",
            with(Member::plain("a.npy", &[header("32768, 32769"), vec![0]].concat())),
            Limit::Elements,
        ),
        ("a long name", with(Member::extension(EntryType::GNULongName, &[b'a'; 1025])), Limit::Name),
        (
            "an extension record without end",
            with(pax(&format!("{} path={}\n", 100_010, "a".repeat(100_000)))),
            Limit::Name,
        ),
    ] {
        let found = refused(&bytes, ReadLimits::default());
        assert_eq!(found.map(|(limit, _)| limit), Some(limit), "{what}");
    }
}

#[test]
fn arrays_in_one_member_obey_the_same_limits() {
    let zeros = Tensor::zeros(&[12 << 20]).unwrap();
    let stored = write_npz("weights.npz", [("a", &zeros)]).unwrap();
    let golden = Archive::golden("mlp-vivado-io_parallel");
    let found = |npz: &[u8], limits: ReadLimits| {
        let members = golden.members.iter().map(|(name, content)| Member::plain(name, content));
        let members: Vec<Member> = members.chain([Member::plain("weights.npz", npz)]).collect();
        refused(&gzip(&tar(&members)), limits)
    };
    let free = ReadLimits::default().with_ratio(10_000);
    assert_eq!(found(&stored, free.clone()), None);
    assert_eq!(found(&stored, ReadLimits::default()).unwrap().0, Limit::Ratio);
    assert_eq!(found(&stored, free.clone().with_elements(1 << 20)).unwrap().0, Limit::Elements);
    assert_eq!(found(&stored, free.clone().with_total_elements(1 << 20)).unwrap().0, Limit::TotalElements);
    let squeezed = deflated(&stored);
    assert!(squeezed.len() < 100_000);
    assert_eq!(found(&squeezed, ReadLimits::default()).unwrap().0, Limit::Ratio);
    assert_eq!(found(&squeezed, free), None);
}

/// The same arrays in a compressed zip archive, as `numpy.savez_compressed` writes it.
fn deflated(npz: &[u8]) -> Vec<u8> {
    let arrays = hls4rs::archive::read_npz("weights.npz", npz).unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, array) in arrays {
        let options =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file(format!("{name}.npy"), options).unwrap();
        std::io::Write::write_all(&mut zip, &hls4rs::archive::write_npy(&name, &array).unwrap()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
