//! Arrays from a stream, equal ones held once.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hls4rs_types::{Tensor, TensorBuffer, TensorError};
use indexmap::IndexMap;

use crate::npy::Header;

/// So many arrays that begin alike are remembered. More are of no network, and comparing all of them would take long.
const ALIKE: usize = 8;

/// The arrays of an archive so far, by how they begin.
#[derive(Default)]
pub(crate) struct Unique {
    arrays: IndexMap<u64, Vec<Tensor>>,
    /// Another one each time, so that no file can be made of arrays that all have the same hash.
    hasher: RandomState,
}

impl Unique {
    /// Those arrays that an array with this header and these first bytes may be equal to.
    fn alike(&mut self, header: &Header, first: &[u8]) -> &mut Vec<Tensor> {
        let key = (header.dtype.name(), &header.shape, header.is_fortran(), first);
        self.arrays.entry(self.hasher.hash_one(key)).or_default()
    }

    /// Begins an array, of which the first bytes are known.
    pub(crate) fn begin<'a>(&'a mut self, header: &'a Header, first: &[u8]) -> Filling<'a> {
        let known = self.alike(header, first);
        let candidates = known.clone();
        Filling { header, known, candidates, buffer: None, done: 0 }
    }
}

/// An array that comes piece by piece. As long as it is equal to one that is here already, it takes no memory.
pub(crate) struct Filling<'a> {
    header: &'a Header,
    known: &'a mut Vec<Tensor>,
    /// Arrays that are equal so far.
    candidates: Vec<Tensor>,
    /// Its own memory, as soon as it is another one than all of them.
    buffer: Option<TensorBuffer>,
    /// Elements so far.
    done: usize,
}

impl Filling<'_> {
    /// Takes the next bytes: whole elements.
    pub(crate) fn piece(&mut self, bytes: &[u8]) -> Result<(), TensorError> {
        let count = bytes.len() / self.header.dtype.size();
        if self.buffer.is_none() {
            let last = self.candidates.last().cloned();
            let (mut range, mut same) = (self.done..self.done + count, Vec::new());
            self.candidates.retain(|candidate| {
                same.clear();
                candidate.append_bytes(range.clone(), &mut same).is_ok() && same == bytes
            });
            if self.candidates.is_empty() {
                let mut buffer = self.new_buffer()?;
                if let Some(last) = last {
                    range = 0..self.done;
                    copy(&last, range, &mut buffer)?;
                }
                self.buffer = Some(buffer);
            }
        }
        if let Some(buffer) = &mut self.buffer {
            let (_, rest) = buffer.whole().split_at(self.done);
            let (mut piece, _) = rest.split_at(count);
            piece.copy_from_bytes(bytes)?;
        }
        self.done += count;
        Ok(())
    }

    /// The array: its own, or the equal one that was here before.
    pub(crate) fn finish(mut self) -> Result<Tensor, TensorError> {
        let tensor = match (self.buffer.take(), self.candidates.pop()) {
            (None, Some(equal)) => return Ok(equal),
            (Some(buffer), _) => buffer.finish()?,
            (None, None) => self.new_buffer()?.finish()?,
        };
        // an array of no order that says it has one is not what its header promises: nobody shares it
        if self.known.len() < ALIKE && tensor.order() == self.header.order {
            self.known.push(tensor.clone());
        }
        Ok(tensor)
    }

    fn new_buffer(&self) -> Result<TensorBuffer, TensorError> {
        TensorBuffer::zeroed(self.header.dtype, &self.header.shape, self.header.order)
    }
}

/// How many elements are copied at a time.
const COPIED: usize = 8192;

/// Copies the first elements of an array.
fn copy(from: &Tensor, range: std::ops::Range<usize>, to: &mut TensorBuffer) -> Result<(), TensorError> {
    let mut bytes = Vec::new();
    for start in range.clone().step_by(COPIED) {
        let end = range.end.min(start + COPIED);
        bytes.clear();
        from.append_bytes(start..end, &mut bytes)?;
        let (_, rest) = to.whole().split_at(start);
        let (mut piece, _) = rest.split_at(end - start);
        piece.copy_from_bytes(&bytes)?;
    }
    Ok(())
}
