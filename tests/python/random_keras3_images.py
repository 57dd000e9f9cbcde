"""Random models of Keras 3 with layers for images: those that vanish when a model predicts, and windows over three dimensions."""

from keras import layers
from random_keras3_kinds import act, chain, image

RANDOM = (
    layers.RandomBrightness,
    layers.RandomColorDegeneration,
    layers.RandomColorJitter,
    layers.RandomContrast,
    layers.RandomElasticTransform,
    layers.RandomErasing,
    layers.RandomFlip,
    layers.RandomGaussianBlur,
    layers.RandomGrayscale,
    layers.RandomHue,
    layers.RandomInvert,
    layers.RandomPerspective,
    layers.RandomPosterization,
    layers.RandomRotation,
    layers.RandomSaturation,
    layers.RandomSharpness,
    layers.RandomShear,
    layers.RandomTranslation,
    layers.RandomZoom,
)


def random_images(draw):
    shape = [draw.size(4, 6), draw.size(4, 6), 3]
    return chain(draw, shape, *[random_layer(cls, draw) for cls in draw.rng.sample(RANDOM, 4)], layers.Dense(2))


def random_layer(cls, draw):
    """Return a layer of the class; some of them must be told how much they change."""
    if cls in (layers.RandomErasing, layers.RandomFlip, layers.RandomGrayscale, layers.RandomColorJitter):
        return cls()
    if cls is layers.RandomPosterization:
        return cls(draw.size(2, 6))
    if cls is layers.RandomTranslation:
        return cls(0.1, 0.2)
    if cls is layers.RandomShear:
        return cls((0.1, 0.2), (0.0, 0.2))
    return cls(0.2)


def dropouts(draw):
    rank = draw.size(2, 4)
    shape = [draw.size(2, 4) for _ in range(rank)]
    made = [getattr(layers, f'SpatialDropout{rank - 1}D')(0.1), layers.Dropout(0.1, noise_shape=None), layers.AlphaDropout(0.2)]
    return chain(draw, shape, *draw.rng.sample(made, 2), layers.GaussianDropout(0.1))


def volumes(draw):
    cls = draw.of('MaxPooling3D', 'AveragePooling3D', 'GlobalMaxPooling3D', 'GlobalAveragePooling3D')
    return chain(draw, [3, 4, 3, 2], getattr(layers, cls)(*() if 'Global' in cls else (2,)))


def separable(draw):
    rank = draw.size(1, 2)
    cls = layers.SeparableConv1D if rank == 1 else layers.SeparableConv2D
    return chain(draw, image(draw, rank), cls(draw.size(), 2, depth_multiplier=draw.of(1, 2), activation=act(draw)))


KINDS = {function.__name__: function for function in (random_images, dropouts, volumes, separable)}
