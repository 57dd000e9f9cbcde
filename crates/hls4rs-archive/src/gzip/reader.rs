//! The unpacked stream, from its beginning to its end.

use std::io::{self, Read};

use flate2::bufread::MultiGzDecoder;

use super::index::{BlockReader, Blocks};
use super::source::{Cursor, Source};
use crate::{ArchiveError, ReadLimits};

/// Most bytes that are unpacked at a time.
const AT_ONCE: usize = 64 * 1024;

/// How much is unpacked at a time where it is passed over.
const PIECE: usize = 4 * 1024;

/// The unpacked stream. Where it has blocks, those that nobody looks at are passed over.
pub(crate) struct Unpacked<'a> {
    mode: Mode<'a>,
    position: u64,
    limits: &'a ReadLimits,
}

enum Mode<'a> {
    Stream(Box<MultiGzDecoder<Cursor<'a>>>),
    Blocks(InBlocks<'a>),
}

/// A place in a file of blocks.
struct InBlocks<'a> {
    blocks: &'a Blocks,
    /// The block in which the place is.
    at: usize,
    /// What unpacks it, as soon as something of it is wanted.
    reader: Option<Box<BlockReader<'a>>>,
}

fn damaged(cause: io::Error) -> ArchiveError {
    ArchiveError::Gzip { cause }
}

impl<'a> Unpacked<'a> {
    pub(crate) fn stream(source: &'a Source, limits: &'a ReadLimits) -> Self {
        let decoder = MultiGzDecoder::new(Cursor::new(source, 0, source.len()));
        Self { mode: Mode::Stream(Box::new(decoder)), position: 0, limits }
    }

    pub(crate) fn blocks(blocks: &'a Blocks, limits: &'a ReadLimits) -> Self {
        let mode = Mode::Blocks(InBlocks { blocks, at: 0, reader: None });
        Self { mode, position: 0, limits }
    }

    /// How many bytes are behind.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Reads some bytes; none at the end.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ArchiveError> {
        let read = match &mut self.mode {
            Mode::Stream(decoder) => {
                let read = decoder.read(buffer).map_err(damaged)?;
                self.limits.check_stream(self.position + read as u64, decoder.get_ref().position())?;
                read
            }
            Mode::Blocks(place) => place.read(buffer).map_err(damaged)?,
        };
        self.position += read as u64;
        Ok(read)
    }

    /// Fills the buffer as far as the stream goes.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, ArchiveError> {
        let mut filled = 0;
        while filled < buffer.len() {
            // in pieces, so that the limits are looked at before much was unpacked
            let end = buffer.len().min(filled + AT_ONCE);
            match self.read(buffer.get_mut(filled..end).unwrap_or_default())? {
                0 => break,
                read => filled += read,
            }
        }
        Ok(filled)
    }

    /// Unpacks some bytes for nothing but their checksum; gives back how many there were.
    pub(crate) fn skip(&mut self, count: u64) -> Result<u64, ArchiveError> {
        let mut skipped = 0;
        let mut piece = [0; PIECE];
        while skipped < count {
            let wanted = usize::try_from(count - skipped).unwrap_or(usize::MAX).min(PIECE);
            match self.read(piece.get_mut(..wanted).unwrap_or_default())? {
                0 => break,
                read => skipped += read as u64,
            }
        }
        Ok(skipped)
    }

    /// Passes over some bytes that somebody else will unpack and verify, and with them all that was read from `start` on.
    /// What is in the same block before `start` is verified.
    pub(crate) fn leave(&mut self, start: u64, count: u64) -> Result<u64, ArchiveError> {
        let mut left = 0;
        if let Mode::Blocks(place) = &mut self.mode {
            left = place.leave(start, count).map_err(damaged)?;
            self.position += left;
        }
        Ok(left + self.skip(count - left)?)
    }
}

impl InBlocks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(block) = self.blocks.blocks.get(self.at) {
            let blocks = self.blocks;
            let reader = self.reader.get_or_insert_with(|| Box::new(blocks.reader(*block)));
            let read = reader.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.next(true)?;
        }
        Ok(0)
    }

    /// Passes over the rest of this block and whole blocks, as far as they are not beyond `count` bytes.
    fn leave(&mut self, start: u64, count: u64) -> io::Result<u64> {
        let mut left = 0;
        while let Some(block) = self.blocks.blocks.get(self.at) {
            let behind = self.reader.as_ref().map_or(0, |reader| reader.behind());
            let rest = u64::from(block.size).saturating_sub(behind);
            if left + rest > count {
                break;
            }
            left += rest;
            self.next(block.start < start)?;
        }
        Ok(left)
    }

    /// Goes on to the next block, after what was read of this one was verified, if it is to be.
    fn next(&mut self, verify: bool) -> io::Result<()> {
        self.at += 1;
        match self.reader.take() {
            Some(reader) if verify => reader.finish(),
            _ => Ok(()),
        }
    }
}
