"""Random models of QKeras, with the quantizers that hls4ml knows and some that it does not."""

import qkeras
from keras import Input, Model, layers
from qkeras import quantizers as q
from random_keras2_kinds import chain, some_shape
from random_keras2_windows import image, pair, window
from tensorflow.python.util import nest


# QKeras 0.9 calls this function by the name that it had in older versions of TensorFlow
nest.is_sequence = nest.is_nested


def alpha(draw):
    return draw.of(1, 1, 1, 1.0, None, 'auto', 'auto_po2', 0.5)


def bits(draw, **more):
    """Return `quantized_bits`, made in one of the ways that there are."""
    width = draw.size(2, 9)
    integer = draw.size(0, min(width - 1, 3))
    if draw.of(True, False, False):
        return f'quantized_bits({width},{integer},alpha={draw.of(1, 1.0)})'
    more |= {'alpha': alpha(draw), 'symmetric': draw.of(0, 1, False, True)}
    return q.quantized_bits(width, integer, **more)


def weight(draw):
    """Return a quantizer of weights."""
    return draw.of(
        bits(draw),
        bits(draw),
        bits(draw, keep_negative=draw.of(True, True, False)),
        bits(draw, use_stochastic_rounding=draw.of(True, False)),
        q.quantized_bits(1, 0, alpha=draw.of(1, None)),
        q.quantized_bits(draw.of(1, 4), draw.of(4, 1), alpha=1),
        q.binary(alpha=alpha(draw), use_01=draw.of(False, False, True)),
        q.ternary(alpha=draw.of(1, 1, None), threshold=draw.of(None, 0.3, 0.5)),
        q.ternary(alpha=draw.of('auto', 'auto_po2')),
        q.stochastic_binary(alpha=draw.of(1, None)),
        q.stochastic_ternary(alpha=draw.of(1, None), threshold=draw.of(None, 0.4)),
        q.quantized_po2(draw.size(3, 6), max_value=draw.of(None, 1, 2)),
        draw.of('binary', 'ternary', 'binary()', 'ternary(alpha=1)', 'quantized_po2(4)', 'stochastic_ternary'),
        draw.of(None, bits(draw), q.quantized_relu_po2(4), q.quantized_relu(4, 1)),
    )


def bias(draw):
    return draw.of(None, bits(draw), bits(draw), bits(draw), q.quantized_po2(4), 'ternary', 'binary(alpha=1)')


def activation(draw):
    """Return a quantizer of values, as a text or as an object."""
    width = draw.size(1, 8)
    integer = draw.size(0, width)
    return draw.of(
        f'quantized_relu({width})',
        f'quantized_relu({width},{integer})',
        f'quantized_relu({width + 1}, {integer}, negative_slope={draw.of(0.125, 0.25)})',
        f'quantized_relu({width},{integer},use_sigmoid={draw.of(0, 1)})',
        q.quantized_relu(width, integer, relu_upper_bound=draw.of(None, 1.5), is_quantized_clip=draw.flag()),
        q.quantized_relu(width + 1, integer, negative_slope=draw.of(0.0, 0.25)),
        f'quantized_tanh({width + 1})',
        q.quantized_tanh(width + 1, symmetric=draw.of(True, False, 1), use_real_tanh=draw.flag()),
        f'quantized_sigmoid({width})',
        q.quantized_sigmoid(width, symmetric=draw.flag(), use_real_sigmoid=draw.flag()),
        f'quantized_bits({width + 1},{min(integer, width)},alpha={draw.of(1, "1.0")})',
        bits(draw),
        draw.of('binary', 'ternary', 'binary(alpha=1)', 'ternary(alpha=1, threshold=0.4)', 'binary_tanh', 'ternary()'),
        q.binary(use_01=draw.flag(), alpha=draw.of(1, None)),
        q.ternary(alpha=draw.of(1, None), threshold=draw.of(None, 0.4, 0.2)),
        draw.of('relu', 'quantized_relu_po2(4)', 'quantized_po2(4)', 'stochastic_ternary', 'hard_tanh'),
        'quantized_hswish(8,2)' if draw.rng.random() < 0.1 else 'quantized_relu(5,2)',
    )


def part(draw):
    """Return an activation that is an argument of a layer."""
    return draw.of(None, None, 'relu', 'linear', activation(draw), activation(draw))


def quantized(draw):
    return {'kernel_quantizer': weight(draw), 'bias_quantizer': bias(draw), 'use_bias': draw.of(True, True, False)}


def behind(draw):
    function = layers.Activation(draw.of('softmax', 'tanh', 'relu'))
    return draw.of([], [qkeras.QActivation(activation(draw))], [layers.BatchNormalization()], [function])


def q_dense(draw):
    made = []
    for _ in range(draw.size(1, 3)):
        made.append(qkeras.QDense(draw.size(), activation=part(draw), **quantized(draw)))
        made += behind(draw)
    return chain(draw, some_shape(draw, 2), *made)


def q_activation(draw):
    made = [qkeras.QActivation(activation(draw)) for _ in range(draw.size(1, 3))]
    return chain(draw, some_shape(draw), *made)


def q_conv(draw):
    rank = draw.size(1, 2)
    more = window(draw, rank, ('valid', 'same', 'causal') if rank == 1 else ('valid', 'same'))
    cls = (qkeras.QConv1D, qkeras.QConv2D)[rank - 1]
    made = cls(draw.size(), pair(draw, rank, 1, 3), activation=part(draw), **quantized(draw), **more)
    return chain(draw, image(draw, rank), made, *behind(draw))


def q_depthwise(draw):
    more = window(draw, 2) | {'depth_multiplier': draw.of(1, 1, 2), 'activation': part(draw), 'use_bias': draw.flag()}
    more |= {'depthwise_quantizer': weight(draw), 'bias_quantizer': bias(draw)}
    made = qkeras.QDepthwiseConv2D(draw.of((2, 2), (3, 1), (1, 1)), **more)
    return chain(draw, image(draw, 2), made, *behind(draw))


def q_separable(draw):
    rank = draw.size(1, 2)
    more = window(draw, rank) | {'activation': part(draw), 'use_bias': draw.flag(), 'bias_quantizer': bias(draw)}
    cls = (qkeras.QSeparableConv1D, qkeras.QSeparableConv2D)[rank - 1]
    kernel = draw.size(1, 3) if rank == 1 else (draw.size(1, 3), draw.size(1, 3))
    made = cls(draw.size(), kernel, depthwise_quantizer=weight(draw), pointwise_quantizer=weight(draw), **more)
    return chain(draw, image(draw, rank), made, *behind(draw))


def q_norm(draw):
    fields = {f'{name}_quantizer': bits(draw) for name in ('mean', 'gamma', 'beta') if draw.flag()}
    if draw.flag():
        fields['variance_quantizer'] = q.quantized_relu_po2(6, quadratic_approximation=draw.flag())
    made = qkeras.QBatchNormalization(scale=draw.of(True, True, False), center=draw.of(True, True, False), **fields)
    return chain(draw, some_shape(draw), *draw.of([made], [qkeras.QDense(3, **quantized(draw)), made]), *behind(draw))


def q_conv_norm(draw):
    more = {'padding': draw.of('valid', 'same'), 'strides': draw.of((1, 1), (2, 2)), 'use_bias': draw.flag()}
    more |= {'kernel_quantizer': weight(draw), 'bias_quantizer': bias(draw)}
    more['folding_mode'] = draw.of('ema_stats_folding', 'batch_stats_folding')
    made = qkeras.QConv2DBatchnorm(draw.size(), draw.of((2, 2), (3, 1)), **more)
    return chain(draw, image(draw, 2), made, *behind(draw))


def q_recurrent(draw):
    cls = draw.of(qkeras.QSimpleRNN, qkeras.QLSTM, qkeras.QGRU)
    more = {f'{name}_quantizer': draw.of(bits(draw), bits(draw), weight(draw)) for name in ('kernel', 'recurrent')}
    more |= {'bias_quantizer': bias(draw), 'state_quantizer': draw.of(None, bits(draw)), 'return_sequences': draw.flag()}
    known = 'tanh', 'relu', 'quantized_tanh(6, use_real_tanh=True)', 'quantized_relu(5,1)'
    more['activation'] = draw.of(*known, q.quantized_tanh(5, use_real_tanh=True), activation(draw))
    if cls is not qkeras.QSimpleRNN:
        gates = 'sigmoid', 'quantized_sigmoid(6, use_real_sigmoid=True)', q.quantized_sigmoid(5, use_real_sigmoid=True)
        more['recurrent_activation'] = draw.of(*gates, 'quantized_sigmoid(4)', 'hard_sigmoid')
    if cls is qkeras.QGRU:
        more['reset_after'] = draw.of(True, True, False)
    return chain(draw, [draw.size(2, 4), draw.size(2, 4)], cls(draw.size(), **more))


def q_network(draw):
    made = [qkeras.QConv2D(3, 2, activation=part(draw), **quantized(draw)), *behind(draw)]
    made.append(draw.of(layers.MaxPooling2D(2), layers.Flatten()))
    if draw.rng.random() < 0.05:  # hls4ml knows neither of them
        cls = draw.of(qkeras.QAveragePooling2D, qkeras.QGlobalAveragePooling2D)
        return chain(draw, [4, 4, 2], cls(average_quantizer='quantized_bits(8,0,alpha=1)'))
    made += [layers.Flatten(), qkeras.QDense(4, activation=part(draw), **quantized(draw)), layers.Dropout(0.1), *behind(draw)]
    made += [draw.of(layers.Dense(2, activation='softmax'), qkeras.QActivation(activation(draw)))]
    return chain(draw, [4, 4, 2], *made)


def q_branches(draw):
    x = Input([draw.size(2, 5)])
    left = qkeras.QDense(3, activation=part(draw), **quantized(draw))(x)
    right = qkeras.QActivation(activation(draw))(qkeras.QDense(3, **quantized(draw))(x))
    out = draw.of(layers.Add(), layers.Concatenate())([left, right])
    return Model(x, draw.of(out, qkeras.QActivation(activation(draw))(out), [out, left]))


NAMES = 'q_dense q_activation q_conv q_depthwise q_separable q_norm q_conv_norm q_recurrent q_network q_branches'
KINDS = {name: globals()[name] for name in NAMES.split()}
