"""Scenarios in which the words alone do not say who writes: members, their families, former ones."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

from chatwoot_demo.talk import common
from chatwoot_demo.talk.affairs import Affair
from chatwoot_demo.talk.attendance import attend_visit
from chatwoot_demo.talk.dialogue import Dialogue
from chatwoot_demo.talk.moves import ask_another
from chatwoot_demo.talk.phrasing import Slots
from chatwoot_demo.talk.topics import PRICE, TIMES
from chatwoot_demo.talk.visits import agree_on_visit


def ask_as_lead(talk: Dialogue) -> None:
    """A member asks for prices or times, in a lead's words."""
    topic = talk.pick((PRICE, TIMES, TIMES))
    talk.menu = None
    talk.say("{oi}[!|,|]// " + topic.ask)
    talk.reply("{hello} " + topic.answer)
    if talk.draw_chance(0.5):
        ask_another(talk)
    if talk.draw_chance(0.6):
        talk.say(common.THANKS, mood="good", then="nobody")


def refer_somebody(talk: Dialogue) -> None:
    """A member asks about a plan for a spouse or a friend who is to start."""
    whom = talk.pick(
        ("minha irmã", "meu primo", "minha cunhada", "uma colega do trabalho", "{par}")
    )
    slots: Slots = {"quem": whom}
    talk.say(
        "{oi}[!|,|]// [já treino aí, e agora {quem} quer começar|{quem} [quer|tá querendo|decidiu] [começar a treinar|fazer {m}|treinar comigo]|queria trazer {quem} pra [treinar|fazer {m}]]"
        "[, quanto fica o plano pra duas pessoas?|, quanto sai pra quem começa agora?|. tem desconto pra família?|, como faz pra matricular?|. qual o valor hoje?]",
        slots=slots,
    )
    talk.reply(
        "{hello} [que {tri}!|que bom!|adorei!|oba!] [o anual sai {anual} por mês, e no plano dupla cada um ganha 10%.|o mensal é {mensal} e o anual {anual}, com 10% de desconto pra família.|pra quem começa agora o anual fica {anual} por mês.] [quer marcar uma {exp}?|a pessoa já treina?|]"
    )
    draw = talk.rng.random()
    if draw < 0.45:
        talk.say(
            "[vou falar pra {quem} e te aviso|vou ver com {quem}|vou passar os valores e te falo][, obrigad{o}|]",
            slots=slots,
            then="open",
        )
    elif draw < 0.85:
        talk.say(
            "[dá pra marcar uma {exp} antes?|{quem} pode fazer uma {exp}?|tem como {quem} conhecer antes?]",
            slots=slots,
        )
        attend_visit(talk, agree_on_visit(talk))


FAMILY_AFFAIRS = (
    Affair(
        "{quem} [tá com febre|machucou o pé|tem prova] e não vai na aula {hoje}[, tem como repor?|]",
        "[obrigad{ag} por avisar! a reposição vale até o fim do mês.|tudo bem, melhoras! é só repor em outra turma.|anotado, a aula fica como crédito.]",
    ),
    Affair(
        "queria saber se {quem} [tá indo bem|tem ido nas aulas]",
        "[tá indo super bem, vem em todas as aulas.|tá evoluindo bastante!|esse mês faltou só uma vez.]",
    ),
    Affair(
        "a mensalidade d{x} [vence quando|já foi debitada]?",
        "[vence dia 10.|já foi debitada no cartão, tá tudo certo.|foi paga dia 5, tá em dia.]",
    ),
    Affair(
        "{quem} [esqueceu a garrafa|deixou o casaco] aí ontem, [acharam|tá guardado]?",
        "[tá guardado na recepção, pode pegar quando vier.|achamos sim, deixei separado na recepção.]",
    ),
    Affair(
        "que horas [acaba a aula das {noite}|posso buscar {quem}] {hoje}?",
        "[a aula tem uma hora, pode vir no fim.|uma hora depois do início da turma.]",
    ),
    Affair(
        "precisa levar [atestado|autorização] pro evento de sábado?",
        "[precisa não, só chegar no horário.|só a autorização assinada, pode ser no dia.]",
    ),
)

FORMER_AFFAIRS = (
    Affair(
        "[preciso de um recibo dos pagamentos pro imposto de renda|queria [a nota fiscal|um comprovante] do ano passado]",
        "[enviei no seu e-mail agora.|acabei de mandar por e-mail.|{:next=promise}vou pedir pro financeiro e te mando.]",
    ),
    Affair(
        "ainda [veio|apareceu] uma cobrança no cartão, [podem estornar|como faço pra estornar]?",
        "[já pedi o estorno, cai em até 5 dias úteis.|foi falha nossa, estorno pedido agora.|{:next=promise}vou verificar com o financeiro e te falo.]",
    ),
    Affair(
        "deixei um [cadeado|tênis|casaco] no armário, ainda tá aí?",
        "[tá guardado na recepção, pode buscar.|infelizmente não encontramos.|{:next=promise}vou olhar e te aviso.]",
    ),
    Affair(
        "gostaria que [apagassem meus dados do app|tirassem minha foto do instagram]",
        "[feito, já apagamos.|pronto, já foi retirado.|{:next=promise}vou pedir pra equipe e te confirmo.]",
    ),
)


def write_for_member(talk: Dialogue) -> None:
    """A parent or a spouse writes about a member's matters."""
    relation, female = talk.pick(
        (("minha filha", True), ("meu filho", False), ("minha mãe", True), ("meu pai", False))
    )
    ending = "a" if female else "o"
    slots: Slots = {"quem": relation, "x": "ela" if female else "ele"}
    affair = talk.pick(FAMILY_AFFAIRS)
    talk.say(
        f"{{oi}}[!|,|]// [{{quem}} [treina|faz aula] aí[ às {{noite}}| de manhã|].|aqui é {{a_eu}} {{eu}}, {{quem}} é alun{ending} de vocês.]// "
        + affair.ask,
        slots=slots,
    )
    _answer(talk, affair, slots)


def ask_as_former_member(talk: Dialogue) -> None:
    """A former member wants a paper, a refund or a thing back, and no more."""
    affair = talk.pick(FORMER_AFFAIRS)
    talk.say(
        "{oi}[!|,|]// [treinei aí até [março|o ano passado|o começo do ano]|fui alun{o} [ano passado|até pouco tempo]|cancelei meu plano [faz uns meses|em fevereiro]] e "
        + affair.ask
    )
    _answer(talk, affair)


def _answer(talk: Dialogue, affair: Affair, slots: Slots | None = None) -> None:
    talk.reply("{hello} " + affair.answer, slots=slots)
    if talk.draw_chance(0.6):
        is_owed = talk.next_actor == "gym"
        talk.say(common.THANKS, mood="good", then="patience" if is_owed else "open")
