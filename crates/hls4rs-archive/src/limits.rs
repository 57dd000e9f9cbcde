//! How much of a file is believed.

use std::fmt;
use std::str::FromStr;

use crate::ArchiveError;

/// The most that a reader takes, so that a hostile file costs neither the memory nor the patience of its reader.
///
/// The defaults are for files from strangers, and far beyond what hls4ml makes of real networks. Where a file that you trust is
/// refused, the error names the field to raise.
///
/// ```
/// use hls4rs_archive::{ReadLimits, ReadOptions};
///
/// let limits = ReadLimits::default().with_unpacked(64 << 30).with_elements(1 << 33);
/// let options = ReadOptions::default().with_limits(limits);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadLimits {
    /// Bytes of the file.
    pub compressed: u64,
    /// Bytes of the tar archive inside, padding and all.
    pub unpacked: u64,
    /// Bytes of the tar archive per byte of the file, beyond the first [`ReadLimits::RATIO_FLOOR`] bytes.
    pub ratio: u64,
    /// Number of members.
    pub members: u64,
    /// Bytes of one member.
    pub member: u64,
    /// Bytes of a member's name.
    pub name: u64,
    /// Bytes of one JSON document. The tree that is made of it takes up to 20 times as much memory.
    pub json: u64,
    /// How deep lists and maps of a JSON document may be nested; at most 127.
    pub json_depth: u64,
    /// Dimensions of an array.
    pub rank: u64,
    /// Elements of one array.
    pub elements: u64,
    /// Elements of all arrays.
    pub total_elements: u64,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            compressed: 2 << 30,
            unpacked: 4 << 30,
            ratio: 100,
            members: 100_000,
            member: 2 << 30,
            name: 1024,
            json: 32 << 20,
            json_depth: 127,
            rank: 32,
            elements: 1 << 30,
            total_elements: 1 << 30,
        }
    }
}

macro_rules! with {
    ($($name:ident $field:ident $type:ty, $doc:literal;)*) => {
        impl ReadLimits {
            $(#[doc = $doc]
            #[must_use]
            pub fn $name(self, $field: $type) -> Self {
                Self { $field, ..self }
            })*
        }
    };
}

with! {
    with_compressed compressed u64, "With that many bytes of the file at most.";
    with_unpacked unpacked u64, "With that many bytes of the tar archive at most.";
    with_ratio ratio u64, "With that many bytes of the tar archive per byte of the file at most.";
    with_members members u64, "With that many members at most.";
    with_member member u64, "With that many bytes of one member at most.";
    with_name name u64, "With that many bytes of a member's name at most.";
    with_json json u64, "With that many bytes of one JSON document at most.";
    with_json_depth json_depth u64, "With JSON nested that deep at most.";
    with_rank rank u64, "With that many dimensions of an array at most.";
    with_elements elements u64, "With that many elements of one array at most.";
    with_total_elements total_elements u64, "With that many elements of all arrays at most.";
}

/// One of the [`ReadLimits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// See [`ReadLimits::compressed`].
    Compressed,
    /// See [`ReadLimits::unpacked`].
    Unpacked,
    /// See [`ReadLimits::ratio`].
    Ratio,
    /// See [`ReadLimits::members`].
    Members,
    /// See [`ReadLimits::member`].
    Member,
    /// See [`ReadLimits::name`].
    Name,
    /// See [`ReadLimits::json`].
    Json,
    /// See [`ReadLimits::json_depth`].
    JsonDepth,
    /// See [`ReadLimits::rank`].
    Rank,
    /// See [`ReadLimits::elements`].
    Elements,
    /// See [`ReadLimits::total_elements`].
    TotalElements,
}

impl Limit {
    /// All limits.
    pub const ALL: [Self; 11] = [
        Self::Compressed,
        Self::Unpacked,
        Self::Ratio,
        Self::Members,
        Self::Member,
        Self::Name,
        Self::Json,
        Self::JsonDepth,
        Self::Rank,
        Self::Elements,
        Self::TotalElements,
    ];

    /// The field of [`ReadLimits`].
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::Compressed => "compressed",
            Self::Unpacked => "unpacked",
            Self::Ratio => "ratio",
            Self::Members => "members",
            Self::Member => "member",
            Self::Name => "name",
            Self::Json => "json",
            Self::JsonDepth => "json_depth",
            Self::Rank => "rank",
            Self::Elements => "elements",
            Self::TotalElements => "total_elements",
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::Compressed => "bytes of the file",
            Self::Unpacked => "bytes unpacked",
            Self::Ratio => "bytes unpacked per byte of the file",
            Self::Members => "members",
            Self::Member | Self::Json => "bytes",
            Self::Name => "bytes of the name",
            Self::JsonDepth => "levels of nesting",
            Self::Rank => "dimensions",
            Self::Elements => "elements",
            Self::TotalElements => "elements of all arrays",
        }
    }
}

impl FromStr for Limit {
    type Err = String;

    /// By the name of the field.
    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|limit| limit.field() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::field).join("`, `");
            format!("expected one of `{names}`, found `{name}`")
        })
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.unit())
    }
}

impl ReadLimits {
    /// So many bytes may be unpacked before their ratio is looked at, since a short run of zeros says nothing.
    pub const RATIO_FLOOR: u64 = 16 << 20;

    /// No limit at all, for files that this program has written itself.
    #[must_use]
    pub fn unlimited() -> Self {
        Self {
            compressed: u64::MAX,
            unpacked: u64::MAX,
            ratio: u64::MAX,
            members: u64::MAX,
            member: u64::MAX,
            name: u64::MAX,
            json: u64::MAX,
            json_depth: 127,
            rank: u64::MAX,
            elements: u64::MAX,
            total_elements: u64::MAX,
        }
    }

    /// With another value of a limit.
    #[must_use]
    pub fn with(mut self, limit: Limit, value: u64) -> Self {
        let field = match limit {
            Limit::Compressed => &mut self.compressed,
            Limit::Unpacked => &mut self.unpacked,
            Limit::Ratio => &mut self.ratio,
            Limit::Members => &mut self.members,
            Limit::Member => &mut self.member,
            Limit::Name => &mut self.name,
            Limit::Json => &mut self.json,
            Limit::JsonDepth => &mut self.json_depth,
            Limit::Rank => &mut self.rank,
            Limit::Elements => &mut self.elements,
            Limit::TotalElements => &mut self.total_elements,
        };
        *field = value;
        self
    }

    /// The value of a limit.
    #[must_use]
    pub fn get(&self, limit: Limit) -> u64 {
        match limit {
            Limit::Compressed => self.compressed,
            Limit::Unpacked => self.unpacked,
            Limit::Ratio => self.ratio,
            Limit::Members => self.members,
            Limit::Member => self.member,
            Limit::Name => self.name,
            Limit::Json => self.json,
            Limit::JsonDepth => self.json_depth,
            Limit::Rank => self.rank,
            Limit::Elements => self.elements,
            Limit::TotalElements => self.total_elements,
        }
    }

    /// Refuses what is beyond a limit. `place` begins the message.
    pub(crate) fn check(
        &self,
        limit: Limit,
        found: impl TryInto<u64>,
        place: impl FnOnce() -> String,
    ) -> Result<(), ArchiveError> {
        let (found, allowed) = (found.try_into().unwrap_or(u64::MAX), self.get(limit));
        if found <= allowed {
            return Ok(());
        }
        Err(ArchiveError::Limit { place: place(), limit, allowed, found })
    }

    /// Refuses a stream that is larger, or more tightly packed, than allowed.
    pub(crate) fn check_stream(&self, unpacked: u64, packed: u64) -> Result<(), ArchiveError> {
        let whole = || "gzip".to_owned();
        self.check(Limit::Unpacked, unpacked, whole)?;
        if unpacked > Self::RATIO_FLOOR {
            let beyond = unpacked - Self::RATIO_FLOOR;
            self.check(Limit::Ratio, beyond.div_ceil(packed.max(1)), whole)?;
        }
        Ok(())
    }
}
