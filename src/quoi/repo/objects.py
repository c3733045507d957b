"""DVC's cache at a root: what lies in it, by digest."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from quoi.io.errors import QuoiError
from quoi.repo.digests import listed


class Cache:
    """The cache that the DVC repository at `root` is set to use. Its place is asked for when it is needed."""

    def __init__(self, root: Path | str = ".") -> None:
        """`root`: the root of the repository."""
        self.root = Path(root)

    @cached_property
    def folder(self) -> Path | None:
        """Where it lies; None where DVC is not set up.

        Raises:
            QuoiError: DVC cannot read its configuration.
        """
        from dvc.config import Config, ConfigError

        if not (self.root / ".dvc").is_dir():
            return None
        try:
            told = Config(str(self.root / ".dvc")).get("cache", {}).get("dir")
        except ConfigError as error:
            raise QuoiError(f"DVC's configuration cannot be used: {error}.") from error
        return Path(told) if told else self.root.resolve() / ".dvc/cache"

    def path(self, digest: str) -> Path | None:
        """The file that holds what has this digest, where it is in the cache."""
        if self.folder is None or len(digest) < 3:
            return None
        path = self.folder / "files/md5" / digest[:2] / digest[2:]
        return path if path.is_file() else None

    def content(self, digest: str) -> bytes | None:
        """The bytes that have this digest."""
        path = self.path(digest)
        return None if path is None else path.read_bytes()

    def listing(self, digest: str) -> dict[str, str] | None:
        """Digest by path (relative, with slashes) of the files of a folder `….dir`."""
        told = self.content(digest)
        if told is None:
            return None
        try:
            return listed(told)
        except (ValueError, TypeError, KeyError) as error:
            raise QuoiError(f"{self.path(digest)} is damaged: remove it, then `dvc pull` or `dvc repro`.") from error

    def lacks(self, digest: str) -> list[str]:
        """What is missing of a file (`[""]`) or of a folder's files (their paths); nothing where it is all there."""
        if self.path(digest) is None:
            return [""]
        if not digest.endswith(".dir"):
            return []
        return [name for name, each in (self.listing(digest) or {}).items() if self.path(each) is None]
