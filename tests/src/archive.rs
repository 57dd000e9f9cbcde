//! Archives by hand: members that can be changed at will, and containers that no writer makes.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use hls4rs::prelude::*;
use serde_json::Value;
use tar::{EntryType, Header};

use crate::Golden;

/// The members of an archive, to be changed in ways that no writer of archives offers.
#[derive(Debug, Clone)]
pub struct Archive {
    /// Names and contents in order.
    pub members: Vec<(String, Vec<u8>)>,
}

impl Archive {
    /// The members of an archive.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut members = Vec::new();
        for entry in tar::Archive::new(MultiGzDecoder::new(bytes)).entries().unwrap() {
            let mut entry = entry.unwrap();
            if entry.header().entry_type() == EntryType::Regular {
                let mut content = Vec::new();
                entry.read_to_end(&mut content).unwrap();
                members.push((entry.path().unwrap().to_str().unwrap().to_owned(), content));
            }
        }
        Self { members }
    }

    /// The members of a golden.
    #[must_use]
    pub fn golden(name: &str) -> Self {
        Self::of(&Golden::named(name).bytes())
    }

    /// The members of a model as it is saved.
    #[must_use]
    pub fn saved(model: &Model, options: &SaveOptions) -> Self {
        Self::of(&model.to_bytes(options).unwrap())
    }

    /// Whether there is such a member.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(member, _)| member == name)
    }

    /// The content of a member.
    #[must_use]
    pub fn content(&self, name: &str) -> &[u8] {
        let found = self.members.iter().find(|(member, _)| member == name);
        &found.unwrap_or_else(|| panic!("no member `{name}`")).1
    }

    /// The content of a member that is JSON; the bare word that hls4ml's configuration has is a text.
    #[must_use]
    pub fn json(&self, name: &str) -> Value {
        let text = str::from_utf8(self.content(name)).unwrap();
        serde_json::from_str(&text.replace(": Infinity", ": \"Infinity\"")).unwrap()
    }

    /// With another content of a member, at the end if there is none of that name.
    #[must_use]
    pub fn with(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        match self.members.iter_mut().find(|(member, _)| member == name) {
            Some((_, old)) => *old = content.into(),
            None => self.members.push((name.to_owned(), content.into())),
        }
        self
    }

    /// Without a member.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.members.retain(|(member, _)| member != name);
        self
    }

    /// With a member of JSON changed.
    #[must_use]
    pub fn edited(self, name: &str, edit: impl FnOnce(&mut Value)) -> Self {
        let mut json = self.json(name);
        edit(&mut json);
        let text = serde_json::to_string_pretty(&json).unwrap();
        self.with(name, text.replace(": \"Infinity\"", ": Infinity"))
    }

    /// The bytes of the archive.
    #[must_use]
    pub fn pack(&self) -> Vec<u8> {
        let plain = |(name, content): &(String, Vec<u8>)| Member::plain(name, content);
        gzip(&tar(&self.members.iter().map(plain).collect::<Vec<_>>()))
    }

    /// The model, read without container.
    ///
    /// # Errors
    /// If the members do not make one.
    pub fn read(&self, options: &ReadOptions) -> Result<Model, ArchiveError> {
        Model::from_members(self.members.iter().cloned().collect(), options)
    }
}

/// A member of a tar archive, whatever its name and kind.
#[derive(Debug, Clone)]
pub struct Member {
    name: Vec<u8>,
    kind: EntryType,
    link: Option<&'static str>,
    content: Vec<u8>,
}

impl Member {
    /// A file.
    #[must_use]
    pub fn plain(name: impl AsRef<[u8]>, content: &[u8]) -> Self {
        Self { name: name.as_ref().to_vec(), kind: EntryType::Regular, link: None, content: content.to_vec() }
    }

    /// Something else than a file.
    #[must_use]
    pub fn special(name: &str, kind: EntryType, link: Option<&'static str>) -> Self {
        Self { name: name.into(), kind, link, content: Vec::new() }
    }

    /// An extension of tar that says something about the member behind it.
    #[must_use]
    pub fn extension(kind: EntryType, content: &[u8]) -> Self {
        Self { kind, ..Self::plain("././@Extension", content) }
    }

    fn header(&self) -> Header {
        let mut header = Header::new_ustar();
        let old = header.as_old_mut();
        old.name[..self.name.len()].copy_from_slice(&self.name);
        if let Some(link) = self.link {
            old.linkname[..link.len()].copy_from_slice(link.as_bytes());
        }
        header.set_entry_type(self.kind);
        header.set_size(self.content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_cksum();
        header
    }
}

/// The bytes of a tar archive with two blocks of zeros at its end. Names have up to 100 bytes.
#[must_use]
pub fn tar(members: &[Member]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for member in members {
        bytes.extend(member.header().as_bytes());
        bytes.extend(&member.content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

/// The bytes as a gzip stream.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
