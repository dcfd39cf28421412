"""Transcribe: the words of contacts' audios, by OpenAI, for a tenant that wants it."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from geniai_pipeline.analysis.openai.fallbacks import Fallback, UnusableAnswerError
from geniai_pipeline.analysis.openai.models import find_transcriber
from geniai_pipeline.analysis.openai.transcriber import Audio, StoppedError, Transcriber
from geniai_pipeline.chatwoot import Client, UnansweredError
from geniai_pipeline.chatwoot.downloads import DownloadError
from geniai_pipeline.chatwoot.refusals import NotFoundError
from geniai_pipeline.pipeline.progress import Report
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import transcriptions
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.llm import SharedRateLimiter

MOST_BYTES = 20_000_000
"""A larger file is not sent: OpenAI takes 25 MB, and a voice message has a hundredth of it."""
MOST_SECONDS = 600.0
"""A run that transcribed for so long leaves the rest to the next: the sync waits for it."""

UNREACHABLE = Fallback.UNREACHABLE.value
MOST_IN_A_ROW = 3
"""So many audios in a row that cannot be reached are an outage: it uses up no attempts."""

_FORMATS = ((b"OggS", "ogg"), (b"ID3", "mp3"), (b"fLaC", "flac"), (b"\x1aE\xdf\xa3", "webm"))
_FINAL = frozenset({Fallback.REJECTED, Fallback.GIVEN_UP})


@dataclass
class TranscriptionResult:
    """The outcome of the step, in audios."""

    written: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    """Those that were tried in vain, by reason."""
    cost_brl: Decimal = Decimal(0)
    notices: list[str] = field(default_factory=list)
    """What the operator should know although nothing failed."""


def transcribe_audios(
    tenant: Tenant,
    session: TenantSession,
    connect: Callable[[], AbstractContextManager[Client]],
    *,
    report: Report,
) -> TranscriptionResult:
    """Transcribes contacts' audios of the last 30 days, the newest first, if the tenant wants it.

    Each file is in memory alone, from its download until OpenAI has answered. An audio that cannot
    be had or written down stays unread, with the reason; it is tried in three runs at most, those
    of an outage not counted.

    Args:
        tenant: whose audios.
        session: the tenant's.
        connect: opens a client of its Chatwoot account.
        report: takes the progress.

    Raises:
        PermanentError: Chatwoot refuses the token.
        TransientError: Chatwoot or the database is away.

    """
    result = TranscriptionResult()
    transcriptions.drop_orphans(session)
    if not (tenant.transcription and tenant.external_analysis):
        return result
    transcriber = _build_transcriber(session)
    if notice := transcriber.unavailable_reason():
        result.notices.append(str(notice))
        return result
    pending = transcriptions.find_pending_audios(session)
    if pending:
        with connect() as client:
            _transcribe(session, client, transcriber, pending, result)
    result.cost_brl = transcriber.bill.cost_brl
    report(f"{result.written} of {len(pending)} audios transcribed")
    return result


def _transcribe(
    session: TenantSession,
    client: Client,
    transcriber: Transcriber,
    pending: Sequence[Audio],
    result: TranscriptionResult,
) -> None:
    def record(audio: Audio, reason: str, *, is_final: bool) -> None:
        transcriptions.store_failure(
            session, audio, reason, model=transcriber.model, is_final=is_final
        )

    latest = time.monotonic() + MOST_SECONDS
    in_a_row: list[Audio] = []
    for audio in pending:
        if time.monotonic() > latest:
            return
        try:
            content = _fetch_audio(client, audio)
            has_words = transcriber.transcribe(audio, content, f"audio.{_name_format(content)}")
            reason, is_final = "" if has_words else "silence", True
        except StoppedError as stopped:
            result.notices.append(str(stopped.notice))
            return
        except DownloadError as error:
            reason, is_final = error.reason, error.is_final
        except UnusableAnswerError as error:
            reason, is_final = error.reason.value, error.reason in _FINAL
        result.written += not reason
        if reason:
            result.unread[reason] += 1
        if reason == UNREACHABLE:
            in_a_row.append(audio)
            if len(in_a_row) == MOST_IN_A_ROW:
                result.notices.append(
                    "Audios or OpenAI cannot be reached. The next run tries again."
                )
                return
            continue
        # another audio went through, so that it was these that failed and no outage
        for failing in in_a_row:
            record(failing, UNREACHABLE, is_final=False)
        in_a_row.clear()
        if reason:
            record(audio, reason, is_final=is_final)


def _build_transcriber(session: TenantSession) -> Transcriber:
    settings = get_settings()
    return Transcriber(
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        brl_per_usd=settings.brl_per_usd,
        ledger=transcriptions.AudioLedger(session),
        rate_limiter=SharedRateLimiter(
            f"{urlsplit(settings.openai_base_url).netloc} {find_transcriber().name}"
        ),
    )


def _fetch_audio(client: Client, audio: Audio) -> bytes:
    """Fetches an audio; its address is asked for anew, because addresses do not land.

    Raises:
        DownloadError: why it cannot be had.

    """
    path = f"conversations/{audio.conversation_id}/messages"
    window = {"after": audio.message_id, "before": audio.message_id + 1}
    try:
        messages = client.extract_rows(client.get(path, window), path)
    except NotFoundError as error:
        raise DownloadError("gone", is_final=True) from error
    except UnansweredError as error:
        raise DownloadError("unreachable", is_final=False) from error
    for message in messages:
        for file in _list_files(message, audio.message_id):
            if file.get("id") == audio.attachment_id and isinstance(file.get("data_url"), str):
                return client.download(file["data_url"], most_bytes=MOST_BYTES)
    raise DownloadError("gone", is_final=True)


def _list_files(message: Any, message_id: int) -> list[dict[str, Any]]:
    if not isinstance(message, dict) or message.get("id") != message_id:
        return []
    files = message.get("attachments")
    return [each for each in files if isinstance(each, dict)] if isinstance(files, list) else []


def _name_format(content: bytes) -> str:
    """Names the format by a file's first bytes, as OpenAI knows it.

    Raises:
        DownloadError: it is none that OpenAI takes.

    """
    for mark, name in _FORMATS:
        if content.startswith(mark):
            return name
    if content[4:8] == b"ftyp":
        return "m4a"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "wav"
    if content[:1] == b"\xff" and content[1:2] >= b"\xe0" and content[1] & 0x06:
        return "mp3"
    raise DownloadError("format", is_final=True)
