"""Cuts a conversation into episodes: what its contact wants of the tenant once."""

from collections.abc import Iterable
from datetime import timedelta

from geniai_pipeline.conversations.activities import REOPENED, RESOLVED, Activity
from geniai_pipeline.conversations.messages import CONTACT, TypedMessage

DEFAULT_SILENCE = timedelta(days=14)

_AFTER_RESOLUTION = timedelta(days=3)
"""Until then the contact still means what was resolved: thanks, one more question."""

_MICROSECOND = timedelta(microseconds=1)


def cut_episodes(
    messages: Iterable[TypedMessage],
    activities: Iterable[Activity] = (),
    silence: timedelta = DEFAULT_SILENCE,
) -> list[list[TypedMessage]]:
    """Cuts the messages of one conversation into episodes, in order of time.

    Only a message of the contact begins an episode: after ``silence`` since their last one,
    whatever the tenant sent meanwhile, or more than three days after a person resolved the
    conversation. So a campaign belongs to the episode before its answer, and no message ever
    changes its episode when later ones come. Before the contact's first message, the first of all
    counts as theirs.

    A resolution by a bot, a rule or Chatwoot itself cuts nothing. Neither does one that a person
    took back, or after which the contact has written.

    Args:
        messages: those between tenant and contact, in any order but that a form's answer follows
            its question. Deleted ones count: they were written all the same.
        activities: of the conversation, in any order.
        silence: the tenant's ``episode_silence_days``.

    """
    least_silence, after_resolution = silence // _MICROSECOND, _AFTER_RESOLUTION // _MICROSECOND
    events: list[TypedMessage | Activity] = [*messages, *activities]
    events.sort(key=lambda event: (event.at, event.message_id))
    episodes: list[list[TypedMessage]] = []
    spoke_at = 0
    resolved_at: int | None = None
    for event in events:
        if isinstance(event, Activity):
            if event.by_person and event.kind in (RESOLVED, REOPENED):
                resolved_at = event.at if event.kind == RESOLVED else None
            continue
        is_contact = event.speaker == CONTACT
        if not episodes:
            episodes.append([])
            spoke_at = event.at
        elif is_contact and (
            event.at - spoke_at >= least_silence
            or (resolved_at is not None and event.at - resolved_at > after_resolution)
        ):
            episodes.append([])
        episodes[-1].append(event)
        if is_contact:
            spoke_at, resolved_at = event.at, None
    return episodes
