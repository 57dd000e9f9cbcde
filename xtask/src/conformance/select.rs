//! Which archives hls4ml is asked to load, and which of them to predict with.

use std::collections::BTreeSet;

use super::candidates::Candidate;
use super::exclusions::reason;
use crate::spread::spread;

/// The version of hls4ml in `requirements-keras.txt`; answers that another version recorded are no oracle for it.
const HLS4ML: &str = "1.3.0";

/// Backends whose compilers are not to be had.
const WITHOUT_COMPILER: &[&str] = &["oneAPI", "Libero"];

/// Archives of Quartus io_parallel that are always predicted with: hls4ml can not compile what it saved itself for them.
const QUARTUS: usize = 12;

/// What hls4ml is asked to do with an archive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mode {
    Load,
    Predict,
}

/// An archive and what to do with it.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) candidate: Candidate,
    pub(super) is_golden: bool,
    pub(super) mode: Mode,
    /// Why it is expected to fail.
    pub(super) excluded: Option<&'static str>,
}

impl Candidate {
    /// Is it one of those whose names of variables hls4ml garbles?
    pub(super) fn is_quartus_parallel(&self) -> bool {
        self.about.backend == "Quartus" && self.about.io_type == "io_parallel"
    }

    /// Are there answers that hls4ml should give again?
    fn is_predictable(&self) -> bool {
        let can_compile = !WITHOUT_COMPILER.contains(&self.about.backend.as_str());
        self.io.is_some()
            && self.about.hls4ml == HLS4ML
            && can_compile
            && reason(self, Mode::Predict).is_none()
    }
}

/// The cases: all goldens, `cases` archives of the corpus, and what is excluded. With `predict` of those of the corpus, or of
/// the goldens if there is no corpus, hls4ml also predicts.
pub(super) fn select(goldens: &[Candidate], corpus: &[Candidate], cases: usize, predict: usize) -> Vec<Case> {
    let goldens: Vec<&Candidate> = goldens.iter().collect();
    let chosen = choose(corpus, cases);
    let predicted = to_predict(if corpus.is_empty() { &goldens } else { &chosen }, predict);
    let case = |candidate: &Candidate, is_golden| {
        let mode = if predicted.contains(candidate.name.as_str()) { Mode::Predict } else { Mode::Load };
        Case { candidate: candidate.clone(), is_golden, mode, excluded: reason(candidate, Mode::Load) }
    };
    let mut selected: Vec<Case> = goldens.iter().map(|candidate| case(candidate, true)).collect();
    selected.extend(chosen.iter().map(|candidate| case(candidate, false)));
    selected.extend(corpus.iter().flat_map(excluded));
    selected
}

/// Cases that are expected to fail, for every mode in which the archive is excluded.
fn excluded(candidate: &Candidate) -> impl Iterator<Item = Case> {
    let is_possible = |mode: &Mode| *mode == Mode::Load || candidate.io.is_some();
    let modes = [Mode::Load, Mode::Predict].into_iter().filter(is_possible);
    modes.filter_map(|mode| {
        let excluded = Some(reason(candidate, mode)?);
        Some(Case { candidate: candidate.clone(), is_golden: false, mode, excluded })
    })
}

/// All archives with one-bit types, some of Quartus io_parallel, and as many others as make `count`.
fn choose(corpus: &[Candidate], count: usize) -> Vec<&Candidate> {
    let (mut chosen, rest): (Vec<_>, Vec<_>) = corpus
        .iter()
        .filter(|candidate| reason(candidate, Mode::Load).is_none())
        .partition(|candidate| candidate.content.has_xnor);
    let (quartus, others): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|candidate| candidate.is_quartus_parallel() && candidate.is_predictable());
    chosen.extend(spread(&quartus, QUARTUS));
    let missing = count.saturating_sub(chosen.len());
    chosen.extend(spread(&others, missing));
    chosen.sort_by(|a, b| a.name.cmp(&b.name));
    chosen
}

/// Names of those to predict with: the first `QUARTUS` of Quartus io_parallel, then others.
fn to_predict<'a>(chosen: &[&'a Candidate], count: usize) -> BTreeSet<&'a str> {
    let predictable = chosen.iter().copied().filter(|candidate| candidate.is_predictable());
    let (quartus, others): (Vec<_>, Vec<_>) =
        predictable.partition(|candidate| candidate.is_quartus_parallel());
    let first = quartus.len().min(count).min(QUARTUS);
    let rest = spread(&others, count - first);
    spread(&quartus, first).chain(rest).map(|candidate| candidate.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::conformance::candidates::{About, Content};

    fn candidate(number: usize) -> Candidate {
        let is_quartus = number.is_multiple_of(3);
        let about = About {
            backend: if is_quartus { "Quartus" } else { "Vitis" }.into(),
            io_type: "io_parallel".into(),
            hls4ml: if number % 10 == 9 { "1.2.0" } else { HLS4ML }.into(),
        };
        let class = if number % 25 == 24 { "LIFNeuron" } else { "Dense" };
        let classes = vec![format!("hls4ml.model.layers.{class}")];
        let content = Content { classes, has_xnor: number % 20 == 1, has_code: false };
        let io = Some(PathBuf::from("io.npz"));
        let name = format!("case{number:03}");
        Candidate { name, fml: PathBuf::new(), source: None, io, about, content }
    }

    fn corpus() -> Vec<Candidate> {
        (0..300).map(candidate).collect()
    }

    #[test]
    fn counts_are_kept() {
        let selected = select(&[candidate(500)], &corpus(), 100, 45);
        let count = |wanted: &dyn Fn(&&Case) -> bool| selected.iter().filter(wanted).count();
        assert_eq!(count(&|case| case.is_golden), 1);
        assert_eq!(count(&|case| !case.is_golden && case.excluded.is_none()), 100);
        assert_eq!(count(&|case| case.excluded.is_some()), 12);
        let is_predicted = |case: &&Case| case.mode == Mode::Predict;
        assert_eq!(count(&is_predicted), 45);
        assert_eq!(count(&|case| is_predicted(case) && case.candidate.is_quartus_parallel()), 12);
        assert_eq!(count(&|case| case.candidate.content.has_xnor), 15);
        assert!(selected.iter().filter(is_predicted).all(|case| case.candidate.about.hls4ml == HLS4ML));
    }

    #[test]
    fn no_archive_is_chosen_twice() {
        let selected = select(&[], &corpus(), 100, 45);
        let names: BTreeSet<&str> = selected.iter().map(|case| case.candidate.name.as_str()).collect();
        assert_eq!(names.len(), selected.len());
    }

    #[test]
    fn goldens_are_predicted_without_a_corpus() {
        let goldens: Vec<Candidate> = (0..20).map(candidate).collect();
        let selected = select(&goldens, &[], 100, 5);
        assert_eq!(selected.len(), 20);
        assert_eq!(selected.iter().filter(|case| case.mode == Mode::Predict).count(), 5);
    }

    #[test]
    fn few_are_enough() {
        let few: Vec<Candidate> = (0..4).map(candidate).collect();
        assert_eq!(select(&[], &few, 100, 45).len(), 4);
        let predicted = select(&[], &few, 100, 1);
        assert_eq!(predicted.iter().filter(|case| case.mode == Mode::Predict).count(), 1);
    }
}
