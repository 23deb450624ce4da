"""``vmc plot``: every kind in every format, without a screen, the same bytes each time; clear refusals."""

import os
import struct
import subprocess
import sys
import xml.etree.ElementTree

import pytest

from vmc.commands.pictures import default_picture, plot_command
from vmc.errors import UserError
from vmc.plotting import KINDS, figure_of, picture


def check_png(content):
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    assert width >= 1000  # 3.4 inches at 300 dots per inch
    assert height >= 700
    assert content.endswith(b"IEND\xaeB`\x82")


def check_pdf(content):
    assert content.startswith(b"%PDF-1.")
    assert content.rstrip().endswith(b"%%EOF")
    assert b"/Type3" not in content  # fonts that journals refuse
    assert b"CreationDate" not in content


def check_svg(content):
    root = xml.etree.ElementTree.fromstring(content)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 5
    assert b"<dc:date>" not in content


CHECKS = {".png": check_png, ".pdf": check_pdf, ".svg": check_svg}


PERIODIC = {"correlation": "pair_correlation", "structure": "structure_factor", "momentum": "momentum_distribution"}


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        pytest.param(kind, suffix, marks=() if kind == "summary" or suffix == ".png" else pytest.mark.slow)
        for kind in KINDS
        if kind not in PERIODIC
        for suffix in CHECKS
    ],
)
def test_every_kind_in_every_format(kind, suffix, dot, tmp_path, capsys):
    target = tmp_path / f"{kind}{suffix}"
    assert plot_command(dot.path / "dot.h5", target, kind) == 0
    CHECKS[suffix](target.read_bytes())
    told = capsys.readouterr()
    assert told.out == f"{target}\n"
    assert told.err == ""


@pytest.mark.parametrize("kind", PERIODIC)
def test_an_empty_picture_is_not_drawn(kind, dot, tmp_path):
    """What the file has instead is named."""
    words = (
        rf"dot\.h5: nothing to draw for '{kind}': no {PERIODIC[kind]} among the observables; there is summary, energy"
    )
    with pytest.raises(UserError, match=words):
        plot_command(dot.path / "dot.h5", tmp_path / "a.png", kind)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", CHECKS)
def test_equal_results_give_equal_bytes(suffix, finished, monkeypatch):
    first = picture(figure_of(finished, "summary"), suffix)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # a date, if there were one, would be another
    assert picture(figure_of(finished, "summary"), suffix) == first


def test_no_screen_is_needed(dot, tmp_path):
    environment = {"MPLBACKEND": "TkAgg", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    finished = dot.vmc("plot", "dot.h5", "-o", str(tmp_path / "a.svg"), **environment)
    assert (finished.returncode, finished.stderr) == (0, "")
    check_svg((tmp_path / "a.svg").read_bytes())


def test_the_command_leaves_pyplot_alone(dot, tmp_path):
    code = (
        "import sys; from pathlib import Path; from vmc.commands.pictures import plot_command; "
        f"plot_command(Path('dot.h5'), Path({str(tmp_path / 'a.png')!r}), 'energy'); "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=dot.path, timeout=120, check=False).returncode == 0


def test_pictures_stand_beside_the_results(dot):
    results = dot.path / "dot.h5"
    assert default_picture(results, "summary") == dot.path / "dot.png"
    assert default_picture(results, "energy") == dot.path / "dot-energy.png"
    assert dot.vmc("plot", "dot.h5", "-k", "energy").stdout == "dot-energy.png\n"
    check_png((dot.path / "dot-energy.png").read_bytes())


def test_a_note_says_what_is_missing(jobs, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("vmc.commands.pictures.load", lambda path: jobs["stopped while optimising"])
    plot_command(tmp_path / "a.h5", tmp_path / "a.png", "summary")
    assert capsys.readouterr().err == "note: no evaluation yet\n"


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("enrgy", "a.png", r"kind of plot 'enrgy', did you mean 'energy'\?"),
        ("xxxx", "a.png", r"kind of plot 'xxxx': expected one of summary, energy"),
        ("energy", "a.jpg", r"a\.jpg: format '\.jpg'.* expected one of \.png, \.pdf, \.svg"),
        ("energy", "a", r"a: format '': expected one of \.png"),
    ],
)
def test_unknown_kinds_and_formats(kind, name, message, dot, tmp_path):
    with pytest.raises(UserError, match=message):
        plot_command(dot.path / "dot.h5", tmp_path / name, kind)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_or_written(dot, tmp_path):
    with pytest.raises(UserError, match=r"missing\.h5"):
        plot_command(tmp_path / "missing.h5", None, "summary")
    (tmp_path / "damaged.h5").write_bytes((dot.path / "dot.h5").read_bytes()[:5000])
    with pytest.raises(UserError, match=r"damaged\.h5"):
        plot_command(tmp_path / "damaged.h5", None, "summary")
    with pytest.raises(UserError, match="nowhere"):
        plot_command(dot.path / "dot.h5", tmp_path / "nowhere" / "a.png", "summary")
    assert [path.name for path in tmp_path.iterdir()] == ["damaged.h5"]


def test_a_folder_is_no_picture(dot, tmp_path):
    with pytest.raises(UserError, match=r"is a folder, expected the name of a picture \(\.png, \.pdf, \.svg\)"):
        plot_command(dot.path / "dot.h5", tmp_path, "summary")


def test_a_refusal_is_one_line(dot):
    finished = dot.vmc("plot", "dot.h5", "-k", "blockng")
    assert finished.returncode != 0
    assert finished.stdout == ""
    assert len(finished.stderr.strip().splitlines()) == 1
    assert "did you mean 'blocking'?" in finished.stderr


def test_an_old_picture_is_replaced(dot, tmp_path):
    target = tmp_path / "a.png"
    target.write_bytes(b"old")
    plot_command(dot.path / "dot.h5", target, "energy")
    check_png(target.read_bytes())
    assert os.listdir(tmp_path) == ["a.png"]
