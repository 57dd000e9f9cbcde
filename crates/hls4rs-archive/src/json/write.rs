//! Writing.
//!
//! **Source:** `json.dump(…, indent=4)` of CPython: `json.encoder` and `float.__repr__`.

use std::fmt::Write;

use hls4rs_types::{Attribute, Tensor, to_attribute};

/// Writes a tree of attributes as Python's `json.dump` with `indent=4` does.
///
/// Arrays have no place in JSON: they are written in the inline form of serde, so put references in their place first.
#[must_use]
pub fn write_json(tree: &Attribute) -> String {
    let mut text = String::new();
    write_value(&mut text, tree, 0, usize::MAX);
    text
}

/// The same, ended early where the text is longer than `most` bytes: deep trees print as much larger texts than those
/// they were read from. Then the text is longer than that, and not whole.
pub(crate) fn write_json_within(tree: &Attribute, most: usize) -> String {
    let mut text = String::new();
    write_value(&mut text, tree, 0, most);
    text
}

/// The same, piece by piece, for documents that are larger than anybody wants to hold as a tree.
pub(crate) struct JsonWriter {
    text: String,
    /// For each map that is open, whether it has an entry.
    open: Vec<bool>,
    /// A text that is longer is ended early.
    most: usize,
}

impl JsonWriter {
    /// Begins a document, which is a map. It is ended early where it gets longer than `most` bytes.
    pub(crate) fn within(most: usize) -> Self {
        Self { text: "{".to_owned(), open: vec![false], most }
    }

    /// Begins an entry; its value follows.
    pub(crate) fn key(&mut self, name: &str) {
        let depth = self.open.len();
        let is_first = !self.open.last_mut().is_some_and(|has_entries| std::mem::replace(has_entries, true));
        self.text.push_str(if is_first { "\n" } else { ",\n" });
        indent(&mut self.text, depth);
        write_text(&mut self.text, name);
        self.text.push_str(": ");
    }

    /// The value of the entry.
    pub(crate) fn value(&mut self, value: &Attribute) {
        write_value(&mut self.text, value, self.open.len(), self.most);
    }

    /// An entry.
    pub(crate) fn entry(&mut self, name: &str, value: &Attribute) {
        self.key(name);
        self.value(value);
    }

    /// Begins a map as the value of the entry.
    pub(crate) fn open(&mut self) {
        self.text.push('{');
        self.open.push(false);
    }

    /// Ends the map that was begun last.
    pub(crate) fn close(&mut self) {
        let has_entries = self.open.pop().unwrap_or(false);
        if has_entries {
            self.text.push('\n');
            indent(&mut self.text, self.open.len());
        }
        self.text.push('}');
    }

    /// Ends the document.
    pub(crate) fn finish(mut self) -> String {
        self.close();
        self.text
    }
}

fn write_value(text: &mut String, value: &Attribute, depth: usize, most: usize) {
    match value {
        Attribute::Null => text.push_str("null"),
        Attribute::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Attribute::Int(value) => write_integer(text, *value),
        Attribute::Float(value) => write_float(text, *value),
        Attribute::String(value) => write_text(text, value),
        Attribute::List(values) => {
            text.push('[');
            for (i, value) in values.iter().enumerate() {
                if text.len() > most {
                    return;
                }
                text.push_str(if i == 0 { "\n" } else { ",\n" });
                indent(text, depth + 1);
                write_value(text, value, depth + 1, most);
            }
            if !values.is_empty() {
                text.push('\n');
                indent(text, depth);
            }
            text.push(']');
        }
        Attribute::Map(map) => {
            text.push('{');
            for (i, (name, value)) in map.iter().enumerate() {
                if text.len() > most {
                    return;
                }
                text.push_str(if i == 0 { "\n" } else { ",\n" });
                indent(text, depth + 1);
                write_text(text, name);
                text.push_str(": ");
                write_value(text, value, depth + 1, most);
            }
            if !map.is_empty() {
                text.push('\n');
                indent(text, depth);
            }
            text.push('}');
        }
        Attribute::Array(array) => write_value(text, &inline(array), depth, most),
        // a type that has a form of its own gets it here; to_attribute of a typed attribute cannot fail, and is plain
        // but for arrays
        typed => write_value(text, &to_attribute(typed).unwrap_or_default(), depth, most),
    }
}

/// The inline form of an array. Elements that cannot be loaded have none.
fn inline(array: &Tensor) -> Attribute {
    fn plain(json: serde_json::Value) -> Attribute {
        use serde_json::Value;
        match json {
            Value::Bool(value) => value.into(),
            Value::Number(value) => value.as_i64().map_or(Attribute::Null, Attribute::Int),
            Value::String(value) => value.into(),
            Value::Array(values) => Attribute::List(values.into_iter().map(plain).collect()),
            Value::Object(map) => {
                Attribute::Map(map.into_iter().map(|(name, value)| (name, plain(value))).collect())
            }
            Value::Null => Attribute::Null,
        }
    }
    plain(serde_json::to_value(array).unwrap_or_default())
}

fn indent(text: &mut String, depth: usize) {
    const BLANKS: &str = "                                                                ";
    let mut count = 4 * depth;
    while count > BLANKS.len() {
        text.push_str(BLANKS);
        count -= BLANKS.len();
    }
    text.push_str(&BLANKS[..count]);
}

fn write_integer(text: &mut String, value: i64) {
    // writing into a string cannot fail
    let _ = write!(text, "{value}");
}

/// A text in quotes, with everything but printable ASCII escaped.
fn write_text(text: &mut String, value: &str) {
    text.push('"');
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    let plain = value.bytes().position(|byte| !is_plain(byte)).unwrap_or(value.len());
    let (plain, rest) = value.split_at(plain);
    text.push_str(plain);
    if rest.is_empty() {
        return text.push('"');
    }
    for c in rest.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            ' '..='~' => text.push(c),
            _ => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
}

/// The shortest decimal that reads back as the same number, with an exponent below 1e-4 and from 1e16.
fn write_float(text: &mut String, value: f64) {
    if value.is_nan() {
        return text.push_str("NaN");
    }
    if value.is_infinite() {
        return text.push_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
    }
    let mut buffer = zmij::Buffer::new();
    let shortest = buffer.format_finite(value);
    let (sign, shortest) = shortest.strip_prefix('-').map_or(("", shortest), |rest| ("-", rest));
    text.push_str(sign);
    let (digits, point) = digits_of(shortest);
    let n = digits.len() as i32;
    match point {
        _ if value == 0.0 => text.push_str("0.0"),
        17.. | ..=-4 => {
            text.push_str(&digits[..1]);
            if n > 1 {
                text.push('.');
                text.push_str(&digits[1..]);
            }
            let exponent = point - 1;
            let sign = if exponent < 0 { '-' } else { '+' };
            text.push_str(&format!("e{sign}{:02}", exponent.unsigned_abs()));
        }
        -3..=0 => {
            text.push_str("0.");
            text.extend(std::iter::repeat_n('0', point.unsigned_abs() as usize));
            text.push_str(&digits);
        }
        _ if point >= n => {
            text.push_str(&digits);
            text.extend(std::iter::repeat_n('0', (point - n) as usize));
            text.push_str(".0");
        }
        _ => {
            text.push_str(&digits[..point as usize]);
            text.push('.');
            text.push_str(&digits[point as usize..]);
        }
    }
}

/// The digits without zeros at either end, and how many of them stand before the point.
fn digits_of(number: &str) -> (String, i32) {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let leading = all.len() - all.trim_start_matches('0').len();
    let digits = all.trim_matches('0').to_owned();
    (digits, whole.len() as i32 - leading as i32 + exponent)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::read_json;

    fn float(value: f64) -> String {
        write_json(&Attribute::Float(value))
    }

    #[test]
    fn floats_are_printed_as_python_does() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (100.0, "100.0"),
            (0.5, "0.5"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (5e-324, "5e-324"),
            (-2.5, "-2.5"),
            (1e22, "1e+22"),
            (123.456, "123.456"),
            (0.1 + 0.2, "0.30000000000000004"),
            (9007199254740993.0, "9007199254740992.0"),
            (f64::MAX, "1.7976931348623157e+308"),
            (1e100, "1e+100"),
        ] {
            assert_eq!(float(value), text);
        }
        assert_eq!(
            (float(f64::INFINITY), float(f64::NEG_INFINITY), float(f64::NAN)),
            ("Infinity".into(), "-Infinity".into(), "NaN".into())
        );
    }

    #[test]
    fn texts_are_escaped_as_python_does() {
        let text = Attribute::from("a\"\\\n\t\u{7f}é\u{1F600}\u{1}");
        assert_eq!(write_json(&text), r#""a\"\\\n\t\u007f\u00e9\ud83d\ude00\u0001""#);
    }

    #[test]
    fn bare_words_are_read_and_written() {
        let json = "{\n    \"a\": Infinity,\n    \"b\": [\n        -Infinity,\n        NaN,\n        \"NaN \\\" Infinity\"\n    ],\n    \"c\": {},\n    \"d\": []\n}";
        assert_eq!(write_json(&read_json("m", json.as_bytes()).unwrap()), json);
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        let fail = |json: &str| read_json("m.json", json.as_bytes()).unwrap_err().to_string();
        let big = "{\"a\":\n 18446744073709551616}";
        let message = "member `m.json`: expected an integer of at most 64 bits, found `18446744073709551616` at line 2 column 2";
        assert_eq!(fail(big), message);
        assert!(fail("{\"a\": 1, \"a\": 2}").contains("the key `a` occurs twice"));
        assert!(fail("\"\u{10FFFD}NaN\"").contains("reserved"));
        assert!(fail("\"\\uDBFF\\udffdNaN\"").contains("reserved"));
        assert!(fail("[1,").contains("line 1 column 3"));
        assert!(fail("\"\\ud800\"").contains("m.json"));
        assert!(read_json("m", &[0xff]).is_err());
        assert!(fail("{NaN: 1}").contains("found a bare word"));
        assert!(fail("{\"a\": [{-Infinity: NaN}]}").contains("found a bare word"));
        assert!(fail(&"[".repeat(200)).contains("recursion limit"));
    }

    #[test]
    fn arrays_are_written_in_their_inline_form() {
        let array = Attribute::Array(Tensor::vector(vec![1u16, 258]));
        let tree = Attribute::List(vec![array.clone(), array]);
        let json = write_json(&tree);
        assert!(json.contains("\"bytes\": \"01000201\""), "{json}");
        assert_eq!(read_json("m", json.as_bytes()).unwrap(), tree);
        let more = json.replace("\"bytes\":", "\"more\": 1, \"bytes\":");
        assert!(read_json("m", more.as_bytes()).is_err());
    }

    #[test]
    fn inline_arrays_are_measured() {
        let shape = "1,".repeat(33);
        let shape = shape.trim_end_matches(',');
        let json = format!(
            "{{\"@ndarray_dtype\": \"int8\", \"shape\": [{shape}], \"fortran_order\": false, \"bytes\": \"00\"}}"
        );
        let error = read_json("m", json.as_bytes()).unwrap_err().to_string();
        assert_eq!(error, "member `m`: expected at most 32 dimensions, found 33 (limit `rank`)");
    }

    fn tree() -> impl Strategy<Value = Attribute> {
        let leaf = prop_oneof![
            Just(Attribute::Null),
            any::<bool>().prop_map(Attribute::Bool),
            any::<i64>().prop_map(Attribute::Int),
            any::<f64>().prop_map(Attribute::Float),
            "[^\u{10FFFD}]{0,8}".prop_map(Attribute::String),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Attribute::List),
                prop::collection::vec(("[a-z\"\\\\\u{e9}]{0,4}", inner), 0..5)
                    .prop_map(|entries| Attribute::Map(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(tree in tree()) {
            prop_assert_eq!(read_json("m", write_json(&tree).as_bytes()).unwrap(), tree);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = read_json("m", &bytes);
        }
    }
}
