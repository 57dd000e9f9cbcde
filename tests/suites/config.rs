//! The configuration: which of the things that are said counts, and what hls4ml derives from the options.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use hls4rs::backend::configure::{Granularity, InitialOptions, SourceKind, initial_configuration};
use hls4rs::graph::BramFactor;
use hls4rs::layers::LayerId;
use hls4rs::prelude::*;
use hls4rs_tests::{attributes, config, goldens, layer_list, options};
use serde_json::{Value, json};

const FC1: LayerId<'_> = LayerId { name: "FC1", kind: "Dense" };
const OTHER: LayerId<'_> = LayerId { name: "other", kind: "Activation" };

/// Precision and name of the type of a slot, as text.
fn precision(config: &Config, layer: LayerId<'_>, slot: &str) -> (String, String) {
    let (precision, name) = config.precision(layer, slot).unwrap();
    (precision.to_string(), name)
}

#[test]
fn the_closest_precision_counts() {
    let all = [
        ("LayerName", json!({"Fc1": {"Precision": {"weight": "int<1>"}}}), "int<1>", "fc1_weight_t"),
        ("LayerName", json!({"fC1": {"Precision": "int<2>"}}), "int<2>", "fc1_weight_t"),
        ("LayerType", json!({"dense": {"Precision": {"weight": "int<3>"}}}), "int<3>", "Dense_weight_t"),
        ("LayerType", json!({"DENSE": {"Precision": "int<4>"}}), "int<4>", "Dense_default_t"),
        ("Model", json!({"Precision": {"weight": "int<5>"}}), "int<5>", "weight_default_t"),
        ("Model", json!({"Precision": {"default": "int<6>"}}), "int<6>", "model_default_t"),
        ("Model", json!({"Precision": "int<7>"}), "int<7>", "model_default_t"),
    ];
    for (i, (section, said, text, name)) in all.iter().enumerate() {
        let alone = config(json!({*section: said}));
        assert_eq!(precision(&alone, FC1, "weight"), ((*text).to_owned(), (*name).to_owned()));
        for (other, said_there, ..) in all[i..].iter().filter(|(other, ..)| other != section) {
            let both = config(json!({*other: said_there, *section: said}));
            assert_eq!(precision(&both, FC1, "weight").0, *text, "{section} and {other}");
        }
    }
}

#[test]
fn the_slot_counts_before_the_default_of_the_same_place() {
    let said = json!({"Precision": {"default": "int<8>", "bias": "int<2>"}});
    for hls in
        [json!({"Model": said}), json!({"LayerType": {"Dense": said}}), json!({"LayerName": {"FC1": said}})]
    {
        let config = config(hls);
        assert_eq!(precision(&config, FC1, "bias").0, "int<2>");
        assert_eq!(precision(&config, FC1, "weight").0, "int<8>");
    }
}

#[test]
fn what_is_null_says_nothing() {
    let config = config(json!({
        "Model": {"Precision": "int<6>"},
        "LayerName": {"FC1": {"Precision": {"weight": null}}, "other": {"ReuseFactor": 2}},
    }));
    assert_eq!(precision(&config, FC1, "weight"), ("int<6>".to_owned(), "model_default_t".to_owned()));
    assert_eq!(precision(&config, OTHER, "result").0, "int<6>");
    let stored: Vec<_> =
        config.precision.layer_name.iter().map(|(key, text)| (key.as_str(), text.clone())).collect();
    assert_eq!(stored, [("fc1_weight", None), ("other_default", None)]);
}

#[test]
fn without_a_precision_there_is_an_error() {
    let nothing = config(json!({}));
    let error = nothing.precision(FC1, "weight").unwrap_err().to_string();
    assert_eq!(error, "configuration: no precision for `FC1` → `weight`, and no default");
    let nonsense = config(json!({"Model": {"Precision": "fixed<16>bits"}}));
    let error = nonsense.precision(FC1, "weight").unwrap_err().to_string();
    assert!(error.starts_with("configuration: `FC1` → `weight`: "), "{error}");
}

/// A section for the model, for a kind, or for a layer.
fn at(section: &str, said: &Value) -> Value {
    match section {
        "Model" => said.clone(),
        "LayerType" => json!({"dEnse": said}),
        _ => json!({"fc1": said}),
    }
}

/// The configuration with one value said in each of the sections.
fn said_in(key: &str, sections: &[(&str, Value)]) -> Config {
    let sections =
        sections.iter().map(|(section, value)| ((*section).to_owned(), at(section, &json!({key: value}))));
    config(Value::Object(sections.collect()))
}

#[test]
fn the_closest_value_counts() {
    let all = [("Model", 8), ("LayerType", 4), ("LayerName", 2)];
    for n in 1..=3 {
        let sections: Vec<_> = all[..n].iter().map(|(section, value)| (*section, json!(value))).collect();
        let config = said_in("ReuseFactor", &sections);
        assert_eq!(config.reuse_factor(FC1), Some(all[n - 1].1));
        assert_eq!(config.reuse_factor(OTHER), Some(8));
    }
    let all = [("Model", "Latency"), ("LayerType", "Resource"), ("LayerName", "DistributedArithmetic")];
    for (n, expected) in [(1, "latency"), (2, "resource"), (3, "distributed_arithmetic")] {
        let sections: Vec<_> = all[..n].iter().map(|(section, value)| (*section, json!(value))).collect();
        assert_eq!(said_in("Strategy", &sections).strategy(FC1), expected);
    }
    let all = [("Model", json!(true)), ("LayerType", json!(false)), ("LayerName", json!(1))];
    for (n, expected) in [(1, true), (2, false), (3, true)] {
        assert_eq!(said_in("Compression", &all[..n]).is_compressed(FC1), expected);
    }
}

#[test]
fn nothing_said_has_defaults() {
    for hls in [json!({}), json!({"Model": {}}), json!({"Model": null, "LayerName": {}})] {
        let config = config(hls);
        assert_eq!((config.reuse_factor(FC1), config.strategy(FC1)), (None, "latency"));
        assert_eq!((config.is_compressed(FC1), config.target_cycles(FC1)), (false, None));
        assert_eq!((config.pipeline_style.as_str(), config.pipeline_interval), ("auto", None));
        assert_eq!(config.bram_factor, BramFactor::default());
        assert_eq!((config.flows.clone(), config.optimizers.clone()), (vec!["vivado:ip".to_owned()], None));
    }
}

#[test]
fn implementations_are_looked_up_under_the_class_of_the_backend() {
    let conv = LayerId { name: "Conv", kind: "Conv2D" };
    let with = |sections: Value| {
        let config = config(sections);
        config.conv_implementation(conv).map(str::to_owned)
    };
    let said = |text: &str| json!({"ConvImplementation": text});
    assert_eq!(with(json!({"Model": {}})).as_deref(), Some("LineBuffer"));
    assert_eq!(with(json!({"Model": said("Encoded")})).as_deref(), Some("Encoded"));
    let by_kind = |kind: &str| with(json!({"Model": {}, "LayerType": {kind: said("Encoded")}}));
    assert_eq!(by_kind("Conv2D").as_deref(), Some("LineBuffer"));
    assert_eq!(by_kind("VivadoConv2D").as_deref(), Some("Encoded"));
    assert_eq!(
        with(json!({"Model": {}, "LayerName": {"conv": said("Encoded")}})).as_deref(),
        Some("Encoded")
    );
}

#[test]
fn target_cycles_are_looked_up_among_the_layers() {
    let with = |section: &str, name: &str| {
        let config = config(json!({"Model": {"TargetCycles": 1}, section: {name: {"TargetCycles": 2}}}));
        config.target_cycles(FC1)
    };
    assert_eq!((with("LayerName", "fc1"), with("LayerName", "VivadoDense")), (Some(2), Some(2)));
    assert_eq!((with("LayerType", "Dense"), with("LayerType", "VivadoDense")), (Some(1), Some(1)));
}

#[test]
fn what_is_said_about_a_layer_wins_over_its_kind() {
    let config = config(json!({
        "LayerType": {"Dense": {"Trace": true, "TableSize": 1}, "dense": {"Other": 1}},
        "LayerName": {"FC1": {"TableSize": 2}, "fc1": {"Other": 2}},
    }));
    let found = config.layer_config(FC1);
    let expected = Attributes::from([("Trace", Attribute::from(true)), ("TableSize", 2.into())]);
    assert_eq!(found, expected);
}

#[test]
fn values_of_another_kind_are_errors_that_tell_the_key() {
    let cases = [
        (json!({"Model": 1}), "`HLSConfig.Model`: expected a map, found an integer"),
        (json!({"Model": {"ReuseFactor": "1"}}), "`Model.ReuseFactor`: expected an integer, found a string"),
        (
            json!({"Model": {"TargetCycles": 1.5}}),
            "`Model.TargetCycles`: expected an integer, found a number",
        ),
        (json!({"Model": {"Strategy": 1}}), "`Model.Strategy`: expected a string, found an integer"),
        (json!({"Model": {"Precision": 16}}), "`Model.Precision`: expected a precision, found an integer"),
        (
            json!({"Model": {"Precision": {"weight": []}}}),
            "`Model.weight`: expected a precision, found a list",
        ),
        (json!({"Model": {"BramFactor": "x"}}), "`Model.BramFactor`: expected a number, found a string"),
        (json!({"Model": {"Compression": "x"}}), "`Model.Compression`: expected a boolean, found a string"),
        (
            json!({"Model": {"PipelineStyle": true}}),
            "`Model.PipelineStyle`: expected a string, found a boolean",
        ),
        (
            json!({"Model": {"PipelineInterval": "x"}}),
            "`Model.PipelineInterval`: expected an integer, found a string",
        ),
        (
            json!({"Model": {"ConvImplementation": 1}}),
            "`Model.ConvImplementation`: expected a string, found an integer",
        ),
        (json!({"LayerName": []}), "`HLSConfig.LayerName`: expected a map, found a list"),
        (json!({"LayerName": {"fc1": 1}}), "`LayerName.fc1`: expected a map, found an integer"),
        (
            json!({"LayerName": {"fc1": {"ReuseFactor": []}}}),
            "`LayerName.fc1.ReuseFactor`: expected an integer, found a list",
        ),
        (
            json!({"LayerType": {"Dense": {"Strategy": {}}}}),
            "`LayerType.Dense.Strategy`: expected a string, found a map",
        ),
        (
            json!({"LayerType": {"Dense": {"Precision": 1}}}),
            "`LayerType.Dense.Precision`: expected a precision, found an integer",
        ),
        (json!({"Flows": "convert"}), "`HLSConfig.Flows`: expected a list of names, found a string"),
        (json!({"Optimizers": [1]}), "`HLSConfig.Optimizers`: expected a list of names, found a list"),
    ];
    for (hls, message) in cases {
        let error = Config::from_options(options(hls), "vivado:ip").unwrap_err().to_string();
        assert_eq!(error, format!("configuration: {message}"));
    }
    let error = |key: &str, value: Attribute| {
        let mut options = options(json!({}));
        options.insert(key, value);
        Config::from_options(options, "vivado:ip").unwrap_err().to_string()
    };
    assert_eq!(
        error("TraceOutput", 1.into()),
        "configuration: `TraceOutput`: expected a boolean, found an integer"
    );
    assert_eq!(
        error("WriterConfig", 1.into()),
        "configuration: `WriterConfig`: expected a map, found an integer"
    );
    assert_eq!(error("HLSConfig", Attribute::Null), "configuration: `HLSConfig`: expected a map, found none");
}

/// Passes choose the style of the pipeline. Where they make layers of the quantizers of QONNX, or derive precisions from those
/// of HGQ2, they change the options in place after the precisions were derived from them; the keys stay the same.
fn without_what_passes_say(derived: &Config, stored: &Config, golden: &str) -> Config {
    let mut rest = stored.clone();
    rest.pipeline_style.clone_from(&derived.pipeline_style);
    let is_said =
        |key: &str| golden.starts_with("hgq2") || golden.starts_with("qonnx_") && key.starts_with("quant_");
    let quantizers = stored.precision.layer_name.iter().filter(|(key, _)| is_said(key));
    for (key, _) in quantizers {
        if let Some(text) = derived.precision.layer_name.get(key) {
            rest.precision.layer_name[key].clone_from(text);
        }
    }
    rest
}

#[test]
fn goldens_hold_what_follows_from_their_options() {
    let mut n_equal = 0;
    for golden in goldens() {
        let stored = &golden.model().graph.config;
        let flow = stored.flows.first().cloned().unwrap_or_default();
        let derived = Config::from_options(stored.options.clone(), &flow).unwrap();
        n_equal += usize::from(derived == *stored);
        let rest = without_what_passes_say(&derived, stored, &golden.name);
        let (derived_text, rest_text) = (format!("{derived:#?}"), format!("{rest:#?}"));
        let different = derived_text.lines().zip(rest_text.lines()).find(|(a, b)| a != b);
        assert!(derived == rest, "{}: derived and stored: {different:?}", golden.name);
    }
    assert!(n_equal >= 20, "{n_equal}");
}

fn initial(layers: &[Attributes], kind: SourceKind, granularity: Granularity) -> Value {
    let options = InitialOptions { granularity, ..InitialOptions::of(kind) };
    let vivado = hls4rs::expect_backend("Vivado").unwrap();
    serde_json::to_value(initial_configuration(layers, kind, Some(vivado), &options).unwrap()).unwrap()
}

#[test]
fn a_configuration_to_start_from_has_every_key_with_its_default() {
    let layers = layer_list("Vivado", "io_parallel").layers;
    let model = json!({
        "Precision": {"default": "fixed<16,6>"},
        "ReuseFactor": 1,
        "Strategy": "Latency",
        "BramFactor": 1_000_000_000,
        "TraceOutput": false,
    });
    let dense = json!({
        "Trace": false,
        "Precision": {"result": "auto", "weight": "auto", "bias": "auto", "accum": "auto"},
        "ReuseFactor": 1,
    });
    let relu = json!({
        "Trace": false,
        "Precision": {"result": "auto", "table": "fixed<18,8,TRN,WRAP,0>"},
        "ReuseFactor": 1,
        "TableSize": 1024,
    });
    let input = json!({"Trace": false, "Precision": {"result": "auto"}});
    let of = |granularity| initial(&layers, SourceKind::Keras, granularity);
    assert_eq!(of(Granularity::Model), json!({"Model": model}));
    let name = |i: usize| layers[i].get("name").and_then(Attribute::as_str).unwrap().to_owned();
    let by_name = json!({name(0): input, name(1): dense, name(2): relu});
    assert_eq!(of(Granularity::Name), json!({"Model": model, "LayerName": by_name}));
    let kind = |i: usize| layers[i].get("class_name").and_then(Attribute::as_str).unwrap().to_owned();
    let by_type = json!({kind(0): input, kind(1): dense, kind(2): relu});
    assert_eq!(of(Granularity::Type), json!({"Model": model, "LayerType": by_type}));
}

#[test]
fn types_of_quantized_layers_are_those_of_their_quantizers() {
    let quantized = |class: &str, config: Value| {
        let mut layer = layer_list("Vivado", "io_parallel").layers.remove(2);
        layer.insert("activation_quantizer", attributes(json!({"class_name": class, "config": config})));
        [layer]
    };
    for (class, config, expected) in [
        ("quantized_bits", json!({"bits": 6, "integer": 0}), "fixed<6,1,RND_CONV,SAT,0>"),
        ("quantized_bits", json!({"bits": 4}), "int<4>"),
        (
            "quantized_relu",
            json!({"bits": 6, "integer": 2, "negative_slope": 0.0}),
            "ufixed<6,2,RND_CONV,SAT,0>",
        ),
        (
            "quantized_relu",
            json!({"bits": 6, "integer": 2, "negative_slope": 0.5}),
            "fixed<6,3,RND_CONV,SAT,0>",
        ),
        ("quantized_tanh", json!({"bits": 5, "symmetric": true}), "fixed<5,1,RND_CONV,SAT_SYM,0>"),
        ("quantized_sigmoid", json!({"bits": 5}), "ufixed<5,0,RND_CONV,SAT,0>"),
        ("ternary", json!({}), "int<2>"),
    ] {
        let layers = quantized(class, config);
        let found = initial(&layers, SourceKind::Keras, Granularity::Type);
        assert_eq!(found["LayerType"]["Activation"]["Precision"]["result"], expected, "{class}");
    }
    let options = InitialOptions { granularity: Granularity::Name, ..InitialOptions::of(SourceKind::Keras) };
    let layers = [quantized("mystery", json!({})), quantized("riddle", json!({"bits": 3}))].concat();
    let found = initial_configuration(&layers, SourceKind::Keras, None, &options).unwrap_err();
    let found: Vec<String> = found.iter().map(|found| found.message.clone()).collect();
    let expected =
        |class| format!("`relu` (Activation): expected a quantizer with a precision, found `{class}`");
    assert_eq!(found, [expected("mystery"), expected("riddle")]);
}
