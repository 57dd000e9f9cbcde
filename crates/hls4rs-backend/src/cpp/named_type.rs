//! The definitions of named types.

use hls4rs_types::{NamedType, Precision, TypeForm};

use super::{Dialect, precision};
use crate::SpecializeError;

/// The `typedef` of a type, as it stands in `defines.h`, line break included.
///
/// **Source:** the classes `…TypeConverter` of `hls4ml.backends.fpga.fpga_types` and `oneapi_types`, hls4ml 1.3.0. The indices of
/// compressed weights are written in the form of the configuration.
pub(crate) fn definition(dialect: Dialect, named: &NamedType) -> Result<String, SpecializeError> {
    let name = &named.name;
    let number = precision(dialect, &named.precision)?;
    let is_one_api = dialect == Dialect::OneApi;
    let meaning = match &named.form {
        TypeForm::Plain => number,
        TypeForm::Compressed { index_precision } if is_one_api => {
            format!("std::tuple<{index_precision}, {index_precision}, {number}>")
        }
        TypeForm::Compressed { index_precision } => {
            format!(
                "struct {name} {{{index_precision} row_index;{index_precision} col_index;{number} weight; }}"
            )
        }
        TypeForm::Exponent => {
            let sign = precision(dialect, &Precision::Xnor)?;
            if is_one_api {
                format!("std::pair<{sign}, {number}>")
            } else {
                format!("struct {name} {{{sign} sign;{number} weight; }}")
            }
        }
        TypeForm::Packed { n_elem, n_pack, unpack } => {
            let sign = if *unpack { '/' } else { '*' };
            format!("nnet::array<{number}, {n_elem}{sign}{n_pack}>")
        }
    };
    Ok(format!("typedef {meaning} {name};\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form() {
        let named = |form| NamedType { form, ..NamedType::new("t", Precision::fixed(16, 6)) };
        let compressed = TypeForm::Compressed { index_precision: Precision::uint(3) };
        let packed = |unpack| TypeForm::Packed { n_elem: 8, n_pack: 2, unpack };
        for (dialect, form, expected) in [
            (Dialect::Ap, TypeForm::Plain, "ap_fixed<16,6>"),
            (Dialect::Ap, packed(false), "nnet::array<ap_fixed<16,6>, 8*2>"),
            (Dialect::Ac, packed(true), "nnet::array<ac_fixed<16,6,true>, 8/2>"),
            (Dialect::Ap, TypeForm::Exponent, "struct t {ap_uint<1> sign;ap_fixed<16,6> weight; }"),
            (Dialect::OneApi, TypeForm::Exponent, "std::pair<ac_int<1, false>, ac_fixed<16,6,true>>"),
            (
                Dialect::Ap,
                compressed.clone(),
                "struct t {uint<3> row_index;uint<3> col_index;ap_fixed<16,6> weight; }",
            ),
            (Dialect::OneApi, compressed, "std::tuple<uint<3>, uint<3>, ac_fixed<16,6,true>>"),
        ] {
            assert_eq!(definition(dialect, &named(form)), Ok(format!("typedef {expected} t;\n")));
        }
    }
}
