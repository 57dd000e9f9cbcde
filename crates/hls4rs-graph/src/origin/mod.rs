//! Which layer of the source model a layer comes from.
//!
//! hls4ml does not keep the source model. What it keeps tells a good deal: attributes that converters give to layers and passes
//! do not, names that passes make from other names, the constants before and after layers were merged, and the names in the
//! configuration, which are in the order of the source model. Where these do not tell, the answer is [`Part::Unknown`],
//! [`Part::Beyond`] or nothing; it is never a guess.

mod absorbed;
mod constants;
mod facts;
mod rules;

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use absorbed::Absorbed;
use facts::Facts;
use rules::Role;

use crate::ModelGraph;

/// The layer of the source model that a layer comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Name of the layer in the source model, as hls4ml's converter has it.
    pub layer: String,
    /// What the output is there.
    pub part: Part,
}

/// What the output of a layer is to a layer of the source model, but for the rounding to its type and the order of
/// dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Part {
    /// The output of the source model's layer.
    Output,
    /// What the activation that belongs to the source model's layer is applied to.
    BeforeActivation,
    /// Something on the way from its inputs to its output.
    Step,
    /// One of its inputs, padded, transposed or repeated.
    Input,
    /// The output of a later layer, with which hls4ml merged it, as it does with batch normalizations.
    Beyond,
    /// Its output, perhaps not yet multiplied by a scale that hls4ml moved behind later layers.
    Unknown,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 6] =
        [Self::Output, Self::BeforeActivation, Self::Step, Self::Input, Self::Beyond, Self::Unknown];

    /// The part in a few words: `output`, `before activation`, `step`, `input`, `beyond`, `unknown`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::BeforeActivation => "before activation",
            Self::Step => "step",
            Self::Input => "input",
            Self::Beyond => "beyond",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The origins of all layers of a graph, found when they are first asked for.
///
/// **Source:** the converters and passes of hls4ml 1.3.0, as `origin/rules.rs` lists them. hls4ml's own `ModelGraph.trace` and
/// `hls4ml.model.profiling.compare` take layers of equal names for the same.
#[derive(Debug)]
pub struct Origins {
    facts: Vec<Facts>,
    numbers: HashMap<String, usize>,
    /// Names in the configuration in order, and whether each looks like a normalization.
    configured: Vec<(String, bool)>,
    found: OnceLock<Vec<Option<Origin>>>,
}

impl Origins {
    /// Takes from a graph what is needed; arrays are shared, and not loaded.
    #[must_use]
    pub fn new(graph: &ModelGraph) -> Self {
        let facts = facts::of(graph);
        let numbers = facts.iter().enumerate().map(|(number, facts)| (facts.name.clone(), number)).collect();
        Self { facts, numbers, configured: facts::configured(graph), found: OnceLock::new() }
    }

    /// The origin of a layer, if it has one.
    #[must_use]
    pub fn of(&self, layer: &str) -> Option<&Origin> {
        let number = *self.numbers.get(layer)?;
        self.found.get_or_init(|| self.all()).get(number)?.as_ref()
    }

    fn all(&self) -> Vec<Option<Origin>> {
        let absorbed = Absorbed::new(self);
        (0..self.facts.len()).map(|number| self.origin(number, &absorbed, 0)).collect()
    }

    /// The origin of the layer of that number; `depth` ends the search in graphs that are not in order.
    fn origin(&self, number: usize, absorbed: &Absorbed, depth: usize) -> Option<Origin> {
        let facts = self.facts.get(number).filter(|_| depth <= self.facts.len())?;
        if facts.kind == "Input" {
            return Some(Origin { layer: facts.name.clone(), part: Part::Output });
        }
        if facts.kind == "Clone" {
            return self.origin(*facts.inputs.first()?, absorbed, depth + 1);
        }
        if let Some(layer) = self.splits_from(number) {
            return Some(Origin { layer, part: self.known(Part::Output) });
        }
        if facts.is_source {
            return Some(self.own(number, absorbed));
        }
        match rules::base(facts) {
            Some((base, role)) => self.by_rule(number, (base, role), absorbed, depth),
            None if rules::ONLY_PASSES.contains(&facts.kind.as_str()) => None,
            None => Some(self.own(number, absorbed)),
        }
    }

    /// The origin of a layer whose name has another layer's in it.
    fn by_rule(
        &self,
        number: usize,
        (base, role): (&str, Role),
        absorbed: &Absorbed,
        depth: usize,
    ) -> Option<Origin> {
        if role == Role::InputOfReader {
            let reader = *self.facts.get(number)?.readers.first()?;
            let layer = self.origin(reader, absorbed, depth + 1)?.layer;
            return Some(Origin { layer, part: Part::Input });
        }
        let known = self.numbers.get(base).filter(|&&base| base != number);
        let origin = known.and_then(|&base| self.origin(base, absorbed, depth + 1));
        let layer = origin.map_or_else(|| base.to_owned(), |origin| origin.layer);
        let part = match role {
            Role::Step => Part::Step,
            Role::Input | Role::InputOfReader => Part::Input,
            Role::Quantized if self.has_layer(&format!("{base}_rescale")) => Part::Step,
            Role::Result | Role::Quantized if self.is_activated(number, &layer) => Part::BeforeActivation,
            Role::Result | Role::Quantized => self.known(Part::Output),
            Role::Merged => return Some(self.merged(number, layer, absorbed)),
        };
        if part == Part::Output && self.is_merged(number) {
            return Some(self.merged(number, layer, absorbed));
        }
        Some(Origin { layer, part })
    }

    /// The origin of a layer that has the name of the source model's layer.
    fn own(&self, number: usize, absorbed: &Absorbed) -> Origin {
        let facts = &self.facts[number];
        let layer = facts.name.clone();
        let alpha = format!("{layer}{}", rules::ALPHA);
        let is_normalized = facts
            .readers
            .iter()
            .any(|&reader| rules::NORMALIZATIONS.contains(&self.facts[reader].kind.as_str()));
        let part = if self.numbers.contains_key(&alpha) {
            Part::Step
        } else if self.configured.iter().any(|(name, _)| *name == alpha) && is_normalized {
            // the factor may have become part of what follows
            Part::Unknown
        } else if self.is_merged(number) {
            return self.merged(number, layer, absorbed);
        } else if self.is_activated(number, &layer) {
            Part::BeforeActivation
        } else {
            self.known(Part::Output)
        };
        Origin { layer, part }
    }

    /// The origin of a layer that was merged with others behind it.
    fn merged(&self, number: usize, layer: String, absorbed: &Absorbed) -> Origin {
        match absorbed.by(number) {
            Some(name) => Origin { layer: name.to_owned(), part: self.known(Part::Output) },
            None => Origin { layer, part: Part::Beyond },
        }
    }

    /// Whether constants show that a layer was merged with others.
    fn is_merged(&self, number: usize) -> bool {
        let has_alpha = self.has_layer(&format!("{}{}", self.facts[number].name, rules::ALPHA));
        // the bias went to the layer with the factor
        !has_alpha && self.facts[number].constants.as_ref().is_some_and(constants::Constants::are_merged)
    }

    /// Whether there is or was a layer of that name.
    fn has_layer(&self, name: &str) -> bool {
        self.numbers.contains_key(name) || self.configured.iter().any(|(known, _)| known == name)
    }

    /// The part, if scales were not moved from one layer to another.
    ///
    /// **Source:** `hls4ml.model.optimizer.passes.move_scales`.
    fn known(&self, part: Part) -> Part {
        let names =
            self.facts.iter().map(|facts| &facts.name).chain(self.configured.iter().map(|(name, _)| name));
        let is_moved = names.into_iter().any(|name| name.ends_with(rules::RESCALE));
        if part == Part::Output && is_moved { Part::Unknown } else { part }
    }

    /// Whether the source model's layer of that name goes on with an activation.
    fn is_activated(&self, number: usize, layer: &str) -> bool {
        let facts = &self.facts[number];
        let is_split = facts.split.as_deref().is_some_and(|activation| activation != "linear");
        let readers = || facts.readers.iter().filter_map(|&reader| self.splits_from(reader));
        is_split || facts.is_before_activation || readers().any(|base| base == layer)
    }

    /// The source model's layer that a layer is the activation of.
    ///
    /// **Source:** `parse_keras_model` in `hls4ml.converters.keras_v2_to_hls`, `maybe_get_activation_config` in
    /// `hls4ml.converters.keras_v3._base`.
    fn splits_from(&self, number: usize) -> Option<String> {
        let facts = &self.facts[number];
        let before = self.unscaled(*facts.inputs.first()?);
        let activation = facts.name.strip_prefix(&before.base)?.strip_prefix('_')?;
        let is_split = match (facts.is_after_activation, &before.split) {
            (Some(is_after), _) => is_after,
            (None, Some(split)) => split == activation,
            // the attribute was lost with the layer
            (None, None) => !before.is_source && facts.activation.as_deref() == Some(activation),
        };
        (facts.is_source && is_split).then_some(before.base)
    }

    /// What is known of the source model's layer that a layer is the result of, without its activation.
    fn unscaled(&self, number: usize) -> Before {
        let mut number = number;
        for _ in 0..self.facts.len() {
            let facts = &self.facts[number];
            let base = rules::base(facts).filter(|_| !facts.is_source);
            match (base, facts.inputs.first()) {
                (Some((base, Role::Result)), Some(_)) if self.numbers.contains_key(base) => {
                    number = self.numbers[base];
                }
                (Some((base, Role::Result)), _) => {
                    return Before { base: base.to_owned(), split: None, is_source: false };
                }
                (None, Some(&input)) if facts.kind == "Clone" => number = input,
                _ => break,
            }
        }
        let Facts { name, split, is_source, .. } = &self.facts[number];
        Before { base: name.clone(), split: split.clone(), is_source: *is_source }
    }
}

/// A layer of the source model in front of a layer that may be its activation.
struct Before {
    base: String,
    split: Option<String>,
    is_source: bool,
}
