//! Order: hls4ml runs layers as they are listed.

use std::collections::BTreeSet;

use crate::build::RESERVED_NAME;
use crate::{Diagnostic, ModelGraph};

impl ModelGraph {
    /// Warns of layers that come before one whose output they read.
    pub(super) fn verify_order(&self) -> Vec<Diagnostic> {
        let mut made = BTreeSet::from([RESERVED_NAME, ""]);
        let mut found = Vec::new();
        for (name, layer) in self.layers() {
            for input in layer.state().inputs.iter().filter(|input| !made.contains(input.as_str())) {
                if let Some((maker, _)) = self.producer(input) {
                    let message =
                        format!("{name} ({}): comes before `{maker}`, whose output it reads", layer.kind());
                    found.push(Diagnostic::warning("layer-order", message));
                }
            }
            made.extend(layer.state().outputs.iter().map(String::as_str));
        }
        found
    }
}
