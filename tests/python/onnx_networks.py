"""Networks as exporters write them: nothing is cleaned, inferred or folded, and channels come first."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

OPSETS = (9, 11, 12, 13, 14, 16, 17, 19, 21)
QONNX = 'qonnx.custom_op.general'


class Net:
    """A graph in the making. What a method adds reads from the tensor `self.at` and puts its output there."""

    def __init__(self, seed, shape, opset=None):
        self.rng = np.random.default_rng(seed)
        self.opset = opset or int(self.rng.choice(OPSETS))
        self.nodes = []
        self.initializers = []
        self.count = 0
        self.shape = list(shape)
        batch = self.of('batch', 1, 'N')
        self.input = helper.make_tensor_value_info('input.1', TensorProto.FLOAT, [batch, *shape])
        self.at = 'input.1'
        self.style = self.of('torch', 'plain')
        self.has_quant = False

    def of(self, *choices):
        """Return one of the choices."""
        return choices[int(self.rng.integers(len(choices)))]

    def chance(self, probability):
        """Whether something happens that happens with that probability."""
        return bool(self.rng.random() < probability)

    def named(self, what):
        """Return a name that is not taken."""
        self.count += 1
        return f'/block/{what}_{self.count}' if self.style == 'torch' else f'{self.count}'

    def node(self, op_type, inputs, outputs=1, domain='', **attributes):
        """Add an operation and return its output."""
        base = self.named(op_type)
        made = [f'{base}_output_{index}' for index in range(outputs)]
        name = self.of(base, '') if self.style == 'plain' else base
        self.nodes.append(helper.make_node(op_type, inputs, made, name=name, domain=domain, **attributes))
        return made[0]

    def constant(self, value, dtype=np.float32):
        """Add a constant, as an initializer or as an operation."""
        tensor = numpy_helper.from_array(np.asarray(value, dtype=dtype), self.named('weight'))
        if self.chance(0.3):
            return self.node('Constant', [], value=tensor)
        self.initializers.append(tensor)
        return tensor.name

    def weights(self, *shape):
        """Return random weights that keep numbers small."""
        fan_in = max(1, int(np.prod(shape[1:])))
        return self.rng.normal(0, 1 / np.sqrt(fan_in), shape)

    def quantized(self, tensor, bits, scale, signed=1, narrow=0, rounding='ROUND'):
        """Add a quantizer and return its output."""
        self.has_quant = True
        inputs = [tensor, self.constant(scale), self.constant(0.0), self.constant(float(bits))]
        settings = {'signed': signed, 'narrow': narrow, 'rounding_mode': rounding}
        return self.node('Quant', inputs, domain=QONNX, **settings)

    def quant(self, signed=1):
        """Quantize what flows."""
        bits = self.of(4, 6, 8)
        self.at = self.quantized(self.at, bits, 2.0 ** -self.of(2, 3, 4), signed, rounding=self.of('ROUND', 'FLOOR'))

    def weight(self, *shape, bits=None, per_channel=False):
        """Add a weight, quantized if there are bits for it."""
        value = self.constant(self.weights(*shape))
        if bits is None:
            return value
        scale = 2.0 ** -float(bits - 1)
        if per_channel:
            scale = np.full([shape[0]] + [1] * (len(shape) - 1), scale) * 2.0 ** self.rng.integers(0, 2, shape[0]).reshape(
                [-1] + [1] * (len(shape) - 1)
            )
        return self.quantized(value, bits, scale, narrow=self.of(0, 1))

    def gemm(self, n_out, bits=None, per_channel=False):
        """Add a dense layer."""
        n_in = self.shape[-1]
        bias = self.constant(self.rng.normal(0, 0.5, n_out))
        form = self.of('transposed', 'transposed', 'plain', 'matmul') if bits is None else 'transposed'
        if form == 'matmul':
            product = self.node('MatMul', [self.at, self.constant(self.weights(n_out, n_in).T)])
            self.at = self.node('Add', self.of([product, bias], [bias, product]))
        elif form == 'plain':
            self.at = self.node('Gemm', [self.at, self.constant(self.weights(n_out, n_in).T), bias])
        else:
            weight = self.weight(n_out, n_in, bits=bits, per_channel=per_channel)
            self.at = self.node('Gemm', [self.at, weight, bias], transB=1, **self.of({}, {'alpha': 1.0, 'beta': 1.0}))
        self.shape = [*self.shape[:-1], n_out]

    def conv(self, n_out, kernel, stride=1, pad=0, bits=None, group=1, bias=True, per_channel=False):
        """Add a convolution over all dimensions behind the channels."""
        n_in, *pixels = self.shape
        weight = self.weight(n_out, n_in // group, *[kernel] * len(pixels), bits=bits, per_channel=per_channel)
        inputs = [self.at, weight] + ([self.constant(self.rng.normal(0, 0.5, n_out))] if bias else [])
        settings = {'strides': [stride] * len(pixels), 'pads': [pad] * 2 * len(pixels), 'group': group}
        settings['dilations'] = [1] * len(pixels)
        self.at = self.node('Conv', inputs, kernel_shape=[kernel] * len(pixels), **settings)
        self.shape = [n_out] + [(size + 2 * pad - kernel) // stride + 1 for size in pixels]

    def pool(self, size, op_type='MaxPool'):
        """Add a pooling without overlap."""
        channels, *pixels = self.shape
        window = {'kernel_shape': [size] * len(pixels), 'strides': [size] * len(pixels), 'pads': [0, 0] * len(pixels)}
        self.at = self.node(op_type, [self.at], **window)
        self.shape = [channels] + [pixel // size for pixel in pixels]

    def batch_norm(self):
        """Add a batch normalization."""
        size = self.shape[0]
        values = [self.rng.uniform(0.5, 1.5, size), self.rng.normal(0, 0.5, size), self.rng.normal(0, 0.5, size)]
        parameters = [self.constant(value) for value in [*values, self.rng.uniform(0.5, 1.5, size)]]
        self.at = self.node('BatchNormalization', [self.at, *parameters], epsilon=1e-5, momentum=0.9)

    def activation(self, *kinds):
        """Add an activation, and what does nothing behind it now and then."""
        kind = self.of(*(kinds or ('Relu', 'Relu', 'Tanh', 'Sigmoid', 'LeakyRelu')))
        settings = {'alpha': 0.125} if kind == 'LeakyRelu' else {}
        self.at = self.node(kind, [self.at], **settings)
        if self.chance(0.15):
            self.at = self.node(self.of('Identity', 'Dropout'), [self.at])

    def flatten(self):
        """Make one dimension of all, in one of the ways of exporters."""
        size = int(np.prod(self.shape))
        form = self.of('flatten', 'reshape', 'shape')
        if form == 'flatten':
            self.at = self.node('Flatten', [self.at], axis=1)
        elif form == 'reshape':
            self.at = self.node('Reshape', [self.at, self.constant([-1, size], np.int64)])
        else:
            batch = self.node('Gather', [self.node('Shape', [self.at]), self.constant(0, np.int64)], axis=0)
            if self.opset < 13:
                batch = self.node('Unsqueeze', [batch], axes=[0])
            else:
                batch = self.node('Unsqueeze', [batch, self.constant([0], np.int64)])
            rest = self.constant([-1], np.int64)
            self.at = self.node('Reshape', [self.at, self.node('Concat', [batch, rest], axis=0)])
        self.shape = [size]

    def model(self):
        """Return the model. Nothing but its input and output has a shape."""
        output = helper.make_tensor_value_info(self.at, TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes, 'main_graph', [self.input], [output], self.initializers)
        opsets = [helper.make_opsetid('', self.opset)]
        if self.has_quant:
            opsets.append(helper.make_opsetid(QONNX, 1))
        return helper.make_model(graph, opset_imports=opsets, ir_version=8 if self.opset < 20 else 10)


def dense(seed):
    """Matrix products with biases and activations."""
    net = Net(seed, [seed // 9 % 5 + 4])
    for _ in range(net.of(1, 2, 3)):
        net.gemm(net.of(3, 5, 8))
        net.activation()
    net.gemm(4)
    if net.chance(0.3):
        net.at = net.node('Softmax', [net.at], axis=net.of(1, -1))
    return net


def batch_norm(seed):
    """Matrix products with batch normalization."""
    net = Net(seed, [8])
    for _ in range(net.of(1, 2)):
        net.gemm(net.of(4, 6))
        net.batch_norm()
        net.activation()
    return net


def conv1d(seed):
    """Convolutions over signals."""
    net = Net(seed, [net_channels(seed), 10])
    net.conv(net_channels(seed + 1), 3, pad=net_pad(seed))
    if net.chance(0.5):
        net.batch_norm()
    net.activation()
    if net.chance(0.3):
        net.pool(2)
    if net.chance(0.5):
        net.conv(3, net.of(1, 2), stride=net.of(1, 2))
        net.activation('Relu')
    if net.chance(0.8):
        net.flatten()
        net.gemm(4)
    return net


def conv2d(seed):
    """Convolutions over images."""
    net = Net(seed, [net_channels(seed), 8, net_size(seed)])
    net.conv(net_channels(seed + 1), 3, pad=net_pad(seed), bias=net.chance(0.7))
    if net.chance(0.5):
        net.batch_norm()
    net.activation()
    if net.chance(0.6):
        net.pool(2)
    if net.chance(0.5):
        net.conv(3, net.of(1, 2), stride=net.of(1, 2))
        net.activation('Relu')
    if net.chance(0.8):
        net.flatten()
        net.gemm(4)
        if net.chance(0.5):
            net.activation('Relu')
            net.gemm(3)
    return net


def pooling(seed):
    """Convolutions and poolings of images."""
    net = Net(seed, [net_channels(seed), 8, 8])
    net.conv(4, 3, pad=1)
    net.activation('Relu')
    net.pool(2)
    net.conv(3, 1)
    net.activation('Relu')
    net.pool(net.of(2, 4))
    net.flatten()
    net.gemm(4)
    return net


def residual(seed):
    """Branches that are added."""
    net = Net(seed, net_residual_shape(seed))
    is_dense = len(net.shape) == 1
    grow = (lambda: net.gemm(6)) if is_dense else (lambda: net.conv(4, 3, pad=1))
    grow()
    net.activation('Relu')
    for _ in range(net.of(1, 2)):
        branch = net.at
        grow()
        net.activation('Relu')
        grow()
        net.at = net.node('Add', net.of([net.at, branch], [branch, net.at]))
        net.activation('Relu')
    if net.chance(0.7):
        if not is_dense:
            net.flatten()
        net.gemm(4)
    return net


def quant_dense(seed):
    """Quantized matrix products."""
    net = Net(seed, [8])
    net.quant()
    for _ in range(net.of(1, 2)):
        net.gemm(net.of(4, 6), bits=net.of(3, 4, 6), per_channel=net.chance(0.3))
        net.activation('Relu')
        net.quant(signed=0)
    net.gemm(4, bits=net.of(4, 8))
    return net


def quant_conv(seed):
    """Quantized convolutions."""
    net = Net(seed, [net_channels(seed), 6] if seed // 9 % 3 == 0 else [net_channels(seed), 6, 6])
    net.quant()
    net.conv(4, 3, pad=net_pad(seed), bits=net.of(3, 4, 6), bias=net.chance(0.5), per_channel=net.chance(0.3))
    if net.chance(0.4):
        net.batch_norm()
    net.activation('Relu')
    net.quant(signed=0)
    if net.chance(0.4) and len(net.shape) == 3:
        net.pool(2)
    if net.chance(0.7):
        net.flatten()
        net.gemm(4, bits=4)
    return net


def depthwise(seed):
    """Convolutions of single channels, and of single pixels."""
    channels = net_channels(seed) + 1
    net = Net(seed, [channels, 6, 6])
    net.conv(channels, 3, pad=net_pad(seed), group=channels)
    net.activation('Relu')
    net.conv(4, 1)
    net.flatten()
    net.gemm(3)
    return net


def from_keras(seed):
    """Return convolutions as exporters from Keras write them: the input has its channels last, and they are brought to the front."""
    net = conv1d(seed) if seed % 2 else conv2d(seed)
    tensor = net.input.type.tensor_type.shape
    batch, channels, *pixels = tensor.dim
    last = [batch, *pixels, channels]
    sizes = [dim.dim_param or dim.dim_value for dim in last]
    for node in net.nodes:
        node.input[:] = ['channels_first' if name == 'input.1' else name for name in node.input]
    front = [0, len(last) - 1, *range(1, len(last) - 1)]
    net.nodes.insert(0, helper.make_node('Transpose', ['input.1'], ['channels_first'], name='to_front', perm=front))
    net.input = helper.make_tensor_value_info('input.1', TensorProto.FLOAT, sizes)
    return net


def net_channels(seed):
    """Return a small number of channels."""
    return 1 + seed // 9 * 5 % 3


def net_pad(seed):
    """Return a padding, or none."""
    return seed // 9 % 2


def net_size(seed):
    """Return a width."""
    return (8, 6, 7)[seed // 9 % 3]


def net_residual_shape(seed):
    """Return the shape of a vector or an image: qonnx does not come to an end with signals that are added."""
    return ([6], [2, 6, 6], [2, 4, 6])[seed // 9 % 3]


KINDS = (dense, batch_norm, conv1d, conv2d, pooling, residual, quant_dense, quant_conv, depthwise)
