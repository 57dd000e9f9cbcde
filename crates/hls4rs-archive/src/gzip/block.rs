//! One block.

use std::cell::RefCell;
use std::io;

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// Most bytes of a block, unpacked. Small enough for many cores, large enough that compression loses less than 1 %.
pub(crate) const BLOCK: usize = 256 * 1024;

/// The name of the extra field with its length: two sizes of 32 bits.
const FIELD: [u8; 4] = [b'H', b'4', 8, 0];

/// Where the field ends, in a header as it is written here.
pub(super) const HEADER: usize = 10 + 2 + 4 + 8;

/// Where the packed size stands.
const PACKED: usize = HEADER - 8;

/// How much of a block is looked at before it is squeezed.
const SAMPLE: usize = 32 * 1024;

/// Random weights of single precision can be made 7 % smaller at the cost of nearly all the time. Up to this level nobody
/// asks for that.
const THOROUGH: u32 = 7;

/// What a block's header says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    /// Bytes in the file, header and checksum included.
    pub(super) packed: u32,
    /// Bytes of the content.
    pub(super) unpacked: u32,
}

/// Packs the content of one block: no name, no time, sizes in the header. Data that would not get smaller is stored.
/// Where the block is of one piece, `is_uniform`, that is foretold by a sample.
///
/// # Errors
/// None but for want of memory.
pub(crate) fn compress(content: &[u8], level: u32, is_uniform: bool) -> io::Result<Vec<u8>> {
    let level = if is_uniform && level < THOROUGH && is_incompressible(content) { 0 } else { level };
    let packed = pack(content, level)?;
    let is_larger = packed.len() > content.len() + content.len() / 64 + 64;
    if is_larger && level > 0 { pack(content, 0) } else { Ok(packed) }
}

fn pack(content: &[u8], level: u32) -> io::Result<Vec<u8>> {
    let unpacked = u32::try_from(content.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    // with an extra field, no name, no time, unknown system
    let mut packed = Vec::with_capacity(if level == 0 { content.len() + 256 } else { content.len() / 4 + 256 });
    packed.extend([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 12, 0]);
    packed.extend(FIELD);
    packed.extend([0; 4]);
    packed.extend(unpacked.to_le_bytes());
    PACKER.with_borrow_mut(|packer| deflate(packer, content, level, &mut packed))?;
    let mut checksum = Crc::new();
    checksum.update(content);
    packed.extend(checksum.sum().to_le_bytes());
    packed.extend(unpacked.to_le_bytes());
    let size = u32::try_from(packed.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    if let Some(place) = packed.get_mut(PACKED..PACKED + 4) {
        place.copy_from_slice(&size.to_le_bytes());
    }
    Ok(packed)
}

thread_local! {
    /// What deflates, with its level. Its tables are large: to get them anew takes longer than a small block.
    static PACKER: RefCell<Option<(u32, Compress)>> = const { RefCell::new(None) };
}

fn deflate(
    packer: &mut Option<(u32, Compress)>,
    content: &[u8],
    level: u32,
    packed: &mut Vec<u8>,
) -> io::Result<()> {
    let deflate = match packer {
        Some((known, deflate)) if *known == level => {
            deflate.reset();
            deflate
        }
        other => &mut other.insert((level, Compress::new(Compression::new(level), false))).1,
    };
    loop {
        let behind = usize::try_from(deflate.total_in()).unwrap_or(usize::MAX);
        let rest = content.get(behind..).unwrap_or_default();
        match deflate.compress_vec(rest, packed, FlushCompress::Finish) {
            Ok(Status::StreamEnd) => return Ok(()),
            // it goes on as soon as there is room
            Ok(Status::Ok | Status::BufError) => packed.reserve(rest.len() / 4 + 4096),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether a sample from the middle gets hardly smaller.
fn is_incompressible(content: &[u8]) -> bool {
    if content.len() < 2 * SAMPLE {
        return false;
    }
    let start = (content.len() - SAMPLE) / 2 & !63;
    let sample = content.get(start..start + SAMPLE).unwrap_or_default();
    pack(sample, 3).is_ok_and(|packed| packed.len() > SAMPLE * 9 / 10)
}

/// The sizes in a header, if it is one of ours.
pub(super) fn sizes(header: &[u8; HEADER]) -> Option<Sizes> {
    let [0x1f, 0x8b, 8, flags, _, _, _, _, _, _, extra, 0, rest @ ..] = header else { return None };
    let is_ours = flags & 4 != 0 && usize::from(*extra) >= FIELD.len() + 8;
    let [i, j, l, m, a, b, c, d, e, f, g, h] = rest;
    let sizes = Sizes {
        packed: u32::from_le_bytes([*a, *b, *c, *d]),
        unpacked: u32::from_le_bytes([*e, *f, *g, *h]),
    };
    (is_ours && [*i, *j, *l, *m] == FIELD && sizes.packed as usize > HEADER).then_some(sizes)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn the_header_says_how_long_the_block_is() {
        for content in [vec![], vec![7; 1000], noise(100_000)] {
            for level in [0, 1, 5, 9] {
                let packed = compress(&content, level, true).unwrap();
                let header = packed.first_chunk().unwrap();
                let expected = Sizes { packed: packed.len() as u32, unpacked: content.len() as u32 };
                assert_eq!(sizes(header), Some(expected));
                let mut back = Vec::new();
                flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut back).unwrap();
                assert_eq!(back, content);
            }
        }
    }

    #[test]
    fn noise_is_stored() {
        let noise = noise(100_000);
        for level in 1..=9 {
            assert!(compress(&noise, level, true).unwrap().len() < noise.len() + 100, "{level}");
        }
        assert!(is_incompressible(&noise) && !is_incompressible(&[0; 100_000]));
    }

    #[test]
    fn other_headers_have_no_sizes() {
        let mut plain = flate2::write::GzEncoder::new(Vec::new(), Compression::new(1));
        std::io::Write::write_all(&mut plain, &noise(100)).unwrap();
        let plain = plain.finish().unwrap();
        assert_eq!(sizes(plain.first_chunk().unwrap()), None);
        assert_eq!(sizes(&[0; HEADER]), None);
    }
}
