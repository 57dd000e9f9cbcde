//! Small graphs, before and after.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs_types::Tensor;

use super::*;
use crate::node::OnnxNode;

/// A graph from `x` of that shape to the output of the last operation.
fn graph(shape: &[i64], constants: &[(&str, Tensor)], nodes: Vec<OnnxNode>) -> OnnxGraph {
    let mut graph = OnnxGraph { inputs: vec!["x".to_owned()], ..OnnxGraph::default() };
    graph.shapes.insert("x".to_owned(), shape.to_vec());
    for (name, value) in constants {
        graph.set_constant(name, value.clone());
    }
    graph.outputs = nodes.last().map(|node| node.output(0).clone()).into_iter().collect();
    graph.nodes = nodes;
    graph
}

fn cleaned(graph: OnnxGraph) -> (OnnxGraph, Findings) {
    assert!(is_raw(&graph));
    let mut findings = Findings::default();
    let cleaned = clean(graph, &mut findings);
    (cleaned, findings)
}

fn names(graph: &OnnxGraph) -> Vec<&str> {
    graph.nodes.iter().map(|node| node.name.as_str()).collect()
}

fn matrix(shape: &[usize]) -> Tensor {
    let n_elements = shape.iter().product::<usize>();
    Tensor::new(shape, (0..n_elements).map(|i| i as f32).collect()).unwrap()
}

#[test]
fn a_gemm_becomes_two_operations_with_readable_names() {
    let gemm = OnnxNode::of("Gemm", &["x", "w", "b"], &["y"]).with_int("transB", 1);
    let gemm = OnnxNode { name: "/fc/Gemm".to_owned(), ..gemm };
    let constants = [("w", matrix(&[2, 3])), ("b", Tensor::vector(vec![1f32, 2.0]))];
    let (graph, findings) = cleaned(graph(&[1, 3], &constants, vec![gemm]));
    assert_eq!(names(&graph), ["MatMul_0", "Add_0"]);
    assert_eq!(graph.nodes[0].inputs, ["global_in", "MatMul_0_param0"]);
    assert_eq!(graph.nodes[1].outputs, ["global_out"]);
    assert_eq!(graph.nodes[1].place(), "`/fc/Gemm` (Add)");
    let weight = Tensor::new(&[3, 2], vec![0f32, 3.0, 1.0, 4.0, 2.0, 5.0]).unwrap();
    assert_eq!(graph.constant("MatMul_0_param0"), Some(&weight));
    assert!(findings.iter().next().is_none());
    assert!(!is_raw(&graph), "what is clean stays as it is");
}

#[test]
fn an_input_whose_channels_are_last_stays_so() {
    let nodes = vec![
        OnnxNode::of("Transpose", &["x"], &["t"]).with_ints("perm", &[0, 3, 1, 2]),
        OnnxNode::of("Conv", &["t", "k"], &["y"]),
    ];
    let constants = [("k", matrix(&[3, 2, 1, 1]))];
    let (graph, findings) = cleaned(graph(&[1, 4, 5, 2], &constants, nodes));
    // the output has its channels first, as in the source
    assert_eq!(names(&graph), ["Conv_0", "Transpose_0"]);
    assert_eq!(graph.shape("global_in"), Some([1, 4, 5, 2].as_slice()));
    assert_eq!(graph.shape("global_out"), Some([1, 3, 4, 5].as_slice()));
    assert!(findings.iter().all(|finding| finding.id != "changed-layout"));
}

#[test]
fn images_get_their_channels_last_and_weights_their_rows_in_that_order() {
    let nodes = vec![
        OnnxNode::of("Conv", &["x", "k"], &["a"]),
        OnnxNode::of("Flatten", &["a"], &["b"]),
        OnnxNode::of("MatMul", &["b", "w"], &["y"]),
    ];
    let constants = [("k", matrix(&[2, 1, 1, 1])), ("w", matrix(&[4, 1]))];
    let (graph, findings) = cleaned(graph(&[1, 1, 1, 2], &constants, nodes));
    assert_eq!(names(&graph), ["Conv_0", "Flatten_0", "MatMul_0"]);
    assert_eq!(graph.shape("global_in"), Some([1, 1, 2, 1].as_slice()));
    assert_eq!(graph.shape("Conv_0_out0"), Some([1, 1, 2, 2].as_slice()));
    let rows: Vec<f64> = graph.constant("MatMul_0_param0").unwrap().iter_f64().unwrap().collect();
    assert_eq!(rows, [0.0, 2.0, 1.0, 3.0]);
    assert!(findings.iter().any(|finding| finding.id == "changed-layout"));
}

#[test]
fn groups_become_zeros() {
    let conv = OnnxNode::of("Conv", &["x", "k"], &["y"]).with_int("group", 2);
    let (graph, _) = cleaned(graph(
        &[1, 4, 3],
        &[("k", Tensor::new(&[2, 2, 1], vec![1f32, 2.0, 3.0, 4.0]).unwrap())],
        vec![conv],
    ));
    let conv = graph.nodes.iter().find(|node| node.op_type == "Conv").unwrap();
    let kernel: Vec<f64> = graph.constant(conv.input(1)).unwrap().iter_f64().unwrap().collect();
    assert_eq!((conv.int("group"), kernel), (Some(1), vec![1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 3.0, 4.0]));
}

#[test]
fn signals_that_are_added_come_to_an_end() {
    let nodes = vec![
        OnnxNode::of("Conv", &["x", "k"], &["a"]),
        OnnxNode::of("Conv", &["x", "l"], &["b"]),
        OnnxNode::of("Add", &["a", "b"], &["y"]),
    ];
    let constants = [("k", matrix(&[2, 2, 1])), ("l", matrix(&[2, 2, 1]))];
    let (graph, _) = cleaned(graph(&[1, 2, 3], &constants, nodes));
    let conv: Vec<&OnnxNode> = graph.nodes.iter().filter(|node| node.op_type == "Conv").collect();
    assert!(conv.len() == 2 && conv.iter().all(|node| node.is_channels_last()));
}

#[test]
fn circles_are_errors() {
    let nodes = vec![OnnxNode::of("Add", &["x", "b"], &["a"]), OnnxNode::of("Relu", &["a"], &["b"])];
    let (_, findings) = cleaned(graph(&[1, 2], &[], nodes));
    assert!(findings.has_errors());
}

#[test]
fn shapes_that_the_batch_is_missing_in_are_copied() {
    let nodes = vec![
        OnnxNode::of("Shape", &["x"], &["s"]),
        OnnxNode::of("Gather", &["s", "zero"], &["n"]),
        OnnxNode::of("Concat", &["n", "rest"], &["t"]).with_int("axis", 0),
        OnnxNode::of("Reshape", &["x", "t"], &["y"]),
    ];
    let constants = [("zero", Tensor::vector(vec![0i64])), ("rest", Tensor::vector(vec![-1i64]))];
    let (graph, _) = cleaned(graph(&[0, 2, 3], &constants, nodes));
    assert_eq!(names(&graph), ["Reshape_0"]);
    assert_eq!(graph.constant("Reshape_0_param0"), Some(&Tensor::vector(vec![0i64, -1])));
    assert_eq!(graph.shape("global_out"), Some([0, 6].as_slice()));
}
