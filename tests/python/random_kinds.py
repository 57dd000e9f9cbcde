"""The kinds of random models: dense layers, quantizers, activations, merges and layers that move elements.

Each function takes a `Draw`, builds the tensors of a small network and returns a `Network`. Convolutions and recurrent
layers are in `random_windows.py`.
"""

from dataclasses import dataclass, field


@dataclass
class Network:
    """Tensors of a Keras model, and what its configuration must say."""

    inputs: list
    outputs: list
    n_words: int = 0
    """If inputs are numbers of words: how many words there are."""
    fixed: dict = field(default_factory=dict)
    """Configuration of layers that stays as it is, by name."""
    source: object = None
    """The Keras model, if it is not simply the one of these tensors."""


ACTIVATIONS = ('relu', 'elu', 'selu', 'softplus', 'softsign', 'sigmoid', 'tanh', 'hard_sigmoid', 'linear')


def kernel_quantizer(draw):
    """Return a random quantizer of QKeras for weights."""
    from qkeras.quantizers import binary, quantized_bits, quantized_po2, ternary

    bits = draw.between(2, 10)
    return draw.of(
        quantized_bits(bits, draw.between(0, bits - 1), alpha=1),
        quantized_bits(bits, draw.between(0, 3), alpha=1),
        quantized_bits(bits, 0, alpha=draw.of(None, 'auto', 'auto_po2')),
        binary(alpha=1),
        binary(alpha=draw.of(None, 'auto', 'auto_po2')),
        ternary(alpha=1, threshold=draw.of(0.25, 0.5)),
        ternary(alpha=draw.of('auto', 'auto_po2')),
        quantized_po2(draw.between(3, 6), draw.of(1, 2, 4)),
    )


def bias_quantizer(draw):
    """Return a random quantizer of QKeras for biases, or none."""
    from qkeras.quantizers import quantized_bits, quantized_po2

    bits = draw.between(2, 12)
    if draw.chance(0.05):
        return quantized_po2(4, 2)
    return draw.of(None, quantized_bits(bits, draw.between(0, bits - 1), alpha=1))


def quantized_activation(draw):
    """Return a random QActivation."""
    from qkeras import QActivation

    bits = draw.between(1, 10)
    integer = draw.between(0, bits)
    return QActivation(
        draw.of(
            f'quantized_relu({bits},{integer})',
            f'quantized_relu({bits + 1},{integer},negative_slope={draw.of(0.125, 0.25, 0.5)})',
            f'quantized_tanh({bits + 1},symmetric={draw.of(0, 1)},use_real_tanh={draw.of(0, 1)})',
            f'quantized_sigmoid({bits},use_real_sigmoid={draw.of(0, 1)})',
            f'quantized_bits({bits + 1},{integer},alpha=1)',
            'binary(alpha=1)',
            'ternary(alpha=1,threshold=0.4)',
            'ternary(alpha=1)',
        )
    )


def activation(draw):
    """Return a random layer with an activation."""
    from tensorflow.keras import layers

    alpha = draw.of(0.125, 0.3, 0.5, 1.0, 1.7)
    return draw.of(
        layers.ReLU(max_value=draw.of(None, 6.0), threshold=draw.of(0.0, 0.5), negative_slope=draw.of(0.0, 0.25)),
        layers.LeakyReLU(alpha=alpha),
        layers.ThresholdedReLU(theta=alpha),
        layers.ELU(alpha=alpha),
        layers.PReLU(),
        *(layers.Activation(name) for name in ACTIVATIONS),
    )


def softmax_layer(draw):
    """Return a softmax as either of Keras's layers; the code for the first one rarely compiles."""
    from tensorflow.keras import layers

    return layers.Softmax() if draw.chance(0.05) else layers.Activation('softmax')


def dense(draw):
    """Dense layers of different sizes."""
    from tensorflow.keras.layers import Dense, Input

    x = inp = Input((draw.between(1, 16),))
    for _ in range(draw.between(1, 3)):
        x = Dense(draw.between(1, 12), use_bias=draw.chance(0.8), activation=draw.of(None, None, *ACTIVATIONS))(x)
    return Network([inp], [x])


def dense_in_rows(draw):
    """Dense layers over the last axis of inputs with two or three axes."""
    from tensorflow.keras.layers import Dense, Input

    shape = draw.of((draw.between(2, 5),), (draw.between(2, 3), draw.between(2, 3)))
    x = inp = Input((*shape, draw.between(2, 6)))
    for _ in range(draw.between(1, 2)):
        x = Dense(draw.between(1, 5), activation=draw.of(None, 'relu', 'tanh'))(x)
    return Network([inp], [x])


def quantized_dense(draw):
    """Dense layers with quantizers of QKeras, normalizations and quantized activations."""
    from qkeras import QBatchNormalization, QDense
    from tensorflow.keras.layers import BatchNormalization, Input

    x = inp = Input((draw.between(2, 16),))
    if draw.chance(0.4):
        x = quantized_activation(draw)(x)
    for _ in range(draw.between(1, 3)):
        kernel, bias = kernel_quantizer(draw), bias_quantizer(draw)
        use_bias = draw.chance(0.7)
        x = QDense(draw.between(1, 10), kernel_quantizer=kernel, bias_quantizer=bias, use_bias=use_bias)(x)
        if draw.chance(0.4):
            x = draw.of(BatchNormalization(), BatchNormalization(), QBatchNormalization())(x)
        if draw.chance(0.7):
            x = quantized_activation(draw)(x)
    return Network([inp], [x])


def batch_norm(draw):
    """Batch normalizations alone, in a row, and around other layers."""
    from tensorflow.keras.layers import Activation, BatchNormalization, Dense, Input

    x = inp = Input(draw.of((7,), (4, 3), (3, 2, 3)))
    for _ in range(draw.between(1, 3)):
        x = BatchNormalization(scale=draw.chance(0.8), center=draw.chance(0.8))(x)
        if draw.chance(0.5):
            x = draw.of(Activation('relu'), Activation('tanh'), Dense(4))(x)
    return Network([inp], [x])


def activations(draw):
    """Activations directly on the input and in a row."""
    from tensorflow.keras.layers import Input

    x = inp = Input(draw.of((8,), (4, 3), (3, 3, 2)))
    for _ in range(draw.between(1, 3)):
        x = activation(draw)(x)
    return Network([inp], [x])


def quantized_activations(draw):
    """Quantized activations directly on the input and in a row."""
    from tensorflow.keras.layers import BatchNormalization, Input

    x = inp = Input(draw.of((8,), (4, 3), (3, 3, 2)))
    for _ in range(draw.between(1, 3)):
        if draw.chance(0.25):
            x = BatchNormalization()(x)
        x = quantized_activation(draw)(x)
    return Network([inp], [x])


def softmax(draw):
    """A softmax over the last axis, alone or behind a dense layer."""
    from tensorflow.keras.layers import Dense, Input

    shape = draw.of((draw.between(2, 10),), (draw.between(2, 10),), (3, 4), (2, 3, 3))
    if draw.has_ac_types and draw.io_type == 'io_parallel':  # where hls4ml supports one axis
        shape = shape[-1:]
    x = inp = Input(shape)
    if draw.chance(0.5):
        x = Dense(draw.between(2, 8))(x)
    x = softmax_layer(draw)(x)
    if draw.chance(0.2):
        x = Dense(3)(x)
    return Network([inp], [x])


def merge(draw):
    """Two inputs through a merge of one kind."""
    from tensorflow.keras import layers

    shape = draw.of((6,), (6,), (4, 3), (3, 2, 3))
    left, right = layers.Input(shape), layers.Input(shape)
    a = layers.Dense(shape[-1])(left) if draw.chance(0.4) else left
    b = activation(draw)(right) if draw.chance(0.4) else right
    kinds = [layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum]
    if len(shape) == 1:
        kinds.append(lambda: layers.Dot(axes=1))
    x = draw.of(*kinds)()([a, b])
    if draw.chance(0.3):
        x = layers.Activation('relu')(x)
    return Network([left, right], [x])


def concatenate(draw):
    """Two inputs behind each other along one of the axes."""
    from tensorflow.keras.layers import Activation, Concatenate, Dense, Input

    first = list(draw.of((5,), (4, 3), (3, 2, 3)))
    axis = draw.between(0, len(first) - 1)
    second = list(first)
    second[axis] = draw.between(1, 4)
    left, right = Input(first), Input(second)
    a = Activation('relu')(left) if draw.chance(0.5) else left
    x = Concatenate(axis=draw.of(axis + 1, axis - len(first)))([a, right])
    if draw.chance(0.4):
        x = Dense(3)(x)
    return Network([left, right], [x])


def broadcast(draw):
    """A merge of tensors of which one has axes of length one."""
    from tensorflow.keras.layers import Add, Input, Multiply, Subtract

    shape = draw.of((4, 3), (3, 2, 3))
    small = tuple(1 if axis < len(shape) - 1 else n for axis, n in enumerate(shape))
    left, right = Input(shape), Input(small)
    pair = [left, right] if draw.chance(0.6) else [right, left]
    return Network([left, right], [draw.of(Add(), Subtract(), Multiply())(pair)])


def several(draw):
    """Two inputs and two or three outputs, with one tensor that goes several ways."""
    from tensorflow.keras import layers

    left, right = layers.Input((5,)), layers.Input((4,))
    a = layers.Dense(4, activation=draw.of(None, 'relu'))(left)
    b = layers.Dense(4)(right)
    trunk = draw.of(layers.Add(), layers.Subtract(), layers.Concatenate())([a, b])
    outputs = [layers.Dense(draw.between(1, 4))(trunk), activation(draw)(trunk)]
    if draw.chance(0.4):
        outputs.append(softmax_layer(draw)(layers.Dense(3)(trunk)))
    if draw.chance(0.3):
        outputs.append(trunk)
    return Network([left, right], outputs)


def residual(draw):
    """A tensor that goes around a layer, once or twice."""
    from tensorflow.keras import layers

    x = inp = layers.Input((6,))
    for _ in range(draw.between(1, 2)):
        x = layers.Dense(6, activation=draw.of(None, 'relu'))(x)
        branch = layers.Dense(6)(x) if draw.chance(0.7) else activation(draw)(x)
        merging = draw.of(layers.Add, layers.Multiply, layers.Subtract, layers.Maximum)
        x = merging()([x, branch])
    return Network([inp], [x])


def moves(draw):
    """Layers that move, repeat, add or drop elements."""
    from tensorflow.keras import layers

    height, width, n_chan = draw.between(3, 5), draw.between(3, 5), draw.between(1, 3)
    if draw.chance(0.5):
        x = inp = layers.Input((height, width, n_chan))
        options = (
            layers.ZeroPadding2D(((draw.between(0, 2), draw.between(0, 2)), (1, draw.between(0, 1)))),
            layers.Cropping2D(((draw.between(0, 1), 1), (draw.between(0, 1), 0))),
            layers.UpSampling2D((draw.between(1, 3), draw.between(1, 2))),
            layers.Permute(draw.of((2, 1, 3), (3, 1, 2), (3, 2, 1), (1, 3, 2))),
            layers.Reshape(draw.of((height * width, n_chan), (width, height, n_chan), (height * width * n_chan,))),
            layers.Flatten(),
        )
    else:
        x = inp = layers.Input((width, n_chan))
        options = (
            layers.ZeroPadding1D((draw.between(0, 2), draw.between(0, 2))),
            layers.Cropping1D((draw.between(0, 1), 1)),
            layers.UpSampling1D(draw.between(1, 3)),
            layers.Permute((2, 1)),
            layers.Reshape(draw.of((n_chan, width), (n_chan * width,))),
            layers.Flatten(),
        )
    if draw.chance(0.5):
        x = layers.Activation(draw.of('relu', 'tanh'))(x)
    x = draw.of(*options)(x)
    if draw.chance(0.7):
        x = draw.of(layers.Activation('relu'), layers.Dense(3), layers.BatchNormalization())(x)
    return Network([inp], [x])


def embedding(draw):
    """An embedding, with a layer behind it."""
    from tensorflow.keras.layers import Activation, Dense, Embedding, Flatten, Input

    bits = draw.between(2, 4)
    n_words = (1 << bits) - draw.between(0, 1)
    x = inp = Input((draw.between(2, 5),), name='words')
    x = Embedding(n_words, draw.between(1, 4))(x)
    if draw.chance(0.6):
        x = Flatten()(x)
    x = draw.of(Dense(3), Activation('relu'), Activation('tanh'))(x)
    precision = draw.of(f'uint<{bits}>', f'uint<{bits + 2}>', 'fixed<16,6>', f'int<{bits + 1}>', f'ufixed<{bits + 3},{bits}>')
    return Network([inp], [x], n_words, {'words': {'Precision': {'result': precision}}})
