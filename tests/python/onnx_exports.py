"""Export small networks from PyTorch and Brevitas as users do, without any clean-up.

    onnx_exports.py OUT

Writes one `NAME.onnx` per network into the folder. Needs `torch`, `onnx`, `onnxscript` and `brevitas`; what an export writes depends
on their versions, which `requirements-exports.txt` pins. Seeds are fixed.
"""

import argparse
import warnings
from pathlib import Path

import torch
from torch import nn

OPSET = 17


class Residual(nn.Module):
    """Convolutions over signals with a way around."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv1d(3, 3, 3, padding=1), nn.Conv1d(3, 3, 3, padding=1)
        self.last = nn.Linear(24, 3)

    def forward(self, x):
        x = x + torch.relu(self.second(torch.relu(self.first(x))))
        return self.last(torch.relu(x).view(x.size(0), -1))


class Depthwise(nn.Module):
    """A block of MobileNet: depthwise and pointwise, ReLU6, a mean over the pixels."""

    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(
            nn.Conv2d(2, 4, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU6(),
            nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False), nn.BatchNorm2d(4), nn.ReLU6(),
            nn.Conv2d(4, 6, 1, bias=False), nn.BatchNorm2d(6), nn.ReLU6(),
        )  # fmt: skip
        self.last = nn.Linear(6, 3)

    def forward(self, x):
        return self.last(self.blocks(x).mean([2, 3]))


def mlp():
    """Return a multilayer perceptron with dropout."""
    layers = [nn.Linear(6, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 5), nn.LeakyReLU(0.125), nn.Linear(5, 3)]
    return nn.Sequential(*layers), (6,)


def normalized():
    """Return dense layers with batch normalization."""
    return nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3)), (6,)


def cnn():
    """Return a small convolutional network."""
    layers = [nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Conv2d(4, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(12, 4), nn.ReLU(), nn.Linear(4, 2)]
    return nn.Sequential(*layers), (2, 8, 8)


def signal():
    """Return convolutions over signals."""
    layers = [nn.Conv1d(2, 4, 3), nn.ReLU(), nn.MaxPool1d(2), nn.Dropout(), nn.Conv1d(4, 3, 2, stride=2), nn.ReLU()]
    layers += [nn.Flatten(), nn.Linear(6, 3)]
    return nn.Sequential(*layers), (2, 10)


def grouped():
    """Return a convolution over groups of channels, and a mean over windows."""
    layers = [nn.Conv2d(4, 6, 3, padding=1, groups=2), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(24, 3)]
    return nn.Sequential(*layers), (4, 4, 4)


def quantized_mlp():
    """Return quantized dense layers of Brevitas."""
    import brevitas.nn as qnn

    layers = [qnn.QuantIdentity(bit_width=8), qnn.QuantLinear(6, 8, bias=True, weight_bit_width=4)]
    layers += [qnn.QuantReLU(bit_width=6), qnn.QuantLinear(8, 3, bias=True, weight_bit_width=4)]
    return nn.Sequential(*layers), (6,)


def quantized_cnn():
    """Return quantized convolutions of Brevitas."""
    import brevitas.nn as qnn

    layers = [qnn.QuantIdentity(bit_width=8), qnn.QuantConv2d(2, 4, 3, bias=False, weight_bit_width=4)]
    layers += [qnn.QuantReLU(bit_width=6), nn.MaxPool2d(2), nn.Flatten()]
    layers += [qnn.QuantLinear(16, 3, bias=True, weight_bit_width=4)]
    return nn.Sequential(*layers), (2, 6, 6)


TORCH = {
    'mlp': mlp,
    'normalized': normalized,
    'cnn': cnn,
    'signal': signal,
    'grouped': grouped,
    'residual': lambda: (Residual(), (3, 8)),
    'depthwise': lambda: (Depthwise(), (2, 8, 8)),
}
BREVITAS = {'quantized_mlp': quantized_mlp, 'quantized_cnn': quantized_cnn}
WITH_NEW_EXPORTER = ('mlp', 'cnn')


def trained(make, number):
    """Return the network with statistics that are not those of the beginning."""
    torch.manual_seed(number)
    network, shape = make()
    network.train()
    for _ in range(20):
        network(torch.randn(32, *shape))
    return network.eval(), torch.randn(1, *shape)


def export(out):
    """Write all networks."""
    for number, (name, make) in enumerate(TORCH.items()):
        network, sample = trained(make, number)
        axes = {'x': {0: 'batch'}} if number % 2 else None
        path = str(out / f'torch_{name}.onnx')
        torch.onnx.export(network, sample, path, dynamo=False, opset_version=OPSET, input_names=['x'], dynamic_axes=axes)
        if name in WITH_NEW_EXPORTER:
            program = torch.onnx.export(network, (sample,), dynamo=True, optimize=False, verbose=False)
            program.save(str(out / f'dynamo_{name}.onnx'))
    from brevitas.export import export_onnx_qcdq, export_qonnx

    for number, (name, make) in enumerate(BREVITAS.items()):
        network, sample = trained(make, number)
        export_qonnx(network, sample, str(out / f'brevitas_{name}.onnx'), opset_version=OPSET, dynamo=False)
        export_onnx_qcdq(network, sample, str(out / f'qcdq_{name}.onnx'), opset_version=OPSET, dynamo=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('out', type=Path, help='folder for the models')
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter('ignore')
    export(args.out)


if __name__ == '__main__':
    main()
