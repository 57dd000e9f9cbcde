"""Random models of Keras 3, a function for each kind; those of HGQ2 are in `random_hgq2_kinds.py`."""

import keras
import numpy as np
from keras import layers

FUNCTIONS = ('relu', 'sigmoid', 'tanh', 'softplus', 'softsign', 'elu', 'selu', 'leaky_relu', 'hard_sigmoid', 'softmax', 'linear')


def randomise(model, draw):
    """Give all weights random values; variances are positive."""
    rng = draw.numbers()
    for value in model.weights:
        place, _, name = value.path.rpartition('/')
        if 'point_quantizer' in place:
            numbers = formats(rng, name, value)
        elif value.dtype != 'float32' or not value.trainable and 'moving' not in name:
            continue
        else:
            # so few bits that da4ml does not round them
            numbers = np.round(rng.normal(size=value.shape) * 65536) / 65536
        value.assign(np.abs(numbers) + 0.1 if 'variance' in name else numbers)


def formats(rng, name, value):
    """Return random signs and bits for a quantizer; some of them have no bits, and some are no integers."""
    if name == 'k':
        return rng.integers(0, 2, value.shape)
    least, most = {'b': (0, 9), 'i': (-2, 4), 'f': (-2, 6), 'm': (1, 6), 'e': (1, 4), 'e0': (-2, 3)}.get(name, (0, 1))
    return rng.integers(least, most, value.shape) + rng.uniform(-0.4, 0.4, value.shape)


def chain(draw, shape, *kinds):
    """Return a model of layers one after the other, sequential or functional."""
    if draw.flag():
        return keras.Sequential([layers.Input(shape), *kinds])
    x = entry = keras.Input(shape)
    for layer in kinds:
        x = layer(x)
    return keras.Model(entry, x)


def act(draw):
    """Return an activation."""
    return draw.of(None, *FUNCTIONS)


def dense(draw):
    shape = [draw.size() for _ in range(draw.size(1, 3))]
    made = [layers.Dense(draw.size(), activation=act(draw), use_bias=draw.flag()) for _ in range(draw.size(1, 3))]
    return chain(draw, shape, *made)


def einsum_dense(draw):
    a, b, c, d = (draw.size(2, 4) for _ in range(4))
    equation, out, axes = draw.of(
        ('abc,cd->abd', (a, d), 'd'),
        ('abc,bcde->ade', (d, c), 'de'),
        ('abc,cd->abd', (a, d), None),
        ('...x,xy->...y', d, 'y'),
        ('abc,bd->adc', (d, b), 'd'),
        ('ab...,bc->ac...', d, None),
    )
    return chain(draw, [a, b], layers.EinsumDense(equation, out, activation=act(draw), bias_axes=axes))


def activations(draw):
    shape = [draw.size() for _ in range(draw.size(1, 3))]
    made = [
        layers.Activation(draw.of(*FUNCTIONS)),
        layers.ReLU(threshold=draw.of(0, 0.5)),
        layers.ReLU(negative_slope=draw.of(0, 0.25)),
        layers.LeakyReLU(draw.of(0.1, 0.3)),
        layers.PReLU(),
        layers.ELU(draw.of(1.0, 0.5)),
        layers.Softmax(axis=draw.of(-1, draw.size(1, len(shape)))),
    ]
    return chain(draw, shape, *draw.rng.sample(made, 3))


def layout(draw):
    return {'data_format': draw.of('channels_last', 'channels_last', 'channels_first')}


def window(draw, rank):
    return {'strides': draw.of(1, 2), 'padding': draw.of('valid', 'same', *(('causal',) if rank == 1 else ()))}


def image(draw, rank):
    return [draw.size(5, 9) for _ in range(rank)] + [draw.size(5, 7)]


def conv(draw):
    rank = draw.size(1, 2)
    cls = layers.Conv1D if rank == 1 else layers.Conv2D
    more = {'activation': act(draw), 'use_bias': draw.flag()} | window(draw, rank) | {'data_format': 'channels_last'}
    kernel = draw.size(1, 4) if draw.flag() else tuple(draw.size(1, 4) for _ in range(rank))
    return chain(draw, image(draw, rank), cls(draw.size(), kernel, **more))


def conv_first(draw):
    cls = draw.of(layers.Conv1D, layers.Conv2D)
    rank = 1 if cls is layers.Conv1D else 2
    return chain(draw, image(draw, rank), cls(draw.size(), draw.size(1, 3), data_format='channels_first'))


def depthwise(draw):
    rank = draw.size(1, 2)
    cls = layers.DepthwiseConv1D if rank == 1 else layers.DepthwiseConv2D
    more = {'strides': draw.of(1, 2), 'padding': draw.of('valid', 'same')}
    more |= {'depth_multiplier': draw.of(1, 2), 'activation': act(draw), 'use_bias': draw.flag()}
    return chain(draw, image(draw, rank), cls(draw.size(1, 3), **more))


def pooling(draw):
    rank = draw.size(1, 2)
    cls = getattr(layers, draw.of('MaxPooling', 'AveragePooling') + f'{rank}D')
    more = {'padding': draw.of('valid', 'same'), 'strides': draw.of(None, 1, 2)} | layout(draw)
    return chain(draw, image(draw, rank), cls(draw.size(2, 3), **more))


def global_pooling(draw):
    rank = draw.size(1, 2)
    cls = getattr(layers, draw.of('GlobalMaxPooling', 'GlobalAveragePooling') + f'{rank}D')
    return chain(draw, image(draw, rank), cls(keepdims=draw.flag(), **layout(draw)))


def merge(draw):
    shape = [draw.size(2, 4) for _ in range(draw.size(1, 3))]
    first = keras.Input(shape)
    second = keras.Input([1] * len(shape) if draw.flag() else shape[draw.of(0, 0, 1) :])
    cls = draw.of('Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum')
    out = getattr(layers, cls)()([first, second])
    if draw.flag():
        out = layers.Add()([out, layers.Activation('relu')(first)])
    inputs = [first, second] if draw.flag() else [second, first]
    return keras.Model(inputs, out)


def concatenate(draw):
    shape = [draw.size(2, 4) for _ in range(draw.size(1, 3))]
    axis = draw.size(1, len(shape))
    other = list(shape)
    other[axis - 1] = draw.size()
    inputs = [keras.Input(shape), keras.Input(other)]
    return keras.Model(inputs, layers.Concatenate(axis=draw.of(axis, axis - len(shape) - 1))(inputs))


def dot(draw):
    n = draw.size()
    inputs = [keras.Input([n]), keras.Input([n])]
    return keras.Model(inputs, layers.Dot(axes=draw.of(1, -1, (1, 1)))(inputs))


def shapes(draw):
    a, b, c = (draw.size(2, 4) for _ in range(3))
    made = [layers.Reshape((a, -1)), layers.Permute(draw.of((1, 2), (2, 1))), layers.Flatten(), layers.Reshape((c, b, a))]
    order = draw.rng.sample(range(1, 4), 3)
    return chain(draw, [a, b, c], layers.Permute(order), *made, layers.Flatten())


def recurrent(draw):
    cls = draw.of(layers.SimpleRNN, layers.LSTM, layers.GRU)
    more = {'return_sequences': draw.flag(), 'use_bias': draw.flag(), 'activation': draw.of('tanh', 'relu', 'sigmoid')}
    if cls is not layers.SimpleRNN:
        more['recurrent_activation'] = draw.of('sigmoid', 'hard_sigmoid')
    return chain(draw, [draw.size(2, 5), draw.size()], cls(draw.size(), **more))


def bidirectional(draw):
    forward, backward = (draw.of(layers.LSTM, layers.GRU) for _ in range(2))
    sequences = draw.flag()
    more = {'merge_mode': draw.of('concat', 'sum', 'ave', 'mul')}
    units = draw.size()
    swap = draw.flag()
    if draw.flag():
        more['backward_layer'] = backward(units, return_sequences=sequences, go_backwards=not swap)
        layer = forward(units, return_sequences=sequences, go_backwards=swap)
    else:
        layer = forward(units, return_sequences=sequences, use_bias=draw.flag())
    return chain(draw, [draw.size(2, 5), draw.size()], layers.Bidirectional(layer, **more))


def nothing(draw):
    rank = draw.size(1, 3)
    shape = [draw.size(4, 6) for _ in range(rank - 1)] + [3]
    made = [layers.Dropout(0.1), layers.GaussianDropout(0.1), layers.AlphaDropout(0.1)]
    if rank > 1:
        made.append(getattr(layers, f'SpatialDropout{rank - 1}D')(0.1))
    if rank == 3:
        made += [
            layers.RandomBrightness(0.1),
            layers.RandomContrast(0.1),
            layers.RandomCrop(shape[0], shape[1]),
            layers.RandomFlip(),
            layers.RandomGrayscale(),
            layers.RandomHue(0.1),
            layers.RandomRotation(0.1),
            layers.RandomTranslation(0.1, 0.1),
            layers.RandomZoom(0.1),
            layers.RandomErasing(),
        ]
    return chain(draw, shape, *draw.rng.sample(made, 2))


def normalisation(draw):
    shape = [draw.size(2, 5) for _ in range(draw.size(1, 3))]
    made = layers.BatchNormalization(center=draw.flag(), scale=draw.flag(), epsilon=draw.of(1e-3, 1e-5))
    return chain(draw, shape, made, layers.Activation('relu'))


def layer_normalisation(draw):
    return chain(draw, [draw.size(2, 5), draw.size(2, 5)], layers.LayerNormalization(axis=[2], epsilon=draw.of(1e-3, 1e-5)))


def embedding(draw):
    return chain(draw, [draw.size(2, 5)], layers.Embedding(draw.size(3, 9), draw.size()))


def borders(draw):
    rank = draw.size(1, 2)
    pairs = tuple((draw.size(0, 2), draw.size(0, 2)) for _ in range(rank))
    amount = draw.of(1, pairs[0] if rank == 1 else pairs)
    more = layout(draw) if rank == 2 else {}
    cls = draw.of('ZeroPadding', 'Cropping')
    made = getattr(layers, f'{cls}{rank}D')(amount, **more)
    if draw.flag():
        made = getattr(layers, f'UpSampling{rank}D')(draw.size(1, 3), **more)
    return chain(draw, image(draw, rank), made)


def shared(draw):
    n = draw.size(2, 5)
    layer, relu = layers.Dense(n, activation=act(draw)), layers.ReLU(name=draw.of(None, 'i', 'dense_0'))
    inputs = [keras.Input([n]), keras.Input([n], name=draw.of(None, 'given'))]
    out = [relu(layer(layer(inputs[0]))), relu(layer(inputs[1]))]
    if draw.flag():
        out.append(layers.Add()(out))
    if draw.flag():
        out = out[::-1]
    return keras.Model(inputs, draw.of(out, out[:2], {'b': out[0], 'a': out[1]}, out[-1]))


def time_distributed(draw):
    inner = draw.of(layers.ReLU(), layers.Flatten(), layers.MaxPooling1D(2))
    return chain(draw, [draw.size(2, 4), 4, draw.size(2, 4)], layers.TimeDistributed(inner))


KINDS = {
    function.__name__: function
    for function in (
        dense,
        einsum_dense,
        activations,
        conv,
        conv_first,
        depthwise,
        pooling,
        global_pooling,
        merge,
        concatenate,
        dot,
        shapes,
        recurrent,
        bidirectional,
        nothing,
        normalisation,
        layer_normalisation,
        embedding,
        borders,
        shared,
        time_distributed,
    )
}
