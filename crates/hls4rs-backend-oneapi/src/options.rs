//! The options of a conversion.

use hls4rs_backend::{CLOCK_PERIOD, HLS_CONFIG, IO_TYPE, OptionDefault, OptionSpec, WRITE_TAR, text_option};
use hls4rs_types::AttributeType;

/// **Source:** `OneAPIBackend.create_initial_config`, hls4ml 1.3.0.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    text_option("part", &["Part"], "Agilex7", "the FPGA part, or its family"),
    CLOCK_PERIOD.or_null(),
    OptionSpec::new(
        "hyperopt_handshake",
        &["HyperoptHandshake"],
        AttributeType::Bool,
        OptionDefault::Bool(false),
        "whether handshakes are optimized for a high clock frequency",
    )
    .or_null(),
    IO_TYPE,
    HLS_CONFIG,
    WRITE_TAR,
];
