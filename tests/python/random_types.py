"""Random precisions, options of layers and inputs for `random_models.py`."""

import numpy as np

ROUNDING = ('TRN', 'TRN_ZERO', 'RND', 'RND_ZERO', 'RND_INF', 'RND_MIN_INF', 'RND_CONV')
SATURATION = ('WRAP', 'SAT', 'SAT_ZERO', 'SAT_SYM')
# Slots that hold running sums.
SUMS = ('accum', 'depthwise_accum', 'pointwise_accum')
# Slots that have a type from the start only if a quantizer gives it.
QUANTIZED = ('weight', 'bias', 'recurrent_weight', 'depthwise', 'pointwise', 'result', 'accum')
STRATEGIES = ('Latency', 'Latency', 'Resource', 'Resource', 'resource_unrolled')


class Draw:
    """Random choices for a backend and an interface, all from one numpy generator."""

    def __init__(self, seed, backend, io_type):
        self.rng = np.random.default_rng(seed)
        self.backend = backend
        self.io_type = io_type
        self.n_rows = self.between(10, 16)

    @property
    def has_ac_types(self):
        """Return whether the backend computes with `ac_` types, which mix less well than `ap_` types."""
        return self.backend in ('Quartus', 'Catapult')

    def of(self, *options):
        """Return one of the options."""
        return options[int(self.rng.integers(len(options)))]

    def chance(self, probability):
        """Return True with this probability."""
        return bool(self.rng.random() < probability)

    def between(self, low, high):
        """Return an integer from `low` to `high`, both included."""
        return int(self.rng.integers(low, high + 1))


class Types:
    """Random precisions: `manner` says how odd they are."""

    def __init__(self, draw):
        self.draw = draw
        self.manner = draw.of('plain', 'tame', 'tame', 'tame', 'odd', 'odd', 'wild')

    def modes(self):
        """Return the text for rounding and saturation, which may be empty."""
        if self.draw.chance(0.25):
            return ''
        return f',{self.draw.of(*ROUNDING)},{self.draw.of("WRAP", *SATURATION)}'

    def fixed(self, width, integer):
        """Return a fixed-point type of that size."""
        sign = 'u' if self.draw.chance(0.15) else ''
        return f'{sign}fixed<{max(width, 1)},{integer}{self.modes()}>'

    def integer(self, width):
        """Return an integer type of that width."""
        return f'{self.draw.of("int", "int", "uint")}<{width}>'

    def tame(self):
        """Return a type that holds usual numbers with a fraction."""
        integer = self.draw.between(1, 8)
        return self.fixed(integer + self.draw.between(1, 12), integer)

    def odd(self, slot):
        """Return a type with few bits, or with integer bits outside of its width."""
        width = self.draw.between(1, 20)
        choice = self.draw.between(0, 5)
        # an ac_int cannot be made from the ac_fixed that sums and products are
        if choice == 0 and (slot == 'result' or not self.draw.has_ac_types or self.draw.chance(0.1)):
            return self.integer(width)
        if choice == 1:
            return self.fixed(width, -self.draw.between(0, 4))
        if choice == 2:
            return self.fixed(width, width + self.draw.between(0, 4))
        return self.fixed(width, self.draw.between(0, width))

    def wide(self):
        """Return a type of many bits."""
        width = self.draw.between(25, 70)
        return self.fixed(width, self.draw.between(2, width))

    def accumulator(self):
        """Return a type of more than 64 bits."""
        width = self.draw.between(65, 100)
        return self.fixed(width, self.draw.between(4, 60))

    def of_slot(self, slot):
        """Return a type for a slot of a layer, or None to leave what hls4ml proposes."""
        if self.manner == 'plain' or self.draw.chance(0.3):
            return None
        if slot in SUMS and self.draw.chance(0.1):
            return self.accumulator()
        if self.draw.chance(0.1):
            return 'fixed<16,6>'
        odd_share = {'tame': 0.05, 'odd': 0.4, 'wild': 0.6}[self.manner]
        wide_share = {'tame': 0.03, 'odd': 0.08, 'wild': 0.3}[self.manner]
        if self.draw.chance(wide_share):
            return self.wide()
        return self.odd(slot) if self.draw.chance(odd_share) else self.tame()

    def default(self):
        """Return the default precision of a model."""
        return self.draw.of('fixed<16,6>', 'fixed<16,6>', 'fixed<12,4>', 'fixed<18,8,RND,SAT>', 'fixed<24,10>')


def set_precisions(types, layer):
    """Change the precisions of a layer's configuration; those that quantizers decide about only now and then."""
    for slot, proposed in layer.get('Precision', {}).items():
        is_quantized = slot in QUANTIZED and proposed != 'auto'
        if is_quantized and not types.draw.chance(0.15):
            continue
        precision = types.of_slot(slot)
        if precision is not None:
            layer['Precision'][slot] = precision


def set_options(draw, layer):
    """Change what else can be configured of a layer: strategy, reuse factor, table size and so on."""
    choices = {
        'TableSize': (16, 64, 128, 256, 512, 1000, 1024, 1024, 2048, 4096),
        'Implementation': ('latency', 'stable', 'argmax', 'legacy'),
        'ConvImplementation': ('LineBuffer', 'LineBuffer', 'Encoded'),
        'ParallelizationFactor': (1, 1, 2, 3, 4),
        'Static': (True, False),
        'Skip': (False, False, False, False, True),
        'TimeStepLoopParallelism': ('Off', 'Unroll', 'Pipeline'),
        'TableRangePower2': (0, 1, 2),
    }
    for key, options in choices.items():
        if key in layer:
            layer[key] = draw.of(*options)
    for key in [key for key in layer if key.endswith('ReuseFactor')]:
        layer[key] = draw.of(1, 1, 1, 1, 2, 3, 4, 6, 16)
    if 'ReuseFactor' in layer:
        layer['Strategy'] = draw.of(*STRATEGIES)
        # of other backends, hls4ml cannot convert or cannot save what is compressed
        if layer['Strategy'] == 'Resource' and draw.backend == 'Quartus' and draw.chance(0.08):
            layer['Compression'] = True


def inputs(draw, shape, dtype):
    """Return random inputs: zeros of both signs, ties, small and large numbers."""
    values = np.zeros((draw.n_rows, *shape))
    for row in range(1, draw.n_rows):
        scale = draw.of(0.25, 1, 1, 2, 4, 8, 32, 300, 40000)
        sample = draw.rng.uniform(-scale, scale, shape)
        grid = draw.of(None, 2, 8, 16, 64, 1024, 2048)
        if grid is not None:
            sample = np.round(sample * grid) / grid
        values[row] = np.where(draw.rng.random(shape) < 0.05, -0.0, sample)
    values[1] = np.where(draw.rng.random(shape) < 0.5, -0.0, values[1])
    return values.astype(dtype)


def words(draw, n_words, shape, dtype):
    """Return random numbers of words."""
    return draw.rng.integers(0, n_words, (draw.n_rows, *shape)).astype(dtype)


def weight(draw, name, shape):
    """Return a random weight: positive for variances; with ties, zeros and numbers that overflow now and then."""
    if 'variance' in name:
        return draw.rng.uniform(0.05, 2.0, shape).astype(np.float32)
    scale = draw.of(0.3, 0.5, 1, 1, 2)
    values = draw.rng.normal(0, scale, shape)
    grid = draw.of(None, 4, 64, 1024)
    if grid is not None:
        values = np.round(values * grid) / grid
    return np.where(draw.rng.random(shape) < 0.05, 0.0, values).astype(np.float32)
