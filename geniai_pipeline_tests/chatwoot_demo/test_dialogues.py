"""The sample gyms: their people, their conversations and their messages."""

import re
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.records import INCOMING, OUTGOING, TEMPLATE
from chatwoot_demo.server import DemoServer
from chatwoot_demo.world import World
from geniai_pipeline_tests.support.samples import ANCHOR, account, fingerprint


def test_the_ten_gyms_have_the_conversations_they_promise(server: DemoServer) -> None:
    counts = {gym.slug: len(account(server, gym).conversations) for gym in GYMS}
    assert counts == {gym.slug: gym.conversations for gym in GYMS}
    assert counts.pop("gralha-azul") == 1293
    assert all(90 <= count <= 420 for count in counts.values())
    assert 2200 < sum(counts.values()) < 2400


def test_tokens_slugs_and_logos_are_each_gyms_own() -> None:
    for field in ("slug", "name", "account_id", "token", "agent_token", "brand_color", "logo"):
        assert len({getattr(gym, field) for gym in GYMS}) == 10


def test_the_same_seed_and_anchor_make_the_same_world(server: DemoServer) -> None:
    assert fingerprint(World(seed=3, anchor=ANCHOR.timestamp())) == fingerprint(server.world)
    assert fingerprint(World(seed=4, anchor=ANCHOR.timestamp())) != fingerprint(server.world)


def test_no_two_conversations_of_a_gym_read_alike(server: DemoServer) -> None:
    for gym in GYMS:
        seen: dict[str, int] = {}
        for record in account(server, gym).conversations.values():
            texts = [each.content for each in record.messages if each.message_type == INCOMING]
            if len(texts) >= 2:
                text = " ".join(each or "" for each in texts)
                assert text not in seen, (gym.slug, record.display_id, seen.get(text), text)
                seen[text] = record.display_id


def test_some_voice_messages_have_a_transcription_and_some_have_none(server: DemoServer) -> None:
    audios = [
        file
        for gym in GYMS
        for record in account(server, gym).conversations.values()
        for each in record.messages
        for file in each.attachments
        if file["file_type"] == "audio"
    ]
    spoken = [file["transcribed_text"] for file in audios if file["transcribed_text"]]
    assert 10 < len(spoken) < len(audios) - 10
    assert not any(set(text) & set("[]{}|") or "//" in text for text in spoken)


def test_no_sentence_is_worn_out(server: DemoServer) -> None:
    for gym in GYMS:
        sentences: Counter[str] = Counter()
        messages = 0
        for record in account(server, gym).conversations.values():
            for each in record.messages:
                if each.message_type == INCOMING and each.content:
                    messages += 1
                    parts = re.split(r"(?<=[.!?])\s+|\n", each.content)
                    sentences.update({part for part in parts if len(part) > 25})
        worn, times = sentences.most_common(1)[0]
        assert times <= 0.03 * messages, (gym.slug, worn, times, messages)


def test_every_text_is_finished(server: DemoServer) -> None:
    """No slot left open, no bracket, no doubled space or punctuation."""
    unfinished = re.compile(r"[{}|\[\]]|  |,\.|,,|//")
    for record in server.world.conversations():
        for each in record.messages:
            assert not unfinished.search(each.content or ""), (record.kind, each.content)
            assert each.content or each.attachments


def test_greetings_fit_the_hour_of_the_gym(server: DemoServer) -> None:
    checked = 0
    for gym in GYMS:
        zone = ZoneInfo(gym.timezone)
        for record in account(server, gym).conversations.values():
            for each in record.messages:
                if match := re.search(
                    r"\b(bom dia|boa tarde|boa noite)\b", each.content or "", re.I
                ):
                    hour = datetime.fromtimestamp(each.created_at, zone).hour
                    at_night = hour >= 18 or hour < 4
                    greeting = match[1].lower()
                    expected = "boa noite" if at_night else "bom dia" if hour < 12 else "boa tarde"
                    checked += 1
                    assert greeting == expected, (gym.slug, record.display_id, hour, each.content)
    assert checked > 500


def test_times_run_forward_and_stay_within_the_history(server: DemoServer) -> None:
    anchor = ANCHOR.timestamp()
    for record in server.world.conversations():
        times = [each.created_at for each in record.messages]
        assert times == sorted(times)
        assert [each.id for each in record.messages] == sorted(each.id for each in record.messages)
        assert anchor - 125 * 86400 < record.created_at <= times[0]
        assert record.last_activity_at == times[-1] <= anchor


def test_phones_are_valid_brazilian_mobiles_of_the_gyms_city(server: DemoServer) -> None:
    old_forms = 0
    for gym in GYMS:
        for contact in account(server, gym).contacts.values():
            if contact.phone_number:
                written = re.fullmatch(
                    rf"(\+55{gym.area_code})(9?)(9999\d{{4}})", contact.phone_number
                )
                if written and not written[2]:  # from before the ninth digit
                    old_forms += 1
                    written_now = f"{written[1]}9{written[3]}"
                else:
                    assert written or contact.phone_number.startswith(f"+55{gym.area_code}90")
                    written_now = contact.phone_number
                number = phonenumbers.parse(written_now)
                assert phonenumbers.is_valid_number(number), contact.phone_number
                assert phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
            if contact.email:
                assert contact.email.endswith("@example.com")
    assert old_forms >= 5


def test_some_contacts_have_no_name_and_some_no_phone(server: DemoServer) -> None:
    contacts = account(server).contacts.values()
    assert any(contact.name == "" for contact in contacts)
    assert any(contact.phone_number is None for contact in contacts)


def test_every_gym_has_leads_members_conversions_and_unanswered(server: DemoServer) -> None:
    for gym in GYMS:
        records = account(server, gym).conversations.values()
        kinds = {record.kind for record in records}
        assert {"price", "visit_booked"} <= kinds
        assert any(kind.startswith("member_") for kind in kinds)
        converted = [record for record in records if gym.converted_label in record.labels]
        assert 0.02 < len(converted) / len(records) < 0.25
        assert all(gym.converted_label in record.contact.labels for record in converted)
        assert any(record.first_reply_created_at is None for record in records)
        assert len({record.status for record in records}) >= 2


def test_adverts_notes_files_deletions_and_surveys_occur(server: DemoServer) -> None:
    messages = [each for record in server.world.conversations() for each in record.messages]
    assert any("referral" in each.content_attributes for each in messages)
    assert any(each.content_attributes == {"deleted": True} for each in messages)
    assert any(each.private for each in messages)
    assert any(each.content is None and each.attachments for each in messages)
    submitted = [
        (each.content_type, each.message_type, list(each.content_attributes["submitted_values"]))
        for each in messages
        if "submitted_values" in each.content_attributes
    ]
    assert ("input_csat", TEMPLATE, ["csat_survey_response"]) in submitted
    assert ("input_select", OUTGOING, ["name", "title", "value"]) in submitted
    assert any(record.contact.blocked for record in server.world.conversations())
    assert any("external_error" in each.content_attributes for each in messages)
    assert any("template_params" in each.content_attributes for each in messages)
