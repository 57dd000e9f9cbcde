//! Fast forms and definitions give the same, for inputs of all sizes, also where no prediction of hls4ml is recorded.

use hls4rs::emulator::{PlanError, Port};
use hls4rs::layers::layers::{Conv2D, Input};
use hls4rs::prelude::*;
use hls4rs::{Plan, PredictError};
use hls4rs_tests::{Golden, goldens, options, ramp};
use serde_json::json;

use super::{all_bits, doubles, plain, traced_bits};

/// A generator of numbers, the same ones every time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// Between −1 and 1.
    fn unit(&mut self) -> f32 {
        (self.next() & 0xffff) as f32 / 32768.0 - 1.0
    }
}

const SAMPLES: usize = 13;

/// Inputs whose largest values are about `scale`.
fn inputs(plan: &Plan, scale: f32) -> Vec<Tensor> {
    let mut numbers = Numbers(scale.to_bits().into());
    let mut input = |port: &Port| {
        let shape = [&[SAMPLES], port.shape.as_slice()].concat();
        // embeddings take numbers of rows, which must be in the table
        let is_index = port.format.is_int && !port.format.signed;
        let mut value = || if is_index { (numbers.next() % 3) as f32 } else { numbers.unit() * scale };
        Tensor::new(&shape, (0..SAMPLES * port.len()).map(|_| value()).collect()).unwrap()
    };
    plan.inputs().iter().map(&mut input).collect()
}

/// Predicts in both forms, with traces, and compares.
fn compare(name: &str, plan: &Plan, inputs: &[Tensor]) {
    let reference = plan.predict(inputs, plain().with_reference(true).with_trace(true));
    let fast = plan.predict(inputs, plain());
    let traced = plan.predict(inputs, plain().with_trace(true));
    match reference {
        Ok(expected) => {
            assert_eq!(all_bits(&fast.unwrap().outputs), all_bits(&expected.outputs), "{name}");
            assert_eq!(traced_bits(&traced.unwrap().trace), traced_bits(&expected.trace), "{name}");
        }
        Err(error) => {
            assert_eq!(fast.unwrap_err().to_string(), error.to_string(), "{name}");
            assert_eq!(traced.unwrap_err().to_string(), error.to_string(), "{name}");
        }
    }
}

/// Goldens that g++ does not compile, with the layers that are refused.
const REFUSED: [(&str, &[&str]); 3] = [
    ("hgq2-quartus-io_parallel", &["softmax"]),
    ("lstm-quartus-io_stream", &["lstm_1"]),
    ("separable-quartus-io_parallel", &["separable_1_depthwise", "depthwise_1"]),
];

/// The goldens that there is a plan for.
fn planned() -> impl Iterator<Item = (&'static Golden, Plan)> {
    goldens().iter().filter_map(|golden| Some((golden, hls4rs::plan(golden.model()).ok()?)))
}

#[test]
fn goldens_have_a_plan_or_a_reason() {
    for (golden, plan) in planned() {
        let model = golden.model();
        let names = |ports: &[Port]| ports.iter().map(|port| port.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(plan.inputs()), model.graph.inputs(), "{}", golden.name);
        assert_eq!(names(plan.outputs()), model.graph.outputs(), "{}", golden.name);
    }
    for golden in goldens() {
        let Err(error) = hls4rs::plan(golden.model()) else { continue };
        assert!(golden.recorded().is_none(), "{}: {error}", golden.name);
        let is_compiled = golden.case().backend != "oneAPI";
        let layers = match &error {
            PredictError::Plan(PlanError::Backend { .. }) if !is_compiled => continue,
            PredictError::Plan(PlanError::Unsupported(layers)) if is_compiled => layers,
            _ => panic!("{}: {error}", golden.name),
        };
        let expected = REFUSED.iter().find(|(name, _)| *name == golden.name);
        let found: Vec<&str> = layers.iter().map(|layer| layer.layer.as_str()).collect();
        assert_eq!(Some(found.as_slice()), expected.map(|(_, layers)| *layers), "{}: {error}", golden.name);
    }
}

#[test]
fn fast_forms_are_equal_for_values_of_any_size() {
    for (golden, plan) in planned() {
        for scale in [0.01, 1.0, 30.0, 5000.0, 1e6, 1e12] {
            compare(&format!("{} with values up to {scale}", golden.name), &plan, &inputs(&plan, scale));
        }
    }
}

#[test]
fn fast_forms_are_equal_for_special_values() {
    let special = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        f32::MIN_POSITIVE,
        -f32::from_bits(1),
        f32::EPSILON,
        f32::MAX,
        f32::MIN,
        32767.999,
        -32768.0,
        1.0 / 3.0,
    ];
    for (golden, plan) in planned() {
        if plan.inputs().iter().any(|port| port.format.is_int && !port.format.signed) {
            continue;
        }
        let input = |port: &Port| {
            let shape = [&[special.len()], port.shape.as_slice()].concat();
            let value = |index: usize| special[(index / port.len() + index % port.len()) % special.len()];
            Tensor::new(&shape, (0..special.len() * port.len()).map(value).collect()).unwrap()
        };
        let inputs: Vec<Tensor> = plan.inputs().iter().map(input).collect();
        compare(&golden.name, &plan, &inputs);
        compare(&golden.name, &plan, &inputs.iter().map(doubles).collect::<Vec<_>>());
    }
}

/// Filters one row high of a stream go from row to row, whatever their stride; what is left of a sample is not used.
#[test]
fn rows_that_are_not_used_are_passed_over() {
    let mut options = options(json!({"Model": {"Precision": "fixed<16,6>", "ReuseFactor": 1}}));
    options.insert("IOType", "io_stream");
    let mut graph = ModelGraph::new(Config::from_options(options, "vivado:ip").unwrap());
    graph.set_io(["x"], ["conv"]);
    graph.add(Input::builder("x").input_shape([4, 5, 2])).unwrap();
    let conv =
        Conv2D::builder("conv").in_height(4).in_width(5).n_chan(2).n_filt(3).filt_height(1).filt_width(2);
    let conv = conv.stride_height(2).stride_width(2).out_height(2).out_width(2).data_format("channels_last");
    let conv = conv.pad_top(0).pad_bottom(0).pad_left(0).pad_right(0);
    graph.add(conv.weight(ramp(&[1, 2, 2, 3])).bias(ramp(&[3]))).unwrap();
    let ty = NamedType::new("conv_accum_t", Precision::fixed(20, 10));
    graph.layer_mut("conv").unwrap().state_mut().attributes.insert("accum_t", ty);
    let plan = hls4rs::plan(&Model::new(graph)).unwrap();
    compare("filters one row high", &plan, &inputs(&plan, 3.0));
}
