//! The options of a conversion.

use hls4rs_backend::{CLOCK_PERIOD, HLS_CONFIG, IO_TYPE, OptionSpec, WRITE_TAR, text_option};

/// **Source:** `QuartusBackend.create_initial_config`, hls4ml 1.3.0.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    text_option("part", &["Part"], "Arria10", "the FPGA part, or its family"),
    CLOCK_PERIOD,
    IO_TYPE,
    HLS_CONFIG,
    WRITE_TAR,
];
