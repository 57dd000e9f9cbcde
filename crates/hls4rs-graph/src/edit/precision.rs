//! Changing the precision of a result, a weight or an accumulator.

use hls4rs_types::{Attribute, NamedType, Precision, TensorVariable, VariableForm};

use super::refuse;
use crate::{GraphError, ModelGraph};

impl ModelGraph {
    /// Gives a slot of a layer (`result`, `weight`, `bias`, `accum`, `table`, …) another precision: the type
    /// `<slot>_t`, and the outputs or the weight that have it. Layers that use an output's memory in place follow.
    ///
    /// Values of weights stay as they are; hls4ml rounds them when it writes them into the firmware.
    ///
    /// # Errors
    /// If there is no such layer, or it has no such slot.
    pub fn set_precision(&mut self, layer: &str, slot: &str, precision: Precision) -> Result<(), GraphError> {
        self.change_type(layer, slot, None, precision)
    }

    /// The same, and the type gets another name.
    ///
    /// # Errors
    /// If there is no such layer, or it has no such slot.
    pub fn set_type(
        &mut self,
        layer: &str,
        slot: &str,
        name: &str,
        precision: Precision,
    ) -> Result<(), GraphError> {
        self.change_type(layer, slot, Some(name), precision)
    }

    fn change_type(
        &mut self,
        layer: &str,
        slot: &str,
        name: Option<&str>,
        precision: Precision,
    ) -> Result<(), GraphError> {
        let attribute = format!("{slot}_t");
        let state = self.get(layer)?.state();
        let Some(Attribute::Type(ty)) = state.attributes.get(&attribute) else {
            let types = state.attributes.iter().filter(|(_, value)| value.as_type().is_some());
            let slots: Vec<&str> = types.filter_map(|(name, _)| name.strip_suffix("_t")).collect();
            let expected = format!("one of the slots {}", slots.join(", "));
            return Err(refuse("set precision of", layer, expected, format!("`{slot}`")));
        };
        let change = Change { name: name.unwrap_or(&ty.name).to_owned(), precision };
        // an output that took over another layer's type has one of its own, as that of a `Repack`
        let made =
            state.outputs.iter().filter(|_| slot == "result").filter_map(|output| state.variable(output));
        let outputs: Vec<TensorVariable> = made.filter(|made| made.ty.name == ty.name).cloned().collect();
        if let Some(layer) = self.layers.get_mut(layer) {
            let attributes = &mut layer.state_mut().attributes;
            if let Some(Attribute::Type(ty)) = attributes.get_mut(&attribute) {
                change.apply(ty);
            }
            if let Some(Attribute::Weight(weight)) = attributes.get_mut(slot) {
                change.apply(&mut weight.ty);
            }
        }
        for output in outputs {
            self.change_output(&output, &change);
        }
        Ok(())
    }

    /// Changes a variable's type wherever it stands, also under other names for its memory, and the copies of its stream.
    ///
    /// **Source:** `CloneOutput` gives the copies the very type of what is copied, but `result_t` of the layer that
    /// copies stays a type of its own.
    fn change_output(&mut self, output: &TensorVariable, change: &Change) {
        for layer in self.layers.values_mut() {
            let copies = layer.kind() == "Clone";
            let attributes = &mut layer.state_mut().attributes;
            // names of the types that the changed variables had
            let mut before = Vec::new();
            for (_, value) in attributes.iter_mut() {
                let Attribute::Variable(variable) = value else { continue };
                if copies && variable.ty == output.ty {
                    change.apply(&mut variable.ty);
                } else if is_or_uses(variable, output) {
                    before.push(variable.ty.name.clone());
                    change.apply_to_memory(variable);
                }
            }
            if let Some(Attribute::Type(result)) = attributes.get_mut("result_t")
                && before.contains(&result.name)
            {
                change.apply(result);
            }
        }
    }
}

/// Name and precision that a type gets.
struct Change {
    name: String,
    precision: Precision,
}

impl Change {
    fn apply(&self, ty: &mut NamedType) {
        ty.name.clone_from(&self.name);
        ty.precision = self.precision;
    }

    fn apply_to_memory(&self, variable: &mut TensorVariable) {
        self.apply(&mut variable.ty);
        if let VariableForm::Inplace { input } = &mut variable.form {
            self.apply_to_memory(input);
        }
    }
}

/// Whether two variables are one memory.
fn is_or_uses(variable: &TensorVariable, output: &TensorVariable) -> bool {
    let is_same = variable.name == output.name && variable.ty.name == output.ty.name;
    is_same || matches!(&variable.form, VariableForm::Inplace { input } if is_or_uses(input, output))
}
