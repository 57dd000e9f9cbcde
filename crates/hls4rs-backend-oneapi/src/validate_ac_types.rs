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

#[cfg(test)]
mod tests {
    use hls4rs_graph::{Config, ModelGraph};
    use hls4rs_layers::layers::Input;

    use super::*;

    #[test]
    fn floats_of_ac_float_are_refused() {
        let mut graph = ModelGraph::new(Config::default());
        graph.set_io(["x"], ["x"]);
        graph.add(Input::builder("x").input_shape([4])).unwrap();
        let check = |graph: &mut ModelGraph| {
            ValidateAcTypes
                .rewrite(&mut Patch::new(graph, &mut Vec::new()), "x")
                .map_err(|error| error.to_string())
        };
        graph.set_precision("x", "result", "float".parse().unwrap()).unwrap();
        assert_eq!(check(&mut graph), Ok(Outcome::Kept));
        graph.set_precision("x", "result", "ac_float<16,8,5>".parse().unwrap()).unwrap();
        let error = check(&mut graph).unwrap_err();
        assert!(
            error.starts_with("expected types that oneAPI has, found `result_t` of the precision"),
            "{error}"
        );
    }
}
