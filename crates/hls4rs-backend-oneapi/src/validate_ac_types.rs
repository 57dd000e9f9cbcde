//! Refuses floating-point numbers of the `ac_float` library.

use hls4rs_graph::{Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::{NamedType, Precision};
use indexmap::IndexMap;

/// Refuses layers with floating-point numbers of the `ac_float` library, which oneAPI does not have.
///
/// **Source:** `hls4ml.backends.oneapi.passes.feature_check.ValidateAcTypes`, hls4ml 1.3.0. Of types of one name it looks at
/// the last one alone.
#[derive(Debug)]
pub(crate) struct ValidateAcTypes;

impl NodePass for ValidateAcTypes {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "validate-ac-types",
            upstream: "validate_ac_types",
            summary: "refuses floating-point numbers of the ac_float library",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, _: Node<'_>) -> Result<bool, PassError> {
        Ok(true)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let attributes = &patch.expect_node(name)?.state().attributes;
        let types = attributes.values().filter_map(|value| value.as_type());
        let by_name: IndexMap<&str, &NamedType> = types.map(|ty| (ty.name.as_str(), ty)).collect();
        match by_name.values().find(|ty| matches!(ty.precision, Precision::Float(_))) {
            None => Ok(Outcome::Kept),
            Some(ty) => Err(PassError::unsupported(
                "types that oneAPI has",
                format!("`{}` of the precision {}", ty.name, ty.precision),
                "use a fixed-point type, or a standard float such as `std_float<16,5>`",
            )),
        }
    }
}
