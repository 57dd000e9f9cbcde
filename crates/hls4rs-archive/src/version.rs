//! The versions that an archive names.

use std::fmt;
use std::str::FromStr;

use hls4rs_types::Attributes;
use semver::Version as Release;
use serde::{Deserialize, Serialize};

use crate::{ArchiveError, member};

/// The format that is known.
const FORMAT: &str = "1";

/// The releases whose form is known, from the first one that saved models; the last one is still in development.
const KNOWN: [Release; 3] = [Release::new(1, 2, 0), Release::new(1, 3, 0), Release::new(1, 4, 0)];

/// What a user should know before trusting a model, though it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The archive is of a newer patch of a known version.
    NewerPatch {
        /// What has the version.
        what: &'static str,
        /// The version.
        found: String,
        /// The last one that is known.
        known: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewerPatch { what, found, known } => {
                write!(f, "{what} of version {found}, read as version {known}, the nearest one that is known")
            }
        }
    }
}

/// What `version.json` holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Version of hls4ml that wrote the archive, or whose form it has.
    pub hls4ml: String,
    /// Version of the format.
    pub model_graph: String,
    /// Whatever else is said.
    #[serde(flatten)]
    pub extra: Attributes,
}

impl Default for Version {
    /// The version whose form is written: hls4ml 1.3.0.
    fn default() -> Self {
        Self { hls4ml: "1.3.0".to_owned(), model_graph: FORMAT.to_owned(), extra: Attributes::new() }
    }
}

impl Version {
    /// Checks that both versions are known. A newer patch of the last known version is a warning.
    ///
    /// # Errors
    /// If one of them is not.
    pub fn check(&self, warnings: &mut Vec<Warning>) -> Result<(), ArchiveError> {
        if self.model_graph != FORMAT {
            let (expected, found) = (format!("`{FORMAT}`"), self.model_graph.clone());
            return Err(ArchiveError::Version {
                member: member::VERSION,
                key: "model_graph",
                expected,
                found,
            });
        }
        let fail = |expected: String| {
            let found = self.hls4ml.clone();
            ArchiveError::Version { member: member::VERSION, key: "hls4ml", expected, found }
        };
        let version: Hls4mlVersion =
            self.hls4ml.parse().map_err(|()| fail("a version such as `1.3.0`".to_owned()))?;
        let minor = |release: &Release| (release.major, release.minor);
        let Some(known) = KNOWN.into_iter().find(|known| minor(known) == minor(&version.release)) else {
            let [first, _, last] = KNOWN;
            return Err(fail(format!("a version from {first} to {}.{}.x", last.major, last.minor)));
        };
        if version.release > known {
            let (found, known) = (self.hls4ml.clone(), known.to_string());
            warnings.push(Warning::NewerPatch { what: "archive of hls4ml", found, known });
        }
        Ok(())
    }
}

/// A version of hls4ml, in Python's notation: `1.3.0`, `1.4.0.dev63`, `1.3.0rc1+g0a1b2c3`.
///
/// **Source:** PEP 440, as far as `setuptools_scm` uses it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hls4mlVersion {
    /// The release that it is, or leads to.
    pub release: Release,
    /// Whatever follows the release: `.dev63`.
    pub suffix: String,
}

impl FromStr for Hls4mlVersion {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let release = text[..end].trim_end_matches('.');
        let suffix = text[release.len()..].to_owned();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_');
        if !suffix.chars().all(is_plain) {
            return Err(());
        }
        let mut numbers = release.split('.').map(str::parse::<u64>);
        let mut next = || numbers.next().unwrap_or(Ok(0)).map_err(|_| ());
        let release = Release::new(next()?, next()?, next()?);
        Ok(Self { release, suffix })
    }
}

impl fmt::Display for Hls4mlVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.release, self.suffix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hls4ml: &str, model_graph: &str) -> Result<(), String> {
        let version =
            Version { hls4ml: hls4ml.into(), model_graph: model_graph.into(), extra: Attributes::new() };
        let mut warnings = Vec::new();
        version.check(&mut warnings).map_err(|error| error.to_string())?;
        assert_eq!(!warnings.is_empty(), hls4ml.contains(".1") && !hls4ml.contains("dev"), "{hls4ml}");
        Ok(())
    }

    #[test]
    fn known_versions() {
        for known in
            ["1.2.0", "1.3.0", "1.3.1rc1", "1.4.0.dev63", "1.4.0.dev63+g0a1b2c3.d20260610", "1.4.0", "1.4.1"]
        {
            assert_eq!(check(known, "1"), Ok(()), "{known}");
        }
    }

    #[test]
    fn unknown_versions() {
        for unknown in ["1.1.0", "1.5.0", "2.0.0", "", "one", "1.3.0 beta", "99999999999999999999.0.0"] {
            assert!(check(unknown, "1").unwrap_err().contains(&format!("found `{unknown}`")), "{unknown}");
        }
        let message = "member `version.json`: `model_graph`: expected `1`, found `2`";
        assert_eq!(check("1.3.0", "2").unwrap_err(), message);
    }
}
