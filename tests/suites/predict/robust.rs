//! Changed precisions and damaged attributes: fast forms stay equal to definitions, and nothing panics.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hls4rs::layers::Layer;
use hls4rs::prelude::*;
use hls4rs_tests::{Golden, goldens};

use super::{all_bits, plain, rows, traced_bits};

/// One golden per model and backend, and all of a backend where the interface changes what is computed.
fn with_inputs() -> Vec<(&'static Golden, Vec<Tensor>)> {
    let found = goldens().iter().filter_map(|golden| Some((golden, golden.recorded()?)));
    found
        .map(|(golden, recorded)| {
            let few = recorded.inputs.iter().map(|input| rows(input, 0..2)).collect();
            (golden, few)
        })
        .collect()
}

/// Predicts in all forms, if there is a plan. Whether there was one.
fn predict(model: &Model, inputs: &[Tensor]) -> bool {
    let Ok(plan) = hls4rs::plan(model) else { return false };
    let reference = plan.predict(inputs, plain().with_reference(true).with_trace(true));
    let fast = plan.predict(inputs, plain());
    let traced = plan.predict(inputs, plain().with_trace(true));
    let ledger = plan.predict(inputs, plain().with_ledger(true));
    let Ok(reference) = reference else {
        assert!(fast.is_err() && traced.is_err() && ledger.is_err());
        return false;
    };
    let expected = all_bits(&reference.outputs);
    assert!(all_bits(&fast.unwrap().outputs) == expected, "fast forms differ");
    assert!(traced_bits(&traced.unwrap().trace) == traced_bits(&reference.trace), "traced fast forms differ");
    assert!(all_bits(&ledger.unwrap().outputs) == expected, "the ledger changes outputs");
    true
}

/// What goes wrong with a model, if anything does.
fn failure(model: &Model, inputs: &[Tensor]) -> Result<bool, String> {
    catch_unwind(AssertUnwindSafe(|| predict(model, inputs))).map_err(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
    })
}

/// Collects what goes wrong, and counts the predictions that could be made.
#[derive(Default)]
struct Tally {
    predicted: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn check(&mut self, place: impl Fn() -> String, model: &Model, inputs: &[Tensor]) {
        match failure(model, inputs) {
            Ok(is_predicted) => self.predicted += usize::from(is_predicted),
            Err(message) => self.wrong.push(format!("{}: {message}", place())),
        }
    }

    fn finish(self, least: usize) {
        assert!(self.wrong.is_empty(), "{} are wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
        assert!(self.predicted >= least, "only {} were predicted", self.predicted);
    }
}

const PRECISIONS: [&str; 14] = [
    "fixed<8,3>",
    "fixed<5,5,RND,SAT>",
    "fixed<6,2,RND_CONV,SAT_SYM>",
    "fixed<7,3,TRN_ZERO,SAT_ZERO>",
    "fixed<9,4,RND_ZERO,WRAP>",
    "fixed<9,4,RND_INF,SAT>",
    "fixed<9,4,RND_MIN_INF,SAT>",
    "ufixed<7,3,RND,SAT>",
    "ufixed<1,1>",
    "fixed<24,-2>",
    "fixed<12,20>",
    "fixed<33,16,RND,SAT>",
    "fixed<70,30>",
    "int<4>",
];

/// Slots of a layer that have a type.
fn slots(layer: &dyn Layer) -> Vec<String> {
    let types = layer.state().attributes.iter().filter(|(_, value)| value.as_type().is_some());
    types.filter_map(|(name, _)| name.strip_suffix("_t").map(str::to_owned)).collect()
}

#[test]
fn fast_forms_are_equal_for_other_precisions() {
    let mut tally = Tally::default();
    let mut number = 0;
    for (golden, inputs) in with_inputs() {
        for (name, layer) in golden.model().graph.layers() {
            for slot in slots(layer) {
                // each slot gets some of them, and all slots together get all of them
                for offset in 0..4 {
                    number += 1;
                    let text = PRECISIONS[(number + 3 * offset) % PRECISIONS.len()];
                    let mut model = golden.model().clone();
                    if model.graph.set_precision(name, &slot, text.parse().unwrap()).is_ok() {
                        let place = || format!("{}: {name}: {slot} = {text}", golden.name);
                        tally.check(place, &model, &inputs);
                    }
                }
            }
        }
    }
    tally.finish(3000);
}

/// Values in place of an attribute.
fn replacements(old: &Attribute) -> Vec<Attribute> {
    let mut all: Vec<Attribute> = match old {
        Attribute::Int(_) => [-1, 0, 1, 2, 3, 7, 1000].map(Attribute::Int).into(),
        Attribute::Float(_) => [0.0, -1.5, 1e300, f64::NAN, f64::INFINITY].map(Attribute::Float).into(),
        Attribute::String(_) => {
            ["", "latency", "resource", "same", "channels_first", "tanh", "max", "implementation"]
                .map(Attribute::from)
                .into()
        }
        Attribute::Bool(value) => vec![(!value).into()],
        Attribute::List(list) => vec![
            Vec::<i64>::new().into(),
            vec![-1].into(),
            vec![0, 0, 0].into(),
            vec![1000; list.len().max(1)].into(),
        ],
        Attribute::Weight(weight) => {
            let data = |data: Tensor| WeightVariable { data, ..(**weight).clone() }.into();
            let nan = vec![f64::NAN; weight.data.len()];
            let large = vec![1e30; weight.data.len()];
            vec![
                data(Tensor::zeros(&[0]).unwrap()),
                data(Tensor::zeros(&[1]).unwrap()),
                data(Tensor::zeros(&[weight.data.len() + 1]).unwrap()),
                data(Tensor::new(weight.data.shape(), nan).unwrap()),
                data(Tensor::new(weight.data.shape(), large).unwrap()),
            ]
        }
        Attribute::Variable(variable) => {
            let shaped = |shape: &[usize]| {
                TensorVariable::new(variable.name.clone(), variable.ty.clone(), shape).into()
            };
            vec![shaped(&[]), shaped(&[0]), shaped(&[1]), shaped(&[3, 5]), shaped(&[2, 2, 2, 2])]
        }
        _ => Vec::new(),
    };
    all.extend([Attribute::Null, Attribute::Int(5), "text".into()]);
    all
}

#[test]
fn damaged_attributes_are_refused_or_predicted() {
    let mut tally = Tally::default();
    let mut seen = std::collections::BTreeSet::new();
    for (golden, inputs) in with_inputs() {
        let config = &golden.model().graph.config;
        for (name, layer) in golden.model().graph.layers() {
            for (attribute, old) in layer.state().attributes.iter() {
                // the same attribute of the same kind of layer once for each backend
                let key = if attribute == name { "output" } else { attribute };
                let target = (config.backend().to_owned(), config.io_type().to_owned());
                if !seen.insert((target, layer.kind().to_owned(), key.to_owned())) {
                    continue;
                }
                for (number, value) in replacements(old).into_iter().enumerate() {
                    let mut model = golden.model().clone();
                    let state = model.graph.layer_mut(name).unwrap().state_mut();
                    state.attributes.insert(attribute, value);
                    let place =
                        || format!("{}: {name} ({}): {attribute}, value {number}", golden.name, layer.kind());
                    tally.check(place, &model, &inputs);
                }
            }
        }
    }
    tally.finish(1000);
}
