//! The options of a conversion.

use hls4rs_backend::{CLOCK_PERIOD, HLS_CONFIG, IO_TYPE, OptionDefault, OptionSpec, text_option};
use hls4rs_types::{Attribute, AttributeType, Attributes};

/// **Source:** `CatapultBackend.create_initial_config`, hls4ml 1.3.0. A part that is null is another one than a part that is
/// not given.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    text_option("tech", &["Technology"], "fpga", "`fpga`; everything else means an ASIC"),
    text_option("part", &["Part"], "xcku115-flvb2104-2-i", "the FPGA part")
        .with_null(OptionDefault::Str("xcvu13p-flga2577-2-e"))
        .only_if(is_fpga),
    text_option("asiclibs", &["ASICLibs"], "nangate-45nm", "the ASIC libraries").only_if(is_asic),
    CLOCK_PERIOD.or_null(),
    OptionSpec::new("fifo", &["FIFO"], AttributeType::String, OptionDefault::Null, "the kind of FIFO")
        .or_null(),
    IO_TYPE,
    HLS_CONFIG,
];

fn is_fpga(config: &Attributes) -> bool {
    config.get("Technology").and_then(Attribute::as_str) == Some("fpga")
}

fn is_asic(config: &Attributes) -> bool {
    !is_fpga(config)
}

#[cfg(test)]
mod tests {
    use hls4rs_backend::Backend;

    use super::*;
    use crate::Catapult;

    #[test]
    fn a_part_or_libraries() {
        for (given, key, expected) in [
            (Attributes::new(), "Part", "xcku115-flvb2104-2-i"),
            (Attributes::from([("part", Attribute::Null)]), "Part", "xcvu13p-flga2577-2-e"),
            (Attributes::from([("tech", "asic")]), "ASICLibs", "nangate-45nm"),
        ] {
            let (config, found) = Catapult.configuration(&given);
            assert_eq!(found, []);
            assert_eq!(config.get(key).and_then(Attribute::as_str), Some(expected));
            assert!(config.contains("Part") != config.contains("ASICLibs"));
        }
    }
}
