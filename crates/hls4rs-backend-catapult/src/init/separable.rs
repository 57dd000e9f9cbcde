//! Separable and depthwise convolutions.

use hls4rs_backend::init::set_implementation;
use hls4rs_backend::{LayerInitializer, matrix_size, set_closest_reuse_factor};
use hls4rs_graph::{PassError, Patch};
use hls4rs_types::NamedType;

use super::{is_resource, spec};

/// Sets strategy, reuse factor, implementation and the type between both parts of separable convolutions along one axis.
///
/// **Source:** `CatapultBackend.init_sepconv1d`, hls4ml 1.3.0.
pub(crate) static SEPARABLE_CONV1D: LayerInitializer = LayerInitializer {
    spec: &spec("init-separable-conv1d", "init_sepconv1d", "sets how separable convolutions are computed"),
    kind: "SeparableConv1D",
    initialize: init,
};

/// The same along two axes.
///
/// **Source:** `CatapultBackend.init_sepconv2d`, hls4ml 1.3.0.
pub(crate) static SEPARABLE_CONV2D: LayerInitializer = LayerInitializer {
    spec: &spec("init-separable-conv2d", "init_sepconv2d", "sets how separable convolutions are computed"),
    kind: "SeparableConv2D",
    initialize: init,
};

/// The same for depthwise convolutions along two axes, after what is set of every convolution: partitions become one.
///
/// **Source:** `CatapultBackend.init_depconv2d`, hls4ml 1.3.0.
pub(crate) static DEPTHWISE_CONV2D: LayerInitializer = LayerInitializer {
    spec: &spec("init-depthwise-conv2d", "init_depconv2d", "sets how depthwise convolutions are computed"),
    kind: "DepthwiseConv2D",
    initialize: init,
};

fn init(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    if is_resource(patch, name)? {
        let size = matrix_size(patch.expect_node(name)?)?;
        patch.set(name, "strategy", "resource")?;
        set_closest_reuse_factor(patch, name, "reuse_factor", size, true)?;
    } else {
        patch.set(name, "strategy", "latency")?;
    }
    patch.set(name, "n_partitions", 1i64)?;
    set_implementation(patch, name)?;
    let node = patch.expect_node(name)?;
    let (precision, _) = patch.config.precision(node.id(), "dw_output")?;
    let type_name = format!("{name}_dw_out_t");
    let ty = if patch.config.io_type() == "io_stream" {
        let channels = node.state().size("n_chan")?;
        NamedType::packed(type_name, precision, u64::try_from(channels).unwrap_or(u64::MAX), 1)
    } else {
        NamedType::new(type_name, precision)
    };
    patch.set(name, "dw_output_t", ty)?;
    Ok(())
}
