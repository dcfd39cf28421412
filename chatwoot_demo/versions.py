"""The versions of Chatwoot that the server plays, and what each one lacks."""

NEWEST = "4.14.2"

_SINCE = {
    "message windows": (2, 16),
    "updated_within": (3, 6),
    "updated_at": (4, 0, 2),
    # Present in a recording of 4.14.2 and absent in one of 4.2.0; where between them is not known.
    "assignee_type": (4, 14),
    "account of a webhook's conversation": (4, 14),
    "contacts' has_more": (4, 14),
    "inboxes by name": (4, 14),
    "onboarding_step": (4, 14),
    "provider of agents": (4, 14),
    "webhook names and secrets": (4, 14),
    "webhooks to public addresses alone": (4, 14),
}


class Version:
    """A version by its number; a text that is no number is older than all others."""

    def __init__(self, text: str = NEWEST) -> None:
        self.text = text
        parts = text.split(".")
        self._number = tuple(map(int, parts)) if all(map(str.isdigit, parts)) else ()

    def has_feature(self, feature: str) -> bool:
        """Whether this version has the feature."""
        return self._number >= _SINCE[feature]
