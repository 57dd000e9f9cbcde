//! Equations of sums of products.

use hls4rs_frontend::Problem;

/// An equation such as `abc,cd->abd`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Equation {
    /// Indices of the first operand.
    pub(super) first: String,
    /// Indices of the second operand.
    pub(super) second: String,
    /// Indices of the sum.
    pub(super) out: String,
}

impl Equation {
    /// Reads an equation of two operands.
    pub(super) fn new(text: &str) -> Result<Self, Problem> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let parts = text.split_once("->").and_then(|(operands, out)| Some((operands.split_once(',')?, out)));
        let Some(((first, second), out)) = parts else {
            let message = format!("`equation`: expected two operands and a sum, found `{text}`");
            return Err(Problem::unsupported(message, "use an equation such as `abc,cd->abd`"));
        };
        Ok(Self { first: first.to_owned(), second: second.to_owned(), out: out.to_owned() })
    }

    /// The equation without the index of the batch, which is the first. `is_dense` says that the second operand has none.
    ///
    /// **Source:** `strip_batch_dim` of `hls4ml.converters.keras_v3.einsum_dense`, hls4ml 1.3.0.
    pub(super) fn without_batch(&self, is_dense: bool) -> Result<String, Problem> {
        let Self { first, second, out } = self;
        let wrong = || {
            let message = format!("`equation`: expected the batch first, found `{first},{second}->{out}`");
            Problem::unsupported(message, "put the batch first")
        };
        if first.starts_with("...") {
            if !out.starts_with("...") || (!is_dense && !second.starts_with("...")) {
                return Err(wrong());
            }
            return Ok(format!("{first},{second}->{out}"));
        }
        let batch = first.chars().next().ok_or_else(wrong)?;
        let rest = |indices: &str| indices.strip_prefix(batch).map(str::to_owned).ok_or_else(wrong);
        let (stripped, sum) = (rest(first)?, rest(out)?);
        if is_dense {
            if second.contains(batch) {
                return Err(wrong());
            }
            return Ok(format!("{stripped},{second}->{sum}"));
        }
        Ok(format!("{stripped},{}->{sum}", rest(second)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_batch_is_taken_out() {
        let without =
            |text: &str, dense| Equation::new(text).and_then(|equation| equation.without_batch(dense));
        assert_eq!(without("abc, cd->abd", true).unwrap(), "bc,cd->bd");
        assert_eq!(without("...x,xy->...y", true).unwrap(), "...x,xy->...y");
        assert_eq!(without("abc,acd->abd", false).unwrap(), "bc,cd->bd");
        assert!(without("abc,cad->abd", true).is_err());
        assert!(without("abc,cd->bad", true).is_err());
        assert!(Equation::new("ab->a").is_err());
    }
}
