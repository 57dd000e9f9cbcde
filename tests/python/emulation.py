"""Compile the C++ project of an hls4ml model with g++ and predict with it."""

import ctypes
import subprocess
from pathlib import Path

import numpy as np

# Backends whose compiler cannot be had without a vendor's installation.
WITHOUT_COMPILER = ('oneAPI', 'Libero')


class CompileError(Exception):
    """g++ refused the project; the text is its first complaint."""


def first_complaint(log):
    """Return the first error in the output of a compiler, or its last line."""
    lines = log.strip().splitlines() or ['no output']
    return next((line.strip() for line in lines if 'error:' in line), lines[-1])


def compile_model(model, output_dir, flags='-O1'):
    """Write the project of `model` into `output_dir`, compile it and load the library.

    hls4ml's build script asks for -O3, which takes several times as long as `flags` and computes the same numbers.
    """
    output_dir = Path(output_dir)
    model.config.config['OutputDir'] = str(output_dir)
    model.write()
    script = output_dir / 'build_lib.sh'
    script.write_text(script.read_text().replace('-O3', flags))
    build = subprocess.run(
        ['bash', script.name], cwd=output_dir, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    libraries = list(output_dir.glob('firmware/*.so'))
    if build.returncode != 0 or not libraries:
        raise CompileError(first_complaint(build.stdout))
    model._top_function_lib = ctypes.CDLL(str(libraries[0].resolve()))


def predict(model, inputs):
    """Return the list of outputs of a compiled model, each with one row per sample.

    `inputs` holds one array per model input, in the model's order, one row per sample.
    """
    inputs = [np.ascontiguousarray(x) for x in inputs]
    rows = inputs[0].shape[0]
    outputs = model.predict(inputs[0] if len(inputs) == 1 else inputs)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return [np.asarray(y).reshape(rows, -1) for y in outputs]
