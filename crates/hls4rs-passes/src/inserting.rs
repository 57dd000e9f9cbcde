//! Inserting a layer behind an output, as hls4ml does it where several layers read that output.

use hls4rs_graph::{Diagnostic, NewLayer, PassError, Patch};

/// Inserts a layer behind an output, before the first layer that reads it as its first input.
///
/// **Source:** `ModelGraph.insert_node`, hls4ml 1.3.0, which connects no other reader: those read what comes before the
/// new layer, and so does a graph output that a layer reads, too.
pub(crate) fn insert_behind(patch: &mut Patch<'_>, layer: NewLayer, output: &str) -> Result<(), PassError> {
    let name = layer.name.clone();
    patch.insert(layer, None, 0)?;
    let left: Vec<&str> = patch
        .consumers(output)
        .map(|(reader, _)| reader)
        .filter(|reader| *reader != name)
        .chain(patch.outputs().iter().any(|out| out == output).then_some("the model's output"))
        .collect();
    if !left.is_empty() {
        let message = format!("{name}: hls4ml leaves the layer out for `{}`", left.join("`, `"));
        let help = "give each reader of a quantized output a quantizer of its own, with the quantized value as its first input";
        patch.warn(Diagnostic::warning("layer-bypassed", message).with_help(help));
    }
    Ok(())
}
