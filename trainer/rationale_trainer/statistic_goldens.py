"""Golden values of the statistics, from scipy, statsmodels and numpy, for `test/core/statistics.test.ts`.

    python3 -m venv GOLDENS && GOLDENS/bin/pip install -r trainer/requirements-goldens.txt
    PYTHONPATH=trainer GOLDENS/bin/python -m rationale_trainer.statistic_goldens test/cases/statistics-golden.json
"""

import itertools
import json
import sys
from math import comb
from pathlib import Path

import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa, to_table
from statsmodels.stats.proportion import proportion_confint

SAMPLES = 2_000


def wilson() -> list[dict]:
    pairs = [(0, 1), (1, 1), (7, 10), (81, 263), (40, 94), (1205, 3216), (4240, 4241)]
    rows = [(count, n, proportion_confint(count, n, 0.05, "wilson")) for count, n in pairs]
    return [{"count": count, "n": n, "interval": [float(low), float(high)]} for count, n, (low, high) in rows]


def exact_mcnemar() -> list[dict]:
    pairs = [(0, 0), (0, 1), (1, 0), (3, 3), (0, 12), (5, 14), (14, 5), (37, 61), (310, 402), (900, 1100), (9000, 9400)]
    lines = []
    for only_a, only_b in pairs:
        p = float(mcnemar([[100, only_a], [only_b, 100]], exact=True).pvalue) if only_a + only_b else 1.0
        if only_a + only_b:
            np.testing.assert_allclose(p, stats.binomtest(only_a, only_a + only_b).pvalue, rtol=1e-10)
        lines.append({"onlyA": only_a, "onlyB": only_b, "p": p})
    return lines


def random_integers() -> list[dict]:
    seeds = (0, 1, 42, 2**32 - 1)
    return [{"seed": seed, "integers": np.random.RandomState(seed)._bit_generator.random_raw(1300)[::100].tolist()} for seed in seeds]


def paired_bootstrap() -> list[dict]:
    """The very draws of `RandomState`; `scipy` adds the percentile interval of draws of its own."""
    lines = []
    for seed, n in ((1, 2), (1, 40), (7, 200)):
        data = np.random.default_rng(n)
        first = data.random(n).round(6)
        second = np.clip(first + data.normal(0.03, 0.2, n), 0, 1).round(6)
        draws = np.random.RandomState(seed)._bit_generator.random_raw(SAMPLES * n).reshape(SAMPLES, n)
        gains = second - first
        drawn = gains[(draws / 2**32 * n).astype(int)].mean(axis=1)
        extreme = int((np.abs(drawn - drawn.mean()) >= abs(gains.mean())).sum())
        line = {"seed": seed, "samples": SAMPLES, "first": first.tolist(), "second": second.tolist()}
        line |= {"difference": float(gains.mean()), "interval": np.quantile(drawn, [0.025, 0.975]).tolist()}
        line |= {"p": (extreme + 1) / (SAMPLES + 1)}
        if n > 2:
            scipy = stats.bootstrap(
                (second, first), lambda a, b, axis=-1: a.mean(axis) - b.mean(axis), paired=True, vectorized=True,
                method="percentile", n_resamples=100_000, rng=np.random.default_rng(3),
            )  # fmt: skip
            interval = scipy.confidence_interval
            line |= {"scipy": {"interval": [float(interval.low), float(interval.high)], "error": float(scipy.standard_error)}}
        lines.append(line)
    return lines


def kappa() -> list[dict]:
    lines = []
    for n, choices, same in ((30, 2, 0.9), (250, 4, 0.6), (1000, 5, 0.1)):
        rng = np.random.default_rng(n)
        first = rng.integers(0, choices, n)
        second = np.where(rng.random(n) < same, first, rng.integers(0, choices, n))
        table, _ = to_table(np.column_stack([first, second]))
        result = cohens_kappa(table)
        line = {"pairs": np.column_stack([first, second]).tolist(), "value": float(result.kappa)}
        lines.append(line | {"interval": [float(result.kappa_low), float(result.kappa_upp)]})
    return lines


def pass_at_k() -> list[dict]:
    cases = [(n, c, k) for n in (1, 5, 20, 200) for c, k in itertools.product({0, 1, n // 2, n - 1, n}, {1, min(10, n), n})]
    return [{"n": n, "correct": c, "k": k, "value": float(1 - comb(n - c, k) / comb(n, k))} for n, c, k in sorted(cases)]


def expected_calibration_error() -> list[dict]:
    lines = []
    for n in (5, 400):
        rng = np.random.default_rng(n)
        confidence = np.concatenate([rng.random(n).round(4), [0.0, 1 / 15, 0.2, 0.6, 1.0]])
        correct = rng.random(len(confidence)) < confidence**2
        # Open below and closed above, as Guo et al. have them; 0 is put into the lowest.
        index = np.clip(np.digitize(confidence, np.linspace(0, 1, 16), right=True), 1, 15)
        gaps, _, _ = stats.binned_statistic(index, correct - confidence, "sum", bins=np.arange(0.5, 16))
        line = {"confidence": confidence.tolist(), "correct": correct.tolist()}
        lines.append(line | {"error": float(np.abs(gaps).sum() / len(confidence))})
    return lines


def main(path: Path):
    parts = (wilson, exact_mcnemar, random_integers, paired_bootstrap, kappa, pass_at_k, expected_calibration_error)
    goldens = {part.__name__: part() for part in parts}
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(values)}" for name, values in goldens.items())
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
