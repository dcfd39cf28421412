"""Detects conversions and members by the tenant's own labels and attributes in Chatwoot."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from geniai_pipeline.conversations.fields import clean_line, parse_array, parse_object
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.text import remove_accents

_NO = (
    "", "0", "0-0", "ainda-nao", "f", "false", "falso", "n", "n-a", "nao", "nenhum", "nenhuma",
    "no", "none", "null", "off",
)  # fmt: skip

_PUNCTUATION = re.compile(r"[.,;:!?/]+")


def normalize_label(name: Any) -> str:
    """Normalizes a label's name: "Virou Aluno" and "virou-aluno" become the same."""
    plain = remove_accents((clean_line(name) or "").lower())
    return re.sub(r"[\s_-]+", "-", plain).strip("-")


def is_converted(payload: Mapping[str, Any], tenant: Tenant) -> bool:
    """Whether the conversation has one of the tenant's conversion labels or attributes."""
    return _is_marked(payload, tenant.converted_labels, tenant.converted_attributes)


def is_member(payload: Mapping[str, Any], tenant: Tenant) -> bool:
    """Whether the conversation has one of the tenant's labels or attributes of members."""
    return _is_marked(payload, tenant.member_labels, tenant.member_attributes)


def find_unknown_labels(labels: Iterable[str], titles: Iterable[Any]) -> list[str]:
    """Finds the tenant's labels that its Chatwoot account does not have, in order."""
    known = {normalize_label(title) for title in titles}
    return sorted(label for label in labels if normalize_label(label) not in known)


def _is_marked(
    payload: Mapping[str, Any], labels: Iterable[str], attributes: Iterable[str]
) -> bool:
    """Whether the conversation has one of the labels or attributes.

    An attribute is ``name`` or ``name=value``, of the conversation or its contact. A name alone
    matches any value but a no: false, 0, nothing, "não".
    """
    held = {normalize_label(label) for label in parse_array(payload.get("labels"))}
    return any(normalize_label(label) in held for label in labels) or any(
        _has_attribute(payload, attribute) for attribute in attributes
    )


def _has_attribute(payload: Mapping[str, Any], attribute: str) -> bool:
    name, equals, value = attribute.partition("=")
    for attributes in (
        parse_object(payload.get("custom_attributes")),
        parse_object(
            parse_object(parse_object(payload.get("meta")).get("sender")).get("custom_attributes")
        ),
    ):
        held = attributes.get(name.strip())
        if held is None:
            continue
        if equals:
            if str(held).strip().lower() == value.strip().lower():
                return True
        elif held and normalize_label(_PUNCTUATION.sub(" ", str(held))) not in _NO:
            return True
    return False
