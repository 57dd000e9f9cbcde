//! Source layers that are gone because hls4ml merged them with the layer before them.

use std::collections::HashMap;

use super::Origins;
use super::rules::{self, Role};

/// The names of the source layers whose results are those of a merged layer.
#[derive(Debug, Default)]
pub(super) struct Absorbed {
    names: HashMap<usize, String>,
}

impl Absorbed {
    /// Matches merged layers with names that are in the configuration and not in the graph.
    ///
    /// The configuration must name all layers of the source model, in their order. A layer may have been merged with a
    /// gone one that comes behind it, and before all layers that read its result. Where exactly one merged layer and one
    /// gone one go together, they do.
    pub(super) fn new(origins: &Origins) -> Self {
        let mut found = Self::default();
        if !is_complete(origins) {
            return found;
        }
        let merged: Vec<(usize, Range)> = (0..origins.facts.len())
            .filter_map(|number| Some((number, Range::of(origins, number)?)))
            .collect();
        let gone: Vec<(usize, bool)> = gone(origins).collect();
        for &(number, range) in &merged {
            let mut fitting = gone.iter().filter(|gone| range.fits(**gone));
            let (Some(&(place, is_normalization)), None) = (fitting.next(), fitting.next()) else { continue };
            let others = merged.iter().filter(|(_, range)| range.fits((place, is_normalization)));
            if others.count() == 1 {
                found.names.insert(number, origins.configured[place].0.clone());
            }
        }
        found
    }

    /// The source layer whose result is that of a merged layer, if it is known.
    pub(super) fn by(&self, number: usize) -> Option<&str> {
        self.names.get(&number).map(String::as_str)
    }
}

/// Whether the configuration names all layers that the converter made.
fn is_complete(origins: &Origins) -> bool {
    let is_named = |name: &str| origins.configured.iter().any(|(known, _)| known == name);
    origins.facts.iter().filter(|facts| facts.is_source).all(|facts| is_named(&facts.name))
}

/// Places of names that no layer has, and that no pass made.
fn gone(origins: &Origins) -> impl Iterator<Item = (usize, bool)> {
    let suffixes = ["_linear", rules::ALPHA, rules::RESCALE, "_scale", "_act"];
    let is_made = move |name: &str| {
        let mut bases = suffixes.iter().filter_map(|suffix| name.strip_suffix(suffix));
        bases.any(|base| origins.has_layer(base))
    };
    let names = origins.configured.iter().enumerate();
    names
        .filter(move |(_, (name, _))| !origins.numbers.contains_key(name) && !is_made(name))
        .map(|(place, (_, is_normalization))| (place, *is_normalization))
}

/// Where in the configuration the source layer stands that a layer was merged with.
#[derive(Debug, Clone, Copy)]
struct Range {
    first: usize,
    end: usize,
    is_normalization: bool,
}

impl Range {
    fn of(origins: &Origins, number: usize) -> Option<Self> {
        let facts = &origins.facts[number];
        let place = |name: &str| origins.configured.iter().position(|(known, _)| known == name);
        let (base, is_normalization) = match rules::base(facts).filter(|_| !facts.is_source) {
            Some((base, Role::Merged)) => (base, false),
            Some((base, Role::Result)) if origins.is_merged(number) => (base, true),
            None if origins.is_merged(number) => (facts.name.as_str(), true),
            _ => return None,
        };
        let none = Absorbed::default();
        let mut end = origins.configured.len();
        for &reader in &facts.readers {
            let origin = origins.origin(reader, &none, 0)?;
            end = end.min(place(&origin.layer)?);
        }
        Some(Self { first: place(base)? + 1, end, is_normalization })
    }

    fn fits(self, (place, is_normalization): (usize, bool)) -> bool {
        (self.first..self.end).contains(&place) && self.is_normalization == is_normalization
    }
}
