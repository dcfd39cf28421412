"""Messages that speak to the machine instead of the gym: they are data, and prove nothing."""

import re
import unicodedata

_ORDERS = re.compile(
    r"""
      \b(ignor|desconsider|esquec|disregard|forget|olvid)\w*\b.{0,40}
        \b(instruc|regra|prompt|orden|comando|instruction|rules|anterior|previous|acima|above)\w*
    | (\b(me\ (de|da|dar|deem)|dar|coloque|coloca|marque|atribua|classifique|ponha|registre|defina
        |give|set|assign|rate|put)\b|(^|[.!?,:;]\ ?)(de|da)\b)
        .{0,30}\b(nota|score|pontuac|rating|lead|puntuac)\w*.{0,20}\b(5|cinco|five|10|max)\w*
    | \b(nota|score|pontuacao)\b\s*(:|=|e|seja|deve\ ser)\s*(5|cinco|10|max)
    | \b(lead_?score|is_?lead|visit_?scheduled|system\ ?prompt|jailbreak|prompt\ injection)\b
    | \b(prompt|instruc\w*|configurac\w*)\b.{0,20}\b(do|de|of\ the)\ (sistema|system)\b
    | \b(suas|tuas|your|tus)\b.{0,15}\b(instruc|instruction|prompt|diretriz)\w*
    | \b(a\ partir\ de\ agora|agora)\ (voce|vc)\ (e|eh|sera)\b
    | \b(you\ are\ now|act\ as|aja\ como|finja\ (ser|que)|modo\ (desenvolvedor|dev|admin)
        |developer\ mode|debug\ mode)\b
    | <\s*/?\s*(system|sistema|assistant|instruc\w*|conversa)\s*>
    | \[\s*/?\s*(system|sistema|inst|assistant)\s*\]
    | ["']?\brole\b["']?\s*:\s*["']?(system|developer|assistant)
    | \b(system|sistema|developer|assistant)\s*:\s
    | \bresponda\b.{0,20}\b(json|criterio|criterion)\b
    | \b(outr[ao]s?|other)\ (tenant|academias?\ (do|no)\ sistema|client\w*\ (do|no)\ sistema)\b
    """,
    re.VERBOSE | re.DOTALL,
)


def gives_orders(text: str) -> bool:
    """Whether a contact's text tries to steer whoever judges it."""
    return bool(_ORDERS.search(_folded(text)))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in plain if not unicodedata.combining(c) and c.isprintable())
    return " ".join(letters.lower().split())
