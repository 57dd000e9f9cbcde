//! Streams that are no gzip, no tar, or not whole; members that are no plain files.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::io::Read;

use flate2::read::GzDecoder;
use tar::EntryType;

use super::Hostile;
use crate::{Archive, Member, gzip, tar};

pub(super) fn cases(bytes: &[u8]) -> Vec<Hostile> {
    let mut inside = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut inside).unwrap();
    let mut all = streams(bytes, &inside);
    all.extend(ends(&inside));
    all.extend(kinds(bytes));
    all.extend(names(bytes));
    all
}

/// What is wrong with the gzip stream.
fn streams(bytes: &[u8], inside: &[u8]) -> Vec<Hostile> {
    let gzip_error = |name: String, bytes: Vec<u8>| Hostile::new(name, bytes, &["gzip: "]);
    let length = bytes.len();
    let cuts = [0, 1, 2, 9, 10, 11, length / 4, length / 2, length - 9, length - 8, length - 4, length - 1];
    let mut all: Vec<Hostile> =
        cuts.iter().map(|cut| gzip_error(format!("gzip cut at {cut}"), bytes[..*cut].to_vec())).collect();
    let flipped = |at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 0x10;
        bytes
    };
    all.extend([
        gzip_error("tar without gzip".into(), inside.to_vec()),
        gzip_error("zip".into(), b"PK\x03\x04 and so on".to_vec()),
        gzip_error("text".into(), b"hello\n".to_vec()),
        gzip_error("garbage behind the stream".into(), [bytes, b"garbage"].concat()),
        Hostile::new(
            "half a stream behind the stream",
            [bytes, &bytes[..length / 2]].concat(),
            &["tar: expected nothing but zeros behind the last member"],
        ),
        gzip_error("wrong checksum".into(), flipped(length - 6)),
        gzip_error("wrong length".into(), flipped(length - 1)),
        gzip_error("wrong magic number".into(), flipped(0)),
    ]);
    all
}

/// What is wrong with the end of the tar archive.
fn ends(inside: &[u8]) -> Vec<Hostile> {
    let tar_error = |name: String, inside: Vec<u8>| Hostile::new(name, gzip(&inside), &["tar: "]);
    let end = inside.iter().rposition(|byte| *byte != 0).unwrap().next_multiple_of(512);
    let mut broken = inside.to_vec();
    broken[30] ^= 0x40;
    let cuts = [1, 100, 511, 512, 1000, 1024, 1100, end / 2, end - 1, end, end + 512];
    let mut all: Vec<Hostile> =
        cuts.iter().map(|cut| tar_error(format!("tar cut at {cut}"), inside[..*cut].to_vec())).collect();
    all.extend([
        tar_error("nothing".into(), Vec::new()),
        tar_error("one block of zeros".into(), vec![0; 512]),
        tar_error("garbage behind the last member".into(), [inside, b"garbage"].concat()),
        tar_error("two archives in one".into(), [inside, inside].concat()),
        tar_error("broken header".into(), broken),
    ]);
    all
}

/// Members that are no files.
fn kinds(bytes: &[u8]) -> Vec<Hostile> {
    let with = |kind, link, mentions: &[&'static str]| {
        let bytes = extended(bytes, &[Member::special("weights.npy", kind, link)]);
        Hostile::new(format!("a member of the kind {kind:?} to {link:?}"), bytes, mentions)
    };
    vec![
        with(EntryType::Symlink, Some("/etc/passwd"), &["member `weights.npy`", "a link"]),
        with(EntryType::Symlink, Some("config.json"), &["member `weights.npy`", "a link"]),
        with(EntryType::Link, Some("config.json"), &["member `weights.npy`", "a link"]),
        with(EntryType::Char, None, &["member `weights.npy`", "a device"]),
        with(EntryType::Block, None, &["member `weights.npy`", "a device"]),
        with(EntryType::Fifo, None, &["member `weights.npy`", "a pipe"]),
        with(EntryType::new(b'V'), None, &["member `weights.npy`", "something else"]),
    ]
}

/// Members whose names are no names of files inside.
fn names(bytes: &[u8]) -> Vec<Hostile> {
    let with = |name: &'static str, mentions: &[&'static str]| {
        Hostile::new(
            format!("a member named {name:?}"),
            extended(bytes, &[Member::plain(name, b"x")]),
            mentions,
        )
    };
    let mut all = vec![
        with("/etc/passwd", &["member `/etc/passwd`", "absolute"]),
        with("../evil", &["member `../evil`", "`..`"]),
        with("a/../../evil", &["member `a/../../evil`", "`..`"]),
        with("./config.json", &["member `./config.json`"]),
        with("..", &["member `..`"]),
        with("..\\evil", &["member `..\\evil`", "backslash"]),
        with("", &["member ``", "empty"]),
        with("a\nb.npy", &["member `a\u{fffd}b.npy`", "control character"]),
        with("\x1b[2Ja.npy", &["member `\u{fffd}[2Ja.npy`", "control character"]),
        with("config.json", &["member `config.json`: occurs twice"]),
        with("dense_1_w2_data.npy", &["member `dense_1_w2_data.npy`: occurs twice"]),
    ];
    let latin = extended(bytes, &[Member::plain(b"caf\xe9.npy", b"x")]);
    all.push(Hostile::new("a member whose name is not UTF-8", latin, &["member `caf", "UTF-8"]));
    all.extend(longer_names(bytes));
    all
}

/// Names in the extensions of tar, which count instead of those in the member's header.
fn longer_names(bytes: &[u8]) -> Vec<Hostile> {
    let with = |name: &str, kind, content: &[u8], mentions: &[&'static str]| {
        let members = [Member::extension(kind, content), Member::plain("a.npy", b"x")];
        Hostile::new(name, extended(bytes, &members), mentions)
    };
    let long = |name: &[u8]| [name, b"\0"].concat();
    vec![
        with("a parent path of PAX", EntryType::XHeader, b"16 path=../evil\n", &["member `../evil`", "`..`"]),
        with(
            "an absolute path of PAX",
            EntryType::XHeader,
            b"14 path=/evil\n",
            &["member `/evil`", "absolute"],
        ),
        with(
            "a parent path of GNU",
            EntryType::GNULongName,
            &long(b"../evil"),
            &["member `../evil`", "`..`"],
        ),
        with(
            "the name of another",
            EntryType::XHeader,
            b"20 path=config.json\n",
            &["`config.json`: occurs twice"],
        ),
        with(
            "a size beyond the end",
            EntryType::XHeader,
            b"19 size=9999999999\n",
            &["member `", "expected at most 2147483648 bytes, found 9999999999"],
        ),
    ]
}

/// The archive with more members.
fn extended(bytes: &[u8], more: &[Member]) -> Vec<u8> {
    let plain = |(name, content): &(String, Vec<u8>)| Member::plain(name, content);
    let mut members: Vec<Member> = Archive::of(bytes).members.iter().map(plain).collect();
    members.extend_from_slice(more);
    gzip(&tar(&members))
}
