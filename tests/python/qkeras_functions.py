"""Writes what QKeras' quantizer functions make of random and boundary values, one JSON object per line.

    python tests/python/qkeras_functions.py --out crates/hls4rs-types/tests/qkeras.jsonl

Arrays are the hexadecimal digits of their bytes. `--count N` makes N rounds of random values in place of one.
"""

import argparse
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

import numpy as np
import tensorflow as tf
from qkeras.quantizers import get_quantizer

SHAPES = [(21,), (6, 3), (19, 9), (2, 3, 2, 9), (37, 1)]

BITS = {'use_stochastic_rounding': False, 'qnoise_factor': 1.0}

FUNCTIONS = [
    ('quantized_bits', {**BITS, 'bits': bits, 'integer': integer, 'symmetric': symmetric, 'keep_negative': keep, 'alpha': alpha})
    for bits, integer, symmetric, keep, alpha in [
        (4, 0, 0, True, 1),
        (6, 2, 0, True, None),
        (8, 3, 1, True, 1),
        (5, 1, 0, False, 1.0),
        (1, 0, 0, True, 1),
        (1, 1, 0, False, None),
        (4, 0, 0, True, 0.3),
        (4, 0, 0, True, 'auto'),
        (3, 1, 0, True, 'auto'),
        (4, 0, 1, True, 'auto_po2'),
        (8, 2, 0, True, 'auto_po2'),
        (2, 0, 0, True, 'auto_po2'),
        (16, 6, 0, True, 'auto_po2'),
    ]
]
FUNCTIONS += [('quantized_bits', {**BITS, 'bits': 4, 'integer': 0, 'alpha': 1, 'qnoise_factor': 0.3, 'use_stochastic_rounding': True})]
FUNCTIONS += [
    ('binary', {'use_01': use_01, 'alpha': alpha, 'use_stochastic_rounding': False})
    for use_01, alpha in [(False, 1), (False, None), (False, 'auto'), (False, 'auto_po2'), (True, 1), (True, 'auto'), (False, 0.7)]
]
FUNCTIONS += [
    ('ternary', {'alpha': alpha, 'threshold': threshold, 'use_stochastic_rounding': False, 'number_of_unrolls': unrolls})
    for alpha, threshold, unrolls in [
        (1, None, 5), (None, None, 5), (1, 0.5, 5), ('auto', None, 5), ('auto_po2', None, 5), ('auto', None, 1), (0.7, 0.1, 5),
    ]
]
FUNCTIONS += [
    ('stochastic_binary', {'alpha': 'auto_po2', 'temperature': 6.0, 'use_real_sigmoid': True}),
    ('stochastic_ternary', {'alpha': 'auto', 'threshold': None, 'temperature': 8.0, 'use_real_sigmoid': True, 'number_of_unrolls': 5}),
]
PO2 = {'use_stochastic_rounding': False, 'qnoise_factor': 1.0, 'log2_rounding': 'rnd'}
FUNCTIONS += [
    ('quantized_po2', {**PO2, 'bits': bits, 'max_value': most, 'quadratic_approximation': quadratic})
    for bits, most, quadratic in [(8, None, False), (4, 1048576, False), (4, 1, False), (3, 0.25, False), (6, None, True), (9, None, False)]
]
FUNCTIONS += [('quantized_po2', {**PO2, 'bits': 5, 'log2_rounding': 'floor'}), ('quantized_po2', {'bits': 2})]
FUNCTIONS += [
    ('quantized_relu_po2', {**PO2, 'bits': 5, 'max_value': most, 'negative_slope': slope, 'quadratic_approximation': False})
    for most, slope in [(None, 0), (2, 0), (None, 0.25), (4, 0.5)]
]
FUNCTIONS += [
    ('quantized_relu', {'bits': bits, 'integer': integer, 'use_sigmoid': sigmoid, 'negative_slope': slope,
                        'use_stochastic_rounding': False, 'relu_upper_bound': bound, 'qnoise_factor': 1.0})
    for bits, integer, sigmoid, slope, bound in [(4, 0, 0, 0.0, None), (6, 2, 0, 0.25, None), (4, 0, 1, 0.0, None), (5, 1, 1, 0.5, None), (6, 2, 0, 0.0, 3)]
]
FUNCTIONS += [('quantized_relu', {'bits': 6, 'integer': 1, 'is_quantized_clip': False, 'relu_upper_bound': 1.3})]
FUNCTIONS += [('quantized_relu', {'bits': 6, 'integer': 1, 'is_quantized_clip': False})]
FUNCTIONS += [
    ('quantized_tanh', {'bits': bits, 'symmetric': symmetric, 'use_stochastic_rounding': False, 'use_real_tanh': real})
    for bits, symmetric, real in [(4, False, False), (7, True, True), (5, False, True)]
]
FUNCTIONS += [
    ('quantized_sigmoid', {'bits': bits, 'symmetric': symmetric, 'use_stochastic_rounding': False, 'use_real_sigmoid': real})
    for bits, symmetric, real in [(4, False, False), (7, True, True), (5, False, True)]
]
FUNCTIONS += [
    ('quantized_ulaw', {'bits': 6, 'integer': 1, 'symmetric': 0, 'u': 255.0}),
    ('quantized_hswish', {'bits': 8, 'integer': 3, 'alpha': 1, 'relu_shift': 3, 'relu_upper_bound': 6}),
    ('quantized_hswish', {'bits': 6, 'integer': 1, 'alpha': 'auto_po2', 'relu_shift': 2, 'relu_upper_bound': 5}),
]

BOUNDARIES = np.array([0.0, -0.0, 0.5, -0.5, 0.33, -0.33, 1.0, -1.0, 0.9375, 0.03125, -0.09375, 1e-7, -5e-8, 7.0, -9.0, 1e-3, 3e-4, 2**0.5, 1e-39, 30.0, 100.0], 'float32')


def digits(array):
    return np.ascontiguousarray(array, 'float32').tobytes().hex()


def scale_of(function):
    if not hasattr(function, 'scale'):
        return None
    scale = function.scale
    if isinstance(scale, (int, float)):
        return float(scale)
    scale = scale.numpy()
    return {'shape': list(scale.shape), 'values': digits(scale)}


def without_scale(function, x):
    config = function.get_config()
    if 'alpha' not in config:
        return None
    config['alpha'] = 1
    config.pop('keep_negative' if type(function).__name__ == 'quantized_hswish' else '', None)
    return digits(function.from_config(config)(tf.constant(x)).numpy())


def line(name, config, x):
    quantizer = {'class_name': name, 'config': config}
    function = get_quantizer(quantizer)
    values = function(tf.constant(x)).numpy()
    case = {'quantizer': quantizer, 'shape': list(x.shape), 'x': digits(x), 'values': digits(values), 'scale': scale_of(function)}
    return {**case, 'unscaled': without_scale(function, x)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--out', required=True)
    parser.add_argument('--count', type=int, default=1)
    parser.add_argument('--seed', type=int, default=7)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    with open(arguments.out, 'w') as out:
        for round_number in range(arguments.count):
            for i, (name, config) in enumerate(FUNCTIONS):
                x = [BOUNDARIES] if round_number == 0 else []
                shapes = SHAPES[1:] if round_number else [SHAPES[1 + (i + k) % 4] for k in range(1)]
                for shape in shapes:
                    if round_number:
                        shape = tuple(int(n) for n in rng.integers(1, 40 if len(shape) < 3 else 8, len(shape)))
                    x.append(rng.normal(scale=rng.choice([0.1, 0.5, 2.0]), size=shape).astype('float32'))
                for values in x:
                    out.write(json.dumps(line(name, config, values), separators=(',', ':')) + '\n')


if __name__ == '__main__':
    main()
