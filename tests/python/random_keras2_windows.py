"""Random models of Keras 2: convolutions, poolings, borders, and small networks of them."""

from keras import Model, layers
from random_keras2_kinds import act, chain


def image(draw, rank):
    return [draw.size(4, 8) for _ in range(rank)] + [draw.size(1, 5)]


def pair(draw, rank, least, most):
    """Return one number for all dimensions, or one for each."""
    if draw.flag():
        return draw.size(least, most)
    return tuple(draw.size(least, most) for _ in range(rank))


def window(draw, rank, paddings=('valid', 'same')):
    stride = draw.of(1, 1, 2) if rank == 2 or draw.flag() else draw.of(1, 2, 3)
    return {'strides': stride, 'padding': draw.of(*paddings)}


def placed(draw, rank):
    """Return the shape of an image, and where its channels are."""
    shape = image(draw, rank)
    if draw.of(True, False, False, False):
        return [shape[-1], *shape[:-1]], {'data_format': 'channels_first'}
    return shape, draw.of({}, {'data_format': 'channels_last'})


def options(draw):
    return {'activation': act(draw), 'use_bias': draw.of(True, True, False)}


def behind(draw):
    """Return layers that may follow."""
    return draw.of(
        [],
        [layers.BatchNormalization(scale=draw.flag())],
        [layers.Flatten(), layers.Dense(2, activation=act(draw))],
        [layers.ReLU()],
        [layers.Dropout(0.1), layers.Flatten()],
    )


def conv(draw):
    rank = draw.size(1, 2)
    shape, layout = placed(draw, rank)
    more = options(draw) | window(draw, rank, ('valid', 'same', 'causal')[: 4 - rank]) | layout
    cls = (layers.Conv1D, layers.Conv2D)[rank - 1]
    return chain(draw, shape, cls(draw.size(), pair(draw, rank, 1, 4), **more), *behind(draw))


def pointwise(draw):
    rank = draw.size(1, 2)
    cls = (layers.Conv1D, layers.Conv2D)[rank - 1]
    return chain(draw, image(draw, rank), cls(draw.size(), 1, **options(draw), **window(draw, rank)), *behind(draw))


def grouped(draw):
    rank = draw.size(1, 2)
    cls = draw.of((layers.Conv1D, layers.Conv2D)[rank - 1], (layers.Conv1DTranspose, layers.Conv2DTranspose)[rank - 1])
    more = {'groups': 2} if cls in (layers.Conv1D, layers.Conv2D) else {}
    return chain(draw, [*image(draw, rank)[:-1], 4], cls(4, 2, **more))


def separable(draw):
    rank = draw.size(1, 2)
    cls = (layers.SeparableConv1D, layers.SeparableConv2D)[rank - 1]
    more = options(draw) | window(draw, rank) | {'depth_multiplier': draw.of(1, 1, 1, 2)}
    return chain(draw, image(draw, rank), cls(draw.size(), pair(draw, rank, 1, 3), **more), *behind(draw))


def depthwise(draw):
    rank = draw.size(1, 2)
    cls = (layers.DepthwiseConv1D, layers.DepthwiseConv2D)[rank - 1]
    more = options(draw) | window(draw, rank) | {'depth_multiplier': draw.of(1, 1, 2)}
    return chain(draw, image(draw, rank), cls(pair(draw, rank, 1, 3), **more), *behind(draw))


def pooling(draw):
    rank = draw.size(1, 2)
    cls = getattr(layers, draw.of('MaxPooling', 'AveragePooling') + f'{rank}D')
    shape, layout = placed(draw, rank)
    more = {'padding': draw.of('valid', 'same'), 'strides': draw.of(None, None, 1, 2)} | layout
    return chain(draw, shape, cls(pair(draw, rank, 1, 3), **more), *behind(draw))


def global_pooling(draw):
    rank = draw.size(1, 2)
    cls = getattr(layers, draw.of('GlobalMaxPooling', 'GlobalAveragePooling') + f'{rank}D')
    shape, layout = placed(draw, rank)
    made = cls(keepdims=draw.flag(), **layout)
    return chain(draw, shape, made, *draw.of([], [layers.Dense(3)], [layers.Flatten()]))


def borders(draw):
    rank = draw.size(1, 2)
    pairs = tuple((draw.size(0, 2), draw.size(0, 1)) for _ in range(rank))
    amounts = (1, pairs[0]) if rank == 1 else (1, (2, 1), (1, 1), pairs)
    shape, more = placed(draw, 2) if rank == 2 else (image(draw, 1), {})
    made = getattr(layers, f'{draw.of("ZeroPadding", "Cropping")}{rank}D')(draw.of(*amounts), **more)
    return chain(draw, shape, made, *behind(draw))


def up_sampling(draw):
    rank = draw.size(1, 2)
    shape, more = placed(draw, 2) if rank == 2 else (image(draw, 1), {})
    more |= {'interpolation': draw.of('nearest', 'nearest', 'bilinear')} if rank == 2 else {}
    size = draw.size(1, 3) if rank == 1 else pair(draw, rank, 1, 3)
    return chain(draw, shape, getattr(layers, f'UpSampling{rank}D')(size, **more), *behind(draw))


def cnn(draw):
    rank = draw.size(1, 2)
    name = f'{rank}D'
    made = []
    for _ in range(draw.size(1, 2)):
        made.append(getattr(layers, 'Conv' + name)(draw.size(), draw.size(1, 3), padding='same', **options(draw)))
        made += draw.of([], [layers.BatchNormalization()], [layers.BatchNormalization(), layers.Activation('relu')])
        made += draw.of([], [getattr(layers, 'MaxPooling' + name)(2)], [getattr(layers, 'AveragePooling' + name)(2)])
    ends = [layers.Flatten()], [getattr(layers, 'GlobalAveragePooling' + name)()], [layers.Flatten(), layers.Dense(4)]
    made += draw.of(*ends) + [layers.Dense(3, activation=draw.of('softmax', 'sigmoid', None))]
    return chain(draw, image(draw, rank), *made)


def residual(draw):
    shape = image(draw, 2)
    first = layers.Conv2D(3, 3, padding='same', activation=draw.of('relu', None))
    model = chain(draw, shape, first)
    branch = layers.BatchNormalization()(layers.Conv2D(3, 3, padding='same', use_bias=draw.flag())(model.outputs[0]))
    out = draw.of(layers.Add(), layers.Concatenate())([model.outputs[0], branch])
    out = layers.Activation('relu')(out)
    return Model(model.inputs, draw.of(out, layers.Flatten()(out), layers.GlobalMaxPooling2D()(out)))


NAMES = 'conv pointwise grouped separable depthwise pooling global_pooling borders up_sampling cnn residual'
KINDS = {name: globals()[name] for name in NAMES.split()}
