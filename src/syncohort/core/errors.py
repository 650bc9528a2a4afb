"""The one exception whose message is meant for the person at the keyboard."""


class InputError(Exception):
    """Something given by the user cannot be used.

    The message is one sentence or two that say what was found, what was expected,
    and which key or file to change. It is shown without a traceback.
    """
