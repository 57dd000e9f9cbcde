//! Generated code, parsed.

use std::sync::Arc;

use hls4rs_fixed::{Fixed, Format};

use super::ANY;
use crate::log::Log;

/// A function that da4ml generated: constants of types that are wide enough, one after the other.
///
/// **Source:** `hls_logic_and_bridge_gen` of `da4ml.codegen.hls`, da4ml 0.5 and 0.6; `FuseQuantizerIntoDALayers` of
/// `hls4ml.backends.vivado.passes.distributed_arithmetic`, which puts quantizers of inputs in front; `bit_shift` of
/// `nnet_function_stubs.h`.
#[derive(Debug)]
pub(crate) struct Program {
    pub(super) n_in: usize,
    pub(super) lines: Vec<(Format, Expression)>,
    pub(super) outputs: Vec<Expression>,
    pub(super) tables: Arc<Vec<Vec<Fixed>>>,
}

/// What a line assigns.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    Input(usize),
    /// What an earlier line assigned.
    Line(usize),
    Number(Fixed),
    Cast(Format, Box<Expression>),
    /// The same bits with another point.
    Shift(i32, Box<Expression>),
    Unary(Unary, Box<Expression>),
    Binary(Binary, Box<[Expression; 2]>),
    /// Condition, value if it holds, value if not.
    Select(Box<[Expression; 3]>),
    Bit(usize, u32),
    /// Table, and the line whose bits are the place in it.
    Lookup(usize, usize),
}

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unary {
    Negate,
    Invert,
}

/// An operator between its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Greater,
    Equal,
    NotEqual,
    And,
    Or,
    Xor,
}

impl Program {
    /// Number of inputs and of outputs.
    pub(crate) fn sizes(&self) -> [usize; 2] {
        [self.n_in, self.outputs.len()]
    }

    /// Computes the outputs; `values` is memory for what lines assign.
    pub(crate) fn run(&self, data: &[Fixed], values: &mut Vec<Fixed>, outputs: &mut [Fixed], log: &mut Log) {
        values.clear();
        for (format, expression) in &self.lines {
            let value = self.of(expression, data, values);
            log.too_wide |= value.is_too_wide();
            values.push(value.cast(*format));
        }
        for (output, expression) in outputs.iter_mut().zip(&self.outputs) {
            *output = self.of(expression, data, values);
            log.too_wide |= output.is_too_wide();
        }
    }

    fn of(&self, expression: &Expression, data: &[Fixed], values: &[Fixed]) -> Fixed {
        let of = |expression: &Expression| self.of(expression, data, values);
        let line = |line: usize| values.get(line).copied().unwrap_or(Fixed::zero(ANY));
        match expression {
            Expression::Input(input) => data[*input],
            Expression::Line(number) => line(*number),
            Expression::Number(number) => *number,
            Expression::Cast(format, value) => of(value).cast(*format),
            Expression::Shift(shift, value) => shifted(of(value), *shift),
            Expression::Unary(operator, value) => operator.of(of(value)),
            Expression::Binary(operator, operands) => {
                let [left, right] = &**operands;
                operator.of(of(left), of(right))
            }
            Expression::Select(parts) => {
                let [condition, yes, no] = &**parts;
                if of(condition).is_zero() { of(no) } else { of(yes) }
            }
            Expression::Bit(number, bit) => truth(line(*number).bit(*bit)),
            Expression::Lookup(table, number) => {
                let value = line(*number);
                let place = value.bits(0, value.format().width).raw().as_usize();
                self.tables
                    .get(*table)
                    .and_then(|table| table.get(place))
                    .copied()
                    .unwrap_or(Fixed::zero(ANY))
            }
        }
    }
}

/// The same bits with the point moved to the right.
pub(super) fn shifted(value: Fixed, shift: i32) -> Fixed {
    let format = value.format();
    let moved = format.integer.saturating_add(shift);
    value.reinterpret(Format::new(format.width, moved, format.signed))
}

/// A C++ `bool` as a number.
fn truth(is_true: bool) -> Fixed {
    Fixed::from_raw(i32::from(is_true), Format::uint(1))
}

impl Unary {
    fn of(self, value: Fixed) -> Fixed {
        match self {
            Self::Negate => -value,
            Self::Invert => Fixed::from_raw(!value.raw(), value.format()),
        }
    }
}

impl Binary {
    /// What C++ gives; operands of bitwise operators have the same type.
    fn of(self, left: Fixed, right: Fixed) -> Fixed {
        let bits = |raw| Fixed::from_raw(raw, left.format());
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Greater => truth(left > right),
            Self::Equal => truth(left == right),
            Self::NotEqual => truth(left != right),
            Self::And => bits(left.raw() & right.raw()),
            Self::Or => bits(left.raw() | right.raw()),
            Self::Xor => bits(left.raw() ^ right.raw()),
        }
    }
}
