//! Arrays that are still in their file.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use hls4rs_types::{DType, Order, Tensor, TensorBuffer, TensorError, TensorPiece, TensorSource};
use rayon::prelude::*;

use crate::gzip::{Block, Blocks};

/// Where the elements of an array are in a file of blocks.
pub(crate) struct Deferred {
    pub(crate) blocks: Arc<Blocks>,
    pub(crate) member: String,
    /// From where to where the member is in the unpacked stream, headers and padding included. Nobody has verified any
    /// of it yet.
    pub(crate) member_range: Range<u64>,
    /// Where the first element is.
    pub(crate) start: u64,
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
        let end = self.start + rest.len() as u64 * size;
        let mut parts = Vec::new();
        for block in self.blocks.overlapping(self.member_range.start, self.member_range.end) {
            // a block of headers or padding alone has an empty part
            let from = self.start.clamp(block.start, block.end());
            let to = end.min(block.end()).max(from);
            if (self.start + 1..end).contains(&to) && !(to - self.start).is_multiple_of(size) {
                return self.load_in_order();
            }
            let (piece, behind) = rest.split_at(usize::try_from((to - from) / size).unwrap_or(usize::MAX));
            parts.push((block, from - block.start, piece));
            rest = behind;
        }
        if !rest.is_empty() {
            return Err(self.fail(io::ErrorKind::UnexpectedEof.into()));
        }
        let fill = |(block, skip, piece)| self.fill(block, skip, piece);
        parts.into_par_iter().try_for_each(fill).map_err(|error| self.fail(error))?;
        buffer.finish()
    }
}

impl Deferred {
    /// Unpacks one block, and copies what is behind the first `skip` bytes into the piece.
    fn fill(&self, block: &Block, skip: u64, piece: TensorPiece<'_>) -> io::Result<()> {
        let size = self.dtype.size();
        let mut rest = (!piece.is_empty()).then_some(piece);
        let mut carried = Vec::new();
        let mut scratch = vec![0; PIECE];
        self.blocks.unpack(block, &mut scratch, &mut |at, bytes| {
            let hidden = usize::try_from(skip.saturating_sub(at)).unwrap_or(usize::MAX).min(bytes.len());
            let bytes = bytes.get(hidden..).unwrap_or_default();
            let Some(piece) = rest.take() else { return Ok(()) };
            let whole = if carried.is_empty() && bytes.len().is_multiple_of(size) {
                bytes
            } else {
                carried.extend_from_slice(bytes);
                &carried
            };
            let count = (whole.len() / size).min(piece.len());
            let (mut now, behind) = piece.split_at(count);
            let (elements, left) = whole.split_at_checked(count * size).unwrap_or_default();
            now.copy_from_bytes(elements).map_err(io::Error::other)?;
            let left = left.to_vec();
            carried = left;
            rest = (!behind.is_empty()).then_some(behind);
            Ok(())
        })?;
        if rest.is_some() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// The same where elements lie across the borders of blocks, which no writer of ours does.
    fn load_in_order(&self) -> Result<Tensor, TensorError> {
        let count: usize = self.shape.iter().product();
        let length = count.saturating_mul(self.dtype.size());
        let (mut bytes, mut scratch) = (Vec::new(), vec![0; PIECE]);
        for block in self.blocks.overlapping(self.member_range.start, self.member_range.end) {
            let skip = self.start.saturating_sub(block.start);
            let unpacked = self.blocks.unpack(block, &mut scratch, &mut |at, piece| {
                let hidden = usize::try_from(skip.saturating_sub(at)).unwrap_or(usize::MAX).min(piece.len());
                bytes.extend_from_slice(piece.get(hidden..).unwrap_or_default());
                Ok(())
            });
            unpacked.map_err(|error| self.fail(error))?;
        }
        bytes.truncate(length);
        Tensor::from_bytes(self.dtype, &self.shape, self.order, &bytes)
    }

    fn fail(&self, error: io::Error) -> TensorError {
        TensorError::Load { message: format!("array `{}`: {error}", self.member) }
    }
}
