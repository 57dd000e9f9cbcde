//! J: the JSON dialect.

use hls4rs::archive::member::{CONFIG, VERSION};
use hls4rs::archive::{read_json, write_json};
use hls4rs::prelude::*;

use super::{archive, read, refusal, saved, with_note};

fn parse(json: impl AsRef<[u8]>) -> Result<Attribute, String> {
    read_json("m.json", json.as_ref()).map_err(|error| error.to_string())
}

#[test]
fn j1_utf8_and_nothing_behind() {
    assert!(parse("{\"é\": 1}\n \t\r\n").is_ok());
    for wrong in [&b"\"\xff\""[..], b"\xef\xbb\xbf{}", b"{} {}", b"", b"{},"] {
        assert!(parse(wrong).unwrap_err().starts_with("member `m.json`: "));
    }
    let marked = [b"\xef\xbb\xbf", archive().content(VERSION)].concat();
    assert!(refusal(&archive().with(VERSION, marked).pack()).starts_with("member `version.json`: "));
}

#[test]
fn j2_bare_words_are_numbers() {
    let list = parse("[NaN, Infinity, -Infinity, \"NaN\"]").unwrap();
    let [nan, plus, minus, text] = list.as_list().unwrap() else { panic!("{list:?}") };
    assert!(matches!(nan, Attribute::Float(value) if value.is_nan()));
    assert_eq!((plus, minus), (&f64::INFINITY.into(), &f64::NEG_INFINITY.into()));
    assert_eq!(text.as_str(), Some("NaN"));
    for wrong in ["[nan]", "[+Infinity]", "[-NaN]", "{NaN: 1}", "[Infinity1]"] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn j3_numbers_lose_nothing() {
    for (json, value) in [
        ("-9223372036854775808", Attribute::Int(i64::MIN)),
        ("9223372036854775807", i64::MAX.into()),
        ("9223372036854775808.0", 9_223_372_036_854_775_808.0.into()),
        ("-0", (-0.0).into()),
        ("1E2", 100.0.into()),
    ] {
        assert_eq!(parse(json), Ok(value), "{json}");
    }
    for wrong in ["9223372036854775808", "-9223372036854775809", "1e400", "-1e400", "01", "1.", ".5", "+1"] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn j4_keys_are_in_order_and_different() {
    let tree = parse("{\"b\": 1, \"a\": 2, \"\": 3}").unwrap();
    assert_eq!(tree.as_map().unwrap().names().collect::<Vec<_>>(), ["b", "a", ""]);
    assert!(parse("{\"a\": 1, \"b\": 2, \"\\u0061\": 3}").unwrap_err().contains("`a` occurs twice"));
}

#[test]
fn j5_some_texts_are_reserved() {
    for wrong in ["[\"\u{10FFFD}\"]", "[\"\\udbff\\uDFFD\", NaN]", "{\"\u{10FFFD}\": 1}", "[\"\\ud800\"]"] {
        assert!(parse(wrong).unwrap_err().starts_with("member `m.json`: "), "{wrong}");
    }
    for right in ["[\"a\u{10FFFD}\"]", "[\"\\\"\u{10FFFD}\", NaN]", "[\"\u{10FFFC}\"]"] {
        assert!(parse(right).is_ok(), "{right}");
    }
}

#[test]
fn j6_nesting_ends_somewhere() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(127)).is_ok());
    assert!(parse(nested(128)).is_err());
    assert!(parse(nested(100_000)).is_err());
}

#[test]
fn j7_written_as_python_writes() {
    let list = vec![
        Attribute::Null,
        true.into(),
        (-1).into(),
        1.0.into(),
        1e-5.into(),
        1e16.into(),
        0.1.into(),
        "é\u{1F600}\"\\\n\r\t\u{8}\u{c}/\u{7f}".into(),
        Vec::<i64>::new().into(),
        Attributes::new().into(),
    ];
    let tree = Attributes::from([("b", Attribute::List(list)), ("a", f64::INFINITY.into())]);
    let lines = [
        "{",
        "    \"b\": [",
        "        null,",
        "        true,",
        "        -1,",
        "        1.0,",
        "        1e-05,",
        "        1e+16,",
        "        0.1,",
        r#"        "\u00e9\ud83d\ude00\"\\\n\r\t\b\f/\u007f","#,
        "        [],",
        "        {}",
        "    ],",
        "    \"a\": Infinity",
        "}",
    ];
    assert_eq!(write_json(&tree.into()), lines.join("\n"));
    let model = with_note(1e-5);
    assert_eq!(read(&saved(&model)), model);
    assert!(saved(&model).content(CONFIG).starts_with(b"{\n    \"config\": {\n        \""));
}
