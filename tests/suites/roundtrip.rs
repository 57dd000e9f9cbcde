//! Random models are written and read back equal; random damage is refused or read, and never a panic.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use hls4rs::layers::Draft;
use hls4rs::layers::layers::{Activation, Concatenate, Dense, Input};
use hls4rs::prelude::*;
use hls4rs::types::{DType, Order, Source};
use hls4rs_tests::{gzip, ramp, three_layers};
use proptest::prelude::*;
use proptest::test_runner::{Config as Settings, RngSeed};

/// The same cases every time.
fn settings(cases: u32) -> Settings {
    Settings { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(20_260_101), ..Settings::default() }
}

fn tensor() -> impl Strategy<Value = Tensor> {
    let shape = prop::collection::vec(0..4usize, 0..4);
    (shape, prop::sample::select(DType::ALL.to_vec()), any::<bool>(), any::<u8>()).prop_map(
        |(shape, dtype, fortran, seed)| {
            let size = shape.iter().product::<usize>() * dtype.size();
            let most = if dtype == DType::Bool { 2 } else { 251 };
            let bytes: Vec<u8> = (0..size).map(|i| ((i * 7 + usize::from(seed)) % most) as u8).collect();
            let order = if fortran { Order::Fortran } else { Order::C };
            Tensor::from_bytes(dtype, &shape, order, &bytes).unwrap()
        },
    )
}

fn precision() -> impl Strategy<Value = Precision> {
    prop_oneof![
        (1..64u32, -10..70i32).prop_map(|(width, integer)| Precision::fixed(width, integer)),
        (1..64u32, -10..70i32).prop_map(|(width, integer)| Precision::ufixed(width, integer)),
        (1..64u32).prop_map(Precision::uint),
        Just(Precision::Xnor),
        Just(Precision::Unspecified),
    ]
}

/// A tree of attributes of all kinds.
fn attribute() -> impl Strategy<Value = Attribute> {
    let text = "[^\u{10FFFD}]{0,8}";
    let name = "[a-z_][a-z0-9_]{0,6}";
    let leaf = prop_oneof![
        Just(Attribute::Null),
        any::<bool>().prop_map(Attribute::Bool),
        any::<i64>().prop_map(Attribute::Int),
        any::<f64>().prop_map(|value| Attribute::Float(if value.is_nan() { f64::NAN } else { value })),
        text.prop_map(Attribute::String),
        text.prop_map(|code| Source::new(code).into()),
        tensor().prop_map(Attribute::Array),
        precision().prop_map(Attribute::Precision),
        (name, precision()).prop_map(|(name, precision)| NamedType::new(name, precision).into()),
        (name, precision(), prop::collection::vec(0..9usize, 0..4)).prop_map(|(name, precision, shape)| {
            TensorVariable::new(name.clone(), NamedType::new(name, precision), &shape).into()
        }),
        (name, precision(), tensor()).prop_map(|(name, precision, data)| {
            WeightVariable::new(name.clone(), NamedType::new(name, precision), data).into()
        }),
    ];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Attribute::List),
            prop::collection::vec((text, inner), 0..5)
                .prop_map(|entries| Attribute::Map(entries.into_iter().collect())),
        ]
    })
}

/// One layer more: which kind, and which two of the outputs so far it reads.
type Step = (u8, prop::sample::Index, prop::sample::Index);

fn step() -> impl Strategy<Value = Step> {
    (any::<u8>(), any::<prop::sample::Index>(), any::<prop::sample::Index>())
}

/// A graph in which layers read any of those before them.
fn graph(steps: &[Step]) -> ModelGraph {
    let mut graph = ModelGraph::new(Config::default());
    graph.set_io(["x"], [format!("layer_{}", steps.len())]);
    let mut made = vec![("x".to_owned(), 3)];
    graph.add(Input::builder("x").input_shape([3])).unwrap();
    for (i, (kind, first, second)) in steps.iter().enumerate() {
        let name = format!("layer_{}", i + 1);
        let ((a, size), (b, other)) = (first.get(&made).clone(), second.get(&made).clone());
        let (draft, size): (Draft, usize) = match kind % 3 {
            0 => {
                let n_out = usize::from(kind / 3 % 4) + 1;
                let dense = Dense::builder(&name).n_in(size).n_out(n_out).weight(ramp(&[size, n_out]));
                (dense.inputs([a]).build(), n_out)
            }
            1 => (Activation::builder(&name).activation("relu").inputs([a]).build(), size),
            _ => (Concatenate::builder(&name).axis(-1).inputs([a, b]).build(), size + other),
        };
        graph.add(draft).unwrap();
        made.push((name, size));
    }
    graph
}

/// The bytes of the model of three layers, and what they are without gzip.
static SMALL: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let bytes = Model::new(three_layers()).to_bytes(&SaveOptions::default()).unwrap();
    let mut inside = Vec::new();
    GzDecoder::new(bytes.as_slice()).read_to_end(&mut inside).unwrap();
    (bytes, inside)
});

/// Reads an archive; where that succeeds, everything that looks at models must work.
fn look(bytes: &[u8]) -> Result<Model, ArchiveError> {
    let model = Model::from_bytes(bytes, &ReadOptions::default())?;
    let _ = (model.graph.verify(), model.graph.to_string(), hls4rs::inspect(&model));
    let _ = model.to_bytes(&SaveOptions::default());
    Ok(model)
}

proptest! {
    #![proptest_config(settings(150))]

    #[test]
    fn trees_survive(tree in attribute(), verbatim in any::<bool>(), npz in any::<bool>()) {
        let mut graph = three_layers();
        graph.layer_mut("relu").unwrap().state_mut().attributes.insert("tree", tree);
        let model = Model::new(graph);
        let arrays = if npz { ArrayLayout::Npz } else { ArrayLayout::Npy };
        let options = SaveOptions::default().with_verbatim(verbatim).with_arrays(arrays).with_level(1);
        let bytes = model.to_bytes(&options).unwrap();
        let reopened = Model::from_bytes(&bytes, &ReadOptions::default()).unwrap();
        prop_assert_eq!(hls4rs::diff(&model, &reopened), []);
        prop_assert!(reopened == model);
        prop_assert!(reopened.to_bytes(&options).unwrap() == bytes);
    }

    #[test]
    fn graphs_survive(steps in prop::collection::vec(step(), 1..8)) {
        let graph = graph(&steps);
        prop_assert_eq!(graph.verify(), []);
        let model = Model::new(graph);
        let bytes = model.to_bytes(&SaveOptions::default()).unwrap();
        prop_assert!(Model::from_bytes(&bytes, &ReadOptions::default()).unwrap() == model);
    }
}

proptest! {
    #![proptest_config(settings(600))]

    #[test]
    fn flipped_bytes_inside_are_refused_or_read(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut inside = SMALL.1.clone();
        let at = at.index(inside.len());
        inside[at] = byte;
        let _ = look(&gzip(&inside));
    }
}

#[test]
fn every_flipped_byte_of_the_stream_is_refused_or_harmless() {
    let (bytes, _) = &*SMALL;
    let model = Model::new(three_layers());
    // bits that mean nothing, such as those of the time, may change
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        if let Ok(read) = Model::from_bytes(&flipped, &ReadOptions::default()) {
            assert!(read == model, "byte {at} is not protected");
        }
    }
}

#[test]
fn every_cut_is_refused() {
    let (bytes, inside) = &*SMALL;
    for cut in 0..bytes.len() {
        let read = Model::from_bytes(&bytes[..cut], &ReadOptions::default());
        assert!(matches!(read, Err(ArchiveError::Gzip { .. })), "{cut}: {read:?}");
    }
    for cut in (0..inside.len()).step_by(211) {
        let read = look(&gzip(&inside[..cut]));
        assert!(matches!(read, Err(ArchiveError::Tar { .. })), "{cut}: {read:?}");
    }
}
