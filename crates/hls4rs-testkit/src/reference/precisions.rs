//! `precisions.md`: text forms, what they mean, and the modes.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use hls4rs::prelude::*;
use hls4rs::types::{RoundingMode, SaturationMode, to_attribute};

use super::markdown::{code, head, table};
use super::source;

const INTRODUCTION: &str = "\
A precision says how many bits a number has, and what happens to values that do not fit. hls4rs reads the notations \
of hls4ml, of Vivado (`ap_…`) and of the AC datatypes (`ac_…`), in any case and with blanks around arguments, and \
prints hls4ml's. A text that is no precision is an error that points at the character.

`W` is the number of all bits, sign included; `I` the number of bits left of the binary point, sign included. `I` may be \
negative or larger than `W`: a stored integer `n` stands for `n · 2^(I − W)`. Widths go from 1 to 65536 bits.
";

/// Notations in words: text, meaning.
const NOTATIONS: &[(&str, &str)] = &[
    (
        "fixed<W,I,rounding,saturation,saturation bits>",
        "signed fixed point; all after `I` may be left out: `TRN`, `WRAP`, 0",
    ),
    ("ufixed<W,I,…>", "unsigned fixed point"),
    ("ap_fixed<…>, ap_ufixed<…>", "the same; modes may have the prefix `AP_`"),
    (
        "ac_fixed<W,I,signed,rounding,saturation>",
        "the same; `signed` is `true` or `false`, modes may have the prefix `AC_`",
    ),
    ("int<W>, uint<W>, ap_int<W>, ap_uint<W>", "integer"),
    ("ac_int<W,signed>", "integer"),
    ("float, double, half, bfloat16", "standard floating point, by the C++ type"),
    ("std_float<W,E>, ac_std_float<W,E>, ap_float<W,E>", "standard floating point with `E` bits of exponent"),
    (
        "float<W,I,E,rounding>, ac_float<W,I,E,rounding>",
        "floating point of the `ac_float` library; here `W` counts the mantissa alone",
    ),
    ("auto", "not decided yet: the conversion derives it"),
];

/// Texts whose reading is shown.
const EXAMPLES: &[&str] = &[
    "fixed<16,6>",
    "ap_ufixed<8,-2,AP_RND_CONV,AP_SAT>",
    "ac_fixed<16,6,false,AC_RND,AC_SAT_SYM>",
    "int<8>",
    "ac_int<7,false>",
    "float",
    "double",
    "half",
    "bfloat16",
    "std_float<20,6>",
    "ac_float<25,2,8,AC_RND>",
    "auto",
];

/// Texts that are refused.
const MISTAKES: &[&str] = &["fixed<16,six>", "fixed<16,6,RND_CON>", "fixed<16>", "int<8,9>", "fxied<16,6>"];

/// See [`super::PAGES`].
pub(super) fn page(root: &Path) -> Result<String> {
    let mut text = head("Precisions", INTRODUCTION);
    text.push_str("\n## Notations\n\n");
    let notation = |(form, meaning): &(&str, &str)| {
        let forms = form.split(", ").map(code).collect::<Vec<_>>().join(", ");
        vec![forms, (*meaning).to_owned()]
    };
    text.push_str(&table(&["text", "meaning"], NOTATIONS.iter().map(notation)));
    text.push_str("\n## Examples\n\n");
    let rows = EXAMPLES.iter().map(|example| row(example)).collect::<Result<Vec<_>>>()?;
    text.push_str(&table(&["read", "printed", "bits", "signed", "class in archives"], rows));
    text.push_str("\nTwo precisions have no text of their own. The one-bit number of binary networks (`XnorPrecisionType`, 0 stands for −1) prints as `uint<1>`, the exponent of a power of two (`ExponentPrecisionType`) as an integer, as in hls4ml.\n");
    text.push_str("\n## What is refused\n\n```text\n");
    for mistake in MISTAKES {
        let error =
            mistake.parse::<Precision>().err().with_context(|| format!("`{mistake}` is a precision"))?;
        text.push_str(&format!("{error}\n"));
    }
    text.push_str(
        "```\n\n## Rounding modes\n\nWhat happens to the bits right of the last one that is kept.\n\n",
    );
    let folder = root.join("crates/hls4rs-types/src/precision");
    text.push_str(&modes(
        &folder.join("rounding.rs"),
        RoundingMode::ALL.map(|mode| (mode.name(), format!("{mode:?}"))),
    )?);
    text.push_str(
        "\n## Saturation modes\n\nWhat happens to a value beyond the largest or smallest that fits.\n\n",
    );
    text.push_str(&modes(
        &folder.join("saturation.rs"),
        SaturationMode::ALL.map(|mode| (mode.name(), format!("{mode:?}"))),
    )?);
    Ok(text)
}

fn row(text: &str) -> Result<Vec<String>> {
    let precision: Precision = text.parse()?;
    let plain = to_attribute(&precision)?;
    let class = plain.as_map().and_then(|map| map.get("class_name")?.as_str());
    let class = class.context("a precision without class")?.rsplit('.').next().unwrap_or_default().to_owned();
    let signed = if precision.is_signed() { "yes" } else { "no" };
    Ok(vec![
        code(text),
        code(&precision.to_string()),
        precision.width().to_string(),
        signed.to_owned(),
        code(&class),
    ])
}

/// Names of modes with the documentation of their variants.
fn modes<const LENGTH: usize>(path: &Path, modes: [(&str, String); LENGTH]) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let row = |(name, variant): &(&str, String)| {
        let doc = source::doc_of(&text, &format!("{variant},"))
            .with_context(|| format!("{name} has no documentation"))?;
        Ok(vec![code(name), doc.replace('\n', " ")])
    };
    Ok(table(&["mode", "meaning"], modes.iter().map(row).collect::<Result<Vec<_>>>()?))
}
