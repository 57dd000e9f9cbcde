//! Sets rounding and saturation modes of results.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::{Attribute, FixedPrecision, NamedType, Precision, RoundingMode, SaturationMode};

/// Sets the modes of results, and of accumulators, of the layers that are listed by kind or name; none by default.
///
/// ```text
/// dense: result fixed<16,6>        dense: result fixed<16,6,RND_CONV,SAT>, accum fixed<16,6,RND_CONV,SAT>
/// ```
///
/// The accumulator gets the whole precision of the result.
///
/// **Source:** `OutputRoundingSaturationMode` of `hls4ml.model.optimizer.passes.qkeras`, hls4ml 1.3.0, which a Python program
/// configures before it converts. hls4ml looks for the mode's name in the text of the precision, so that it takes
/// `RND_CONV` for `RND`. It fails where a precision is to be derived.
#[derive(Debug, Clone, Copy)]
pub struct SetRoundingAndSaturation {
    /// Kinds and names of layers.
    pub layers: &'static [&'static str],
    /// Rounding mode; truncation, if only the other mode is set.
    pub rounding_mode: Option<RoundingMode>,
    /// Saturation mode; wrap-around, if only the other mode is set.
    pub saturation_mode: Option<SaturationMode>,
    /// Saturated guard bits.
    pub saturation_bits: u32,
}

impl SetRoundingAndSaturation {
    /// For no layer, as in the flow `convert`.
    pub const NONE: Self =
        Self { layers: &[], rounding_mode: None, saturation_mode: None, saturation_bits: 0 };
}

impl NodePass for SetRoundingAndSaturation {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "set-rounding-and-saturation",
            upstream: "output_rounding_saturation_mode",
            summary: "sets rounding and saturation modes of the results of chosen layers",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        if !self.layers.iter().any(|layer| *layer == node.layer.kind() || *layer == node.name) {
            return Ok(false);
        }
        let text = node.output_precision().map(|precision| precision.to_string()).unwrap_or_default();
        let lacks = |mode: Option<&str>| mode.is_some_and(|mode| !text.contains(mode));
        Ok(lacks(self.rounding_mode.map(RoundingMode::name))
            || lacks(self.saturation_mode.map(SaturationMode::name)))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let precision = match node.output_precision() {
            Some(integer @ Precision::Integer(_)) => integer,
            Some(Precision::Fixed(fixed)) => self.with_modes(fixed).into(),
            other => {
                let found = other.map_or("none".to_owned(), |precision| precision.to_string());
                let help = "give the layer a fixed-point precision";
                return Err(PassError::unsupported("a fixed-point precision", found, help));
            }
        };
        let index = node.state().int("index")?;
        let key = node.state().outputs.first().map(|output| node.state().variable_key(output));
        let attributes = &mut patch.state_mut(name)?.attributes;
        if let Some(Attribute::Variable(variable)) = key.and_then(|key| attributes.get_mut(&key)) {
            variable.ty = NamedType::new(variable.ty.name.clone(), precision);
            let ty = variable.ty.clone();
            attributes.insert("result_t", ty);
        }
        if attributes.get("accum_t").is_some_and(|value| !value.is_null()) {
            attributes.insert("accum_t", NamedType::new(format!("layer{index}_accum_t"), precision));
        }
        Ok(Outcome::Kept)
    }
}

impl SetRoundingAndSaturation {
    fn with_modes(&self, precision: FixedPrecision) -> FixedPrecision {
        let precision = FixedPrecision { saturation_bits: self.saturation_bits, ..precision };
        precision
            .with_rounding_mode(self.rounding_mode.unwrap_or_default())
            .with_saturation_mode(self.saturation_mode.unwrap_or_default())
    }
}
