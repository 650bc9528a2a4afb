"""One training step of the published settings against the plain published loop, at 46, 1,000 and 4,197 genes.

Run: python benchmarks/benchmark_training.py. Both ways train the same networks on the same simulated data; the steps
alternate between them, so that a machine whose speed drifts treats them alike.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.core.kinds import read_kind
from syncohort.expression.covariates import Conditions
from syncohort.expression.generators import wgan_gp
from syncohort.training.distributed import ALONE

GENES = (46, 1000, 4197)
SAMPLES, STEPS = 195, 30
CPU = torch.device("cpu")


def published_settings(**changes) -> dict:
    """Settings of the preset `thesis`."""
    rules = read_kind("wgan-gp", "expression").settings
    return {name: rule["presets"]["thesis"] for name, rule in rules.items() if "presets" in rule} | changes


class PlainLoop:
    """The published training step as one would write it down: no seeds, no history, one pass per set."""

    def __init__(self, expression: torch.Tensor) -> None:
        genes = expression.shape[1]
        self.expression, self.start = expression, 0
        self.generator = nn.Sequential(
            nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, genes)
        )
        self.critic = nn.Sequential(nn.Linear(genes, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 1))
        self.optimisers = [
            torch.optim.RMSprop(network.parameters(), lr=5e-4, alpha=0.9, eps=1e-7)
            for network in (self.generator, self.critic)
        ]

    def step(self) -> None:
        """Five critic updates on one minibatch, then one generator update."""
        real = self.expression[self.start : self.start + 32]
        self.start = (self.start + 32) % len(self.expression)
        for _ in range(5):
            fake = self.generator(torch.randn(len(real), 64)).detach()
            mixing = torch.rand(len(real), 1)
            between = (mixing * real + (1 - mixing) * fake).requires_grad_()
            gradients = torch.autograd.grad(self.critic(between).sum(), between, create_graph=True)[0]
            penalty = ((gradients.norm(dim=1) - 1) ** 2).mean()
            loss = self.critic(fake).mean() - self.critic(real).mean() + 10 * penalty
            self.optimisers[1].zero_grad()
            loss.backward()
            self.optimisers[1].step()
        loss = -self.critic(self.generator(torch.randn(len(real), 64))).mean()
        self.optimisers[0].zero_grad()
        loss.backward()
        self.optimisers[0].step()


def main() -> None:
    """Print milliseconds per step and the ratio, medians over alternating steps, on one thread."""
    torch.set_num_threads(1)
    print(f"{SAMPLES} samples, one thread, median of {STEPS} generator steps with 5 critic updates each")
    for genes in GENES:
        expression = torch.randn(SAMPLES, genes)
        conditions = Conditions(np.zeros((SAMPLES, 0), np.int64), np.zeros((SAMPLES, 0), np.float32), ())
        given = expression.numpy(), conditions
        runs = {
            "plain": PlainLoop(expression),
            "thesis": wgan_gp.task(*given, published_settings(), 1, CPU, lambda _: 0.0, {}, ALONE),
            "adam": wgan_gp.task(*given, published_settings(optimiser="adam"), 1, CPU, lambda _: 0.0, {}, ALONE),
        }
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(STEPS):
            for name, run in runs.items():
                started = time.perf_counter()
                run.step()
                seconds[name].append(time.perf_counter() - started)
        median = {name: 1000 * float(np.median(taken)) for name, taken in seconds.items()}
        print(
            f"{genes:>6,} genes: plain {median['plain']:7.1f} ms, preset thesis {median['thesis']:7.1f} ms "
            f"(plain / ours {median['plain'] / median['thesis']:.2f}), with Adam {median['adam']:7.1f} ms "
            f"({median['plain'] / median['adam']:.2f})",
            flush=True,
        )


if __name__ == "__main__":
    main()
