"""Configurations: what may be said, how it is read, and what is built from it."""

from vmc.config.build import USER_KERNELS, Physics, build
from vmc.config.load import check_config, load_config, parse_config, to_toml
from vmc.config.schema import Config

__all__ = [
    "USER_KERNELS",
    "Config",
    "Physics",
    "build",
    "check_config",
    "load_config",
    "parse_config",
    "to_toml",
]
