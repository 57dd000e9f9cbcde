//! Why some kinds of layers, and models for some backends, cannot be run.

use hls4rs_backend::Vendor;

/// The backends that nothing can be run for, with the reason.
///
/// **Source:** `OneAPIBackend.compile` runs `cmake` for `icpx`, `LiberoBackend.compile` runs `shls`; the headers of both
/// projects come with these tools.
pub const BACKENDS: &[(Vendor, &str)] = &[
    (
        Vendor::OneApi,
        "whose projects only Intel's own compiler translates, so that there are no predictions to be equal to, bit for bit",
    ),
    (
        Vendor::Libero,
        "whose projects only Microchip's own tools translate, so that there are no predictions to be equal to, bit for bit",
    ),
];

/// Why nothing can be run for the backend, if so.
pub(crate) fn backend_reason(vendor: Vendor) -> Option<&'static str> {
    BACKENDS.iter().find(|(other, _)| *other == vendor).map(|(_, reason)| *reason)
}

/// Why kinds that converters make have no kernel.
const CONVERTED: &str = "hls4ml generates no code for it; a conversion puts other layers in its place";

/// The kinds that have no kernel for a reason, with the reason.
pub const REASONS: &[(&str, &str)] = &[
    ("BatchNormOnnx", CONVERTED),
    ("BiasAdd", CONVERTED),
    ("BipolarQuant", CONVERTED),
    ("Constant", "hls4ml generates no code for constants that are not part of another layer"),
    ("Conv", CONVERTED),
    (
        "LayerGroup",
        "a model within the model is only run after a conversion, which puts its layers in its place",
    ),
    ("MatMul", CONVERTED),
    ("Quant", CONVERTED),
    (
        "Reshape",
        "hls4ml generates no code for changes of shape that have an output of their own; a conversion makes them other names of \
         their inputs, or changes of packets",
    ),
    (
        "SymbolicExpression",
        "formulas are computed by functions of the compiler's library, which are not published",
    ),
    // `Template.match` of `hls4ml.backends.template`, which compares the names of kinds, does not know it
    (
        "TernaryTanh",
        "hls4ml generates no code for a ternary step function without a batch normalization before it",
    ),
];

/// Why layers of this kind have no kernel.
pub(super) fn reason(kind: &str) -> &'static str {
    let known = REASONS.iter().find(|(name, _)| *name == kind);
    known.map_or("no kernel is known for this kind of layer", |(_, reason)| reason)
}
