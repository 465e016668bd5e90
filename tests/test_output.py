"""Output: a file is whole or not there; what was there before survives every failure."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
import threading

import pytest

from derive.errors import DeriveError
from explain import output
from explain.document import Document, Paragraph, Text
from explain.output import put
from explain.writers import Page
from tests.writers_sample import PICTURE


def names(folder):
    return sorted(one.name for one in folder.iterdir())


def test_a_page_and_its_companions_are_written_side_by_side(tmp_path):
    put(Page("main 우유\n", {"net.pdf": b"%PDF"}), tmp_path / "page.tex")
    assert (tmp_path / "page.tex").read_bytes() == "main 우유\n".encode()
    assert (tmp_path / "net.pdf").read_bytes() == b"%PDF"
    assert names(tmp_path) == ["net.pdf", "page.tex"]


def test_a_new_file_has_the_permissions_of_the_umask_and_an_old_one_keeps_its_own(tmp_path):
    before = os.umask(0o027)
    try:
        put(Page("a"), tmp_path / "new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    (tmp_path / "old").write_text("old")
    (tmp_path / "old").chmod(0o604)
    put(Page("b"), tmp_path / "old")
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o604


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    put(Page("new"), tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
@pytest.mark.parametrize("companions", [{}, {"net.pdf": b"%PDF"}])
def test_a_failure_leaves_the_old_file_and_nothing_else(failing, companions, tmp_path, monkeypatch):
    target = tmp_path / "page.tex"
    target.write_text("old")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "/hidden/temporary")

    monkeypatch.setattr(output.os, failing, full)
    with pytest.raises(OSError, match="No space left") as refused:
        put(Page("new", companions), target)
    assert refused.value.filename == str(target)
    assert refused.value.errno == errno.ENOSPC
    assert target.read_text() == "old"
    assert names(tmp_path) == ["page.tex"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [("folder", IsADirectoryError), ("missing/page.tex", FileNotFoundError), ("file/page.tex", NotADirectoryError)],
)
def test_a_path_that_cannot_be_written_names_itself(path, kind, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(kind) as refused:
        put(Page("new"), tmp_path / path)
    assert str(tmp_path / path) in str(refused.value)
    assert names(tmp_path) == ["file", "folder"]
    assert names(tmp_path / "folder") == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_not_be_written_stays(tmp_path):
    target = tmp_path / "page.tex"
    target.write_text("old")
    target.chmod(0o444)
    with pytest.raises(PermissionError):
        put(Page("new"), target)
    assert target.read_text() == "old"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    put(Page("through"), pipe)
    reader.join(timeout=10)
    assert read == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_full_device_is_reported():
    with pytest.raises(OSError, match="/dev/full") as refused:
        put(Page("x"), "/dev/full")
    assert refused.value.errno == errno.ENOSPC


def test_a_companion_cannot_lead_elsewhere(tmp_path):
    with pytest.raises(ValueError, match=r"\.\./net\.pdf"):
        put(Page("x", {"../net.pdf": b""}), tmp_path / "page.tex")
    assert names(tmp_path) == []


@pytest.mark.parametrize("path", [None, "-"])
def test_standard_output_gets_utf8_whatever_the_locale(path, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    put(Page("∂ 우유\n", {"net.pdf": b""}), path)
    assert stream.buffer.getvalue() == "∂ 우유\n".encode()  # type: ignore[attr-defined]


def test_a_notebook_without_bytes_gets_the_text(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    put(Page("∂"))
    assert stream.getvalue() == "∂"
    with pytest.raises(DeriveError, match="-o"):
        put(Page(b"%PDF"))


def test_save_picks_the_format_by_suffix_and_draws_pictures(tmp_path):
    page = Document((), "en", (Paragraph((Text("a & b"),)), PICTURE))
    page.save(tmp_path / "page.tex")
    assert names(tmp_path) == ["net.pdf", "page.tex"]
    assert r"a \& b" in (tmp_path / "page.tex").read_text()
    page.save(tmp_path / "other.tex", format="text")
    assert (tmp_path / "other.tex").read_text() == "a & b\n"
    with pytest.raises(DeriveError, match=r"'\.doc'"):
        page.save(tmp_path / "page.doc")
