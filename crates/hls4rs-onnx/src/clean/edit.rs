//! Questions to a graph that is being cleaned, and changes of it.

use hls4rs_types::Tensor;

use crate::graph::OnnxGraph;
use crate::node::{NodeAttribute, OnnxNode};

/// Marks names that passes give; such names do not outlive the cleaning.
const FRESH: char = '~';

impl OnnxGraph {
    /// Where the operation is that makes a tensor.
    pub(super) fn producer_index(&self, tensor: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.outputs.iter().any(|output| output == tensor))
    }

    /// Where the operations are that read a tensor, each as often as it reads it.
    pub(super) fn consumers(&self, tensor: &str) -> Vec<usize> {
        let uses = |node: &OnnxNode| node.inputs.iter().filter(|input| *input == tensor).count();
        let nodes = self.nodes.iter().enumerate();
        nodes.flat_map(|(place, node)| std::iter::repeat_n(place, uses(node))).collect()
    }

    /// Where the operations are that read what one makes.
    pub(super) fn successors(&self, place: usize) -> Vec<usize> {
        let outputs = self.nodes.get(place).map_or(&[][..], |node| &node.outputs);
        outputs.iter().filter(|output| !output.is_empty()).flat_map(|output| self.consumers(output)).collect()
    }

    /// Where the operations are that make what one reads.
    pub(super) fn predecessors(&self, place: usize) -> Vec<usize> {
        let inputs = self.nodes.get(place).map_or(&[][..], |node| &node.inputs);
        let inputs = inputs.iter().filter(|input| !input.is_empty());
        inputs.filter_map(|input| self.producer_index(input)).collect()
    }

    /// Whether what an operation makes is read more than once, or is both read and an output of the model.
    pub(super) fn is_fork(&self, place: usize) -> bool {
        let is_output = self.nodes.get(place).is_some_and(|node| self.outputs.contains(node.output(0)));
        self.successors(place).len() > usize::from(!is_output)
    }

    /// Whether an operation reads what several others make.
    pub(super) fn is_join(&self, place: usize) -> bool {
        let is_input = self.nodes.get(place).is_some_and(|node| self.inputs.contains(node.input(0)));
        self.predecessors(place).len() > usize::from(!is_input)
    }

    /// A name that no tensor has.
    pub(super) fn fresh(&self) -> String {
        let taken = |name: &String| {
            self.shapes.contains_key(name)
                || self.initializers.contains_key(name)
                || self.producer_index(name).is_some()
        };
        let start = self.shapes.len();
        let mut names = (start..).map(|number| format!("{FRESH}{number}"));
        names.find(|name| !taken(name)).unwrap_or_default()
    }

    /// Sets a constant. It becomes the last one, also where it is there already.
    ///
    /// **Source:** `set_initializer` of qonnx 1.0.0. The order of constants is that of hls4ml's layers.
    pub(super) fn set_constant(&mut self, name: &str, value: Tensor) {
        self.initializers.shift_remove(name);
        self.shapes.insert(name.to_owned(), dims(&value));
        self.initializers.insert(name.to_owned(), value);
    }

    /// A new constant.
    pub(super) fn add_constant(&mut self, value: Tensor) -> String {
        let name = self.fresh();
        self.set_constant(&name, value);
        name
    }

    /// A new tensor of that shape, to be made by an operation.
    pub(super) fn add_tensor(&mut self, shape: &[i64]) -> String {
        let name = self.fresh();
        self.shapes.insert(name.clone(), shape.to_vec());
        name
    }

    /// Lets all who read a tensor read another one.
    pub(super) fn reread(&mut self, from: &str, to: &str) {
        let inputs = self.nodes.iter_mut().flat_map(|node| &mut node.inputs);
        inputs.filter(|input| *input == from).for_each(|input| to.clone_into(input));
    }

    /// Puts an operation at a place, or at the end.
    pub(super) fn insert_node(&mut self, place: usize, node: OnnxNode) {
        let place = place.min(self.nodes.len());
        self.nodes.insert(place, node);
    }

    /// Takes the operation out that makes a tensor.
    pub(super) fn remove_producer(&mut self, tensor: &str) -> Option<OnnxNode> {
        let place = self.producer_index(tensor)?;
        Some(self.nodes.remove(place))
    }

    /// Number of dimensions of a tensor.
    pub(super) fn rank(&self, tensor: &str) -> Option<usize> {
        self.shape(tensor).map(<[i64]>::len)
    }

    /// The permutation of a `Transpose`: by default the reversed order.
    pub(super) fn permutation(&self, node: &OnnxNode) -> Option<Vec<usize>> {
        let rank = self.rank(node.input(0))?;
        let Some(perm) = node.ints("perm") else { return Some((0..rank).rev().collect()) };
        let perm: Vec<usize> = perm.iter().filter_map(|axis| usize::try_from(*axis).ok()).collect();
        let mut sorted = perm.clone();
        sorted.sort_unstable();
        sorted.iter().copied().eq(0..rank).then_some(perm)
    }
}

impl OnnxNode {
    /// An operation without attributes.
    pub(crate) fn of(op_type: &str, inputs: &[&str], outputs: &[&str]) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            op_type: op_type.to_owned(),
            inputs: owned(inputs),
            outputs: owned(outputs),
            ..Self::default()
        }
    }

    /// With integers as an attribute.
    pub(super) fn with_ints(mut self, name: &str, values: &[usize]) -> Self {
        let values = values.iter().map(|value| i64::try_from(*value).unwrap_or(i64::MAX)).collect();
        self.attributes.insert(name.to_owned(), NodeAttribute::Ints(values));
        self
    }

    /// With an integer as an attribute.
    pub(crate) fn with_int(mut self, name: &str, value: i64) -> Self {
        self.attributes.insert(name.to_owned(), NodeAttribute::Int(value));
        self
    }

    /// A `Transpose`.
    pub(super) fn transpose(input: &str, output: &str, perm: &[usize]) -> Self {
        Self::of("Transpose", &[input], &[output]).with_ints("perm", perm)
    }

    /// The name of an input; empty if there is none.
    pub(super) fn input(&self, index: usize) -> &String {
        self.inputs.get(index).unwrap_or(&NONE)
    }

    /// The name of an output; empty if there is none.
    pub(super) fn output(&self, index: usize) -> &String {
        self.outputs.get(index).unwrap_or(&NONE)
    }

    /// Sets an input that is there.
    pub(super) fn set_input(&mut self, index: usize, name: &str) {
        if let Some(input) = self.inputs.get_mut(index) {
            name.clone_into(input);
        }
    }

    /// Sets an output that is there.
    pub(super) fn set_output(&mut self, index: usize, name: &str) {
        if let Some(output) = self.outputs.get_mut(index) {
            name.clone_into(output);
        }
    }
}

static NONE: String = String::new();

/// The shape of a constant.
pub(super) fn dims(value: &Tensor) -> Vec<i64> {
    value.shape().iter().map(|size| i64::try_from(*size).unwrap_or(i64::MAX)).collect()
}

/// A shape with its dimensions in another order.
pub(super) fn permuted(shape: &[i64], perm: &[usize]) -> Vec<i64> {
    perm.iter().map(|axis| shape.get(*axis).copied().unwrap_or_default()).collect()
}
