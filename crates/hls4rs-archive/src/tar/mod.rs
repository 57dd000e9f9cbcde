//! The tar archive: its headers, and the walk from one to the next.
//!
//! Headers are read and written by a library. The walk is our own: nothing is believed before it is measured
//! against the limits, extension records neither, and nothing is ever written to the disk.

mod name;
mod walk;
mod write;

pub use name::NameFault;
pub(crate) use name::checked as checked_name;
pub use walk::KindFault;
pub(crate) use walk::{Member, Walk};
pub(crate) use write::{END, header, root};

/// The size of a tar block in bytes.
pub(crate) const UNIT: usize = 512;

/// The bytes that fill up a member's last unit.
pub(crate) fn padding(size: u64) -> usize {
    (UNIT - (size % UNIT as u64) as usize) % UNIT
}
