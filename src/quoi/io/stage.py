"""Running a command, a stage or one of quoi's: what went wrong is one sentence, never a traceback."""

from __future__ import annotations

import codecs
import gc
import io
import json
import os
import sys
from typing import Any, NoReturn

import click

from quoi.io import fork_server
from quoi.io.errors import QuoiError
from quoi.io.files import why_not_written
from quoi.io.processes import follow_parent, recorded_costs


def main(command: click.Command) -> NoReturn:
    """Run a click command and leave with its exit status.

    0: done. 1: a `QuoiError`, or a disk that is full or may not be written, said in one sentence on stderr.
    2: wrong arguments. 130: interrupted. Any other exception is a bug and keeps its traceback. A stage that DVC has
    started ends with DVC, however that went. What the output's encoding lacks is printed as `?`.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # Python does so for stderr by itself
        sys.stdout.reconfigure(errors="replace")
    try:
        if "DVC_STAGE" in os.environ:
            follow_parent()
            if (status := fork_server.run()) is not None:
                sys.exit(status)
        with recorded_costs():
            command.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except QuoiError as error:
        _leave(str(error), 1)
    except (KeyboardInterrupt, click.Abort):
        _leave("Interrupted; the earlier results are as they were.", 130)
    except Exception as error:
        reason = why_not_written(error)
        if reason is None:
            raise
        _leave(f"A file cannot be written: {reason}.", 1)
    finally:
        gc.freeze()  # seconds, in which the interpreter would look for circles among all that it is about to drop
    sys.exit(0)


def echo_json(value: Any, indent: int | None = 2) -> None:
    """Print a value as JSON, in an output's own letters where it has all of them, and escaped where not."""
    has_all = codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name.startswith("utf-")
    click.echo(json.dumps(value, indent=indent, ensure_ascii=not has_all, default=str))


def _leave(sentence: str, status: int) -> NoReturn:
    # What a library says of a file may go over several lines.
    click.echo(" ".join(line.strip() for line in sentence.splitlines()), err=True)
    sys.exit(status)
