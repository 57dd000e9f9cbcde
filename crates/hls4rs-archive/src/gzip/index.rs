//! Where the blocks are.

use std::io::{self, Read};
use std::sync::Arc;

use flate2::bufread::GzDecoder;

use super::block::{HEADER, sizes};
use super::source::{Cursor, Source};
use crate::{ArchiveError, ReadLimits};

/// The blocks of a file that consists of blocks only.
pub(crate) struct Blocks {
    pub(super) source: Arc<Source>,
    pub(super) blocks: Vec<Block>,
}

/// One block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    /// Where its content begins in the unpacked stream.
    pub(crate) start: u64,
    /// Size of its content.
    pub(crate) size: u32,
    /// Where it begins in the file.
    offset: u64,
    /// Its size in the file.
    packed: u32,
}

impl Block {
    /// Where its content ends in the unpacked stream.
    pub(crate) fn end(&self) -> u64 {
        self.start + u64::from(self.size)
    }
}

impl Blocks {
    /// Finds all blocks by their headers, or nothing if anything in the file is no block.
    ///
    /// # Errors
    /// If the blocks are larger than allowed, or the file cannot be read.
    pub(crate) fn find(source: &Arc<Source>, limits: &ReadLimits) -> Result<Option<Self>, ArchiveError> {
        let (mut blocks, mut offset, mut start) = (Vec::new(), 0u64, 0u64);
        while offset < source.len() {
            let mut header = [0; HEADER];
            if source.len() - offset < HEADER as u64 {
                return Ok(None);
            }
            source.read_at(offset, &mut header).map_err(|cause| ArchiveError::Gzip { cause })?;
            let Some(sizes) = sizes(&header) else { return Ok(None) };
            blocks.push(Block { start, size: sizes.unpacked, offset, packed: sizes.packed });
            offset += u64::from(sizes.packed);
            start += u64::from(sizes.unpacked);
        }
        if offset != source.len() || blocks.is_empty() {
            return Ok(None);
        }
        limits.check_stream(start, offset)?;
        Ok(Some(Self { source: Arc::clone(source), blocks }))
    }

    /// Those blocks that hold a part of the unpacked stream.
    pub(crate) fn overlapping(&self, start: u64, end: u64) -> &[Block] {
        let first = self.blocks.partition_point(|block| block.end() <= start);
        let last = self.blocks.partition_point(|block| block.start < end);
        self.blocks.get(first..last.max(first)).unwrap_or_default()
    }

    /// Unpacks a whole block, content and checksum verified, and hands it over in pieces with their place in the block.
    ///
    /// # Errors
    /// If the block is damaged or not what its header says, or `take` fails.
    pub(crate) fn unpack(
        &self,
        block: &Block,
        piece: &mut [u8],
        take: &mut dyn FnMut(u64, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut decoder = self.decoder(block);
        let mut at = 0u64;
        loop {
            let read = decoder.read(piece)?;
            if read == 0 {
                return check_end(&decoder, block, at);
            }
            take(at, piece.get(..read).unwrap_or_default())?;
            at += read as u64;
        }
    }

    pub(super) fn decoder(&self, block: &Block) -> GzDecoder<Cursor<'_>> {
        let end = block.offset + u64::from(block.packed);
        GzDecoder::new(Cursor::new(&self.source, block.offset, end))
    }
}

/// A block must be what its header says, or else other readers of gzip would see another stream.
pub(super) fn check_end(decoder: &GzDecoder<Cursor<'_>>, block: &Block, unpacked: u64) -> io::Result<()> {
    let packed = decoder.get_ref().position() - block.offset;
    if packed == u64::from(block.packed) && unpacked == u64::from(block.size) {
        return Ok(());
    }
    let (size, of) = (block.size, block.packed);
    let message = format!(
        "the block at byte {} says that it has {size} bytes in {of}, and has {unpacked} in {packed}",
        block.offset
    );
    Err(io::Error::new(io::ErrorKind::InvalidData, message))
}
