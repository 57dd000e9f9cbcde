//! The options of Vivado and of its accelerator cards.

use hls4rs_backend::{HLS_CONFIG, IO_TYPE, OptionDefault, OptionSpec};
use hls4rs_types::{Attribute, AttributeType, Attributes};

/// The FPGA part.
pub const PART: OptionSpec = OptionSpec::new(
    "part",
    &["Part"],
    AttributeType::String,
    OptionDefault::Str("xcvu13p-flga2577-2-e"),
    "the FPGA part",
);

/// The clock period.
pub const CLOCK_PERIOD: OptionSpec = OptionSpec::new(
    "clock_period",
    &["ClockPeriod"],
    AttributeType::Float,
    OptionDefault::Int(5),
    "the clock period, in nanoseconds",
);

/// How much the clock period may vary.
#[must_use]
pub const fn clock_uncertainty(default: &'static str) -> OptionSpec {
    OptionSpec::new(
        "clock_uncertainty",
        &["ClockUncertainty"],
        AttributeType::String,
        OptionDefault::Str(default),
        "how much the clock period may vary",
    )
}

/// Options of the project writer.
pub const WRITER: [OptionSpec; 4] = [
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
    OptionSpec::new(
        "write_tar",
        &["WriterConfig", "WriteTar"],
        AttributeType::Bool,
        OptionDefault::Bool(false),
        "whether the project is packed",
    )
    .or_null(),
    OptionSpec::new(
        "tb_output_stream",
        &["WriterConfig", "TBOutputStream"],
        AttributeType::String,
        OptionDefault::Str("both"),
        "where the testbench writes outputs",
    )
    .or_null()
    .one_of(&["stdout", "file", "both"]),
];

/// **Source:** `VivadoBackend.create_initial_config`, hls4ml 1.3.0.
pub(crate) const VIVADO: &[OptionSpec] = &{
    let [namespace, weights, tar, stream] = WRITER;
    [PART, CLOCK_PERIOD, clock_uncertainty("12.5%"), IO_TYPE, HLS_CONFIG, namespace, weights, tar, stream]
};

/// **Source:** `VivadoAcceleratorBackend.create_initial_config`, hls4ml 1.3.0: options of the project writer cannot be set.
pub(crate) const ACCELERATOR: &[OptionSpec] = &{
    let [namespace, weights, tar, stream] = WRITER;
    [
        PART,
        CLOCK_PERIOD,
        clock_uncertainty("12.5%"),
        IO_TYPE,
        HLS_CONFIG,
        unnamed(namespace),
        unnamed(weights),
        unnamed(tar),
        unnamed(stream),
        text("board", &["AcceleratorConfig", "Board"], "pynq-z2", "the board"),
        text("interface", &["AcceleratorConfig", "Interface"], "axi_stream", "how the card is reached")
            .one_of(&["axi_stream", "axi_master", "axi_lite"]),
        text("driver", &["AcceleratorConfig", "Driver"], "python", "language of the driver: `python` or `c`"),
        text(
            "input_type",
            &["AcceleratorConfig", "Precision", "Input"],
            "float",
            "precision of the wrapper's input: `float`, `double` or a fixed-point type",
        ),
        text(
            "output_type",
            &["AcceleratorConfig", "Precision", "Output"],
            "float",
            "precision of the wrapper's output",
        ),
        text(
            "platform",
            &["AcceleratorConfig", "Platform"],
            "xilinx_u250_xdma_201830_2",
            "platform of an Alveo card",
        )
        .only_if(is_alveo),
    ]
};

const fn text(
    name: &'static str,
    path: &'static [&'static str],
    default: &'static str,
    doc: &'static str,
) -> OptionSpec {
    OptionSpec::new(name, path, AttributeType::String, OptionDefault::Str(default), doc)
}

const fn unnamed(option: OptionSpec) -> OptionSpec {
    OptionSpec { name: "", ..option }
}

fn is_alveo(config: &Attributes) -> bool {
    let board = config.get("AcceleratorConfig").and_then(|card| card.as_map()?.get("Board"));
    board.and_then(Attribute::as_str).is_some_and(|board| board.starts_with("alveo"))
}

#[cfg(test)]
mod tests {
    use hls4rs_backend::Backend;

    use super::*;
    use crate::VivadoAccelerator;

    #[test]
    fn alveo_cards_have_a_platform() {
        for (board, expected) in [("pynq-z2", false), ("alveo-u250", true)] {
            let (config, found) = VivadoAccelerator.configuration(&Attributes::from([("board", board)]));
            assert_eq!(found, []);
            let card = config.get("AcceleratorConfig").and_then(Attribute::as_map).unwrap();
            assert_eq!(card.contains("Platform"), expected, "{board}");
            assert!(card.get("Precision").and_then(Attribute::as_map).unwrap().contains("Output"));
        }
    }
}
