//! Memory is bounded by the limits. A process of its own, since what it has had is what is measured.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use hls4rs::archive::{Archive, ArchiveError, Limit};

/// The most memory that this process has had, in bytes.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() * 1024
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(9));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A file of 10 MiB, all of it zeros: ten gigabytes, as tightly as deflate can pack them. Its one member says that it
/// has `size` bytes.
fn bomb(path: &Path, name: &str, size: u64, head: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_path(name).unwrap();
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    let zeros = gzip(&vec![0; 8 << 20]);
    let mut file = File::create(path).unwrap();
    file.write_all(&gzip(&[&header.as_bytes()[..], head].concat())).unwrap();
    let mut written = 0;
    while written < 10 << 20 {
        file.write_all(&zeros).unwrap();
        written += zeros.len();
    }
}

#[test]
fn a_bomb_needs_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.fml");
    let shape = "{'descr': '<f4', 'fortran_order': False, 'shape': (240000000,), }";
    let head =
        [b"\x93NUMPY\x01\x00", &(shape.len() as u16 + 1).to_le_bytes()[..], shape.as_bytes(), b"\n"].concat();
    let array = head.len() as u64 + 4 * 240_000_000;
    for (name, size, head, limit) in [
        ("zeros.bin", 100 << 30, &b""[..], Limit::Member),
        ("zeros.bin", 1 << 30, b"", Limit::Ratio),
        ("zeros.npy", array, &head, Limit::Ratio),
        ("model_arch.json", 1 << 30, b"", Limit::Json),
    ] {
        bomb(&path, name, size, head);
        let before = std::time::Instant::now();
        let error = Archive::open(&path).unwrap_err();
        println!("{name} of {size} bytes: refused after {:?}", before.elapsed());
        assert!(matches!(error, ArchiveError::Limit { limit: found, .. } if found == limit), "{error}");
    }
    let peak = peak_memory();
    println!("peak memory: {peak} bytes");
    assert!(peak < 64 << 20, "{peak}");
}
