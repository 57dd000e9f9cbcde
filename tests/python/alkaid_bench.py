"""Measure how long alkaid's interpreter takes for the dense layers of a jet tagger.

    alkaid_bench.py MODEL.fml --io IO.npz

Reads the weights of the dense layers from an archive that hls4ml saved, makes the same network of alkaid's (the same layers, types and
roundings up to the last dense layer, without softmax), and prints one JSON object: `sample_s`, the least time per sample on one
thread, `trace_s`, the time to make it, and `differing`, the number of activations of the last layer that are not exact.
Needs Python 3.11 and `alkaid==0.8.2`.
"""

import argparse
import io
import json
import tarfile
import time

import numpy as np


def dense_layers(path):
    """Return weights and biases of the dense layers, in order, as the archive's weight variables hold them."""
    with tarfile.open(path) as archive:
        members = {member.name.lstrip('./'): member for member in archive.getmembers()}

        def read(name):
            return archive.extractfile(members[name]).read()

        def weights(layer, name):
            reference = layer['state']['attributes'][name]['state']['data']
            return np.load(io.BytesIO(read(reference.removeprefix('@ndarray:')))).astype(np.float64)

        layers = json.loads(read('model_arch.json'))
        layers = layers.values() if isinstance(layers, dict) else layers
        dense = [layer for layer in layers if layer['class_name'].rsplit('.', 1)[-1] == 'Dense']
        return [(weights(layer, 'weight'), weights(layer, 'bias')) for layer in dense]


def network(layers):
    """Trace the network: inputs fixed<16,6>, activations ufixed<6,0,RND_CONV,SAT> between the layers."""
    from alkaid.trace import FVArrayInput, trace

    inputs = FVArrayInput((layers[0][0].shape[0],))
    x = inputs.quantize(1, 5, 10)
    for number, (weight, bias) in enumerate(layers):
        x = x @ weight + bias
        if number + 1 < len(layers):
            x = x.quantize(0, 0, 6, overflow_mode='SAT', round_mode='RND_CONV')
    return trace(inputs, x)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('model', help='the archive')
    parser.add_argument('--io', required=True, help='inputs `x0`')
    args = parser.parse_args()
    layers = dense_layers(args.model)
    inputs = np.load(args.io)['x0'].astype(np.float64)
    start = time.perf_counter()
    program = network(layers)
    trace_s = time.perf_counter() - start
    exact = np.floor(inputs * 1024) / 1024
    for number, (weight, bias) in enumerate(layers):
        exact = exact @ weight + bias
        if number + 1 < len(layers):
            exact = np.clip(np.rint(exact * 64), 0, 63) / 64
    differing = int(np.count_nonzero(program.predict(inputs, n_threads=1) != exact))
    many = np.resize(inputs, (20000, inputs.shape[1]))
    times = []
    for _ in range(7):
        start = time.perf_counter()
        program.predict(many, n_threads=1)
        times.append((time.perf_counter() - start) / len(many))
    print(json.dumps({'sample_s': min(times), 'trace_s': trace_s, 'differing': differing}))


if __name__ == '__main__':
    main()
