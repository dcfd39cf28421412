"""What a password must be: the same on the page and at the command line."""

MIN_LENGTH = 10
_MIN_LETTERS = 5


def is_strong(password: str, email: str = "") -> bool:
    """Whether a password is long enough, of different letters, and not its owner's own address.

    A rule of length as NIST's (SP 800-63B, 3.1.1.2); which letters it is made of is everybody's
    own matter.
    """
    normalized = password.casefold().strip()
    own = {email.casefold(), email.casefold().partition("@")[0]}
    return (
        len(normalized) >= MIN_LENGTH
        and len(set(normalized)) >= _MIN_LETTERS
        and normalized not in own
    )
