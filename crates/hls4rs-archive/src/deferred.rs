//! Arrays that are still in their file.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use hls4rs_types::{DType, Order, Tensor, TensorBuffer, TensorError, TensorPiece, TensorSource};
use rayon::prelude::*;

use crate::gzip::{BlockReader, Blocks};

/// Where the elements of an array are in a file of blocks that lets them be read alone.
pub(crate) struct Deferred {
    pub(crate) blocks: Arc<Blocks>,
    pub(crate) name: String,
    /// From where to where the member is in the unpacked stream, headers and padding included. Nobody has verified any
    /// of it yet.
    pub(crate) member: Range<u64>,
    /// From where to where its elements are.
    pub(crate) elements: Range<u64>,
    pub(crate) dtype: DType,
    pub(crate) shape: Vec<usize>,
    pub(crate) order: Order,
}

/// How much of a block is unpacked at a time; a multiple of the size of any element.
const PIECE: usize = 32 * 1024;

impl TensorSource for Deferred {
    /// All blocks at once, each into its part of the array.
    fn load(&self) -> Result<Tensor, TensorError> {
        let mut buffer = TensorBuffer::zeroed(self.dtype, &self.shape, self.order)?;
        let size = self.dtype.size() as u64;
        let mut rest = buffer.whole();
        let mut parts = Vec::new();
        for block in self.blocks.overlapping(&self.member) {
            // a block of headers or padding alone has an empty part
            let from = self.elements.start.clamp(block.start, block.end());
            let to = self.elements.end.clamp(from, block.end());
            let (piece, behind) = rest.split_at(usize::try_from((to - from) / size).unwrap_or(usize::MAX));
            parts.push((self.blocks.reader(*block), from - block.start, piece));
            rest = behind;
        }
        let fail = |error| TensorError::Load { message: format!("array `{}`: {error}", self.name) };
        let filled = if rest.is_empty() {
            parts.into_par_iter().try_for_each(|(reader, skip, piece)| fill(reader, skip, piece))
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        };
        filled.map_err(fail)?;
        buffer.finish()
    }
}

/// Copies what is in a block behind the first `skip` bytes into the piece, and verifies all of it.
fn fill(mut block: BlockReader<'_>, skip: u64, mut piece: TensorPiece<'_>) -> io::Result<()> {
    io::copy(&mut (&mut block).take(skip), &mut io::sink())?;
    let mut scratch = vec![0; PIECE];
    while !piece.is_empty() {
        let size = piece.element_size();
        let (mut now, behind) = piece.split_at(PIECE / size);
        let bytes = scratch.get_mut(..now.len() * size).unwrap_or_default();
        block.read_exact(bytes)?;
        now.copy_from_bytes(bytes).map_err(io::Error::other)?;
        piece = behind;
    }
    block.finish()
}
