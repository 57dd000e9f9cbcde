//! The types that generated C++ defines.

use hls4rs_fixed::Format;
use hls4rs_graph::ModelGraph;
use hls4rs_types::{Attribute, NamedType, Precision, SaturationMode};
use indexmap::IndexMap;

use crate::{Family, Target};

/// The types of a model by name, as `defines.h` has them.
///
/// Where two types of a model have the same name, the first one counts: C++ has one `typedef` per name.
///
/// **Source:** `write_defines` of `hls4ml.writer`, `APFixedPrecisionDefinition` and `ACFixedPrecisionDefinition` of
/// `hls4ml.backends.fpga.fpga_types`, hls4ml 1.3.0.
#[derive(Debug, Clone, PartialEq)]
pub struct Types {
    family: Family,
    by_name: IndexMap<String, Precision>,
}

impl Types {
    pub(crate) fn new(graph: &ModelGraph, target: Target) -> Self {
        let mut by_name = IndexMap::new();
        for (_, layer) in graph.layers() {
            for value in layer.state().attributes.values() {
                if let Attribute::Type(named) = value {
                    by_name.entry(named.name.clone()).or_insert(named.precision);
                }
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
