"""What a bug to plant is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bug:
    """One error a person could make.

    Attributes
    ----------
    name : what is wrong.
    path : of the file, from the top of the project.
    sound, broken : text that must occur exactly once, and what replaces it.
    tests : arguments of pytest.
    """

    name: str
    path: str
    sound: str
    broken: str
    tests: tuple[str, ...]
