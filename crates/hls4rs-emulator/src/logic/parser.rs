//! From generated C++ to a program: a parser for what da4ml prints, and nothing else.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use hls4rs_fixed::{Family, Fixed, Format, MAX_WIDTH};
use hls4rs_types::Precision;
use thiserror::Error;

use super::lexer::{Token, tokens};
use super::program::Program;

/// What is wrong with generated code.
#[derive(Debug, Error)]
#[error("`da_codegen`: expected {expected}, found `{found}`")]
pub(crate) struct ParseError {
    expected: String,
    found: String,
}

/// Generated code, in which functions are found by their names.
pub(crate) struct Code<'a> {
    text: &'a str,
    tokens: Vec<(Token<'a>, Range<usize>)>,
    /// What comes behind the name of each function.
    functions: HashMap<&'a str, usize>,
    tables: Arc<Vec<Vec<Fixed>>>,
    table_names: HashMap<&'a str, usize>,
}

/// Tables, and their numbers by name.
type Tables<'a> = (Vec<Vec<Fixed>>, HashMap<&'a str, usize>);

impl<'a> Code<'a> {
    /// Reads the tables of the code, and finds its functions.
    ///
    /// # Errors
    /// If a table is not as da4ml prints it.
    pub(crate) fn read(text: &'a str) -> Result<Self, ParseError> {
        let tokens = tokens(text);
        let mut code = Self {
            text,
            tokens,
            functions: HashMap::new(),
            tables: Arc::default(),
            table_names: HashMap::new(),
        };
        for (at, pair) in code.tokens.windows(2).enumerate() {
            if let [(Token::Word("void"), _), (Token::Word(name), _)] = pair {
                code.functions.entry(name).or_insert(at + 2);
            }
        }
        let (tables, names) = Parser::new(&code, 0).tables()?;
        code.tables = Arc::new(tables);
        code.table_names = names;
        Ok(code)
    }

    /// Reads a function.
    ///
    /// # Errors
    /// If there is no such function, or it holds something that da4ml does not print.
    pub(crate) fn function(&self, name: &str) -> Result<Program, ParseError> {
        let Some(at) = self.functions.get(name) else {
            return Err(ParseError { expected: format!("the function `{name}`"), found: "none".to_owned() });
        };
        let mut parser = Parser::new(self, *at);
        parser.function()?;
        Ok(parser.program)
    }
}

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name {
    Inputs,
    Line(usize),
    Table(usize),
}

pub(super) struct Parser<'c, 'a> {
    code: &'c Code<'a>,
    pub(super) at: usize,
    /// Operands of the expression that is read.
    pub(super) operands: usize,
    /// Parentheses and conditions around what is read.
    pub(super) depth: usize,
    names: HashMap<&'a str, Name>,
    pub(super) program: Program,
}

/// Most bits that a point is moved by, and most inputs, outputs and elements of a table.
const MAX_NUMBER: i64 = 1 << 20;

impl<'c, 'a> Parser<'c, 'a> {
    fn new(code: &'c Code<'a>, at: usize) -> Self {
        let tables = Arc::clone(&code.tables);
        let program = Program { n_in: 0, lines: Vec::new(), outputs: Vec::new(), tables };
        Self { code, at, operands: 0, depth: 0, names: HashMap::new(), program }
    }

    pub(super) fn error<T>(&self, expected: &str) -> Result<T, ParseError> {
        let begin = self.code.tokens.get(self.at).map_or(self.code.text.len(), |(_, place)| place.start);
        let rest = self.code.text.get(begin..).unwrap_or_default();
        let found: String = rest.chars().take_while(|next| *next != '\n').take(40).collect();
        Err(ParseError { expected: expected.to_owned(), found })
    }

    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.peek_at(self.at)
    }

    pub(super) fn peek_at(&self, at: usize) -> Option<Token<'a>> {
        self.code.tokens.get(at).map(|(token, _)| *token)
    }

    /// What a name stands for.
    pub(super) fn meaning(&self, name: &str) -> Option<Name> {
        let table = || self.code.table_names.get(name).map(|table| Name::Table(*table));
        self.names.get(name).copied().or_else(table)
    }

    /// Goes on if the next token is this one.
    pub(super) fn takes(&mut self, token: Token<'_>) -> bool {
        let is_there = self.peek() == Some(token);
        self.at += usize::from(is_there);
        is_there
    }

    pub(super) fn sign(&mut self, sign: &str) -> Result<(), ParseError> {
        if self.takes(Token::Sign(sign)) { Ok(()) } else { self.error(&format!("`{sign}`")) }
    }

    fn word(&mut self, word: &str) -> Result<(), ParseError> {
        if self.takes(Token::Word(word)) { Ok(()) } else { self.error(&format!("`{word}`")) }
    }

    pub(super) fn name(&mut self) -> Result<&'a str, ParseError> {
        let Some(Token::Word(name)) = self.peek() else { return self.error("a name") };
        self.at += 1;
        Ok(name)
    }

    /// An integer with or without sign.
    pub(super) fn integer(&mut self) -> Result<i64, ParseError> {
        let is_negative = self.takes(Token::Sign("-"));
        let number = match self.peek() {
            Some(Token::Number(digits)) => digits.parse::<i64>().ok(),
            _ => None,
        };
        let Some(number) = number.filter(|number| *number <= MAX_NUMBER) else {
            return self.error("an integer");
        };
        self.at += 1;
        Ok(if is_negative { -number } else { number })
    }

    fn size(&mut self) -> Result<usize, ParseError> {
        let at = self.at;
        let size = usize::try_from(self.integer()?);
        size.or_else(|_| {
            self.at = at;
            self.error("a number of elements")
        })
    }

    /// `[N]`.
    pub(super) fn bracketed(&mut self) -> Result<usize, ParseError> {
        self.sign("[")?;
        let size = self.size()?;
        self.sign("]")?;
        Ok(size)
    }

    /// A type, if one is next.
    pub(super) fn ty(&mut self) -> Result<Option<Format>, ParseError> {
        if !matches!(self.peek(), Some(Token::Word("ap_fixed" | "ap_ufixed"))) {
            return Ok(None);
        }
        let rest = &self.code.tokens[self.at..];
        let begin = rest[0].1.start;
        let Some(close) = rest.iter().position(|(token, _)| *token == Token::Sign(">")) else {
            return self.error("a type");
        };
        let text = self.code.text.get(begin..rest[close].1.end).unwrap_or_default();
        let precision = text.parse::<Precision>().ok();
        let format = precision.as_ref().and_then(Format::of).filter(|format| format.width <= MAX_WIDTH);
        let Some(format) = format else { return self.error("a type of `ap_fixed`") };
        self.at += close + 1;
        Ok(Some(format.with_family(Family::Ap)))
    }

    /// All tables of the code: `static const TYPE NAME[] = {…};`.
    fn tables(mut self) -> Result<Tables<'a>, ParseError> {
        let (mut tables, mut names) = (Vec::new(), HashMap::new());
        while let Some(token) = self.peek() {
            self.at += 1;
            if token != Token::Word("static") || !self.takes(Token::Word("const")) {
                continue;
            }
            let Some(format) = self.ty()? else { return self.error("a type") };
            let name = self.name()?;
            for sign in ["[", "]", "=", "{"] {
                self.sign(sign)?;
            }
            let mut table = Vec::new();
            while !self.takes(Token::Sign("}")) {
                if !table.is_empty() {
                    self.sign(",")?;
                }
                table.push(Fixed::exactly(self.number()?).cast(format));
            }
            self.sign(";")?;
            // every function has its own tables; da4ml calls them after what is in them
            match names.insert(name, tables.len()).and_then(|other| tables.get(other)) {
                Some(other) if *other != table => return Err(again(name)),
                _ => tables.push(table),
            }
        }
        Ok((tables, names))
    }

    /// Goes on behind a table, which [`Code::read`] has read.
    fn skip_table(&mut self) -> Result<(), ParseError> {
        while let Some(token) = self.peek() {
            self.at += 1;
            if token == Token::Sign(";") {
                return Ok(());
            }
        }
        self.error("`;`")
    }

    fn declare(&mut self, name: &'a str, what: Name) -> Result<(), ParseError> {
        if self.code.table_names.contains_key(name) || self.names.insert(name, what).is_some() {
            return Err(again(name));
        }
        Ok(())
    }

    /// A number with or without sign.
    pub(super) fn number(&mut self) -> Result<f64, ParseError> {
        let is_negative = self.takes(Token::Sign("-"));
        let number = match self.peek() {
            Some(Token::Number(digits)) => digits.parse::<f64>().ok().filter(|number| number.is_finite()),
            _ => None,
        };
        let Some(number) = number else { return self.error("a number") };
        self.at += 1;
        Ok(if is_negative { -number } else { number })
    }

    /// What comes behind the name of a function.
    fn function(&mut self) -> Result<(), ParseError> {
        self.sign("(")?;
        self.word("inp_t")?;
        self.word("model_inp")?;
        self.program.n_in = self.bracketed()?;
        self.sign(",")?;
        self.word("out_t")?;
        self.word("model_out")?;
        let n_out = self.bracketed()?;
        self.sign(")")?;
        self.sign("{")?;
        self.declare("model_inp", Name::Inputs)?;
        loop {
            if self.peek() == Some(Token::Word("static")) {
                self.skip_table()?;
                continue;
            }
            let Some(format) = self.ty()? else { break };
            let name = self.name()?;
            self.sign("=")?;
            let value = self.statement()?;
            self.sign(";")?;
            self.declare(name, Name::Line(self.program.lines.len()))?;
            self.program.lines.push((format, value));
        }
        for output in 0..n_out {
            self.word("model_out")?;
            let at = self.at;
            if self.bracketed()? != output {
                self.at = at;
                return self.error(&format!("`[{output}]`"));
            }
            self.sign("=")?;
            let value = self.statement()?;
            self.sign(";")?;
            self.program.outputs.push(value);
        }
        self.sign("}")
    }
}

/// The error of a name that is declared twice.
fn again(name: &str) -> ParseError {
    ParseError { expected: "a new name".to_owned(), found: name.to_owned() }
}
