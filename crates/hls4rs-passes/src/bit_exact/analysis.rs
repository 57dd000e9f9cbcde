//! What layers produce and what their readers can use, with hls4ml's memory of both.

use hls4rs_graph::{Diagnostic, GraphError, Node, PassError, Patch};
use hls4rs_types::{Attribute, Tensor};
use indexmap::{IndexMap, IndexSet};
use ndarray::ArrayD;

use super::mask::Mask;
use super::view::{HELP, arrays};
use crate::interval::{IntervalArray, Kif};

/// Layers that may hang on one another without a quantizer between them: hls4ml stops at Python's limit of recursions.
const DEPTH: usize = 330;

/// Layers that may be visited for one answer: branches that meet are visited once for each way.
const VISITS: usize = 1 << 20;

/// Attributes in which hls4ml keeps what a layer produces, and what it requests.
const PRODUCED: &str = "_produce_kif";
const REQUESTED: &str = "_request_kif";

/// Bits of a layer's output, and which arrays in memory they are.
///
/// hls4ml changes arrays in place that other layers hold, too. Two arrays with one number are one array, or views of one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Produced {
    pub(super) bits: Kif,
    /// Number of the array of integer bits.
    pub(super) i_array: u64,
    /// Number of the array of fractional bits.
    pub(super) f_array: u64,
}

impl Produced {
    /// The same arrays seen in other shapes.
    pub(super) fn seen<E>(self, view: impl Fn(&ArrayD<i16>) -> Result<ArrayD<i16>, E>) -> Result<Self, E> {
        Ok(Self { bits: self.bits.map(view)?, ..self })
    }
}

/// What is known of the layers of a graph while bits are derived.
///
/// **Source:** `produce_kif` and `request_kif` of `hls4ml.model.optimizer.passes.bit_exact`, hls4ml 1.3.0, which keep
/// answers in attributes of the layers. Most answers are computed anew each time, and a quantizer is narrowed each time it
/// is asked; so the order of questions is part of the result.
#[derive(Debug, Default)]
pub(crate) struct Analysis {
    masks: IndexMap<String, Mask>,
    produced: IndexMap<String, Produced>,
    requested: IndexMap<String, Vec<Kif>>,
    /// Layers whose intervals had to be rounded.
    rounded: IndexSet<String>,
    n_arrays: u64,
    depth: usize,
    visits: usize,
    /// Whether quantizers that were fused into layers count as if they were there.
    pub(super) restores: bool,
}

impl Analysis {
    /// What the layers remember.
    ///
    /// # Errors
    /// If an attribute of hls4ml's memory is not what hls4ml keeps in it.
    pub(crate) fn of(graph: &hls4rs_graph::ModelGraph) -> Result<Self, PassError> {
        let mut analysis = Self::default();
        for node in graph.nodes() {
            if let Some(value) = node.get(PRODUCED) {
                let bits = kif(PRODUCED, value)?;
                let produced = analysis.new_arrays(bits);
                analysis.produced.insert(node.name.to_owned(), produced);
            }
            if let Some(list) = node.get(REQUESTED).and_then(Attribute::as_list) {
                let requested = list.iter().map(|value| kif(REQUESTED, value)).collect::<Result<_, _>>()?;
                analysis.requested.insert(node.name.to_owned(), requested);
            }
        }
        Ok(analysis)
    }

    /// What the layer produces, as it is remembered; computed, and remembered, if it is not, or if `anew`.
    pub(crate) fn remembered(&mut self, node: Node<'_>, anew: bool) -> Result<Kif, PassError> {
        Ok(self.remembered_arrays(node, anew)?.bits)
    }

    pub(super) fn remembered_arrays(&mut self, node: Node<'_>, anew: bool) -> Result<Produced, PassError> {
        if let Some(known) = self.produced.get(node.name).filter(|_| !anew) {
            return Ok(known.clone());
        }
        let produced = self.produce(node)?;
        self.produced.insert(node.name.to_owned(), produced.clone());
        Ok(produced)
    }

    /// What the layer can use of each input, as it is remembered or else computed and remembered.
    pub(super) fn request(&mut self, node: Node<'_>) -> Result<Vec<Kif>, PassError> {
        if let Some(known) = self.requested.get(node.name).filter(|known| !known.is_empty()) {
            return Ok(known.clone());
        }
        let requested = self.visited(node, Self::request_anew)?;
        self.requested.insert(node.name.to_owned(), requested.clone());
        Ok(requested)
    }

    /// What the layer produces, computed anew.
    pub(crate) fn produce_bits(&mut self, node: Node<'_>) -> Result<Kif, PassError> {
        Ok(self.produce(node)?.bits)
    }

    pub(super) fn produce(&mut self, node: Node<'_>) -> Result<Produced, PassError> {
        self.visited(node, Self::produce_anew)
    }

    /// Runs a step of a recursion, which must end.
    fn visited<'g, T>(
        &mut self,
        node: Node<'g>,
        step: impl FnOnce(&mut Self, Node<'g>) -> Result<T, PassError>,
    ) -> Result<T, PassError> {
        self.visits = if self.depth == 0 { 1 } else { self.visits + 1 };
        if self.depth >= DEPTH || self.visits > VISITS {
            let found = format!("more, up to `{}`", node.name);
            return Err(PassError::unsupported("fewer layers between quantizers", found, HELP));
        }
        self.depth += 1;
        let result = step(self, node);
        self.depth -= 1;
        result
    }

    /// Forgets what a layer produces and requests.
    pub(crate) fn forget(&mut self, layer: &str) {
        self.produced.shift_remove(layer);
        self.requested.shift_remove(layer);
    }

    /// Forgets what all layers produce and request.
    pub(crate) fn forget_all(&mut self) {
        self.produced.clear();
        self.requested.clear();
    }

    /// The mask of a quantizer as it is now.
    pub(super) fn mask(&self, node: Node<'_>) -> Result<Mask, PassError> {
        self.masks.get(node.name).cloned().map_or_else(|| Mask::of(node), Ok)
    }

    pub(super) fn set_mask(&mut self, node: Node<'_>, mask: Mask) {
        self.masks.insert(node.name.to_owned(), mask);
    }

    /// Bits in arrays of their own.
    pub(super) fn new_arrays(&mut self, bits: Kif) -> Produced {
        self.n_arrays += 2;
        Produced { bits, i_array: self.n_arrays, f_array: self.n_arrays + 1 }
    }

    /// Bits whose integer and fractional bits are one array.
    pub(super) fn one_array(&mut self, bits: Kif) -> Produced {
        let produced = self.new_arrays(bits);
        Produced { f_array: produced.i_array, ..produced }
    }

    /// The bits of computed intervals.
    pub(super) fn of_intervals(
        &mut self,
        node: Node<'_>,
        intervals: &IntervalArray,
    ) -> Result<Produced, PassError> {
        if intervals.is_rounded() {
            self.rounded.insert(node.name.to_owned());
        }
        let bits = intervals.to_bits().map_err(super::view::underivable)?;
        Ok(self.new_arrays(bits))
    }

    /// Adds bits to an array wherever it is held.
    pub(super) fn add_in_place(&mut self, produced: &mut Produced, array: u64, bits: i16) {
        for held in self.produced.values_mut().chain([produced]) {
            let is_there = [held.i_array == array, held.f_array == array];
            for (plane, is_there) in [&mut held.bits.i, &mut held.bits.f].into_iter().zip(is_there) {
                if is_there {
                    plane.mapv_inplace(|value| value.wrapping_add(bits));
                }
            }
        }
    }

    /// Writes what layers remember into the graph: masks into their memory, the rest into hls4ml's attributes.
    pub(crate) fn store(&self, patch: &mut Patch<'_>) -> Result<(), GraphError> {
        for name in &self.rounded {
            let message =
                format!("{name}: constants with more than 32 fractional bits; derived types may round");
            patch.warn(Diagnostic::warning("inexact-constants", message));
        }
        for (name, mask) in &self.masks {
            let (key, value) = mask.memory();
            patch.state_mut(name)?.memory.insert(key, value);
        }
        let names: Vec<String> = patch.layers().map(|(name, _)| name.to_owned()).collect();
        for name in names {
            let attributes = &mut patch.state_mut(&name)?.attributes;
            let produced = self.produced.get(&name).map(|produced| attribute(&produced.bits));
            let requested =
                self.requested.get(&name).map(|all| all.iter().map(attribute).collect::<Vec<_>>());
            for (key, value) in [(PRODUCED, produced), (REQUESTED, requested.map(Attribute::List))] {
                match value {
                    Some(value) => drop(attributes.insert(key, value)),
                    None => drop(attributes.remove(key)),
                }
            }
        }
        Ok(())
    }
}

fn attribute(bits: &Kif) -> Attribute {
    let planes = [&bits.k, &bits.i, &bits.f].map(|plane| Attribute::Array(Tensor::from(plane.clone())));
    Attribute::List(planes.to_vec())
}

fn kif(name: &str, value: &Attribute) -> Result<Kif, PassError> {
    let wrong = || {
        PassError::unsupported(format!("three arrays `{name}`"), value.describe(), "convert the model anew")
    };
    let arrays = arrays(value).ok_or_else(wrong)?;
    let [k, i, f] = arrays.as_slice() else { return Err(wrong()) };
    let plane = |array: &Tensor| Ok::<_, PassError>(array.view::<i16>()?.to_owned());
    Ok(Kif { k: plane(k)?, i: plane(i)?, f: plane(f)? })
}
