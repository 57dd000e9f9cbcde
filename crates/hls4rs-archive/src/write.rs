//! From members to the stream: cut into blocks, packed by all cores, written in order.

use std::io::{self, Write};
use std::ops::Range;

use hls4rs_types::{Tensor, TensorError};
use rayon::prelude::*;

use crate::contents::{Content, Contents, is_large};
use crate::gzip::{BLOCK, compress};
use crate::npy::npy_header;
use crate::tar::{self, padding};
use crate::{ArchiveError, Members};

/// Blocks that are packed while others are written, per thread.
const BATCH: usize = 8;

/// Writes members in their order: same members, same bytes, on any machine and at any time.
///
/// With `root` the archive begins with an entry for its root directory, as Python's `tarfile` writes it.
///
/// # Errors
/// None but for want of memory.
pub fn write_members(members: &Members, level: u32, root: bool) -> Result<Vec<u8>, ArchiveError> {
    let mut plan = Plan::new(root);
    for (name, bytes) in members {
        plan.add(name, [Part::Bytes(bytes)], is_large(name, bytes.len() as u64));
    }
    let mut out = Vec::new();
    plan.write(level, &mut out).map_err(|cause| ArchiveError::Gzip { cause })?;
    Ok(out)
}

/// The same for contents, onto any writer.
pub(crate) fn write_contents(
    contents: &Contents,
    level: u32,
    root: bool,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let mut plan = Plan::new(root);
    for (name, content) in contents {
        match content {
            Content::Bytes(bytes) => plan.add(name, [Part::Bytes(bytes)], content.is_large(name)),
            Content::Array(tensor) => plan.add(name, array_parts(tensor), content.is_large(name)),
        }
    }
    plan.write(level, out)
}

fn array_parts(tensor: &Tensor) -> [Part<'_>; 2] {
    let header = npy_header(tensor.dtype(), tensor.order(), tensor.shape());
    [Part::Own(header), Part::Elements(tensor)]
}

/// Calls a function with all bytes of a content, in pieces.
///
/// # Errors
/// If the elements of an array cannot be loaded.
pub(crate) fn for_each_piece(content: &Content, take: &mut dyn FnMut(&[u8])) -> Result<u64, TensorError> {
    let tensor = match content {
        Content::Bytes(bytes) => {
            take(bytes);
            return Ok(bytes.len() as u64);
        }
        Content::Array(tensor) => tensor,
    };
    let header = npy_header(tensor.dtype(), tensor.order(), tensor.shape());
    take(&header);
    let mut piece = Vec::new();
    let per_piece = BLOCK / tensor.dtype().size();
    for start in (0..tensor.len()).step_by(per_piece) {
        piece.clear();
        tensor.append_bytes(start..start + per_piece, &mut piece)?;
        take(&piece);
    }
    Ok((header.len() + tensor.len() * tensor.dtype().size()) as u64)
}

/// Neighbouring bytes of the stream.
enum Part<'a> {
    Own(Vec<u8>),
    Bytes(&'a [u8]),
    Elements(&'a Tensor),
}

impl Part<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Own(bytes) => bytes.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Elements(tensor) => tensor.len() * tensor.dtype().size(),
        }
    }

    fn append(&self, range: Range<usize>, block: &mut Vec<u8>) -> Result<(), TensorError> {
        match self {
            Self::Own(bytes) => block.extend_from_slice(bytes.get(range).unwrap_or_default()),
            Self::Bytes(bytes) => block.extend_from_slice(bytes.get(range).unwrap_or_default()),
            Self::Elements(tensor) => {
                // headers are multiples of 64 bytes, and so are blocks: borders are between elements
                let size = tensor.dtype().size();
                tensor.append_bytes(range.start / size..range.end / size, block)?;
            }
        }
        Ok(())
    }
}

/// Which pieces of which parts are in a block.
#[derive(Default)]
struct Block {
    pieces: Vec<(usize, Range<usize>)>,
    /// Whether they are of one large member.
    is_uniform: bool,
}

/// The stream, cut into blocks. A large member has blocks of its own, the first of which begins with its header, so that
/// headers are found, and arrays unpacked, without what is before them.
struct Plan<'a> {
    parts: Vec<Part<'a>>,
    blocks: Vec<Block>,
    /// Bytes in the last block.
    filled: usize,
    /// Whether new blocks are of one large member.
    is_uniform: bool,
}

impl<'a> Plan<'a> {
    fn new(root: bool) -> Self {
        let mut plan =
            Self { parts: Vec::new(), blocks: vec![Block::default()], filled: 0, is_uniform: false };
        if root {
            plan.push(Part::Own(tar::root()));
        }
        plan
    }

    fn add<const COUNT: usize>(&mut self, name: &str, parts: [Part<'a>; COUNT], is_large: bool) {
        let size: usize = parts.iter().map(Part::len).sum();
        if is_large {
            self.cut(true);
        }
        self.push(Part::Own(tar::header(name, size as u64)));
        parts.into_iter().for_each(|part| self.push(part));
        self.push(Part::Own(vec![0; padding(size as u64)]));
        if is_large {
            self.cut(false);
        }
    }

    fn cut(&mut self, is_uniform: bool) {
        self.is_uniform = is_uniform;
        if self.filled > 0 {
            self.blocks.push(Block::default());
            self.filled = 0;
        }
    }

    fn push(&mut self, part: Part<'a>) {
        let (mut start, end) = (0, part.len());
        while start < end {
            if self.filled == BLOCK {
                self.cut(self.is_uniform);
            }
            let count = (end - start).min(BLOCK - self.filled);
            if let Some(block) = self.blocks.last_mut() {
                block.pieces.push((self.parts.len(), start..start + count));
                block.is_uniform = self.is_uniform;
            }
            self.filled += count;
            start += count;
        }
        self.parts.push(part);
    }

    fn write(mut self, level: u32, out: &mut (dyn Write + Send)) -> io::Result<()> {
        self.push(Part::Own(tar::END.to_vec()));
        let pack = |block: &Block| {
            let content = self.content(block).map_err(io::Error::other)?;
            compress(&content, level, block.is_uniform)
        };
        if let [block] = self.blocks.as_slice() {
            return out.write_all(&pack(block)?);
        }
        let mut packed: Vec<Vec<u8>> = Vec::new();
        for batch in self.blocks.chunks(BATCH * rayon::current_num_threads()) {
            let before = std::mem::take(&mut packed);
            let (now, written) = rayon::join(
                || batch.par_iter().map(pack).collect::<io::Result<Vec<_>>>(),
                || before.iter().try_for_each(|block| out.write_all(block)),
            );
            written?;
            packed = now?;
        }
        packed.iter().try_for_each(|block| out.write_all(block))
    }

    fn content(&self, block: &Block) -> Result<Vec<u8>, TensorError> {
        let mut content = Vec::with_capacity(block.pieces.iter().map(|(_, range)| range.len()).sum());
        for (part, range) in &block.pieces {
            if let Some(part) = self.parts.get(*part) {
                part.append(range.clone(), &mut content)?;
            }
        }
        Ok(content)
    }
}
