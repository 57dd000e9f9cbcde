"""Record what ONNX Runtime computes for each layer of small networks that nobody cleaned.

    onnx_layers.py EXPORTS OUT

Takes the exports of `onnx_exports.py` and networks that are written with `onnx.helper`, and writes a folder per network:
`source.onnx`, and `layers.npz` with the input `x`, and for each operation that is a layer its output `y:OPERATOR_NUMBER` and the largest
error `e:OPERATOR_NUMBER` that numbers with so many fractional bits allow. Channels are last, and operations are counted per
operator. A `Gemm` is a `MatMul` without an output and an `Add`; likewise what an `Add` of a constant or a `BatchNormalization` may be
taken into has `n:OPERATOR_NUMBER`, the name of that. Quantizers are computed by qonnx, all else by ONNX Runtime.

The error is what rounding gives in the worst case: inputs, weights and outputs are off by one step each, and a layer hands on what
its inputs are off by. Functions that hls4ml reads from tables are off by a step of the table.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

FRACTION = 20
STEP = 2.0**-FRACTION
# Tables of hls4ml have 1024 entries from -8 to 8, of which each has 10 fractional bits.
TABLE = {'Sigmoid': 16 / 1024 / 4 + 2.0**-10, 'Tanh': 2 * 8 / 1024 + 2.0**-10}
SLOPES = {'Sigmoid': 0.25, 'Tanh': 1.0}
SAMPLES = 4
LAYERS = {
    'Gemm': 'MatMul', 'MatMul': 'MatMul', 'Conv': 'Conv', 'Relu': 'Relu', 'LeakyRelu': 'LeakyRelu', 'MaxPool': 'MaxPool', 'Add': 'Add',
    'BatchNormalization': 'BatchNormalization', 'Sigmoid': 'Sigmoid', 'Tanh': 'Tanh', 'Clip': 'Clip', 'AveragePool': 'AveragePool',
    'GlobalAveragePool': 'GlobalAveragePool', 'ReduceMean': 'GlobalAveragePool',
}  # fmt: skip


def computed(model, x):
    """Return all tensors, sample by sample."""
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.core.onnx_exec import execute_onnx
    from qonnx.transformation.infer_shapes import InferShapes

    model = ModelWrapper(model, make_deepcopy=True)
    names = {tensor.name for tensor in model.graph.initializer}
    inputs = [tensor for tensor in model.graph.input if tensor.name not in names]
    inputs[0].type.tensor_type.shape.dim[0].dim_value = 1
    del model.graph.value_info[:]
    for output in model.graph.output:
        output.type.tensor_type.ClearField('shape')
    model = model.transform(InferShapes(), cleanup=False)
    runs = [execute_onnx(model, {inputs[0].name: row[None]}, return_full_exec_context=True) for row in x]
    return {name: np.concatenate([run[name] for run in runs]) for name in runs[0] if np.ndim(runs[0][name]) > 1} | {
        name: runs[0][name] for name in runs[0] if np.ndim(runs[0][name]) <= 1
    }


class Errors:
    """How far off each tensor may be, by its name."""

    def __init__(self, values, constants):
        self.values = values
        self.constants = constants
        self.errors = {}

    def of(self, name):
        """Return the error of a tensor."""
        return self.errors.get(name, STEP)

    def size(self, name):
        """Return the largest absolute value of a tensor."""
        return float(np.abs(self.values[name]).max())

    def product(self, node, per_row):
        """Return the error of sums of products with weights, of which each output has a row."""
        x, weight = node.input[:2]
        rows = np.abs(per_row(self.values[weight])).sum(axis=1).max()
        n_terms = per_row(self.values[weight]).shape[1]
        return rows * self.of(x) + n_terms * STEP * (self.size(x) + 2) + 2 * STEP

    def set(self, node):
        """Set the error of what an operation makes."""
        x = node.input[0] if node.input else ''
        settings = {value.name: onnx.helper.get_attribute_value(value) for value in node.attribute}
        error = max([self.of(name) for name in node.input if name and name not in self.constants] or [STEP])
        kind = node.op_type
        if kind in ('Gemm', 'MatMul'):
            error = self.product(node, lambda weight: weight if settings.get('transB') else weight.T)
        elif kind == 'Conv':
            error = self.product(node, lambda weight: weight.reshape(weight.shape[0], -1))
        elif kind == 'BatchNormalization':
            scale = self.values[node.input[1]] / np.sqrt(self.values[node.input[4]] + settings.get('epsilon', 1e-5))
            error = np.abs(scale).max() * error + STEP * (self.size(x) + 3)
        elif kind == 'Add':
            error = sum(self.of(name) for name in node.input) + STEP
        elif kind in TABLE:
            error = SLOPES[kind] * error + TABLE[kind]
        elif kind in ('AveragePool', 'ReduceMean', 'GlobalAveragePool', 'LeakyRelu', 'Mul'):
            error += 2 * STEP
        elif kind in ('Quant', 'DequantizeLinear'):
            # a number between two levels may go to either
            scale = float(np.max(self.values[node.input[1]]))
            error = 0.0 if x in self.constants else scale + error
        for output in node.output:
            self.errors[output] = float(error)


def outputs(nodes, constants, values, errors):
    """Return the arrays of all operations that are layers."""
    arrays, counts, waiting = {}, {}, {}
    for node in nodes:
        errors.set(node)
        if all(name in constants for name in node.input):
            constants.update(node.output)
            continue

        def count(kind):
            counts[kind] = counts.get(kind, -1) + 1
            return f'{kind}_{counts[kind]}'

        kind = LAYERS.get(node.op_type)
        if kind is None:
            continue
        name = count(kind)
        if node.op_type == 'Gemm':
            product, name = name, count('Add')
            arrays[f'n:{product}'] = np.array(list(name.encode()), np.uint8)
        before = waiting.get(node.input[0]) or waiting.get(node.input[-1])
        may_join = kind == 'BatchNormalization' or (kind == 'Add' and any(x in constants for x in node.input))
        if before and may_join and node.op_type != 'Gemm':
            arrays[f'n:{before}'] = np.array(list(name.encode()), np.uint8)
        arrays[f'y:{name}'] = last(values[node.output[0]]).astype(np.float32)
        arrays[f'e:{name}'] = np.float64(errors.of(node.output[0]))
        if kind in ('MatMul', 'Conv', 'Add', 'BatchNormalization'):
            waiting[node.output[0]] = name
    return arrays


def record(path, out):
    """Write the folder of one network."""
    model = onnx.load(path)
    rng = np.random.default_rng(7)
    constants = {tensor.name for tensor in model.graph.initializer}
    source = next(tensor for tensor in model.graph.input if tensor.name not in constants)
    shape = [size.dim_value for size in source.type.tensor_type.shape.dim][1:]
    x = rng.uniform(-1, 1, [SAMPLES, *shape]).astype(np.float32)
    values = computed(onnx.load(path), x)
    values |= {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    errors = Errors(values, constants)
    arrays = {'x': last(x)} | outputs(model.graph.node, constants, values, errors)
    folder = out / path.stem
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, folder / 'source.onnx')
    from containers import write_npz

    write_npz(folder / 'layers.npz', arrays)
    print(path.stem, ' '.join(name for name in arrays if name[0] == 'y'))


def last(values):
    """Return the values with channels last."""
    return np.moveaxis(values, 1, -1) if values.ndim > 2 else values


def written(out):
    """Write networks with `onnx.helper`, as `onnx_networks.py` makes them; return their paths."""
    import onnx_networks

    made = {'dense': 30, 'conv1d': 41, 'conv2d': 50, 'pooling': 60, 'residual': 64, 'depthwise': 70}
    paths = []
    for kind, seed in made.items():
        paths.append(out / f'helper_{kind}.onnx')
        onnx.save(getattr(onnx_networks, kind)(seed).model(), paths[-1])
    return paths


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('exports', type=Path, help='folder with the exports')
    parser.add_argument('out', type=Path, help='folder that gets one folder per network')
    args = parser.parse_args()
    for path in sorted({*args.exports.glob('*.onnx'), *written(args.exports)}):
        record(path, args.out)


if __name__ == '__main__':
    main()
