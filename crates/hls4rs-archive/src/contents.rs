//! What is in an archive, from the stream to members.

use std::sync::Arc;

use hls4rs_types::Tensor;
use indexmap::IndexMap;

use crate::deferred::Deferred;
use crate::gzip::{Blocks, Source, Unpacked};
use crate::limits::Limit;
use crate::npy::{Header, PRELUDE, header_length, npy_header, read_npy_within};
use crate::tar::{Member, Walk, padding};
use crate::unique::Unique;
use crate::{ArchiveError, ReadLimits, member, write_npy};

/// Contents of an archive by name, in order.
pub type Members = IndexMap<String, Vec<u8>>;

/// The same, with arrays as what they are.
pub(crate) type Contents = IndexMap<String, Content>;

/// The content of one member.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// Anything, and arrays that would be written with another header.
    Bytes(Vec<u8>),
    /// An array that gives the same bytes again. Its elements may still be in the file.
    Array(Tensor),
}

impl Content {
    /// How many bytes the member has.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Array(tensor) => {
                let header = npy_header(tensor.dtype(), tensor.order(), tensor.shape()).len();
                (header + tensor.len() * tensor.dtype().size()) as u64
            }
        }
    }

    /// Whether it goes into blocks of its own. Documents are always read, so they do not.
    pub(crate) fn is_large(&self, name: &str) -> bool {
        is_large(name, self.size())
    }

    /// The bytes of the member.
    pub(crate) fn into_bytes(self, name: &str) -> Result<Vec<u8>, ArchiveError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Array(tensor) => write_npy(name, &tensor),
        }
    }
}

/// From this size on members are in blocks of their own, and arrays are loaded when somebody needs them. In bytes.
pub(crate) const LARGE: u64 = 64 * 1024;

/// Whether a member goes into blocks of its own.
pub(crate) fn is_large(name: &str, size: u64) -> bool {
    size >= LARGE && !member::DOCUMENTS.contains(&name)
}

/// How much of an array is unpacked at a time; a multiple of the size of any element.
const PIECE: usize = 64 * 1024;

/// Reads all members as bytes, within the default [`ReadLimits`]. Directories, such as the one for the root, `/`, that
/// Python's `tarfile` puts first, are passed over.
///
/// # Errors
/// If the stream is damaged or cut short, a member is no plain file, has no plain name, or occurs twice, or something
/// is larger than allowed.
pub fn read_members(compressed: &[u8]) -> Result<Members, ArchiveError> {
    let source = Source::Bytes(Arc::new(compressed.to_vec()));
    let limits = ReadLimits::default();
    limits.check(Limit::Compressed, source.len(), || "gzip".to_owned())?;
    let mut walk = Walk::new(Unpacked::stream(&source, &limits), &limits);
    let mut members = Members::new();
    while let Some(member) = walk.next()? {
        let bytes = read_bytes(&mut walk, &member, &[], &source, &limits)?;
        insert(&mut members, member.name, bytes)?;
    }
    Ok(members)
}

/// Reads documents and small members, and finds large arrays; where the file has no blocks, everything.
pub(crate) fn read_contents(
    source: &Arc<Source>,
    blocks: Option<&Arc<Blocks>>,
    limits: &ReadLimits,
) -> Result<Contents, ArchiveError> {
    let input = match blocks {
        Some(blocks) => Unpacked::blocks(blocks, limits),
        None => Unpacked::stream(source, limits),
    };
    let mut walk = Walk::new(input, limits);
    let mut reader = Reader { source, blocks, limits, elements: 0, unique: Unique::default() };
    let mut contents = Contents::new();
    while let Some(member) = walk.next()? {
        let content = reader.content(&mut walk, &member)?;
        insert(&mut contents, member.name, content)?;
    }
    Ok(contents)
}

fn insert<T>(map: &mut IndexMap<String, T>, name: String, value: T) -> Result<(), ArchiveError> {
    match map.entry(name) {
        indexmap::map::Entry::Occupied(entry) => {
            Err(ArchiveError::DuplicateMember { member: entry.key().clone() })
        }
        indexmap::map::Entry::Vacant(entry) => {
            entry.insert(value);
            Ok(())
        }
    }
}

/// The bytes of a member, of which those were read already.
fn read_bytes(
    walk: &mut Walk<'_>,
    member: &Member,
    read: &[u8],
    source: &Source,
    limits: &ReadLimits,
) -> Result<Vec<u8>, ArchiveError> {
    if member.name == member::MANIFEST || member::DOCUMENTS.contains(&member.name.as_str()) {
        limits.check(Limit::Json, member.size, || format!("member `{}`", member.name))?;
    }
    // nothing is allocated for a size that the file cannot hold
    limits.check_stream(member.size, source.len())?;
    let mut bytes = vec![0; usize::try_from(member.size).unwrap_or(usize::MAX)];
    let (start, rest) = bytes.split_at_mut_checked(read.len()).unwrap_or_default();
    start.copy_from_slice(read);
    walk.read(member, rest)?;
    Ok(bytes)
}

struct Reader<'a> {
    source: &'a Source,
    blocks: Option<&'a Arc<Blocks>>,
    limits: &'a ReadLimits,
    /// Elements of all arrays so far.
    elements: u64,
    unique: Unique,
}

impl Reader<'_> {
    fn content(&mut self, walk: &mut Walk<'_>, member: &Member) -> Result<Content, ArchiveError> {
        let is_array = member.name.ends_with(".npy") && member.size >= PRELUDE as u64;
        if !is_array {
            return self.bytes(walk, member, &[]);
        }
        let mut text = vec![0; PRELUDE];
        walk.read(member, &mut text)?;
        // what is no array is an error as soon as somebody refers to it
        let length = match header_length(&text) {
            Ok(length) if length as u64 <= member.size => length,
            _ => return self.bytes(walk, member, &text),
        };
        text.resize(length, 0);
        walk.read(member, text.get_mut(PRELUDE..).unwrap_or_default())?;
        let size = member.size - length as u64;
        let header = match Header::parse(&member.name, &text, size, self.limits) {
            Ok(header) => header,
            Err(error @ ArchiveError::Limit { .. }) => return Err(error),
            Err(_) => return self.bytes(walk, member, &text),
        };
        self.elements += size / header.dtype.size() as u64;
        self.limits.check(Limit::TotalElements, self.elements, || format!("array `{}`", member.name))?;
        if !header.is_ours {
            return self.bytes(walk, member, &text);
        }
        let range = member.start..member.offset + member.size + padding(member.size) as u64;
        let elements = member.offset + length as u64..member.offset + member.size;
        let is_alone = |blocks: &&Arc<Blocks>| {
            member.size >= LARGE && blocks.can_be_read_alone(&range, &elements, header.dtype.size() as u64)
        };
        if let Some(blocks) = self.blocks.filter(is_alone) {
            let Header { dtype, shape, order, .. } = header;
            let (blocks, name) = (Arc::clone(blocks), member.name.clone());
            let source =
                Deferred { blocks, name, member: range, elements, dtype, shape: shape.clone(), order };
            walk.leave();
            let tensor = Tensor::deferred(dtype, &shape, order, source);
            return tensor.map(Content::Array).map_err(|error| ArchiveError::array(&member.name, error));
        }
        self.array(walk, member, &header, size)
    }

    /// A member of which nothing is known, and those bytes were read.
    fn bytes(&self, walk: &mut Walk<'_>, member: &Member, read: &[u8]) -> Result<Content, ArchiveError> {
        read_bytes(walk, member, read, self.source, self.limits).map(Content::Bytes)
    }

    /// Unpacks the elements straight into their array.
    fn array(
        &mut self,
        walk: &mut Walk<'_>,
        member: &Member,
        header: &Header,
        size: u64,
    ) -> Result<Content, ArchiveError> {
        let fail = |error| ArchiveError::array(&member.name, error);
        self.limits.check_stream(size, self.source.len())?;
        let mut left = usize::try_from(size).unwrap_or(usize::MAX);
        let mut scratch = vec![0; PIECE.min(left)];
        walk.read(member, &mut scratch)?;
        let mut filling = self.unique.begin(header, &scratch);
        while left > 0 {
            filling.piece(&scratch).map_err(fail)?;
            left -= scratch.len();
            scratch.truncate(left);
            walk.read(member, &mut scratch)?;
        }
        let tensor = filling.finish().map_err(fail)?;
        if tensor.order() == header.order {
            return Ok(Content::Array(tensor));
        }
        // Fortran order, said of an array that has no order: its header is not what is written
        let mut bytes = npy_header(header.dtype, header.order, &header.shape);
        tensor.append_bytes(0..tensor.len(), &mut bytes).map_err(fail)?;
        Ok(Content::Bytes(bytes))
    }
}

/// Members of which nothing is known but their bytes.
pub(crate) fn from_members(members: Members) -> Contents {
    members.into_iter().map(|(name, bytes)| (name, Content::Bytes(bytes))).collect()
}

/// The array in a member, if it is one.
pub(crate) fn array_of(name: &str, content: &Content, limits: &ReadLimits) -> Result<Tensor, ArchiveError> {
    match content {
        Content::Array(tensor) => Ok(tensor.clone()),
        Content::Bytes(bytes) => read_npy_within(name, bytes, limits),
    }
}
