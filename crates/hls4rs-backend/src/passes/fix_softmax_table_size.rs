//! Makes tables of a softmax no larger than their index.

use hls4rs_graph::{Diagnostic, Node, NodePass, Outcome, PassError, PassSpec, Patch, Preserves};
use hls4rs_layers::LayerError;
use hls4rs_types::{Attribute, Precision};

/// Makes the tables of a softmax no larger than the input and the table's own type can address: `2^bits` entries for the
/// narrower of both, on Quartus half of that. The size is then a text.
///
/// A layer with `inv_table_size` is left alone: who sets that sets all sizes.
///
/// **Source:** `hls4ml.backends.fpga.passes.fix_softmax_table_size.FixSoftmaxTableSize`, hls4ml 1.3.0, which writes the
/// size as text.
#[derive(Debug)]
pub struct FixSoftmaxTableSize;

impl NodePass for FixSoftmaxTableSize {
    fn spec(&self) -> &'static PassSpec {
        &PassSpec {
            name: "fix-softmax-table-size",
            upstream: "fix_softmax_table_size",
            summary: "makes tables of a softmax no larger than their index",
            preserves: Preserves::Shapes,
        }
    }

    fn matches(&self, node: Node<'_>) -> Result<bool, PassError> {
        Ok(node.is_a("Softmax") && !node.state().attributes.contains("inv_table_size"))
    }

    fn rewrite(&self, patch: &mut Patch<'_>, name: &str) -> Result<Outcome, PassError> {
        let node = patch.expect_node(name)?;
        let Some(producer) = node.input_node(0) else {
            return Err(PassError::unsupported(
                "a layer before the softmax",
                "none",
                "add the layer that it reads",
            ));
        };
        let input_bits = width(producer.name, producer.state().named_type("result_t")?.precision)?;
        let table_bits = width("inv_table_t", node.state().named_type("inv_table_t")?.precision)?;
        let size = table_size(node)?;
        // Quartus crashes in simulation if all bits are used
        let unused = u32::from(patch.config.backend() == "Quartus");
        let bits = input_bits.min(table_bits).saturating_sub(unused);
        let largest = 1i64.checked_shl(bits).filter(|largest| *largest > 0).unwrap_or(i64::MAX);
        if largest < size {
            let message = format!(
                "`{name}` (Softmax): `table_size`: expected at most {largest} for {input_bits} bits of input and \
                 {table_bits} of the table, found {size}; {largest} is used"
            );
            let help = "use a wider input and table, or set a smaller `table_size`";
            patch.warn(Diagnostic::warning("softmax-table-size", message).with_help(help));
            patch.set(name, "table_size", largest.to_string())?;
        }
        Ok(Outcome::Kept)
    }
}

/// The size as a number; it is a text where this pass has set it.
fn table_size(node: Node<'_>) -> Result<i64, LayerError> {
    let found = node.get("table_size");
    let size = match found {
        Some(Attribute::String(text)) => text.trim().parse().ok(),
        Some(value) => value.as_int(),
        None => None,
    };
    size.ok_or_else(|| LayerError::attribute("table_size", "an integer", found))
}

fn width(place: &str, precision: Precision) -> Result<u32, PassError> {
    if precision.is_unspecified() {
        let expected = format!("a precision with a width at `{place}`");
        return Err(PassError::unsupported(expected, precision, "set the precision in the configuration"));
    }
    Ok(precision.width())
}

#[cfg(test)]
mod tests {
    use hls4rs_layers::layers::Softmax;
    use hls4rs_types::NamedType;

    use super::*;
    use crate::passes::testing::{applied, graph};

    #[test]
    fn the_narrower_type_limits_the_table() {
        for (bits, expected) in [(18, Attribute::Int(1024)), (8, "256".into())] {
            let mut graph = graph("io_parallel", &[4], &["s"]);
            let table = NamedType::new("s_inv_table_t", Precision::fixed(bits, 6));
            let softmax =
                Softmax::builder("s").n_in(4).activation("softmax").build().with("table_size", 1024i64);
            graph.add(softmax.with("inv_table_t", table)).unwrap();
            let graph = applied(graph, &FixSoftmaxTableSize);
            assert_eq!(graph.layer("s").unwrap().state().get("table_size"), Some(&expected));
        }
    }
}
