//! The expressions of generated C++.

use hls4rs_fixed::{Fixed, Format};

use super::lexer::Token;
use super::parser::{Name, ParseError, Parser};
use super::program::{Binary, Expression, Program, Unary};

/// Most parentheses and conditions within each other.
const MAX_DEPTH: usize = 32;
/// Most operands of an expression; da4ml prints three.
const MAX_OPERANDS: usize = 32;
/// Operators between operands, those that bind least first.
const LEVELS: &[&[(&str, Binary)]] = &[
    &[("|", Binary::Or)],
    &[("^", Binary::Xor)],
    &[("&", Binary::And)],
    &[("==", Binary::Equal), ("!=", Binary::NotEqual)],
    &[(">", Binary::Greater)],
    &[("+", Binary::Add), ("-", Binary::Subtract)],
    &[("*", Binary::Multiply)],
];

impl Program {
    /// The format of what an expression gives, where it is known without the data.
    fn format(&self, expression: &Expression) -> Option<Format> {
        match expression {
            Expression::Line(line) => self.lines.get(*line).map(|(format, _)| *format),
            Expression::Cast(format, _) => Some(*format),
            _ => None,
        }
    }
}

impl Parser<'_, '_> {
    /// An expression with at most [`MAX_OPERANDS`] operands.
    pub(super) fn statement(&mut self) -> Result<Expression, ParseError> {
        self.operands = 0;
        self.expression()
    }

    fn expression(&mut self) -> Result<Expression, ParseError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.error("fewer parentheses");
        }
        let condition = self.operators(LEVELS)?;
        let value = if self.takes(Token::Sign("?")) {
            let yes = self.expression()?;
            self.sign(":")?;
            let no = self.expression()?;
            Expression::Select(Box::new([condition, yes, no]))
        } else {
            condition
        };
        self.depth -= 1;
        Ok(value)
    }

    /// Operands and operators, of which the first level binds least.
    fn operators(&mut self, levels: &[&[(&str, Binary)]]) -> Result<Expression, ParseError> {
        let Some((level, rest)) = levels.split_first() else { return self.unary() };
        let mut left = self.operators(rest)?;
        while let Some((sign, operator)) =
            level.iter().find(|(sign, _)| self.peek() == Some(Token::Sign(sign)))
        {
            self.sign(sign)?;
            let at = self.at;
            let right = self.operators(rest)?;
            if !self.fits(*operator, &left, &right) {
                self.at = at;
                return self.error("an operand of another type");
            }
            left = Expression::Binary(*operator, Box::new([left, right]));
        }
        Ok(left)
    }

    /// Whether da4ml prints such operands.
    fn fits(&self, operator: Binary, left: &Expression, right: &Expression) -> bool {
        let is_number = |operand: &Expression| matches!(operand, Expression::Number(_));
        match operator {
            Binary::And | Binary::Or | Binary::Xor => {
                let formats = [left, right].map(|operand| self.program.format(operand));
                formats[0].is_some() && formats[0] == formats[1]
            }
            Binary::Greater | Binary::Equal | Binary::NotEqual => {
                let is_zero = matches!(right, Expression::Number(number) if number.is_zero());
                !is_number(left) && (!is_number(right) || is_zero)
            }
            Binary::Add | Binary::Subtract | Binary::Multiply => !is_number(left) && !is_number(right),
        }
    }

    fn unary(&mut self) -> Result<Expression, ParseError> {
        self.operands += 1;
        if self.operands > MAX_OPERANDS {
            return self.error("fewer operands");
        }
        if let (Some(Token::Sign("-")), Some(Token::Number(_))) = (self.peek(), self.peek_at(self.at + 1)) {
            return Ok(Expression::Number(exactly(self.number()?)));
        }
        let operator = match self.peek() {
            Some(Token::Sign("-")) => Unary::Negate,
            Some(Token::Sign("~")) => Unary::Invert,
            Some(Token::Number(_)) => return Ok(Expression::Number(exactly(self.number()?))),
            _ => return self.primary(),
        };
        self.at += 1;
        let operand = self.primary()?;
        Ok(Expression::Unary(operator, Box::new(operand)))
    }

    /// What is in parentheses.
    fn inner(&mut self) -> Result<Box<Expression>, ParseError> {
        self.sign("(")?;
        let inner = self.expression()?;
        self.sign(")")?;
        Ok(Box::new(inner))
    }

    fn primary(&mut self) -> Result<Expression, ParseError> {
        if self.peek() == Some(Token::Sign("(")) {
            return Ok(*self.inner()?);
        }
        if let Some(format) = self.ty()? {
            return Ok(Expression::Cast(format, self.inner()?));
        }
        if self.takes(Token::Word("bit_shift")) {
            self.sign("<")?;
            let shift = self.integer()?;
            self.sign(">")?;
            let shift = i32::try_from(shift).or_else(|_| self.error("an integer"))?;
            return Ok(Expression::Shift(shift, self.inner()?));
        }
        let at = self.at;
        let name = self.name()?;
        match self.meaning(name) {
            Some(Name::Line(line)) if self.peek() == Some(Token::Sign("[")) => {
                let bit = u32::try_from(self.bracketed()?).or_else(|_| self.error("a bit"))?;
                Ok(Expression::Bit(line, bit))
            }
            Some(Name::Line(line)) => Ok(Expression::Line(line)),
            Some(Name::Inputs) => {
                let input = self.bracketed()?;
                if input < self.program.n_in { Ok(Expression::Input(input)) } else { self.error("an input") }
            }
            Some(Name::Table(table)) => self.lookup(table),
            None => {
                self.at = at;
                self.error("a name that is known")
            }
        }
    }

    /// `[NAME.range()]`, for a name with no more values than the table has.
    fn lookup(&mut self, table: usize) -> Result<Expression, ParseError> {
        self.sign("[")?;
        let at = self.at;
        let name = self.name()?;
        let Some(Name::Line(line)) = self.meaning(name) else {
            return self.error("a name that is known");
        };
        let width = self.program.lines.get(line).map_or(0, |(format, _)| format.width);
        let len = self.program.tables.get(table).map_or(0, Vec::len);
        if 1usize.checked_shl(width).is_none_or(|values| values > len) {
            self.at = at;
            return self.error(&format!("a number of at most {len} values"));
        }
        for token in
            [Token::Sign("."), Token::Word("range"), Token::Sign("("), Token::Sign(")"), Token::Sign("]")]
        {
            if !self.takes(token) {
                return self.error("`.range()]`");
            }
        }
        Ok(Expression::Lookup(table, line))
    }
}

/// The number, of a format that is no wider than needed.
fn exactly(number: f64) -> Fixed {
    if number == 0.0 { Fixed::int(0) } else { Fixed::exactly(number) }
}
