"""Terminal output: control characters in external text are removed."""

import pytest

from geniai_pipeline.cli.output import console, fail, print_json
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.text import remove_controls

_HOSTILE = "a\x1b[2Jb\x1b]0;title\x07c\x9b31md\x08e\u202ef"


def test_external_text_is_printed_without_control_characters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = PermanentError(f"Chatwoot says {_HOSTILE}", mend="-")
    assert str(error) == "Chatwoot says abcdef -"
    assert remove_controls("Olá,\tZé\n👍 ção") == "Olá,\tZé\n👍 ção"
    console.print(_HOSTILE)
    print_json({"name": _HOSTILE})
    with pytest.raises(SystemExit):
        fail(_HOSTILE)
    output = "".join(capsys.readouterr())
    assert "error: abcdef" in output
    assert not set(output) & set("\x1b\x07\x08\x9b\u202e")
