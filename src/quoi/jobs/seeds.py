"""One variant trained once per seed: side by side in processes on a CPU, one after the other elsewhere."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Any

from quoi.io.processes import begin_worker, cores, worker_pool
from quoi.jobs import hardware
from quoi.params import Params, Translation
from quoi.records.checks import Measures

if TYPE_CHECKING:
    from quoi.translation.inputs import Inputs
    from quoi.translation.language_training import Likelihoods
    from quoi.translation.pair import Writer

_IMPORTED = ["quoi.translation.train", "quoi.translation.checks", "quoi.translation.samples", "sacrebleu.metrics"]
"""What a worker computes with."""

Report = Callable[[int, dict[str, Any]], None]
"""Called with a seed and an event of its training: see `train.fit`; "done" follows the last epoch."""

Workers = tuple[ProcessPoolExecutor, Any]
"""Processes that are there before their training, and the queue in which their events come back."""


@dataclass(frozen=True)
class TrainedSeed:
    """What one seed's training leaves: history (a row an epoch), scores, sample sentences, the file of its weights,
    what was measured of it, and all translations of the validation sentences by search."""

    seed: int
    history: list[dict[str, float]]
    scores: dict[str, float]
    signatures: dict[str, str]
    samples: list[dict[str, Any]]
    weights: Path
    measures: Measures
    translations: dict[str, list[str]]


@contextmanager
def started(params: Params) -> Iterator[Workers | None]:
    """The processes that will train the seeds, while the block runs; None where seeds take turns in this one.

    On a CPU as many seeds train at once as have `hardware.threads` cores each: small recurrent networks gain little
    from a second thread. On GPUs, under torchrun or SLURM they take turns and Lightning uses the devices.

    On Linux they are forks of this process, once it has imported what they compute with and before it has threads,
    open files and locks of its own.
    """
    joint = any(name in os.environ for name in ("TORCHELASTIC_RUN_ID", "SLURM_NTASKS", "LOCAL_RANK"))
    if joint or side_by_side(params, cores()) == 1 or hardware.device(params.hardware).type == "cuda":
        yield None
        return
    if forked := sys.platform == "linux":
        for name in _IMPORTED:
            import_module(name)
    method = "fork" if forked else "spawn"
    queue = multiprocessing.get_context(method).Queue()
    with worker_pool(side_by_side(params, cores()), method, _begin, (queue,)) as pool:
        pool.submit(os.getpid)  # with its first task a pool forks them all
        yield pool, queue


def train_all(params: Params, variant: str, work: Path, report: Report, workers: Workers | None) -> list[TrainedSeed]:
    """Train and evaluate `variant` with every seed of `params`.

    Args:
        work: folder for checkpoints and weights; what a killed run left there is taken up again.
        report: called in this process, whichever process the event comes from.
    """
    seeds = params.seeds
    if workers is None:
        return [train_one(params, variant, seed, work, lambda event, seed=seed: report(seed, event)) for seed in seeds]
    pool, queue = workers
    futures = [pool.submit(_train_in_worker, params, variant, seed, work) for seed in seeds]
    ended = False
    while not ended:
        ended = all(future.done() for future in futures)
        for seed, event in _drain(queue, patience=0.2):
            report(seed, event)
        for future in filter(Future.done, futures):
            future.result()
    return [future.result() for future in futures]


def train_one(
    params: Params, variant: str, seed: int, work: Path, report: Callable[[dict[str, Any]], None]
) -> TrainedSeed:
    """Train and evaluate one seed in this process; with a partner, beam search is that of both models."""
    from quoi.corpus.detokenize import detokenize
    from quoi.translation import checks, language_training, samples, saved, scores
    from quoi.translation.inputs import read, read_lines
    from quoi.translation.train import Clock, build, final_losses, fit

    _prepare(params)
    settings = params.variant(variant)
    inputs = read(params)
    model = build(settings, inputs.source_vectors, inputs.target_vectors, seed)
    initial = checks.initial_loss(model, inputs.data)
    folder = work / f"seed-{seed}"
    learned = {}
    if settings.pretrain_epochs:
        lines = read_lines("source"), read_lines("target")
        learned = language_training.pretrain(model, inputs, lines, seed, params.hardware, folder, report)
    history = fit(model, inputs.data, seed, params.hardware, folder, report)
    partner = _partner(params, settings, inputs, seed, work)
    device = hardware.device(params.hardware)
    model.to(device)
    clock = Clock()
    scored = inputs.scored()
    evaluation = scores.evaluate(
        model,
        *inputs.data.pairs(scored.rows),
        scored.references,
        params.languages.target,
        lambda ids: detokenize(inputs.target.decode(ids), inputs.target_units),
        inputs.max_target,
        settings.batch_size,
        params.search,
        device,
        measured=final_losses(settings, history),
        partner=partner,
    )
    weights = work / f"seed-{seed}.safetensors"
    if is_first_process():
        saved.save_weights(weights, model)
    shown = samples.collect(model, inputs, evaluation, params.report.samples)
    references = [right[0] for right in scored.references]
    measures = checks.measure(
        model, inputs.data, initial, history, evaluation, scored.sources, references, params.languages.target, device
    )
    measures = checks.with_language_models(measures, learned)
    translations = {"greedy": evaluation.greedy, "beam": evaluation.beam}
    report({"kind": "done", "epoch": history[-1]["epoch"], **evaluation.scores, **clock.lap("scoring")})
    return TrainedSeed(seed, history, evaluation.scores, evaluation.signatures, shown, weights, measures, translations)


def _partner(params: Params, settings: Translation, inputs: Inputs, seed: int, work: Path) -> Writer | None:
    """The variant's second model, trained with a seed of its own that the first one's decides; None without one."""
    import numpy as np

    from quoi.translation import pair, train

    if settings.partner is None:
        return None
    own = int(np.random.SeedSequence((seed, 1)).generate_state(1)[0])
    backward = settings.partner == "backward"
    data = pair.backwards(inputs.data) if backward else inputs.data
    model = train.build(settings, inputs.source_vectors, inputs.target_vectors, own)
    train.fit(model, data, own, params.hardware, work / f"seed-{seed}-partner")
    return pair.Writer(model.to(hardware.device(params.hardware)), backward)


def train_language_model(
    params: Params, variant: str, seed: int, work: Path, report: Callable[[dict[str, Any]], None]
) -> Likelihoods:
    """Train a language model of the target language alone, with one seed and a variant's settings, in this process."""
    from quoi.translation import language_training
    from quoi.translation.inputs import read, read_lines

    _prepare(params)
    inputs, lines = read(params), read_lines("target")
    folder = work / f"language-model-{seed}"
    settings, device = params.variant(variant), hardware.device(params.hardware)
    return language_training.alone(settings, inputs, lines, seed, params.hardware, folder, report, device)


def _prepare(params: Params) -> None:
    """Let this process compute as `hardware` says."""
    import torch

    from quoi.translation import kernels

    hardware.set_threads(params.hardware.threads)
    # Probabilities below 1e-38 are denormal numbers, with which a CPU's matrix products are many times slower.
    torch.set_flush_denormal(True)
    kernels.switch(params.hardware.kernels)


def is_first_process() -> bool:
    """Whether this process writes the results: the only one, or the first of those that train together."""
    return all(int(os.environ.get(name, 0)) == 0 for name in ("RANK", "SLURM_PROCID", "LOCAL_RANK"))


def side_by_side(params: Params, number: int) -> int:
    """How many seeds so many cores can train at once."""
    return min(len(params.seeds), max(1, number // params.hardware.threads))


_queue: Any = None


def _begin(queue: Any) -> None:
    """In a worker: keep the way back, leave interrupts to the training's process, and end when that does."""
    global _queue
    _queue = queue
    begin_worker()


def _train_in_worker(params: Params, variant: str, seed: int, work: Path) -> TrainedSeed:
    return train_one(params, variant, seed, work, lambda event: _queue.put((seed, event)))


def _drain(queue: Any, patience: float) -> Iterator[tuple[int, dict[str, Any]]]:
    """Events that have arrived; waits at most `patience` seconds for the first."""
    try:
        yield queue.get(timeout=patience)
        while True:
            yield queue.get_nowait()
    except Empty:
        return
