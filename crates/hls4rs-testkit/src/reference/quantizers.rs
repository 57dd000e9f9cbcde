//! `quantizers.md`: the quantizers with their fields, and whether their values can be computed.

use std::path::Path;

use anyhow::{Context, Result};
use hls4rs::prelude::*;
use hls4rs::types::quantizers::{
    BinaryQuantizer, QKerasBinaryQuantizer, QKerasPo2Quantizer, QKerasQuantizer, QuantNodeQuantizer,
    TernaryQuantizer,
};
use hls4rs::types::{AnyQuantizer, to_attribute};

use super::markdown::{code, codes, head};
use super::source;

const INTRODUCTION: &str = "\
A quantizer brings values to those that a precision, or a set of levels, can represent. A layer keeps the quantizers of \
its source layer beside its weights. Where the values of a quantizer can be computed, a layer that is made in code can \
have it; the others are kept, shown and saved. A quantizer of any other class is kept with all its fields.
";

/// One of each, with the name of its struct.
fn examples() -> Result<Vec<(&'static str, AnyQuantizer)>> {
    let config = |class: &str| {
        let inner = Attributes::from([("bits", Attribute::Int(4)), ("integer", Attribute::Int(0))]);
        Attributes::from([("class_name", Attribute::from(class)), ("config", Attribute::Map(inner))])
    };
    let quant_node = QuantNodeQuantizer::new(Precision::fixed(4, 1)).context("a fixed-point precision")?;
    let binary = QKerasBinaryQuantizer { config: config("binary"), xnor: false };
    Ok(vec![
        ("BinaryQuantizer", AnyQuantizer::new(BinaryQuantizer::PLUS_MINUS_ONE)),
        ("TernaryQuantizer", AnyQuantizer::new(TernaryQuantizer {})),
        ("QuantNodeQuantizer", AnyQuantizer::new(quant_node)),
        ("QKerasQuantizer", AnyQuantizer::new(QKerasQuantizer { config: config("quantized_bits") })),
        ("QKerasBinaryQuantizer", AnyQuantizer::new(binary)),
        ("QKerasPo2Quantizer", AnyQuantizer::new(QKerasPo2Quantizer { config: config("quantized_po2") })),
    ])
}

/// See [`super::PAGES`].
pub(super) fn page(root: &Path) -> Result<String> {
    let files = source::files(&root.join("crates/hls4rs-types/src/quantizers"))?;
    let mut text = head("Quantizers", INTRODUCTION);
    for (name, quantizer) in examples()? {
        let item = format!("pub struct {name} ");
        let doc = files.values().find_map(|text| source::doc_of(text, &item));
        let doc = doc.with_context(|| format!("no file declares {name}"))?;
        let plain = to_attribute(&quantizer)?;
        let state =
            plain.as_map().and_then(|map| map.get("state")?.as_map()).context("a quantizer without state")?;
        let fields = match state.names().collect::<Vec<_>>().as_slice() {
            [] => "no fields".to_owned(),
            names => format!("fields {}", codes(names)),
        };
        let computed = match quantizer.quantize(&Tensor::vector(vec![0.3f32])) {
            Ok(_) => "are computed",
            Err(_) => "are not computed",
        };
        let precision = quantizer.precision().context("a quantizer that is not registered")?;
        text.push_str(&format!(
            "\n## {name}\n\n{doc}\n\nClass `{}`; {fields}. Values {computed}. Example: {} has the precision {}.\n",
            quantizer.class_name(),
            code(&quantizer.describe()),
            code(&precision.to_string()),
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quantizer_has_an_example() {
        let list = super::super::root().join("crates/hls4rs-types/src/quantizers/mod.rs");
        let list = std::fs::read_to_string(list).unwrap();
        let exported = list.lines().filter_map(|line| line.strip_prefix("pub use ")?.split_once("::"));
        let mut exported: Vec<&str> = exported.map(|(_, name)| name.trim_end_matches(';')).collect();
        let mut shown: Vec<&str> = examples().unwrap().into_iter().map(|(name, _)| name).collect();
        exported.sort_unstable();
        shown.sort_unstable();
        assert_eq!(shown, exported);
    }
}
