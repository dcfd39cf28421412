"""Recognizes placeholder names of contacts and the WhatsApp addresses of bridges."""

import re

WHATSAPP_ADDRESS = re.compile(
    r"(?P<user>[\w.+-]{1,64})(?::\d{1,4})?"
    r"@(?P<server>s\.whatsapp\.net|c\.us|lid|g\.us|newsletter|broadcast)"
)
"""How bridges to WhatsApp name a person, a group or a channel, with or without the device."""

BRIDGE_NAME = "evolutionapi"
"""What Evolution API calls its own contact, in lower case."""

_PLACEHOLDER = re.compile(
    r"john doe"  # Messenger tells no name
    r"|[a-z]+-[a-z]+-\d{1,4}"  # Chatwoot makes one up for visitors
    r"|(?:unknown|desconhecid[oa]|undefined|null|none)(?: \(.*\))?"
    rf"|{BRIDGE_NAME}|{WHATSAPP_ADDRESS.pattern}"
)


def is_placeholder(name: str) -> bool:
    """Whether a contact's name is none: made up by Chatwoot or a bridge, or without a letter."""
    return not any(c.isalpha() for c in name) or bool(_PLACEHOLDER.fullmatch(name.lower()))
