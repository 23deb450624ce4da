"""Configurations: what may be said, how it is read, and what is built from it."""

from vmc.config.build import Physics, build
from vmc.config.load import check_config, load_config, parse_config, to_toml
from vmc.config.schema import Config
from vmc.config.user_kernels import USER_KERNELS

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
