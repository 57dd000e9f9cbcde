//! Checks for floating-point types that cannot become hardware.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_types::{Attribute, Precision};

/// Tells of layers with types of C++ other than `float` and `double`: good for tests alone.
///
/// Every layer counts as checked.
///
/// **Source:** `hls4ml.backends.vitis.passes.feature_check.ValidateStdCppTypes`, hls4ml 1.3.0.
#[derive(Debug)]
pub struct CheckStdCppTypes;

impl NodePass for CheckStdCppTypes {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "check-std-cpp-types",
            upstream: "validate_std_cpp_types",
            summary: "tells of floating-point types that cannot become hardware",
            preserves: Preserves::Bits,
        }
    }

    fn matches(&self, _: Node<'_>) -> Result<bool, PassError> {
        Ok(true)
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let types = node.state().attributes.values().filter_map(Attribute::as_type);
        let found: Vec<String> = types
            .map(|ty| ty.precision)
            .filter(is_for_tests)
            .map(|precision| precision.to_string())
            .collect();
        if let Some(found) = found.first() {
            let message =
                format!("`{name}` ({}): Vitis HLS cannot make hardware of `{found}`", node.layer.kind());
            let warning = Diagnostic::warning("vitis-cpp-type", message);
            patch.warn(warning.with_help("use `float`, `double` or a fixed-point type"));
        }
        Ok(Outcome::Kept)
    }
}

fn is_for_tests(precision: &Precision) -> bool {
    let Precision::StandardFloat(float) = precision else { return false };
    float.use_cpp_type && !matches!(precision.to_string().as_str(), "float" | "double")
}
