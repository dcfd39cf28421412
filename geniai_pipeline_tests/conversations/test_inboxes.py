"""The inbox of a conversation, and its channel by the name that people use."""

from typing import Any

import pytest

from geniai_pipeline.conversations import transform
from geniai_pipeline_tests.support.payloads import TENANT, make_row, payload, raw_conversation


@pytest.mark.parametrize(
    ("inbox", "additional", "channel"),
    [
        ({"channel_type": "Channel::Whatsapp"}, {}, "WhatsApp"),
        ({"channel_type": "Channel::TwilioSms", "medium": "whatsapp"}, {}, "WhatsApp"),
        ({"channel_type": "Channel::TwilioSms", "medium": "sms"}, {}, "SMS"),
        ({"channel_type": "Channel::Sms"}, {}, "SMS"),
        ({"channel_type": "Channel::Instagram"}, {}, "Instagram"),
        ({"channel_type": "Channel::FacebookPage"}, {}, "Facebook"),
        (
            {"channel_type": "Channel::FacebookPage"},
            {"type": "instagram_direct_message"},
            "Instagram",
        ),
        ({"channel_type": "Channel::WebWidget"}, {}, "Site"),
        ({"channel_type": "Channel::Email"}, {}, "E-mail"),
        ({"channel_type": "Channel::Telegram"}, {}, "Telegram"),
        ({"channel_type": "Channel::Api"}, {}, "API"),
        ({"channel_type": "Channel::Carrier"}, {}, "Carrier"),
        ({"channel_type": None}, {}, "WhatsApp"),  # the conversation itself says it
    ],
)
def test_a_channel_has_the_name_the_gym_uses(
    inbox: dict[str, Any], additional: dict[str, Any], channel: str
) -> None:
    result = transform(
        [raw_conversation(payload(additional_attributes=additional))],
        TENANT,
        {7: {"name": "X", **inbox}},
    )

    assert result.rows["channel"].tolist() == [channel]


def test_an_inbox_that_is_not_listed_is_called_after_its_number() -> None:
    row = make_row(payload(inbox_id="99", meta={}))

    assert (row["inbox_id"], row["inbox_name"]) == (99, "Caixa 99")
    assert row["channel"] == "Desconhecido"
