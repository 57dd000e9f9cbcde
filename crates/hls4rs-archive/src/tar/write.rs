//! Headers of members: the same for the same member, on any machine and at any time.

use tar::{EntryType, Header};

use super::{UNIT, padding};
/// What stands at the end.
pub(crate) const END: [u8; 2 * UNIT] = [0; 2 * UNIT];

/// The header of a plain file. A name that is too long for it goes before, as GNU tar does it.
pub(crate) fn header(name: &str, size: u64) -> Vec<u8> {
    let mut header = plain(size, 0o644);
    if header.set_path(name).is_ok() {
        header.set_cksum();
        return header.as_bytes().to_vec();
    }
    let long = name.len() as u64 + 1;
    let mut before = plain(long, 0o644);
    before.set_entry_type(EntryType::GNULongName);
    before.as_old_mut().name[..13].copy_from_slice(b"././@LongLink");
    before.set_cksum();
    let start = (0..=100.min(name.len())).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    let short = name[..start].trim_end_matches('/').as_bytes();
    let mut bytes = before.as_bytes().to_vec();
    bytes.extend(name.as_bytes());
    bytes.push(0);
    bytes.resize(bytes.len() + padding(long), 0);
    for (place, byte) in header.as_old_mut().name.iter_mut().zip(short) {
        *place = *byte;
    }
    header.set_cksum();
    bytes.extend(header.as_bytes());
    bytes
}

/// The header of the root directory, with which Python's `tarfile` begins.
pub(crate) fn root() -> Vec<u8> {
    let mut header = plain(0, 0o700);
    header.set_entry_type(EntryType::Directory);
    header.as_old_mut().name[0] = b'/';
    header.set_cksum();
    header.as_bytes().to_vec()
}

fn plain(size: u64, mode: u32) -> Header {
    let mut header = Header::new_ustar();
    header.set_size(size);
    header.set_mode(mode);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}
