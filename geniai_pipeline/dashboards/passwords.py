"""Password policy of the sign-in page and the command line."""

MIN_LENGTH = 10
_MIN_LETTERS = 5


def is_strong(password: str, email: str = "") -> bool:
    """Whether a password has the length and distinct characters, and is not the user's address.

    It follows NIST SP 800-63B, 3.1.1.2: a minimum length and no required kinds of characters.
    """
    normalized = password.casefold().strip()
    own = {email.casefold(), email.casefold().partition("@")[0]}
    return (
        len(normalized) >= MIN_LENGTH
        and len(set(normalized)) >= _MIN_LETTERS
        and normalized not in own
    )
