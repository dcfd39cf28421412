"""Scenarios of members: billing, classes, pauses, cancellations, lost items, complaints, praise."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

from chatwoot_demo.talk import common
from chatwoot_demo.talk.affairs import (
    BILLING,
    CLASSES,
    COMPLAINTS,
    ERRANDS,
    SPECIAL_CLASSES,
    UPGRADES,
    Affair,
)
from chatwoot_demo.talk.calendar import DAY, HOUR
from chatwoot_demo.talk.dialogue import Dialogue

_WHO = "[// [meu nome é|sou {a_eu}|é no nome de|matrícula no nome de|tá no nome de] {nome_completo}|||]"


def ask_about_billing(talk: Dialogue) -> None:
    """A member asks about an invoice, a charge or a card."""
    _handle_affair(talk, talk.pick(BILLING), who=_WHO)
    talk.add_label("financeiro", 0.55)


def ask_about_classes(talk: Dialogue) -> None:
    """A member asks about check-in, waiting lists, today's class or holidays."""
    own = SPECIAL_CLASSES.get(talk.place.kind)
    _handle_affair(talk, talk.pick(own if own and talk.draw_chance(0.4) else CLASSES))


def upgrade_plan(talk: Dialogue) -> None:
    """A member asks for a bigger plan, a renewal or another service."""
    _handle_affair(talk, talk.pick(UPGRADES))


def run_errand(talk: Dialogue) -> None:
    """A member asks for one of various small services."""
    _handle_affair(talk, talk.pick(ERRANDS))


def complain(talk: Dialogue) -> None:
    """A member complains."""
    affair = talk.pick(COMPLAINTS)
    _open_as_member(talk, affair.ask, mood="bad")
    talk.reply(
        "{hello} [peço desculpas pelo transtorno.|obrigad{ag} por avisar, e desculpa.|poxa, sinto muito por isso.|você tem razão, desculpe.] "
        + affair.answer
    )
    if talk.draw_chance(0.6):
        talk.say(
            "[ok, [aguardo|espero que resolvam]|{:next=gym}tá, mas já é a terceira vez|obrigad{o} por responder|beleza, vou acompanhar|tá bom, só avisa quando resolver|espero mesmo][, gosto muito daí por isso tô falando||]",
            mood="bad",
            then="patience" if talk.next_actor == "gym" else "nobody",
        )
    if talk.draw_chance(0.3):
        talk.add_note(
            "[alun{o} chatead{o}, ligar|reclamação recorrente|passar pra gerência|já é a segunda reclamação dessa semana|verificar manutenção]"
        )
    talk.add_label("reclamação", 0.4)


def freeze_plan(talk: Dialogue) -> None:
    """A member wants to pause their plan."""
    _open_as_member(
        talk,
        "[preciso|queria|gostaria de|dá pra|como faço pra] [trancar|congelar|pausar|suspender] [meu plano|a matrícula|minha mensalidade] [por 30 dias|por um mês|por 15 dias|até o mês que vem|por um tempo|]"
        "[, vou [viajar|operar|mudar de turno|ficar fora a trabalho]|// [operei o joelho|quebrei o dedo|tô com dengue|minha mãe tá internada|vou viajar dia 12|tô sem tempo por causa da faculdade|o médico me proibiu de treinar]|]"
        + _WHO,
    )
    talk.reply(
        "{hello} [claro,|sem problemas,|dá sim,] [no anual você tem até 60 dias de trancamento. a partir de quando?|posso trancar por 30 dias, a partir de quando?|me confirma a data de início e de volta?|o trancamento é gratuito uma vez por ano. de quando até quando?]"
    )
    talk.say(
        "[a partir de [segunda|amanhã|hoje|dia 1º], 30 dias|de [segunda|amanhã] até o fim do mês|[quero voltar|volto] [mês que vem|em 30 dias|depois do dia 20], pode começar hoje|30 dias a partir de [hoje|segunda]|começa [hoje|amanhã] e volto em 30 dias][, obrigad{o}|, pode ser?|]"
    )
    talk.reply(
        "[feito|trancado|prontinho|registrado]{nm}[! te esperamos na volta.|, a cobrança fica suspensa até lá.|, se cuida!|! a cobrança volta só depois.|! qualquer coisa me chama.]"
    )
    _thank(talk)
    talk.add_label("trancamento", 0.4)


def cancel_plan(talk: Dialogue) -> None:
    """A member wants to cancel their membership."""
    _open_as_member(
        talk,
        "[quero|preciso|gostaria de|queria] cancelar [meu plano|a matrícula|minha mensalidade|o contrato][, como faço?|, o que precisa?|, tem multa?|]"
        "[// [vou mudar de cidade|tô desempregad{o}|não tô conseguindo ir|achei o atendimento ruim ultimamente|mudei o horário do trabalho|tá pesando no orçamento|faz 3 meses que não apareço kkk|vou treinar no prédio]|]"
        + _WHO,
    )
    talk.reply(
        "{hello} [poxa, que pena!|sinto muito em saber.|ah não!|entendo.] [posso te oferecer um trancamento de 60 dias, o que acha?|o mensal é só avisar, e o anual tem multa de 20% do restante. não prefere trancar por um tempo?|antes de cancelar, quer trancar por 30 dias sem custo?|você sabia que dá pra trancar até 60 dias?]"
    )
    stays = talk.draw_chance(0.22)
    talk.say(
        "[ah, trancar seria bom|então prefiro trancar|hmm, com trancamento eu fico|não sabia que dava pra trancar, pode ser][, faz isso por mim|, por 30 dias|!|]"
        if stays
        else "[quero cancelar mesmo|pode cancelar, por favor|infelizmente preciso cancelar|não tem como, pode cancelar|já decidi|é por questão financeira mesmo|prefiro cancelar][, obrigad{o}|, me manda o formulário|// quando para de cobrar?|]"
    )
    talk.reply(
        "[que bom{nm}! tranquei por 30 dias.|feito, trancado até o mês que vem!|ótimo, deixei trancado.]"
        if stays
        else "[cancelamento solicitado|registrado|ok, cancelado|tudo certo]{nm}[. a última cobrança é a desse mês.|. enviei o protocolo no seu e-mail, a cobrança para já no próximo mês.|. não haverá novas cobranças. as portas ficam abertas!|, a partir do próximo mês não cobra mais. obrigad{ag} por esse tempo com a gente.]"
    )
    if not stays:
        talk.mean(leaves=True)
    talk.add_label("trancamento" if stays else "cancelamento", 0.6)


def report_lost_item(talk: Dialogue) -> None:
    """A member asks for a lost item."""
    _open_as_member(
        talk,
        "[esqueci|acho que esqueci|deixei|perdi] {perdido} [aí|{no_lugar}|no vestiário|na recepção|perto do bebedouro] [ontem|hoje|hoje cedo|na aula das {noite}|sexta][, vocês acharam?|, alguém entregou?|, consegue ver pra mim?|. tá aí?|]",
    )
    talk.reply(
        "{hello} [vou olhar nos achados e perdidos.|deixa eu ver na caixa de achados.|vou perguntar pro pessoal da limpeza.|um minuto que olho aqui.]",
        then="promise",
    )
    if talk.draw_chance(0.6):
        talk.reply(
            "[achei!|tá aqui!|encontramos sim!|tava no vestiário.] [deixei separado na recepção com seu nome.|pode pegar quando vier.|guardei pra você.]",
            wait=600,
            then="nobody",
        )
        talk.say(
            "[ufa|ai que alívio|graças a deus|aee|que bom]! [pego [amanhã|hoje à noite|segunda]|muito obrigad{o}|vocês são demais|passo aí mais tarde]",
            mood="good",
            then="nobody",
        )
    else:
        talk.reply(
            "[por enquanto não apareceu|ninguém entregou ainda|não achei], [mas deixei avisado.|se aparecer te chamo.|vou postar no grupo.]",
            wait=900,
            then="nobody",
        )
        talk.say(
            "[poxa|ai que droga|puts|que pena], [obrigad{o} por olhar|se aparecer me avisa|era presente da minha mãe|tá bom, valeu]",
            mood="bad",
            then="nobody",
        )


def praise_gym(talk: Dialogue) -> None:
    """A member praises the gym."""
    _open_as_member(
        talk,
        "[queria agradecer [{a_coach}|a equipe] [pela aula de hoje|pelo cuidado|pela paciência]|[a aula|o treino] de [hoje|ontem] foi {tri} [demais|]|[bati meu PR|perdi 6 kg|fiz minha primeira barra|consegui correr 5k|minhas dores sumiram|voltei a dormir bem] [esse mês|graças a vocês]|"
        "parabéns pelo [evento|aulão|café da manhã] de [sábado|ontem]|não tinha comentado mas [amo esse lugar|vocês mudaram minha rotina|tô há 1 ano e não largo]][// [só pra registrar|precisava dizer|obrigad{o} mesmo|vocês são demais|já indiquei pra duas amigas]|]",
        mood="good",
        then="nobody",
    )
    talk.reply(
        "{hello} [que mensagem linda!|ganhamos o dia!|que alegria ler isso.|o mérito é seu!] [vou mostrar pra equipe.|posso postar seu depoimento?|o pessoal vai amar saber.|obrigad{ag} pelo carinho.|isso é resultado da sua dedicação.]"
    )
    if talk.draw_chance(0.5):
        talk.say(
            "[pode mostrar sim|claro|kkk pode|haha bora|imagina][, só não põe minha foto suad{o}|, com prazer||, até amanhã]",
            mood="good",
            then="nobody",
        )


def _handle_affair(talk: Dialogue, affair: Affair, who: str = "") -> None:
    _open_as_member(talk, affair.ask + who)
    if affair.asks and talk.draw_chance(0.6):
        question, given, file = affair.asks
        talk.reply(
            "{hello} [vou verificar aqui no sistema.|já olho pra você.|um minutinho que confiro.|deixa eu ver isso.] "
            + question
        )
        if file and talk.draw_chance(0.7):
            talk.send_file(file)
        else:
            talk.say(given)
        talk.reply(f"[prontinho|certo|perfeito|vi aqui]{{nm}}[!|,|.] {affair.answer}")
    else:
        talk.reply("{hello} " + affair.answer)
    _thank(talk)


def _open_as_member(talk: Dialogue, template: str, mood: str = "plain", then: str = "gym") -> None:
    talk.menu = "3"
    hello = "{oi}[!|,|.|] // " if talk.draw_chance(0.85) else ""
    talk.say(hello + template, mood=mood, then=then)


def _thank(talk: Dialogue) -> None:
    if talk.draw_chance(0.65):
        is_owed = talk.next_actor == "gym"
        talk.say(common.THANKS, mood="good", then="patience" if is_owed else "open")
        if talk.draw_chance(0.4):
            talk.reply(common.WELCOME, then="promise" if is_owed else None)
    elif talk.draw_chance(0.12):
        talk.pause(HOUR * talk.rng.uniform(5, 30) if talk.draw_chance(0.7) else DAY)
        talk.say(
            "[oi, ainda não deu certo aqui|{oi}// continua igual aqui|oi, não resolveu ainda viu|e aí, consegue ver de novo pra mim?]"
        )
        talk.reply(
            "[oi{nm}!|opa,] [desculpa, resolvi agora.|vi aqui, já tá certo.|perdão! acabei de acertar.|agora foi, pode conferir.]"
        )
