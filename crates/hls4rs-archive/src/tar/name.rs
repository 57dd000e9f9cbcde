//! Names of members.

use std::fmt;

use crate::limits::Limit;
use crate::{ArchiveError, ReadLimits};

/// Why a name is not that of a file inside an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameFault {
    /// There is none.
    Empty,
    /// It is not UTF-8.
    NotUtf8,
    /// It holds a zero.
    Nul,
    /// It holds another control character.
    Control,
    /// It holds a backslash, which separates folders on some systems.
    Backslash,
    /// It begins at the root of a file system.
    Absolute,
    /// It leads out of its folder: `..`.
    Parent,
    /// It has a part that says nothing: `.`.
    Current,
    /// Two slashes follow each other, or a file's name ends with one.
    EmptyPart,
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an empty one",
            Self::NotUtf8 => "one that is not UTF-8",
            Self::Nul => "one with NUL",
            Self::Control => "one with a control character",
            Self::Backslash => "one with a backslash",
            Self::Absolute => "an absolute one",
            Self::Parent => "one with `..`",
            Self::Current => "one with `.`",
            Self::EmptyPart => "one with an empty part",
        })
    }
}

/// Refuses a name that an archive may not hold.
pub(crate) fn check_name(name: &str, limits: &ReadLimits) -> Result<(), ArchiveError> {
    limits.check(Limit::Name, name.len(), || format!("member `{}…`", shown(name.as_bytes())))?;
    let refuse = |found| ArchiveError::MemberName { member: shown(name.as_bytes()), found };
    checked(name.as_bytes()).map(drop).map_err(refuse)
}

/// The beginning of a name with what cannot be printed replaced, for messages.
pub(super) fn shown(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    name.chars().take(80).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The name as a text, if it is one that an archive may hold.
pub(crate) fn checked(name: &[u8]) -> Result<&str, NameFault> {
    let name = str::from_utf8(name).map_err(|_| NameFault::NotUtf8)?;
    if name.is_empty() {
        return Err(NameFault::Empty);
    }
    if name.contains('\0') {
        return Err(NameFault::Nul);
    }
    if name.contains(char::is_control) {
        return Err(NameFault::Control);
    }
    if name.contains('\\') {
        return Err(NameFault::Backslash);
    }
    if name.starts_with('/') {
        return Err(NameFault::Absolute);
    }
    // not by the paths of this system: an archive is the same one on any machine
    for part in name.split('/') {
        match part {
            "" => return Err(NameFault::EmptyPart),
            "." => return Err(NameFault::Current),
            ".." => return Err(NameFault::Parent),
            _ => {}
        }
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_inside_pass() {
        for name in ["a", "a.npy", "hls4rs/manifest.json", "é", "a..b", "...", "a b", "C:a"] {
            assert_eq!(checked(name.as_bytes()), Ok(name));
        }
    }

    #[test]
    fn each_fault_is_told() {
        for (name, fault) in [
            (&b""[..], NameFault::Empty),
            (b"\xff", NameFault::NotUtf8),
            (b"a\0b", NameFault::Nul),
            (b"a\nb", NameFault::Control),
            (b"a\x1b[0m", NameFault::Control),
            (b"a\\b", NameFault::Backslash),
            (b"/etc/passwd", NameFault::Absolute),
            (b"../a", NameFault::Parent),
            (b"a/../b", NameFault::Parent),
            (b"./a", NameFault::Current),
            (b"a/./b", NameFault::Current),
            (b"a//b", NameFault::EmptyPart),
            (b"a/", NameFault::EmptyPart),
            (b"//a", NameFault::Absolute),
        ] {
            assert_eq!(checked(name), Err(fault), "{name:?}");
        }
    }
}
