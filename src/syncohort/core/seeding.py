"""One seed in the configuration, an independent one for every job."""

import hashlib


def derive_seed(seed: int, *names: str) -> int:
    """Derive a seed in [0, 2**63) from the workflow's seed and the names of the job.

    Equal arguments give equal seeds on every machine; a change of any name gives an unrelated one.
    """
    text = "\0".join([str(seed), *names])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
