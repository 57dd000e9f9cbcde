//! What can be wrong with a graph, or with what is asked of it.

use hls4rs_layers::LayerError;

/// What is wrong with a graph, or with what is asked of it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// One layer is wrong.
    #[error("{layer} ({kind}): {cause}")]
    Layer {
        /// Name of the layer.
        layer: String,
        /// Class of the layer, without module.
        kind: String,
        /// What is wrong.
        cause: Box<LayerError>,
    },
    /// There is no layer of that name.
    #[error("layer `{layer}`: expected one of the graph's layers, found none of that name")]
    NoSuchLayer {
        /// The name.
        layer: String,
    },
    /// There is a layer of that name already.
    #[error("layer `{layer}`: the graph already has a layer of that name")]
    DuplicateLayer {
        /// The name.
        layer: String,
    },
    /// Two layers make an output of the same name.
    #[error("output `{output}`: made by `{first}` and by `{second}`")]
    DuplicateOutput {
        /// Name of the output.
        output: String,
        /// The first layer.
        first: String,
        /// The second layer.
        second: String,
    },
    /// A layer reads an output that no layer makes.
    #[error("{layer} ({kind}): input `{input}`: expected the output of a layer, found none of that name")]
    DanglingInput {
        /// Name of the layer.
        layer: String,
        /// Class of the layer, without module.
        kind: String,
        /// Name of the input.
        input: String,
    },
    /// Layers depend on each other in a circle.
    #[error("layers `{}`: expected a graph without cycles, found that they depend on each other in a circle", layers.join("` → `"))]
    Cycle {
        /// Names of the layers, the first one again at the end.
        layers: Vec<String>,
    },
    /// The graph's own inputs or outputs name something that does not exist.
    #[error("graph {side} `{name}`: expected the output of a layer, found none of that name")]
    NoSuchOutput {
        /// `input` or `output`.
        side: &'static str,
        /// The name.
        name: String,
    },
    /// The converter's list names a kind that does not exist.
    #[error("{layer}: expected a registered kind of layer, found `{kind}`")]
    UnknownKind {
        /// Name of the layer.
        layer: String,
        /// The kind.
        kind: String,
    },
    /// An edit is not possible at this place.
    #[error("{edit} `{layer}`: expected {expected}, found {found}")]
    Edit {
        /// What was to be done.
        edit: &'static str,
        /// Name of the layer.
        layer: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// The configuration is not one.
    #[error("configuration: {message}")]
    Config {
        /// What is wrong.
        message: String,
    },
}
