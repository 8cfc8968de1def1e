"""Kept bytes come back the same or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest
import zstandard

from oitcheck.errors import RecordError, StoreError
from oitcheck.store.bodies import Bodies

BODY = "สรุปผลการจัดซื้อจัดจ้าง".encode() * 100


def test_bytes_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    bodies = Bodies(tmp_path)
    sha256 = bodies.put(BODY)
    assert sha256 == hashlib.sha256(BODY).hexdigest()
    path = tmp_path / "captures" / sha256[:2] / sha256[2:4] / f"{sha256}.zst"
    before = path.stat()
    assert before.st_size < len(BODY)
    assert bodies.put(BODY) == sha256
    assert path.stat().st_ino == before.st_ino
    assert bodies.get(sha256) == BODY
    assert bodies.has(sha256) and not bodies.has("0" * 64)
    assert bodies.get(bodies.put(b"")) == b""


@pytest.mark.parametrize("damage", [b"", b"nonsense", zstandard.compress(b"another body")])
def test_a_damaged_file_is_named(tmp_path: Path, damage: bytes) -> None:
    bodies = Bodies(tmp_path)
    sha256 = bodies.put(BODY)
    path = next((tmp_path / "captures").rglob("*.zst"))
    path.write_bytes(damage)
    with pytest.raises(RecordError, match=r"damaged|changed") as told:
        bodies.get(sha256)
    assert told.value.where == str(path)


@pytest.mark.parametrize("damage", [b"", b"nonsense", zstandard.compress(b"another body"), "cut"])
def test_a_damaged_file_is_written_anew_when_the_same_bytes_come_again(tmp_path: Path, damage: bytes | str) -> None:
    bodies = Bodies(tmp_path)
    sha256 = bodies.put(BODY)
    path = next((tmp_path / "captures").rglob("*.zst"))
    path.write_bytes(path.read_bytes()[:-5] if isinstance(damage, str) else damage)
    assert bodies.put(BODY) == sha256 and bodies.get(sha256) == BODY
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_damaged_file_is_set_aside_so_that_its_bytes_are_retrieved_again(tmp_path: Path) -> None:
    bodies = Bodies(tmp_path)
    sha256 = bodies.put(BODY)
    path = next((tmp_path / "captures").rglob("*.zst"))
    path.write_bytes(b"nonsense")
    with pytest.raises(RecordError):
        bodies.get(sha256)
    assert bodies.has(sha256), "who only reads changes nothing"
    with pytest.raises(RecordError):
        bodies.sound(sha256)
    assert not bodies.has(sha256) and path.with_name(path.name + ".damaged").read_bytes() == b"nonsense"
    assert bodies.sound(bodies.put(BODY)) == BODY
    path.write_bytes(b"")
    assert not bodies.has(sha256), "an empty file is no body"


def test_a_missing_body_and_a_name_that_is_no_hash(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="missing"):
        Bodies(tmp_path).get("0" * 64)
    for name in ("", "../../etc/passwd", "A" * 64, "0" * 63):
        with pytest.raises(StoreError, match="is no sha256"):
            Bodies(tmp_path).get(name)


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="disk is full") as told:
        Bodies(tmp_path).put(BODY)
    assert told.value.exit_code == 4 and told.value.remedy
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_too_little_free_space_is_refused_beforehand(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="must stay free"):
        Bodies(tmp_path, least_free_bytes=2**60).put(BODY)


def test_a_file_where_a_folder_belongs(tmp_path: Path) -> None:
    (tmp_path / "captures").write_text("in the way")
    with pytest.raises(StoreError, match="a file where a folder belongs"):
        Bodies(tmp_path).put(BODY)
