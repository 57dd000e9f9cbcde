//! Computes again what C++ computed: the lines that `tests/python/fixed_conformance.py` prints.

use hls4rs_fixed::{Family, Fixed, Format, I256};
use hls4rs_types::{RoundingMode, SaturationMode};
use serde_json::Value;

/// One operator on operands of the same types.
#[derive(Debug)]
pub(crate) struct Record {
    family: Family,
    op: String,
    a: Option<Format>,
    b: Option<Format>,
    r: Option<Format>,
    cases: Vec<[String; 3]>,
}

impl Record {
    /// The record of a line.
    pub(crate) fn parse(line: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let text = |name: &str| value[name].as_str().ok_or_else(|| format!("`{name}`: expected a text"));
        let family = match text("family")? {
            "ap" => Family::Ap,
            "ac" => Family::Ac,
            other => return Err(format!("`family`: expected `ap` or `ac`, found `{other}`")),
        };
        let ty = |name: &str| match text(name)? {
            "" => Ok(None),
            text => format(text, family).map(Some).ok_or_else(|| format!("`{name}`: no type: `{text}`")),
        };
        let case = |case: &Value| {
            let text = |index: usize| case[index].as_str().map(str::to_owned);
            Some([text(0)?, text(1)?, text(2)?])
        };
        let cases: Option<Vec<_>> =
            value["cases"].as_array().and_then(|cases| cases.iter().map(case).collect());
        Ok(Self {
            family,
            op: text("op")?.to_owned(),
            a: ty("a")?,
            b: ty("b")?,
            r: ty("r")?,
            cases: cases.ok_or("`cases`: expected a list of three texts each")?,
        })
    }

    /// Number of results.
    pub(crate) fn len(&self) -> usize {
        self.cases.len()
    }

    /// The operator.
    pub(crate) fn op(&self) -> &str {
        &self.op
    }

    /// What comes out otherwise: operator, types, operands, result of C++, result here.
    pub(crate) fn differences(&self) -> Vec<String> {
        let differ = |case: &&[String; 3]| !self.is_same(&self.compute(case), &case[2]);
        let shown = |case: &[String; 3]| {
            let [a, b, r] = case;
            let ty = |format: Option<Format>| {
                format.map_or_else(|| "number".to_owned(), |format| format.to_string())
            };
            let (ta, tb, tr) = (ty(self.a), ty(self.b), ty(self.r));
            format!(
                "{:?} {} {ta} {a}, {tb} {b}: expected {tr} {r}, found {}",
                self.family,
                self.op,
                self.compute(case)
            )
        };
        self.cases.iter().filter(differ).map(shown).collect()
    }

    /// The result as a text: of numbers their format and raw integer.
    fn compute(&self, [a, b, _]: &[String; 3]) -> String {
        let x = operand(self.a, a);
        let y = operand(self.b, b);
        let r = self.r.unwrap_or_else(|| Format::int(1));
        let number = match self.op.as_str() {
            "cast" => x.cast(r),
            "from_int" => x.cast(r),
            "from_f64" => Fixed::from_f64(f64::from_bits(u64_of(a)), r),
            "from_f32" => Fixed::from_f32(f32::from_bits(u64_of(a) as u32), r),
            "add" => x + y,
            "sub" => x - y,
            "mul" => x * y,
            // the format of the inverse division
            "div" if self.a.is_none() && self.family == Family::Ap => {
                (x / y).cast(y.format().quotient(x.format()))
            }
            "div" => x / y,
            "neg" => -x,
            "shl" => x.shift_left(i32_of(b)),
            "shr" => x.shift_right(i32_of(b)),
            "to_int" => return x.to_int().to_string(),
            "to_f64" => return format!("{:#018x}", x.to_f64().to_bits()),
            "to_f32" => return format!("{:#010x}", x.to_f32().to_bits()),
            "cmp" => {
                let by = x.compare(y);
                let bits =
                    [by.is_less, !by.is_greater, by.is_equal, !by.is_equal, !by.is_less, by.is_greater];
                let sum: u32 = bits.iter().enumerate().map(|(place, &bit)| u32::from(bit) << place).sum();
                return sum.to_string();
            }
            other => return format!("no operator: `{other}`"),
        };
        format!("{} {:#x}", number.format(), number.raw())
    }

    fn is_same(&self, found: &str, expected: &str) -> bool {
        match self.r {
            Some(r) => {
                let expected = Fixed::from_raw(raw(expected), r);
                found == format!("{r} {:#x}", expected.raw())
            }
            None => found == expected,
        }
    }
}

/// A raw integer of a type, or a C++ `int`.
fn operand(format: Option<Format>, text: &str) -> Fixed {
    match format {
        Some(format) if !text.is_empty() => Fixed::from_raw(raw(text), format),
        _ => Fixed::int(i32_of(text)),
    }
}

fn raw(text: &str) -> I256 {
    ethnum::U256::from_str_radix(text.trim_start_matches("0x"), 16).unwrap_or_default().as_i256()
}

fn u64_of(text: &str) -> u64 {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap_or_default()
}

fn i32_of(text: &str) -> i32 {
    text.parse().unwrap_or_default()
}

/// The type of a text like `ufixed<8,4,RND,SAT,0>` or `int<3>`.
fn format(text: &str, family: Family) -> Option<Format> {
    let (name, parameters) = text.strip_suffix('>')?.split_once('<')?;
    let mut parameters = parameters.split(',');
    let width = parameters.next()?.parse().ok()?;
    let signed = !name.starts_with('u');
    if name.ends_with("int") {
        let format = if signed { Format::int(width) } else { Format::uint(width) };
        return Some(format.with_family(family));
    }
    let format = Format::new(width, parameters.next()?.parse().ok()?, signed).with_family(family);
    let rounding = RoundingMode::from_name(parameters.next()?)?;
    let saturation = SaturationMode::from_name(parameters.next()?)?;
    let saturation_bits = parameters.next()?.parse().ok()?;
    Some(Format { saturation_bits, ..format.with_modes(rounding, saturation) })
}
