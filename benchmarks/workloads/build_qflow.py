"""Compiles the C++ sources of the qflow-vmc release into the environment that runs this script.

The release of 2020 has wheels for Python 3.8 with Open MPI only, and its source archive lacks the
CMakeLists.txt that its own build script calls. The C++ is complete, so it is compiled here as its author
did in release mode (-O3, assertions off), and with -march=native, which the wheel could not use.
No source line is changed.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path

RELEASE = "qflow-vmc==0.2.0"
# gnu++17: newer pybind11 needs C++17; <cassert> and <vector> were once included by way of other headers.
FLAGS = ["-std=gnu++17", "-O3", "-march=native", "-DNDEBUG", "-DEIGEN_DONT_PARALLELIZE", "-fPIC", "-shared"]
FLAGS += ["-fvisibility=hidden", "-w", "-include", "cassert", "-include", "vector"]
# pywavefunction.cpp includes inputsorter.cpp, which the author linked into another library.
FLAGS += ["-Wl,-z,muldefs"]


def download(folder: Path) -> Path:
    """Fetch and unpack the source archive with pip; return the folder of the package's sources."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--no-binary",
        "qflow-vmc",
        "-d",
        str(folder),
    ]
    subprocess.run([*command, RELEASE], check=True)
    archive = next(folder.glob("qflow*.tar.gz"))
    with tarfile.open(archive) as stream:
        stream.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz") / "qflow"


def include_folders(sources: Path) -> list[str]:
    """Folders of pybind11, Eigen and of every header of the package, as compiler options."""
    import pybind11

    site = Path(sysconfig.get_path("purelib"))
    eigen = next(site.glob("cmeel.prefix/include/eigen3"))
    own = sorted({header.parent for header in sources.rglob("*.hpp")})
    folders = [pybind11.get_include(), sysconfig.get_path("include"), eigen, *own]
    return [f"-I{folder}" for folder in folders]


def main() -> None:
    """Build the extension and copy the package beside it into site-packages."""
    compiler = Path(sys.executable).with_name("mpicxx")
    site = Path(sysconfig.get_path("purelib"))
    target = site / f"_qflow_backend{sysconfig.get_config_var('EXT_SUFFIX')}"
    with tempfile.TemporaryDirectory() as folder:
        sources = download(Path(folder))
        files = sorted(str(path) for path in sources.rglob("*.cpp"))
        libraries = f"-Wl,-rpath,{Path(sys.prefix) / 'lib'}"
        command = [str(compiler), *FLAGS, *include_folders(sources), *files, libraries, "-o", str(target)]
        path = f"{compiler.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        subprocess.run(command, check=True, env={**os.environ, "PATH": path})
        shutil.copytree(sources, site / "qflow", ignore=shutil.ignore_patterns("*.cpp", "*.hpp"), dirs_exist_ok=True)


if __name__ == "__main__":
    main()
