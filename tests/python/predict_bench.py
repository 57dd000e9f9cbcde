"""Measure how long hls4ml takes to compile archives and to predict with them.

    predict_bench.py --io IO.npz MODEL.fml

Prints one JSON object with seconds: `load_s`, `compile_s` (writing the project and hls4ml's own build, -O3), `first_s` (from
the loaded model to the first prediction), `sample_s` (least time per sample of batches of several sizes).
"""

import argparse
import contextlib
import io
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np

# The time that all measured batches together take at least.
ENOUGH_S = 3.0


def measure(path, inputs, expected, work):
    """Load, compile and predict; the predictions must be the expected ones."""
    from hls4ml.converters import load_saved_model

    start = time.perf_counter()
    model = load_saved_model(path, work)
    load_s = time.perf_counter() - start
    model.config.config['OutputDir'] = str(work / 'project')
    start = time.perf_counter()
    model.compile()
    compile_s = time.perf_counter() - start
    model.predict(inputs[:1])
    first_s = time.perf_counter() - start
    predicted = np.asarray(model.predict(inputs)).reshape(expected.shape)
    if predicted.tobytes() != expected.tobytes():
        raise ValueError(f'{path}: other predictions than recorded')
    start = time.perf_counter()
    model.predict(inputs)
    once = (time.perf_counter() - start) / len(inputs)
    count = max(len(inputs), min(20000, int(ENOUGH_S / 5 / once)))
    many = np.ascontiguousarray(np.resize(inputs, (count, *inputs.shape[1:])))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        model.predict(many)
        times.append((time.perf_counter() - start) / count)
    return {'load_s': load_s, 'compile_s': compile_s, 'first_s': first_s, 'sample_s': min(times)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('model', type=Path, help='the archive')
    parser.add_argument('--io', type=Path, required=True, help='inputs `x0` and outputs `y0`')
    args = parser.parse_args()
    arrays = np.load(args.io)
    with tempfile.TemporaryDirectory(prefix='bench-') as work:
        # what compilers and hls4ml print must not get into the result
        kept = os.dup(1)
        os.dup2(2, 1)
        with contextlib.redirect_stdout(io.StringIO()):
            result = measure(args.model, arrays['x0'], arrays['y0'], Path(work))
        os.dup2(kept, 1)
    print(json.dumps(result, indent=1))


if __name__ == '__main__':
    main()
