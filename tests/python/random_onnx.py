"""Make random raw ONNX models, and what hls4ml predicts with them once qonnx has cleaned them.

    random_onnx.py --out DIR [--seed 1] [--count 100] [--kind KIND] [--jobs 1]
    random_onnx.py --out DIR --only NAME...

Each model gets a folder: `source.onnx` as an exporter writes it, `config.json` with the arguments of hls4ml's converter at model
granularity, `stage0-parsed.fml` (before any flow), `converted.fml` and `io.npz` of the model that qonnx cleaned (clean-up, channels last with the
input, Gemm to MatMul, clean-up), and `case.json`. A step that fails is in `case.json` under `failed`; without a compiled model there is no `io.npz`.
Folders that are complete are left alone. The name of a folder, KIND-BACKEND-IO_TYPE-SEED, is all that decides about its model.
"""

import argparse
import json
import signal
import subprocess
import sys
from pathlib import Path

from random_models import EVERYWHERE, UNFINISHED, Case, in_child, write_description

KINDS = ('dense', 'batch_norm', 'conv1d', 'conv2d', 'pooling', 'residual', 'quant_dense', 'quant_conv', 'depthwise', 'from_keras')
PRECISIONS = ('fixed<16,6>', 'fixed<18,8>', 'fixed<12,5>', 'fixed<24,12>')
SAMPLES = 8
# qonnx does not come to an end with some models that fork
CASE_SECONDS = 60


def cases(args):
    """Return the cases: kinds, backends and interfaces in turn."""
    kinds = (args.kind,) if args.kind else KINDS
    for number in range(args.count):
        seed = args.seed * 10_000 + number
        backend, io_type = EVERYWHERE[number // len(kinds) % len(EVERYWHERE)]
        yield Case(kinds[number % len(kinds)], backend, io_type, seed)


def cleaned(source):
    """Return the model as qonnx cleans it for hls4ml."""
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.transformation.channels_last import ConvertToChannelsLastAndClean
    from qonnx.transformation.gemm_to_matmul import GemmToMatMul
    from qonnx.util.cleanup import cleanup_model

    model = cleanup_model(ModelWrapper(source))
    has_images = any(node.op_type in ('Conv', 'MaxPool') for node in model.graph.node)
    is_last = all(node.op_type == 'Transpose' for node in model.find_consumers(model.graph.input[0].name))
    model = model.transform(ConvertToChannelsLastAndClean(make_input_channels_last=has_images and not is_last))
    model = model.transform(GemmToMatMul())
    return cleanup_model(model)


def record_parsed(out):
    """Let hls4ml write the graph as its converter builds it, before the first flow."""
    import goldens
    from hls4ml.model.graph import ModelGraph

    apply_flow = ModelGraph.apply_flow

    def first(graph, *arguments, **options):
        ModelGraph.apply_flow = apply_flow
        for layer in graph.get_layers():
            for name, value in layer.attributes.items():
                if type(value).__name__ == 'RepeatedScalarContainer':  # of protobuf, for which JSON has no form
                    layer.attributes[name] = list(value)
            layer.outputs = list(layer.outputs)
        goldens.save(graph, out / 'stage0-parsed.fml')
        stages = [{'flow': 'parsed', 'file': 'stage0-parsed.fml'}]
        (out / 'stages.json').write_text(json.dumps(stages, indent=1) + '\n')
        return apply_flow(graph, *arguments, **options)

    ModelGraph.apply_flow = first


def convert(source, arguments):
    """Convert the cleaned model with hls4ml."""
    import hls4ml
    import onnx

    model = cleaned(str(source))
    kinds = {node.op_type for node in onnx.load(source).graph.node}
    if 'Conv' not in kinds or not kinds & {'Identity', 'Dropout'}:  # they are in the way of qonnx, not of hls4rs
        record_parsed(source.parent)
    return hls4ml.converters.convert_from_onnx_model(model.model, **arguments)


def arguments_of(case, rng):
    """Return the arguments of the converter."""
    model = {
        'Precision': {'default': str(rng.choice(PRECISIONS))},
        'ReuseFactor': int(rng.choice([1, 2])),
        'Strategy': str(rng.choice(['Latency', 'Resource'])),
    }
    config = {'Model': {**model, 'BramFactor': 1000000000, 'TraceOutput': False}}
    return {'output_dir': 'prj', 'io_type': case.io_type, 'backend': case.backend, 'hls_config': config}


def make_case(case, out):
    """Make one model in this process, in the current directory."""
    import goldens
    import hls4ml
    import numpy as np
    import onnx
    import onnx_networks

    signal.alarm(CASE_SECONDS)
    out.mkdir(parents=True, exist_ok=True)
    described = {'name': case.name, 'kind': case.kind, 'backend': case.backend, 'io_type': case.io_type}
    described |= {'hls4ml': hls4ml.__version__, 'layers': []}
    write_description(out, {**described, 'failed': {'process': UNFINISHED}})
    rng = np.random.default_rng(case.seed)
    net = getattr(onnx_networks, case.kind)(case.seed)
    onnx.save(net.model(), out / 'source.onnx')
    arguments = arguments_of(case, rng)
    (out / 'config.json').write_text(json.dumps(arguments, indent=1) + '\n')
    steps = goldens.Steps()
    model = steps.run('convert', convert, out / 'source.onnx', json.loads(json.dumps(arguments)))
    if model is None:  # what hls4ml cannot convert is nothing to compare layers with
        (out / 'stages.json').unlink(missing_ok=True)
    else:
        described['layers'] = [[layer.name, layer.class_name] for layer in model.get_layers()]
        if steps.run('save', goldens.save, model, out / 'converted.fml') is not None:
            shape = [int(size) for size in model.get_input_variables()[0].shape]
            inputs = [np.asarray(rng.normal(0, 1, [SAMPLES, *shape]), dtype=np.float32)]
            goldens.record_predictions(steps, model, inputs, out, '-O0 -ftrivial-auto-var-init=zero')
    write_description(out, {**described, 'failed': steps.failed})


def is_made(out):
    """Whether a folder is complete."""
    path = out / 'case.json'
    return path.exists() and json.loads(path.read_text())['failed'] != {'process': UNFINISHED}


def work(names, out):
    """Make models one after the other, each in a process of its own."""
    import goldens  # noqa: F401
    import hls4ml  # noqa: F401
    import qonnx.util.cleanup  # noqa: F401

    for name in names:
        ending = in_child(make_case, Case.named(name), out / name)
        if ending:
            described = json.loads((out / name / 'case.json').read_text())
            write_description(out / name, {**described, 'failed': {'process': ending}})
        failed = json.loads((out / name / 'case.json').read_text())['failed']
        print(name, json.dumps(failed) if failed else 'made', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=Path, required=True, help='directory that gets one folder per model')
    parser.add_argument('--seed', type=int, default=1, help='decides about all models')
    parser.add_argument('--count', type=int, default=100, help='how many models')
    parser.add_argument('--kind', choices=KINDS)
    parser.add_argument('--only', nargs='+', metavar='NAME', help='make the models of these folders again')
    parser.add_argument('--jobs', type=int, default=1, help='processes that make models at the same time')
    args = parser.parse_args()
    out = args.out.resolve()
    if args.only:
        work(args.only, out)
        return
    names = [case.name for case in cases(args) if not is_made(out / case.name)]
    parts = [names[start :: args.jobs] for start in range(args.jobs)]
    command = [sys.executable, __file__, '--out', str(out), '--only']
    workers = [subprocess.Popen([*command, *part]) for part in parts if part]
    if any([worker.wait() for worker in workers]):
        raise SystemExit(1)


if __name__ == '__main__':
    main()
