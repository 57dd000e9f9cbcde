//! C: tar and gzip.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use hls4rs::prelude::*;
use hls4rs_tests::{Member, gzip, tar as tar_of};
use tar::EntryType;

use super::{archive, model, read, refusal};

/// The tar archive inside.
fn inside() -> Vec<u8> {
    tar_of(&parts())
}

fn parts() -> Vec<Member> {
    archive().members.iter().map(|(name, content)| Member::plain(name, content)).collect()
}

/// The small model's archive with more members.
fn with(more: &[Member]) -> Vec<u8> {
    gzip(&tar_of(&[parts(), more.to_vec()].concat()))
}

/// The names of members that were kept.
fn kept(bytes: &[u8]) -> Vec<String> {
    let read = Model::from_bytes(bytes, &ReadOptions::default()).unwrap();
    read.extra.keys().cloned().collect()
}

/// A PAX record.
fn pax(key: &str, value: &str) -> Vec<u8> {
    let rest = format!(" {key}={value}\n");
    let length = (1..).find(|length: &usize| length.to_string().len() + rest.len() == *length).unwrap();
    format!("{length}{rest}").into_bytes()
}

#[test]
fn c1_the_stream_is_whole_and_may_have_several_members() {
    let inside = inside();
    let (first, second) = inside.split_at(700);
    let two = [gzip(first), gzip(second)].concat();
    assert_eq!(Model::from_bytes(&two, &ReadOptions::default()).unwrap(), model());
    for behind in [&b"x"[..], &[0; 512]] {
        assert!(refusal(&[&two, behind].concat()).starts_with("gzip: expected a whole stream"));
    }
    assert!(refusal(&two[..two.len() - 1]).starts_with("gzip: expected a whole stream"));
}

#[test]
fn c2_two_units_of_zeros_end_the_archive() {
    let inside = inside();
    let end = inside.len() - 1024;
    let more = [&inside[..], &[0; 5000]].concat();
    assert!(Model::from_bytes(&gzip(&more), &ReadOptions::default()).is_ok());
    for cut in [end, end + 512, end + 1023] {
        assert!(refusal(&gzip(&inside[..cut])).starts_with("tar: "), "{cut}");
    }
    assert!(refusal(&gzip(&[&more[..], b"x"].concat())).starts_with("tar: expected nothing but zeros"));
    let mut wrong = inside.clone();
    wrong[0] ^= 1;
    assert!(refusal(&gzip(&wrong)).contains("checksum"));
}

#[test]
fn c3_extension_records_count_instead_of_the_header() {
    let plain = Member::plain("short", b"x");
    let long = |name: &str| Member::extension(EntryType::GNULongName, format!("{name}\0").as_bytes());
    let path = |name: &str| Member::extension(EntryType::XHeader, &pax("path", name));
    assert_eq!(kept(&with(&[path("by/pax"), plain.clone()])), ["by/pax"]);
    assert_eq!(kept(&with(&[long("by/gnu"), plain.clone()])), ["by/gnu"]);
    assert_eq!(kept(&with(&[long("by/gnu"), path("by/pax"), plain.clone()])), ["by/pax"]);
    assert_eq!(kept(&with(&[path("by/pax"), long("by/gnu"), plain.clone()])), ["by/gnu"]);
    // the second half of the content is a header if the content has half the size
    let content = [&[7; 512], &tar_of(&[Member::plain("inner", b"")])[..512]].concat();
    let size = Member::extension(EntryType::XHeader, &pax("size", "512"));
    assert_eq!(kept(&with(&[size, Member::plain("outer", &content)])), ["outer", "inner"]);
    let much = Member::extension(EntryType::XHeader, &pax("comment", &"x".repeat(70_000)));
    assert!(refusal(&with(&[much, plain.clone()])).starts_with("extension record: expected at most"));
    assert!(refusal(&with(&[path("by/pax")])).starts_with("tar: expected a member behind"));
    let global = |key: &str| Member::extension(EntryType::XGlobalHeader, &pax(key, "1"));
    assert_eq!(kept(&with(&[global("comment"), plain.clone()])), ["short"]);
    for key in ["path", "size"] {
        assert!(refusal(&with(&[global(key), plain.clone()])).contains("global header"));
    }
}

#[test]
fn c4_members_are_plain_files() {
    let special = |kind| with(&[Member::special("a", kind, None)]);
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Char,
        EntryType::Block,
        EntryType::Fifo,
        EntryType::GNUSparse,
        EntryType::new(b'V'),
    ] {
        assert!(refusal(&special(kind)).starts_with("member `a`: expected a plain file"), "{kind:?}");
    }
    let sparse = Member::extension(EntryType::XHeader, &pax("GNU.sparse.major", "1"));
    assert!(refusal(&with(&[sparse, Member::plain("a", b"")])).contains("a sparse file"));
    assert_eq!(kept(&special(EntryType::Continuous)), ["a"]);
    for directory in ["/", "./", "folder/", "folder"] {
        let member = Member::special(directory, EntryType::Directory, None);
        assert!(kept(&with(&[member])).is_empty(), "{directory}");
    }
}

#[test]
fn c5_names_lead_nowhere_else() {
    for name in ["", "/a", "a//b", "a/", ".", "./a", "a/./b", "..", "../a", "a/..", "a\\b", "//"] {
        let refused = refusal(&with(&[Member::plain(name, b"")]));
        assert!(refused.contains("expected a relative name"), "{name}: {refused}");
        let directory = Member::special(name, EntryType::Directory, None);
        let is_fine = ["", ".", "a/"].contains(&name);
        assert_eq!(
            Model::from_bytes(&with(&[directory]), &ReadOptions::default()).is_ok(),
            is_fine,
            "{name}"
        );
    }
    let nul = Member::extension(EntryType::XHeader, &pax("path", "a\0b"));
    assert!(refusal(&with(&[nul, Member::plain("a", b"")])).contains("NUL"));
    assert!(refusal(&with(&[Member::plain(b"\xff", b"")])).contains("not UTF-8"));
    for control in ["a\nb", "a\x1b", "\u{85}"] {
        assert!(refusal(&with(&[Member::plain(control, b"")])).contains("control character"));
    }
    for name in ["C:a", "a..b", "...", "é/a b"] {
        assert_eq!(kept(&with(&[Member::plain(name, b"")])), [name]);
    }
}

#[test]
fn c6_names_are_different() {
    assert!(refusal(&with(&[Member::plain("config.json", b"")])).contains("`config.json`: occurs twice"));
    let case = with(&[Member::plain("Config.json", b""), Member::plain("config.jsoN", b"")]);
    assert_eq!(kept(&case).len(), 2);
}

#[test]
fn c7_members_come_in_any_order() {
    let mut archive = archive();
    archive.members.reverse();
    assert_eq!(read(&archive), model());
}

#[test]
fn c8_headers_are_ustar_without_owner_and_time() {
    let mut model = model();
    let long = format!("{}/{}", "a".repeat(150), "b".repeat(150));
    model.extra.insert(long.clone(), vec![1]);
    let bytes = model.to_bytes(&SaveOptions::default()).unwrap();
    let mut inside = Vec::new();
    MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut inside).unwrap();
    let mut kinds = Vec::new();
    for entry in tar::Archive::new(inside.as_slice()).entries().unwrap().raw(true) {
        let entry = entry.unwrap();
        let header = entry.header();
        assert_eq!(&header.as_bytes()[257..265], b"ustar\x0000");
        assert_eq!(header.mode().unwrap(), 0o644);
        assert_eq!((header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap()), (0, 0, 0));
        kinds.push(header.entry_type());
    }
    assert_eq!(kinds.iter().filter(|kind| **kind == EntryType::GNULongName).count(), 1);
    assert_eq!(kept(&bytes), [long]);
}
