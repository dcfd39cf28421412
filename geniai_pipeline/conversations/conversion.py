"""Detects conversions by the tenant's own labels and attributes in Chatwoot."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from geniai_pipeline.conversations.fields import clean_line, items, mapping
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.text import without_accents

_NO = (
    "", "0", "0-0", "ainda-nao", "f", "false", "falso", "n", "n-a", "nao", "nenhum", "nenhuma",
    "no", "none", "null", "off",
)  # fmt: skip

_PUNCTUATION = re.compile(r"[.,;:!?/]+")


def slug(name: Any) -> str:
    """A label's name as all of its spellings have it: "Virou Aluno" and "virou-aluno" are one."""
    plain = without_accents((clean_line(name) or "").lower())
    return re.sub(r"[\s_-]+", "-", plain).strip("-")


def is_converted(payload: Mapping[str, Any], tenant: Tenant) -> bool:
    """Whether the conversation bears one of the tenant's labels, or it or its contact an attribute.

    An attribute is given as ``name`` or ``name=value``. By its name alone it counts unless it says
    no: false, 0, nothing, "não".
    """
    labels = {slug(label) for label in items(payload.get("labels"))}
    return any(slug(label) in labels for label in tenant.converted_labels) or any(
        _has(payload, attribute) for attribute in tenant.converted_attributes
    )


def unmatched(labels: Iterable[str], titles: Iterable[Any]) -> list[str]:
    """Those of a tenant's labels that are none of its Chatwoot account's, in order."""
    known = {slug(title) for title in titles}
    return sorted(label for label in labels if slug(label) not in known)


def _has(payload: Mapping[str, Any], attribute: str) -> bool:
    name, equals, value = attribute.partition("=")
    for attributes in (
        mapping(payload.get("custom_attributes")),
        mapping(mapping(mapping(payload.get("meta")).get("sender")).get("custom_attributes")),
    ):
        held = attributes.get(name.strip())
        if held is None:
            continue
        if equals:
            if str(held).strip().lower() == value.strip().lower():
                return True
        elif held and slug(_PUNCTUATION.sub(" ", str(held))) not in _NO:
            return True
    return False
