//! Changes to inputs, the same on every machine and at any time.

/// What stands in the place of some bytes: extremes of integers and floats, and what other formats would mean by it.
const EXTREMES: &[&[u8]] = &[
    b"",
    b"0",
    b"-1",
    b"65536",
    b"2147483648",
    b"4294967296",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"18446744073709551615",
    b"1e999",
    b"NaN",
    b"-Infinity",
    b"null",
    b"[]",
    b"{}",
    b"\"",
    b"\\u0000",
    b"\n",
    b"\x1b",
    b"\0\0\0\0\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\xf4\x8f\xbf\xbd",
    "é".as_bytes(),
];

/// An endless sequence of changed inputs.
#[derive(Debug)]
pub struct Mutations<'a> {
    seeds: &'a [Vec<u8>],
    state: u64,
}

impl<'a> Mutations<'a> {
    /// Changes to these inputs.
    #[must_use]
    pub fn new(seeds: &'a [Vec<u8>]) -> Self {
        Self { seeds, state: 0x9e37_79b9_7f4a_7c15 }
    }

    /// The next number of Marsaglia's generator, below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 16).unwrap_or(0) % end.max(1)
    }

    fn seed(&mut self) -> &'a [u8] {
        let i = self.below(self.seeds.len());
        self.seeds.get(i).map(Vec::as_slice).unwrap_or_default()
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let start = self.below(bytes.len() + 1);
        let few = self.below(8).min(bytes.len() - start);
        match self.below(6) {
            0 => {
                let bit = self.below(8);
                bytes.get_mut(start).into_iter().for_each(|byte| *byte ^= 1 << bit);
            }
            1 => bytes.truncate(start),
            2 => {
                let other = self.seed();
                let from = self.below(other.len() + 1);
                bytes.truncate(start);
                bytes.extend_from_slice(other.get(from..).unwrap_or_default());
            }
            3 => drop(bytes.drain(start..start + few)),
            4 => {
                let again = bytes.get(start..start + few).unwrap_or_default().to_vec();
                bytes.splice(start..start, again);
            }
            _ => {
                let extreme = EXTREMES.get(self.below(EXTREMES.len())).copied().unwrap_or_default();
                bytes.splice(start..start + few, extreme.iter().copied());
            }
        }
    }
}

impl Iterator for Mutations<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut bytes = self.seed().to_vec();
        for _ in 0..=self.below(3) {
            self.change(&mut bytes);
        }
        Some(bytes)
    }
}
