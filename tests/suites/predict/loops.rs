//! Loops over time steps: layers between their two ends are computed for every step.

use hls4rs::Plan;
use hls4rs::archive::member::{CONFIG, LAYERS};
use hls4rs::prelude::*;
use hls4rs_tests::{Archive, Golden};
use serde_json::{Value, json};

use super::{all_bits, bits, plain, plan};

const NAME: &str = "time_distributed-vitis-io_parallel";

/// The plan of the golden after a change of one of its documents, or why there is none.
fn edited(document: &str, edit: impl FnOnce(&mut Value)) -> Result<Plan, String> {
    let archive = Archive::golden(NAME).edited(document, edit);
    let model = archive.read(&ReadOptions::default().with_check_structure(false)).unwrap();
    hls4rs::plan(&model).map_err(|error| error.to_string())
}

fn attribute<'a>(layers: &'a mut Value, layer: &str, name: &str) -> &'a mut Value {
    &mut layers[layer]["state"]["attributes"][name]
}

#[test]
fn a_trace_has_the_last_step_of_layers_in_loops() {
    let golden = Golden::named(NAME);
    let recorded = golden.recorded().unwrap();
    let found = plan(golden).predict(&recorded.inputs, plain().with_trace(true)).unwrap();
    assert_eq!(all_bits(&found.outputs), all_bits(&recorded.outputs));
    let traced = |name: &str| &found.trace.iter().find(|traced| traced.output == name).unwrap().values;
    let rows = |array: &Tensor| -> Vec<Vec<u64>> {
        bits(array).chunks(array.len() / array.shape()[0]).map(<[u64]>::to_vec).collect()
    };
    for (inside, end, steps) in [("conv_1", "loop_1_end", 3), ("dense_1", "loop_3_end", 3)] {
        for (step, all) in rows(traced(inside)).iter().zip(rows(traced(end))) {
            assert_eq!(all.len(), steps * step.len(), "{inside}");
            assert_eq!(&all[(steps - 1) * step.len()..], step, "{inside}");
        }
    }
}

#[test]
fn ends_are_found_by_their_names_too() {
    let golden = Golden::named(NAME);
    let recorded = golden.recorded().unwrap();
    let plan = edited(LAYERS, |layers| {
        for layer in ["loop_1", "loop_1_end", "loop_3", "loop_3_end"] {
            layers[layer]["state"]["attributes"].as_object_mut().unwrap().remove("wrapped_layer");
        }
    });
    let found = plan.unwrap().predict(&recorded.inputs, plain()).unwrap();
    assert_eq!(all_bits(&found.outputs), all_bits(&recorded.outputs));
}

#[test]
fn loops_that_cannot_run_say_why() {
    let backend = |backend: &str| edited(CONFIG, |config| config["config"]["Backend"] = json!(backend));
    let loops = |edit: &dyn Fn(&mut Value)| edited(LAYERS, |layers| edit(layers)).unwrap_err();
    for (error, expected) in [
        (
            backend("Quartus").unwrap_err(),
            "loop_1 (TimeDistributed): hls4ml generates no code for loops over time steps for Quartus, io_parallel",
        ),
        (
            edited(CONFIG, |config| config["config"]["IOType"] = json!("io_stream")).unwrap_err(),
            "loop_1 (TimeDistributed): hls4ml's loops over time steps cannot be compiled for streams",
        ),
        (
            loops(&|layers| *attribute(layers, "loop_1", "wrapped_layer") = json!({"class_name": "Conv2D"})),
            "loop_1 (TimeDistributed): hls4ml generates no code for a layer that holds another",
        ),
        (
            loops(&|layers| *attribute(layers, "loop_1", "wrapped_layer") = json!("conv_1")),
            "loop_1 (TimeDistributed): expected 3 time steps of the shape [3, 5, 5, 2], found the shape [5, 5, 2]",
        ),
        (
            loops(&|layers| *attribute(layers, "loop_1_end", "n_time_steps") = json!(2)),
            "loop_1_end (TimeDistributed): expected 2 time steps of the shape [4, 4, 2], found the shape [3, 4, 4, 2]",
        ),
        (
            loops(&|layers| {
                let precision = &mut attribute(layers, "conv_1", "conv_1")["state"]["type"]["state"];
                precision["name"] = json!("another_t");
                precision["precision"]["state"]["integer"] = json!(7);
            }),
            "loop_1_end (TimeDistributed): hls4ml cannot compile this layer unless input and output have the same type, \
             found `fixed<16,7,TRN,WRAP,0>` and `fixed<16,6,TRN,WRAP,0>`",
        ),
    ] {
        assert!(error.contains(expected), "{error}");
    }
}
