//! How archives are read and written.

use crate::ReadLimits;

/// Where the arrays of an archive are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ArrayLayout {
    /// Each in a member of its own, `NAME.npy`. This is what hls4ml reads and writes.
    #[default]
    Npy,
    /// All in one member, `weights.npz`. hls4ml 1.3.0 does not read this.
    Npz,
}

/// How much of an archive is compared with its manifest when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ManifestCheck {
    /// Nothing; [`crate::Archive::check`] tells what differs.
    Nothing,
    /// Names and sizes of all members, and the content of the JSON documents. Arrays are guarded by the checksums of gzip.
    #[default]
    Documents,
    /// Every byte.
    Everything,
}

/// How an archive is read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Whether connections are checked: each input made by one layer, and no cycles.
    pub check_structure: bool,
    /// How much is compared with the archive's manifest, if it has one.
    pub manifest: ManifestCheck,
    /// Whether documents of older versions of hls4ml are brought up to date.
    pub migrate: bool,
    /// How much of the file is believed.
    pub limits: ReadLimits,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            check_structure: true,
            manifest: ManifestCheck::Documents,
            migrate: false,
            limits: ReadLimits::default(),
        }
    }
}

impl ReadOptions {
    /// With connections checked, or not.
    #[must_use]
    pub fn with_check_structure(self, check_structure: bool) -> Self {
        Self { check_structure, ..self }
    }

    /// With that much compared with the manifest.
    #[must_use]
    pub fn with_manifest(self, manifest: ManifestCheck) -> Self {
        Self { manifest, ..self }
    }

    /// With documents of older versions brought up to date, or as they are.
    #[must_use]
    pub fn with_migrate(self, migrate: bool) -> Self {
        Self { migrate, ..self }
    }

    /// With these limits.
    #[must_use]
    pub fn with_limits(self, limits: ReadLimits) -> Self {
        Self { limits, ..self }
    }
}

/// How an archive is written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SaveOptions {
    /// Where the arrays go.
    pub arrays: ArrayLayout,
    /// Whether only members that hls4ml writes are written, and members that this version does not know are left out.
    pub plain: bool,
    /// Whether faults of hls4ml's writer that its own loader trips over are kept; see [`crate::REPAIRS`].
    pub verbatim: bool,
    /// Whether quantizers that hls4ml can load only with QKeras are written beside the graph, so that it loads the archive
    /// without. Only for models behind a backend's flow `optimize`: hls4ml needs none of them from there on.
    pub without_qkeras: bool,
    /// How hard to compress, from 0 (not at all) to 9. From 7 on, also what gets hardly smaller is compressed.
    pub level: u32,
    /// Whether a file is brought to the disk before it takes its name, so that also a machine that loses power leaves
    /// a whole file. Without it, as with hls4ml, only a program that fails does.
    pub durable: bool,
    /// Most bytes of a JSON document; by default as many as readers take by default, see [`ReadLimits::json`].
    pub json: u64,
}

impl Default for SaveOptions {
    fn default() -> Self {
        Self {
            arrays: ArrayLayout::Npy,
            plain: false,
            verbatim: false,
            without_qkeras: false,
            level: Self::DEFAULT_LEVEL,
            durable: true,
            json: ReadLimits::default().json,
        }
    }
}

impl SaveOptions {
    /// The level of compression by default: as small as Python's own default for arrays of weights, and much faster.
    pub const DEFAULT_LEVEL: u32 = 5;

    /// With that layout of the arrays.
    #[must_use]
    pub fn with_arrays(self, arrays: ArrayLayout) -> Self {
        Self { arrays, ..self }
    }

    /// With only the members that hls4ml writes, or with all.
    #[must_use]
    pub fn with_plain(self, plain: bool) -> Self {
        Self { plain, ..self }
    }

    /// With hls4ml's faults kept, or repaired.
    #[must_use]
    pub fn with_verbatim(self, verbatim: bool) -> Self {
        Self { verbatim, ..self }
    }

    /// With quantizers of QKeras beside the graph, or in it.
    #[must_use]
    pub fn with_without_qkeras(self, without_qkeras: bool) -> Self {
        Self { without_qkeras, ..self }
    }

    /// With the file brought to the disk before it takes its name, or not.
    #[must_use]
    pub fn with_durable(self, durable: bool) -> Self {
        Self { durable, ..self }
    }

    /// With that many bytes of a JSON document at most.
    #[must_use]
    pub fn with_json(self, json: u64) -> Self {
        Self { json, ..self }
    }

    /// With that level of compression, from 0 to 9.
    #[must_use]
    pub fn with_level(self, level: u32) -> Self {
        Self { level: level.min(9), ..self }
    }
}
