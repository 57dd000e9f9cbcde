"""Make random small models with hls4ml, to compare the emulator's predictions with.

    random_models.py --out DIR [--seed 1] [--count 100] [--kind KIND] [--backend BACKEND] [--io-type TYPE] [--jobs 1]
    random_models.py --out DIR --only NAME...
    random_models.py --recheck DIR/NAME... [--jobs 1]

Each model gets a folder as those of `goldens.py`: `converted.fml`, `io.npz` and `case.json`, which also has the
configuration. A step that fails is in `case.json` under `failed`; without a compiled model there is no `io.npz`.
Folders that are complete are left alone, so that a run that was stopped goes on where it ended. A model that takes too long,
or takes its process with it, has failed like any other.

The name of a folder, KIND-BACKEND-IO_TYPE-SEED, is all that decides about its model; `--only` makes it again.
Precisions of all types, strategies, reuse factors and the like are random, and so are the inputs, which overflow
on purpose.

What reads memory that nobody wrote is no oracle. The recorded answers are those of memory full of zeros. `--recheck`
compiles models again, with other memory, other optimizations and checks of memory, and writes to `case.json` under
`reproducible` whether all answers are the recorded ones, and under `differs` which are not; once for each model.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

BACKENDS = ('Vivado', 'Vitis', 'Quartus', 'Catapult')
IO_TYPES = ('io_parallel', 'io_stream')
KINDS = {
    'random_kinds': (
        'dense',
        'dense_in_rows',
        'quantized_dense',
        'batch_norm',
        'activations',
        'quantized_activations',
        'softmax',
        'merge',
        'concatenate',
        'broadcast',
        'several',
        'residual',
        'moves',
        'embedding',
    ),
    'random_windows': (
        'conv1d',
        'conv2d',
        'pointwise',
        'depthwise',
        'separable',
        'quantized_convolution',
        'pooling',
        'global_pooling',
        'cnn',
        'recurrent',
        'quantized_recurrent',
        'bidirectional',
        'layer_norm',
        'time_distributed',
        'distributed_arithmetic',
    ),
}
EVERYWHERE = tuple((backend, io_type) for backend in BACKENDS for io_type in IO_TYPES)
AP_PARALLEL = (('Vivado', 'io_parallel'), ('Vitis', 'io_parallel'))
DEPTHWISE = (*AP_PARALLEL, ('Vivado', 'io_stream'), ('Vitis', 'io_stream'), ('Catapult', 'io_stream'))
# Backends and interfaces of kinds that hls4ml does not support everywhere.
SUPPORT = {
    'bidirectional': AP_PARALLEL,
    'layer_norm': AP_PARALLEL,
    'time_distributed': AP_PARALLEL,
    'distributed_arithmetic': (*AP_PARALLEL, ('Vivado', 'io_stream'), ('Vitis', 'io_stream')),
    'depthwise': DEPTHWISE,
    'separable': DEPTHWISE,
    'quantized_recurrent': tuple(place for place in EVERYWHERE if place != ('Quartus', 'io_stream')),
}
FLAGS = '-O0 -ftrivial-auto-var-init=zero'
OTHER_FLAGS = (
    '-O0 -ftrivial-auto-var-init=pattern',
    '-O2',
    '-O3 -ftrivial-auto-var-init=pattern',
    # ends the process where memory is read or written outside of an array
    '-O0 -fsanitize=address,bounds -fsanitize-undefined-trap-on-error',
)
# What has to be in a process before libraries that are compiled with these checks.
CHECKING_LIBRARIES = ('libasan.so', 'libstdc++.so')
TIMEOUT_SECONDS = 300
CASES_PER_WORKER = 10
START_SECONDS = 300
LOG = 'log.txt'
UNFINISHED = 'did not come to an end'
# What the line has in it with which C++ gives up.
LAST_WORDS = ('Assertion', 'terminate called', 'ERROR: Expected', 'ERROR: AddressSanitizer')


@dataclass(frozen=True)
class Case:
    """A random model."""

    kind: str
    backend: str
    io_type: str
    seed: int

    @property
    def name(self):
        """The name of the folder."""
        return f'{self.kind}-{self.backend.lower()}-{self.io_type}-{self.seed}'

    @classmethod
    def named(cls, name):
        """Return the case of that name."""
        kind, backend, io_type, seed = name.split('-')
        return cls(kind, next(known for known in BACKENDS if known.lower() == backend), io_type, int(seed))


def build(case):
    """Return the Keras model, the inputs, hls4ml's configuration and how odd its precisions are."""
    import importlib

    import hls4ml
    import random_types
    from golden_models import GoldenModel
    from tensorflow.keras.models import Model

    module = next(module for module, kinds in KINDS.items() if case.kind in kinds)
    draw = random_types.Draw(case.seed, case.backend, case.io_type)
    network = getattr(importlib.import_module(module), case.kind)(draw)
    source = network.source or Model(network.inputs, network.outputs)
    for layer in source.layers:
        layer.set_weights([random_types.weight(draw, value.name, tuple(value.shape)) for value in layer.weights])
    dtype = draw.of('float32', 'float32', 'float64')
    shapes = [tuple(tensor.shape[1:]) for tensor in network.inputs]
    if network.n_words:
        inputs = [random_types.words(draw, network.n_words, shape, dtype) for shape in shapes]
    else:
        inputs = [random_types.inputs(draw, shape, dtype) for shape in shapes]
    types = random_types.Types(draw)
    config = hls4ml.utils.config_from_keras_model(
        source, granularity='name', backend=case.backend, default_precision=types.default()
    )
    config['Model']['Strategy'] = draw.of('Latency', 'Resource')
    for layer in config['LayerName'].values():
        random_types.set_precisions(types, layer)
        random_types.set_options(draw, layer)
    random_types.agree(types, config['LayerName'])
    for name, options in network.fixed.items():
        config['LayerName'].setdefault(name, {}).update(options)
    return GoldenModel(source, inputs, config), types.manner


def convert(golden, case):
    """Convert the model with hls4ml."""
    import hls4ml

    return hls4ml.converters.convert_from_keras_model(
        golden.source, hls_config=golden.layer_config, output_dir='prj', backend=case.backend, io_type=case.io_type
    )


def make_case(case, out):
    """Make one model in this process, in the current directory."""
    import goldens
    import hls4ml

    description = {
        'name': case.name,
        'kind': case.kind,
        'seed': case.seed,
        'backend': case.backend,
        'io_type': case.io_type,
        'hls4ml': hls4ml.__version__,
        'layers': [],
        'failed': {'process': UNFINISHED},
    }
    write_description(out, description)
    steps = goldens.Steps()
    built = steps.run('build', build, case)
    model = None
    if built is not None:
        golden, description['precisions'] = built
        description['config'] = json.loads(json.dumps(golden.layer_config))  # the conversion changes it
        write_description(out, description)
        model = steps.run('convert', convert, golden, case)
    if model is not None:
        description['layers'] = [[layer.name, layer.class_name] for layer in model.get_layers()]
        write_description(out, description)
        if steps.run('save', goldens.save, model, out / 'converted.fml') is not None:
            goldens.record_predictions(steps, model, golden.inputs, out, FLAGS)
    write_description(out, {**description, 'failed': steps.failed})


def predict_again(case, flags, out):
    """Write to `out` what the model answers when it is compiled with other flags, and its configuration."""
    from containers import write_npz
    from emulation import compile_model, predict

    golden, _ = build(case)
    (out / 'config.json').write_text(json.dumps(golden.layer_config))
    model = convert(golden, case)
    compile_model(model, 'prj', flags)
    write_npz(out / 'io.npz', numbered('x', golden.inputs) | numbered('y', predict(model, golden.inputs)))


def numbered(letter, arrays):
    """Return the arrays with the names that they have in `io.npz`."""
    return {f'{letter}{index}': array for index, array in enumerate(arrays)}


def answers(folder, letter):
    """Return the bytes of the inputs or of the answers in the folder; nothing if there are none."""
    import numpy as np

    if not (folder / 'io.npz').exists():
        return None
    with np.load(folder / 'io.npz') as io:
        return {name: io[name].tobytes() for name in io.files if name.startswith(letter)}


def recheck(folder):
    """Write to `case.json` whether the answers depend on the memory's content or on optimizations.

    Return False if the folder was made by another version of this program.
    """
    case = Case.named(folder.name)
    description = json.loads((folder / 'case.json').read_text())
    differs = []
    for flags in OTHER_FLAGS:
        with tempfile.TemporaryDirectory(prefix='recheck-') as out:
            again = Path(out)
            ending = in_child(predict_again, case, flags, again)
            config = json.loads((again / 'config.json').read_text()) if (again / 'config.json').exists() else None
            inputs = answers(again, 'x')
            is_same = answers(again, 'y') == answers(folder, 'y')
        if config != description['config'] or inputs not in (None, answers(folder, 'x')):
            print(folder.name, 'the seed gives another model now; make it again', flush=True)
            return False
        if not is_same:
            differs.append(f'{flags}: {ending}' if ending else flags)
    write_description(folder, {**description, 'reproducible': not differs, 'differs': differs})
    print(folder.name, '; '.join(differs) or 'reproducible', flush=True)
    return True


def write_description(out, description):
    """Write `case.json`."""
    (out / 'case.json').write_text(json.dumps(description, indent=1, sort_keys=True) + '\n')


def in_child(function, *arguments):
    """Call the function in a copy of this process, in an empty directory; return how it ended if not well."""
    with tempfile.TemporaryDirectory(prefix='random-') as work:
        child = os.fork()
        if child == 0:
            run_and_exit(function, arguments, work)
        code = wait(child)
        if code == 0:
            return None
        log = (Path(work) / LOG).read_text(errors='replace').splitlines() if (Path(work) / LOG).exists() else []
    last_words = next((line for line in log if any(word in line for word in LAST_WORDS)), '')
    if code is None:
        return f'no answer within {TIMEOUT_SECONDS} s'
    ending = f'ended by {signal.Signals(-code).name}' if code < 0 else f'ended with status {code}'
    return f'{ending}: {last_words}' if last_words else ending


def wait(child):
    """Return the exit code of the process, or None if it had to be ended."""
    end = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def run_and_exit(function, arguments, work):
    """Call the function in the directory and end the process; what is printed goes to a file."""
    code = 1
    try:
        os.setsid()
        os.chdir(work)
        log = os.open(LOG, os.O_WRONLY | os.O_CREAT)
        os.dup2(log, 1)
        os.dup2(log, 2)
        function(*arguments)
        code = 0
    finally:
        os._exit(code)


def run_case(case, out):
    """Make one case in a process of its own and print what came of it."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    start = time.monotonic()
    ending = in_child(make_case, case, out)
    description = json.loads((out / 'case.json').read_text())
    if ending:
        write_description(out, {**description, 'failed': {'process': ending}})
        description['failed'] = {'process': ending}
    failed = '; '.join(f'{step}: {message}' for step, message in description['failed'].items())
    print(f'{case.name} {time.monotonic() - start:.1f} s', failed or 'ok', flush=True)


def preload():
    """Import what every child needs, once."""
    import goldens  # noqa: F401
    import hls4ml  # noqa: F401
    import qkeras  # noqa: F401
    import tensorflow  # noqa: F401


def combinations(args):
    """Return kind, backend and interface of every combination that is asked for."""
    found = []
    for kind in (kind for kinds in KINDS.values() for kind in kinds):
        found += [
            (kind, backend, io_type)
            for backend, io_type in SUPPORT.get(kind, EVERYWHERE)
            if args.kind in (None, kind) and args.backend in (None, backend) and args.io_type in (None, io_type)
        ]
    return found


def cases(args):
    """Return the cases in order: all combinations once, in random order, then again with other seeds."""
    import random

    possible = combinations(args)
    if not possible:
        raise SystemExit('hls4ml does not support this combination')
    found = []
    rng = random.Random(args.seed)
    while len(found) < args.count:
        order = rng.sample(possible, len(possible))
        found += [Case(*chosen, args.seed * 100000 + len(found) + index) for index, chosen in enumerate(order)]
    return found[: args.count]


def is_made(folder):
    """Return whether the folder has a model, or says why not."""
    return known(folder).get('failed', {'process': UNFINISHED}).get('process') != UNFINISHED


def known(folder):
    """Return what `case.json` says; nothing if there is none, or only a part of one."""
    try:
        return json.loads((folder / 'case.json').read_text())
    except (FileNotFoundError, ValueError):
        return {}


def start_worker(arguments, more=None, n_steps=1):
    """Run this program again, with an environment in which the same seeds give the same bytes; return how it ended.

    It is ended if it takes longer than that many steps and its start may take.
    """
    environment = {
        **os.environ,
        'PYTHONHASHSEED': '0',  # hls4ml saves the names of applied passes in the order of a set
        'PYTHONDONTWRITEBYTECODE': '1',
        'TF_CPP_MIN_LOG_LEVEL': '3',
        'CUDA_VISIBLE_DEVICES': '',
        **(more or {}),
    }
    command = [sys.executable, str(Path(__file__).resolve()), '--worker', *arguments]
    try:
        status = subprocess.run(command, env=environment, timeout=START_SECONDS + n_steps * TIMEOUT_SECONDS).returncode
    except subprocess.TimeoutExpired:
        return 'a worker that had to be ended'
    return f'a worker that ended with status {status}' if status else None


def make_all(names, out):
    """Make the models, some in one worker; what takes its worker with it has failed."""
    while names:
        ending = start_worker(['--out', str(out), '--only', *names], n_steps=len(names))
        names = [name for name in names if not is_made(out / name)]
        if names:
            fail(Case.named(names[0]), out / names[0], ending or 'a worker that left it out')
            names = names[1:]


def fail(case, out, ending):
    """Write that a model could not be made."""
    out.mkdir(parents=True, exist_ok=True)
    description = known(out) or {'name': case.name, 'kind': case.kind, 'layers': []}
    write_description(out, {**description, 'failed': {'process': ending}})
    print(case.name, ending, flush=True)


def in_batches(function, items, jobs):
    """Call the function with a few of the items at a time, several calls at once."""
    batches = [items[index : index + CASES_PER_WORKER] for index in range(0, len(items), CASES_PER_WORKER)]
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(function, batches))


def recheck_all(folders, jobs):
    """Compile models again; those that were compiled again before are left alone."""
    environment = checking_environment()
    folders = [str(folder.resolve()) for folder in folders]
    folders = [folder for folder in folders if 'reproducible' not in known(Path(folder))]

    def check(batch):
        ending = start_worker(['--recheck', *batch], environment, n_steps=len(batch) * len(OTHER_FLAGS))
        if ending:
            raise SystemExit(ending)

    in_batches(check, folders, jobs)


def checking_environment():
    """Return the environment in which libraries that check their use of memory can be loaded."""
    found = []
    for name in CHECKING_LIBRARIES:
        path = subprocess.check_output(['g++', f'-print-file-name={name}'], text=True).strip()
        if not Path(path).is_absolute():
            raise SystemExit(f'g++ has no {name}')
        found.append(path)
    return {'LD_PRELOAD': ' '.join(found), 'ASAN_OPTIONS': 'detect_leaks=0'}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=Path, help='directory that gets one folder per model')
    parser.add_argument('--seed', type=int, default=1, help='decides about all models')
    parser.add_argument('--count', type=int, default=100, help='how many models')
    parser.add_argument('--kind', choices=[kind for kinds in KINDS.values() for kind in kinds])
    parser.add_argument('--backend', choices=BACKENDS)
    parser.add_argument('--io-type', choices=IO_TYPES)
    parser.add_argument('--only', nargs='+', metavar='NAME', help='make the models of these folders again')
    parser.add_argument('--recheck', nargs='+', type=Path, metavar='FOLDER', help='are the answers reproducible?')
    parser.add_argument('--jobs', type=int, default=1, help='processes that make models at the same time')
    parser.add_argument('--worker', action='store_true', help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.out is None and args.recheck is None:
        parser.error('--out is missing')
    if args.worker:
        preload()
        for name in args.only or []:
            run_case(Case.named(name), args.out / name)
        if not all([recheck(folder) for folder in args.recheck or []]):
            raise SystemExit(1)
    elif args.recheck:
        recheck_all(args.recheck, args.jobs)
    else:
        out = args.out.resolve()
        names = args.only or [case.name for case in cases(args) if not is_made(out / case.name)]
        if args.only:
            for name in names:
                shutil.rmtree(out / name, ignore_errors=True)
        in_batches(lambda batch: make_all(batch, out), names, args.jobs)


if __name__ == '__main__':
    main()
