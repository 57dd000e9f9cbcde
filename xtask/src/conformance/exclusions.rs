//! What hls4ml can not do for reasons outside of the archive. An excluded case is tried all the same: the run fails if it passes.

use super::candidates::Candidate;
use super::select::Mode;

/// Layers of one class, what hls4ml can not do with them, and why.
struct Exclusion {
    class: &'static str,
    mode: Mode,
    reason: &'static str,
}

const EXCLUSIONS: &[Exclusion] = &[
    Exclusion {
        class: "hls4ml.model.layers.LIFNeuron",
        mode: Mode::Load,
        reason: "class of the development branch, not in hls4ml 1.3.0",
    },
    Exclusion {
        class: "test_extensions.HReverse",
        mode: Mode::Load,
        reason: "class of a user's module, which is not installed",
    },
    Exclusion {
        class: "test_extensions_pytorch.HReverseTorch",
        mode: Mode::Load,
        reason: "class of a user's module, which is not installed",
    },
    Exclusion { class: "hls4ml.model.layers.EinsumDense", mode: Mode::Predict, reason: TUPLE },
    Exclusion { class: "hls4ml.model.layers.Einsum", mode: Mode::Predict, reason: TUPLE },
];

/// hls4ml 1.3.0 itself saves none of these models.
const TUPLE: &str =
    "`transpose_config_gen` joins a shape with a tuple, and shapes that were loaded from JSON are lists";

/// Why hls4ml can not do this with the archive, if it can not.
pub(super) fn reason(candidate: &Candidate, mode: Mode) -> Option<&'static str> {
    let content = &candidate.content;
    // what hls4ml cannot do while it predicts, it did before where the C++ is there
    let concerns = |exclusion: &&Exclusion| {
        content.classes.iter().any(|class| class == exclusion.class)
            && (exclusion.mode == Mode::Load || !content.has_code)
    };
    EXCLUSIONS
        .iter()
        .filter(|exclusion| exclusion.mode == mode)
        .find(concerns)
        .map(|exclusion| exclusion.reason)
}
