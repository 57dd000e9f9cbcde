"""Random models of Keras 2: layers without windows, and models within models; windows are in `random_keras2_windows.py`."""

from keras import Input, Model, Sequential, layers

FUNCTIONS = ('relu', 'sigmoid', 'tanh', 'softplus', 'softsign', 'elu', 'selu', 'hard_sigmoid', 'softmax', 'linear')
MORE_FUNCTIONS = (*FUNCTIONS, 'exponential', 'swish', 'gelu', 'leaky_relu', 'relu6')


def chain(draw, shape, *kinds):
    """Return a model of layers one after the other, sequential with or without a layer for the input, or functional."""
    manner = draw.of('sequential', 'shaped', 'functional', 'functional')
    if manner == 'sequential':
        return Sequential([Input(shape), *kinds])
    if manner == 'shaped':
        model = Sequential(kinds)
        model.build((None, *shape))
        return model
    x = entry = Input(shape, name=draw.of(None, None, 'x', 'data_in'))
    for layer in kinds:
        x = layer(x)
    return Model(entry, x)


def act(draw):
    """Return an activation."""
    return draw.of(None, None, *FUNCTIONS)


def some_shape(draw, most=3):
    return [draw.size(2, 5) for _ in range(draw.size(1, most))]


def dense(draw):
    made = []
    for index in range(draw.size(1, 3)):
        name = draw.of(None, None, f'fc{index}', f'kernel_{index}', f'bias_{index}')
        made.append(layers.Dense(draw.size(), activation=act(draw), use_bias=draw.flag(), name=name))
        if draw.flag():
            made.append(draw.of(layers.Dropout(0.2), layers.ReLU(), layers.Activation(draw.of(*FUNCTIONS))))
    return chain(draw, some_shape(draw), *made)


def activation(draw):
    shape = some_shape(draw)
    axis = draw.of(-1, -1, draw.size(1, len(shape)))
    made = [
        layers.Activation(draw.of(*FUNCTIONS)),
        layers.ReLU(max_value=draw.of(None, 6, 1.5), negative_slope=draw.of(0, 0, 0.25), threshold=draw.of(0, 0, 0.5)),
        layers.LeakyReLU(alpha=draw.of(0.1, 0.3, 0.25)),
        layers.PReLU(shared_axes=draw.of(None, None, None, [1])),
        layers.ELU(draw.of(1.0, 0.5)),
        layers.ThresholdedReLU(draw.of(0.5, 1.0)),
        layers.Softmax(axis=axis),
    ]
    return chain(draw, shape, *draw.rng.sample(made, draw.size(1, 3)))


def function(draw):
    made = [layers.Activation(draw.of(*MORE_FUNCTIONS)), layers.Dense(3, activation=draw.of(*MORE_FUNCTIONS))]
    return chain(draw, some_shape(draw), *made)


def normalisation(draw):
    shape = some_shape(draw)
    more = {'center': draw.flag(), 'scale': draw.flag(), 'epsilon': draw.of(1e-3, 1e-5)}
    made = [layers.BatchNormalization(axis=draw.of(-1, -1, len(shape), 1), **more)]
    if draw.flag():
        made.insert(draw.of(0, 1), draw.of(layers.Dense(draw.size()), layers.Activation('relu')))
    return chain(draw, shape, *made)


def layer_normalisation(draw):
    shape = draw.of(some_shape(draw), [draw.size(2, 5), draw.size(2, 5)], [draw.size(2, 5), draw.size(2, 5)])
    more = {'center': draw.of(True, True, False), 'scale': draw.of(True, True, False)}
    axis = draw.of(-1, -1, -1, 1)
    return chain(draw, shape, layers.LayerNormalization(axis=axis, epsilon=draw.of(1e-3, 1e-5, 0.5, 3e-4), **more))


def merge(draw):
    shape = some_shape(draw)
    first = Input(shape)
    second = Input([1] * (len(shape) - 1) + shape[-1:] if draw.of(True, False, False) else shape)
    cls = getattr(layers, draw.of('Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum'))
    left = draw.of(first, layers.Dense(shape[-1], activation=act(draw))(first), layers.Dropout(0.1)(first))
    if cls is not layers.Subtract and draw.rng.random() < 0.1:
        return Model([first, second], cls()([left, second, first]))
    out = cls()(draw.of([left, second], [second, left]))
    if draw.flag():
        out = layers.Add()([out, layers.Activation('relu')(first)])
    return Model(draw.of([first, second], [second, first]), out)


def concatenate(draw):
    shape = some_shape(draw, 4 if draw.rng.random() < 0.1 else 3)
    axis = draw.size(1, len(shape))
    other = list(shape)
    other[axis - 1] = draw.size()
    inputs = [Input(shape), Input(other)]
    joined = layers.Concatenate(axis=draw.of(axis, axis - len(shape) - 1))(inputs)
    return Model(inputs, draw.of(joined, layers.Dense(3)(joined), layers.Flatten()(joined)))


def dot(draw):
    n = draw.size()
    inputs = [Input([n]), Input([n])]
    out = layers.Dot(axes=draw.of(1, -1, (1, 1)), normalize=draw.of(False, False, True))(inputs)
    return Model(inputs, draw.of(out, layers.Dense(3)(out)))


def shapes(draw):
    a, b, c = (draw.size(2, 4) for _ in range(3))
    target = draw.of((a, -1), (c, b * a), (a * b * c,), (b, a, c), (-1,))
    flat = draw.of(layers.Flatten(), layers.Flatten(data_format='channels_first'))
    behind = layers.Activation('relu') if target == (a, -1) else flat  # hls4ml multiplies with −1, and goes on with that
    made = [layers.Permute(draw.rng.sample(range(1, 4), 3)), layers.Reshape(target), behind, layers.Dense(2)]
    return chain(draw, [a, b, c], *made[: draw.size(1, 4)])


def nothing(draw):
    shape = some_shape(draw)
    made = [layers.Dropout(0.1), layers.Dense(3), layers.Dropout(0.2), layers.Activation('relu'), layers.Dropout(0.3)]
    made = made[draw.size(0, 1) : draw.size(2, 5)]
    if draw.rng.random() < 0.1:  # hls4ml knows none of them
        other = layers.GaussianNoise(0.1), layers.GaussianDropout(0.1), layers.AlphaDropout(0.1), layers.RepeatVector(2)
        shape, made = shape[-1:], [*made, draw.of(*other)]
    return chain(draw, shape, *made)


def embedding(draw):
    made = [layers.Embedding(draw.size(5, 9), draw.size())]
    made += draw.of([], [layers.Flatten(), layers.Dense(2)], [layers.Dense(3)], [layers.Activation('relu')])
    if draw.flag():
        return chain(draw, [draw.size(2, 5)], *made)
    x = entry = Input([draw.size(2, 5)], dtype=draw.of('int32', 'uint8', 'float32', 'int16'))
    for layer in made:
        x = layer(x)
    return Model(entry, x)


def recurrent(draw):
    cls = draw.of(layers.SimpleRNN, layers.LSTM, layers.GRU)
    more = {'return_sequences': draw.flag(), 'go_backwards': draw.of(False, False, True)}
    more |= {'activation': draw.of('tanh', 'tanh', 'relu', 'sigmoid'), 'use_bias': draw.of(True, True, True, True, False)}
    if cls is not layers.SimpleRNN:
        more['recurrent_activation'] = draw.of('sigmoid', 'sigmoid', 'hard_sigmoid', 'tanh')
    if cls is layers.LSTM:
        more['unit_forget_bias'] = draw.flag()
    if cls is layers.GRU:
        more['reset_after'] = draw.of(True, True, True, False)
    units = draw.size()
    x = Input([draw.size(2, 5), draw.size()])
    if draw.of(True, False, False, False, False):
        states = [Input([units]) for _ in range(2 if cls is layers.LSTM else 1)]
        return Model([x, *states], cls(units, **more)(x, initial_state=states))
    if draw.rng.random() < 0.05:
        return Model(x, cls(units, return_state=True, **more)(x))
    made = [cls(units, stateful=False, unroll=draw.flag(), **more)]
    return chain(draw, x.shape[1:], *made, *draw.of([], [layers.Dense(3)], [layers.Activation('relu')]))


def bidirectional(draw):
    forward, backward = (draw.of(layers.LSTM, layers.GRU, layers.SimpleRNN) for _ in range(2))
    sequences = draw.flag()
    merge_mode = draw.of('concat', 'concat', 'sum', 'ave', 'mul', None if draw.rng.random() < 0.3 else 'concat')
    units, swap = draw.size(), draw.flag()
    more = {'merge_mode': merge_mode, 'name': draw.of(None, 'both')}
    if draw.flag():
        other = units if merge_mode != 'concat' else draw.size()
        more['backward_layer'] = backward(other, return_sequences=sequences, go_backwards=not swap)
        layer = forward(units, return_sequences=sequences, go_backwards=swap, activation=draw.of('tanh', 'relu'))
    else:
        layer = forward(units, return_sequences=sequences, use_bias=draw.of(True, True, True, False))
    return chain(draw, [draw.size(2, 5), draw.size()], layers.Bidirectional(layer, **more))


def time_distributed(draw):
    inner = [layers.Dense(3, activation=act(draw)), layers.Activation('relu'), layers.Flatten(), layers.BatchNormalization()]
    inner += [layers.MaxPooling1D(2), layers.Conv1D(draw.size(), 2, padding='same', activation=act(draw))]
    inner += [Sequential([layers.Dense(4), layers.ReLU()]), layers.Conv1D(2, 2), layers.GlobalAveragePooling1D()]
    entry = Input([4, draw.size(2, 4)])
    inner.append(Model(entry, layers.Flatten()(layers.Dense(2, activation=act(draw))(entry))))
    made = layers.TimeDistributed(draw.of(*inner), name=draw.of(None, 'each'))
    return chain(draw, [draw.size(2, 4), *entry.shape[1:]], made, *draw.of([], [layers.Activation('relu')], [layers.Flatten()]))


def shared(draw):
    n = draw.size(2, 5)
    layer, relu = layers.Dense(n, activation=act(draw)), layers.ReLU(name=draw.of(None, 'i', 'dense_0'))
    inputs = [Input([n]), Input([n], name=draw.of(None, 'given'))]
    if draw.flag():
        return Model(inputs, draw.of([layer(inputs[0]), relu(inputs[1])], [relu(layer(inputs[0])), inputs[1]]))
    out = [relu(layer(layer(inputs[0]))), relu(layer(inputs[1]))]
    return Model(inputs, draw.of(out, out[::-1], layers.Add()(out)))


def several(draw):
    left, right = Input([draw.size(2, 5)], name=draw.of(None, 'left')), Input([draw.size(2, 5)])
    a, b = layers.Dense(4, activation=act(draw))(left), layers.Dense(4, activation=act(draw))(right)
    trunk = draw.of(layers.Add(), layers.Concatenate(), layers.Multiply())([a, layers.Dropout(0.1)(b)])
    outputs = [layers.Dense(draw.size(), activation=act(draw))(trunk), layers.Dropout(0.1)(layers.Activation('relu')(trunk))]
    outputs += draw.of([], [trunk], [a], [layers.Softmax()(trunk)])
    draw.rng.shuffle(outputs)
    return Model(draw.of([left, right], [right, left]), outputs)


def block(draw, size, depth):
    """Return a model that is a layer of another one."""
    name = draw.of(None, None, 'dense')
    made = [layers.Dense(draw.size(2, 4), activation=act(draw), name=name)]
    if depth and draw.flag():
        made.append(block(draw, made[0].units, depth - 1))
    made += draw.of([], [layers.Dense(draw.size(), activation=act(draw))], [layers.Dropout(0.1)], [layers.ReLU()])
    if draw.flag():
        return Sequential([Input([size]), *made] if draw.flag() else made)
    x = entry = Input([size])
    for layer in made:
        x = layer(x)
    return Model(entry, draw.of(x, x, layers.Add()([x, layers.ReLU()(x)])))


def nested(draw):
    first, last = layers.Dense(draw.size(2, 4), activation=act(draw)), layers.Dense(3, activation=act(draw))
    inner = block(draw, first.units, 2)
    made = draw.of([first, inner, last], [first, inner], [first, inner, layers.ReLU(), last])
    return chain(draw, [draw.size(2, 5)], *made)


NAMES = 'dense activation function normalisation layer_normalisation merge concatenate dot shapes nothing embedding'
MORE_NAMES = 'recurrent bidirectional time_distributed shared several nested'
KINDS = {name: globals()[name] for name in f'{NAMES} {MORE_NAMES}'.split()}
