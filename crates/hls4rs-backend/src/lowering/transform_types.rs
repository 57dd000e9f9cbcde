//! Gives variables the types of the generated C++.

use hls4rs_graph::{PassError, PassSpec, Preserves};
use hls4rs_layers::{LayerState, RESERVED_OUTPUT};
use hls4rs_types::{Attribute, NamedType, TensorVariable, TypeForm, WeightVariable};

use super::variables::{Place, lower};
use super::{Lowering, Site};
use crate::cpp::Dialect;
use crate::{Vendor, data_length};

/// Gives outputs and weights the types of the generated C++.
///
/// ```text
/// io_stream     fc1: fixed<16,6>, 8 numbers        fc1: groups of 8 fixed<16,6>
/// Quartus       x                                  inputs.x
/// oneAPI        w2: fixed<16,6> named `weight_t`   w2: one group, named `w2_t`
/// ```
///
/// Of what the pass does in hls4ml, archives keep this much; the rest is in [`crate::Specialized`].
///
/// **Source:** `transform_types.py` of the backends, and `AttributeDict.__setitem__`, hls4ml 1.3.0: `result_t` becomes the type
/// of the variable that was set last, `weight_t` the one of `weight`.
#[derive(Debug)]
pub(crate) struct TransformTypes;

impl Lowering for TransformTypes {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "transform-types",
            upstream: "transform_types",
            summary: "gives outputs and weights the types of the generated C++",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, _site: Site<'_>) -> Result<bool, PassError> {
        Ok(true)
    }

    fn lower(&self, site: Site<'_>, state: &mut LayerState) -> Result<(), PassError> {
        let variables =
            site.state.attributes.iter().filter_map(|(key, value)| Some((key, value.as_variable()?)));
        for (key, variable) in variables {
            let lowered = lower_variable(site, key, variable)?;
            state.attributes.insert("result_t", lowered.ty.clone());
            state.attributes.insert(key, lowered);
        }
        let weights = site.state.attributes.iter().filter_map(|(key, value)| Some((key, value.as_weight()?)));
        for (key, weight) in weights {
            let lowered = lower_weight(site, weight)?;
            state.attributes.insert(format!("{key}_t"), lowered.ty.clone());
            state.attributes.insert(key, lowered);
        }
        Ok(())
    }

    fn check(&self, site: Site<'_>, state: &LayerState) -> Result<(), PassError> {
        let dialect = Dialect::of(site.target.vendor);
        let types = state.attributes.values().filter_map(Attribute::as_type);
        match types.into_iter().find(|named| !dialect.knows(&named.precision)) {
            Some(NamedType { name, precision, .. }) => Err(PassError::unsupported(
                format!("a precision that {} has", site.target.vendor),
                format!("`{precision}` for the type `{name}`"),
                "give the layer another precision in the configuration",
            )),
            None => Ok(()),
        }
    }
}

fn lower_variable(site: Site<'_>, key: &str, variable: &TensorVariable) -> Result<TensorVariable, PassError> {
    let output = key.strip_prefix(RESERVED_OUTPUT).unwrap_or(key);
    lower(Place { graph: site.graph, target: site.target, output }, variable)
}

/// oneAPI's weights are one group each, of a type of their own.
fn lower_weight(site: Site<'_>, weight: &WeightVariable) -> Result<WeightVariable, PassError> {
    let mut lowered = weight.clone();
    if site.target.vendor == Vendor::OneApi && !matches!(weight.ty.form, TypeForm::Packed { .. }) {
        let length = data_length(weight)?;
        lowered.ty = NamedType::packed(format!("{}_t", weight.name), weight.ty.precision, length, 1);
    }
    Ok(lowered)
}
