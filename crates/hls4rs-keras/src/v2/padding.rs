//! How far windows reach beyond the input.

use hls4rs_frontend::Problem;

/// Number of outputs along one dimension, and the padding before and behind it.
///
/// **Source:** `compute_padding_1d` and `compute_padding_2d` of `hls4ml.converters.utils`, hls4ml 1.3.0.
pub(crate) fn padding(mode: &str, length: i64, stride: i64, window: i64) -> Result<(i64, i64, i64), Problem> {
    if stride < 1 || window < 1 {
        return Err(Problem::malformed(
            "expected windows and strides from 1, found smaller ones",
            "save the model again",
        ));
    }
    let ceil = |a: i64| a.div_euclid(stride) + i64::from(a.rem_euclid(stride) != 0);
    let along = || {
        let rest = length.rem_euclid(stride);
        (window - if rest == 0 { stride } else { rest }).max(0)
    };
    match mode.to_lowercase().as_str() {
        "same" => Ok((ceil(length), along() / 2, along() - along() / 2)),
        "valid" => Ok((ceil(length - window + 1), 0, 0)),
        "causal" => Ok((ceil(length), along(), 0)),
        _ => {
            let message = format!("`padding`: expected `same`, `valid` or `causal`, found `{mode}`");
            Err(Problem::unsupported(message, "use one of these paddings"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_reach_as_far_as_keras_has_them() {
        assert_eq!(padding("same", 10, 2, 3), Ok((5, 0, 1)));
        assert_eq!(padding("same", 9, 2, 3), Ok((5, 1, 1)));
        assert_eq!(padding("valid", 10, 3, 3), Ok((3, 0, 0)));
        assert_eq!(padding("CAUSAL", 10, 1, 3), Ok((10, 2, 0)));
        assert!(padding("reflect", 10, 1, 3).is_err());
        assert!(padding("same", 10, 0, 3).is_err());
    }
}
