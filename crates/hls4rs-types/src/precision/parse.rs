//! Precisions from text, in the notations of hls4ml, Vivado (`ap_`) and the AC datatypes (`ac_`).
//!
//! **Source:** `FPGABackend.convert_precision_string`, hls4ml 1.3.0, which reads by searching for substrings
//! and takes what follows the last argument it knows as noise. Here every character must mean something.
//!
//! One difference is on purpose: hls4ml prints an `ac_float` as `float<…>` and cannot read that back; it is read here.

use std::fmt;
use std::str::FromStr;

use super::{
    ExponentPrecision, FixedPrecision, FloatPrecision, IntegerPrecision, Precision, RoundingMode,
    SaturationMode, StandardFloatPrecision,
};

/// The widest number that is read: wider ones exist in no library, and are surely a mistake.
const MAX_WIDTH: u32 = 1 << 16;

/// Why a text is no precision, and at which character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsePrecisionError {
    text: String,
    offset: usize,
    expected: String,
    found: String,
}

impl ParsePrecisionError {
    /// The text that was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Byte offset of the offending character; the text's length if it ended too early.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The text with a caret below the offending character, for terminals.
    #[must_use]
    pub fn snippet(&self) -> String {
        let column = self.text[..self.offset].chars().count();
        format!("{}\n{:column$}^", printable(&self.text), "")
    }
}

impl fmt::Display for ParsePrecisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.text[..self.offset].chars().count() + 1;
        let (text, found) = (printable(&self.text), printable(&self.found));
        write!(f, "precision `{text}`, character {column}: expected {}, found ", self.expected)?;
        if found.is_empty() { f.write_str("the end") } else { write!(f, "`{found}`") }
    }
}

/// The text with a sign in the place of each control character, so that messages stay in their line.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

impl std::error::Error for ParsePrecisionError {}

/// The name of a mode in capitals, without blanks and without `AP_` or `AC_`.
pub(super) fn without_vendor_prefix(name: &str) -> String {
    let name = name.trim().to_ascii_uppercase();
    name.strip_prefix("AP_").or_else(|| name.strip_prefix("AC_")).unwrap_or(&name).to_owned()
}

impl FromStr for Precision {
    type Err = ParsePrecisionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Arguments::read(text)?.precision()
    }
}

/// One argument between the angle brackets, with its place in the text.
#[derive(Clone, Copy)]
struct Argument<'a> {
    text: &'a str,
    offset: usize,
}

/// A text taken apart: the name, then the arguments.
struct Arguments<'a> {
    text: &'a str,
    name: Argument<'a>,
    arguments: Vec<Argument<'a>>,
    has_brackets: bool,
    next: usize,
    end: usize,
}

impl<'a> Arguments<'a> {
    fn read(text: &'a str) -> Result<Self, ParsePrecisionError> {
        let fail = |offset, expected: &str| Err(error(text, offset, expected));
        let whole = trimmed(text, 0, text.len());
        let end = whole.offset + whole.text.len();
        let Some(open) = text.find('<') else {
            let name = whole;
            return match name.text.find(|c: char| !is_name(c)) {
                Some(at) => fail(name.offset + at, "`<` or the end"),
                None => Ok(Self { text, name, arguments: vec![], has_brackets: false, next: 0, end }),
            };
        };
        let name = trimmed(text, 0, open);
        if let Some(at) = name.text.find(|c: char| !is_name(c)) {
            return fail(name.offset + at, "a name of letters, digits and `_`");
        }
        let Some(close) = text.find('>') else { return fail(end, "`>`") };
        if close + 1 < end {
            let rest = trimmed(text, close + 1, end);
            return fail(rest.offset, "the end");
        }
        let mut arguments = Vec::new();
        let mut start = open + 1;
        for piece in text.get(open + 1..close).unwrap_or_default().split(',') {
            arguments.push(trimmed(text, start, start + piece.len()));
            start += piece.len() + 1;
        }
        Ok(Self { text, name, arguments, has_brackets: true, next: 0, end: close })
    }

    fn precision(mut self) -> Result<Precision, ParsePrecisionError> {
        let name = self.name.text.to_ascii_lowercase();
        let precision = match name.as_str() {
            "auto" => Precision::Unspecified,
            "float" | "ac_float" if self.has_brackets => self.ac_float()?,
            "float" => Precision::StandardFloat(StandardFloatPrecision::new(32, 8)),
            "double" => Precision::StandardFloat(StandardFloatPrecision::new(64, 11)),
            "half" => Precision::StandardFloat(StandardFloatPrecision::new(16, 5)),
            "bfloat16" => Precision::StandardFloat(StandardFloatPrecision::new(16, 8)),
            "std_float" | "ac_std_float" | "ap_float" => self.standard_float()?,
            "fixed" | "ap_fixed" => self.ap_fixed(true)?,
            "ufixed" | "ap_ufixed" => self.ap_fixed(false)?,
            "int" | "ap_int" => Precision::int(self.width()?),
            "uint" | "ap_uint" => Precision::uint(self.width()?),
            "ac_fixed" => self.ac_fixed()?,
            "ac_int" => self.ac_int()?,
            _ => {
                let expected = "a type such as `fixed<16,6>`, `uint<8>`, `float` or `auto`";
                return Err(error(self.text, self.name.offset, expected));
            }
        };
        self.finish()?;
        Ok(precision)
    }

    fn ap_fixed(&mut self, signed: bool) -> Result<Precision, ParsePrecisionError> {
        let (width, integer) = (self.width()?, self.integer("the number of integer bits")?);
        let mut precision = FixedPrecision::new(width, integer, signed);
        self.modes(&mut precision)?;
        if let Some(argument) = self.optional() {
            precision.saturation_bits = self.number(argument, "the number of saturation bits", 0)?;
        }
        Ok(Precision::Fixed(precision))
    }

    fn ac_fixed(&mut self) -> Result<Precision, ParsePrecisionError> {
        let (width, integer) = (self.width()?, self.integer("the number of integer bits")?);
        let mut precision = FixedPrecision::new(width, integer, true);
        if let Some(argument) = self.optional() {
            precision.signed = self.boolean(argument)?;
        }
        self.modes(&mut precision)?;
        Ok(Precision::Fixed(precision))
    }

    fn ac_int(&mut self) -> Result<Precision, ParsePrecisionError> {
        let width = self.width()?;
        let signed = match self.optional() {
            Some(argument) => self.boolean(argument)?,
            None => true,
        };
        Ok(Precision::Integer(IntegerPrecision { width, signed }))
    }

    fn ac_float(&mut self) -> Result<Precision, ParsePrecisionError> {
        let mantissa = self.width()?;
        let integer = self.integer("the number of integer bits")?;
        let argument = self.required("the number of exponent bits")?;
        let exponent = self.number(argument, "the number of exponent bits", 1)?;
        let rounding_mode = match self.optional() {
            Some(argument) => self.rounding(argument)?,
            None => RoundingMode::Trn,
        };
        let width = mantissa + exponent;
        Ok(Precision::Float(FloatPrecision { width, signed: true, integer, exponent, rounding_mode }))
    }

    fn standard_float(&mut self) -> Result<Precision, ParsePrecisionError> {
        let width = self.width()?;
        let argument = self.required("the number of exponent bits")?;
        let exponent = self.number(argument, "the number of exponent bits", 1)?;
        Ok(Precision::StandardFloat(StandardFloatPrecision {
            width,
            signed: true,
            exponent,
            use_cpp_type: false,
        }))
    }

    fn modes(&mut self, precision: &mut FixedPrecision) -> Result<(), ParsePrecisionError> {
        if let Some(argument) = self.optional() {
            precision.rounding_mode = self.rounding(argument)?;
        }
        if let Some(argument) = self.optional() {
            let expected = "a saturation mode (WRAP, SAT, SAT_ZERO, SAT_SYM)";
            precision.saturation_mode = SaturationMode::from_name(argument.text)
                .ok_or_else(|| error(self.text, argument.offset, expected))?;
        }
        Ok(())
    }

    fn rounding(&self, argument: Argument<'a>) -> Result<RoundingMode, ParsePrecisionError> {
        let expected = "a rounding mode (TRN, TRN_ZERO, RND, RND_ZERO, RND_INF, RND_MIN_INF, RND_CONV)";
        RoundingMode::from_name(argument.text).ok_or_else(|| error(self.text, argument.offset, expected))
    }

    fn width(&mut self) -> Result<u32, ParsePrecisionError> {
        let argument = self.required("`<` and the number of bits")?;
        self.number(argument, "a number of bits from 1 to 65536", 1)
    }

    fn integer(&mut self, expected: &str) -> Result<i32, ParsePrecisionError> {
        let argument = self.required(expected)?;
        let value: Option<i32> = argument.text.parse().ok();
        value
            .filter(|value| value.unsigned_abs() <= MAX_WIDTH)
            .ok_or_else(|| error(self.text, argument.offset, expected))
    }

    fn number(&self, argument: Argument<'a>, expected: &str, least: u32) -> Result<u32, ParsePrecisionError> {
        let value: Option<u32> = argument.text.parse().ok();
        value
            .filter(|value| (least..=MAX_WIDTH).contains(value))
            .ok_or_else(|| error(self.text, argument.offset, expected))
    }

    fn boolean(&self, argument: Argument<'a>) -> Result<bool, ParsePrecisionError> {
        match argument.text.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(error(self.text, argument.offset, "`true` (signed) or `false` (unsigned)")),
        }
    }

    fn required(&mut self, expected: &str) -> Result<Argument<'a>, ParsePrecisionError> {
        self.optional().ok_or_else(|| error(self.text, self.end, expected))
    }

    fn optional(&mut self) -> Option<Argument<'a>> {
        let argument = self.arguments.get(self.next).copied();
        self.next += 1;
        argument
    }

    fn finish(mut self) -> Result<(), ParsePrecisionError> {
        match self.optional() {
            Some(argument) => Err(error(self.text, argument.offset, "`>`: no further argument")),
            None if self.has_brackets && self.arguments.is_empty() => {
                Err(error(self.text, self.end, "no `<>`"))
            }
            None => Ok(()),
        }
    }
}

impl FromStr for FixedPrecision {
    type Err = ParsePrecisionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse()? {
            Precision::Fixed(precision) => Ok(precision),
            _ => Err(error(text, 0, "a fixed-point type such as `fixed<16,6>`")),
        }
    }
}

impl From<FixedPrecision> for Precision {
    fn from(precision: FixedPrecision) -> Self {
        Self::Fixed(precision)
    }
}

impl From<IntegerPrecision> for Precision {
    fn from(precision: IntegerPrecision) -> Self {
        Self::Integer(precision)
    }
}

impl From<ExponentPrecision> for Precision {
    fn from(precision: ExponentPrecision) -> Self {
        Self::Exponent(precision)
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn trimmed(text: &str, start: usize, end: usize) -> Argument<'_> {
    let piece = text.get(start..end).unwrap_or_default();
    let text = piece.trim();
    Argument { text, offset: start + (piece.len() - piece.trim_start().len()).min(piece.len()) }
}

fn error(text: &str, offset: usize, expected: &str) -> ParsePrecisionError {
    let rest = text.get(offset..).unwrap_or_default();
    let found = match rest.split([',', '>', '<']).next().map(str::trim) {
        Some("") | None => rest.chars().next().map(String::from).unwrap_or_default(),
        Some(word) => word.to_owned(),
    };
    ParsePrecisionError { text: text.to_owned(), offset, expected: expected.to_owned(), found }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Precision {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn reads_every_notation() {
        let conv = FixedPrecision::new(16, 6, true)
            .with_rounding_mode(RoundingMode::RndConv)
            .with_saturation_mode(SaturationMode::Sat);
        assert_eq!(parse("fixed<16,6,RND_CONV,SAT,0>"), conv.into());
        assert_eq!(parse(" ap_fixed< 16, 6, AP_RND_CONV, AP_SAT > "), conv.into());
        assert_eq!(parse("ac_fixed<16,6,true,AC_RND_CONV,AC_SAT>"), conv.into());
        assert_eq!(parse("ap_ufixed<8,-2>"), Precision::ufixed(8, -2));
        assert_eq!(parse("ac_fixed<8,9,false>"), Precision::ufixed(8, 9));
        assert_eq!(parse("uint<1>"), Precision::uint(1));
        assert_eq!(parse("ac_int<7,false>"), Precision::uint(7));
        assert_eq!(parse("ac_int<7>"), Precision::int(7));
        assert_eq!(parse("bfloat16"), Precision::StandardFloat(StandardFloatPrecision::new(16, 8)));
        assert_eq!(parse("std_float<20,6>").to_string(), "std_float<20,6>");
        assert_eq!(parse("ac_float<25,2,8,AC_RND>").to_string(), "float<25,2,8,RND>");
        assert_eq!(parse("Auto"), Precision::Unspecified);
    }

    #[test]
    fn points_at_the_offending_character() {
        let place = |text: &str| text.parse::<Precision>().unwrap_err().offset();
        assert_eq!(place("fixed<16,6,RND_CON>"), 11);
        assert_eq!(place("fixed<16,6"), 10);
        assert_eq!(place("fixed<16>"), 8);
        assert_eq!(place("fixed"), 5);
        assert_eq!(place("fixed<0,6>"), 6);
        assert_eq!(place("fixed<16,6,TRN,WRAP,0,1>"), 22);
        assert_eq!(place("fixed<16,6> x"), 12);
        assert_eq!(place("fxied<16,6>"), 0);
        assert_eq!(place("int<8,9>"), 6);
        assert_eq!(place("double<1>"), 7);
        assert_eq!(place(""), 0);
        assert_eq!(place("ä<1>"), 0);
    }

    #[test]
    fn error_reads_as_one_sentence() {
        let error = "fixed<16,six>".parse::<Precision>().unwrap_err();
        let text =
            "precision `fixed<16,six>`, character 10: expected the number of integer bits, found `six`";
        assert_eq!(error.to_string(), text);
        assert_eq!(error.snippet(), "fixed<16,six>\n         ^");
    }

    fn fixed() -> impl Strategy<Value = FixedPrecision> {
        let modes = (0..7usize, 0..4usize, 0..3u32);
        (1..200u32, -40..200i32, any::<bool>(), modes).prop_map(|(width, integer, signed, (r, s, bits))| {
            FixedPrecision {
                width,
                signed,
                integer,
                rounding_mode: RoundingMode::ALL[r],
                saturation_mode: SaturationMode::ALL[s],
                saturation_bits: bits,
            }
        })
    }

    proptest! {
        #[test]
        fn printed_fixed_point_is_read_back(precision in fixed()) {
            prop_assert_eq!(precision.to_string().parse::<Precision>(), Ok(precision.into()));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,24}") {
            let _ = text.parse::<Precision>().map_err(|error| error.snippet());
        }

        #[test]
        fn text_that_nearly_is_a_precision(text in "(ap_|ac_|u)?(fixed|int|float)<[0-9a-z,<> -]{0,12}>?") {
            if let Ok(precision) = text.parse::<Precision>() {
                prop_assert_eq!(precision.to_string().parse::<Precision>(), Ok(precision));
            }
        }
    }
}
