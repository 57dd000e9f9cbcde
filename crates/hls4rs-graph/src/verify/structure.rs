//! Connections: each input is made by one layer, and there is no cycle.

use std::collections::{BTreeMap, BTreeSet};

use crate::build::RESERVED_NAME;
use crate::{GraphError, ModelGraph};

/// Checks what every use of a graph relies on: each input is made by one layer, and there is no cycle.
///
/// # Errors
/// The first thing that is wrong. [`ModelGraph::verify`] finds all.
pub fn check_structure(graph: &ModelGraph) -> Result<(), GraphError> {
    match structure(graph).into_iter().next() {
        Some((_, error)) => Err(error),
        None => Ok(()),
    }
}

/// What is wrong with the connections.
pub(super) fn structure(graph: &ModelGraph) -> Vec<(&'static str, GraphError)> {
    let mut found = Vec::new();
    let mut makers: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, layer) in graph.layers() {
        for output in &layer.state().outputs {
            if let Some(first) = makers.insert(output, name) {
                let (first, second) = (first.to_owned(), name.to_owned());
                found.push((
                    "duplicate-output",
                    GraphError::DuplicateOutput { output: output.clone(), first, second },
                ));
            }
        }
    }
    for (name, layer) in graph.layers() {
        let is_made = |input: &str| input.is_empty() || input == RESERVED_NAME || makers.contains_key(input);
        for input in layer.state().inputs.iter().filter(|input| !is_made(input)) {
            let (layer, kind) = (name.to_owned(), layer.kind().to_owned());
            found.push(("dangling-input", GraphError::DanglingInput { layer, kind, input: input.clone() }));
        }
    }
    for (side, names) in [("input", graph.inputs()), ("output", graph.outputs())] {
        for name in names.iter().filter(|name| !makers.contains_key(name.as_str())) {
            found.push(("no-such-output", GraphError::NoSuchOutput { side, name: name.clone() }));
        }
    }
    found.extend(find_cycle(graph, &makers).map(|layers| ("cycle", GraphError::Cycle { layers })));
    found
}

/// The first cycle, its first layer again at the end: a walk against the arrows that does not need the stack.
fn find_cycle(graph: &ModelGraph, makers: &BTreeMap<&str, &str>) -> Option<Vec<String>> {
    let mut finished: BTreeSet<&str> = BTreeSet::new();
    for (start, _) in graph.layers() {
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        while let Some((name, next)) = path.last_mut() {
            let name = *name;
            let inputs = graph.layer(name).map(|layer| layer.state().inputs.as_slice()).unwrap_or_default();
            let Some(input) = inputs.get(*next).filter(|_| !finished.contains(name)) else {
                finished.insert(name);
                path.pop();
                continue;
            };
            *next += 1;
            let Some(maker) = makers.get(input.as_str()).filter(|maker| !finished.contains(**maker)) else {
                continue;
            };
            if let Some(from) = path.iter().position(|(name, _)| name == maker) {
                let mut cycle: Vec<String> =
                    path[from..].iter().map(|(name, _)| (*name).to_owned()).collect();
                cycle.push((*maker).to_owned());
                return Some(cycle);
            }
            path.push((maker, 0));
        }
    }
    None
}
