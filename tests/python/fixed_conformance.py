"""Compute with ap_fixed, ap_int, ac_fixed and ac_int in C++, and print what comes out.

    fixed_conformance.py [--family ap|quartus|catapult] [--seed 1] [--types 24] [--pairs 40] [--values 24]
                         [--units 1] [--jobs 1] [TEMPLATES]

TEMPLATES is the folder `templates` of hls4ml; without it, that of the hls4ml that this Python can import. The headers
that hls4ml bundles are compiled with g++ as its `build_lib.sh` files do it. One translation unit has random types,
and random pairs of them with which operators are tried on random raw integers.

One line of JSON is printed per operator and types, with operands and results:

    {"family": "ap", "op": "add", "a": "fixed<8,4,TRN,WRAP,0>", "b": "uint<3>", "r": "fixed<9,5,TRN,WRAP,0>",
     "cases": [["0x9c", "0x3", "0x19f"], ...]}

Raw integers are the bits in hexadecimal, extended with the sign to whole words. Numbers of C++ are decimal (`int`)
or the bits of the floating-point number in hexadecimal. What C++ does not define is not tried; `is_defined` has the reasons.
"""

import argparse
import concurrent.futures
import importlib.util
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass

ROUNDING = ['TRN', 'TRN_ZERO', 'RND', 'RND_ZERO', 'RND_INF', 'RND_MIN_INF', 'RND_CONV']
SATURATION = ['WRAP', 'SAT', 'SAT_ZERO', 'SAT_SYM']
WIDTHS = [1, 2, 3, 8, 16, 31, 32, 33, 63, 64, 65, 96, 127, 128, 129]

# Formats wider than this are marked by hls4rs, and not computed with.
MAX_WIDTH = 255

# Families, the folders with their headers, and the headers.
FAMILIES = {
    'ap': (['vivado/ap_types'], ['ap_fixed.h', 'ap_int.h']),
    'quartus': (['quartus/ac_types'], ['ac_fixed.h', 'ac_int.h']),
    'catapult': (['catapult/ac_types/include'], ['ac_fixed.h', 'ac_int.h']),
}

PROLOGUE = r"""
#include <cstdio>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>
HEADERS

using std::string;
static const char *const FAMILY_NAME = "FAMILY";
static const char *rounding[] = {ROUNDING_NAMES};
static const char *saturation[] = {SATURATION_NAMES};

static string fixed_name(int w, int i, bool s, const char *q, const char *o, int n) {
  char text[128];
  snprintf(text, sizeof text, "%sfixed<%d,%d,%s,%s,%d>", s ? "" : "u", w, i, q, o, n);
  return text;
}
static string int_name(int w, bool s) { return (s ? "int<" : "uint<") + std::to_string(w) + ">"; }

ADAPTER

static string hex(const std::vector<uint32_t> &words) {
  string text = "0x";
  for (size_t i = words.size(); i-- > 0;) {
    char part[9];
    snprintf(part, sizeof part, "%08x", words[i]);
    text += part;
  }
  return text;
}
template <class T> __attribute__((noinline)) string raw(const T &x) { return hex(words_of(x)); }
static string f64(double x) { uint64_t u; memcpy(&u, &x, 8); char t[32]; snprintf(t, 32, "0x%016llx", (unsigned long long)u); return t; }
static string f32(float x) { uint32_t u; memcpy(&u, &x, 4); char t[32]; snprintf(t, 32, "0x%08x", u); return t; }
static double as_f64(uint64_t u) { double x; memcpy(&x, &u, 8); return x; }
static float as_f32(uint32_t u) { float x; memcpy(&x, &u, 4); return x; }

// A value of the type of an expression, which is not evaluated.
#define TYPE_OF(EXPRESSION) typename std::decay<decltype(EXPRESSION)>::type()

struct Case { string a, b, r; };
typedef std::vector<Case> Cases;
static __attribute__((noinline)) void push(Cases &cases, const string &a, const string &b, const string &r) { cases.push_back({a, b, r}); }
static __attribute__((noinline)) void emit(const char *op, const string &a, const string &b, const string &r, const std::vector<Case> &cases) {
  printf("{\"family\":\"%s\",\"op\":\"%s\",\"a\":\"%s\",\"b\":\"%s\",\"r\":\"%s\",\"cases\":[", FAMILY_NAME, op, a.c_str(), b.c_str(), r.c_str());
  for (size_t i = 0; i < cases.size(); i++)
    printf("%s[\"%s\",\"%s\",\"%s\"]", i ? "," : "", cases[i].a.c_str(), cases[i].b.c_str(), cases[i].r.c_str());
  printf("]}\n");
}
template <class T, size_t N> std::vector<T> list(const T (&numbers)[N]) { return std::vector<T>(numbers, numbers + N); }
template <class T> std::vector<T> parse(const uint32_t *words, int count) {
  std::vector<T> values(count);
  for (T &value : values) { set_words(value, words); words += (T::width + 31) / 32; }
  return values;
}

template <class A, class B> void cast_all(const std::vector<A> &xs) {
  std::vector<Case> cases;
  for (const A &x : xs) { B y = convert<B>(x); push(cases, raw(x), "", raw(y)); }
  emit("cast", name_of(xs[0]), "", name_of(B()), cases);
}
template <class B> void from_f64(const std::vector<uint64_t> &xs) {
  std::vector<Case> cases;
  for (uint64_t u : xs) { double d = as_f64(u); B y(d); push(cases, f64(d), "", raw(y)); }
  emit("from_f64", "", "", name_of(B()), cases);
}
template <class B> void from_f32(const std::vector<uint32_t> &xs) {
  std::vector<Case> cases;
  for (uint32_t u : xs) { float d = as_f32(u); B y(d); push(cases, f32(d), "", raw(y)); }
  emit("from_f32", "", "", name_of(B()), cases);
}
template <class B> void from_int(const std::vector<int> &xs) {
  std::vector<Case> cases;
  for (int x : xs) { B y(x); push(cases, std::to_string(x), "", raw(y)); }
  emit("from_int", "", "", name_of(B()), cases);
}
template <class A> void to_float(const std::vector<A> &xs) {
  std::vector<Case> doubles, floats;
  for (const A &x : xs) {
    push(doubles, raw(x), "", f64(as_double(x)));
    push(floats, raw(x), "", f32(as_float(x)));
  }
  emit("to_f64", name_of(xs[0]), "", "", doubles);
  emit("to_f32", name_of(xs[0]), "", "", floats);
}
template <class A> void to_int(const std::vector<A> &xs) {
  std::vector<Case> cases;
  for (const A &x : xs) push(cases, raw(x), "", std::to_string(x.to_int()));
  emit("to_int", name_of(xs[0]), "", "", cases);
}
template <class A> void neg(const std::vector<A> &xs) {
  std::vector<Case> cases;
  for (const A &x : xs) { auto y = -x; push(cases, raw(x), "", raw(y)); }
  emit("neg", name_of(xs[0]), "", name_of(TYPE_OF(-xs[0])), cases);
}
template <class A> void shift(const std::vector<A> &xs, const std::vector<int> &by) {
  std::vector<Case> left, right;
  for (size_t i = 0; i < xs.size(); i++) for (size_t k = i % 3; k < by.size(); k += 3) {
    const A &x = xs[i]; int n = by[k];
    auto l = x << n; push(left, raw(x), std::to_string(n), raw(l));
    auto r = x >> n; push(right, raw(x), std::to_string(n), raw(r));
  }
  emit("shl", name_of(xs[0]), "", name_of(TYPE_OF(xs[0] << 1)), left);
  emit("shr", name_of(xs[0]), "", name_of(TYPE_OF(xs[0] >> 1)), right);
}
template <class A, class B> void compare(const std::vector<A> &xs, const std::vector<B> &ys) {
  std::vector<Case> cases;
  for (size_t i = 0; i < xs.size(); i++) for (size_t k = 0; k < 2; k++) {
    const A &x = xs[i]; const B &y = ys[(i * (1 + 4 * k) + k) % ys.size()];
    int bits = (x < y) | (x <= y) << 1 | (x == y) << 2 | (x != y) << 3 | (x >= y) << 4 | (x > y) << 5;
    push(cases, raw(x), raw(y), std::to_string(bits));
  }
  emit("cmp", name_of(xs[0]), name_of(ys[0]), "", cases);
}
#define BINARY(NAME, SYMBOL, CONDITION)                                                     \
  template <class A, class B> void NAME(const std::vector<A> &xs, const std::vector<B> &ys) { \
    std::vector<Case> cases;                                                                \
    for (size_t i = 0; i < xs.size(); i++) for (size_t k = 0; k < 2; k++) {                 \
      const A &x = xs[i]; const B &y = ys[(i * (1 + 4 * k) + k) % ys.size()];               \
      if (!(CONDITION)) continue;                                                           \
      auto r = x SYMBOL y;                                                                  \
      push(cases, raw(x), raw(y), raw(r));                                            \
    }                                                                                       \
    emit(#NAME, name_of(xs[0]), name_of(ys[0]), name_of(TYPE_OF(xs[0] SYMBOL ys[0])), cases);        \
  }                                                                                         \
  template <class A> void NAME##_int(const std::vector<A> &xs, const std::vector<int> &ys) { \
    std::vector<Case> cases;                                                                \
    for (size_t i = 0; i < xs.size(); i++) {                                                \
      const A &x = xs[i]; int y = ys[i % ys.size()];                                        \
      if (!(CONDITION)) continue;                                                           \
      auto r = x SYMBOL y;                                                                  \
      push(cases, raw(x), std::to_string(y), raw(r));                                 \
    }                                                                                       \
    emit(#NAME, name_of(xs[0]), "", name_of(TYPE_OF(xs[0] SYMBOL ys[0])), cases);                    \
  }                                                                                         \
  template <class A> void int_##NAME(const std::vector<A> &xs, const std::vector<int> &ys) { \
    std::vector<Case> cases;                                                                \
    for (size_t i = 0; i < xs.size(); i++) {                                                \
      const A &y = xs[i]; int x = ys[i % ys.size()];                                        \
      if (!(CONDITION)) continue;                                                           \
      auto r = x SYMBOL y;                                                                  \
      push(cases, std::to_string(x), raw(y), raw(r));                                 \
    }                                                                                       \
    emit(#NAME, "", name_of(xs[0]), name_of(TYPE_OF(ys[0] SYMBOL xs[0])), cases);                    \
  }
BINARY(add, +, true)
BINARY(sub, -, true)
BINARY(mul, *, true)
BINARY(div, /, is_not_zero(y))
"""

AP_ADAPTER = r"""
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
string name_of(const ap_fixed_base<W, I, S, Q, O, N> &) {
  const char *q[] = {"RND", "RND_ZERO", "RND_MIN_INF", "RND_INF", "RND_CONV", "TRN", "TRN_ZERO"};
  const char *o[] = {"SAT", "SAT_ZERO", "SAT_SYM", "WRAP", "WRAP_SM"};
  static_assert(AP_RND == 0 && AP_TRN_ZERO == 6 && AP_SAT == 0 && AP_WRAP == 3, "order of the modes");
  return fixed_name(W, I, S, q[Q], o[O], N);
}
template <int W, bool S> string name_of(const ap_int_base<W, S> &) { return int_name(W, S); }
template <class T> std::vector<uint32_t> words(const T &x, int width, bool is_signed) {
  std::vector<uint32_t> result;
  bool sign = is_signed && x[width - 1];
  for (int low = 0; low < width || low == 0; low += 32) {
    uint32_t word = 0;
    for (int i = 0; i < 32; i++) word |= uint32_t(low + i < width ? bool(x[low + i]) : sign) << i;
    result.push_back(word);
  }
  return result;
}
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
std::vector<uint32_t> words_of(const ap_fixed_base<W, I, S, Q, O, N> &x) { return words(x, W, S); }
template <int W, bool S> std::vector<uint32_t> words_of(const ap_int_base<W, S> &x) { return words(x, W, S); }
template <class T> void set_words(T &x, const uint32_t *words) {
  for (int i = 0; i < T::width; i++) x[i] = words[i / 32] >> i % 32 & 1;
}
template <class B, class A> B convert(const A &x) { return B(x); }
template <class A> double as_double(const A &x) { return double(x); }
template <class A> float as_float(const A &x) { return float(x); }
template <class A> bool is_not_zero(const A &x) { return x != 0; }
"""

AC_ADAPTER = r"""
template <int W, int I, bool S, ac_q_mode Q, ac_o_mode O> string name_of(const ac_fixed<W, I, S, Q, O> &) {
  const char *q[] = {"TRN", "RND", "TRN_ZERO", "RND_ZERO", "RND_INF", "RND_MIN_INF", "RND_CONV"};
  const char *o[] = {"WRAP", "SAT", "SAT_ZERO", "SAT_SYM"};
  static_assert(AC_TRN == 0 && AC_RND_CONV == 6 && AC_WRAP == 0 && AC_SAT_SYM == 3, "order of the modes");
  return fixed_name(W, I, S, q[Q], o[O], 0);
}
template <int W, bool S> string name_of(const ac_int<W, S> &) { return int_name(W, S); }
template <class T> std::vector<uint32_t> words_of(const T &x) {
  std::vector<uint32_t> result;
  for (int low = 0; low < T::width; low += 32) result.push_back(uint32_t(x.template slc<32>(low).to_int()));
  return result;
}
template <class T> void set_words(T &x, const uint32_t *words) {
  ac_int<T::width, false> bits = 0;
  for (int low = (T::width - 1) / 32 * 32; low >= 0; low -= 32) {
    bits = bits << 32;
    ac_int<T::width, false> word = ac_int<32, false>((unsigned)words[low / 32]);
    bits = bits | word;
  }
  x.set_slc(0, bits);
}
template <class B> struct Convert {
  template <class A> static B from(const A &x) { return B(x); }
};
template <int W, bool S> struct Convert<ac_int<W, S>> {
  template <int W2, bool S2> static ac_int<W, S> from(const ac_int<W2, S2> &x) { return x; }
  template <int W2, int I2, bool S2, ac_q_mode Q2, ac_o_mode O2>
  static ac_int<W, S> from(const ac_fixed<W2, I2, S2, Q2, O2> &x) { return x.to_ac_int(); }
};
template <class B, class A> B convert(const A &x) { return Convert<B>::from(x); }
template <class A> double as_double(const A &x) { return x.to_double(); }
template <class A> float as_float(const A &x) { return x.to_double(); }
template <class A> bool is_not_zero(const A &x) { return !!x; }
static bool is_not_zero(int x) { return x != 0; }
"""


@dataclass(frozen=True)
class Type:
    """A type of C++; of integer types `integer` is the width."""

    width: int
    integer: int
    signed: bool
    is_int: bool = False
    rounding: str = 'TRN'
    saturation: str = 'WRAP'
    saturation_bits: int = 0

    @property
    def fractional(self):
        return self.width - self.integer

    def cpp(self, family):
        u = '' if self.signed else 'u'
        if family == 'ap':
            if self.is_int:
                return f'ap_{u}int<{self.width}>'
            return (
                f'ap_{u}fixed<{self.width}, {self.integer}, AP_{self.rounding}, AP_{self.saturation}, {self.saturation_bits}>'
            )
        signed = str(self.signed).lower()
        if self.is_int:
            return f'ac_int<{self.width}, {signed}>'
        return f'ac_fixed<{self.width}, {self.integer}, {signed}, AC_{self.rounding}, AC_{self.saturation}>'


INT = Type(32, 32, True, True)


def random_type(rng, family):
    kind = rng.random()
    if kind < 0.3:
        width = rng.randint(1, 8)
    elif kind < 0.65:
        width = rng.randint(2, 34)
    elif kind < 0.8:
        width = rng.choice(WIDTHS)
    elif kind < 0.93:
        width = rng.randint(30, 72)
    else:
        width = rng.randint(60, 140)
    signed = rng.random() < 0.65
    if rng.random() < 0.25:
        return Type(width, width, signed, True)
    kind = rng.random()
    if kind < 0.55:
        integer = rng.randint(0, width)
    elif kind < 0.8:
        integer = rng.randint(-6, width + 6)
    else:
        integer = rng.randint(-20, width + 20)
    rounding = rng.choice(ROUNDING)
    saturation = rng.choice(SATURATION)
    bits = 0
    if family == 'ap' and saturation == 'WRAP' and rng.random() < 0.5:
        # More saturated bits than bits are out of range.
        bits = rng.randint(1, min(width, 5))
    return Type(width, integer, signed, False, rounding, saturation, bits)


def random_raws(rng, type_, count):
    """Raw integers as unsigned numbers of `width` bits."""
    width = type_.width
    mask = (1 << width) - 1
    least = 1 << (width - 1)
    raws = [0, 1, mask, least, least - 1, least + 1, mask - 1, 2]
    raws += [1 << rng.randrange(width) for _ in range(3)]
    raws += [-(1 << rng.randrange(width)) for _ in range(3)]
    while len(raws) < count:
        raw = rng.getrandbits(width)
        if rng.random() < 0.5:
            # small magnitudes
            raw >>= rng.randrange(width)
            raw = -raw if rng.random() < 0.5 else raw
        if rng.random() < 0.4:
            # ties and whole numbers
            zeros = rng.randrange(width)
            raw = raw >> zeros << zeros
            if rng.random() < 0.5 and zeros:
                raw |= 1 << (zeros - 1)
        raws.append(raw)
    raws = [raw & mask for raw in raws]
    if type_.saturation == 'SAT_SYM' and type_.signed:
        # The least raw integer is no value of such a type. What is assigned from it differs between ap and ac.
        raws = [raw for raw in raws if raw != least]
    return raws[:count] or [0]


def random_doubles(rng, type_, count, is_f32, family):
    """Floating-point numbers around the grid and the range of the type."""
    step = 2.0**-type_.fractional
    numbers = [0.0, -0.0, 0.25, -0.25, 0.5, -0.5, -0.3, 0.75, -0.75, 1.0, -1.0, 1.5, -1.5, -0.999, 1e-5, -1e-5, 1e9, -1e9]
    while len(numbers) < count:
        kind = rng.random()
        if kind < 0.5:
            raw = rng.getrandbits(min(type_.width + 2, 60)) - (1 << min(type_.width + 1, 59))
            raw >>= rng.randrange(max(1, min(type_.width, 50)))
            number = (raw + rng.choice([0, 0.25, 0.5, 0.75, rng.random()])) * step
        elif kind < 0.8:
            number = (rng.choice([-1, 1]) * 2.0 ** (type_.integer - type_.signed)) + rng.choice([-2, -1.5, -1, -0.5, 0.5, 0, 1, 1.5]) * step
        elif kind < 0.9:
            number = rng.uniform(-4, 4)
        else:
            number = rng.uniform(-1, 1) * 2.0 ** rng.randint(-60, 60)
        numbers.append(number)
    if is_f32:
        numbers = [struct.unpack('f', struct.pack('f', number))[0] for number in numbers if abs(number) < 2.0**127]
    if family == 'ap' and not (is_f32 and type_.is_int):
        # ac reads digits of infinite numbers, which is not defined. ap_int takes those of `float` as 2^128.
        numbers += [float('inf'), float('-inf'), float('nan')]
    pack = ('f', 'I', 'u') if is_f32 else ('d', 'Q', 'ull')
    return [str(struct.unpack(pack[1], struct.pack(pack[0], number))[0]) + pack[2] for number in numbers]


def random_ints(rng, count):
    numbers = [0, 1, -1, 2, -2, 2**31 - 1, -(2**31), 3]
    while len(numbers) < count:
        number = rng.getrandbits(32) >> rng.randrange(32)
        numbers.append(number - 2**32 if number >= 2**31 else rng.choice([-1, 1]) * number)
    return numbers[:count]


def is_defined(family, op, a, b=None):
    """Whether C++ defines the outcome, and the result is not too wide for hls4rs."""
    if op in ('to_int', 'cast') and not a.is_int and (b is None or b.is_int):
        if family == 'ap' and a.integer < 0:
            # `to_ap_int_base` reads a variable that was not assigned.
            return False
        if family != 'ap' and op == 'to_int' and a.integer > 64:
            # No conversion of wide integers to those of C++: it does not compile.
            return False
    if op == 'cast' and family == 'ap' and not b.is_int:
        exact = b.rounding == 'TRN' or (b.rounding == 'TRN_ZERO' and not a.signed)
        if a.fractional - b.fractional > a.width and not exact:
            # The bit right of the last one is asked for, which is above the operand: an assertion ends the program.
            return False
    if op == 'cast' and family != 'ap' and not b.is_int:
        words_a = (a.width + 31 + (not a.signed)) // 32
        words_b = (b.width + 31 + (not b.signed)) // 32
        lost = a.fractional - b.fractional
        if lost - 1 > 32 * words_a and b.rounding != 'TRN':
            # `iv_equal_zeros_to` reads beyond the last word.
            return False
        if -lost - 32 * words_b > 31 and b.saturation != 'WRAP':
            # `iv_equal_ones_from` reads before the first word.
            return False
    if op in ('add', 'sub', 'cmp'):
        integer = max(a.integer + (b.signed and not a.signed), b.integer + (a.signed and not b.signed)) + 1
        return integer + max(a.fractional, b.fractional) <= MAX_WIDTH
    if op == 'mul':
        return a.width + b.width <= MAX_WIDTH
    if op == 'div':
        return b.signed + a.width + max(b.fractional, 0) <= MAX_WIDTH
    return True


def raws_in_cpp(type_, raws):
    words = (type_.width + 31) // 32
    return ', '.join(f'0x{raw >> 32 * i & 0xFFFFFFFF:x}u' for raw in raws for i in range(words))


def translation_unit(rng, family, arguments):
    """The text of a program with random types and pairs of them."""
    # Two types of one name would be one variable twice.
    types = list(dict.fromkeys(random_type(rng, family) for _ in range(arguments.types)))
    lines = []
    for i, type_ in enumerate(types):
        lines.append(f'typedef {type_.cpp(family)} T{i};')
        raws = random_raws(rng, type_, arguments.values)
        lines.append(f'static const uint32_t R{i}[] = {{{raws_in_cpp(type_, raws)}}};')
        lines.append(f'static const std::vector<T{i}> X{i} = parse<T{i}>(R{i}, {len(raws)});')
    body = []
    for i, type_ in enumerate(types):
        doubles = random_doubles(rng, type_, arguments.values * 2, False, family)
        floats = random_doubles(rng, type_, arguments.values * 2, True, family)
        body.append(f'static const uint64_t xs[] = {{{", ".join(doubles)}}}; from_f64<T{i}>(list(xs));')
        body.append(f'static const uint32_t xs[] = {{{", ".join(floats)}}}; from_f32<T{i}>(list(xs));')
        numbers = ', '.join(f'int({number}ll)' for number in random_ints(rng, arguments.values))
        lines.append(f'static const int N{i}[] = {{{numbers}}};')
        ints = f'list(N{i})'
        if is_defined(family, 'cast', INT, type_):
            body.append(f'from_int<T{i}>({ints});')
        body.append(f'to_float(X{i});')
        if is_defined(family, 'to_int', type_):
            body.append(f'to_int(X{i});')
        body.append(f'neg(X{i});')
        by = [0, 1, -1, 7, -7, 31, 32, -32, 33, 64, -64, 150, -150, rng.randint(-20, 20)]
        body.append(f'static const int by[] = {{{", ".join(map(str, by))}}}; shift(X{i}, list(by));')
        for op in ('add', 'sub', 'mul', 'div'):
            if is_defined(family, op, type_, INT):
                body.append(f'{op}_int(X{i}, {ints});')
            if is_defined(family, op, INT, type_):
                body.append(f'int_{op}(X{i}, {ints});')
    for _ in range(arguments.pairs):
        i, k = rng.randrange(len(types)), rng.randrange(len(types))
        if is_defined(family, 'cast', types[i], types[k]):
            body.append(f'cast_all<T{i}, T{k}>(X{i});')
        for op in ('add', 'sub', 'mul', 'div'):
            if rng.random() < 0.5 and is_defined(family, op, types[i], types[k]):
                body.append(f'{op}(X{i}, X{k});')
        if rng.random() < 0.5 and is_defined(family, 'cmp', types[i], types[k]):
            if types[i].is_int == types[k].is_int or (types[k].is_int and family != 'ap'):
                # Other comparisons of integer types with fixed-point types do not compile.
                body.append(f'compare(X{i}, X{k});')
    # Short functions: g++ takes long for a long one.
    functions = [f'static void part{n}() {{ {line} }}' for n, line in enumerate(body)]
    calls = ' '.join(f'part{n}();' for n in range(len(body)))
    return '\n'.join([prologue(family), *lines, *functions, f'int main() {{ {calls} }}', ''])


def prologue(family):
    text = PROLOGUE.replace('HEADERS', '\n'.join(f'#include <{header}>' for header in FAMILIES[family][1]))
    text = text.replace('ADAPTER', AP_ADAPTER if family == 'ap' else AC_ADAPTER)
    text = text.replace('static const char *rounding[] = {ROUNDING_NAMES};\n', '')
    text = text.replace('static const char *saturation[] = {SATURATION_NAMES};\n', '')
    return text.replace('"FAMILY"', '"ap"' if family == 'ap' else '"ac"')


def flags(family):
    """What the `build_lib.sh` of the family gives to g++, and less optimization, which only takes time."""
    standard = '-std=c++11'
    if family == 'ap' and accepts('-std=c++23'):
        standard = '-std=c++23'
    return ['-O1', '-w', standard]


def accepts(flag):
    command = ['g++', '-Werror', '-fsyntax-only', flag, '-xc++', '-']
    return subprocess.run(command, input=b'', capture_output=True).returncode == 0


def run_unit(templates, family, arguments, unit):
    """Compile and run one program, and return what it prints."""
    rng = random.Random(f'{family} {arguments.seed} {unit}')
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / 'unit.cpp'
        source.write_text(translation_unit(rng, family, arguments))
        if arguments.keep:
            (arguments.keep / f'{family}-{arguments.seed}-{unit}.cpp').write_text(source.read_text())
        program = source.with_suffix('')
        includes = [f'-I{templates / include}' for include in FAMILIES[family][0]]
        subprocess.run(['g++', *flags(family), *includes, str(source), '-o', str(program)], check=True)
        result = subprocess.run([str(program)], capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f'{family}, seed {arguments.seed}, unit {unit}: {result.returncode}\n{result.stderr[-2000:]}')
        return result.stdout


def bundled_templates():
    """The folder of the hls4ml that can be imported, without importing it."""
    spec = importlib.util.find_spec('hls4ml')
    if spec is None:
        sys.exit('hls4ml: not installed; name its folder `templates`')
    return pathlib.Path(spec.submodule_search_locations[0]) / 'templates'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('templates', nargs='?', type=pathlib.Path)
    parser.add_argument('--family', choices=FAMILIES, action='append', help='all, if not given')
    parser.add_argument('--seed', default='1')
    parser.add_argument('--units', type=int, default=1, help='programs per family')
    parser.add_argument('--types', type=int, default=24, help='types per program')
    parser.add_argument('--pairs', type=int, default=40, help='pairs of types per program')
    parser.add_argument('--values', type=int, default=24, help='raw integers per type')
    parser.add_argument('--jobs', type=int, default=1)
    parser.add_argument('--keep', type=pathlib.Path, help='leave the programs in this folder')
    arguments = parser.parse_args()
    templates = arguments.templates or bundled_templates()
    work = [(family, unit) for unit in range(arguments.units) for family in arguments.family or FAMILIES]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for text in pool.map(lambda job: run_unit(templates, job[0], arguments, job[1]), work):
            sys.stdout.write(text)


if __name__ == '__main__':
    main()
