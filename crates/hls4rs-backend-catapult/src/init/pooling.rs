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

#[cfg(test)]
mod tests {
    use hls4rs_backend::Backend;
    use hls4rs_graph::{Config, FlowOptions, ModelGraph};
    use hls4rs_layers::layers::{Input, Pooling1D};
    use hls4rs_types::{Attribute, Attributes};

    use super::*;
    use crate::{Catapult, flows};

    /// `x`, then a pooling by maximum over 4 pixels whose precisions are inferred.
    fn pooled(accum: &str) -> ModelGraph {
        let precisions = Attributes::from([("accum", accum), ("result", "auto")]);
        let layer = Attributes::from([("Precision", Attribute::Map(precisions))]);
        let model =
            Attributes::from([("Precision", Attribute::from("fixed<16,6>")), ("ReuseFactor", 1i64.into())]);
        let layers = Attributes::from([("pool", Attribute::Map(layer))]);
        let hls = [("Model", Attribute::Map(model)), ("LayerName", Attribute::Map(layers))];
        let (mut options, _) = Catapult.configuration(&Attributes::new());
        options.insert("HLSConfig", Attributes::from(hls));
        let mut graph = ModelGraph::new(Config::from_options(options, "catapult:ip").unwrap());
        graph.set_extensions(&Catapult);
        graph.set_io(["x"], ["pool"]);
        graph.add(Input::builder("x").input_shape([8, 3])).unwrap();
        let pool = Pooling1D::builder("pool").n_in(8).n_out(2).n_filt(3).pool_width(4).stride_width(4);
        graph.add(pool.pad_left(0).pad_right(0).pool_op("Max").with("class_name", "MaxPooling1D")).unwrap();
        for slot in ["accum", "result"] {
            graph.set_precision("pool", slot, Precision::fixed(16, 6)).unwrap();
        }
        graph.apply_steps(&flows::INIT_LAYERS, &mut FlowOptions::default()).unwrap();
        graph
    }

    #[test]
    fn one_precision_is_widened_wherever_it_is() {
        let graph = pooled("auto");
        let wide = Precision::fixed(20, 8);
        assert_eq!(graph.output_variable("x").unwrap().precision(), wide);
        assert_eq!(graph.output_variable("pool").unwrap().precision(), wide);
        assert_eq!(graph.layer("pool").unwrap().state().precision("accum_t"), Some(wide));
    }

    #[test]
    fn a_precision_of_its_own_is_widened_alone() {
        let graph = pooled("fixed<16,6>");
        assert_eq!(graph.output_variable("x").unwrap().precision(), Precision::fixed(16, 6));
        assert_eq!(graph.layer("pool").unwrap().state().precision("accum_t"), Some(Precision::fixed(20, 8)));
    }

    #[test]
    fn bits_can_not_be_added_to_everything() {
        assert_eq!(wider(Precision::uint(4), 2).unwrap(), Precision::uint(8));
        assert_eq!(wider(Precision::fixed(4, 2), -1).unwrap(), Precision::fixed(2, 1));
        assert!(wider(Precision::Xnor, 1).is_err());
        assert!(wider(Precision::fixed(1, 1), -1).is_err());
    }
}
