"""The kinds of random models with convolutions, poolings and recurrent layers. See `random_kinds.py`."""

from random_kinds import Network, activation, bias_quantizer, kernel_quantizer, quantized_activation


def window(draw, n_axes, most=3):
    """Return a random size of a window."""
    return tuple(draw.between(1, most) for _ in range(n_axes))


def steps(draw, n_axes, kernel):
    """Return padding and strides; in two axes both strides are the same, as Keras wants it for depthwise layers."""
    stride = draw.of(1, 1, 1, 2, 3)
    return {'padding': draw.of('valid', 'same'), 'strides': stride if n_axes == 1 else (stride, stride)}


def image(draw, n_axes):
    """Return an input with one or two axes and channels."""
    from tensorflow.keras.layers import Input

    return Input((*(draw.between(4, 7 - n_axes + 1) for _ in range(n_axes)), draw.between(1, 3)))


def tail(draw, x):
    """Add what usually follows a convolution, or nothing."""
    from tensorflow.keras import layers

    options = [None, None, layers.BatchNormalization(), layers.Activation('relu')]
    layer = draw.of(*options)
    return x if layer is None else layer(x)


def convolution(draw, n_axes):
    """Convolutions with padding, strides and dilation."""
    from tensorflow.keras import layers

    x = inp = image(draw, n_axes)
    for _ in range(draw.between(1, 2)):
        if min(x.shape[1:-1]) < 3:
            break
        kernel = window(draw, n_axes)
        options = steps(draw, n_axes, kernel)
        if options['strides'] in (1, (1, 1)) and draw.chance(0.15):
            options['dilation_rate'] = 2 if min(x.shape[1:-1]) >= 2 * max(kernel) - 1 else 1
        if n_axes == 2 and draw.chance(0.2):
            options['strides'] = (draw.between(1, 2), draw.between(1, 2))
            options.pop('dilation_rate', None)
        use_bias = draw.chance(0.8)
        layer = layers.Conv1D if n_axes == 1 else layers.Conv2D
        x = layer(draw.between(1, 4), kernel, use_bias=use_bias, activation=draw.of(None, 'relu', 'tanh'), **options)(x)
        x = tail(draw, x)
    if draw.chance(0.3):
        x = layers.Dense(3)(layers.Flatten()(x))
    return Network([inp], [x])


def conv1d(draw):
    """Convolutions with one axis."""
    return convolution(draw, 1)


def conv2d(draw):
    """Convolutions with two axes."""
    return convolution(draw, 2)


def pointwise(draw):
    """Convolutions with windows of one element."""
    from tensorflow.keras import layers

    n_axes = draw.of(1, 2)
    x = inp = image(draw, n_axes)
    layer = layers.Conv1D if n_axes == 1 else layers.Conv2D
    for _ in range(draw.between(1, 2)):
        x = tail(draw, layer(draw.between(1, 5), 1, strides=draw.of(1, 1, 1, 2), use_bias=draw.chance(0.8))(x))
    return Network([inp], [x])


def depthwise(draw):
    """A depthwise convolution, which may be followed by a pointwise one."""
    from tensorflow.keras import layers

    n_axes = draw.of(1, 2)
    x = inp = image(draw, n_axes)
    kernel = window(draw, n_axes)
    layer = layers.DepthwiseConv1D if n_axes == 1 else layers.DepthwiseConv2D
    options = steps(draw, n_axes, kernel)
    x = layer(kernel, use_bias=draw.chance(0.8), depth_multiplier=2 if draw.chance(0.05) else 1, **options)(x)
    x = tail(draw, x)
    if draw.chance(0.3):
        x = (layers.Conv1D if n_axes == 1 else layers.Conv2D)(3, 1)(x)
    return Network([inp], [x])


def separable(draw):
    """A separable convolution."""
    from tensorflow.keras import layers

    n_axes = draw.of(1, 2)
    x = inp = image(draw, n_axes)
    kernel = window(draw, n_axes)
    layer = layers.SeparableConv1D if n_axes == 1 else layers.SeparableConv2D
    x = layer(draw.between(1, 4), kernel, use_bias=draw.chance(0.8), **steps(draw, n_axes, kernel))(x)
    return Network([inp], [tail(draw, x)])


def quantized_convolution(draw):
    """A convolution with quantizers of QKeras."""
    import qkeras

    n_axes = draw.of(1, 2)
    x = inp = image(draw, n_axes)
    kernel = window(draw, n_axes)
    quantizers = {'bias_quantizer': bias_quantizer(draw), 'use_bias': draw.chance(0.8), **steps(draw, n_axes, kernel)}
    depthwise = {'depthwise_quantizer': kernel_quantizer(draw), **quantizers}
    n_filt = draw.between(1, 4)
    kind = draw.of('plain', 'plain', 'plain', 'depthwise', 'separable', 'batchnorm')
    if n_axes == 1 and kind != 'separable':
        layer = qkeras.QConv1D(n_filt, kernel, kernel_quantizer=kernel_quantizer(draw), **quantizers)
    elif kind == 'depthwise':
        layer = qkeras.QDepthwiseConv2D(kernel, **depthwise)
    elif kind == 'separable':
        separable = qkeras.QSeparableConv1D if n_axes == 1 else qkeras.QSeparableConv2D
        layer = separable(n_filt, kernel, pointwise_quantizer=kernel_quantizer(draw), **depthwise)
    else:
        plain = qkeras.QConv2DBatchnorm if kind == 'batchnorm' else qkeras.QConv2D
        layer = plain(n_filt, kernel, kernel_quantizer=kernel_quantizer(draw), **quantizers)
    x = layer(quantized_activation(draw)(x) if draw.chance(0.4) else x)
    if draw.chance(0.6):
        x = quantized_activation(draw)(x)
    return Network([inp], [x])


def pooling(draw):
    """A pooling, alone or behind a convolution."""
    from tensorflow.keras import layers

    n_axes = draw.of(1, 2)
    x = inp = image(draw, n_axes)
    if draw.chance(0.3):
        x = (layers.Conv1D if n_axes == 1 else layers.Conv2D)(2, 2, padding='same')(x)
    kinds = {
        1: (layers.MaxPooling1D, layers.AveragePooling1D),
        2: (layers.MaxPooling2D, layers.AveragePooling2D),
    }
    size = window(draw, n_axes, 4)
    size = size[0] if n_axes == 1 else size
    strides = draw.of(None, None, 1, 2)
    x = draw.of(*kinds[n_axes])(size, strides=strides, padding=draw.of('valid', 'same'))(x)
    if draw.chance(0.3):
        x = activation(draw)(x)
    return Network([inp], [x])


def global_pooling(draw):
    """A pooling over everything but the channels."""
    from tensorflow.keras import layers

    n_axes = draw.of(1, 2)
    x = inp = image(draw, n_axes)
    kinds = {
        1: (layers.GlobalMaxPooling1D, layers.GlobalAveragePooling1D),
        2: (layers.GlobalMaxPooling2D, layers.GlobalAveragePooling2D),
    }
    x = draw.of(*kinds[n_axes])(keepdims=draw.chance(0.3))(x)
    if draw.chance(0.4):
        x = layers.Dense(3)(x)
    return Network([inp], [x])


def cnn(draw):
    """Convolution, pooling, dense layer and a tensor that goes two ways."""
    from tensorflow.keras import layers

    inp = layers.Input((5, 5, 2))
    trunk = layers.Conv2D(2, 3, padding='same', activation=draw.of(None, 'relu'))(inp)
    branch = layers.Conv2D(2, 3, padding='same')(trunk)
    x = draw.of(layers.Add(), layers.Concatenate(), layers.Subtract())([trunk, branch])
    x = draw.of(layers.MaxPooling2D(2), layers.AveragePooling2D(2), layers.GlobalAveragePooling2D())(x)
    return Network([inp], [layers.Dense(3)(layers.Flatten()(x))])


def recurrent_layer(draw, n_units, return_sequences, go_backwards=None):
    """Return a random recurrent layer."""
    from tensorflow.keras import layers

    if go_backwards is None:
        go_backwards = draw.chance(0.2)
    names = ('tanh', 'tanh', 'relu', 'sigmoid')
    options = {
        'activation': 'hard_sigmoid' if draw.chance(0.05) else draw.of(*names),
        'return_sequences': return_sequences,
        'go_backwards': go_backwards,
    }
    has_only_gru = draw.backend == 'Quartus' and draw.io_type == 'io_stream'
    if draw.backend == 'Quartus' and not has_only_gru and draw.chance(0.3):
        return layers.SimpleRNN(n_units, **options)
    options['recurrent_activation'] = draw.of('sigmoid', 'sigmoid', 'tanh', 'relu')
    if not has_only_gru and draw.chance(0.5):
        return layers.LSTM(n_units, **options)
    return layers.GRU(n_units, reset_after=not draw.chance(0.1), **options)


def recurrent(draw):
    """One or two recurrent layers."""
    from tensorflow.keras.layers import Dense, Input

    x = inp = Input((draw.between(2, 5), draw.between(1, 4)))
    if draw.chance(0.25):
        x = recurrent_layer(draw, draw.between(1, 4), True)(x)
    x = recurrent_layer(draw, draw.between(1, 5), draw.chance(0.5))(x)
    if draw.chance(0.3):
        x = Dense(2)(x)
    return Network([inp], [x])


def quantized_recurrent(draw):
    """An LSTM with quantizers of QKeras, whose other recurrent layers cannot be built with this Keras."""
    from qkeras import QLSTM
    from qkeras.quantizers import quantized_bits
    from tensorflow.keras.layers import Input

    x = inp = Input((draw.between(2, 4), draw.between(1, 3)))
    bits = draw.between(4, 10)
    is_plain = draw.backend == 'Catapult'  # hls4ml writes no configuration for quantized activations there
    x = QLSTM(
        draw.between(1, 4),
        kernel_quantizer=quantized_bits(bits, 1, alpha=1),
        recurrent_quantizer=quantized_bits(bits, draw.between(0, 2), alpha=1),
        bias_quantizer=quantized_bits(bits, 1, alpha=1),
        state_quantizer=quantized_bits(bits + 2, 2, alpha=1),
        activation=draw.of('tanh', *([] if is_plain else [f'quantized_tanh({bits},use_real_tanh=1)'])),
        recurrent_activation=draw.of('sigmoid', *([] if is_plain else [f'quantized_sigmoid({bits},use_real_sigmoid=1)'])),
        return_sequences=draw.chance(0.5),
    )(x)
    return Network([inp], [x])


def bidirectional(draw):
    """A recurrent layer in both directions."""
    from tensorflow.keras.layers import Bidirectional, Dense, Input

    x = inp = Input((draw.between(2, 4), draw.between(1, 3)))
    return_sequences = draw.chance(0.5)
    n_units = draw.between(1, 4)
    forward = recurrent_layer(draw, n_units, return_sequences, go_backwards=False)
    backward = None
    if draw.chance(0.4):
        backward = recurrent_layer(draw, n_units, return_sequences, go_backwards=True)
    merge_mode = draw.of('concat', 'concat', 'concat', 'sum', 'mul', 'ave')
    x = Bidirectional(forward, backward_layer=backward, merge_mode=merge_mode)(x)
    if draw.chance(0.3):
        x = Dense(2)(x)
    return Network([inp], [x])


def layer_norm(draw):
    """A layer normalization over the last axis."""
    from tensorflow.keras.layers import Dense, Input, LayerNormalization

    x = inp = Input((draw.between(1, 5), draw.between(2, 8)))
    if draw.chance(0.4):
        x = Dense(draw.between(2, 6))(x)
    x = LayerNormalization(epsilon=draw.of(1e-2, 1e-3, 1e-4, 1e-6), scale=True, center=True)(x)
    return Network([inp], [x])


def wrapped_layer(draw, n_axes):
    """Return a random layer or model that is applied to steps with that many axes before the channels."""
    from tensorflow.keras import layers
    from tensorflow.keras.models import Sequential

    if n_axes < 2:
        return draw.of(
            layers.Dense(draw.between(1, 4)),
            layers.BatchNormalization(),
            layers.Activation(draw.of('relu', 'tanh', 'sigmoid', 'linear')),
            layers.LeakyReLU(0.25),
        )
    convolution = layers.Conv2D(draw.between(1, 3), window(draw, 2), padding=draw.of('valid', 'same'))
    return draw.of(
        convolution,
        draw.of(layers.MaxPooling2D, layers.AveragePooling2D)(2),
        Sequential([layers.Conv2D(2, 2, activation=draw.of(None, 'relu')), layers.BatchNormalization()]),
        Sequential([convolution, layers.MaxPooling2D(2)]),
    )


def time_distributed(draw):
    """A layer, or several, for each step of a sequence; C++ wants one type for both sides of each end of the loop."""
    from random_types import Types
    from tensorflow.keras.layers import Dense, Flatten, Input, TimeDistributed
    from tensorflow.keras.models import Sequential

    n_axes = 1 if draw.chance(0.05) else draw.of(0, 2)  # with one axis, hls4ml makes more elements than the loop writes
    shape = (draw.between(2, 4), *(draw.between(4, 5) for _ in range(n_axes)), draw.between(1, 3))
    wrapped = wrapped_layer(draw, n_axes)
    inner = wrapped.layers if hasattr(wrapped, 'layers') else [wrapped]
    layers = [Input(shape, name='sequence'), TimeDistributed(wrapped, name='loop')]
    if n_axes != 1 and draw.chance(0.3):
        layers += [Flatten(), Dense(2)]
    # hls4ml converts models in loops only if the whole model is a row of layers, too
    source = Sequential(layers)
    if draw.chance(0.1):
        return Network(source.inputs, source.outputs, source=source)
    types = Types(draw)
    shared = types.tame()
    fixed = {name: shared for name in ('sequence', 'loop', *(layer.name for layer in inner), 'loop_end')}
    if draw.chance(0.15):
        fixed['loop_end'] = types.tame()  # counts for C++ only if its type has a name of its own
    fixed = {name: {'Precision': {'result': precision}} for name, precision in fixed.items()}
    return Network(source.inputs, source.outputs, fixed=fixed, source=source)


def distributed_arithmetic(draw):
    """Dense layers and convolutions whose products are sums of shifted numbers."""
    from qkeras import QDense
    from tensorflow.keras import layers

    n_axes = draw.of(0, 0, 1, 2)
    if n_axes == 0:
        x = inp = layers.Input((draw.between(2, 4), draw.between(1, 4)) if draw.chance(0.3) else (draw.between(1, 10),))
    else:
        x = inp = image(draw, n_axes)
    names = []
    for number in range(draw.between(1, 2)):
        name = f'da_{number}'
        use_bias = draw.chance(0.7)
        if n_axes == 0 and draw.chance(0.4):
            quantizers = {'kernel_quantizer': kernel_quantizer(draw), 'bias_quantizer': bias_quantizer(draw)}
            x = QDense(draw.between(1, 6), use_bias=use_bias, name=name, **quantizers)(x)
        elif n_axes == 0:
            x = layers.Dense(draw.between(1, 6), use_bias=use_bias, activation=draw.of(None, 'relu'), name=name)(x)
        else:
            kernel = draw.of(1, window(draw, n_axes))
            layer = layers.Conv1D if n_axes == 1 else layers.Conv2D
            options = steps(draw, n_axes, kernel)
            x = layer(draw.between(1, 3), kernel, use_bias=use_bias, name=name, **options)(x)
        names.append(name)
        if draw.chance(0.3):
            x = quantized_activation(draw)(x)
    return Network([inp], [x], fixed={name: {'Strategy': 'distributed_arithmetic', 'ReuseFactor': 1} for name in names})
