//! The packed bytes: in memory or in a file.

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

/// How much of a file is read at a time.
const PIECE: usize = 64 * 1024;

/// The packed bytes of an archive.
pub(crate) enum Source {
    Bytes(Arc<Vec<u8>>),
    File { file: Mutex<File>, length: u64 },
}

impl Source {
    /// An open file. What replaces it later does not matter: the open file stays what it was.
    pub(crate) fn file(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self::File { file: Mutex::new(file), length })
    }

    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { length, .. } => *length,
        }
    }

    /// Fills the buffer from that place on.
    pub(crate) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        match self {
            Self::Bytes(bytes) => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX);
                let found = from.checked_add(buffer.len()).and_then(|to| bytes.get(from..to));
                buffer.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
                Ok(())
            }
            Self::File { file, .. } => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(offset))?;
                file.read_exact(buffer)
            }
        }
    }
}

/// Part of the packed bytes, read from its beginning to its end.
pub(super) struct Cursor<'a> {
    source: &'a Source,
    position: u64,
    end: u64,
    /// What was read of a file.
    buffer: Vec<u8>,
    /// How much of it is used up.
    used: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(source: &'a Source, start: u64, end: u64) -> Self {
        Self { source, position: start, end: end.min(source.len()), buffer: Vec::new(), used: 0 }
    }

    /// How far it has come in the file.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    fn left(&self) -> usize {
        usize::try_from(self.end.saturating_sub(self.position)).unwrap_or(usize::MAX)
    }
}

impl BufRead for Cursor<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = self.left();
        match self.source {
            Source::Bytes(bytes) => {
                let from = usize::try_from(self.position).unwrap_or(usize::MAX);
                let to = from.saturating_add(left);
                Ok(bytes.get(from..to).unwrap_or_default())
            }
            Source::File { .. } => {
                if self.used == self.buffer.len() && left > 0 {
                    // the first piece is small: often just a header is wanted
                    let piece = if self.buffer.is_empty() { PIECE / 16 } else { PIECE };
                    self.buffer.resize(left.min(piece), 0);
                    self.used = 0;
                    self.source.read_at(self.position, &mut self.buffer)?;
                }
                Ok(self.buffer.get(self.used..).unwrap_or_default())
            }
        }
    }

    fn consume(&mut self, amount: usize) {
        self.position += amount as u64;
        self.used += amount;
    }
}

impl Read for Cursor<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}
