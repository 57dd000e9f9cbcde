//! What came of the cases.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::select::{Case, Mode};

/// What `conformance.py` says of a case.
#[derive(Debug, Deserialize)]
pub(super) struct Verdict {
    /// `PASS`, `FAIL` or `SKIP`.
    result: String,
    reason: String,
}

impl Verdict {
    fn passed(&self) -> bool {
        self.result == "PASS"
    }
}

/// Reads the verdicts, one per case in the same order.
pub(super) fn read(path: &Path, cases: usize) -> Result<Vec<Verdict>> {
    let json = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let verdicts: Vec<Verdict> = serde_json::from_str(&json).with_context(|| path.display().to_string())?;
    ensure!(verdicts.len() == cases, "verdicts: expected {cases}, found {}", verdicts.len());
    Ok(verdicts)
}

/// A number that is printed: what is counted, and of which cases.
type Count = (&'static str, fn(&Case) -> bool);

const COUNTS: &[Count] = &[
    ("goldens loaded", |case| case.is_golden),
    ("corpus loaded", |case| !case.is_golden),
    ("with one-bit types loaded", |case| case.candidate.content.has_xnor),
    ("predicted bit for bit", |case| case.mode == Mode::Predict),
    ("Quartus io_parallel predicted", |case| {
        case.mode == Mode::Predict && case.candidate.is_quartus_parallel()
    }),
];

/// The counts, a line each: passed of all.
pub(super) fn counts(cases: &[Case], verdicts: &[Verdict]) -> String {
    let line = |(what, concerns): &Count| {
        let concerned =
            cases.iter().zip(verdicts).filter(|(case, _)| case.excluded.is_none() && concerns(case));
        let passed = concerned.clone().filter(|(_, verdict)| verdict.passed()).count();
        format!("{what:<30} {passed:>4} of {:>4}\n", concerned.count())
    };
    let lines: String = COUNTS.iter().map(line).collect();
    let excluded = cases.iter().filter(|case| case.excluded.is_some()).count();
    format!("{lines}{:<30} {excluded:>4}\n", "excluded")
}

/// What is not as expected: cases that did not pass, and excluded ones that did.
pub(super) fn unexpected(cases: &[Case], verdicts: &[Verdict]) -> Vec<String> {
    let message = |(case, verdict): (&Case, &Verdict)| {
        let name = &case.candidate.name;
        match (case.excluded, verdict.passed()) {
            (None, true) | (Some(_), false) => None,
            (None, false) => {
                Some(format!("{name}: expected a pass, found {} {}", verdict.result, verdict.reason))
            }
            (Some(reason), true) => Some(format!("{name}: passed, but is excluded: {reason}")),
        }
    };
    cases.iter().zip(verdicts).filter_map(message).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::candidates::Candidate;

    fn case(name: &str, excluded: Option<&'static str>) -> Case {
        let candidate = Candidate { name: name.to_owned(), ..Candidate::default() };
        Case { candidate, is_golden: true, mode: Mode::Load, excluded }
    }

    fn verdict(result: &str) -> Verdict {
        Verdict { result: result.to_owned(), reason: "why".to_owned() }
    }

    #[test]
    fn surprises_are_named() {
        let cases = [
            case("a", None),
            case("b", None),
            case("c", Some("no class")),
            case("d", Some("no class")),
            case("e", None),
        ];
        let verdicts = ["PASS", "FAIL", "FAIL", "PASS", "SKIP"].map(verdict);
        let expected = [
            "b: expected a pass, found FAIL why",
            "d: passed, but is excluded: no class",
            "e: expected a pass, found SKIP why",
        ];
        assert_eq!(unexpected(&cases, &verdicts), expected);
        let counts = counts(&cases, &verdicts);
        assert!(counts.starts_with("goldens loaded                    1 of    3\n"), "{counts}");
        assert!(counts.ends_with("excluded                          2\n"), "{counts}");
    }
}
