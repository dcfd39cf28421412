"""Slot values that stay the same in one conversation."""

from random import Random

from chatwoot_demo.gyms import Gym
from chatwoot_demo.talk.calendar import pick
from chatwoot_demo.talk.people import Person
from chatwoot_demo.talk.places import Place

_CONTRACTED = {
    "o": ("o", "no", "do", "ao"),
    "a": ("a", "na", "da", "à"),
    "as": ("as", "nas", "das", "às"),
}


def contract_article(phrase: str) -> tuple[str, str, str, str]:
    """Contracts a phrase's article: the phrase alone, and after em, de and a."""
    article, _, noun = phrase.partition(" ")
    bare, inside, possessive, dative = (f"{each} {noun}" for each in _CONTRACTED[article])
    return bare, inside, possessive, dative


def build_slots(rng: Random, gym: Gym, place: Place, who: Person) -> dict[str, str]:
    """Builds the slot values of a conversation between a gym and a person."""
    slots = {
        "o": "a" if who.female else "o",
        "a_eu": "a" if who.female else "o",
        "par": "[meu marido|meu namorado]" if who.female else "[minha esposa|minha namorada]",
        "eu": who.first,
        "nome_completo": who.full,
        "email": who.email,
        "gym": gym.name,
        "cidade": gym.city,
        "exp": place.trial,
        "exp_preço": place.trial_price,
        "prof": place.coach,
        "endereço": place.address,
        "bairro": place.district.partition(" ")[2],
        "no_bairro": place.district,
        "última": place.evenings[-1],
        "ponto": place.landmark,
        "estacionar": place.parking,
        "mensal": place.plans[0],
        "tri3": place.plans[1],
        "anual": place.plans[2],
        "avulsa": place.single,
        "manhãs": _list_hours(place.mornings),
        "noites": _list_hours(place.evenings),
        "sábado": place.saturday,
        "levar": place.bring,
        "iniciante": place.beginner,
        "passe": place.partners,
        "kids": place.kids or "",
        "perdido": pick(rng, place.lost),
        "quebrado": pick(rng, place.broken),
    }
    for word, phrase in (("lugar", place.place), ("m", pick(rng, place.sports))):
        forms = zip(("o", "no", "do", "ao"), contract_article(phrase), strict=True)
        slots |= {f"{form}_{word}": text for form, text in forms}
        slots[word] = phrase.partition(" ")[2]
    return slots


def _list_hours(hours: tuple[str, ...]) -> str:
    return f"{', '.join(hours[:-1])} e {hours[-1]}"
