//! A: arrays, references to them, and their names.

use hls4rs::archive::member::{LAYERS, WEIGHTS};
use hls4rs::archive::{read_npy, read_npz, write_npy, write_npz};
use hls4rs::prelude::*;
use hls4rs::types::{DType, Order};
use hls4rs_tests::{Archive, ramp};
use serde_json::json;

use super::{archive, array, model, names, note, read, refusal, saved, with_json, with_note};

/// An array of version 1 with that header and that data.
fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let length = (header.len() as u16 + 1).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), b"\n", data].concat()
}

fn header(descr: &str, shape: &str) -> String {
    format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}")
}

fn message(bytes: &[u8]) -> String {
    read_npy("a.npy", bytes).unwrap_err().to_string()
}

/// Where the arrays of the attribute `note` are.
fn reference(archive: &Archive) -> serde_json::Value {
    archive.json(LAYERS)["fc1"]["state"]["attributes"]["note"].clone()
}

#[test]
fn a1_headers_of_three_versions_are_read() {
    let one = |version: u8, blanks: usize| {
        let text = format!("{}{}\n", header("<i2", "(1,)"), " ".repeat(blanks));
        let length = (text.len() as u32).to_le_bytes();
        [b"\x93NUMPY", &[version, 0][..], &length, text.as_bytes(), &[1, 0]].concat()
    };
    assert!(read_npy("a.npy", &npy(&header("<i2", "(1,)"), &[1, 0])).is_ok());
    for version in [2, 3] {
        assert_eq!(read_npy("a.npy", &one(version, 0)).unwrap(), Tensor::vector(vec![1i16]));
    }
    assert!(message(&one(4, 0)).contains("from 1 to 3"));
    let most = 64 * 1024 - (one(2, 0).len() - 2);
    assert!(read_npy("a.npy", &one(2, most)).is_ok());
    assert!(message(&one(2, most + 1)).contains("a header of at most 65536 bytes"));
    for key in ["descr", "fortran_order", "shape"] {
        assert!(message(&npy(&header("<i2", "(1,)").replace(key, "x"), &[1, 0])).contains(key), "{key}");
    }
    for more in ["'shape': (1,), ", "'x': 1, ", "# "] {
        let more = header("<i2", "(1,)").replace('}', &format!("{more}}}"));
        assert!(message(&npy(&more, &[1, 0])).starts_with("array `a.npy`: header: "), "{more}");
    }
}

#[test]
fn a2_elements_are_numbers_or_booleans() {
    for dtype in DType::ALL {
        let tensor = Tensor::from_bytes(dtype, &[2], Order::C, &vec![1; 2 * dtype.size()]).unwrap();
        assert_eq!(read_npy("a.npy", &write_npy("a.npy", &tensor).unwrap()).unwrap(), tensor);
    }
    for wrong in ["|O", "<c8", "<U1", "<f16", "|V4", "<M8[s]"] {
        assert!(message(&npy(&header(wrong, "(1,)"), &[0; 16])).starts_with("array `a.npy`: "), "{wrong}");
    }
    let bits = |byte| npy(&header("|b1", "(1,)"), &[byte]);
    assert!(read_npy("a.npy", &bits(1)).is_ok() && read_npy("a.npy", &bits(2)).is_err());
}

#[test]
fn a3_header_and_data_agree() {
    for (shape, size) in [("(2,)", 2), ("()", 1), ("(0,)", 0), ("(3, 0)", 0), ("(1, 1, 2)", 2)] {
        for found in 0..4 {
            let bytes = npy(&header("<i2", shape), &vec![0; 2 * found]);
            assert_eq!(read_npy("a.npy", &bytes).is_ok(), found == size, "{shape} {found}");
        }
    }
}

#[test]
fn a4_type_and_order_stay() {
    let fortran =
        Tensor::with_order::<f32>(&[2, 3], (0u8..6).map(f32::from).collect(), Order::Fortran).unwrap();
    let model = with_note(fortran.clone());
    let read = read(&saved(&model));
    let Attribute::Array(array) = note(&read) else { panic!("no array") };
    assert_eq!((array.order(), array.dtype()), (Order::Fortran, DType::F32));
    assert_eq!(array, &fortran);
    for descr in ["i2", "u4", "i8", "f2", "f4", "f8"] {
        let size = usize::from(descr.as_bytes()[1] - b'0');
        let little: Vec<u8> = (1..=size as u8).collect();
        let big =
            npy(&header(&format!(">{descr}"), "(1,)"), &little.iter().rev().copied().collect::<Vec<_>>());
        let read = read_npy("a.npy", &big).unwrap();
        assert_eq!(read, read_npy("a.npy", &npy(&header(&format!("<{descr}"), "(1,)"), &little)).unwrap());
        assert!(write_npy("a.npy", &read).unwrap().ends_with(&little), "{descr}");
    }
}

#[test]
fn a5_headers_are_numpys() {
    let bytes = write_npy("a.npy", &ramp(&[2, 3])).unwrap();
    let text = format!("{:<117}\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
    assert_eq!(&bytes[..128], [b"\x93NUMPY\x01\x00\x76\x00", text.as_bytes()].concat());
    // room for a dimension of 21 digits: 45 dimensions of one digit need 192 bytes with it, and 20 less without
    for n in 1..60 {
        let bytes = write_npy("a.npy", &Tensor::zeros(&vec![1; n]).unwrap()).unwrap();
        let end = bytes.iter().position(|byte| *byte == b'}').unwrap() + 1;
        let expected = (end + 20 + 1usize).next_multiple_of(64);
        assert_eq!(bytes.len() - 4, expected, "{n}");
    }
}

#[test]
fn a6_references_lead_to_members() {
    let twice = read(&with_json(&json!(["@ndarray:fc1_bias_data.npy", {"a": "@ndarray:fc1_bias_data.npy"}])));
    let list = note(&twice).as_list().unwrap();
    assert_eq!(Some(&list[0]), list[1].as_map().unwrap().get("a"));
    assert!(matches!(list[0], Attribute::Array(_)));
    for nowhere in ["@ndarray:", "@ndarray:none.npy", "@ndarray:config.json", "@ndarray:./fc1_bias_data.npy"]
    {
        let refused = refusal(&with_json(&json!(nowhere)).pack());
        assert!(refused.starts_with("fc1 (Dense): attribute `note`: refers to the array"), "{refused}");
    }
    let elsewhere = archive().edited("config.json", |config| config["config"]["Note"] = json!("@ndarray:x"));
    assert_eq!(read(&elsewhere).graph.config.option("Note"), Some("@ndarray:x"));
}

#[test]
fn a7_texts_that_look_like_references_are_not_written() {
    let error = with_note(vec!["@ndarray:x"]).to_bytes(&SaveOptions::default()).unwrap_err();
    assert!(matches!(error, ArchiveError::ReservedText { .. }));
    assert!(with_note(" @ndarray:x").to_bytes(&SaveOptions::default()).is_ok());
}

#[test]
fn a8_names_follow_from_the_place() {
    let verbatim = Archive::saved(&model(), &SaveOptions::default().with_verbatim(true));
    for (key, name) in [("weight_data", "fc1_weight_data"), ("bias_data", "fc1_bias_data")] {
        let reference = &verbatim.json(LAYERS)["fc1"]["state"]["attributes"][key];
        assert_eq!(*reference, format!("@ndarray:{name}.npy"));
    }
    let weight = &verbatim.json(LAYERS)["fc1"]["state"]["attributes"]["weight"];
    assert_eq!(weight["state"]["data"], "@ndarray:fc1_w2_data.npy");
    let map = |name: &str| Attributes::from([("data", array().into()), ("name", Attribute::from(name))]);
    for (name, expected) in
        [("inner", "fc1_inner_data"), ("fc1", "fc1_data"), ("a/../b\\\n", "fc1_a_.._b___data")]
    {
        let archive = saved(&with_note(map(name)));
        assert_eq!(reference(&archive)["data"], format!("@ndarray:{expected}.npy"));
    }
    let long = saved(&with_note(map(&"é".repeat(200))));
    let expected = format!("@ndarray:fc1_{}.npy", "é".repeat(118));
    assert_eq!((reference(&long)["data"].as_str(), expected.len()), (Some(&*expected), 9 + 240 + 4));
    // a reader goes by the reference
    let content = write_npy("a.npy", &array()).unwrap();
    let other = read(&with_json(&json!("@ndarray:else/where")).with("else/where", content));
    assert_eq!(note(&other), &Attribute::from(array()));
}

#[test]
fn a9_arrays_in_lists_have_their_position() {
    let list = vec![Attribute::from(1), vec![Attribute::from(array())].into()];
    assert_eq!(reference(&saved(&with_note(list)))[1][0], "@ndarray:fc1_note_1_0.npy");
}

#[test]
fn a10_a_name_that_is_taken_gets_a_number() {
    let mut model = with_note(array());
    for name in ["fc1_note.npy", "fc1_note_2.npy"] {
        model.extra.insert(name.to_owned(), vec![]);
    }
    let archive = saved(&model);
    assert_eq!(reference(&archive), "@ndarray:fc1_note_3.npy");
    assert_eq!(read(&archive), model);
    let list = vec![Attribute::from(ramp(&[9]))];
    let mut model = with_note(list);
    model.graph.layer_mut("fc1").unwrap().state_mut().attributes.insert("note_0", ramp(&[8]));
    assert!(saved(&model).has("fc1_note_0_2.npy"));
    assert_eq!(read(&saved(&model)), model);
}

#[test]
fn a11_equal_arrays_are_written_once() {
    let float = |values: [f32; 1]| Attribute::from(Tensor::vector(values.to_vec()));
    let others = [
        float([0.0]),
        float([-0.0]),
        Tensor::vector(vec![0i32]).into(),
        Tensor::new(&[1, 1], vec![0f32]).unwrap().into(),
    ];
    let list = [&others[..], &others].concat();
    let archive = saved(&with_note(list.clone()));
    let expected: Vec<String> = [0, 1, 2, 3, 0, 1, 2, 3].map(|i| format!("@ndarray:fc1_note_{i}.npy")).into();
    assert_eq!(reference(&archive), json!(expected));
    let verbatim = Archive::saved(&with_note(list), &SaveOptions::default().with_verbatim(true));
    assert!((0..8).all(|i| verbatim.has(&format!("fc1_note_{i}.npy"))));
}

#[test]
fn a12_all_arrays_may_be_in_one_member() {
    let model = with_note(array());
    let npz = Archive::saved(&model, &SaveOptions::default().with_arrays(ArrayLayout::Npz));
    assert!(!names(&npz).iter().any(|name| name.ends_with(".npy")));
    assert_eq!(reference(&npz), "@ndarray:fc1_note.npy");
    let arrays = read_npz(WEIGHTS, npz.content(WEIGHTS)).unwrap();
    assert_eq!(arrays["fc1_note"], array());
    // stored, not compressed
    let elements = array().to_bytes().unwrap();
    assert!(npz.content(WEIGHTS).windows(elements.len()).any(|window| window == elements));
    assert_eq!(read(&npz), model);
    for name in ["../evil", "/evil", "a\\b", ""] {
        let bytes = write_npz(WEIGHTS, [(name, &array())]).unwrap();
        let is_fine = name.is_empty();
        assert_eq!(read_npz(WEIGHTS, &bytes).is_ok(), is_fine, "{name}");
    }
    // two entries of one name, which no library writes: each name is there twice
    let two = write_npz(WEIGHTS, [("aa", &array()), ("ab", &array())]).unwrap();
    let twice = two.iter().enumerate().map(|(i, byte)| match two[..i].ends_with(b"a") {
        true if two[i..].starts_with(b"b.npy") => b'a',
        _ => *byte,
    });
    assert!(read_npz(WEIGHTS, &two).is_ok());
    assert!(read_npz(WEIGHTS, &twice.collect::<Vec<u8>>()).unwrap_err().to_string().contains("differ"));
}

#[test]
fn a13_members_go_before_weights_npz() {
    let npz = write_npz(WEIGHTS, [("fc1_bias_data", &array()), ("unused", &array())]).unwrap();
    let model = read(&archive().with(WEIGHTS, npz));
    assert_eq!(model.graph.layer("fc1").unwrap().state().array("bias_data").unwrap(), &ramp(&[3]));
    assert_eq!(read_npy("unused.npy", &model.extra["unused.npy"]).unwrap(), array());
    assert!(!model.extra.contains_key(WEIGHTS));
}
