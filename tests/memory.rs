//! Memory is bounded by the limits. A process of its own, since what it has had is what is measured.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![allow(clippy::print_stdout, reason = "what was measured is worth seeing")]
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

/// Both in one test: what the process has had grows only.
#[test]
fn memory_is_bounded() {
    a_bomb_needs_little_memory();
    equal_arrays_of_one_stream_need_the_memory_of_one();
}

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

/// A file as hls4ml writes it, with two equal arrays of 24 MB.
fn twins(path: &Path) -> u64 {
    const COUNT: usize = 6_000_000;
    let golden = hls4rs_tests::Archive::golden("mlp-vivado-io_parallel");
    let shape = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({COUNT},), }}");
    // as NumPy pads it: room for growth, then to a multiple of 64
    let text = format!("{shape}{}", " ".repeat(21 - COUNT.to_string().len()));
    let text = format!("{text}{}\n", " ".repeat((64 - (10 + text.len() + 1) % 64) % 64));
    let head = [b"\x93NUMPY\x01\x00", &(text.len() as u16).to_le_bytes()[..], text.as_bytes()].concat();
    let mut tar = tar::Builder::new(GzEncoder::new(File::create(path).unwrap(), Compression::new(0)));
    let header = |size: u64| {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o644);
        header
    };
    for (name, content) in &golden.members {
        tar.append_data(&mut header(content.len() as u64), name, content.as_slice()).unwrap();
    }
    for name in ["a.npy", "b.npy"] {
        let mut state = 1u32;
        let noise = std::iter::from_fn(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some(state.to_le_bytes())
        });
        let mut bytes = head.iter().copied().chain(noise.flatten());
        let reader = Pieces(&mut bytes);
        let size = (head.len() + 4 * COUNT) as u64;
        tar.append_data(&mut header(size), name, std::io::Read::take(reader, size)).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
    4 * COUNT as u64
}

/// Bytes one after the other.
struct Pieces<'a, I: Iterator<Item = u8>>(&'a mut I);

impl<I: Iterator<Item = u8>> std::io::Read for Pieces<'_, I> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut count = 0;
        for (place, byte) in buffer.iter_mut().zip(&mut *self.0) {
            *place = byte;
            count += 1;
        }
        Ok(count)
    }
}

fn equal_arrays_of_one_stream_need_the_memory_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("twins.fml");
    let size = twins(&path);
    let archive = Archive::open(&path).unwrap();
    assert!(!archive.is_indexed());
    let [a, b] = ["a.npy", "b.npy"].map(|name| archive.array(name).unwrap());
    assert!(a.shares_memory(&b) && a.len() as u64 * 4 == size);
    let peak = peak_memory();
    println!("peak memory with {size} bytes twice: {peak} bytes");
    assert!(peak < size * 13 / 10 + (32 << 20), "{peak}");
}
