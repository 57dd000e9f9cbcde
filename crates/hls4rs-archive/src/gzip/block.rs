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

/// How much of a block is looked at before it is squeezed: so many pieces, each of so many bytes.
const SAMPLES: usize = 8;
const SAMPLE: usize = 8 * 1024;

/// Words of four bytes that are remembered, as a power of two.
const HASH_BITS: u32 = 12;

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
    let mut packed =
        Vec::with_capacity(if level == 0 { content.len() + 256 } else { content.len() / 4 + 256 });
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

/// Whether deflate would hardly make the content smaller, by samples from all over it: bytes of nearly equal frequency, of
/// which no codes get short, and few words that come again.
fn is_incompressible(content: &[u8]) -> bool {
    if content.len() < SAMPLES * SAMPLE {
        return false;
    }
    let mut counts = [0u32; 256];
    let mut seen = vec![0u32; 1 << HASH_BITS];
    let (mut words, mut repeated) = (0u32, 0u32);
    let stride = (content.len() / SAMPLES) & !63;
    for sample in content.chunks(stride).take(SAMPLES) {
        let sample = sample.get(..SAMPLE).unwrap_or(sample);
        for byte in sample {
            if let Some(count) = counts.get_mut(usize::from(*byte)) {
                *count += 1;
            }
        }
        let (chunks, _) = sample.as_chunks::<4>();
        for chunk in chunks {
            let word = u32::from_le_bytes(*chunk);
            let place = word.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS);
            if let Some(known) = seen.get_mut(place as usize) {
                repeated += u32::from(*known == word);
                *known = word;
            }
        }
        words += chunks.len() as u32;
    }
    let total: f64 = counts.iter().map(|count| f64::from(*count)).sum();
    let bits = |count: &u32| f64::from(*count) * (total / f64::from(*count)).log2();
    let entropy: f64 = counts.iter().filter(|count| **count > 0).map(bits).sum();
    entropy > 0.88 * 8.0 * total && repeated * 20 < words
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

    /// Weights as networks have them.
    fn weights(quantized: impl Fn(f32) -> f32) -> Vec<u8> {
        let noise = noise(600_000);
        let (words, _) = noise.as_chunks::<4>();
        let weight = |word: &[u8; 4]| {
            f32::from(i16::from_le_bytes([word[0], word[1]])) / 40_000.0 + f32::from(word[2]) / 1e7
        };
        words.iter().flat_map(|word| quantized(weight(word)).to_le_bytes()).collect()
    }

    #[test]
    fn weights_are_stored_only_if_they_have_all_their_bits() {
        assert!(is_incompressible(&weights(|weight| weight)));
        for steps in [8.0, 32.0, 128.0, 2048.0, 32768.0] {
            assert!(!is_incompressible(&weights(|weight| (weight * steps).round() / steps)), "{steps}");
        }
        let repeated: Vec<u8> = noise(2000).into_iter().cycle().take(200_000).collect();
        assert!(!is_incompressible(&repeated));
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
