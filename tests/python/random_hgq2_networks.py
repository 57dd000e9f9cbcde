"""Random networks of HGQ2: formats that were traced, streams, plain layers of Keras between quantizers, weights without bits."""

import keras
import numpy as np
from hgq import layers
from hgq.config import LayerConfigScope, QuantizerConfig, QuantizerConfigScope
from hgq.utils import trace_minmax
from keras import layers as plain
from random_hgq2_kinds import OVERFLOW, ROUNDING, quantizer, weights
from random_keras3_kinds import act, randomise


def dense_network(draw):
    """Return products one after the other."""
    x = entry = keras.Input([draw.size(2, 6) for _ in range(draw.of(1, 1, 2))])
    for _ in range(draw.size(1, 3)):
        x = layers.QDense(draw.size(2, 6), activation=draw.of(None, 'relu'))(x)
    return keras.Model(entry, draw.of(x, layers.QSoftmax()(x)))


def image_network(draw):
    """Return convolutions and what usually is between them."""
    x = entry = keras.Input([draw.size(6, 8), draw.size(6, 8), draw.size(1, 2)])
    x = layers.QConv2D(draw.size(2, 3), draw.size(1, 3), padding=draw.of('same', 'valid'), activation='relu')(x)
    x = draw.of(layers.QMaxPooling2D, layers.QAveragePooling2D)(2)(x)
    if draw.flag():
        x = layers.QBatchNormalization()(x)
    if draw.flag():
        x = draw.of(layers.QGlobalAveragePooling2D, layers.QGlobalMaxPooling2D)()(x)
    else:
        x = plain.Flatten()(x)
    return keras.Model(entry, layers.QDense(3)(x))


def sequence_network(draw):
    """Return convolutions over one dimension."""
    x = entry = keras.Input([draw.size(6, 8), draw.size(1, 3)])
    x = layers.QConv1D(draw.size(2, 4), 2, strides=draw.of(1, 2), padding=draw.of('same', 'valid'))(x)
    x = plain.Activation(draw.of('relu', 'linear'))(x)
    x = draw.of(layers.QMaxPooling1D, layers.QAveragePooling1D)(draw.of(1, 2))(x)
    x = plain.Flatten()(x)
    return keras.Model(entry, layers.QDense(2, activation=draw.of(None, 'relu'))(x))


def mixer_network(draw):
    """Return products along each of two dimensions, with a sum."""
    a, b = draw.size(2, 5), draw.size(2, 5)
    x = entry = keras.Input([a, b])
    x = layers.QEinsumDenseBatchnorm('abc,cd->abd', (a, b), bias_axes='d', activation='relu')(x)
    y = layers.QEinsumDense('abc,bd->adc', (a, b), bias_axes=draw.of('d', None))(x)
    y = layers.QAdd()([x, y])
    return keras.Model(entry, draw.of(y, layers.QMaximum()([y, x])))


def table_network(draw):
    """Return products with tables behind them."""
    x = entry = keras.Input([draw.size(2, 5)])
    x = layers.QDense(draw.size(2, 4))(x)
    x = layers.QUnaryFunctionLUT(draw.of('tanh', 'sigmoid', 'exponential'), allow_heterogeneous_table=False)(x)
    return keras.Model(entry, layers.QDense(2)(x))


def attention_network(draw):
    """Return an attention with a sum behind it."""
    entry = keras.Input([draw.size(2, 3), draw.size(2, 4)])
    x = layers.QMultiHeadAttention(draw.size(1, 2), 2, fuse=draw.of('none', 'qkv'))(entry, entry)
    return keras.Model(entry, layers.QAdd()([x, entry]))


def traced(draw, networks, **scope):
    """Return one of the networks with random weights, and with the integer bits that some numbers need."""
    round_mode, overflow = draw.of(*ROUNDING), draw.of(*OVERFLOW)
    bits = {'f0': draw.size(2, 5), 'i0': draw.size(0, 2)}
    with (
        QuantizerConfigScope(place=('weight', 'bias'), b0=draw.size(3, 7), overflow_mode=draw.of(*OVERFLOW)),
        QuantizerConfigScope(place='datalane', round_mode=round_mode, overflow_mode=overflow, **bits, **scope),
        LayerConfigScope(enable_ebops=draw.flag(), beta0=1e-5),
    ):
        model = draw.of(*networks)(draw)
    rng = np.random.default_rng(draw.size(0, 1 << 30))
    for value in model.weights:
        if value.trainable and 'point_quantizer' not in value.path:
            value.assign(rng.normal(size=value.shape))
        elif value.trainable and value.path.endswith('/f'):
            value.assign(value.numpy() + rng.integers(-2, 2, value.shape))
    data = [rng.normal(size=(64, *entry.shape[1:])).astype('float32') for entry in model.inputs]
    trace_minmax(model, data[0] if len(data) == 1 else data)
    return model


def q_traced(draw):
    networks = (dense_network, image_network, sequence_network, mixer_network, table_network, attention_network)
    return traced(draw, networks)


def hgq_stream(draw):
    """Return a network whose elements all have one format, so that it can be a stream."""
    networks = (dense_network, image_network, sequence_network, table_network)
    return traced(draw, networks, heterogeneous_axis=(), homogeneous_axis=None)


def q_mixed(draw):
    """Return plain layers between quantizers."""
    a, b, c = draw.size(4, 6), draw.size(4, 6), draw.size(2, 3)
    x = entry = keras.Input([a, b, c])
    x = layers.Quantizer(quantizer(draw))(x)
    made = [
        plain.Activation(draw.of('relu', 'tanh', 'sigmoid')),
        plain.MaxPooling2D(2, strides=1),
        plain.AveragePooling2D(2, padding=draw.of('same', 'valid')),
        plain.ZeroPadding2D(((1, 0), (0, 1))),
        plain.Cropping2D(((1, 0), (0, 1))),
        plain.UpSampling2D((1, 2)),
        plain.Conv2D(2, 2, activation=act(draw)),
        plain.DepthwiseConv2D(2),
        plain.BatchNormalization(),
        plain.Dropout(0.2),
        plain.Permute(tuple(draw.rng.sample((1, 2, 3), 3))),
        plain.LeakyReLU(),
    ]
    for layer in draw.rng.sample(made, draw.size(1, 3)):
        x = layer(x)
    if draw.flag():
        x = draw.of(plain.Add, plain.Multiply, plain.Maximum)()([x, layers.Quantizer(quantizer(draw))(x)])
    x = draw.of(lambda x: x, layers.Quantizer(quantizer(draw)))(x)
    x = draw.of(lambda x: x, plain.Flatten())(x)
    x = draw.of(plain.Dense(3), layers.QDense(3, **weights(draw)))(x)
    return keras.Model(entry, x)


def q_joined(draw):
    """Return quantizers on branches that are joined, and several outputs."""
    a, b = draw.size(2, 4), draw.size(2, 4)
    first, second = keras.Input([a, b]), keras.Input([a, b])
    one, two = layers.QDense(b, **weights(draw))(first), draw.of(layers.Quantizer(quantizer(draw)), plain.ReLU())(second)
    x = plain.Concatenate(axis=draw.of(1, 2, -1))([one, two])
    x = draw.of(lambda x: x, layers.Quantizer(quantizer(draw)), plain.Reshape([-1]))(x)
    ends = [layers.QDense(2, **weights(draw))(x), layers.QAdd()([one, first])]
    return keras.Model([first, second], draw.of(ends[0], ends))


def q_pruned(draw):
    """Return layers whose weights and data have channels without bits, few bits far from the point, and signs that differ."""
    shape = [draw.size(4, 6) for _ in range(draw.size(1, 3))]
    rank = len(shape)
    x = entry = keras.Input(shape)
    if rank > 1:
        x = getattr(layers, f'QConv{rank - 1}D')(3, 2, **weights(draw))(x)
    x = layers.QDense(4, **weights(draw) | {'kq_conf': QuantizerConfig(draw.of('kbi', 'kif'), 'weight')})(x)
    x = layers.QBatchNormalization(**weights(draw))(x)
    model = keras.Model(entry, layers.QDense(2, activation='relu')(x))
    randomise(model, draw)
    rng = np.random.default_rng(draw.size(0, 1 << 30))
    for value in model.weights:
        name = value.path.rpartition('/')[2]
        if 'point_quantizer' not in value.path or name not in ('b', 'f', 'i', 'k'):
            continue
        numbers = value.numpy()
        chosen = rng.random(numbers.shape[-1:]) < 0.4
        far = {'b': 0, 'f': -6, 'i': -5, 'k': 0}[name] if draw.flag() else {'b': 1, 'f': 12, 'i': -11, 'k': 1}[name]
        value.assign(np.where(chosen, far, numbers))
    return model


# what these return has its formats already
FINISHED = ('q_traced', 'hgq_stream', 'q_pruned')

KINDS = {function.__name__: function for function in (q_traced, hgq_stream, q_mixed, q_joined, q_pruned)}
