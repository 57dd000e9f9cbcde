//! Which kinds are special cases of which others.

/// Kinds and the kind that hls4ml derives them from, where that is not `Layer` itself.
///
/// Passes that are for a kind are for its special cases, too, and so are attributes that a backend adds.
///
/// **Source:** the classes of `hls4ml.model.layers` and `hls4ml.backends.fpga.fpga_layers`, hls4ml 1.3.0.
const DERIVED: &[(&str, &str)] = &[
    ("DepthwiseConv1D", "Conv1D"),
    ("PointwiseConv1D", "Conv1D"),
    ("Conv2DBatchnorm", "Conv2D"),
    ("DepthwiseConv2D", "Conv2D"),
    ("PointwiseConv2D", "Conv2D"),
    ("ParametrizedActivation", "Activation"),
    ("HardActivation", "Activation"),
    ("PReLU", "Activation"),
    ("Softmax", "Activation"),
    ("TernaryTanh", "Activation"),
    ("ApplyAlpha", "BatchNormalization"),
    ("Dot", "Merge"),
    ("Concatenate", "Merge"),
    ("BiasAdd", "Merge"),
    ("GarNetStack", "GarNet"),
];

/// Whether a kind is another one, or a special case of it.
///
/// ```
/// use hls4rs_layers::is_a;
///
/// assert!(is_a("Dot", "Merge"));
/// assert!(is_a("Merge", "Merge"));
/// assert!(!is_a("Merge", "Dot"));
/// ```
#[must_use]
pub fn is_a(kind: &str, base: &str) -> bool {
    kind == base || parent(kind).is_some_and(|parent| is_a(parent, base))
}

/// Number of kinds above a kind: how special it is.
#[must_use]
pub fn depth(kind: &str) -> usize {
    parent(kind).map_or(0, |parent| 1 + depth(parent))
}

fn parent(kind: &str) -> Option<&'static str> {
    DERIVED.iter().find(|(derived, _)| *derived == kind).map(|(_, base)| *base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::LAYERS;

    #[test]
    fn the_kinds_are_declared_and_end() {
        for (derived, base) in DERIVED {
            for kind in [derived, base] {
                assert!(LAYERS.iter().any(|spec| spec.kind == *kind), "{kind}");
            }
            assert!(depth(derived) < 3);
        }
    }
}
