//! Small graphs for the tests of passes.

use hls4rs_graph::{Config, ModelGraph, NodePass, Outcome, Patch};
use hls4rs_layers::layers::Input;

/// A graph with an input `x` of that shape.
pub(crate) fn graph(io_type: &str, shape: &[usize], outputs: &[&str]) -> ModelGraph {
    let mut config = Config::default();
    config.options.insert("IOType", io_type);
    let mut graph = ModelGraph::new(config);
    graph.set_io(["x"], outputs.iter().copied());
    graph.add(Input::builder("x").input_shape(shape)).unwrap();
    graph
}

/// The graph after a pass was tried on each layer until it restructured nothing.
pub(crate) fn applied(mut graph: ModelGraph, pass: &dyn NodePass) -> ModelGraph {
    let mut diagnostics = Vec::new();
    loop {
        let names: Vec<String> = graph.layers().map(|(name, _)| name.to_owned()).collect();
        let mut outcome = Outcome::Kept;
        for name in names {
            if pass.matches(graph.node(&name).unwrap()).unwrap() {
                outcome = pass.rewrite(&mut Patch::new(&mut graph, &mut diagnostics), &name).unwrap();
                if outcome == Outcome::Restructured {
                    break;
                }
            }
        }
        if outcome == Outcome::Kept {
            return graph;
        }
    }
}
