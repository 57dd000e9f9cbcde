//! Operations in an order in which each comes behind those that it reads from.

use std::collections::HashMap;

use crate::graph::OnnxGraph;

/// Sorts the operations by their distance from the inputs, and leaves those out that nothing leads to. Says whether that can be
/// done: it cannot if an operation reads from itself, whatever lies between.
///
/// **Source:** `SortGraph` of `qonnx.transformation.general`, qonnx 1.0.0. Operations of one distance stay in their order. Names
/// are given in this order, so that it decides about the names of layers.
pub(super) fn sort(graph: &mut OnnxGraph) -> bool {
    let Some(distances) = distances(graph) else { return false };
    if graph.nodes.len() == 1 {
        return true;
    }
    let is_kept = kept(graph);
    let nodes = std::mem::take(&mut graph.nodes);
    let mut placed: Vec<_> = nodes
        .into_iter()
        .zip(distances)
        .zip(is_kept)
        .filter(|(_, is_kept)| *is_kept)
        .map(|(placed, _)| placed)
        .collect();
    placed.sort_by_key(|(_, distance)| *distance);
    graph.nodes = placed.into_iter().map(|(node, _)| node).collect();
    true
}

/// By operation, those that it reads from.
fn sources(graph: &OnnxGraph) -> Vec<Vec<usize>> {
    let mut producers: HashMap<&str, usize> = HashMap::new();
    for (place, node) in graph.nodes.iter().enumerate() {
        for output in node.outputs.iter().filter(|output| !output.is_empty()) {
            producers.entry(output).or_insert(place);
        }
    }
    let found = |input: &String| producers.get(input.as_str()).copied();
    graph.nodes.iter().map(|node| node.inputs.iter().filter_map(found).collect()).collect()
}

/// The longest way to each operation, if there is one to each.
fn distances(graph: &OnnxGraph) -> Option<Vec<usize>> {
    let sources = sources(graph);
    let mut readers = vec![Vec::new(); sources.len()];
    for (place, from) in sources.iter().enumerate() {
        from.iter().for_each(|source| readers[*source].push(place));
    }
    let mut missing: Vec<usize> = sources.iter().map(Vec::len).collect();
    let mut ready: Vec<usize> = (0..sources.len()).filter(|place| missing[*place] == 0).collect();
    let mut distances = vec![0; sources.len()];
    let mut n_done = 0;
    while let Some(place) = ready.pop() {
        n_done += 1;
        for reader in &readers[place] {
            distances[*reader] = distances[*reader].max(distances[place] + 1);
            missing[*reader] -= 1;
            if missing[*reader] == 0 {
                ready.push(*reader);
            }
        }
    }
    (n_done == sources.len()).then_some(distances)
}

/// Which operations read from anything, or are read from.
fn kept(graph: &OnnxGraph) -> Vec<bool> {
    let sources = sources(graph);
    let is_known = |input: &String| graph.initializers.contains_key(input) || graph.inputs.contains(input);
    let mut kept: Vec<bool> = graph
        .nodes
        .iter()
        .zip(&sources)
        .map(|(node, sources)| !sources.is_empty() || node.inputs.iter().any(is_known))
        .collect();
    for source in sources.iter().flatten() {
        kept[*source] = true;
    }
    kept
}
