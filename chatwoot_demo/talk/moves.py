"""Parts that many scenarios share: the opening, questions, reasons, the farewell."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

from chatwoot_demo.talk import common
from chatwoot_demo.talk.calendar import DAY
from chatwoot_demo.talk.dialogue import Dialogue
from chatwoot_demo.talk.goals import GOALS
from chatwoot_demo.talk.topics import FIRST_QUESTIONS, INTENT, PRICE, TIMES, TOPICS, Topic

AD_OPENINGS = (
    "[olá! tenho interesse e queria mais informações, por favor.|olá! vi o anúncio e quero saber mais.|oi! quero saber sobre a {exp} do anúncio.|olá! posso receber mais informações sobre isso?|"
    "oi, quero aproveitar a promoção do anúncio.|olá, quero saber da promoção.]"
)


def open_conversation(talk: Dialogue, topic: Topic | None = None, extra: str | None = None) -> None:
    """Adds the first messages, then the answer to ``topic``, or a question if there is none.

    ``extra`` is a text of the contact in the opening; the caller adds the answer.
    """
    talk.welcome = True
    if topic is None and extra is None and talk.channel != "website" and talk.draw_chance(0.1):
        talk.say(AD_OPENINGS)
    else:
        parts = ["{oi}[!|.|,|]"] if talk.draw_chance(0.9) else []
        if talk.draw_chance(0.12):
            parts.append("[meu nome é {eu}|me chamo {eu}|aqui é {a_eu} {eu}|sou {a_eu} {eu}]")
            talk.knows_name = True
        if talk.draw_chance(0.35):
            parts.append(common.SOURCES)
        if (topic is None and extra is None) or talk.draw_chance(0.25):
            parts.append(INTENT)
        parts += [topic.ask] if topic else []
        parts += [extra] if extra else []
        talk.say("// ".join(parts))
    if topic is not None:
        talk.topics.append(topic)
        talk.reply("{hello} " + topic.answer)
    elif extra is None:
        question, given = talk.pick(FIRST_QUESTIONS)
        if talk.draw_chance(0.3):
            talk.reply(
                "{hello} [como posso te ajudar?|o que você gostaria de saber?|pode perguntar à vontade!|me conta o que você procura.]",
                then="contact",
            )
        else:
            talk.reply("{hello} [que {tri}!|que bom!|que ótimo!|legal!|] " + question)
            talk.say(given)


def give_reason(talk: Dialogue) -> None:
    """Adds the contact's goal or reason, and the agent's answer."""
    reason, answer = GOALS[talk.pick(talk.place.goals)]
    lead_in = "[então, |olha, |é que |na verdade |]" if talk.draw_chance(0.3) else ""
    talk.say(lead_in + reason)
    if talk.draw_chance(0.85):
        talk.reply(
            (
                "[entendi|legal|perfeito|certo|obrigad{ag} por contar]{nm}[!|.] "
                if talk.draw_chance(0.4)
                else ""
            )
            + answer
        )


def ask_another(talk: Dialogue) -> None:
    """Adds one more question and its answer."""
    ask_topic(talk, talk.pick((PRICE, PRICE, TIMES, *list_topics(talk))))


def ask_topic(talk: Dialogue, topic: Topic) -> None:
    """Adds a topic's question and its answer, unless the conversation has it already."""
    if topic in talk.topics:
        return
    talk.topics.append(topic)
    lead_in = "[e |e |ah, |outra dúvida, |legal, e |ah tá, |{uai}, e |entendi. |show. |mais uma coisa, |só mais uma pergunta: |]"
    talk.say((lead_in if len(talk.topics) > 1 else "") + topic.ask)
    talk.reply(topic.answer)


def make_smalltalk(talk: Dialogue) -> None:
    """Adds some small talk, with some probability."""
    if talk.agent_spoke_last and talk.draw_chance(0.18):
        talk.say(
            "["
            + common.OK[1:-1]
            + "], [tô precisando mesmo{sô}|tomara que eu dê conta kkk|já tô animad{o}|parece bem {tri}|vi uns vídeos de vocês, parece muito {tri}|o povo aí parece animado|morro de preguiça mas preciso rs]",
            then="open",
        )


def leave(talk: Dialogue) -> None:
    """Adds the farewell of a contact who books nothing: thanks, a promise, or no message."""
    draw = talk.rng.random()
    if draw < 0.28:
        return
    with talk.use_mood("good"):
        if draw < 0.6:
            talk.say(
                f"{common.THANKS}// {common.WILL_THINK}"
                if talk.draw_chance(0.5)
                else common.WILL_THINK,
                then="open",
            )
            talk.reply(common.FAREWELL_AGENT)
            if talk.draw_chance(0.2):
                talk.say(common.THANKS, then="nobody")
        else:
            talk.say(common.THANKS, then="nobody")
            if talk.draw_chance(0.6):
                talk.reply(common.WELCOME)
    if talk.draw_chance(0.12):
        talk.pause(DAY * talk.rng.uniform(2, 6))
        talk.reply(
            "[oi{nm}!|{bom}{nm}!] [conseguiu pensar|ainda tem interesse|vamos marcar uma {exp}|ficou alguma dúvida|bora começar essa semana]? [essa semana a matrícula tá grátis.|tô à disposição.|]",
            wait=0,
        )


def list_topics(talk: Dialogue) -> list[Topic]:
    """Lists the topics that fit this gym."""
    return [topic for topic in TOPICS if not topic.kinds or talk.place.kind in topic.kinds]
