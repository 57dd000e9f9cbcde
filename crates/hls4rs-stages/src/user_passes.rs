//! The passes that tests of hls4ml add to flows of their own accord.

use hls4rs::graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves, Step};

/// Passes by the flow behind whose own passes they come.
pub(crate) const USER_PASSES: &[(&str, Step)] = &[
    ("vivado:optimize", Step::node(&REVERSE).of("vivado")),
    ("vivado:optimize", Step::node(&REVERSE_TORCH).of("vivado")),
    ("quartus:optimize", Step::node(&REVERSE).of("quartus")),
    ("quartus:optimize", Step::node(&REVERSE_TORCH).of("quartus")),
    ("oneapi:optimize", Step::node(&REVERSE).of("oneapi")),
    ("oneapi:optimize", Step::node(&REVERSE_TORCH).of("oneapi")),
    ("catapult:optimize", Step::node(&REVERSE).of("catapult")),
    ("catapult:optimize", Step::node(&REVERSE_TORCH).of("catapult")),
    ("libero:optimize", Step::node(&REVERSE).of("libero")),
    ("libero:optimize", Step::node(&REVERSE_TORCH).of("libero")),
];

/// Removes two layers in sequence that reverse an image and reverse it back.
struct RemoveDuplicateReverse {
    spec: &'static PassSpec,
    kind: &'static str,
}

const REVERSE: RemoveDuplicateReverse = RemoveDuplicateReverse {
    spec: &PassSpec {
        name: "remove-duplicate-reverse",
        upstream: "remove_duplicate_reverse",
        summary: "removes two reversals in sequence",
        preserves: Preserves::Shapes,
    },
    kind: "HReverse",
};

const REVERSE_TORCH: RemoveDuplicateReverse = RemoveDuplicateReverse {
    spec: &PassSpec {
        name: "remove-duplicate-reverse-torch",
        upstream: "remove_duplicate_reverse_torch",
        summary: "removes two reversals in sequence",
        preserves: Preserves::Shapes,
    },
    kind: "HReverseTorch",
};

impl NodePass for RemoveDuplicateReverse {
    fn spec(&self) -> &'static PassSpec {
        self.spec
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        let is_reverse = |node: Node<'_>| node.layer.kind() == self.kind;
        Ok(is_reverse(node) && node.input_node(0).is_some_and(is_reverse))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let first = patch.expect_node(name)?.input_node(0).map(|node| node.name.to_owned());
        if let Some(first) = first {
            patch.remove(&first)?;
        }
        patch.remove(name)?;
        Ok(Outcome::Restructured)
    }
}
