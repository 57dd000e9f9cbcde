//! Layers that are applied to each step.

use hls4rs_backend::LayerInitializer;
use hls4rs_graph::{Diagnostic, PassError, Patch};

use super::spec;

/// Sets how the loop over steps is run, in lower case. Streams cannot be unrolled.
///
/// **Source:** `VivadoBackend.init_time_distributed`, hls4ml 1.3.0.
pub static INIT_TIME_DISTRIBUTED: LayerInitializer = LayerInitializer {
    spec: &spec("init-time-distributed", "init_time_distributed", "sets how the loop over steps is run"),
    kind: "TimeDistributed",
    initialize,
};

fn initialize(patch: &mut Patch<'_>, name: &str) -> Result<(), PassError> {
    const ATTRIBUTE: &str = "time_step_loop_parallelism";
    let mut mode = patch.expect_node(name)?.text(ATTRIBUTE).unwrap_or("off").to_lowercase();
    if mode == "unroll" && patch.config.io_type() == "io_stream" {
        let message =
            format!("`{name}` (TimeDistributed): the loop over steps cannot be unrolled with `io_stream`");
        let help = "use `io_parallel`, or set `TimeStepLoopParallelism` to `Pipeline` or `Off`";
        patch.warn(Diagnostic::warning("loop-not-unrolled", message).with_help(help));
        mode = "off".to_owned();
    }
    patch.set(name, ATTRIBUTE, mode)?;
    Ok(())
}
