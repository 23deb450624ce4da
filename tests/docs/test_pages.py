"""What the pages say runs, exists and is complete."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "runs").glob("**/README.md"),
        ROOT / "benchmarks/README.md",
    ]
)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    return [code for kind, code in BLOCK.findall(page.read_text()) if kind == language]


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=name)
def test_python_blocks_run(page, tmp_path):
    """All blocks of a page, one after another, as one script in an empty folder."""
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks(page, "python")))
    finished = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "toml")], ids=name)
def test_configurations_are_valid(page):
    from vmc.build.physics import build
    from vmc.config import parse_config

    for text in blocks(page, "toml"):
        build(parse_config(text, (), name(page)))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_and_pictures_exist(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{name(page)} points to {target}"


def test_the_two_commands():
    readme = (ROOT / "README.md").read_text()
    main = re.search(r"<!-- main-command -->\n```bash\n(.*)\n```", readme)
    test = re.search(r"<!-- test-command -->\n```bash\n(.*)\n```", readme)
    assert main is not None
    assert test is not None
    assert (ROOT / main[1].split()[-1]).is_file()
    assert test[1].endswith("python -m pytest")


def test_equations_cited_in_the_code_exist():
    """Equations are numbered without a gap, and every docstring that cites one cites one that is there."""
    theory = (ROOT / "docs/theory.md").read_text()
    numbers = [int(n) for n in re.findall(r"\\tag\{(\d+)\}", theory)]
    assert numbers == list(range(1, len(numbers) + 1))
    cited = set()
    for package in ("numerics", "hamiltonians", "samplers", "wavefunctions", "vmc"):
        for path in (ROOT / package).rglob("*.py"):
            for first, last in re.findall(r"theory\.md eqs?\. \((\d+)\)(?:(?:-| and )\((\d+)\))?", path.read_text()):
                cited |= {int(first), int(last or first)}
    assert len(cited) > 15
    assert max(cited) <= len(numbers)


def test_every_command_and_option_is_documented():
    from vmc.commands.program import program

    page = (ROOT / "docs/command-line.md").read_text()
    for command in program.registered_commands:
        function = command.callback
        title = command.name or function.__name__
        assert f"## vmc {title}" in page
        for annotation in function.__annotations__.values():
            for option in re.findall(r"'(--[a-z-]+)'", str(annotation)):
                assert option in page, f"{title} {option}"


def test_every_key_is_documented():
    """docs/configuration.md is what its command writes."""
    finished = subprocess.run(
        [sys.executable, str(ROOT / "docs/make_configuration.py"), "--check"], capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stderr


def test_tables_are_what_their_command_writes():
    finished = subprocess.run([sys.executable, str(ROOT / "runs/make_table.py"), "--check"], capture_output=True)
    assert finished.returncode == 0
