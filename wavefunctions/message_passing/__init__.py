"""Message-passing networks, whose messages displace particles and make a symmetric factor."""

from wavefunctions.message_passing.network import MessagePassing

__all__ = ["MessagePassing"]
