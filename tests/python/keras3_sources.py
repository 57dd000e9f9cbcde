"""Make the sources of Keras 3 and HGQ2 that the project's own tests import, with the graph that hls4ml builds of each.

    keras3_sources.py --out tests/imports --hostile tests/hostile_weights

A folder has `source.keras`, or `source.h5` in Keras' older format, and the parsed graph, as those of `random_keras3.py` do.
Weights and formats of quantizers are random, with a seed for each model. Needs `requirements-keras3.txt`.
"""

import argparse
import contextlib
import json
import shutil
import tempfile
from pathlib import Path

import random_keras3
import random_sources


def cnn(keras, layers):
    """Convolutions with a skip connection, pooling, a dense layer."""
    x = entry = keras.Input((6, 6, 2), name='image')
    x = layers.Conv2D(2, 3, padding='same', activation='relu')(x)
    x = layers.BatchNormalization()(x)
    x = layers.Add()([x, entry])
    x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.1)(x)
    return keras.Model(entry, layers.Dense(3, activation='softmax')(x))


def shared(keras, layers):
    """A layer that is called three times; two inputs and two outputs."""
    layer = layers.Dense(3, activation='leaky_relu')
    first, second = keras.Input((3,)), keras.Input((3,))
    return keras.Model({'a': first, 'b': second}, [layer(layer(second)), layer(first)])


def sequence(keras, layers):
    """Recurrent layers, sequential."""
    return keras.Sequential(
        [
            layers.Input((4, 3)),
            layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
            layers.GRU(2, use_bias=False),
            layers.Dense(1),
        ]
    )


def quantized(keras, layers):
    """Layers of HGQ2 with quantizers before and behind them."""
    import hgq.layers as q
    from hgq.config import QuantizerConfig

    x = entry = keras.Input((3, 2))
    x = q.QDense(2, activation='relu', enable_oq=True)(x)
    x = q.QBatchNormalization(iq_conf=QuantizerConfig('kbi', 'datalane', overflow_mode='SAT', round_mode='RND_CONV'))(x)
    x = q.QEinsumDenseBatchnorm('abc,cd->abd', (3, 2), bias_axes='d')(x)
    x = q.QAdd()([x, entry])
    return keras.Model(entry, q.Quantizer()(x))


def attention(keras, layers):
    """Attention of HGQ2."""
    import hgq.layers as q

    entry = keras.Input((2, 2))
    return keras.Model(entry, q.QMultiHeadAttention(1, 2, fuse='qkv')(entry, entry))


def nested(keras, layers):
    """Models within a model, one with two outputs; and the same without, which hls4ml can convert."""
    first, norm, second, third = layers.Dense(3, activation='relu'), layers.BatchNormalization(), *map(layers.Dense, (2, 4))
    entry, within = keras.Input((2,)), keras.Input((3,))
    model = keras.Sequential([layers.Input((2,)), first, norm])
    fork = keras.Model(within, [second(within), third(within)])
    flat = norm(first(entry))
    return keras.Model(entry, fork(model(entry))), keras.Model(entry, [second(flat), third(flat)])


MODELS = {'cnn': '', 'shared': '', 'sequence': '', 'quantized': '', 'attention': '', 'nested': '', 'nested_h5': 'h5', 'cnn_h5': 'h5', 'quantized_h5': 'h5'}


def write_hostile(folder):
    """Write weights that no Keras writes: arrays that are declared and not there, and groups that hold themselves."""
    import h5py

    folder.mkdir(parents=True, exist_ok=True)
    with h5py.File(folder / 'huge.h5', 'w') as file:
        for number in range(2):
            file.create_dataset(f'layers/dense/vars/{number}', (1 << 40,), 'f4', chunks=(1024,))
    with h5py.File(folder / 'cyclic.h5', 'w') as file:
        file.create_group('layers')['dense'] = file['/']
    dense = {'name': 'dense', 'units': 2, 'use_bias': True, 'activation': 'linear'}
    layers = [
        {'class_name': 'InputLayer', 'config': {'name': 'input', 'batch_shape': [None, 2]}},
        {'class_name': 'Dense', 'config': dense},
    ]
    with h5py.File(folder / 'cyclic_model.h5', 'w') as file:
        file.attrs['keras_version'] = '3.15.1'
        file.attrs['model_config'] = json.dumps({'class_name': 'Sequential', 'config': {'layers': layers}})
        weights = file.create_group('model_weights')
        weights['dense'] = weights
        weights.attrs['weight_names'] = ['dense/dense/dense']


def main():
    """Make all of them."""
    import keras
    from keras import layers
    from random_keras3_kinds import randomise

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--hostile', type=Path, required=True)
    args = parser.parse_args()
    write_hostile(args.hostile)
    random_keras3.register_moved_classes()
    for seed, (name, ending) in enumerate(MODELS.items()):
        folder = args.out.resolve() / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        keras.backend.clear_session()
        made = globals()[name.removesuffix('_h5')](keras, layers)
        model, converted = made if isinstance(made, tuple) else (made, made)
        randomise(model, random_sources.Draw(seed))
        model.save(folder / f'source.{ending or "keras"}')
        arguments = {'backend': 'Vitis', 'io_type': 'io_parallel', 'output_dir': 'prj'}
        arguments['hls_config'] = {'Model': {'Precision': {'default': 'fixed<16,6>'}, 'ReuseFactor': 1}}
        (folder / 'config.json').write_text(json.dumps(arguments, indent=1) + '\n')
        (folder / 'case.json').write_text(json.dumps({'kind': 'keras', 'backend': 'Vitis'}) + '\n')
        with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):
            try:
                random_sources.convert(converted, arguments, folder, False)
            except Exception as error:  # the parsed graph is there
                print(name, error)


if __name__ == '__main__':
    main()
