//! hls4ml 1.3.0 to the development branch, as of 1.4.0.dev63.
//!
//! The branch has more layers and passes; nothing that was there before has another form.

use semver::Version as Release;

use super::{Change, Documents, Rung};

pub(super) const RUNG: Rung = Rung { to: Release::new(1, 4, 0), name: "1.4.0.dev63", apply };

fn apply(_: &mut Documents) -> Vec<Change> {
    Vec::new()
}
