//! A gzip stream of independent blocks.
//!
//! An archive is a chain of gzip members, which every reader of gzip takes for one stream. Each member, a block here, says in
//! an extra field of its header how long it is, packed and unpacked. So a reader that knows the field finds all
//! blocks by hopping from header to header, unpacks them in parallel, and leaves out those that it does not need. Other readers pass the
//! field over.
//!
//! **Source:** RFC 1952, 2.3.1.1 (extra field). Genomics has had the same idea for long (BGZF); its fields hold 16 bits, which is
//! little for arrays.

mod block;
mod index;
mod reader;
mod source;

pub(crate) use block::{BLOCK, compress};
pub(crate) use index::{BlockReader, Blocks};
pub(crate) use reader::Unpacked;
pub(crate) use source::Source;
