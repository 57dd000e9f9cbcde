"""Write small ONNX models that show one thing each, for tests and for fuzzing to begin with: `onnx_seeds.py OUT`.

Needs `requirements-onnx.txt`. Nothing is random, so that the files are the same on every run.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

QONNX = 'qonnx.custom_op.general'


def constant(name, value, dtype=np.float32):
    """Return a constant."""
    return numpy_helper.from_array(np.asarray(value, dtype=dtype), name)


def model(nodes, constants, shape, opset=17):
    """Return a model from `x` to what the last operation makes."""
    x = helper.make_tensor_value_info('x', TensorProto.FLOAT, [1, *shape])
    y = helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, 'graph', [x], [y], constants)
    opsets = [helper.make_opsetid('', opset), helper.make_opsetid(QONNX, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name='hls4rs')


def unsupported():
    """Return a model with five things for which there is no layer."""
    nodes = [
        helper.make_node('Gelu', ['x'], ['a'], name='/act/Gelu'),
        helper.make_node('LayerNormalization', ['a', 'scale'], ['b'], name='/norm/LayerNormalization'),
        helper.make_node('Clip', ['b', 'low', 'high'], ['c'], name='/clip/Clip'),
        helper.make_node('ConvTranspose', ['c', 'kernel'], ['d'], name='/up/ConvTranspose', kernel_shape=[1, 1]),
        helper.make_node('Flatten', ['d'], ['e'], name='/flatten/Flatten', axis=2),
    ]
    constants = [constant('scale', [1, 1]), constant('low', -1), constant('high', 1), constant('kernel', [[[[1]], [[1]]]])]
    return model(nodes, constants, [1, 2, 2], opset=20)


def trunc():
    """Return a quantizer and a truncation to fewer bits."""
    nodes = [
        helper.make_node('Quant', ['x', 's', 'z', 'eight'], ['a'], domain=QONNX, signed=1, narrow=0, rounding_mode='ROUND'),
        helper.make_node('Trunc', ['a', 's', 'z', 'eight', 'five'], ['b'], domain=QONNX, rounding_mode='FLOOR'),
    ]
    constants = [constant('s', 0.0625), constant('z', 0), constant('eight', 8), constant('five', 5)]
    return model(nodes, constants, [4])


def int_quant():
    """Return a quantizer under its new name, and one of two levels."""
    settings = {'signed': 1, 'narrow': 1, 'rounding_mode': 'ROUND'}
    nodes = [
        helper.make_node('IntQuant', ['x', 's', 'z', 'four'], ['a'], domain=QONNX, **settings),
        helper.make_node('IntQuant', ['w', 's', 'z', 'four'], ['q'], domain=QONNX, **settings),
        helper.make_node('MatMul', ['a', 'q'], ['b']),
        helper.make_node('BipolarQuant', ['b', 'one'], ['c'], domain=QONNX),
    ]
    constants = [constant('s', 0.25), constant('z', 0), constant('four', 4), constant('one', 1)]
    return model(nodes, [*constants, constant('w', [[0.3, -0.6], [9, -9]])], [2])


def qcdq():
    """Return quantizers as ONNX itself writes them."""
    nodes = [
        helper.make_node('QuantizeLinear', ['x', 's', 'zu'], ['a']),
        helper.make_node('Clip', ['a', 'low', 'high'], ['b']),
        helper.make_node('DequantizeLinear', ['b', 's', 'zu'], ['c']),
        helper.make_node('DequantizeLinear', ['w', 'sw', 'zw'], ['d'], axis=1),
        helper.make_node('MatMul', ['c', 'd'], ['e']),
    ]
    constants = [constant('s', 0.125), constant('zu', 0, np.uint8), constant('low', 0, np.uint8), constant('high', 15, np.uint8)]
    constants += [constant('w', [[4, -8], [2, 127]], np.int8), constant('sw', [0.5, 0.25]), constant('zw', [0, 0], np.int8)]
    return model(nodes, constants, [2])


def external(out):
    """Write a model whose weight is in a file beside it."""
    nodes = [helper.make_node('Gemm', ['x', 'w', 'b'], ['y'], transB=1, alpha=0.5, beta=2.0)]
    made = model(nodes, [constant('w', [[1, 2], [3, 4], [5, 6]]), constant('b', [0.5, 0.25, 0])], [2], opset=13)
    onnx.save(made, out / 'external.onnx', save_as_external_data=True, location='external.bin', size_threshold=0)


SEEDS = {'unsupported': unsupported, 'trunc': trunc, 'int_quant': int_quant, 'qcdq': qcdq}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('out', type=Path, help='folder for the models')
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name, make in SEEDS.items():
        onnx.save(make(), args.out / f'{name}.onnx')
    external(args.out)


if __name__ == '__main__':
    main()
