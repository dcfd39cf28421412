"""What the people of many stories do: open, ask, give a reason, leave."""

from geniai_pipeline.demo.talk import common
from geniai_pipeline.demo.talk.dialogue import DAY, Dialogue
from geniai_pipeline.demo.talk.goals import GOALS
from geniai_pipeline.demo.talk.topics import INTENT, PRICE, TIMES, TOPICS, Topic

AD_OPENINGS = (
    "[olá! tenho interesse e queria mais informações, por favor.|olá! vi o anúncio e quero saber mais.|oi! quero saber sobre a {exp} do anúncio.|olá! posso receber mais informações sobre isso?|"
    "oi, quero aproveitar a promoção do anúncio.|olá, quero agendar minha {exp}.]"
)


def opens(talk: Dialogue, topic: Topic | None = None, extra: str | None = None) -> None:
    """The first messages and the first answer, to ``topic`` if there is one."""
    parts = []
    draw = talk.rng.random()
    if talk.channel in ("whatsapp", "instagram") and draw < 0.035 and topic is None and extra is None:
        talk.says(AD_OPENINGS)
    else:
        if draw < 0.9:
            parts.append("{oi}[!|.|,|]")
        if talk.chance(0.12):
            parts.append("[meu nome é {eu}|me chamo {eu}|aqui é {a_eu} {eu}|sou {a_eu} {eu}]")
            talk.knows_name = True
        if talk.chance(0.35):
            parts.append(common.SOURCES)
        if topic is None and extra is None or talk.chance(0.3):
            parts.append(INTENT)
        if topic is not None:
            parts.append(topic.ask)
        if extra is not None:
            parts.append(extra)
        talk.says("// ".join(parts), a_eu="a" if talk.who.female else "o")
    if topic is not None:
        talk.reply("{hello} " + topic.answer)
    elif extra is None:
        talk.reply(
            "{hello} [que {tri}!|que bom!|que ótimo!|legal!|obrigad{ag} pelo interesse.|] [me conta, [você já treina?|já fez {m} antes?|qual seu objetivo?|tem algum objetivo em mente?]|como posso te ajudar?|"
            "você já conhece {o_lugar}?|quer saber sobre horários ou valores?|o que você gostaria de saber?|pode perguntar à vontade.]"
        )


def gives_reason(talk: Dialogue) -> None:
    """The contact says why, and the agent answers to that."""
    said, answer = GOALS[talk.pick(talk.place.goals)]
    lead_in = "[então|olha|é que|na verdade|] [, |, |]" if talk.chance(0.25) else ""
    talk.says(f"{lead_in} {said}")
    if talk.chance(0.85):
        talk.reply(f"[entendi|ah{{nm}}|poxa|legal|perfeito|certo|que bom que contou]{{nm}}[!|,|.] {answer}" if talk.chance(0.5) else answer)


def asks_about(talk: Dialogue) -> None:
    """One more question and its answer."""
    ask(talk, talk.pick((PRICE, PRICE, TIMES, *topics_of(talk))))


def ask(talk: Dialogue, topic: Topic) -> None:
    """A question and its answer; never the same one twice."""
    if topic in talk.asked:
        return
    talk.asked.append(topic)
    lead_in = "[e |e |ah, |outra dúvida, |legal, e |ah tá, e |{uai}, e |entendi. |show. |mais uma coisa, |só mais uma pergunta: |]"
    talk.says(lead_in + topic.ask)
    talk.reply(topic.answer)


def smalltalk(talk: Dialogue) -> None:
    """Something human in between, now and then."""
    if talk.chance(0.18):
        talk.says("[" + common.OK[1:-1] + "], [tô precisando mesmo viu{sô}|tomara que eu dê conta kkk|já tô animad{o}|parece bem {tri}|vi uns vídeos de vocês, parece muito {tri}|o povo aí parece animado|morro de preguiça mas preciso rs]")


def leaves(talk: Dialogue) -> None:
    """How people who do not book go: thanks, a promise, or nothing at all."""
    draw = talk.rng.random()
    if draw < 0.28:
        return
    with talk.feeling("good"):
        if draw < 0.6:
            talk.says(f"{common.THANKS}// {common.WILL_THINK}" if talk.chance(0.5) else common.WILL_THINK)
            talk.reply(common.FAREWELL_AGENT)
            if talk.chance(0.2):
                talk.says(common.THANKS)
        else:
            talk.says(common.THANKS)
            if talk.chance(0.6):
                talk.reply(common.WELCOME)
    if talk.chance(0.12):
        talk.pause(DAY * talk.rng.uniform(2, 6))
        talk.reply("[oi{nm}!|{bom}{nm}!] [conseguiu pensar|ainda tem interesse|vamos marcar uma {exp}|ficou alguma dúvida|bora começar essa semana]? [essa semana a matrícula tá grátis.|tô à disposição.|]", wait=0)


def topics_of(talk: Dialogue) -> list[Topic]:
    """The questions that fit this gym."""
    return [topic for topic in TOPICS if not topic.kinds or talk.place.kind in topic.kinds]
