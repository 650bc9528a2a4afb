"""Time and peak memory of judging 5,000 synthetic samples of 18,154 genes against as many real ones.

Run: python benchmarks/benchmark_judges.py [samples [genes]]. Every judge has a process of its own; the data are
simulated, with one draw of synthetic and of real samples.
"""

import multiprocessing
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.core.scale import Scale
from syncohort.expression.evaluation import sample_set
from syncohort.expression.normalisation import Scaler
from syncohort.expression.spaces import Space, expression_spaces
from syncohort.realism.attack import Population
from syncohort.realism.comparison import Comparer
from syncohort.realism.controls import matched_subset
from syncohort.realism.learning_curve import learning_curve
from syncohort.realism.principal import Projection
from syncohort.realism.privacy import PrivacyJudge
from syncohort.realism.samples import SampleSet
from syncohort.realism.utility import UtilityJudge

FACTORS = 20


def simulate(samples: int, genes: int, origin: str, seed: int) -> SampleSet:
    """Samples of a population whose genes share twenty factors, half of them tumours with raised genes."""
    rng = np.random.default_rng(seed)
    loadings = np.random.default_rng(0).normal(size=(FACTORS, genes)).astype(np.float32)
    values = rng.standard_normal((samples, FACTORS), dtype=np.float32) @ loadings
    values += 3 * rng.standard_normal((samples, genes), dtype=np.float32)
    values /= np.sqrt(FACTORS + 9)
    tumour = np.arange(samples) % 2 == 1
    values[tumour, : genes // 10] += 1
    table = pd.DataFrame({"patient_id": [f"{origin}{number}" for number in range(samples)]})
    table = table.assign(condition=np.where(tumour, "tumour", "normal"), sex=rng.choice(["f", "m"], samples))
    return sample_set(values, table.assign(age=rng.normal(60, 10, samples), role="train"), ["sex"])


def fold(samples: int, genes: int) -> tuple[SampleSet, SampleSet, SampleSet]:
    """Training, test and synthetic samples, as many of each."""
    return tuple(simulate(samples, genes, origin, seed) for seed, origin in enumerate("RTS"))


def spaces(train: SampleSet, genes: int) -> tuple[Projection, list[Space]]:
    """Spaces of the benchmark: selected and named genes, components, pathways and effects."""
    names = [f"G{number}" for number in range(genes)]
    scaler = Scaler(tuple(names), np.full(genes, 5.0), np.ones(genes), Scale("log2"))
    sets = {f"S{number}": names[number::50] for number in range(50)}
    projection = Projection.fit(train.values)
    given = {"named": None, "gene_sets": sets, "covariates": ["sex", "age"], "pseudo_count": 1.0}
    return projection, expression_spaces(scaler, projection, **given)


def judge(what: str, samples: int, genes: int) -> tuple[float, float, float]:
    """Seconds of one judge, its seconds of CPU time, and peak memory in MB of this process."""
    train, test, synthetic = fold(samples, genes)
    projection, all_spaces = spaces(train, genes)
    started, busy = time.perf_counter(), time.process_time()
    if what == "utility":
        utility = UtilityJudge(train, test, projection, seed=1)
        utility.table(synthetic)
        learning_curve(utility, synthetic)
    elif what == "privacy":
        PrivacyJudge(Population(train, test, projection, seed=1), samples).table(synthetic)
    else:
        (space,) = [each for each in all_spaces if name_of(each) == what]
        drawn = train.take(matched_subset(train.groups, test.groups, np.random.default_rng(1)))
        Comparer(test, [drawn], space.metrics, seed=1, space=space.see).table([synthetic])
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    return seconds, busy, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def name_of(space: Space) -> str:
    """Name of a space with its first metric, since two are of the selected genes."""
    return f"{space.name}: {space.metrics[0].name}, …" if len(space.metrics) > 1 else space.name


def main() -> None:
    """Measure every judge."""
    given = [int(argument) for argument in sys.argv[1:]]
    samples, genes = (given + [5000, 18154][len(given) :])[:2]
    small = simulate(60, 300, "R", 0)
    names = [name_of(space) for space in spaces(small, 300)[1]] + ["utility", "privacy"]
    matrix = samples * genes * 4 / 1e6
    print(f"{samples:,} real and {samples:,} synthetic samples of {genes:,} genes; each matrix has {matrix:,.0f} MB")
    for name in names:
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            seconds, busy, memory = pool.apply(judge, (name, samples, genes))
        print(f"{name:<48}{seconds:9.1f} s  {busy:9.1f} s of CPU  {memory:7,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
