"""Print for every archive named on standard input, as JSON, which classes its layers have, and whether it holds Xnor types and C++."""

import json
import sys
import tarfile


def probe(path):
    """Return what `select.rs` asks about the archive."""
    with tarfile.open(path, mode='r:gz') as archive:
        for member in archive:
            if member.name.lstrip('./') == 'model_arch.json':
                text = archive.extractfile(member).read().decode()
                classes = sorted({layer['class_name'] for layer in json.loads(text).values()})
                return {'classes': classes, 'has_xnor': 'XnorPrecisionType' in text, 'has_code': '"function_cpp"' in text}
    raise SystemExit(f'{path}: no member model_arch.json')


json.dump([probe(path) for path in sys.stdin.read().split('\n') if path], sys.stdout)
