"""Make the golden files with hls4ml.

    goldens.py --suite keras|keras3|onnx|old --out DIR [--only NAME] [--jobs 2]
    goldens.py --suite keras|keras3|onnx --sources --out DIR [--only NAME] [--jobs 2]

A case is a model converted for one backend and one kind of interface. `DIR/CASE` gets

- `model.fml`: what hls4ml saved straight after conversion,
- `io.npz`: inputs `x0`, … and the answers `y0`, … of the project compiled with g++,
- `case.json`: what was converted, and which steps hls4ml failed at.

With `--sources`, `DIR` gets what the cases were converted from: `MODEL.h5`, `MODEL.keras` or `MODEL.onnx`, and `MODEL.json` with what
is configured for its layers apart from hls4ml's defaults.

`--only` takes the name of a case or of a model. Every case runs in a process of its own, because hls4ml
loads one shared library per model. The suites need different environments: `keras` runs with
`requirements-keras.txt`, `keras3` with `requirements-keras3.txt`, `onnx` with `requirements-onnx.txt`, `old` with `requirements-hls4ml-1.2.txt`.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import traceback
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

BACKENDS = ('Vivado', 'Vitis', 'Quartus', 'Catapult', 'oneAPI')
IO_TYPES = ('io_parallel', 'io_stream')
# hls4ml asks for the place of Libero's compiler even if it is not going to be run.
BACKEND_OPTIONS = {'Libero': {'smarthls_path': 'smarthls'}}
TIMEOUT_SECONDS = 900


@dataclass(frozen=True)
class Case:
    """One golden: a model for a backend and an interface."""

    model: str
    backend: str
    io_type: str
    prefix: str = ''

    @property
    def name(self):
        """The name of the folder."""
        return f'{self.prefix}{self.model}-{self.backend.lower()}-{self.io_type}'


def everywhere(model):
    """Return the cases of a model for all backends and interfaces."""
    return [Case(model, backend, io_type) for backend in BACKENDS for io_type in IO_TYPES]


SUITES = {
    'keras': [
        *(case for model in ('qkeras_cnn', 'mlp', 'lstm', 'residual', 'binary') for case in everywhere(model)),
        Case('residual', 'Libero', 'io_parallel'),
        Case('residual', 'Libero', 'io_stream'),
        Case('normalized', 'Vivado', 'io_parallel'),
        Case('normalized', 'Vitis', 'io_stream'),
        Case('gru', 'Vivado', 'io_parallel'),
        Case('gru', 'Vitis', 'io_stream'),
        Case('gru', 'Quartus', 'io_parallel'),
        Case('gru', 'oneAPI', 'io_stream'),
        Case('conv1d', 'Vivado', 'io_stream'),
        Case('conv1d', 'Vitis', 'io_parallel'),
        Case('conv1d', 'Quartus', 'io_parallel'),
        Case('conv1d', 'Catapult', 'io_stream'),
        Case('separable', 'Vivado', 'io_parallel'),
        Case('separable', 'Vitis', 'io_stream'),
        Case('separable', 'Quartus', 'io_parallel'),
        Case('separable', 'Catapult', 'io_stream'),
        Case('multi_io', 'Vivado', 'io_stream'),
        Case('multi_io', 'Vitis', 'io_parallel'),
        Case('multi_io', 'Quartus', 'io_parallel'),
        Case('multi_io', 'oneAPI', 'io_stream'),
        Case('embedding', 'Vivado', 'io_parallel'),
        Case('embedding', 'Vitis', 'io_stream'),
        Case('embedding', 'Quartus', 'io_stream'),
        Case('po2', 'Vivado', 'io_parallel'),
        Case('po2', 'Vitis', 'io_stream'),
        Case('po2', 'Quartus', 'io_parallel'),
        Case('po2', 'oneAPI', 'io_parallel'),
        Case('activations', 'Vivado', 'io_parallel'),
        Case('activations', 'Vitis', 'io_stream'),
        Case('activations', 'Quartus', 'io_parallel'),
        Case('activations', 'Catapult', 'io_stream'),
        Case('time_distributed', 'Vivado', 'io_parallel'),
        Case('time_distributed', 'Vitis', 'io_parallel'),
        Case('distributed_arithmetic', 'Vivado', 'io_parallel'),
        Case('distributed_arithmetic', 'Vitis', 'io_stream'),
        Case('garnet', 'Vivado', 'io_parallel'),
        Case('garnet_stack', 'Vitis', 'io_parallel'),
    ],
    'keras3': [
        Case('keras3_cnn', 'Vivado', 'io_stream'),
        Case('keras3_cnn', 'Vitis', 'io_parallel'),
        Case('keras3_cnn', 'Quartus', 'io_parallel'),
        Case('keras3_cnn', 'Catapult', 'io_stream'),
        Case('keras3_cnn', 'oneAPI', 'io_parallel'),
        Case('hgq2', 'Vivado', 'io_parallel'),
        Case('hgq2', 'Vitis', 'io_stream'),
        Case('hgq2', 'Quartus', 'io_parallel'),
    ],
    'onnx': everywhere('qonnx_mlp'),
    'old': [
        Case('mlp', 'Vivado', 'io_parallel', 'old-'),
        Case('qkeras_cnn', 'Vitis', 'io_stream', 'old-'),
        Case('lstm', 'Quartus', 'io_parallel', 'old-'),
    ],
}


def build(suite, name):
    """Build the model `name` with seeds that depend on the name alone."""
    import numpy as np
    from golden_models import KERAS, KERAS3, ONNX

    seed = zlib.crc32(name.encode())
    random.seed(seed)
    np.random.seed(seed)
    rng = np.random.default_rng(seed)
    if suite == 'onnx':
        return ONNX[name](rng)
    if suite == 'keras3':
        import keras

        keras.utils.set_random_seed(seed)
        return KERAS3[name](rng)
    import tensorflow

    tensorflow.random.set_seed(seed)
    return KERAS[name](rng)


def convert(suite, golden, case):
    """Convert the model with hls4ml."""
    import hls4ml

    kind = 'onnx' if suite == 'onnx' else 'keras'
    make_config = getattr(hls4ml.utils.config, f'config_from_{kind}_model')
    converter = getattr(hls4ml.converters, f'convert_from_{kind}_model')
    config = make_config(golden.source, granularity='name', backend=case.backend, default_precision='fixed<16,6>')
    for layer, options in golden.layer_config.items():
        for key, value in options.items():
            if isinstance(value, dict):
                config['LayerName'][layer][key].update(value)
            else:
                config['LayerName'][layer][key] = value
    options = {'output_dir': 'prj', 'backend': case.backend, 'io_type': case.io_type}
    return converter(golden.source, hls_config=config, **options, **BACKEND_OPTIONS.get(case.backend, {}))


class Steps:
    """Runs the steps of a case and remembers which failed."""

    def __init__(self):
        self.failed = {}

    def run(self, step, function, *arguments):
        """Return what the function returns, or None if it failed."""
        try:
            return function(*arguments)
        except Exception as error:
            traceback.print_exc()
            lines = str(error).splitlines() or ['']
            self.failed[step] = f'{type(error).__name__}: {lines[0]}'
            return None


@contextlib.contextmanager
def named_loops(model):
    """Have names in the place of the layers that begin and end loops over time steps.

    They hold each other, and hls4ml's `save` follows them without end.
    """
    from hls4ml.model.layers import Layer

    held = [(layer, layer.attributes.get('wrapped_layer')) for layer in model.get_layers()]
    held = [(layer, other) for layer, other in held if isinstance(other, Layer)]
    for layer, other in held:
        layer.attributes['wrapped_layer'] = other.name
    yield
    for layer, other in held:
        layer.attributes['wrapped_layer'] = other


def make_signs_plain(model):
    """Have booleans of Python in the types of graph layers' weights.

    hls4ml has those of numpy there, which its `save` cannot write.
    """
    for weight in (weight for layer in model.get_layers() for weight in layer.get_weights()):
        weight.type.precision.signed = bool(weight.type.precision.signed)


def save(model, path):
    """Save the model with hls4ml and make the bytes of the archive reproducible."""
    from containers import normalise_fml

    make_signs_plain(model)
    with named_loops(model):
        model.save(path)
    normalise_fml(path)
    return path


class MissingCodeError(Exception):
    """hls4ml left a layer out of the project without a word; what it would predict is undefined."""


def check_code(model):
    """Check that hls4ml generated a call for every layer that computes something."""
    for layer in model.get_layers():
        in_place = any(hasattr(variable, 'input_var') for variable in layer.variables.values())
        if layer.get_attr('function_cpp') is None and layer.class_name != 'Input' and not in_place:
            raise MissingCodeError(f'no code for the layer {layer.name} ({layer.class_name})')


def record_predictions(steps, model, inputs, out, flags='-O1'):
    """Compile the model, predict, and write inputs and answers."""
    from containers import write_npz
    from emulation import compile_model, predict

    compiling = ('compile', compile_model, [model, 'prj', flags])
    for step, function, arguments in (('generate', check_code, [model]), compiling):
        steps.run(step, function, *arguments)
        if step in steps.failed:
            return
    outputs = steps.run('predict', predict, model, inputs)
    if outputs is not None:
        arrays = {f'x{index}': x for index, x in enumerate(inputs)}
        arrays |= {f'y{index}': y for index, y in enumerate(outputs)}
        write_npz(out / 'io.npz', arrays)


def make_case(suite, case, out):
    """Make one golden in this process, in the current directory."""
    import hls4ml
    from emulation import WITHOUT_COMPILER

    steps = Steps()
    golden = build(suite, case.model)
    model = steps.run('convert', convert, suite, golden, case)
    if model is not None:
        archive = steps.run('save', save, model, out / 'model.fml')
        if archive is not None:
            steps.run('load', hls4ml.converters.load_saved_model, archive, Path())
        layers = [[layer.name, layer.class_name] for layer in model.get_layers()]
        if case.backend not in WITHOUT_COMPILER:
            record_predictions(steps, model, golden.inputs, out)
    else:
        layers = []
    write_case(out, case, hls4ml.__version__, layers, steps.failed)


def write_case(out, case, version, layers, failed):
    """Write the description of a case."""
    description = {
        'name': case.name,
        'model': case.model,
        'backend': case.backend,
        'io_type': case.io_type,
        'hls4ml': version,
        'layers': layers,
        'failed': failed,
    }
    (out / 'case.json').write_text(json.dumps(description, indent=1, sort_keys=True) + '\n')


def write_source(suite, name, out):
    """Write what the cases of a model are converted from."""
    from containers import normalise_keras

    golden = build(suite, name)
    if suite == 'onnx':
        golden.source.save(str(out / f'{name}.onnx'))
    elif suite == 'keras3':
        golden.source.save(out / f'{name}.keras')
        normalise_keras(out / f'{name}.keras')
    else:
        golden.source.save(out / f'{name}.h5', save_format='h5')
    (out / f'{name}.json').write_text(json.dumps(golden.layer_config, indent=1, sort_keys=True) + '\n')


def run_source(suite, name, out):
    """Write the source of a model in a process of its own; return what is told about it."""
    out.mkdir(parents=True, exist_ok=True)
    (out / f'{name}.json').unlink(missing_ok=True)
    log, ending = run_process(suite, name, out, '--sources')
    if not (out / f'{name}.json').exists():
        print(log, file=sys.stderr)
        raise SystemExit(f'{name}: the process {ending} without a result')
    return {'name': name, 'failed': {}}


def run_case(suite, case, out):
    """Make one golden in a process of its own and in an empty work directory; return its description."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    log, ending = run_process(suite, case.name, out)
    if not (out / 'case.json').exists():
        print(log, file=sys.stderr)
        raise SystemExit(f'{case.name}: the process {ending} without a result')
    return json.loads((out / 'case.json').read_text())


def run_process(suite, name, out, *options):
    """Run this script for one case or model; return what it printed and how it ended."""
    environment = {
        **os.environ,
        'PYTHONHASHSEED': '0',  # hls4ml saves the names of applied passes in the order of a set
        'PYTHONDONTWRITEBYTECODE': '1',
        'TF_CPP_MIN_LOG_LEVEL': '3',
        'CUDA_VISIBLE_DEVICES': '',
    }
    script = str(Path(__file__).resolve())
    command = [sys.executable, script, '--suite', suite, '--out', str(out), '--child', name, *options]
    with tempfile.TemporaryDirectory(prefix='goldens-') as work:
        try:
            child = subprocess.run(
                command, cwd=work, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS
            )
            return child.stderr, f'ended with status {child.returncode}'
        except subprocess.TimeoutExpired:
            return '', f'no answer within {TIMEOUT_SECONDS} s'


def run_child(suite, name, out):
    """Make the case of that name; what hls4ml prints goes to the log of the process."""
    case = next(case for case in SUITES[suite] if case.name == name)
    with contextlib.redirect_stdout(sys.stderr):
        make_case(suite, case, out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--suite', choices=sorted(SUITES), required=True)
    parser.add_argument('--out', type=Path, required=True, help='directory that gets one folder per case')
    parser.add_argument('--only', help='the name of a case or of a model')
    parser.add_argument('--sources', action='store_true', help='write what the cases are converted from')
    parser.add_argument('--jobs', type=int, default=2, help='cases that run at the same time')
    parser.add_argument('--child', help=argparse.SUPPRESS)
    args = parser.parse_args()
    out = args.out.resolve()
    if args.child:
        if args.sources:
            with contextlib.redirect_stdout(sys.stderr):
                write_source(args.suite, args.child, out)
        else:
            run_child(args.suite, args.child, out)
        return

    cases = [case for case in SUITES[args.suite] if args.only in (None, case.name, case.model)]
    if not cases:
        parser.error(f'the suite {args.suite} has no case or model {args.only}')
    if args.sources:
        items, run = dict.fromkeys(case.model for case in cases), lambda name: run_source(args.suite, name, out)
    else:
        items, run = cases, lambda case: run_case(args.suite, case, out / case.name)
    with ThreadPoolExecutor(args.jobs) as pool:
        for done in pool.map(run, items):
            failed = '; '.join(f'{step}: {message}' for step, message in done['failed'].items())
            print(done['name'], failed or 'ok', flush=True)


if __name__ == '__main__':
    main()
