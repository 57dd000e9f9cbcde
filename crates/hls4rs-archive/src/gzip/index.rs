//! Where the blocks are.

use std::io::{self, Read};
use std::ops::Range;
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
    pub(crate) fn overlapping(&self, range: &Range<u64>) -> &[Block] {
        let first = self.blocks.partition_point(|block| block.end() <= range.start);
        let last = self.blocks.partition_point(|block| block.start < range.end);
        self.blocks.get(first..last.max(first)).unwrap_or_default()
    }

    /// Whether an array can be read without what is before it, and its elements into their places by block: its member begins a
    /// block, and no element lies across the border of two. Ours do; others are read in order.
    pub(crate) fn can_be_read_alone(&self, member: &Range<u64>, elements: &Range<u64>, size: u64) -> bool {
        let begins = self.overlapping(member).first().is_some_and(|block| block.start == member.start);
        let mut borders = self.overlapping(elements).iter().map(Block::end).filter(|end| *end < elements.end);
        begins && borders.all(|border| (border - elements.start).is_multiple_of(size))
    }

    /// Reads a block from its beginning.
    pub(crate) fn reader(&self, block: Block) -> BlockReader<'_> {
        let end = block.offset + u64::from(block.packed);
        let decoder = GzDecoder::new(Cursor::new(&self.source, block.offset, end));
        BlockReader { decoder, block, behind: 0 }
    }
}

/// The content of a block. What was read of it is verified by [`BlockReader::finish`] only.
pub(crate) struct BlockReader<'a> {
    decoder: GzDecoder<Cursor<'a>>,
    block: Block,
    /// How many bytes of the content are behind.
    behind: u64,
}

impl BlockReader<'_> {
    /// How many bytes of the content are behind.
    pub(super) fn behind(&self) -> u64 {
        self.behind
    }

    /// Reads what is left, and verifies the checksum, and that the block is what its header says, or else other readers of
    /// gzip would see another stream.
    ///
    /// # Errors
    /// If it is not, or damaged.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        let size = u64::from(self.block.size);
        // one byte more than there should be is enough to know
        let left = size.saturating_sub(self.behind) + 1;
        io::copy(&mut (&mut self).take(left), &mut io::sink())?;
        let packed = self.decoder.get_ref().position() - self.block.offset;
        if packed == u64::from(self.block.packed) && self.behind == size {
            return Ok(());
        }
        let message = format!(
            "the block at byte {} says that it has {size} bytes in {}, and has {} in {packed}",
            self.block.offset, self.block.packed, self.behind
        );
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }
}

impl Read for BlockReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        self.behind += read as u64;
        Ok(read)
    }
}
