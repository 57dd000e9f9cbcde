"""Measure how long hls4ml takes to save and to load a large dense network.

    large.py --work DIR [--bits B] [--strategy S] [--rounds R]
    large.py --work DIR --load FILE

Makes 784-2048-2048-10 (5.8 million parameters) with seeded weights, of single precision or with QKeras weights of some
bits, converts it for Vitis, saves it R times as DIR/hls4ml.fml, and loads it again. Prints one JSON object,
`{"file": path, "save_s": [...], "load_s": [...]}`, in seconds. With --load, only `load_s` of that file.
"""

import argparse
import contextlib
import io
import json
import time
from pathlib import Path

SIZES = (784, 2048, 2048, 10)


def network(bits):
    """Return the Keras model with seeded weights."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(20260101)
    layers = [keras.layers.Input(SIZES[0])]
    if bits:
        from qkeras import QActivation, QDense, quantized_bits, quantized_relu

        for i, size in enumerate(SIZES[1:]):
            weights = quantized_bits(bits, 0, alpha=1)
            layers.append(QDense(size, kernel_quantizer=weights, bias_quantizer=weights, name=f'fc{i}'))
            layers.append(QActivation(quantized_relu(bits), name=f'relu{i}'))
    else:
        for i, size in enumerate(SIZES[1:]):
            layers.append(keras.layers.Dense(size, activation='relu', name=f'fc{i}'))
    model = keras.Sequential(layers)
    random = np.random.default_rng(1)
    for layer in model.layers:
        weights = [random.normal(0, 0.3, w.shape) for w in layer.get_weights()]
        if bits:
            scale = 2 ** (bits - 1)
            weights = [np.clip(np.round(w * scale), -scale, scale - 1) / scale for w in weights]
        layer.set_weights([w.astype('float32') for w in weights])
    return model


def seconds(function, *arguments):
    """Return what the function returns and how long it took."""
    start = time.perf_counter()
    result = function(*arguments)
    return result, time.perf_counter() - start


def load(path, work):
    """Load the archive a few times."""
    from hls4ml.converters import load_saved_model

    return [seconds(load_saved_model, path, work)[1] for _ in range(5)]


def make(args):
    """Make, save and load the network."""
    import hls4ml

    keras_model = network(args.bits)
    config = hls4ml.utils.config_from_keras_model(keras_model, granularity='name', backend='Vitis')
    config['Model']['Strategy'] = args.strategy
    model = hls4ml.converters.convert_from_keras_model(
        keras_model, hls_config=config, backend='Vitis', io_type='io_parallel', output_dir=str(args.work / 'project')
    )
    file = args.work / 'hls4ml.fml'
    save_s = [seconds(model.save, file)[1] for _ in range(args.rounds)]
    return {'file': str(file), 'save_s': save_s, 'load_s': load(file, args.work)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--work', type=Path, required=True, help='folder for the archives')
    parser.add_argument('--bits', type=int, default=0, help='bits of the weights, 0 for single precision')
    parser.add_argument('--strategy', default='Latency', help='Latency, or Resource, which transposes weights')
    parser.add_argument('--rounds', type=int, default=1, help='times to save')
    parser.add_argument('--load', type=Path, help='make nothing, just load this archive')
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    with contextlib.redirect_stdout(io.StringIO()):
        result = {'load_s': load(args.load, args.work)} if args.load else make(args)
    print(json.dumps(result, indent=1))


if __name__ == '__main__':
    main()
