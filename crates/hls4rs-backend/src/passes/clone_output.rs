//! Copies streams that several layers read.

use hls4rs_graph::{NewLayer, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::{Draft, layers};
use hls4rs_types::{Attribute, Attributes, NamedType};

/// Copies that one layer can make.
const MOST_COPIES: usize = 7;

/// Inserts a `Clone` behind a stream that several layers read, or that a layer reads and the graph gives out. Each reader
/// gets a copy; the graph's output is the first.
///
/// ```text
/// relu ─► fc1              relu ─► clone_relu ─(relu_cpy1)─► fc1
///      └► fc2                                 └(relu_cpy2)─► fc2
/// ```
///
/// The copies have the type of the stream itself.
///
/// **Source:** `hls4ml.backends.fpga.passes.clone.CloneOutput`, hls4ml 1.3.0.
///
/// **Limits:** of a layer with several outputs, one alone can be copied, and all must be read.
#[derive(Debug)]
pub struct CloneOutput;

impl NodePass for CloneOutput {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "clone-output",
            upstream: "clone_output",
            summary: "copies streams that several layers read",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        if node.is_a("Clone") || node.graph.config.io_type() != "io_stream" {
            return Ok(false);
        }
        Ok((0..node.state().outputs.len()).any(|output| copies(node, output) > 1))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let outputs = node.state().outputs.len();
        let counts: Vec<usize> = (0..outputs).map(|output| copies(node, output)).collect();
        let mut outcome = Outcome::Kept;
        for (output, count) in counts.into_iter().enumerate().filter(|(_, count)| *count != 1) {
            if !(1..=MOST_COPIES).contains(&count) {
                return Err(PassError::unsupported(
                    format!(
                        "one to {MOST_COPIES} readers of each stream of a layer whose streams are copied"
                    ),
                    count,
                    "insert layers that do nothing, each for some of the readers, or use `io_parallel`",
                ));
            }
            clone_output(patch, name, output, count)?;
            outcome = Outcome::Restructured;
        }
        Ok(outcome)
    }
}

/// How many read an output: layers, one that reads it twice counting twice, and the graph.
fn copies(node: Node<'_>, output: usize) -> usize {
    let read = node.state().outputs.get(output);
    node.readers(output).count()
        + usize::from(read.is_some_and(|output| node.graph.outputs().contains(output)))
}

fn clone_output(patch: &mut Patch<'_>, name: &str, output: usize, count: usize) -> Result<(), PassError> {
    let node = patch.expect_node(name)?;
    let Some(stream) = node.state().outputs.get(output).cloned() else { return Ok(()) };
    let readers: Vec<String> = node.readers(output).map(|reader| reader.name.to_owned()).collect();
    let ty = node.state().named_type("result_t")?.clone();
    let size = node.state().variable(&stream).and_then(|variable| variable.size());
    let copies: Vec<String> = (1..=count).map(|copy| format!("{stream}_cpy{copy}")).collect();
    let mut free = copies.iter();
    if let Some(given) = patch.graph_mut().outputs_mut().iter_mut().find(|given| **given == stream)
        && let Some(copy) = free.next()
    {
        given.clone_from(copy);
    }
    for (reader, copy) in readers.iter().zip(free) {
        patch.reconnect(reader, &stream, copy)?;
    }
    let size = size.and_then(|size| i64::try_from(size).ok());
    let new = patch.create(Draft {
        spec: layers::Clone::SPEC,
        name: format!("clone_{name}"),
        inputs: vec![stream],
        outputs: copies.clone(),
        attributes: Attributes::from([("size", size)]),
    })?;
    let new = with_type(new, &copies, &ty);
    patch.insert(new, None, 0)?;
    Ok(())
}

/// The copies are of the stream's own type.
fn with_type(mut new: NewLayer, copies: &[String], ty: &NamedType) -> NewLayer {
    let state = new.layer.state_mut();
    for copy in copies {
        let key = state.variable_key(copy);
        if let Some(Attribute::Variable(variable)) = state.attributes.get_mut(&key) {
            variable.ty = ty.clone();
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use hls4rs_graph::ModelGraph;
    use hls4rs_layers::layers::Activation;

    use super::*;
    use crate::passes::testing::{applied, graph};

    fn two_readers(io_type: &str) -> ModelGraph {
        let mut graph = graph(io_type, &[3, 4], &["a", "x"]);
        graph.add(Activation::builder("a").activation("relu").inputs(["x"])).unwrap();
        graph.add(Activation::builder("b").activation("relu").inputs(["x"])).unwrap();
        graph
    }

    #[test]
    fn every_reader_has_a_copy_and_the_graph_the_first() {
        let graph = applied(two_readers("io_stream"), &CloneOutput);
        assert_eq!(graph.outputs(), ["a", "x_cpy1"]);
        let names: Vec<&str> = graph.layers().map(|(name, _)| name).collect();
        assert_eq!(names, ["x", "clone_x", "a", "b"]);
        assert_eq!(graph.layer("b").unwrap().state().inputs, ["x_cpy3"]);
        let clone = graph.layer("clone_x").unwrap().state();
        assert_eq!(clone.int("size").unwrap(), 12);
        assert_eq!(clone.variable("x_cpy2").unwrap().ty.name, "input_t");
    }

    #[test]
    fn arrays_need_no_copies() {
        let before = two_readers("io_parallel");
        assert_eq!(applied(before.clone(), &CloneOutput), before);
    }
}
