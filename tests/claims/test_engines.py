"""Trainings side by side: each is done once, failures are heard, nothing runs on, and Ray gives the same results."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from quoi.claims import engines
from quoi.io.errors import QuoiError


@dataclass(frozen=True)
class Task:
    number: int
    data: Path


def sum_of(task: Task, data: Path) -> int:
    """The task's number and what the data say."""
    return task.number + int((data / "number.txt").read_text())


def fail(task: Task, data: Path) -> int:
    raise QuoiError(f"task {task.number} fails")


def die(task: Task, data: Path) -> int:
    """Its process ends the first time that the task is tried."""
    tried = data.parent / f"tried-{task.number}"
    if not tried.exists():
        tried.touch()
        os._exit(1)
    return sum_of(task, data)


def wait(task: Task, data: Path) -> int:
    (data.parent / f"waiting-{os.getpid()}").touch()
    time.sleep(600)
    return 0


@pytest.fixture
def tasks(tmp_path) -> list[Task]:
    folders = [tmp_path / name for name in ("one", "two")]
    for number, folder in enumerate(folders):
        folder.mkdir()
        (folder / "number.txt").write_text(str(100 * number))
    return [Task(number, folders[number % 2]) for number in range(6)]


EXPECTED = {0: 0, 1: 101, 2: 2, 3: 103, 4: 4, 5: 105}


def test_every_task_is_done_once_with_its_data(tasks):
    assert {task.number: done for task, done in engines.local(tasks, sum_of, 1)} == EXPECTED


def test_the_first_failure_is_heard(tasks):
    with pytest.raises(QuoiError, match=r"task \d fails"):
        list(engines.local(tasks, fail, 1))


def test_whoever_stops_listening_leaves_no_process(tasks, tmp_path):
    done = engines.local([*tasks[:1], *(Task(9, task.data) for task in tasks[1:3])], wait_after_the_first, 1)
    next(done)
    while not (waiting := list(tmp_path.glob("waiting-*"))):
        time.sleep(0.05)
    done.close()
    for path in waiting:
        pid = int(path.name.split("-")[1])
        if psutil.pid_exists(pid):
            psutil.Process(pid).wait()


def wait_after_the_first(task: Task, data: Path) -> int:
    return wait(task, data) if task.number == 9 else 0


@pytest.fixture
def cluster(monkeypatch):
    """A Ray cluster of two nodes with a core each, and the second of them."""
    pytest.importorskip("ray", reason="Ray is an optional install: pip install 'quoi[ray]'")
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    node = made.add_node(num_cpus=1)
    monkeypatch.setenv("RAY_ADDRESS", made.address)
    yield made, node
    made.shutdown()


def test_ray_gives_the_same_results(cluster, tasks):
    assert {task.number: done for task, done in engines.on_ray(tasks, sum_of, 1)} == EXPECTED


def test_ray_gives_the_work_of_a_lost_worker_to_another(cluster, tasks):
    assert {task.number: done for task, done in engines.on_ray(tasks, die, 1)} == EXPECTED


def test_ray_gives_the_work_of_a_lost_node_to_another(cluster, tasks):
    made, node = cluster
    done = engines.on_ray(tasks, sum_of, 1)
    found = dict([next(done)])
    made.remove_node(node, allow_graceful=False)
    assert {task.number: result for task, result in (found | dict(done)).items()} == EXPECTED


def test_without_ray_one_sentence_says_how_to_have_it(tasks, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(QuoiError, match=r"quoi\[ray\]"):
        list(engines.on_ray(tasks, sum_of, 1))
