//! One block.

use std::io::{self, Write};

use flate2::{Compression, GzBuilder};

/// Most bytes of a block, unpacked. Small enough for many cores, large enough that compression loses less than 1 %.
pub(crate) const BLOCK: usize = 256 * 1024;

/// The name of the extra field with its length: two sizes of 32 bits.
const FIELD: [u8; 4] = [b'H', b'4', 8, 0];

/// Where the field ends, in a header as it is written here.
pub(super) const HEADER: usize = 10 + 2 + 4 + 8;

/// Where the packed size stands.
const PACKED: usize = HEADER - 8;

/// How much of a block is looked at before it is squeezed.
const SAMPLE: usize = 8 * 1024;

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
///
/// # Errors
/// None but for want of memory.
pub(crate) fn compress(content: &[u8], level: u32) -> io::Result<Vec<u8>> {
    let level = if level < THOROUGH && is_incompressible(content) { 0 } else { level };
    let packed = pack(content, level)?;
    let is_larger = packed.len() > content.len() + content.len() / 64 + 64;
    if is_larger && level > 0 { pack(content, 0) } else { Ok(packed) }
}

fn pack(content: &[u8], level: u32) -> io::Result<Vec<u8>> {
    let unpacked = u32::try_from(content.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut field = FIELD.to_vec();
    field.extend([0; 4]);
    field.extend(unpacked.to_le_bytes());
    let capacity = if level == 0 { content.len() + 256 } else { content.len() / 4 + 256 };
    let encoder = GzBuilder::new().mtime(0).operating_system(255).extra(field);
    let mut encoder = encoder.write(Vec::with_capacity(capacity), Compression::new(level));
    encoder.write_all(content)?;
    let mut packed = encoder.finish()?;
    let size = u32::try_from(packed.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    if let Some(place) = packed.get_mut(PACKED..PACKED + 4) {
        place.copy_from_slice(&size.to_le_bytes());
    }
    Ok(packed)
}

/// Whether a sample from the middle gets hardly smaller.
fn is_incompressible(content: &[u8]) -> bool {
    if content.len() < 2 * SAMPLE {
        return false;
    }
    let start = (content.len() - SAMPLE) / 2 & !63;
    let sample = content.get(start..start + SAMPLE).unwrap_or_default();
    pack(sample, 2).is_ok_and(|packed| packed.len() > SAMPLE * 9 / 10)
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
                let packed = compress(&content, level).unwrap();
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
            assert!(compress(&noise, level).unwrap().len() < noise.len() + 100, "{level}");
        }
        assert!(is_incompressible(&noise) && !is_incompressible(&[0; 100_000]));
    }

    #[test]
    fn other_headers_have_no_sizes() {
        let mut plain = GzBuilder::new().write(Vec::new(), Compression::new(1));
        plain.write_all(&noise(100)).unwrap();
        let plain = plain.finish().unwrap();
        assert_eq!(sizes(plain.first_chunk().unwrap()), None);
        assert_eq!(sizes(&[0; HEADER]), None);
    }
}
