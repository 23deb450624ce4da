"""Configurations: what may be said, and how it is read.  What is built from them: :mod:`vmc.build`."""

from vmc.config.load import check_config, load_config, parse_config, read_text, to_toml
from vmc.config.schema import Config

__all__ = [
    "Config",
    "check_config",
    "load_config",
    "parse_config",
    "read_text",
    "to_toml",
]
