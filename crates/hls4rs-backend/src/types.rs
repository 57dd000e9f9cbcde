//! The types that generated C++ defines.

use hls4rs_fixed::Format;
use hls4rs_layers::LayerState;
use hls4rs_types::{Attribute, NamedType, Precision, SaturationMode};
use indexmap::IndexMap;

use crate::{Family, Target};

/// The types of a model by name, as `defines.h` has them.
///
/// Where types of two layers have the same name, the one of the first layer counts: C++ has one `typedef` per name. Of two types
/// of one layer the last counts.
///
/// **Source:** `Layer.get_layer_precision` of `hls4ml.model.layers`, `write_defines` of `hls4ml.writer`, `APFixedPrecisionDefinition` and `ACFixedPrecisionDefinition` of
/// `hls4ml.backends.fpga.fpga_types`, hls4ml 1.3.0.
#[derive(Debug, Clone, PartialEq)]
pub struct Types {
    family: Family,
    by_name: IndexMap<String, Precision>,
}

impl Types {
    pub(crate) fn new<'a>(layers: impl Iterator<Item = &'a LayerState>, target: Target) -> Self {
        let mut by_name = IndexMap::new();
        for state in layers {
            let types = state.attributes.values().filter_map(Attribute::as_type);
            let of_layer: IndexMap<&str, Precision> =
                types.map(|named| (named.name.as_str(), named.precision)).collect();
            for (name, precision) in of_layer {
                by_name.entry(name.to_owned()).or_insert(precision);
            }
        }
        Self { family: target.vendor.family(), by_name }
    }

    /// The precision that the name stands for in C++.
    #[must_use]
    pub fn precision(&self, named: &NamedType) -> Precision {
        self.by_name.get(&named.name).copied().unwrap_or(named.precision)
    }

    /// The format that the name stands for in C++, if its numbers are fixed-point numbers or integers.
    #[must_use]
    pub fn format(&self, named: &NamedType) -> Option<Format> {
        self.format_of(&self.precision(named))
    }

    /// The format of a precision in C++, if its numbers are fixed-point numbers or integers.
    ///
    /// `ac_fixed` has no saturated bits in its wrap-around mode, and hls4ml makes it two bits wide where one is asked
    /// for: the second one is right of the first.
    #[must_use]
    pub fn format_of(&self, precision: &Precision) -> Option<Format> {
        let mut format = Format::of(precision)?.with_family(self.family);
        if self.family == Family::Ac && !format.is_int {
            format.saturation_bits = 0;
            if format.width == 1 {
                format.width = 2;
            }
        }
        if format.saturation != SaturationMode::Wrap {
            format.saturation_bits = 0;
        }
        Some(format)
    }
}
