//! Inputs to begin with, made of the goldens.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use flate2::read::MultiGzDecoder;
use hls4rs::archive::{ArrayLayout, write_json, write_npy};
use hls4rs::layers::layers::LAYERS;
use hls4rs::prelude::*;
use hls4rs::types::quantizers::{BinaryQuantizer, QuantNodeQuantizer};
use hls4rs::types::{AnyQuantizer, AttributeType, DType, Order, to_attribute};

use super::layer_state::INPUT_SHAPES;
use crate::{Archive, Golden, goldens, three_layers};

/// Arrays of more elements are replaced by small ones, for the fuzzer to spend its time on what is around them.
const FEW: usize = 16;

/// One golden of each network.
fn networks() -> Vec<&'static Golden> {
    let network = |golden: &Golden| golden.name.split('-').next().unwrap().to_owned();
    let all: BTreeMap<String, &Golden> = goldens().iter().map(|golden| (network(golden), golden)).collect();
    all.into_values().collect()
}

/// Tar archives: small ones in all layouts, then those of the goldens; and one that is packed.
pub(super) fn archives() -> Vec<Vec<u8>> {
    let model = Model::new(three_layers());
    let plain = SaveOptions::default().with_plain(true);
    let layouts = [plain.clone(), plain.with_arrays(ArrayLayout::Npz), SaveOptions::default()];
    let packed: Vec<Vec<u8>> = layouts.iter().map(|options| model.to_bytes(options).unwrap()).collect();
    let mut all: Vec<Vec<u8>> = packed.iter().map(|bytes| unpacked(bytes)).collect();
    all.extend(networks().into_iter().map(|golden| unpacked(&golden.bytes())));
    all.push(unpacked(&with_inline_arrays(&model).pack()));
    all.push(unpacked(&Golden::named("mlp-quartus-io_parallel").bytes()));
    all.extend(packed.into_iter().next());
    all.push(in_blocks());
    all
}

/// An archive that is packed in blocks, with an index.
fn in_blocks() -> Vec<u8> {
    let mut model = Model::new(three_layers());
    let array = Tensor::zeros(&[1 << 15]).unwrap();
    model.extra.insert("large.npy".to_owned(), write_npy("large.npy", &array).unwrap());
    model.extra.insert("large.txt".to_owned(), vec![b'x'; 1 << 17]);
    model.to_bytes(&SaveOptions::default()).unwrap()
}

/// Arrays where archives of hls4ml have none: inside of documents.
fn with_inline_arrays(model: &Model) -> Archive {
    let array = serde_json::to_string(&Tensor::vector(vec![1i8, 2])).unwrap();
    let mut archive = Archive::saved(model, &SaveOptions::default().with_plain(true));
    for (member, place) in [
        ("version.json", "{"),
        ("config.json", "\"config\": {"),
        ("model_arch.json", "\"state\": {"),
        ("model_arch.json", "\"attributes\": {"),
    ] {
        let text = str::from_utf8(archive.content(member)).unwrap();
        let comma = if text.contains(&format!("{place}}}")) { "" } else { "," };
        let changed = text.replacen(place, &format!("{place}\"more\": {array}{comma}"), 1);
        archive = archive.with(member, changed);
    }
    archive
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut tar).unwrap();
    tar
}

/// Arrays of all types and orders, of other versions and byte orders, and the smallest of the goldens.
pub(super) fn arrays() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for dtype in DType::ALL {
        for (shape, order) in
            [(&[2, 3][..], Order::C), (&[3, 2], Order::Fortran), (&[], Order::C), (&[0], Order::C)]
        {
            let size = shape.iter().product::<usize>() * dtype.size();
            let bytes: Vec<u8> = (0..size).map(|i| u8::from(i.is_multiple_of(3))).collect();
            let tensor = Tensor::from_bytes(dtype, shape, order, &bytes).unwrap();
            all.push(write_npy("a.npy", &tensor).unwrap());
        }
    }
    let header = b"{'shape': (1,), 'fortran_order': False, 'descr': '>f2'}\n";
    all.push([b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header, b"\x3c\x00"].concat());
    all.push([b"\x93NUMPY\x02\x00", &(header.len() as u32).to_le_bytes()[..], header, b"\x3c\x00"].concat());
    let members = networks().into_iter().flat_map(|golden| Archive::of(&golden.bytes()).members);
    let arrays = members.filter(|(name, bytes)| name.ends_with(".npy") && bytes.len() <= 192);
    all.extend(arrays.map(|(_, bytes)| bytes).collect::<BTreeSet<_>>());
    all
}

/// Documents of the goldens, the values that Python writes as nobody else does, and what is refused.
pub(super) fn documents() -> Vec<Vec<u8>> {
    let array = Attribute::List(vec![Attribute::Array(Tensor::vector(vec![1i8, 2]))]);
    let mut all: Vec<Vec<u8>> = [
        "[NaN, Infinity, -Infinity, -0.0, 0.1, 1e16, 1e-05, 5e-324, 1.7976931348623157e+308]",
        "[9223372036854775807, -9223372036854775808, 0, true, false, null]",
        r#"{"a\"\\\n\u00e9\ud83d\ude00": "\u0000\u007f NaN", "": {}, "b": []}"#,
        "18446744073709551616",
        r#"{"a": 1, "a": 2}"#,
        r#"{"@ndarray_dtype": "int8", "shape": [2], "fortran_order": false, "bytes": "0102"}"#,
        r#""@ndarray:a.npy""#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    all.push(serde_json::to_vec(&array).unwrap());
    let members = networks().into_iter().flat_map(|golden| Archive::of(&golden.bytes()).members);
    let small = members.filter(|(name, bytes)| name.ends_with(".json") && bytes.len() <= 16 * 1024);
    all.extend(small.map(|(_, bytes)| bytes).collect::<BTreeSet<_>>());
    all
}

/// Precisions of the goldens, and other notations.
pub(super) fn precisions() -> Vec<Vec<u8>> {
    let others = [
        "auto",
        "float",
        "double",
        "half",
        "bfloat16",
        "std_float<18,6>",
        "ac_std_float<32,8>",
        "ap_float<32,8>",
        "float<16,4,5,RND>",
        "ac_float<25,2,8,AC_RND_CONV>",
        "ap_fixed<16,6,AP_RND_CONV,AP_SAT_SYM,2>",
        "ac_fixed<16,-6,false,AC_TRN_ZERO,AC_SAT_ZERO>",
        " ufixed < 8 , 0 , RND_MIN_INF , WRAP > ",
        "ac_int<8,true>",
        "ap_uint<1>",
        "fixed<16,six>",
        "fixed<65536,-65536>",
    ];
    let mut all: BTreeSet<String> = others.map(str::to_owned).into();
    for golden in goldens() {
        for (_, layer) in golden.model().graph.layers() {
            let names = layer.state().attributes.names();
            all.extend(names.filter_map(|name| layer.state().precision(name)).map(|found| found.to_string()));
        }
    }
    all.into_iter().map(String::into_bytes).collect()
}

/// One layer of each class in the goldens, with small arrays and the shapes of its inputs, and one of every kind.
pub(super) fn layers() -> Vec<Vec<u8>> {
    let mut all = BTreeMap::new();
    for golden in goldens() {
        let graph = &golden.model().graph;
        for (name, layer) in graph.layers() {
            let shape = |input: &String| graph.output_variable(input).map(|variable| variable.shape.clone());
            let shapes: Vec<Vec<i64>> = layer.state().inputs.iter().filter_map(shape).collect();
            let Attribute::Map(mut state) = to_attribute(layer.state()).unwrap() else { panic!("{name}") };
            shrink(&mut state);
            state.insert(INPUT_SHAPES, to_attribute(&shapes).unwrap());
            let wire = Attributes::from([
                ("class_name", layer.class_name().into()),
                ("state", Attribute::Map(state)),
            ]);
            all.entry(layer.class_name().to_owned())
                .or_insert_with(|| write_json(&Attribute::Map(wire)).into_bytes());
        }
    }
    all.into_values().chain(LAYERS.iter().map(|spec| plain_layer(spec))).collect()
}

/// A layer of that kind with some value for each attribute that has a plain one.
fn plain_layer(spec: &LayerSpec) -> Vec<u8> {
    let value = |ty: AttributeType| match ty {
        AttributeType::Bool => Some(true.into()),
        AttributeType::Int => Some(2i64.into()),
        AttributeType::Float => Some(0.5.into()),
        AttributeType::String => Some("channels_last".into()),
        AttributeType::List | AttributeType::Shape => Some(vec![1i64, 2].into()),
        AttributeType::Array => Some(Attribute::Array(Tensor::zeros(&[2, 2]).unwrap())),
        _ => None,
    };
    let attributes = spec.all_attributes();
    let values = attributes.filter_map(|attribute| Some((attribute.name.to_owned(), value(attribute.ty)?)));
    let mut attributes: Attributes = values.collect();
    for quantizer in [
        AnyQuantizer::new(BinaryQuantizer::ZERO_ONE),
        QuantNodeQuantizer::new(Precision::int(8)).map(AnyQuantizer::new).unwrap(),
    ] {
        attributes.insert(quantizer.class_name().to_owned(), to_attribute(&quantizer).unwrap());
    }
    let n_inputs = spec.inputs.0.max(1);
    let state = Attributes::from([
        ("inputs", vec!["x"; n_inputs].into()),
        ("outputs", vec!["y"].into()),
        ("attributes", Attribute::Map(attributes)),
        (INPUT_SHAPES, vec![vec![4i64, 4, 2]; n_inputs].into()),
    ]);
    let wire = Attributes::from([("class_name", spec.class_name.into()), ("state", Attribute::Map(state))]);
    write_json(&Attribute::Map(wire)).into_bytes()
}

/// Puts small arrays in the place of large ones.
fn shrink(map: &mut Attributes) {
    map.iter_mut().for_each(|(_, value)| shrink_value(value));
}

fn shrink_value(value: &mut Attribute) {
    match value {
        Attribute::Array(array) if array.len() > FEW => *array = Tensor::zeros(&[2, 2]).unwrap(),
        Attribute::List(values) => values.iter_mut().for_each(shrink_value),
        Attribute::Map(map) => shrink(map),
        _ => {}
    }
}
