"""Errors meant for the person who started the run, as opposed to bugs."""


class UserError(Exception):
    """A mistake the user can correct: the command line prints the message alone, without a traceback.

    Parameters
    ----------
    message
        One clear line: what was wrong, its value, and what was expected.
    exit_code
        Status of the process that ends because of it, 1 to 255.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        if not 1 <= exit_code <= 255:
            raise ValueError(f"exit_code is {exit_code}, expected 1 to 255")
        super().__init__(message)
        self.exit_code = exit_code
