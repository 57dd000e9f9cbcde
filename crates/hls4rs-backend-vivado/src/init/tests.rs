//! What initialization makes of small layers.

use hls4rs_graph::{Config, FlowOptions, ModelGraph, Scoped};
use hls4rs_layers::Draft;
use hls4rs_layers::layers::{Conv1D, Dense, EinsumDense, Input, LSTM};
use hls4rs_types::{Attribute, Order, Tensor};

use crate::Vivado;
use crate::flows::INIT_LAYERS;

struct Case {
    strategy: &'static str,
    reuse_factor: i64,
    target_cycles: Option<i64>,
    io_type: &'static str,
}

const CASE: Case =
    Case { strategy: "resource", reuse_factor: 1, target_cycles: None, io_type: "io_parallel" };

/// The layer behind an input of that shape, initialized for Vivado, and the warnings.
fn initialized(case: &Case, shape: &[usize], layer: impl Into<Draft>) -> (ModelGraph, Vec<String>) {
    let mut config = Config::default();
    config.options.insert("IOType", case.io_type);
    config.strategy = Scoped::new(Some(case.strategy.to_owned()));
    config.reuse_factor = Scoped::new(Some(case.reuse_factor));
    config.target_cycles = Scoped::new(case.target_cycles);
    let mut graph = ModelGraph::new(config);
    graph.set_extensions(&Vivado);
    graph.set_io(["x"], ["layer"]);
    graph.add(Input::builder("x").input_shape(shape)).unwrap();
    graph.add(layer).unwrap();
    let report = graph.apply_steps(&INIT_LAYERS, &mut FlowOptions::default()).unwrap();
    (graph, report.diagnostics.iter().map(|found| found.id.to_owned()).collect())
}

fn get(graph: &ModelGraph, attribute: &str) -> Attribute {
    graph.layer("layer").unwrap().state().attributes.get(attribute).cloned().unwrap()
}

fn zeros(shape: &[usize]) -> Tensor {
    Tensor::zeros(shape).unwrap()
}

fn dense() -> Draft {
    Dense::builder("layer").n_in(4).n_out(6).weight(zeros(&[4, 6])).build()
}

#[test]
fn strategies_of_a_dense_layer() {
    let cases = [
        ("latency", 3, "latency", 3, vec![]),
        ("unknown", 3, "latency", 3, vec![]),
        ("resource", 2, "resource", 2, vec![]),
        ("resource", 3, "resource", 2, vec!["invalid-reuse-factor"]),
        ("resource", 100, "resource", 24, vec!["invalid-reuse-factor"]),
        ("resource_unrolled", 100, "resource_unrolled", 12, vec!["invalid-reuse-factor"]),
        ("resource_unrolled", 1, "resource", 1, vec!["strategy-replaced"]),
        ("da", 1, "distributed_arithmetic", 1, vec![]),
    ];
    for (strategy, reuse_factor, expected, expected_factor, expected_ids) in cases {
        let (graph, ids) = initialized(&Case { strategy, reuse_factor, ..CASE }, &[4], dense());
        assert_eq!(get(&graph, "strategy"), expected.into(), "{strategy}");
        assert_eq!(get(&graph, "reuse_factor"), Attribute::Int(expected_factor), "{strategy}");
        assert_eq!(ids, expected_ids, "{strategy}");
    }
}

#[test]
fn target_cycles_set_a_number_that_need_not_be_whole() {
    // six cycles for each of the six outputs are for moving data
    for (cycles, expected) in [(36 + 12, Attribute::Float(2.0)), (36 + 15, 2i64.into()), (35, 7i64.into())] {
        let case = Case { reuse_factor: 7, target_cycles: Some(cycles), ..CASE };
        let (graph, _) = initialized(&Case { strategy: "resource", ..case }, &[4], dense());
        let expected = if expected == Attribute::Int(7) { Attribute::Int(8) } else { expected };
        assert_eq!(get(&graph, "reuse_factor"), expected, "{cycles}");
    }
}

#[test]
fn pixels_in_parallel_divide_the_image() {
    let conv = Conv1D::builder("layer").in_width(8).out_width(6).n_chan(1).n_filt(2).filt_width(3);
    let conv = conv.stride_width(1).pad_left(0).pad_right(0).data_format("channels_last");
    let conv = conv.weight(zeros(&[3, 1, 2])).build().with("parallelization_factor", 4i64);
    let case = Case { strategy: "resource_unrolled", reuse_factor: 2, ..CASE };
    let (graph, ids) = initialized(&case, &[8, 1], conv.clone());
    assert_eq!(ids, ["strategy-replaced", "invalid-reuse-factor", "invalid-parallelization-factor"]);
    assert_eq!(get(&graph, "strategy"), "resource".into());
    assert_eq!(get(&graph, "parallelization_factor"), Attribute::Int(3));
    assert_eq!(get(&graph, "n_partitions"), Attribute::Int(2));
    assert_eq!(get(&graph, "implementation"), "linebuffer".into());
    let (graph, _) = initialized(&Case { io_type: "io_stream", ..case }, &[8, 1], conv);
    assert_eq!(get(&graph, "strategy"), "resource_unrolled".into());
}

#[test]
fn recurrent_layers_have_two_reuse_factors() {
    let lstm = LSTM::builder("layer").n_out(2).n_in(3).n_timesteps(5).activation("tanh");
    let lstm = lstm.recurrent_activation("sigmoid").weight(zeros(&[3, 8])).recurrent_weight(zeros(&[2, 8]));
    let case = Case { reuse_factor: 1000, ..CASE };
    let (graph, _) = initialized(&case, &[5, 3], lstm.bias(zeros(&[8])).return_sequences(false));
    assert_eq!(get(&graph, "reuse_factor"), Attribute::Int(24));
    assert_eq!(get(&graph, "recurrent_reuse_factor"), Attribute::Int(16));
    assert_eq!(get(&graph, "index_t").as_type().unwrap().name, "layer2_index");
}

#[test]
fn weights_of_contractions_are_matrices() {
    let kernel = Tensor::new(&[2, 3], (0..6u8).map(f32::from).collect()).unwrap();
    let layer = EinsumDense::builder("layer").equation("ab,bc->ac").inp_shape([4, 2]).out_shape([4, 3]);
    let (graph, _) = initialized(&CASE, &[4, 2], layer.weight(kernel));
    let state = graph.layer("layer").unwrap().state();
    let weight = &state.weight("weight").unwrap().data;
    assert_eq!((weight.shape(), weight.order()), (&[1, 2, 3][..], Order::C));
    assert_eq!(state.weight("bias").unwrap().data.shape(), [4, 3]);
    assert_eq!(state.int("n_contract").unwrap(), 2);
    assert_eq!(get(&graph, "strategy"), "resource".into());
}
