//! Sums of shifted numbers, as distributed arithmetic has them: from generated code, or from the weights themselves.

mod expressions;
mod lexer;
mod matrix;
mod parser;
mod program;

use hls4rs_fixed::{Fixed, Format};

use crate::log::Log;

pub(crate) use matrix::Matrix;
pub(crate) use parser::{Code, ParseError};
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(code: &str, function: &str) -> Result<Program, ParseError> {
        Code::read(code)?.function(function)
    }

    /// The function `f` of the code.
    fn program(code: &str) -> Program {
        parse(code, "f").unwrap_or_else(|error| panic!("{error}"))
    }

    /// Code with these lines in a function of two inputs and as many outputs as are given.
    fn code(lines: &str, outputs: &[&str]) -> String {
        let outputs: String =
            outputs.iter().enumerate().map(|(j, value)| format!("model_out[{j}] = {value};\n")).collect();
        format!(
            "template <typename inp_t, typename out_t>\nvoid f(inp_t model_inp[2], out_t model_out[{}]) {{ // a -> b\n    #pragma \
             HLS INLINE\n{lines}\n{outputs}}}\n",
            outputs.matches("model_out").count()
        )
    }

    /// What the logic makes of two numbers of `fixed<16,6>`.
    fn values(logic: &Logic, inputs: [f64; 2]) -> Vec<f64> {
        let data = inputs.map(|input| Fixed::from_f64(input, Format::fixed(16, 6)));
        let mut outputs = vec![Fixed::zero(ANY); logic.sizes()[1]];
        let mut log = Log::default();
        logic.run(&data, &mut Vec::new(), &mut outputs, &mut log);
        assert!(!log.is_faulty());
        outputs.iter().map(Fixed::to_f64).collect()
    }

    fn outputs(lines: &str, of: &[&str], inputs: [f64; 2]) -> Vec<f64> {
        values(&Logic::Program(program(&code(lines, of))), inputs)
    }

    #[test]
    fn sums_and_shifts() {
        let lines = "ap_fixed<16,6> v0 = model_inp[0]; // 0.0\nap_fixed<16,6> v1 = model_inp[1]; // 1.0\n\
                     ap_fixed<20,9> v2 = v0 - bit_shift<2>(v1); // 2.0\n\
                     ap_fixed<21,10> v3 = v2 + ap_ufixed<3,3>(5.5); // 2.0\n\
                     ap_ufixed<4,2> v4 = v0 * v1;";
        let of = ["ap_fixed<20,9>(v2)", "0", "ap_fixed<22,11>(-bit_shift<-1>(v3))", "ap_ufixed<4,2>(v4)"];
        // 5.5 is not of three bits, and 3.375 is cut to two decimals
        assert_eq!(outputs(lines, &of, [1.5, 2.25]), [-7.5, 0.0, 1.25, 3.25]);
    }

    #[test]
    fn quantizers_of_inputs_round() {
        let lines = "ap_fixed<5, 3, AP_RND, AP_SAT> model_inp_q_0 = model_inp[0];\nap_ufixed<1, 0> model_inp_q_1 = 0;\n\
                     ap_fixed<5,3> v0 = model_inp_q_0; // 0.0\nap_ufixed<1,0> v1 = model_inp_q_1;";
        assert_eq!(outputs(lines, &["ap_fixed<5,3>(v0)", "v1"], [1.126, 3.0]), [1.25, 0.0]);
        assert_eq!(outputs(lines, &["ap_fixed<5,3>(v0)", "v1"], [31.0, 3.0]), [3.75, 0.0]);
    }

    #[test]
    fn choices_tables_and_bits() {
        let table = "static const ap_fixed<4,3> t_1[] = {0.0,1.5,-2.0,-0.5};\n";
        let lines = "ap_fixed<4,4> v0 = model_inp[0];\nap_ufixed<2,2> v1 = model_inp[1];\n\
                     ap_fixed<5,5> v2 = v0 > 0 ? ap_fixed<5,5>(v0) : ap_fixed<5,5>(0);\n\
                     ap_fixed<5,5> v3 = v0[3] ? ap_fixed<5,5>(v1) : ap_fixed<5,5>(-bit_shift<1>(v1));\n\
                     ap_fixed<4,3> v4 = t_1[v1.range()];\nap_ufixed<1,1> v5 = (v1 != 0);\n\
                     ap_ufixed<1,1> v6 = (v0 == ap_fixed<4,4>(-8.0));\nap_ufixed<2,2> v7 = ~v1;\n\
                     ap_fixed<4,4> v8 = ap_fixed<4,4>(v0) & ap_fixed<4,4>(v1);\n\
                     ap_fixed<4,4> v9 = ap_fixed<4,4>(v0) ^ ap_fixed<4,4>(-v1);\nap_fixed<3,1> v10 = -0.75;";
        let lines = table.to_owned() + lines;
        let code = table.to_owned() + &code(&lines, &["v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10"]);
        let logic = Logic::Program(program(&code));
        assert_eq!(values(&logic, [5.0, 2.0]), [5.0, -4.0, -2.0, 1.0, 0.0, 1.0, 0.0, -5.0, -0.75]);
        assert_eq!(values(&logic, [-8.0, 0.0]), [0.0, 0.0, 0.0, 0.0, 1.0, 3.0, 0.0, -8.0, -0.75]);
    }

    #[test]
    fn functions_are_found_by_name() {
        let two = code("", &["model_inp[1]"]) + &code("", &["model_inp[0]"]).replace("void f", "void g");
        let of = |name: &str| values(&Logic::Program(parse(&two, name).unwrap()), [1.0, 2.0]);
        assert_eq!((of("f"), of("g")), (vec![2.0], vec![1.0]));
        let error = parse(&two, "h").unwrap_err().to_string();
        assert_eq!(error, "`da_codegen`: expected the function `h`, found `none`");
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        let line = |line: &str| parse(&code(line, &["0"]), "f").unwrap_err().to_string();
        for (text, expected) in [
            ("ap_int<4> v0 = model_inp[0];", "expected `model_out`"),
            ("ap_fixed<300,4> v0 = model_inp[0];", "expected a type of `ap_fixed`"),
            ("ap_fixed<4,4> v0 = model_inp[2];", "expected an input"),
            ("ap_fixed<4,4> v0 = v1;", "expected a name that is known"),
            ("ap_fixed<4,4> v0 = v0;", "expected a name that is known"),
            ("ap_fixed<4,4> v0 = 1 + 2;", "expected an operand of another type"),
            ("ap_fixed<4,4> v0 = model_inp[0] & model_inp[1];", "expected an operand of another type"),
            ("ap_fixed<4,4> v0 = model_inp[0] / 2;", "expected `;`"),
            ("ap_fixed<4,4> v0 = bit_shift<99999999>(model_inp[0]);", "expected an integer"),
            ("ap_fixed<4,4> v0 = 0; ap_fixed<4,4> v0 = 0;", "expected a new name"),
            ("ap_fixed<4,4> v0 = 1e999;", "expected a number"),
            (
                "static const ap_fixed<4,4> t[] = {1}; static const ap_fixed<4,4> t[] = {2};",
                "expected a new name",
            ),
        ] {
            let error = line(text);
            assert!(error.starts_with(&format!("`da_codegen`: {expected}, found")), "{text}: {error}");
        }
        let deep = "(".repeat(40) + "0" + &")".repeat(40);
        assert!(line(&format!("ap_fixed<4,4> v0 = {deep};")).contains("expected fewer parentheses"));
        let long = "0 == 0 == ".repeat(20) + "0";
        assert!(line(&format!("ap_fixed<4,4> v0 = {long};")).contains("expected an operand of another type"));
        let long = "model_inp[0] + ".repeat(40) + "model_inp[1]";
        assert!(line(&format!("ap_fixed<4,4> v0 = {long};")).contains("expected fewer operands"));
        let short = "static const ap_fixed<4,3> t[] = {0.0};\n".to_owned()
            + &code("ap_ufixed<2,2> v0 = model_inp[0]; ap_fixed<4,3> v1 = t[v0.range()];", &["v1"]);
        assert!(parse(&short, "f").unwrap_err().to_string().contains("a number of at most 1 values"));
        let cut = code("", &["model_inp[0]", "model_inp[1]"]);
        for end in 0..cut.len() - 2 {
            assert!(parse(&cut[..end], "f").is_err(), "{end}");
        }
    }

    #[test]
    fn matrices_are_exact() {
        let input = Format::fixed(16, 6);
        let matrix = Matrix::new(&[0.1, -3.0, 0.0, 1024.0], &[0.25, 1e-3], input).unwrap();
        assert_eq!(matrix.sizes(), [2, 2]);
        let found = values(&Logic::Matrix(matrix), [1.5, -2.25]);
        assert_eq!(found, [0.25 + 1.5 * 0.1, 1e-3 + 1.5 * -3.0 - 2.25 * 1024.0]);
        assert!(Matrix::new(&[f64::INFINITY], &[0.0], input).is_none());
        assert!(Matrix::new(&[1e-200, 1e200], &[0.0], input).is_none());
        assert!(Matrix::new(&[1.0, 2.0, 3.0], &[0.0, 0.0], input).is_none());
        // inputs of whole numbers, and a bias with more decimals than the products
        let matrix = Matrix::new(&[2.0, 0.5], &[0.125], Format::fixed(16, 20)).unwrap();
        let data = [Fixed::from_f64(32.0, Format::fixed(16, 20)); 2];
        let mut outputs = [Fixed::zero(ANY)];
        matrix.run(&data, &mut outputs);
        assert_eq!(outputs[0].to_f64(), 80.125);
    }
}
