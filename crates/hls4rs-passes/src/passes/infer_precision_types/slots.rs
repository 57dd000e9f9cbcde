//! The types of one layer that are still without a precision.

use hls4rs_graph::{Node, PassError, Patch};
use hls4rs_layers::LayerId;
use hls4rs_types::{Attribute, Precision};

use crate::precisions::Bits;

/// A layer, and those of its slots (`result`, `accum`, `weight`, …) that were without a precision.
pub(super) struct Slots<'p, 'g> {
    patch: &'p mut Patch<'g>,
    layer: &'p str,
    open: Vec<String>,
    found: Vec<String>,
}

impl<'p, 'g> Slots<'p, 'g> {
    pub(super) fn new(patch: &'p mut Patch<'g>, layer: &'p str, open: Vec<String>) -> Self {
        Self { patch, layer, open, found: Vec::new() }
    }

    pub(super) fn node(&self) -> Result<Node<'_>, PassError> {
        Ok(self.patch.expect_node(self.layer)?)
    }

    /// Whether a slot was without a precision when the pass came.
    pub(super) fn is_open(&self, slot: &str) -> bool {
        self.open.iter().any(|open| open == slot)
    }

    /// An error if another slot than this one was without a precision, or this one had one.
    pub(super) fn expect_only(&self, slot: &str) -> Result<(), PassError> {
        if self.open.iter().all(|open| open == slot) {
            return Ok(());
        }
        let found = format!("`auto` for {}", self.open.join(", "));
        let help = "set the precisions of the layer in the section `LayerName` of the configuration";
        Err(PassError::unsupported(format_args!("an explicit precision for all but `{slot}`"), found, help))
    }

    /// Precision of an input.
    pub(super) fn input(&self, input: usize) -> Result<Precision, PassError> {
        let variable = self.node()?.input_variable(input).map(|variable| variable.precision());
        variable.ok_or_else(|| {
            PassError::unsupported(
                format_args!("a layer that makes input {}", input + 1),
                "none",
                "connect the layer to the outputs that it reads",
            )
        })
    }

    /// Precision of a slot.
    pub(super) fn precision(&self, slot: &str) -> Result<Precision, PassError> {
        Ok(self.node()?.state().named_type(&format!("{slot}_t"))?.precision)
    }

    /// An attribute that is an integer.
    pub(super) fn int(&self, attribute: &str) -> Result<i64, PassError> {
        Ok(self.node()?.state().int(attribute)?)
    }

    /// An attribute that is an integer, or 1 where there is none.
    pub(super) fn int_or_one(&self, attribute: &str) -> Result<i64, PassError> {
        if self.node()?.state().attributes.contains(attribute) { self.int(attribute) } else { Ok(1) }
    }

    /// The model's default precision.
    pub(super) fn default(&self) -> Result<Precision, PassError> {
        self.model_precision("default")?.ok_or_else(|| {
            PassError::unsupported(
                "a default precision of the model",
                "none",
                "set `Precision` → `default` in the section `Model` of the configuration",
            )
        })
    }

    /// The bits that the model allows at most, if it says so.
    pub(super) fn maximum(&self) -> Result<Option<Bits>, PassError> {
        let Some(maximum) = self.model_precision("maximum")? else { return Ok(None) };
        Bits::of(maximum).map(Some).ok_or_else(|| {
            PassError::unsupported(
                "a fixed-point number or an integer as the model's maximum precision",
                format_args!("`{maximum}`"),
                "set `Precision` → `maximum` in the section `Model` of the configuration",
            )
        })
    }

    fn model_precision(&self, slot: &str) -> Result<Option<Precision>, PassError> {
        if self.patch.config.precision.model.get(slot).cloned().flatten().is_none() {
            return Ok(None);
        }
        // no layer has an empty name and kind, so that only what is said about the model counts
        let nobody = LayerId { name: "", kind: "" };
        Ok(Some(self.patch.config.precision(nobody, slot)?.0))
    }

    /// Gives a slot a precision; the type keeps its name.
    pub(super) fn set(&mut self, slot: &str, precision: Precision) -> Result<(), PassError> {
        self.patch.set_precision(self.layer, slot, precision)?;
        self.found.push(slot.to_owned());
        Ok(())
    }

    /// Gives a slot a precision, and its type the layer's name.
    pub(super) fn set_own(&mut self, slot: &str, precision: Precision) -> Result<(), PassError> {
        let name = format!("{}_{slot}_t", self.layer);
        self.patch.set_type(self.layer, slot, &name, precision)?;
        self.found.push(slot.to_owned());
        Ok(())
    }

    /// Gives a slot the default precision.
    pub(super) fn set_default(&mut self, slot: &str) -> Result<(), PassError> {
        let default = self.default()?;
        self.set(slot, default)
    }

    /// Gives the default precision to all slots that still have none.
    pub(super) fn set_defaults(&mut self) -> Result<(), PassError> {
        let open: Vec<String> = self.open.iter().filter(|slot| !self.found.contains(slot)).cloned().collect();
        for slot in open {
            let default = self.default()?;
            match self.patch.state_mut(self.layer)?.attributes.get_mut(&slot) {
                // types that belong to nothing, such as the precision that a source format prescribes
                Some(Attribute::Type(ty)) => ty.precision = default,
                _ => self.set(&slot, default)?,
            }
        }
        Ok(())
    }

    /// Gives an open weight the precision of its quantizer, else the default one.
    pub(super) fn set_weight(&mut self, slot: &str) -> Result<(), PassError> {
        if !self.is_open(slot) {
            return Ok(());
        }
        let quantizer = format!("{slot}_quantizer");
        let Some(quantizer) = self.node()?.quantizer(&quantizer) else { return self.set_default(slot) };
        let Some(precision) = quantizer.precision() else {
            return Err(PassError::unsupported(
                "a quantizer of a known class",
                format_args!("`{}`", quantizer.class_name()),
                "register the quantizer's class, or set the weight's precision in the configuration",
            ));
        };
        self.set_own(slot, precision)
    }
}
