//! Functions without tables, which are the same for all backends.

use hls4rs_backend::{Family, Vendor};
use hls4rs_fixed::Fixed;

use super::{Function, Signature};
use crate::form::Map;
use crate::log::{Log, Slot};

/// The function, if it is one of those without tables.
pub(super) fn function(name: &str, signature: &Signature<'_>) -> Option<Box<dyn Function>> {
    let result = signature.result;
    let is_array = !signature.is_stream;
    Some(match name {
        "linear" => Box::new(Linear { result }),
        "relu" => Box::new(ThresholdedRelu { theta: Fixed::int(0), result }),
        "relu6" if is_array => Box::new(ReluMax { max: Fixed::int(6), result }),
        "relu1" if is_array => Box::new(ReluMax { max: Fixed::int(1), result }),
        "leaky_relu" => Box::new(LeakyRelu { alpha: signature.param?, result }),
        "thresholded_relu" => Box::new(ThresholdedRelu { theta: signature.param?, result }),
        "hard_sigmoid" => {
            let (slope, shift) = signature.line?;
            Box::new(HardSigmoid { slope, shift, result })
        }
        "hard_tanh" => {
            let (slope, shift) = signature.line?;
            Box::new(HardTanh { line: HardSigmoid { slope, shift, result } })
        }
        "binary_tanh" => Box::new(BinaryTanh::new(signature)),
        "ternary_tanh" => Box::new(TernaryTanh { doubles: is_array, result }),
        _ => return None,
    })
}

/// **Formula:** `y = x`.
#[derive(Debug)]
struct Linear {
    result: Slot,
}

impl Function for Linear {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        self.result.assign(x, log)
    }

    fn map(&self) -> Option<Map<'static>> {
        Some(Map::Cast(self.result.format))
    }
}

/// **Formula:** `y = x if x > theta else 0`. ReLU is the case of 0.
#[derive(Debug)]
struct ThresholdedRelu {
    theta: Fixed,
    result: Slot,
}

impl Function for ThresholdedRelu {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        self.result.assign(if x > self.theta { x } else { Fixed::int(0) }, log)
    }

    fn map(&self) -> Option<Map<'static>> {
        self.theta.is_zero().then_some(Map::Relu(self.result.format))
    }
}

/// **Formula:** `y = min(max(x, 0), max)`.
#[derive(Debug)]
struct ReluMax {
    max: Fixed,
    result: Slot,
}

impl Function for ReluMax {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let y = if x.is_negative() {
            Fixed::int(0)
        } else if x > self.max {
            self.max
        } else {
            x
        };
        self.result.assign(y, log)
    }
}

/// **Formula:** `y = x if x > 0 else alpha · x`.
///
/// **Precision:** the product is not rounded before it is assigned.
#[derive(Debug)]
struct LeakyRelu {
    alpha: Fixed,
    result: Slot,
}

impl Function for LeakyRelu {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let y = if x > Fixed::int(0) { x } else { self.alpha * x };
        self.result.assign(y, log)
    }
}

/// **Formula:** `y = min(max(slope · x + shift, 0), 1)`.
///
/// **Precision:** neither product nor sum is rounded before the result is assigned.
#[derive(Debug)]
struct HardSigmoid {
    slope: Fixed,
    shift: Fixed,
    result: Slot,
}

impl HardSigmoid {
    fn value(&self, x: Fixed) -> Fixed {
        let y = self.slope * x + self.shift;
        if y > Fixed::int(1) {
            Fixed::int(1).cast(y.format())
        } else if y.is_negative() {
            Fixed::zero(y.format())
        } else {
            y
        }
    }
}

impl Function for HardSigmoid {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        self.result.assign(self.value(x), log)
    }
}

/// **Formula:** `y = 2 · hard_sigmoid(x) − 1`.
#[derive(Debug)]
struct HardTanh {
    line: HardSigmoid,
}

impl Function for HardTanh {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let y = Fixed::int(2) * self.line.value(x) - Fixed::int(1);
        self.line.result.assign(y, log)
    }
}

/// **Formula:** `y = 1 if x ≥ 0 else −1`; on Quartus 0 gives −1, too.
///
/// Where the result has one bit, −1 is stored as 0. Quartus lacks that case, so that both values become 1 there.
#[derive(Debug)]
struct BinaryTanh {
    is_zero_positive: bool,
    negative: Fixed,
    result: Slot,
}

impl BinaryTanh {
    fn new(signature: &Signature<'_>) -> Self {
        let is_quartus = signature.vendor() == Vendor::Quartus;
        let is_binary = signature.result.format.is_binary() && !is_quartus;
        let negative = Fixed::int(if is_binary { 0 } else { -1 });
        Self { is_zero_positive: !is_quartus, negative, result: signature.result }
    }
}

impl Function for BinaryTanh {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let is_positive = !x.is_negative() && (self.is_zero_positive || !x.is_zero());
        self.result.assign(if is_positive { Fixed::int(1) } else { self.negative }, log)
    }
}

/// **Formula:** `y = 1 if 2x > 1, −1 if 2x ≤ −1, else 0`; for streams with `x` in place of `2x`, an oversight of hls4ml.
///
/// **Precision:** `2x` is assigned to the type of `x`.
#[derive(Debug)]
pub(super) struct TernaryTanh {
    doubles: bool,
    result: Slot,
}

impl Function for TernaryTanh {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let x = if self.doubles { (Fixed::int(2) * x).cast(x.format()) } else { x };
        let y = if x > Fixed::int(1) {
            1
        } else if x <= Fixed::int(-1) {
            -1
        } else {
            0
        };
        self.result.assign(Fixed::int(y), log)
    }
}

/// Whether the signature's types are both `ac_fixed`, which functions of `ac_math` ask for.
pub(super) fn is_ac_fixed(signature: &Signature<'_>) -> bool {
    signature.vendor().family() == Family::Ac && !signature.input.is_int && !signature.result.format.is_int
}
