"""Lists of members in the database: who joins, leaves and comes back, and since when."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from geniai_pipeline.administration import import_members, remove_member_lists
from geniai_pipeline.conversations.members import hash_identity
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import members, registry
from geniai_pipeline.warehouse.clock import read_clock
from geniai_pipeline.warehouse.connections import (
    TenantSession,
    admin_url,
    connect,
    tenant_transaction,
)
from geniai_pipeline.warehouse.members import ListChange
from geniai_pipeline.warehouse.persons import link_contacts
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.audit import read_lines
from geniai_pipeline_tests.support.clock import advance_clock
from geniai_pipeline_tests.support.contacts import insert_conversation
from geniai_pipeline_tests.support.members import load_key

ANA, RUI, EVA = "+5511987654321", "+5585991234567", "+5521998761234"
OTHERS = [f"+55119800000{number}" for number in range(10, 20)]
ZONE = "America/Sao_Paulo"


class Gym:
    """A tenant whose lists come on days that are counted from the first test's clock."""

    def __init__(self, tenant: Tenant, folder: Path) -> None:
        self.tenant = tenant
        self.file = folder / "alunos.csv"
        self.start = read_clock()

    def import_list(self, *lines: str, is_confirmed: bool = False) -> ListChange:
        """Imports a list of these lines and of ten members who always stay."""
        self.file.write_text("\n".join(["telefone;desde;e-mail", *lines, *OTHERS]))
        return import_members(self.tenant.slug, self.file, is_confirmed=is_confirmed)[1]

    def advance(self, days: float) -> None:
        """Moves the clock to so many days after the start."""
        advance_clock(timedelta(days=days))

    def standing(self, days: float, *identities: str) -> str | None:
        """Reads a person's standing so many days after the start."""
        found: str | None = self._ask(
            "select * from core.member_standing(%(tenant)s, %(hashes)s, %(when)s, %(zone)s)",
            identities,
            self.start + timedelta(days=days),
        )
        return found

    def enrolled_on(self, not_before: date, *identities: str) -> date | None:
        """Reads the first day of enrolment from the given one on."""
        found: date | None = self._ask(
            "select min(day) from core.member_enrolments(%(tenant)s, %(hashes)s, %(zone)s)"
            " where day >= %(when)s",
            identities,
            not_before,
        )
        return found

    def day(self, days: float) -> date:
        """Computes the tenant's day so many days after the start."""
        return (self.start + timedelta(days=days)).astimezone(self.tenant.timezone).date()

    def _ask(self, question: str, identities: tuple[str, ...], when: date | datetime) -> Any:
        with TenantSession(self.tenant.tenant_id) as session:
            key = load_key(session)
            hashes = [hash_identity(key, identity) for identity in identities]
            with session.transaction() as connection:
                (answer,) = connection.execute(
                    question.encode(),
                    {
                        "tenant": self.tenant.tenant_id, "hashes": hashes, "when": when,
                        "zone": ZONE,
                    },
                ).fetchone() or (None,)  # fmt: skip
        return answer


@pytest.fixture
def gym(embedded: None, make_tenant: MakeTenant, tmp_path: Path) -> Iterator[Gym]:
    made = Gym(make_tenant("listed", timezone=ZONE), tmp_path)
    yield made
    made.advance(0)
    registry.remove_tenant("listed")


def test_who_is_on_the_list_is_a_member_from_the_day_after_he_came(gym: Gym) -> None:
    came = gym.day(-5)
    assert gym.import_list(f"{ANA};{came:%d/%m/%Y};ana@x.com.br", RUI) == ListChange(12, 12, 0)
    midnight = datetime.combine(came + timedelta(days=1), datetime.min.time(), gym.tenant.timezone)
    on_the_day = (midnight - gym.start) / timedelta(days=1)
    second = 1 / 86400
    assert gym.standing(on_the_day - second, ANA) is None
    assert gym.standing(on_the_day, ANA) == gym.standing(0.1, "ana@x.com.br") == "member"
    assert gym.standing(-0.1, RUI) is None  # the list does not say since when
    assert gym.standing(0.1, RUI) == gym.standing(0.1, EVA, RUI) == "member"
    assert gym.standing(0.1, EVA) is None
    assert gym.standing(0.1) is None


def test_who_leaves_is_an_ex_member_after_thirty_days_and_since_then(gym: Gym) -> None:
    gym.import_list(ANA, RUI)
    gym.advance(10)
    assert gym.import_list(RUI) == ListChange(11, 0, 1)
    assert gym.standing(20, ANA) == "member"
    gym.advance(39)
    assert gym.import_list(RUI) == ListChange(11, 0, 0)
    assert gym.standing(30, ANA) == "member"
    gym.advance(41)
    assert [gym.standing(day, ANA) for day in (5, 11, 41)] == ["member", "ex_member", "ex_member"]
    assert gym.standing(41, ANA, RUI) == "member"


def test_who_comes_back_within_thirty_days_never_left(gym: Gym) -> None:
    gym.import_list(ANA)
    gym.advance(10)
    gym.import_list()
    gym.advance(39)
    assert gym.import_list(ANA) == ListChange(11, 0, 0)
    gym.advance(90)
    assert [gym.standing(day, ANA) for day in (5, 20, 60)] == ["member"] * 3
    assert gym.enrolled_on(gym.day(1), ANA) is None


def test_who_comes_back_later_enrols_again_and_his_past_stays(gym: Gym) -> None:
    first_came = f"{gym.day(-300):%d/%m/%Y}"
    gym.import_list(f"{ANA};{first_came}")
    gym.advance(10)
    gym.import_list()
    gym.advance(60)
    assert gym.import_list(f"{ANA};{first_came}") == ListChange(11, 1, 0)
    assert [gym.standing(day, ANA) for day in (-310, 5, 20, 61)] == [
        None, "member", "ex_member", "member",
    ]  # fmt: skip
    assert gym.enrolled_on(gym.day(-400), ANA) == gym.day(-300)
    assert gym.enrolled_on(gym.day(20), ANA) == gym.day(60)


def test_who_came_after_he_wrote_is_enrolled_by_it(gym: Gym) -> None:
    gym.import_list(f"{ANA};{gym.day(-5):%d/%m/%Y}", RUI)
    assert gym.enrolled_on(gym.day(-5), ANA) == gym.day(-5)
    assert gym.enrolled_on(gym.day(-4), ANA) is None
    assert gym.enrolled_on(gym.day(-99), RUI) is None  # the first list does not say when
    gym.advance(30)
    gym.import_list(f"{ANA};{gym.day(20):%d/%m/%Y}", RUI, EVA)
    assert gym.enrolled_on(gym.day(-4), ANA) is None  # a renewed contract
    assert gym.enrolled_on(gym.day(10), EVA) == gym.day(30)
    assert gym.enrolled_on(gym.day(31), EVA) is None


def test_a_list_of_which_more_than_a_third_is_new_tells_no_arrival_without_a_date(
    gym: Gym,
) -> None:
    new = [f"+55119822000{number}" for number in range(10, 17)]
    gym.import_list()
    gym.advance(10)
    came = gym.day(3)
    short_before = gym.import_list(f"{ANA};{came:%d/%m/%Y}", *new[:5])
    assert (short_before.tells_arrivals, short_before.joined) == (False, 6)
    assert gym.enrolled_on(gym.day(-9999), new[0]) is None
    assert gym.enrolled_on(gym.day(0), ANA) == came  # before the last list, and yet it says so
    gym.advance(20)
    assert gym.import_list(f"{ANA};{came:%d/%m/%Y}", *new).tells_arrivals
    assert gym.enrolled_on(gym.day(0), new[0]) is None
    assert gym.enrolled_on(gym.day(0), new[5]) == gym.day(20)


def test_a_hole_of_half_the_list_is_no_arrival_of_those_who_come_back(gym: Gym) -> None:
    half = [f"+55119833000{number}" for number in range(10, 20)]
    dated = f"{ANA};{gym.day(-300):%d/%m/%Y}"
    gym.import_list(dated, *half)
    gym.advance(10)
    gym.import_list(is_confirmed=True)
    gym.advance(60)
    assert gym.import_list(dated, *half).joined == 11
    assert gym.enrolled_on(gym.day(0), half[0]) is None
    assert gym.enrolled_on(gym.day(0), ANA) is None


def test_a_date_after_the_first_list_with_somebody_is_a_renewal(gym: Gym) -> None:
    gym.import_list(ANA, RUI)
    gym.advance(10)
    came = gym.day(-40)
    gym.import_list(f"{ANA};{gym.day(5):%d/%m/%Y}", f"{RUI};{came:%d/%m/%Y}")
    assert gym.enrolled_on(gym.day(-9999), ANA) is None
    assert gym.enrolled_on(gym.day(-9999), RUI) == came
    gym.advance(20)
    gym.import_list(f"{ANA};{gym.day(15):%d/%m/%Y};ana@x.com.br", RUI)  # another identity
    assert gym.enrolled_on(gym.day(-9999), ANA, "ana@x.com.br") is None


def test_lists_are_removed_with_their_key_and_whatever_was_found_by_them(gym: Gym) -> None:
    _insert_contact(gym, ANA)
    gym.import_list(ANA, "12")
    with tenant_transaction(gym.tenant.tenant_id) as connection:
        assert len(link_contacts(connection)) == 1
    assert len(_read_rows(gym)) > 13
    assert remove_member_lists("listed") == 1
    assert _read_rows(gym) == [f'({gym.tenant.tenant_id},1,1,{{}},"")']
    assert read_lines("listed")[-1]["act"] == "members.remove"
    assert gym.standing(0.1, ANA) is None
    with tenant_transaction(gym.tenant.tenant_id) as connection:
        assert (len(link_contacts(connection)), link_contacts(connection)) == (1, set())
    assert remove_member_lists("listed") == 0


def test_lists_leave_with_their_tenant(gym: Gym, make_tenant: MakeTenant) -> None:
    _insert_contact(gym, ANA)
    gym.import_list(ANA, "12")
    with tenant_transaction(gym.tenant.tenant_id) as connection:
        link_contacts(connection)
    registry.remove_tenant("listed")
    assert _read_rows(gym) == []
    make_tenant("listed")


def test_a_second_identity_of_a_member_is_no_enrolment(gym: Gym) -> None:
    gym.import_list(ANA, f"{RUI};;rui@x.com.br")
    gym.advance(10)
    assert gym.import_list(f"{ANA};;ana@x.com.br", RUI) == ListChange(12, 0, 0)
    gym.advance(60)
    assert gym.import_list(f"{ANA};;ana@x.com.br", f"{RUI};;rui@x.com.br").joined == 0
    for person in ((ANA, "ana@x.com.br"), ("ana@x.com.br",), (RUI, "rui@x.com.br")):
        assert gym.enrolled_on(gym.day(1), *person) is None
        assert gym.standing(61, *person) == "member"


def test_a_list_that_has_lost_more_than_a_third_is_refused_unless_confirmed(gym: Gym) -> None:
    some = [f"+55119811000{number}" for number in range(10, 15)]
    gym.import_list(*some)
    gym.advance(10)
    assert gym.import_list().members == 10  # a third
    gym.import_list(*some)
    gym.file.write_text("telefone\n" + "\n".join(OTHERS[:9]))
    before = _read_rows(gym)
    with pytest.raises(PermanentError, match=r"6 of the 15 members .* among its 9\."):
        import_members("listed", gym.file, is_confirmed=False)
    assert _read_rows(gym) == before
    assert read_lines("listed")[-1]["outcome"] == "failed"
    assert import_members("listed", gym.file, is_confirmed=True)[1] == ListChange(9, 0, 6)


def test_another_gyms_list_of_the_same_length_is_refused_unless_confirmed(gym: Gym) -> None:
    gym.import_list()
    gym.file.write_text(
        "telefone\n" + "\n".join(f"+55219822000{10 + each}" for each in range(len(OTHERS)))
    )
    before = _read_rows(gym)
    with pytest.raises(PermanentError, match="Check that it is this gym's"):
        import_members("listed", gym.file, is_confirmed=False)
    assert _read_rows(gym) == before


def test_a_list_without_members_is_refused(gym: Gym) -> None:
    gym.import_list(ANA)
    gym.file.write_text(f"telefone;status\n{ANA};Cancelado\n")
    with pytest.raises(PermanentError, match="Not one of its lines is a member's: 1 are of others"):
        import_members("listed", gym.file, is_confirmed=True)
    assert gym.standing(0.1, ANA) == "member"


def test_what_is_stored_of_a_list_are_hashes_dates_and_reasons(gym: Gym) -> None:
    gym.import_list(f"{ANA};;ana@x.com.br", "12;;eva(at)x")
    gym.import_list(ANA, "", "34;;rui(at)x")
    rows = _read_rows(gym)
    assert [row for row in rows if "core.members" in row] == [
        row for row in rows if "line 4" in row
    ]  # the rejected lines of the last list alone
    text = "\n".join(rows)
    for personal in (ANA[1:], "ana@", "eva", "rui", "34;"):
        assert personal not in text
    act = read_lines("listed")[-1]
    assert act["act"] == "members.import"
    assert act["after"] == {"members": 11, "joined": 0, "left": 0, "rejected": 1}


def test_the_key_of_the_hashes_is_the_tenants_and_its_loss_is_told(
    gym: Gym, make_tenant: MakeTenant
) -> None:
    gym.import_list(ANA)
    neighbour = make_tenant("listed-too")
    with TenantSession(gym.tenant.tenant_id) as session:
        key = load_key(session)
        assert key == load_key(session)
    with TenantSession(neighbour.tenant_id) as session:
        assert load_key(session) != key
        assert members.read_last_list(session) is None
    registry.remove_tenant("listed-too")

    with connect(admin_url()) as connection:
        connection.execute(
            "update ops.member_keys set hash_key = 'x' where tenant_id = %s",
            [gym.tenant.tenant_id],
        )
    gym.advance(1)
    with pytest.raises(PermanentError, match="cannot be decrypted"):
        gym.import_list(ANA)
    assert gym.import_list(ANA, is_confirmed=True) == ListChange(11, 11, 0)
    assert gym.standing(1.1, ANA) == "member"
    assert gym.standing(0.5, ANA) is None


def _insert_contact(gym: Gym, phone: str) -> None:
    with connect(admin_url()) as connection:
        insert_conversation(connection, gym.tenant.tenant_id, 1, contact_id=1, contact_phone=phone)


def _read_rows(gym: Gym) -> list[str]:
    with connect(admin_url()) as connection:
        return [
            row
            for table in (
                "ops.member_keys",
                "core.members",
                "core.member_lists",
                "core.contacts",
                "ops.rejected_rows",
            )
            for (row,) in connection.execute(
                f"select t::text from {table} t where tenant_id = %s order by 1".encode(),
                [gym.tenant.tenant_id],
            ).fetchall()
        ]
