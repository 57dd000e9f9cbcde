//! Gives inputs that only quantizers read a precision.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::{Attribute, FixedPrecision, NamedType, Precision, SaturationMode};

use crate::bit_exact::{
    Analysis, first_variable, is_quantizer, modes, output_layers, precision_of, register,
};
use crate::interval::Kif;

/// Fractional bits of an input whose quantizers round by other rules than truncation and half up.
const FRACTIONAL: i32 = 24;

/// Gives an input that got more bits than there can be the precision that its quantizers need.
///
/// ```text
/// x ? → quantizer (a precision for each element, SAT)        x fixed<9,4,TRN,SAT> → quantizer
/// ```
///
/// **Source:** `FixInputPrecision` of `hls4ml.model.optimizer.passes.bit_exact`, hls4ml 1.3.0. The type among the attributes
/// stays. hls4ml's configuration gets the text of a Python object in the place of the precision; here it gets the precision.
#[derive(Debug)]
pub(crate) struct FixInputPrecision;

impl NodePass for FixInputPrecision {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "fix-input-precision",
            upstream: "fix_input_precision",
            summary: "gives inputs that only quantizers read the precision that these need",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("Input") && first_variable(node)?.1.precision().width() > 100)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let (layers, quantizers) = readers(patch.expect_node(name)?)?;
        if quantizers.is_empty() {
            set_type(patch, name, FixedPrecision::new(1, 0, false))?;
            return Ok(Outcome::Kept);
        }
        let modes = Modes::of(patch, &quantizers)?;
        modes.warn(patch, name);
        let mut analysis = Analysis::of(patch)?;
        let mut bits: Vec<Kif> = Vec::new();
        for quantizer in &quantizers {
            bits.push(analysis.produce_bits(patch.expect_node(quantizer)?)?);
        }
        let precision = precision(patch.expect_node(name)?, &bits, &modes)?;
        set_type(patch, name, precision)?;
        // what the input produced is remembered with the precision that it had, also by hls4ml, which leaves it there
        analysis.store(patch)?;
        patch.set(name, "trusted", true)?;
        register_again(patch, &mut analysis, &layers)?;
        analysis.store(patch)?;
        Ok(Outcome::Kept)
    }
}

/// The layers that move the input's elements, and the quantizers that read it or them.
fn readers(input: Node<'_>) -> Result<(Vec<String>, Vec<String>), PassError> {
    /// Paths from the input to quantizers: joins of joins are counted once for each.
    const MOST: usize = 10_000;
    const HELP: &str =
        "put a quantizer in front of each layer that reads the input, or give the input a precision";
    let (mut layers, mut quantizers) = (Vec::new(), Vec::new());
    let mut open: Vec<Node<'_>> = output_layers(input).collect();
    open.reverse();
    while let Some(node) = open.pop() {
        if layers.len() + quantizers.len() >= MOST {
            return Err(PassError::unsupported(format!("at most {MOST} ways to quantizers"), "more", HELP));
        }
        if is_quantizer(node) {
            quantizers.push(node.name.to_owned());
        } else if node.is_any(&["Reshape", "Transpose", "Concatenate"]) {
            layers.push(node.name.to_owned());
            let behind: Vec<Node<'_>> = output_layers(node).collect();
            open.extend(behind.into_iter().rev());
        } else {
            let found = format!("`{}` ({})", node.name, node.layer.kind());
            return Err(PassError::unsupported("quantizers behind the input", found, HELP));
        }
    }
    Ok((layers, quantizers))
}

/// The modes of the quantizers behind an input.
struct Modes {
    rounding: Vec<String>,
    saturation: Vec<String>,
}

impl Modes {
    fn of(graph: &Patch<'_>, quantizers: &[String]) -> Result<Self, PassError> {
        let mut all = Self { rounding: Vec::new(), saturation: Vec::new() };
        for quantizer in quantizers {
            let (rounding, saturation) = modes(graph.expect_node(quantizer)?)?;
            all.rounding.push(rounding.to_owned());
            all.saturation.push(saturation.to_owned());
        }
        Ok(all)
    }

    fn are_saturating(&self) -> bool {
        self.saturation.iter().all(|mode| mode.contains("SAT"))
    }

    fn has_odd_rounding(&self) -> bool {
        self.rounding.iter().any(|mode| !matches!(mode.as_str(), "TRN" | "RND"))
    }

    fn warn(&self, patch: &mut Patch<'_>, input: &str) {
        let mut warn = |problem: &str| {
            let message = format!(
                "{input} (Input): {problem}, so that results may differ from those of the source model"
            );
            patch.warn(Diagnostic::warning("input-not-bit-exact", message));
        };
        if self.saturation.iter().any(|mode| !matches!(mode.as_str(), "WRAP" | "SAT" | "SAT_SYM")) {
            warn("its quantizers saturate in another way than to the nearest value");
        }
        if self.saturation.iter().any(|mode| Some(mode) != self.saturation.first()) && !self.are_saturating()
        {
            warn("some of its quantizers saturate, others wrap around");
        }
        if self.has_odd_rounding() {
            warn(&format!("its quantizers round to nearest, and it has {FRACTIONAL} fractional bits"));
        }
    }
}

/// The precision that holds what any of the quantizers keeps.
fn precision(input: Node<'_>, quantizers: &[Kif], modes: &Modes) -> Result<FixedPrecision, PassError> {
    let underivable =
        |cause| PassError::unsupported("quantizers with elements", cause, "remove empty layers");
    let bits = quantizers.iter().map(Kif::largest).collect::<Result<Vec<_>, _>>().map_err(underivable)?;
    let k = bits.iter().map(|(k, ..)| *k).max().unwrap_or_default();
    let i = bits.iter().map(|(_, i, _)| *i).max().unwrap_or_default();
    let own = first_variable(input)?.1.precision().to_fixed();
    let f = if modes.has_odd_rounding() { FRACTIONAL } else { own.map_or(0, |own| own.fractional()) };
    let saturation = if modes.are_saturating() { SaturationMode::Sat } else { SaturationMode::Wrap };
    let precision =
        precision_of((k, i, i64::from(f))).to_fixed().unwrap_or_else(|| FixedPrecision::new(1, 0, false));
    Ok(precision.with_saturation_mode(saturation))
}

/// Gives the input's variable a type of its own.
fn set_type(patch: &mut Patch<'_>, name: &str, precision: FixedPrecision) -> Result<(), PassError> {
    let key = first_variable(patch.expect_node(name)?)?.0.to_owned();
    let precision = Precision::Fixed(precision);
    if let Some(Attribute::Variable(variable)) = patch.state_mut(name)?.attributes.get_mut(&key) {
        variable.ty = NamedType::new(format!("{name}_t"), precision);
    }
    patch.config_mut().precision.layer_name.insert(name.to_owned(), Some(precision.to_string()));
    Ok(())
}

/// Derives the types of the layers between the input and its quantizers again.
fn register_again(
    patch: &mut Patch<'_>,
    analysis: &mut Analysis,
    layers: &[String],
) -> Result<(), PassError> {
    for layer in layers {
        analysis.remembered(patch.expect_node(layer)?, true)?;
    }
    for layer in layers {
        register(analysis, patch, layer)?;
    }
    layers.iter().for_each(|layer| analysis.forget(layer));
    Ok(())
}
