"""Finds the scenes in which no rule may write: whatever it wrote would hurt, or come too late."""

from geniai_pipeline.analysis.model_texts import is_portuguese
from geniai_pipeline.analysis.suggestions.promises import PromiseReader
from geniai_pipeline.analysis.suggestions.questions import MessageReader
from geniai_pipeline.analysis.suggestions.scene import Scene

_LAST = 8
"""Messages of the contact, within which a death or an illness is still spoken of."""


class SilenceReader:
    """Finds scenes of silence. Threads may share it."""

    def __init__(self, reader: MessageReader, promises: PromiseReader) -> None:
        """Takes the readers of the contact's messages and of the gym's promises."""
        self._reader, self._promises = reader, promises

    def is_due(self, scene: Scene) -> bool:
        """Whether nothing is to be written, whatever was asked.

        So it is with who sells or errs and was promised nothing, with another language, with a
        prospect who is lost, with grief and illness, where the contact gives up, and where the last
        message takes leave.
        """
        role, own_words = scene.state.role, scene.own_words
        promised = self._promises.has_promised(scene.last_gym_texts)
        if role == "spam" or (role == "outsider" and not promised) or not is_portuguese(own_words):
            return True
        own = [m for m in scene.messages if m.sender == "contact"][-_LAST:]
        if "mourns" in self._reader.read(own).intents:
            return True
        if not scene.open_messages:
            return False
        is_lost = scene.state.outcome == "lost"
        if is_lost or "suffers" in self._reader.read(scene.open_messages).intents:
            return True
        statements = [m for m in scene.open_messages if "?" not in m.text]
        if "leaves" in self._reader.read(statements).intents:
            return True
        last = scene.open_messages[-1]
        return "?" not in last.text and "farewells" in self._reader.read([last]).intents
