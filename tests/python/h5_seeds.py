"""Write small Keras models as `.h5`, for fuzzing to begin with: `h5_seeds.py OUT`.

Needs `requirements-keras.txt`. The weights are zeros and ones, so that files are small and the same on every run.
"""

import argparse
from pathlib import Path

import numpy as np
from tensorflow.keras import layers as kl
from tensorflow.keras.models import Model, Sequential

SEEDS = {
    'dense': ((3,), [kl.Dense(2, activation='relu', name='a'), kl.Softmax(name='b')]),
    'norm': ((3,), [kl.Dense(2, use_bias=False, name='a'), kl.BatchNormalization(name='b'), kl.LeakyReLU(name='c')]),
    'conv1d': ((4, 1), [kl.Conv1D(2, 2, name='a'), kl.MaxPooling1D(2, name='b'), kl.Flatten(name='c')]),
    'conv2d': ((4, 4, 1), [kl.Conv2D(1, 2, padding='same', name='a'), kl.AveragePooling2D(2, name='b')]),
    'separable': ((4, 4, 2), [kl.SeparableConv2D(1, 2, name='a'), kl.GlobalAveragePooling2D(name='b')]),
    'depthwise': ((4, 4, 2), [kl.DepthwiseConv2D(2, name='a'), kl.UpSampling2D(2, name='b')]),
    'lstm': ((2, 1), [kl.LSTM(1, name='a')]),
    'gru': ((2, 1), [kl.Bidirectional(kl.GRU(1), name='a')]),
    'embed': ((2,), [kl.Embedding(3, 2, name='a'), kl.Reshape((4,), name='b'), kl.PReLU(name='c')]),
    'padded': ((2, 2, 1), [kl.ZeroPadding2D(1, name='a'), kl.Cropping2D(1, name='b'), kl.Permute((2, 1, 3), name='c')]),
}


def branches():
    """Return a model that forks and joins."""
    x = kl.Input((3,), name='x')
    a, b = kl.Dense(2, name='a')(x), kl.Dense(2, name='b')(x)
    return Model(x, kl.Concatenate(name='d')([kl.Add(name='c')([a, b]), b]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('out', type=Path, help='folder for the files')
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    models = {name: Sequential([kl.Input(shape, name='x'), *stack]) for name, (shape, stack) in SEEDS.items()}
    for name, model in (models | {'branches': branches()}).items():
        model.set_weights([np.arange(value.size).reshape(value.shape) % 2 for value in model.get_weights()])
        model.save(args.out / f'{name}.h5', include_optimizer=False)


if __name__ == '__main__':
    main()
