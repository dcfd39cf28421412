"""A sample gym that is synced for real and judged by its truth instead of by its words."""

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from types import MappingProxyType

from typer.testing import CliRunner

from chatwoot_demo.lists import members_csv, sales_csv
from chatwoot_demo.records import Account
from chatwoot_demo.truth import EpisodeTruth
from geniai_pipeline.cli import app
from geniai_pipeline.pipeline.publish import publish_conversations, roll_up
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import runs
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline_tests.support.clock import set_clock
from geniai_pipeline_tests.support.true_figures import TrueFigures, choose_score

DAY = 86_400
WORDS = {"member_asks": "prospect"}
"""Kinds whose words sound like another role's: the list of members tells."""
_COLUMNS = (
    "role", "is_referral", "is_lead", "score", "next_actor", "waiting_since", "visit_scheduled",
    "visit_state", "visit_at", "visit_agreed_at", "visit_moves", "visit_confirmed", "outcome",
    "lost_reason", "opted_out_at",
)  # fmt: skip


def import_lists(tenant: Tenant, account: Account, at: float, folder: Path) -> None:
    """Imports a list of members each week, and the sales, until an instant (epoch seconds)."""
    for weeks in range(18, -1, -1):
        listed_at = at - 7 * DAY * weeks
        set_clock(listed_at)
        members = members_csv(account, listed_at)
        _import("members", tenant, folder / f"alunos-{weeks}.csv", members)
    import_sales(tenant, account, at, folder)


def import_sales(tenant: Tenant, account: Account, at: float, folder: Path) -> None:
    """Imports the sales until an instant (epoch seconds)."""
    _import("import", tenant, folder / "vendas.csv", sales_csv(account, at))


def judge_by_truth(
    tenant: Tenant, true: TrueFigures, words: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Replaces what the rules read by the truth, and publishes the tenant again.

    ``words`` are the kinds whose role the words do not tell, and how they sound instead.
    """
    times = {
        message.id: int(message.created_at)
        for conversation in true.account.conversations.values()
        for message in conversation.messages
    }
    places = ", ".join(f"{column} = %s" for column in _COLUMNS)
    with TenantSession(tenant.tenant_id) as session:
        with session.transaction() as connection, connection.cursor() as cursor:
            cursor.executemany(
                f"update core.conversation_analysis set {places}"
                " where conversation_id = %s and episode = %s",
                [
                    (
                        *_describe(each, _choose_role(each, true, words), times),
                        each.conversation,
                        each.number,
                    )
                    for each in true.episodes
                ],
            )
            assert cursor.rowcount == len(true.episodes)
        runs.start_run(session, "truth", "full")
        publish_conversations(tenant, session)
        assert roll_up(tenant, session, "truth").agrees


def _import(command: str, tenant: Tenant, file: Path, text: str) -> None:
    file.write_text(text)
    result = CliRunner().invoke(app, ["crm", command, tenant.slug, str(file)])
    assert result.exit_code == 0, result.output


def _choose_role(episode: EpisodeTruth, true: TrueFigures, words: Mapping[str, str]) -> str:
    """Chooses what the words say, where a list can tell better."""
    sounds_like = words.get(episode.kind)
    return sounds_like if sounds_like and true.can_be_listed(episode) else episode.role


def _describe(episode: EpisodeTruth, role: str, times: Mapping[int, float]) -> tuple[object, ...]:
    """Describes an episode in the columns of judgement; ``times`` are the messages'."""
    sounds_like_lead = role in ("prospect", "returning")
    visit = episode.visit
    return (
        role,
        episode.kind == "referral",
        sounds_like_lead,
        choose_score(episode) if sounds_like_lead is episode.is_lead else 3,
        episode.next_actor,
        _moment(times.get(episode.waiting_since or 0)),
        visit.state in ("agreed", "done"),
        visit.state,
        _moment(visit.at),
        _moment(visit.agreed_at),
        visit.moves,
        visit.confirmed,
        episode.outcome,
        episode.lost_reason,
        _moment(episode.began_at) if episode.opted_out else None,
    )


def _moment(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, timezone.utc)
