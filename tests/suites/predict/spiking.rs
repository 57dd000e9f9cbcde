//! Spiking neurons keep their potentials from one sample to the next.

use hls4rs::layers::layers::{IFNeuron, Input, LIFNeuron, SNNReadout};
use hls4rs::prelude::*;
use hls4rs::{Plan, PredictOptions};
use hls4rs_tests::options;
use serde_json::json;

use super::plain;

fn graph(io_type: &str, output: &str) -> ModelGraph {
    let mut options = options(json!({"Model": {"Precision": "fixed<16,6>", "ReuseFactor": 1}}));
    options.insert("Backend", "Vitis");
    options.insert("IOType", io_type);
    let mut graph = ModelGraph::new(Config::from_options(options, "vivado:ip").unwrap());
    graph.set_io(["x"], [output]);
    graph.add(Input::builder("x").input_shape([2])).unwrap();
    graph
}

/// The plan of the graph after types of a layer were changed.
fn plan(mut graph: ModelGraph, layer: &str, types: &[(&str, &str)]) -> Plan {
    for (attribute, precision) in types {
        let ty = NamedType::new(format!("{layer}_{attribute}"), precision.parse().unwrap());
        graph.layer_mut(layer).unwrap().state_mut().attributes.insert(*attribute, ty);
    }
    hls4rs::plan(&Model::new(graph)).unwrap()
}

const TYPES: &[(&str, &str)] =
    &[("beta_t", "fixed<12,2>"), ("threshold_t", "fixed<10,3>"), ("membrane_t", "fixed<14,4>")];

/// Twelve time steps of two inputs.
fn steps() -> Tensor {
    let step = |s: u8| [0.37 * f32::from(s) - 1.0, 0.5 + 0.11 * f32::from(s) * f32::from(s % 3)];
    Tensor::new(&[12, 2], (0..12).flat_map(step).collect()).unwrap()
}

/// Outputs, a digit each.
fn spikes(plan: &Plan, options: PredictOptions) -> String {
    let outputs = plan.predict(&[steps()], options).unwrap().outputs;
    let digits = outputs[0].iter_f64().unwrap().map(|value| format!("{value:.0}"));
    digits.collect()
}

fn leaky() -> Plan {
    let mut graph = graph("io_parallel", "neuron");
    let neuron = LIFNeuron::builder("neuron").n_in(2).n_out(2).threshold(0.0).beta(0.0).window_size(0);
    let neuron = neuron.beta_mode("vector").beta_data(Tensor::vector(vec![0.8f32, 0.95]));
    let neuron = neuron.threshold_mode("vector").threshold_data(Tensor::vector(vec![1.1f32, 0.9]));
    graph.add(neuron.reset_mechanism("subtract")).unwrap();
    plan(graph, "neuron", TYPES)
}

/// What C++ gives: functions of `nnet_snn.h` with these types, compiled with the headers of hls4ml 1.3.0.
#[test]
fn neurons_are_those_of_cpp() {
    assert_eq!(spikes(&leaky(), plain()), "000101000101111111111111");

    let mut same = graph("io_parallel", "neuron");
    let neuron = LIFNeuron::builder("neuron").n_in(2).n_out(2).beta_mode("scalar").threshold_mode("scalar");
    let neuron = neuron.threshold(1.200_000_047_683_715_8).beta(0.949_999_988_079_071);
    same.add(neuron.reset_mechanism("zero").window_size(5)).unwrap();
    assert_eq!(spikes(&plan(same, "neuron", TYPES), plain()), "000001000101101111101111");

    let mut tight = graph("io_stream", "neuron");
    let neuron = IFNeuron::builder("neuron").n_in(2).n_out(2).threshold(0.0).threshold_mode("vector");
    let neuron = neuron.threshold_data(Tensor::vector(vec![1.1f32, 0.9]));
    tight.add(neuron.reset_mechanism("subtract").window_size(3)).unwrap();
    assert_eq!(spikes(&plan(tight, "neuron", &TYPES[1..]), plain()), "000101000111101111101111");
}

#[test]
fn state_goes_from_sample_to_sample() {
    let plan = leaky();
    let expected = spikes(&plan, plain());
    for options in
        [plain().with_reference(true), plain().with_ledger(true), plain().with_trace(true), plain()]
    {
        assert_eq!(spikes(&plan, options), expected);
    }
    let steps = steps();
    let view = steps.view::<f32>().unwrap();
    let values = view.to_slice().unwrap();
    // a session goes on where it was, a new one begins anew
    for at_a_time in [1, 5, 12] {
        let mut session = plan.session_of(at_a_time);
        let mut found = String::new();
        for part in values.chunks(2 * at_a_time) {
            let mut output = vec![0f32; part.len()];
            session.predict(&[part], &mut [&mut output]).unwrap();
            found.extend(output.iter().map(|value| format!("{value:.0}")));
        }
        assert_eq!(found, expected, "{at_a_time} samples at a time");
    }
    // more samples than are computed at a time
    let many: Vec<f32> = values.iter().copied().cycle().take(2 * 12 * 100).collect();
    let many = plan.predict(&[Tensor::new(&[1200, 2], many).unwrap()], plain()).unwrap();
    let mut session = plan.session();
    let all: Vec<f64> = many.outputs[0].iter_f64().unwrap().collect();
    for (sample, expected) in values.chunks(2).cycle().take(1200).zip(all.chunks(2)) {
        let mut output = [0f32; 2];
        session.predict(&[sample], &mut [&mut output]).unwrap();
        assert_eq!(output.map(f64::from), expected);
    }
}

/// Decisions for six time steps, of which the first three make a window.
fn decisions(mode: &str, rule: &str, inputs: [[f32; 2]; 6]) -> Vec<f64> {
    let mut graph = graph("io_stream", "readout");
    let readout =
        SNNReadout::builder("readout").n_classes(2).window_size(3).class_threshold(2).output_mode(mode);
    let readout = readout.decision_rule(rule).beta(0.5).state_reset_policy("fixed_window");
    graph.add(readout).unwrap();
    let plan = plan(graph, "readout", &[("membrane_t", "fixed<14,6>")]);
    let inputs = Tensor::new(&[6, 2], inputs.into_iter().flatten().collect()).unwrap();
    let outputs = plan.predict(&[inputs], plain()).unwrap().outputs;
    outputs[0].iter_f64().unwrap().collect()
}

#[test]
fn readouts_decide_within_their_window() {
    // counts after each step: 0 1, 1 1, 1 2; 1 0, 2 1, 3 2
    let spikes = [[0.0, 1.0], [1.0, 0.0], [0.0, -0.5], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]];
    assert_eq!(decisions("spike", "argmax_spike_count", spikes), [1.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(decisions("spike", "binary_logit", spikes), [1.0, 0.0, 1.0, -1.0, -1.0, -1.0]);
    assert_eq!(decisions("spike", "first_to_threshold", spikes), [1.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    // counts: 0 1, 0 2, 1 3; 0 1, 1 2, 2 3, where the first class reaches the threshold, too
    let late = [[0.0, 1.0], [0.0, 1.0], [1.0, 1.0], [0.0, 1.0], [1.0, 1.0], [1.0, 1.0]];
    assert_eq!(decisions("spike", "threshold_then_argmax", late), [1.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
    // potentials: 2 1, 1 1.5, 0.5 3.75; 0 0, 1 0, 0.5 −1
    let sums = [[2.0, 1.0], [0.0, 1.0], [0.0, 3.0], [0.0, 0.0], [1.0, 0.0], [0.0, -1.0]];
    assert_eq!(decisions("membrane", "argmax_membrane", sums), [0.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(decisions("membrane", "binary_logit", sums), [-1.0, 0.5, 3.25, 0.0, -1.0, -1.5]);
}

#[test]
fn what_cpp_cannot_do_is_refused() {
    let mut parallel = graph("io_parallel", "readout");
    let readout = SNNReadout::builder("readout").n_classes(2).window_size(3).class_threshold(2);
    let readout = readout.output_mode("spike").decision_rule("binary_logit").beta(1.0);
    parallel.add(readout.state_reset_policy("never")).unwrap();
    let error = hls4rs::plan(&Model::new(parallel)).unwrap_err().to_string();
    assert!(
        error.contains("readout (SNNReadout): hls4ml cannot compile this layer with io_parallel"),
        "{error}"
    );

    let mut model = Model::new(graph("io_parallel", "neuron"));
    let neuron = IFNeuron::builder("neuron").n_in(2).n_out(2).threshold(1.0).threshold_mode("scalar");
    model.graph.add(neuron.reset_mechanism("subtract").window_size(0)).unwrap();
    model.graph.config.options.insert("Backend", "Quartus");
    let error = hls4rs::plan(&model).unwrap_err().to_string();
    assert!(error.contains("neuron (IFNeuron): hls4ml has no spiking neurons for Quartus"), "{error}");
}
