//! Checking a layer's attributes against its declaration.

use hls4rs_types::Attribute;

use crate::{AttributeSpec, CARRIED, Default, LayerError, LayerSpec, LayerState, Problem};

/// Checks that every declared attribute which is present is of its kind. This is what loading demands.
///
/// # Errors
/// The first attribute that is of another kind.
pub fn check_attributes(spec: &LayerSpec, state: &LayerState) -> Result<(), LayerError> {
    wrong_attributes(spec, state).next().map_or(Ok(()), Err)
}

/// An error for each declared attribute that is of another kind.
fn wrong_attributes<'a>(
    spec: &'a LayerSpec,
    state: &'a LayerState,
) -> impl Iterator<Item = LayerError> + use<'a> {
    state.attributes.iter().filter_map(|(name, value)| {
        let declared =
            spec.attribute(name).or_else(|| CARRIED.iter().find(|carried| carried.name == name))?;
        let is_output =
            || matches!(value, Attribute::Variable(_)) && state.outputs.iter().any(|out| out == name);
        let is_wrong = !declared.accepts(value) && !is_output();
        is_wrong.then(|| LayerError::attribute(name, declared.expectation(), Some(value)))
    })
}

/// Everything that is wrong with a layer's attributes: of another kind, missing, or not one of the choices.
#[must_use]
pub fn verify_attributes(spec: &LayerSpec, state: &LayerState) -> Vec<Problem> {
    let wrong = wrong_attributes(spec, state);
    let mut problems: Vec<Problem> =
        wrong.map(|error| Problem { id: "wrong-attribute", error, help: None }).collect();
    for declared in spec.all_attributes().filter(|declared| declared.default == Default::Required) {
        if !state.attributes.contains(declared.name) && !is_in_code(spec, state, declared) {
            let error = LayerError::attribute(declared.name, declared.expectation(), None);
            let help = Some(format!("set `{}`: {}", declared.name, declared.doc));
            problems.push(Problem { id: "missing-attribute", error, help });
        }
    }
    problems
}

/// Whether generated code stands for a weight, or the type of one, so that hls4ml deletes the attribute.
///
/// **Source:** `DALatencyDenseTemplate`, `DALatencyConvTemplate` and `DistributedArithmeticEinsumCodegen` of
/// `hls4ml.backends.vivado.passes.distributed_arithmetic`.
fn is_in_code(spec: &LayerSpec, state: &LayerState, declared: &AttributeSpec) -> bool {
    let name = declared.name.strip_suffix("_t").unwrap_or(declared.name);
    state.attributes.contains("da_codegen") && spec.weights.iter().any(|weight| weight.name == name)
}

impl AttributeSpec {
    /// Whether the attribute may have that value.
    #[must_use]
    pub fn accepts(&self, value: &Attribute) -> bool {
        match value {
            Attribute::Null => self.default != Default::Required,
            Attribute::Object(_) => true,
            Attribute::String(text) if !self.choices.is_empty() => self.choices.contains(&text.as_str()),
            value => self.ty.accepts(value) || self.or.iter().any(|ty| ty.accepts(value)),
        }
    }

    /// What the attribute must be, for messages.
    #[must_use]
    pub fn expectation(&self) -> String {
        if !self.choices.is_empty() {
            return format!("one of `{}`", self.choices.join("`, `"));
        }
        let others = self.or.iter().map(|ty| format!(" or {ty}"));
        std::iter::once(self.ty.to_string()).chain(others).collect()
    }
}
