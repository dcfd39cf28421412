"""What a message carries beside its text: files, e-mail headers, the channel's own id."""

from hashlib import md5
from typing import Any

from chatwoot_demo.records import DemoConversation, DemoMessage

_FILE_URL = "https://chat.example.com/rails/active_storage"
_FILES = {
    "image": ("jpeg", "image/jpeg", 180_000), "audio": ("ogg", "audio/ogg", 42_000),
    "video": ("mp4", "video/mp4", 2_400_000), "file": ("pdf", "application/pdf", 310_000),
}  # fmt: skip


def build_attachment(
    number: int, message: DemoMessage, file_type: str, transcription: str = ""
) -> dict[str, Any]:
    """Builds a file of a message: an image, a voice message, a video, a document.

    ``transcription``: what Chatwoot understood of a voice message; empty: nobody transcribes them.
    """
    extension, mime, size = _FILES[file_type]
    digest = md5(f"blob {number}".encode(), usedforsecurity=False).hexdigest()
    attachment: dict[str, Any] = {
        "id": number,
        "message_id": message.id,
        "file_type": file_type,
        "account_id": message.conversation.account.id,
        "extension": extension,
        "content_type": mime,
        "data_url": f"{_FILE_URL}/blobs/redirect/{digest}/arquivo.{extension}",
        "thumb_url": f"{_FILE_URL}/representations/redirect/{digest}/arquivo.{extension}"
        if file_type == "image"
        else "",
        "file_size": size + number * 37 % size,
    }
    if file_type == "audio":
        attachment["transcribed_text"] = transcription
    else:
        attachment |= {
            "width": 1080 if file_type == "image" else None,
            "height": 1350 if file_type == "image" else None,
        }
    return attachment


def build_email(message: DemoMessage) -> dict[str, Any]:
    """Builds what Chatwoot keeps of an e-mail beside its text."""
    text = {"full": message.content, "reply": message.content, "quoted": message.content}
    return {
        "from": [message.conversation.contact.email],
        "to": [message.conversation.inbox.settings["email"]],
        "cc": None,
        "subject": message.conversation.additional_attributes["mail_subject"],
        "message_id": message.source_id,
        "text_content": text,
        "html_content": {},
    }


def build_source_id(conversation: DemoConversation, number: int) -> str | None:
    """Builds the id that the channel gives a message, if it gives one."""
    kind = conversation.inbox.channel_type
    if kind == "Channel::Whatsapp":
        return f"wamid.{md5(str(number).encode(), usedforsecurity=False).hexdigest().upper()}"
    if kind in ("Channel::Instagram", "Channel::FacebookPage"):
        return f"aWdfZAG1f{number:016x}"
    if kind == "Channel::Email":
        return f"{number}@mail.example.com"
    return None
