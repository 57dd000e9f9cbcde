//! Sums of shifted numbers, as distributed arithmetic has them: from generated code, or from the weights themselves.

mod expressions;
mod lexer;
mod matrix;
mod parser;
mod program;

use hls4rs_fixed::{Fixed, Format};

use crate::log::Log;

pub(crate) use matrix::Matrix;
pub(crate) use parser::parse;
pub(crate) use program::Program;

/// What makes a vector of numbers from another one, without rounding but where it says so.
#[derive(Debug)]
pub(crate) enum Logic {
    /// Code that da4ml generated.
    Program(Program),
    /// Weights that code is going to be generated from.
    Matrix(Matrix),
}

impl Logic {
    /// Number of inputs and of outputs.
    pub(crate) fn sizes(&self) -> [usize; 2] {
        match self {
            Self::Program(program) => program.sizes(),
            Self::Matrix(matrix) => matrix.sizes(),
        }
    }

    /// Computes the outputs, which still have to be assigned to their type; `values` is memory to use.
    pub(crate) fn run(&self, data: &[Fixed], values: &mut Vec<Fixed>, outputs: &mut [Fixed], log: &mut Log) {
        match self {
            Self::Program(program) => program.run(data, values, outputs, log),
            Self::Matrix(matrix) => matrix.run(data, outputs),
        }
    }
}

/// The format of zero, for memory that is going to be overwritten.
pub(crate) const ANY: Format = Format::int(1);
