"""What the profile reads from elsewhere: files of one's own, and downloads whose servers are asked whether they answer.

Only what is needed is asked for: not what is here already, nor what belongs to a stage that has nothing to do.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from quoi.cli.doctor.checks import OK, PROBLEM, Check
from quoi.io import download
from quoi.params import Params
from quoi.params.outside import Wanted, wanted

PATIENCE = 2.0
"""Seconds in which a server has to answer."""


class Asked:
    """Servers that are being asked, all at once, from the moment this is made."""

    def __init__(self, root: Path, given: Params) -> None:
        self._root = root
        self._wanted = wanted(given)
        self._answers: SimpleQueue[tuple[str, str | None]] = SimpleQueue()
        here = _downloaded(root)
        self._out = [each for each in self._wanted if not each.paths and not here.intersection(each.urls)]
        for each in self._out:
            # A name server may be silent for long, whatever time is set: nobody waits for such a thread.
            Thread(target=self._ask, args=(each.key, each.urls), daemon=True).start()

    def checks(self) -> Iterator[Check]:
        """A check for each file, when its server has answered or has had its time."""
        reasons = dict(self._heard())
        for each in self._wanted:
            yield from _own(self._root, each)
            if each not in self._out:
                if not each.paths:
                    yield Check("network", OK, f"{each.key} was downloaded earlier.")
                continue
            reason = reasons.get(each.key, f"{each.urls[0]} does not answer in {PATIENCE:g} seconds")
            if reason is None:
                yield Check("network", OK, f"{each.key} can be downloaded: {each.urls[0]} answers.")
            elif _idle(self._root, each.stage):
                yield Check("network", OK, f"{each.key} need not be downloaded, for {each.stage} has nothing to do.")
            else:
                yield Check("network", PROBLEM, f"{reason}: {each.stage} cannot run, unless {each.key}.path is set.")
        if not self._wanted:
            yield Check("network", OK, "The profile reads nothing from elsewhere.")

    def _heard(self) -> Iterator[tuple[str, str | None]]:
        until = time.monotonic() + PATIENCE
        for _ in self._out:
            try:
                yield self._answers.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                return

    def _ask(self, key: str, urls: list[str]) -> None:
        reason = None
        for url in urls:
            told = why_not(url)
            if told is None:
                self._answers.put((key, None))
                return
            reason = reason or told
        self._answers.put((key, reason))


def why_not(url: str) -> str | None:
    """Why a server does not give a file, as a sentence without its end; None: it does. Only a byte is asked for."""
    try:
        with (
            download.session(attempts=1) as asking,
            closing(download.ask(asking, url, {"Range": "bytes=0-0"}, PATIENCE)),
        ):
            return None
    except download.Failure as failure:
        return f"{url} {failure}"


def _own(root: Path, each: Wanted) -> Iterator[Check]:
    for key, path in each.paths.items():
        if (root / path).exists():
            yield Check("source", OK, f"{key} is there.")
        else:
            yield Check("source", PROBLEM, f"{key} is {path}, which does not exist: {each.stage} cannot run.")


def _downloaded(root: Path) -> set[str]:
    """The addresses of the files that are here whole."""
    found = set()
    for path in (root / download.FOLDER).glob("*.note"):
        try:
            note = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(note, dict) and note.get("sha256") and path.with_suffix("").is_file():
            found.add(str(note.get("url")))
    return found


def _idle(root: Path, stage: str) -> bool:
    """Whether a stage has run with what it now depends on; its outputs may be in the cache alone."""
    asked = [sys.executable, "-m", "dvc", "status", "--json", stage]
    answer = subprocess.run(asked, cwd=root, capture_output=True, text=True)
    if answer.returncode:
        return False
    told = json.loads(answer.stdout).get(stage, [])
    changes = [change for each in told for change in (each.items() if isinstance(each, dict) else [(each, {})])]
    return all(kind == "changed outs" and set(outs.values()) <= {"deleted"} for kind, outs in changes)
