"""A plugin for pytest that keeps what hls4ml's own tests convert, to compare hls4rs with.

    python -m pytest -p upstream_suite hls4ml-1.3.0/test/pytest --conversions DIR [--stages] [--compiled 10] [--sampled 100]

The tests are in the source distribution of hls4ml. Each conversion gets a folder as those of `random_sources.py`: the source,
the converter's arguments in `config.json`, and in `stages.json` the graph as the converter built it, with `--stages` behind each
flow. `cargo xtask flows DIR --flow import` compares. What a model answers is kept for as many of a hundred cases as `--compiled` says, in
`io.npz` beside `converted.fml`; other tests end where they would compile. `--sampled` takes as many of a hundred tests.

Which cases are taken depends on the names of the tests alone. PyTorch's models are left out, and what tests hand to hls4ml's readers without
its converters, as those of GarNet do. What hls4ml does not convert has its reason in `failed.txt`.
"""

import functools
import inspect
import json
import shutil
import tempfile
import traceback
import zlib
from pathlib import Path

import pytest

MAX_SAMPLES = 32
# Functions of `hls4ml.converters`, and the names that the model has in their arguments.
CONVERTERS = {'convert_from_keras_model': 'keras', 'convert_from_onnx_model': 'onnx'}


def pytest_addoption(parser):
    """Add the options."""
    group = parser.getgroup('capture')
    group.addoption('--conversions', type=Path, required=True, help='directory that gets a folder per conversion')
    group.addoption('--stages', action='store_true', help='keep the graph behind each flow')
    group.addoption('--compiled', type=int, default=0, help='compile this many of a hundred cases')
    group.addoption('--sampled', type=int, default=100, help='run this many of a hundred tests')


def pytest_configure(config):
    """Put the capturing functions in the place of hls4ml's."""
    import hls4ml
    from hls4ml.model.graph import ModelGraph

    capture = Capture(config.option)
    config.pluginmanager.register(capture)
    for name, kind in CONVERTERS.items():
        function = getattr(hls4ml.converters, name)
        setattr(hls4ml.converters, name, capture.converting(function, kind))
    for name in ('compile', 'predict'):
        setattr(ModelGraph, name, getattr(capture, name)(getattr(ModelGraph, name)))


def pytest_collection_modifyitems(config, items):
    """Take a sample of the tests."""
    chosen = [item for item in items if is_chosen(item.nodeid, config.option.sampled)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def is_chosen(name, percentage):
    """Return whether the name is among those that a percentage chooses."""
    return zlib.crc32(name.encode()) % 100 < percentage


def plain(name):
    """Return the name of a test as a folder may have it: `test_a.py::test_b[c]` is `test_a_test_b_c`."""
    name = name.replace('.py::', '_').replace('[', '_').replace(']', '')
    return ''.join(letter if letter.isalnum() or letter in '-_.' else '_' for letter in name)


def shown(value):
    """Return what JSON has in the place of an object."""
    return str(value) if isinstance(value, Path) else repr(value)


class Capture:
    """Keeps what the current test converts."""

    def __init__(self, option):
        self.option = option
        self.test = None
        self.n_conversions = 0
        self.project = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        """Note which test begins."""
        self.test = item.nodeid.rsplit('/', 1)[-1]
        self.n_conversions = 0

    def converting(self, function, kind):
        """Return a converter that keeps what it is given and what comes of it."""
        from random_sources import noting

        @functools.wraps(function)
        def convert(*args, **kwargs):
            given = inspect.signature(function).bind(*args, **kwargs).arguments
            given |= given.pop('kwargs', {})
            folder = self.begin(kind, given)
            try:
                with noting(folder, self.option.stages):
                    model = function(*args, **kwargs)
            except Exception:
                (folder / 'failed.txt').write_text('convert\n' + traceback.format_exc())
                raise
            model._captured = folder
            return model

        return convert

    def begin(self, kind, given):
        """Return a folder with the source, the arguments and a description."""
        import hls4ml

        self.n_conversions += 1
        number = f'-{self.n_conversions}' if self.n_conversions > 1 else ''
        folder = self.option.conversions.resolve() / (plain(self.test) + number)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        source = given.pop('model')
        # hls4ml writes into the configuration that it is given
        (folder / 'config.json').write_text(json.dumps(given, indent=1, default=shown))
        description = {'test': self.test, 'kind': kind, 'hls4ml': hls4ml.__version__}
        description |= {'backend': given.get('backend', 'Vivado'), 'io_type': given.get('io_type', 'io_parallel')}
        (folder / 'case.json').write_text(json.dumps(description, indent=1))
        save_source(source, kind, folder)
        return folder

    def compile(self, _):
        """Compile the chosen models with fewer optimizations; the others' tests end here."""
        from emulation import WITHOUT_COMPILER, compile_model

        def compile(model):
            folder = getattr(model, '_captured', None)
            can_be = folder and model.config.backend.name not in WITHOUT_COMPILER
            if not can_be or not is_chosen(folder.name, self.option.compiled):
                pytest.skip('the conversion is kept')
            from random_sources import save

            save(model, folder / 'converted.fml')
            # a project of its own: that of another run may be where the test wants it
            self.project = tempfile.TemporaryDirectory()
            compile_model(model, self.project.name)

        return compile

    def predict(self, function):
        """Keep what the first samples give."""

        def predict(model, x, *args, **kwargs):
            outputs = function(model, x, *args, **kwargs)
            folder = getattr(model, '_captured', None)
            if folder and (folder / 'converted.fml').exists() and not (folder / 'io.npz').exists():
                self.record(folder, x, outputs)
            return outputs

        return predict

    def record(self, folder, x, outputs):
        """Write inputs and answers."""
        from containers import write_npz

        inputs = x if isinstance(x, list) else [x]
        outputs = outputs if isinstance(outputs, list) else [outputs]
        count = inputs[0].shape[0]
        outputs = [output.reshape(count, -1)[:MAX_SAMPLES] for output in outputs]
        arrays = {f'x{index}': x[:MAX_SAMPLES] for index, x in enumerate(inputs)}
        write_npz(folder / 'io.npz', arrays | {f'y{index}': y for index, y in enumerate(outputs)})


def save_source(source, kind, folder):
    """Save the model as users do."""
    if kind == 'onnx':
        import onnx

        source = onnx.load(source) if isinstance(source, (str, Path)) else getattr(source, 'model', source)
        (folder / 'source.onnx').write_bytes(source.SerializeToString())
        return
    import keras

    source.save(folder / ('source.h5' if keras.__version__ < '3' else 'source.keras'))
