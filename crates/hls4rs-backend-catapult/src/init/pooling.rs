//! Poolings.

use hls4rs_backend::LayerInitializer;
use hls4rs_backend::init::set_implementation;
use hls4rs_graph::{PassError, Patch};
use hls4rs_types::Precision;

use super::shared_precision::{slots_of_accumulator, widen_all};
use super::spec;

/// Widens the accumulator of poolings along one axis, and sets their implementation.
///
/// **Source:** `CatapultBackend.init_pooling1d`, hls4ml 1.3.0.
pub(crate) static POOLING1D: LayerInitializer = LayerInitializer {
    spec: &spec("init-pooling1d", "init_pooling1d", "widens the accumulator of poolings along one axis"),
    kind: "Pooling1D",
    initialize: |patch, name| {
        widen_accumulator(patch, name, &["pool_width"])?;
        set_implementation(patch, name)
    },
};

/// The same along two axes.
///
/// **Source:** `CatapultBackend.init_pooling2d`, hls4ml 1.3.0.
pub(crate) static POOLING2D: LayerInitializer = LayerInitializer {
    spec: &spec("init-pooling2d", "init_pooling2d", "widens the accumulator of poolings along two axes"),
    kind: "Pooling2D",
    initialize: |patch, name| {
        widen_accumulator(patch, name, &["pool_height", "pool_width"])?;
        set_implementation(patch, name)
    },
};

/// Widens the accumulator of poolings over all of one axis.
///
/// **Source:** `CatapultBackend.init_global_pooling1d`, hls4ml 1.3.0.
pub(crate) static GLOBAL_POOLING1D: LayerInitializer = LayerInitializer {
    spec: &spec(
        "init-global-pooling1d",
        "init_global_pooling1d",
        "widens the accumulator of global poolings",
    ),
    kind: "GlobalPooling1D",
    initialize: |patch, name| widen_accumulator(patch, name, &["n_in"]),
};

/// The same for two axes.
///
/// **Source:** `CatapultBackend.init_global_pooling2d`, hls4ml 1.3.0.
pub(crate) static GLOBAL_POOLING2D: LayerInitializer = LayerInitializer {
    spec: &spec(
        "init-global-pooling2d",
        "init_global_pooling2d",
        "widens the accumulator of global poolings",
    ),
    kind: "GlobalPooling2D",
    initialize: |patch, name| widen_accumulator(patch, name, &["in_height", "in_width"]),
};

/// Adds bits to the accumulator for sums over a window: for a window of between `2^n` and `2^(n + 1)` elements `n` integer
/// bits and `n` fractional ones.
///
/// **Source:** `CatapultBackend._set_pooling_accum_t`, hls4ml 1.3.0. What is called `ceil_log2` rounds down. The precision is
/// changed where it is, so that everything that has the very same precision becomes wider: see [`slots_of_accumulator`].
fn widen_accumulator(patch: &mut Patch<'_>, name: &str, window: &[&str]) -> Result<(), PassError> {
    let state = patch.expect_node(name)?.state();
    let size = window
        .iter()
        .try_fold(1i64, |size, side| Ok::<_, PassError>(size.saturating_mul(state.int(side)?)))?;
    // a window without elements has one bit less than none
    let extra = i64::from(size.unsigned_abs().checked_ilog2().map_or(-1, u32::cast_signed));
    let precision = state.named_type("accum_t")?.precision;
    let slots = slots_of_accumulator(patch.expect_node(name)?);
    widen_all(patch, &slots, wider(precision, extra)?)
}

/// The precision with `extra` more integer bits, and as many fractional ones.
fn wider(precision: Precision, extra: i64) -> Result<Precision, PassError> {
    let bits = |width: u32| u32::try_from(i64::from(width) + 2 * extra).ok();
    let wider = match precision {
        Precision::Fixed(mut fixed) => bits(fixed.width).and_then(|width| {
            fixed.width = width;
            fixed.integer = i32::try_from(i64::from(fixed.integer) + extra).ok()?;
            Some(Precision::Fixed(fixed))
        }),
        Precision::Integer(mut integer) => bits(integer.width).map(|width| {
            integer.width = width;
            Precision::Integer(integer)
        }),
        Precision::Exponent(mut exponent) => bits(exponent.width).map(|width| {
            exponent.width = width;
            Precision::Exponent(exponent)
        }),
        Precision::Float(mut float) => bits(float.width).map(|width| {
            float.width = width;
            Precision::Float(float)
        }),
        Precision::StandardFloat(mut float) => bits(float.width).map(|width| {
            float.width = width;
            Precision::StandardFloat(float)
        }),
        Precision::Xnor | Precision::Unspecified => (extra == 0).then_some(precision),
    };
    wider.ok_or_else(|| {
        PassError::unsupported(
            "an accumulator of fixed-point numbers or integers",
            format!("{precision}"),
            "set the precision `accum` of the layer",
        )
    })
}
