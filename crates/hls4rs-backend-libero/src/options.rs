//! The options of a conversion.

use hls4rs_backend::{CLOCK_PERIOD, HLS_CONFIG, IO_TYPE, OptionDefault, OptionSpec, WRITE_TAR, text_option};
use hls4rs_types::AttributeType;

/// **Source:** `LiberoBackend.create_initial_config`, hls4ml 1.3.0, which looks for an installation of SmartHLS where no path is
/// given, and keeps the path as an object that it cannot save.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    text_option("fpga_family", &["FPGAFamily"], "PolarFire", "the family of the FPGA"),
    text_option("part", &["Part"], "MPF300", "the FPGA part"),
    text_option("board", &["Board"], "hw_only", "the board"),
    CLOCK_PERIOD,
    IO_TYPE,
    OptionSpec::new(
        "smarthls_path",
        &["SmartHLSPath"],
        AttributeType::String,
        OptionDefault::Null,
        "folder of the installation of SmartHLS",
    )
    .or_null(),
    HLS_CONFIG,
    OptionSpec::new(
        "namespace",
        &["WriterConfig", "Namespace"],
        AttributeType::String,
        OptionDefault::Null,
        "namespace of the generated C++",
    )
    .or_null(),
    OptionSpec::new(
        "write_weights_txt",
        &["WriterConfig", "WriteWeightsTxt"],
        AttributeType::Bool,
        OptionDefault::Bool(true),
        "whether weights are written to text files, too, which makes compilation faster",
    )
    .or_null(),
    WRITE_TAR,
];
