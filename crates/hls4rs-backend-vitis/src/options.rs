//! The options of Vitis.

use hls4rs_backend::{HLS_CONFIG, IO_TYPE, OptionDefault, OptionSpec};
use hls4rs_backend_vivado::options::{CLOCK_PERIOD, PART, WRITER, clock_uncertainty};
use hls4rs_types::AttributeType;

/// **Source:** `VitisBackend.create_initial_config`, hls4ml 1.3.0.
pub(crate) const VITIS: &[OptionSpec] = &{
    let [namespace, weights, tar, stream] = WRITER;
    [
        PART,
        CLOCK_PERIOD,
        clock_uncertainty("27%"),
        IO_TYPE,
        HLS_CONFIG,
        namespace,
        weights,
        tar,
        stream,
        OptionSpec::new(
            "write_emulation_constants",
            &["WriterConfig", "WriteEmulationConstants"],
            AttributeType::Bool,
            OptionDefault::Bool(false),
            "whether constants for emulation are written",
        )
        .or_null(),
    ]
};

#[cfg(test)]
mod tests {
    use hls4rs_backend::Backend;
    use hls4rs_types::{Attribute, Attributes};

    use crate::Vitis;

    #[test]
    fn the_defaults_are_those_of_vitis() {
        let (config, found) = Vitis.configuration(&Attributes::new());
        assert_eq!(found, []);
        assert_eq!(config.get("Backend"), Some(&Attribute::from("Vitis")));
        assert_eq!(config.get("ClockUncertainty"), Some(&Attribute::from("27%")));
    }
}
