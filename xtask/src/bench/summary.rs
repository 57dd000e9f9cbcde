//! Medians and ratios.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

/// What a program measured, by file.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct Samples(BTreeMap<String, Sample>);

/// Seconds that opening and saving took, or why they failed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum Sample {
    Failed { error: String },
    Measured { load_s: Vec<f64>, save_s: Vec<f64> },
}

impl Samples {
    /// Adds the measurements of another pass.
    pub(super) fn extend(&mut self, pass: Self) -> Result<()> {
        for (file, sample) in pass.0 {
            ensure!(sample.has_finite_values(), "{file}: expected measurements, found {sample:?}");
            match (self.0.get_mut(&file), sample) {
                (
                    Some(Sample::Measured { load_s, save_s }),
                    Sample::Measured { load_s: load, save_s: save },
                ) => {
                    load_s.extend(load);
                    save_s.extend(save);
                }
                (_, sample) => {
                    self.0.insert(file, sample);
                }
            }
        }
        Ok(())
    }

    /// Medians of opening and saving, or why there are none.
    fn medians(&self, file: &str) -> Result<[f64; 2], String> {
        match self.0.get(file) {
            Some(Sample::Measured { load_s, save_s }) => Ok([median(load_s), median(save_s)]),
            Some(Sample::Failed { error }) => Err(error.clone()),
            None => Err("not measured".to_owned()),
        }
    }
}

impl Sample {
    fn has_finite_values(&self) -> bool {
        match self {
            Self::Failed { .. } => true,
            Self::Measured { load_s, save_s } => [load_s, save_s].iter().all(|seconds| {
                !seconds.is_empty() && seconds.iter().all(|second| second.is_finite() && *second > 0.0)
            }),
        }
    }
}

/// The middle of the values; the mean of the two middle ones if their number is even.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    f64::midpoint(middle(sorted.len().saturating_sub(1) / 2), middle(sorted.len() / 2))
}

/// Both programs' measurements.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) hls4ml: Samples,
    pub(super) hls4rs: Samples,
}

/// Medians of one file: for opening and for saving, hls4ml's and ours.
type Pair = [[f64; 2]; 2];

impl Report {
    /// A table of all files and the ratios over those of the corpus.
    pub(super) fn text(&self, files: &[String], corpus: &[String]) -> String {
        let mut text = format!(
            "{:>10} {:>10} {:>7}  {:>10} {:>10} {:>7}\n{:>10} {:>10} {:>7}  {:>10} {:>10} {:>7}  archive\n",
            "open",
            "open",
            "",
            "save",
            "save",
            "",
            "hls4ml ms",
            "hls4rs ms",
            "ratio",
            "hls4ml ms",
            "hls4rs ms",
            "ratio"
        );
        for file in files {
            let _ = match self.pair(file) {
                Ok(pair) => writeln!(text, "{}  {}", row(pair), short(file)),
                Err(error) => writeln!(text, "{}: left out: {error}", short(file)),
            };
        }
        text.push_str(&self.over("all archives", files));
        text.push_str(&self.over("the corpus", corpus));
        text.push_str(
            "Saving is without bringing the file to the disk on both sides, as hls4ml does it. By default hls4rs brings file and folder to \
             the disk (two fsyncs), which takes what the disk takes.\n",
        );
        text
    }

    fn pair(&self, file: &str) -> Result<Pair, String> {
        let [theirs, ours] = [("hls4ml", &self.hls4ml), ("hls4rs", &self.hls4rs)]
            .map(|(name, samples)| samples.medians(file).map_err(|error| format!("{name}: {error}")));
        let ([load, save], [our_load, our_save]) = (theirs?, ours?);
        Ok([[load, our_load], [save, our_save]])
    }

    /// The ratios of the medians over many files, and their extremes.
    fn over(&self, what: &str, files: &[String]) -> String {
        let pairs: Vec<Pair> = files.iter().filter_map(|file| self.pair(file).ok()).collect();
        if pairs.is_empty() {
            return String::new();
        }
        let line = |(index, name): (usize, &str)| {
            let of =
                |program: usize| median(&pairs.iter().map(|pair| pair[index][program]).collect::<Vec<_>>());
            let mut ratios: Vec<f64> = pairs.iter().map(|pair| pair[index][0] / pair[index][1]).collect();
            ratios.sort_by(f64::total_cmp);
            let extreme = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
            format!(
                "{name} {what} ({} of {}): median {:.2} ms by hls4ml, {:.2} ms by hls4rs, ratio {:.1}; \
                 per archive {:.1} to {:.1}, median {:.1}\n",
                pairs.len(),
                files.len(),
                of(0) * 1e3,
                of(1) * 1e3,
                of(0) / of(1),
                extreme(ratios.first()),
                extreme(ratios.last()),
                median(&ratios),
            )
        };
        [(0, "opening"), (1, "saving")].map(line).concat()
    }
}

fn row(pair: Pair) -> String {
    let part = |[theirs, ours]: [f64; 2]| {
        format!("{:>10.2} {:>10.3} {:>7.1}", theirs * 1e3, ours * 1e3, theirs / ours)
    };
    pair.map(part).join("  ")
}

/// The last folder and the name of the file.
fn short(file: &str) -> String {
    let path = Path::new(file);
    let parts: Vec<_> =
        path.components().rev().take(2).map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(json: &str) -> Samples {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn medians_are_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn passes_are_joined() {
        let mut all = Samples::default();
        all.extend(samples(r#"{"a": {"load_s": [1.0], "save_s": [2.0]}, "b": {"error": "no"}}"#)).unwrap();
        all.extend(samples(r#"{"a": {"load_s": [3.0, 5.0], "save_s": [4.0, 4.0]}}"#)).unwrap();
        assert_eq!(all.medians("a"), Ok([3.0, 4.0]));
        assert_eq!(all.medians("b"), Err("no".to_owned()));
        assert!(all.extend(samples(r#"{"a": {"load_s": [], "save_s": []}}"#)).is_err());
    }

    #[test]
    fn ratios_are_of_medians() {
        let hls4ml = r#"{"x/a.fml": {"load_s": [0.01], "save_s": [0.02]}, "x/b.fml": {"load_s": [0.03], "save_s": [0.02]}, "x/c.fml": {"error": "Type"}}"#;
        let hls4rs = r#"{"x/a.fml": {"load_s": [0.001], "save_s": [0.01]}, "x/b.fml": {"load_s": [0.001], "save_s": [0.01]}, "x/c.fml": {"load_s": [0.001], "save_s": [0.01]}}"#;
        let report = Report { hls4ml: samples(hls4ml), hls4rs: samples(hls4rs) };
        let files = ["x/a.fml", "x/b.fml", "x/c.fml"].map(str::to_owned);
        let text = report.text(&files, &files);
        assert!(
            text.contains("     10.00      1.000    10.0       20.00     10.000     2.0  x/a.fml\n"),
            "{text}"
        );
        assert!(text.contains("x/c.fml: left out: hls4ml: Type\n"), "{text}");
        assert!(text.contains("opening the corpus (2 of 3): median 20.00 ms by hls4ml, 1.00 ms by hls4rs, ratio 20.0; per archive 10.0 to 30.0, median 20.0\n"), "{text}");
    }
}
