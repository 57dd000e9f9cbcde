//! Types of graph layers, and the table of edge weights.

use hls4rs_fixed::{Fixed, Format};
use hls4rs_layers::LayerId;
use hls4rs_types::{RoundingMode, SaturationMode};

use crate::context::Context;
use crate::error::KernelError;
use crate::log::Slot;

/// The types of a graph layer.
///
/// Distances have 12 bits, 4 of them left of the point. The others are what the configuration says, else they have as many
/// bits as sums of vertices need.
///
/// **Source:** `GarNetConfigTemplate` of `hls4ml.backends.vivado.passes.garnet_templates`.
#[derive(Debug)]
pub(super) struct Types {
    pub(super) distance: Slot,
    pub(super) edge_weight: Slot,
    pub(super) edge_weight_sum: Slot,
    pub(super) aggr: Slot,
    pub(super) norm: Slot,
    pub(super) result: Slot,
    /// Edge weights of all distances.
    table: Vec<Fixed>,
}

/// Bits right of the point of types that the configuration does not name.
const FRACTION: u32 = 10;
/// Bits of distances.
const DISTANCE_WIDTH: u32 = 12;

impl Types {
    /// The types of a layer of so many vertices with a reuse factor.
    pub(super) fn new(
        context: &mut Context<'_>,
        [n_vertices, reuse_factor]: [usize; 2],
    ) -> Result<Self, KernelError> {
        let (vertices, reuse) = (n_vertices.max(1).ilog2(), reuse_factor.max(1).ilog2());
        let most = reuse.max(vertices.saturating_sub(reuse));
        let unsigned = |integer: u32| Format::ufixed(integer + FRACTION, integer.cast_signed());
        let signed = |integer: u32| Format::fixed(integer + FRACTION, integer.cast_signed());
        let distance = Format::fixed(DISTANCE_WIDTH, 4).with_modes(RoundingMode::Trn, SaturationMode::Sat);
        let edge_weight = configured(context, "edge_weight", unsigned(0))?;
        let edge_weight_sum = configured(context, "edge_weight_aggr", unsigned(most))?;
        let aggr = configured(context, "aggr", signed(most + 3))?;
        let norm = configured(context, "norm", unsigned(4))?;
        Ok(Self {
            distance: context.slot("distance", distance),
            edge_weight: context.slot("edge_weight", edge_weight),
            edge_weight_sum: context.slot("edge_weight_aggr", edge_weight_sum),
            aggr: context.slot("aggr", aggr),
            norm: context.slot("norm", norm),
            result: context.result_slot()?,
            table: (0..1 << DISTANCE_WIDTH).map(|index| tabulated(index, distance, edge_weight)).collect(),
        })
    }

    /// The weight of an edge of that length.
    pub(super) fn edge_weight_of(&self, distance: Fixed) -> Fixed {
        let index = distance.bits(0, DISTANCE_WIDTH).raw().as_usize();
        self.table[index]
    }
}

/// `exp(−d²)` of the distance with these bits; that of zero is the largest number below 1.
fn tabulated(index: i64, distance: Format, edge_weight: Format) -> Fixed {
    if index == 0 {
        return Fixed::max(Format::ufixed(edge_weight.width, 0)).cast(edge_weight);
    }
    let distance = Fixed::from_raw(index, distance);
    let exponent = -distance * distance;
    Fixed::from_f64(exponent.to_f64().exp(), exponent.format()).cast(edge_weight)
}

/// The type that the configuration names for a slot of the layer, else the one that is given.
fn configured(context: &Context<'_>, slot: &str, default: Format) -> Result<Format, KernelError> {
    let id = LayerId { name: context.name, kind: context.layer.kind() };
    let (precision, name) = context.specialized.graph.config.precision(id, slot)?;
    if name.ends_with("default_t") {
        return Ok(default);
    }
    context.specialized.types.format_of(&precision).ok_or_else(|| {
        KernelError::unsupported(format!("`{slot}`: expected a fixed-point type, found `{precision}`"))
    })
}
