"""Sends letters to an SMTP server over one connection per run."""

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from types import TracebackType
from urllib.parse import unquote, urlsplit

from geniai_pipeline.errors import PermanentError, TransientError
from geniai_pipeline.settings import get_settings

_SECONDS = 30
_PORTS = {"smtp": 587, "smtps": 465}
_LOCAL = {"localhost", "127.0.0.1", "::1"}


class RefusedError(Exception):
    """The server plainly refused one letter; its answer, without the address."""


class Mailer:
    """A session with the server of ``GENIAI_SMTP_URL``. Use it as a context manager.

    ``smtp://`` uses STARTTLS where the server offers it; a password requires it. ``smtps://`` uses
    TLS from the start.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme not in _PORTS or not parts.hostname or port == -1:
            raise PermanentError(
                "GENIAI_SMTP_URL cannot be read.",
                mend="Write it as smtp://user:password@host:587, or smtps:// for port 465.",
            )
        self._scheme, self._host = parts.scheme, parts.hostname
        self._port = port or _PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> "Mailer":
        """Returns the mailer; `connect` opens the connection."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends the session."""
        self._drop()

    def connect(self) -> None:
        """Opens a session if none is alive, before a letter is claimed.

        Raises:
            TransientError: the server cannot be reached or is busy.
            PermanentError: it refuses the login, or has no encryption for the password.

        """
        if self._smtp is not None and self._is_alive():
            return
        self._drop()
        try:
            self._smtp = self._session()
        except smtplib.SMTPAuthenticationError as error:
            raise PermanentError(
                f"The mail server {self._host} refuses the login ({error.smtp_code}).",
                mend="Correct the user and password in GENIAI_SMTP_URL.",
            ) from None
        except ssl.SSLCertVerificationError as error:
            raise PermanentError(
                f"The certificate of {self._host} is not valid: {error.verify_message}.",
                mend="Give the name that its certificate has in GENIAI_SMTP_URL.",
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            raise TransientError(
                f"The mail server {self._host}:{self._port} does not answer:"
                f" {type(error).__name__}.",
                mend="Check that it runs and GENIAI_SMTP_URL names it; then run the report again.",
            ) from None

    def send(self, letter: EmailMessage) -> None:
        """Sends one letter.

        Raises:
            RefusedError: the server did not take it; it may be sent again.
            OSError, SMTPException: the connection broke, and the outcome is unknown.

        """
        assert self._smtp is not None  # noqa: S101  (connect() came before)
        try:
            self._smtp.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            ((code, answer),) = error.recipients.values()
            raise RefusedError(_describe_refusal(code, answer, letter)) from None
        except smtplib.SMTPResponseException as error:
            raise RefusedError(
                _describe_refusal(error.smtp_code, error.smtp_error, letter)
            ) from None

    def _session(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=_SECONDS, context=context
            )
        else:
            smtp = smtplib.SMTP(self._host, self._port, timeout=_SECONDS)
            smtp.ehlo()
            if smtp.has_extn("starttls"):
                smtp.starttls(context=context)
                smtp.ehlo()
            elif self._user and self._host not in _LOCAL:
                smtp.close()
                raise PermanentError(
                    f"The mail server {self._host} offers no encryption (STARTTLS).",
                    mend="Use smtps:// in GENIAI_SMTP_URL, or a server that has it.",
                )
        if self._user:
            smtp.login(self._user, self._password)
        return smtp

    def _is_alive(self) -> bool:
        try:
            return self._smtp is not None and self._smtp.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _drop(self) -> None:
        if self._smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._smtp = None


def sender_address() -> str:
    """Returns the sender: the setting, else the mail server's user, else a local address."""
    settings = get_settings()
    if settings.smtp_sender:
        return settings.smtp_sender
    url = settings.smtp_url.get_secret_value() if settings.smtp_url else ""
    user = unquote(urlsplit(url).username or "")
    return user if "@" in user else "geniai@localhost"


def _describe_refusal(code: int, answer: bytes | str, letter: EmailMessage) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{code} {text.replace(str(letter['To']), '…')}"[:300]
