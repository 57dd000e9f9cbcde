//! From member to member.

use tar::{EntryType, Header, PaxExtensions};

use super::{UNIT, name, padding};
use crate::gzip::Unpacked;
use crate::limits::Limit;
use crate::{ArchiveError, NameFault, ReadLimits};

/// Most bytes of an extension record, beside the name in it.
const EXTENSION: u64 = 64 * 1024;

/// A walk through a tar archive.
pub(crate) struct Walk<'a> {
    input: Unpacked<'a>,
    limits: &'a ReadLimits,
    /// Where the headers of the current member begin.
    start: u64,
    /// Where the next header is.
    next: u64,
    /// Whether somebody else will unpack and verify the current member.
    is_left: bool,
    members: u64,
}

/// A plain file in a tar archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// Size of the content.
    pub(crate) size: u64,
    /// Where its headers begin in the unpacked stream.
    pub(crate) start: u64,
    /// Where its content begins.
    pub(crate) offset: u64,
}

/// What extension records say about the next member.
#[derive(Default)]
struct Extensions {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    is_sparse: bool,
}

fn fail<T>(message: impl Into<String>) -> Result<T, ArchiveError> {
    Err(ArchiveError::Tar { message: message.into() })
}

impl<'a> Walk<'a> {
    pub(crate) fn new(input: Unpacked<'a>, limits: &'a ReadLimits) -> Self {
        Self { input, limits, start: 0, next: 0, is_left: false, members: 0 }
    }

    /// The next plain file; its content is what [`Walk::read`] reads next. Nothing after the last one, when all that
    /// follows has been looked at.
    ///
    /// # Errors
    /// If the archive is damaged, or the next member is nothing that an archive may hold.
    pub(crate) fn next(&mut self) -> Result<Option<Member>, ArchiveError> {
        let mut extensions = Extensions::default();
        self.pass()?;
        self.start = self.input.position();
        loop {
            let Some(header) = self.header()? else {
                if extensions.name.is_some() || extensions.size.is_some() || extensions.is_sparse {
                    return fail("expected a member behind an extension record, found the end");
                }
                return Ok(None);
            };
            self.members += 1;
            self.limits.check(Limit::Members, self.members, || "tar".to_owned())?;
            let size =
                header.entry_size().map_err(|error| ArchiveError::Tar { message: error.to_string() })?;
            let size = match header.entry_type() {
                kind if is_extension(kind) => size,
                _ => extensions.size.take().unwrap_or(size),
            };
            let offset = self.input.position();
            self.next = size
                .checked_add(padding(size) as u64)
                .and_then(|padded| padded.checked_add(offset))
                .ok_or_else(|| ArchiveError::Tar { message: format!("a member of {size} bytes") })?;
            match header.entry_type() {
                EntryType::GNULongName => {
                    let mut name = self.extension(size)?;
                    if name.last() == Some(&0) {
                        name.pop();
                    }
                    extensions.name = Some(name);
                }
                EntryType::GNULongLink => {
                    self.extension(size)?;
                }
                EntryType::XHeader => self.pax(size, &mut extensions)?,
                EntryType::XGlobalHeader => {
                    let mut global = Extensions::default();
                    self.pax(size, &mut global)?;
                    if global.name.is_some() || global.size.is_some() || global.is_sparse {
                        return fail(
                            "expected no name and size for all members, found a global header with one",
                        );
                    }
                }
                kind => {
                    let is_sparse = std::mem::take(&mut extensions.is_sparse);
                    let name = extensions.name.take().unwrap_or_else(|| header.path_bytes().into_owned());
                    if let Some(name) = self.file(&name, kind, is_sparse)? {
                        self.limits.check(Limit::Member, size, || format!("member `{name}`"))?;
                        return Ok(Some(Member { name, size, start: self.start, offset }));
                    }
                }
            }
        }
    }

    /// Fills the buffer from the content of the current member.
    ///
    /// # Errors
    /// If the stream ends before.
    pub(crate) fn read(&mut self, member: &Member, buffer: &mut [u8]) -> Result<(), ArchiveError> {
        let filled = self.input.fill(buffer)?;
        if filled == buffer.len() {
            return Ok(());
        }
        let found = self.input.position() - member.offset;
        fail(format!("member `{}`: expected {} bytes, found {found}", member.name, member.size))
    }

    /// Leaves the rest of the current member to somebody who will unpack and verify it, headers included.
    pub(crate) fn leave(&mut self) {
        self.is_left = true;
    }

    /// Passes over what is left of the current member.
    fn pass(&mut self) -> Result<(), ArchiveError> {
        let rest = self.next - self.input.position();
        let passed = if std::mem::take(&mut self.is_left) {
            self.input.leave(self.start, rest)?
        } else {
            self.input.skip(rest)?
        };
        if passed < rest { fail("expected a whole member, found the end") } else { Ok(()) }
    }

    /// The next header that is not empty; nothing at the end.
    fn header(&mut self) -> Result<Option<Header>, ArchiveError> {
        self.pass()?;
        let mut header = Header::new_old();
        match self.input.fill(header.as_mut_bytes())? {
            UNIT => {}
            _ => return fail("expected a header, or two units of zeros, found the end"),
        }
        self.next = self.input.position();
        if is_zero(header.as_bytes()) {
            self.end()?;
            return Ok(None);
        }
        let sum = checksum(header.as_bytes());
        let expected = header.cksum().map_err(|error| ArchiveError::Tar { message: error.to_string() })?;
        if sum != expected {
            return fail(format!("a header with the checksum {sum}, expected {expected}"));
        }
        Ok(Some(header))
    }

    /// Another unit of zeros, and nothing but zeros behind it.
    fn end(&mut self) -> Result<(), ArchiveError> {
        let mut unit = [0; UNIT];
        let (mut behind, mut is_whole) = (0usize, false);
        loop {
            let found = self.input.fill(&mut unit)?;
            let found = unit.get(..found).unwrap_or_default();
            if !is_zero(found) {
                return Err(ArchiveError::TrailingData);
            }
            behind += found.len();
            is_whole |= behind >= UNIT;
            if found.len() < UNIT {
                break;
            }
        }
        if is_whole { Ok(()) } else { fail("expected two units of zeros at the end, found one") }
    }

    /// The content of an extension record.
    fn extension(&mut self, size: u64) -> Result<Vec<u8>, ArchiveError> {
        let place = || "extension record".to_owned();
        let most = self.limits.name.saturating_add(EXTENSION);
        if size > most {
            return Err(ArchiveError::Limit {
                place: place(),
                limit: Limit::Name,
                allowed: most,
                found: size,
            });
        }
        let mut content = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
        if self.input.fill(&mut content)? < content.len() {
            return fail("expected a whole extension record, found the end");
        }
        Ok(content)
    }

    fn pax(&mut self, size: u64, extensions: &mut Extensions) -> Result<(), ArchiveError> {
        let content = self.extension(size)?;
        for record in PaxExtensions::new(&content) {
            let record = record.map_err(|error| ArchiveError::Tar { message: error.to_string() })?;
            match record.key_bytes() {
                b"path" => extensions.name = Some(record.value_bytes().to_vec()),
                b"size" => {
                    let size = record.value().ok().and_then(|value| value.parse().ok());
                    extensions.size = match size {
                        Some(size) => Some(size),
                        None => return fail("extension record: expected a size, found something else"),
                    };
                }
                key if key.starts_with(b"GNU.sparse.") => extensions.is_sparse = true,
                _ => {}
            }
        }
        Ok(())
    }

    /// The name of a plain file; nothing for a directory.
    fn file(&self, name: &[u8], kind: EntryType, is_sparse: bool) -> Result<Option<String>, ArchiveError> {
        if kind == EntryType::Directory && matches!(name, b"/" | b"./" | b"." | b"") {
            return Ok(None);
        }
        let shown = || name::shown(name);
        self.limits.check(Limit::Name, name.len(), || format!("member `{}…`", shown()))?;
        let refuse = |found: NameFault| ArchiveError::MemberName { member: shown(), found };
        let bare = match name {
            [bare @ .., b'/'] if kind == EntryType::Directory => bare,
            whole => whole,
        };
        let name = name::checked(bare).map_err(refuse)?;
        match kind {
            EntryType::Directory => Ok(None),
            EntryType::Regular | EntryType::Continuous if !is_sparse => Ok(Some(name.to_owned())),
            kind => Err(ArchiveError::MemberKind { member: name.to_owned(), found: fault(kind, is_sparse) }),
        }
    }
}

/// What a member is that is neither a plain file nor a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KindFault {
    /// A symbolic or hard link.
    Link,
    /// A device.
    Device,
    /// A pipe.
    Pipe,
    /// A file with holes.
    Sparse,
    /// Something that this version does not know.
    Unknown,
}

impl std::fmt::Display for KindFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Link => "a link",
            Self::Device => "a device",
            Self::Pipe => "a pipe",
            Self::Sparse => "a sparse file",
            Self::Unknown => "something else",
        })
    }
}

fn fault(kind: EntryType, is_sparse: bool) -> KindFault {
    match kind {
        EntryType::Link | EntryType::Symlink => KindFault::Link,
        EntryType::Char | EntryType::Block => KindFault::Device,
        EntryType::Fifo => KindFault::Pipe,
        EntryType::GNUSparse => KindFault::Sparse,
        _ if is_sparse => KindFault::Sparse,
        _ => KindFault::Unknown,
    }
}

fn is_extension(kind: EntryType) -> bool {
    matches!(
        kind,
        EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader
    )
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// The sum of a header's bytes, with blanks where the sum stands.
fn checksum(header: &[u8; UNIT]) -> u32 {
    let bytes = header.iter().enumerate();
    bytes.map(|(i, byte)| u32::from(if (148..156).contains(&i) { b' ' } else { *byte })).sum()
}
