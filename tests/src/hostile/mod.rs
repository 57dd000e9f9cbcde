//! Archives that are damaged or made to do harm, and what the message about each must mention.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod arrays;
mod blocks;
mod container;
mod documents;
mod layers;
mod members;

use crate::{Archive, Golden};

/// An archive that must be refused.
#[derive(Debug, Clone)]
pub struct Hostile {
    /// What is wrong with it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What the message must mention: the member, or the layer and the attribute.
    pub mentions: Vec<&'static str>,
}

impl Hostile {
    fn new(name: impl Into<String>, bytes: Vec<u8>, mentions: &[&'static str]) -> Self {
        Self { name: name.into(), bytes, mentions: mentions.to_vec() }
    }
}

/// The archive that all others are made of.
const VICTIM: &str = "mlp-vivado-io_parallel";

/// All archives that must be refused.
#[must_use]
pub fn hostile_archives() -> Vec<Hostile> {
    let bytes = Golden::named(VICTIM).bytes();
    let archive = Archive::of(&bytes);
    let mut all = container::cases(&bytes);
    all.extend(blocks::cases(&archive));
    all.extend(members::cases(&archive));
    all.extend(arrays::cases(&archive));
    all.extend(documents::cases(&archive));
    all.extend(layers::cases(&archive));
    all
}
