//! The name that a user may have meant.

/// How unlike a name may be, for each of its letters, to be taken for another one.
const LIKE: f64 = 0.75;

/// The name most like the one that was found, if one is like it at all. Case makes no difference.
///
/// ```
/// use hls4rs_backend::configure::nearest;
///
/// assert_eq!(nearest("reusefactor", ["Precision", "ReuseFactor"]), Some("ReuseFactor"));
/// assert_eq!(nearest("colour", ["Precision", "ReuseFactor"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(found: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_lowercase();
    let likeness = |name: &str| strsim::normalized_damerau_levenshtein(&found, &name.to_lowercase());
    let scored = names.into_iter().map(|name| (likeness(name), name));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.filter(|(score, _)| *score >= LIKE).map(|(_, name)| name)
}
