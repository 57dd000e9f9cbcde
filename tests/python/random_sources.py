"""What the programs that make random source models share: choices, hls4ml's conversion, and the run over all cases.

A case is a folder with the source, the converter's arguments in `config.json`, and `stages.json` with the graph as the
converter built it, and with `--stages` also as it was behind each flow. A graph that hls4ml cannot save has no file there.
With `--compile N`, some N of the models are compiled too, with `converted.fml` and `io.npz` as those of `random_models.py`.
What fails has its step and reason in `failed.txt`; what fails at `build` is not a model, and a mistake of its kind.
Folders that are complete are left alone. The name of a folder, KIND-SEED, is all that decides about its model.
`--recheck NAME...` compiles models in other ways, as `random_models.py` does, and notes under `reproducible` in `case.json` whether
they answer the same.
"""

import argparse
import collections
import contextlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

from random_models import FLAGS, OTHER_FLAGS, answers, checking_environment, in_child, known, write_description

BACKENDS = ('Vivado', 'Vitis', 'Quartus', 'oneAPI', 'Catapult')
SAMPLES = 8
FAILED = 'failed.txt'


class Draw:
    """Random choices."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def of(self, *values):
        """Return one of the values."""
        return self.rng.choice(values)

    def size(self, least=1, most=6):
        """Return a size."""
        return self.rng.randint(least, most)

    def flag(self):
        """Return true or false."""
        return self.rng.random() < 0.5

    def numbers(self):
        """Return a generator of arrays."""
        import numpy as np

        return np.random.default_rng(self.rng.randrange(1 << 32))


def mended(value, name, folder):
    """Return a value as hls4ml would save it if it could: arrays in lists become files, too."""
    import numpy as np

    if isinstance(value, np.ndarray):
        np.save(folder / f'{name}.npy', value)
        return f'@ndarray:{name}.npy'
    if isinstance(value, (list, tuple)):
        return [mended(item, f'{name}_{index}', folder) for index, item in enumerate(value)]
    if isinstance(value, (np.bool_, np.integer, np.floating)):
        return value.item()
    return value


def mend(attributes, layer, folder):
    """Return a copy in which that is done for what hls4ml stumbles over in the state of a layer."""
    found = {}
    for name, value in attributes.items():
        if isinstance(value, dict):
            found[name] = mend(value, layer, folder)
        elif not callable(value):
            found[name] = value if type(value).__name__ == 'ndarray' else mended(value, f'{layer}_{name}', folder)
    return found


def save(model, path):
    """Save the graph with hls4ml, mended."""
    from containers import normalise_fml
    from goldens import named_loops
    from hls4ml.utils import serialization

    plain = serialization._serialize_array_attrs

    def serialize(attributes, layer, folder):
        copy = mend(attributes, layer, folder)
        attributes.clear()
        attributes.update(copy)
        plain(attributes, layer, folder)

    serialization._serialize_array_attrs = serialize
    try:
        with named_loops(model):
            serialization.serialize_model(model, path)
        normalise_fml(path)
    finally:
        serialization._serialize_array_attrs = plain


@contextlib.contextmanager
def noting(folder, with_flows):
    """Have hls4ml save the graph as a converter builds it and, if that is asked for, behind each flow, as long as this lasts."""
    from hls4ml.model.graph import ModelGraph

    stages = []
    make_graph, apply_flow = ModelGraph._make_graph, ModelGraph._apply_sub_flow

    def note(model, flow):
        path = folder / f'stage{len(stages)}-{flow.replace(":", "-")}.fml'
        try:
            save(model, path)
            stages.append({'flow': flow, 'file': path.name})
        except TypeError as error:  # models within models hold arrays and readers that are no JSON
            stages.append({'flow': flow, 'file': None, 'fail': str(error)})

    def make(self, layers):
        make_graph(self, layers)
        note(self, 'parsed')

    def apply(self, flow, applied):
        is_done = flow in applied
        apply_flow(self, flow, applied)
        if with_flows and not is_done:
            note(self, flow)

    ModelGraph._make_graph, ModelGraph._apply_sub_flow = make, apply
    try:
        yield
    finally:
        ModelGraph._make_graph, ModelGraph._apply_sub_flow = make_graph, apply_flow
        (folder / 'stages.json').write_text(json.dumps(stages, indent=1))


def convert(source, arguments, folder, with_flows):
    """Convert, with what `noting` says; return the model."""
    import hls4ml

    with noting(folder, with_flows):
        return hls4ml.converters.convert_from_keras_model(source, **arguments)


class Case:
    """A case that is being made: its choices, its folder, and the step that it is at."""

    def __init__(self, name, args):
        self.kind, seed = name.rsplit('-', 1)
        self.seed = int(seed)
        self.draw = Draw(self.seed)
        self.folder = args.out / name
        self.with_flows = args.stages
        self.is_compiled = self.seed % 100000 < args.compile
        self.flags = FLAGS
        self.classes = []
        self.step = 'build'

    def convert(self, source, arguments, inputs):
        """Convert the model, and compile it if that is asked for; `inputs` are arrays, one for each input."""
        self.step = 'convert'
        (self.folder / 'config.json').write_text(json.dumps(arguments, indent=1))
        described = {'kind': 'keras', 'backend': arguments['backend'], 'io_type': arguments['io_type']}
        described['classes'] = self.classes
        (self.folder / 'case.json').write_text(json.dumps(described))
        model = convert(source, json.loads(json.dumps(arguments)), self.folder, self.with_flows)
        if self.is_compiled and arguments['backend'] != 'oneAPI':
            import goldens

            self.step = 'compile'
            steps = goldens.Steps()
            steps.run('save', save, model, self.folder / 'converted.fml')
            goldens.record_predictions(steps, model, inputs, self.folder, self.flags)
            described['failed'] = steps.failed
            (self.folder / 'case.json').write_text(json.dumps(described, indent=1))


def make_case(make, case):
    """Make one case in this process, in the current directory."""
    try:
        make(case)
    except Exception:
        (case.folder / FAILED).write_text(f'{case.step}\n{traceback.format_exc()}')


def reason(folder):
    """Return the step at which a case failed and why, or nothing."""
    if not (folder / FAILED).exists():
        return None
    lines = (folder / FAILED).read_text().strip().splitlines()
    last = next((line for line in reversed(lines[1:]) if re.match(r'\w+(\.\w+)*(Error|Exception)\b', line)), lines[-1])
    return f'{lines[0]}: {last[:160]}'


def is_made(folder):
    """Return whether a folder is complete."""
    return (folder / FAILED).exists() or (folder / 'stages.json').exists()


def work(names, args, make):
    """Make cases one after the other, each in a process of its own."""
    for name in names:
        folder = args.out / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        ending = in_child(make_case, make, Case(name, args))
        if ending:
            (folder / FAILED).write_text(f'process\n{ending}\n')
        print(name, reason(folder) or 'ok', flush=True)


def recheck(name, args, make):
    """Compile a model in other ways, and note whether it answers the same."""
    differs = []
    for flags in OTHER_FLAGS:
        with tempfile.TemporaryDirectory(prefix='recheck-') as folder:
            case = Case(name, args)
            case.folder, case.flags, case.is_compiled = Path(folder), flags, True
            ending = in_child(make_case, make, case)
            if answers(case.folder, 'x') not in (None, answers(args.out / name, 'x')):
                raise SystemExit(f'{name}: the seed gives other inputs now; make it again')
            if answers(case.folder, 'y') != answers(args.out / name, 'y'):
                differs.append(f'{flags}: {ending}' if ending else flags)
    described = known(args.out / name) | {'reproducible': not differs, 'differs': differs}
    write_description(args.out / name, described)
    print(name, '; '.join(differs) or 'reproducible', flush=True)


def summary(folders):
    """Print how many were made, and what hls4ml failed at, by kind and reason."""
    failed = collections.Counter()
    for folder in folders:
        if reason(folder):
            failed[(folder.name.rsplit('-', 1)[0], re.sub(r"\d+|'[^']*'|0x\w+", '…', reason(folder)))] += 1
    for (kind, why), count in sorted(failed.items()):
        print(f'{count:4} {kind}: {why}')
    compiled = sum((folder / 'io.npz').exists() for folder in folders)
    print(f'{len(folders)} models, {sum(failed.values())} failed, {compiled} compiled')


def main(description, kinds, prepare, make, conclude=None):
    """Make all cases: `make` is called with each of them, after `prepare` in this process, and `conclude` with all folders."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument('--out', type=Path, required=True, help='directory that gets one folder per model')
    parser.add_argument('--seed', type=int, default=1, help='decides about all models')
    parser.add_argument('--count', type=int, default=100, help='how many models')
    parser.add_argument('--kind', nargs='*', help='of which kinds; all of them, if none is named')
    parser.add_argument('--stages', action='store_true', help='save the graph behind each flow')
    parser.add_argument('--compile', type=int, default=0, metavar='N', help='compile the first N models')
    parser.add_argument('--jobs', type=int, default=1, help='processes that make models at the same time')
    parser.add_argument('--only', nargs='+', metavar='NAME', help='make the models of these folders again')
    parser.add_argument('--recheck', nargs='+', metavar='NAME', help='are the answers reproducible?')
    args = parser.parse_args()
    args.out = args.out.resolve()
    if args.recheck and 'LD_PRELOAD' not in os.environ:
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **checking_environment()})
    if args.recheck:
        prepare()
        for name in args.recheck:
            if 'reproducible' not in known(args.out / name):
                recheck(name, args, make)
        return
    if args.only:
        prepare()
        work(args.only, args, make)
        return
    chosen = args.kind or sorted(kinds())
    names = [f'{chosen[index % len(chosen)]}-{args.seed * 100000 + index}' for index in range(args.count)]
    missing = [name for name in names if not is_made(args.out / name)]
    command = [sys.executable, sys.argv[0], '--out', str(args.out), '--compile', str(args.compile)]
    command += ['--stages'] * args.stages
    environment = {**os.environ, 'PYTHONHASHSEED': '0', 'PYTHONDONTWRITEBYTECODE': '1'}
    parts = [missing[start :: args.jobs] for start in range(args.jobs)]
    workers = [subprocess.Popen([*command, '--only', *part], env=environment) for part in parts if part]
    if any([worker.wait() for worker in workers]):
        raise SystemExit(1)
    folders = [args.out / name for name in names]
    summary(folders)
    if conclude:
        conclude(folders)
