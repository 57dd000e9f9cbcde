//! The text of precisions.

use hls4rs_types::{
    FixedPrecision, FloatPrecision, Precision, RoundingMode, SaturationMode, StandardFloatPrecision,
};

use super::Dialect;
use crate::SpecializeError;

/// The C++ type of numbers of a precision.
///
/// **Source:** the classes `…PrecisionDefinition` of `hls4ml.backends.fpga.fpga_types`, `libero_types` and `oneapi_types`,
/// hls4ml 1.3.0. `ac_fixed` is never one bit wide, and knows no bits that saturate on their own.
pub(crate) fn precision(dialect: Dialect, precision: &Precision) -> Result<String, SpecializeError> {
    let unknown = || SpecializeError::NoCppType { dialect, precision: precision.to_string() };
    if !dialect.knows(precision) {
        return Err(unknown());
    }
    Ok(match precision {
        Precision::Integer(integer) => int(dialect, integer.width, integer.signed),
        Precision::Xnor => int(dialect, 1, false),
        Precision::Exponent(exponent) if dialect == Dialect::OneApi => {
            format!("std::pair<ac_int<1, false>, ac_int<{}, true>>", exponent.width)
        }
        Precision::Exponent(exponent) => int(dialect, exponent.width, exponent.signed),
        Precision::Fixed(fixed) => match dialect {
            Dialect::Ap => ap_fixed(fixed),
            Dialect::Ac | Dialect::OneApi => ac_fixed(fixed),
            Dialect::SmartHls => ap_fixpt(fixed),
        },
        Precision::Float(float) if dialect != Dialect::Ap => ac_float(float),
        Precision::StandardFloat(float) => standard_float(dialect, float),
        Precision::Float(_) | Precision::Unspecified => return Err(unknown()),
    })
}

fn int(dialect: Dialect, width: u32, signed: bool) -> String {
    let unsigned = if signed { "" } else { "u" };
    match dialect {
        Dialect::Ap => format!("ap_{unsigned}int<{width}>"),
        Dialect::SmartHls => format!("hls::ap_{unsigned}int<{width}>"),
        Dialect::Ac | Dialect::OneApi => format!("ac_int<{width}, {signed}>"),
    }
}

fn truncates_and_wraps(fixed: &FixedPrecision) -> bool {
    fixed.rounding_mode == RoundingMode::Trn && fixed.saturation_mode == SaturationMode::Wrap
}

fn ap_fixed(fixed: &FixedPrecision) -> String {
    let FixedPrecision { width, integer, rounding_mode, saturation_mode, saturation_bits, signed } = fixed;
    let unsigned = if *signed { "" } else { "u" };
    let modes = if truncates_and_wraps(fixed) && *saturation_bits == 0 {
        String::new()
    } else {
        format!(",AP_{rounding_mode},AP_{saturation_mode},{saturation_bits}")
    };
    format!("ap_{unsigned}fixed<{width},{integer}{modes}>")
}

fn ac_fixed(fixed: &FixedPrecision) -> String {
    let FixedPrecision { width, integer, rounding_mode, saturation_mode, signed, .. } = fixed;
    let width = if *width == 1 { 2 } else { *width };
    let modes = if truncates_and_wraps(fixed) {
        String::new()
    } else {
        format!(",AC_{rounding_mode},AC_{saturation_mode}")
    };
    format!("ac_fixed<{width},{integer},{signed}{modes}>")
}

fn ap_fixpt(fixed: &FixedPrecision) -> String {
    let FixedPrecision { width, integer, rounding_mode, saturation_mode, signed, .. } = fixed;
    let unsigned = if *signed { "" } else { "u" };
    let modes = if truncates_and_wraps(fixed) {
        String::new()
    } else {
        format!(",hls::AP_{rounding_mode},hls::AP_{saturation_mode}")
    };
    format!("hls::ap_{unsigned}fixpt<{width},{integer}{modes}>")
}

fn ac_float(float: &FloatPrecision) -> String {
    let FloatPrecision { width, integer, exponent, rounding_mode, .. } = float;
    let mode = match rounding_mode {
        RoundingMode::Trn => String::new(),
        other => format!(",AC_{other}"),
    };
    format!("ac_float<{width},{integer},{exponent}{mode}>")
}

fn standard_float(dialect: Dialect, float: &StandardFloatPrecision) -> String {
    let text = float.to_string();
    match (dialect, text.as_str()) {
        (Dialect::Ap, "half") => "std::float16_t".to_owned(),
        (Dialect::Ap, "bfloat16") => "std::bfloat16_t".to_owned(),
        (Dialect::Ap, _) if text.starts_with("std_float") => text.replace("std_float", "ap_float"),
        (_, _) if text.starts_with("std_float") => format!("ac_{text}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(dialect: Dialect, text: &str) -> Result<String, SpecializeError> {
        precision(dialect, &text.parse().unwrap_or(Precision::Unspecified))
    }

    #[test]
    fn fixed_point() {
        let modes = "fixed<8,3,RND_CONV,SAT_SYM,2>";
        for (dialect, given, expected) in [
            (Dialect::Ap, "fixed<16,6>", "ap_fixed<16,6>"),
            (Dialect::Ap, "ufixed<16,6,TRN,WRAP,1>", "ap_ufixed<16,6,AP_TRN,AP_WRAP,1>"),
            (Dialect::Ap, modes, "ap_fixed<8,3,AP_RND_CONV,AP_SAT_SYM,2>"),
            (Dialect::Ac, modes, "ac_fixed<8,3,true,AC_RND_CONV,AC_SAT_SYM>"),
            (Dialect::OneApi, "ufixed<1,0>", "ac_fixed<2,0,false>"),
            (Dialect::SmartHls, "ufixed<16,6>", "hls::ap_ufixpt<16,6>"),
            (Dialect::SmartHls, modes, "hls::ap_fixpt<8,3,hls::AP_RND_CONV,hls::AP_SAT_SYM>"),
        ] {
            assert_eq!(text(dialect, given).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn floating_point() {
        for (dialect, given, expected) in [
            (Dialect::Ap, "half", "std::float16_t"),
            (Dialect::Ap, "std_float<20,6>", "ap_float<20,6>"),
            (Dialect::Ac, "float", "float"),
            (Dialect::OneApi, "std_float<20,6>", "ac_std_float<20,6>"),
        ] {
            assert_eq!(text(dialect, given).as_deref(), Ok(expected));
        }
        let float = Precision::Float(FloatPrecision {
            width: 33,
            signed: true,
            integer: 2,
            exponent: 8,
            rounding_mode: RoundingMode::Rnd,
        });
        assert_eq!(precision(Dialect::Ac, &float).as_deref(), Ok("ac_float<33,2,8,AC_RND>"));
        assert!(precision(Dialect::Ap, &float).is_err());
        assert!(precision(Dialect::SmartHls, &float).is_err());
        assert!(precision(Dialect::Ap, &Precision::Unspecified).is_err());
    }
}
