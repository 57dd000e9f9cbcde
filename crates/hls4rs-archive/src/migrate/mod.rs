//! Bringing archives of older versions up to date: a ladder of small steps on the raw documents.
//!
//! A rung leads from one version to the next. It looks at trees, not at typed layers, since a type is always of today. The
//! documents are those of one archive; what the rung changes, it tells.

mod hls4ml_1_2_0;
mod hls4ml_1_3_0;

use std::fmt;

use hls4rs_types::{Attribute, Attributes};
use semver::Version as Release;

use crate::manifest::MANIFEST_FORMAT;
use crate::{ArchiveError, Hls4mlVersion, Manifest, ReadLimits, Version, Warning, member};

/// The JSON documents of an archive beside its versions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Documents {
    pub(crate) config: Attribute,
    pub(crate) state: Attribute,
    pub(crate) layers: Attribute,
}

/// Something that a migration changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Layer and attribute, or member and key.
    pub place: String,
    /// What was done, and why.
    pub message: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// A step from one version of hls4ml to the next.
struct Rung {
    /// The first release that this rung does not lead on from: archives before it are changed.
    to: Release,
    /// How the version is written that it leads to.
    name: &'static str,
    apply: fn(&mut Documents) -> Vec<Change>,
}

/// All rungs, lowest first.
const LADDER: [Rung; 2] = [hls4ml_1_2_0::RUNG, hls4ml_1_3_0::RUNG];

/// The version that archives are brought to: the newest release, which users have.
pub const CURRENT: Release = Release::new(1, 3, 0);

/// Brings documents up to date with [`CURRENT`]; gives back what was changed. A newer archive stays as it is.
pub(crate) fn documents(documents: &mut Documents, version: &mut Version) -> Vec<Change> {
    climb(documents, version, &CURRENT)
}

fn climb(documents: &mut Documents, version: &mut Version, top: &Release) -> Vec<Change> {
    let Ok(found) = version.hls4ml.parse::<Hls4mlVersion>() else { return Vec::new() };
    let mut changes = Vec::new();
    for rung in LADDER.iter().filter(|rung| found.release < rung.to && rung.to <= *top) {
        changes.extend((rung.apply)(documents));
        let message = format!("`{}` becomes `{}`", version.hls4ml, rung.name);
        changes.push(Change { place: format!("{}: hls4ml", member::VERSION), message });
        rung.name.clone_into(&mut version.hls4ml);
    }
    changes
}

/// Reads a manifest of any version that is known.
///
/// There has been one form so far. When the second one comes, its rung goes here, before the manifest is typed.
pub(crate) fn manifest(
    bytes: &[u8],
    limits: &ReadLimits,
    warnings: &mut Vec<Warning>,
) -> Result<Manifest, ArchiveError> {
    let tree = crate::json::read_json_within(member::MANIFEST, bytes, limits)?;
    let format = tree.as_map().and_then(|map| map.get("format")).and_then(Attribute::as_str);
    let release = format.and_then(|format| format.parse::<Release>().ok());
    let fail = |expected: String| ArchiveError::Version {
        member: member::MANIFEST,
        key: "format",
        expected,
        found: format.unwrap_or("nothing").to_owned(),
    };
    let release = release.ok_or_else(|| fail("a version such as `1.0.0`".to_owned()))?;
    let is_newer = (release.major, release.minor) > (MANIFEST_FORMAT.major, MANIFEST_FORMAT.minor);
    if is_newer || release.major < 1 {
        return Err(fail(format!("at most {}.{}.x", MANIFEST_FORMAT.major, MANIFEST_FORMAT.minor)));
    }
    if release > MANIFEST_FORMAT {
        let found = release.to_string();
        warnings.push(Warning::NewerPatch { what: "manifest", found, known: MANIFEST_FORMAT.to_string() });
    }
    Manifest::of_tree(&tree)
}

/// Layers by name, to be changed.
fn each_layer<'a>(
    layers: &'a mut Attribute,
) -> impl Iterator<Item = (&'a str, &'a str, &'a mut Attributes)> + 'a {
    let layers = match layers {
        Attribute::Map(layers) => Some(layers),
        _ => None,
    };
    let layers = layers.into_iter().flat_map(|layers| layers.iter_mut());
    layers.filter_map(|(name, layer)| {
        let Attribute::Map(layer) = layer else { return None };
        let mut parts = (None, None);
        for (key, value) in layer.iter_mut() {
            match (key, value) {
                ("class_name", Attribute::String(class)) => parts.0 = Some(class.as_str()),
                ("state", Attribute::Map(state)) => parts.1 = Some(state),
                _ => {}
            }
        }
        Some((name, parts.0?, parts.1?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{read_json, write_json};

    fn documents_of(layers: &str) -> Documents {
        let tree = |text: &str| read_json("m", text.as_bytes()).unwrap();
        Documents {
            config: tree(r#"{"config": {"Backend": "Vivado"}}"#),
            state: tree("{}"),
            layers: tree(layers),
        }
    }

    fn version(hls4ml: &str) -> Version {
        Version { hls4ml: hls4ml.to_owned(), ..Version::default() }
    }

    #[test]
    fn the_ladder_has_no_gap_and_ends_with_what_is_known() {
        assert!(LADDER.is_sorted_by(|a, b| a.to < b.to));
        for rung in &LADDER {
            assert_eq!(rung.name.parse::<Hls4mlVersion>().unwrap().release, rung.to);
            assert!(version(rung.name).check(&mut Vec::new()).is_ok());
        }
        assert!(LADDER.iter().any(|rung| rung.to == CURRENT));
    }

    #[test]
    fn archives_climb_as_far_as_they_are_asked() {
        let layers = r#"{"a": {"class_name": "x.Y", "state": {"attributes": {"tast_sequence_cpp": 1}}}}"#;
        for (from, top, to, count) in [
            ("1.2.0", "1.3.0", "1.3.0", 2),
            ("1.2.0", "1.4.0", "1.4.0.dev63", 3),
            ("1.2.1", "1.3.0", "1.3.0", 2),
            ("1.3.0", "1.3.0", "1.3.0", 0),
            ("1.3.0", "1.4.0", "1.4.0.dev63", 1),
            ("1.4.0.dev63", "1.4.0", "1.4.0.dev63", 0),
            ("1.4.0.dev63", "1.3.0", "1.4.0.dev63", 0),
        ] {
            let (mut documents, mut version) = (documents_of(layers), version(from));
            let changes = climb(&mut documents, &mut version, &top.parse().unwrap());
            assert_eq!((version.hls4ml.as_str(), changes.len()), (to, count), "{from} to {top}");
            let is_renamed = write_json(&documents.layers).contains("task_sequence_cpp");
            assert_eq!(is_renamed, from.starts_with("1.2"));
        }
    }

    #[test]
    fn what_is_not_as_expected_is_left_alone() {
        for layers in ["1", "{}", r#"{"a": 1}"#, r#"{"a": {"class_name": 1, "state": 2}}"#] {
            let (mut documents, before) = (documents_of(layers), documents_of(layers));
            climb(&mut documents, &mut version("1.2.0"), &CURRENT);
            assert_eq!(documents, before);
        }
    }
}
