"""Scenarios of leads: questions, trials and refusals."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

from chatwoot_demo.talk import common
from chatwoot_demo.talk.attendance import attend_visit, enrol
from chatwoot_demo.talk.calendar import DAY
from chatwoot_demo.talk.dialogue import Dialogue
from chatwoot_demo.talk.invitations import ASK_TRIAL, ASK_WHEN
from chatwoot_demo.talk.moves import (
    ask_another,
    ask_topic,
    give_reason,
    leave,
    list_topics,
    make_smalltalk,
    open_conversation,
)
from chatwoot_demo.talk.phrasing import Slots
from chatwoot_demo.talk.topics import PRICE, PRICE_FOLLOW, TIMES, VAGUE, Topic
from chatwoot_demo.talk.visits import agree_on_visit


def ask_price(talk: Dialogue) -> None:
    """A lead asks for the price, perhaps one more question, and leaves."""
    open_conversation(talk, PRICE)
    if talk.draw_chance(0.55):
        ask_topic(talk, talk.pick(PRICE_FOLLOW))
    if talk.draw_chance(0.5):
        ask_another(talk)
    leave(talk)


def ask_schedule(talk: Dialogue) -> None:
    """A lead asks for class times, perhaps the price, and leaves."""
    open_conversation(talk, TIMES)
    if talk.draw_chance(0.55):
        ask_topic(talk, PRICE)
    if talk.draw_chance(0.4):
        ask_another(talk)
    leave(talk)


def ask_details(talk: Dialogue) -> None:
    """A lead asks two to four concrete questions."""
    open_conversation(talk, talk.pick(list_topics(talk)))
    for _ in range(talk.rng.randint(1, 3)):
        ask_another(talk)
    leave(talk)


def discuss_goal(talk: Dialogue) -> None:
    """A lead gives a goal or a health reason, and asks concrete questions."""
    open_conversation(talk)
    give_reason(talk)
    for _ in range(talk.rng.randint(1, 3)):
        ask_another(talk)
    make_smalltalk(talk)
    leave(talk)


def request_trial(talk: Dialogue) -> None:
    """A lead asks for a trial, but no day is agreed."""
    if talk.draw_chance(0.5):
        open_conversation(talk, extra=ASK_TRIAL)
    else:
        open_conversation(talk, talk.pick((PRICE, TIMES)))
        talk.say(ASK_TRIAL)
    talk.reply("{hello} " + ASK_WHEN)
    if talk.draw_chance(0.6):
        talk.say(common.WILL_THINK, then="open")
        talk.reply(common.FAREWELL_AGENT)


def ask_vaguely(talk: Dialogue) -> None:
    """A lead asks one vague question and does not continue after the answer."""
    talk.say("{oi}// " + VAGUE if talk.draw_chance(0.8) else VAGUE)
    talk.reply(
        "{hello} [{o_m} é pra todo mundo, {iniciante}.|funciona com aulas agendadas, {iniciante}.|você escolhe o plano e marca os horários pelo app.|a gente tem {o_m} e outras modalidades.|é um treino bem completo, {iniciante}.] "
        "[// [você já treina?|tem algum objetivo?|quer que eu te passe horários e valores?|posso te passar os planos?|quer vir conhecer? a {exp} {exp_preço}.]|]"
    )
    if talk.draw_chance(0.45):
        offers = any(offer in (talk.turns[-1].text or "") for offer in ("Posso te", "Quer que eu"))
        evasions = "hmm entendi|ah legal|que {tri}|interessante|aham|por enquanto só curiosidade mesmo|não treino não rs|um dia eu crio coragem kkk|vou seguir vocês"
        if offers:
            evasions = "{:next=contact}" + evasions.replace("|", "|{:next=contact}")
        talk.say(f"[{common.OK[1:-1]}|{evasions}]", then="gym" if offers else "open")


def decline_offer(talk: Dialogue) -> None:
    """A lead asks, and later declines."""
    open_conversation(talk, talk.pick((PRICE, TIMES)))
    if talk.draw_chance(0.4):
        ask_another(talk)
    if talk.draw_chance(0.6):
        talk.pause(DAY * talk.rng.uniform(1, 6))
        talk.reply(
            "[oi{nm}!|{bom}{nm}!|{hello}] [conseguiu pensar|decidiu algo|ficou alguma dúvida|e aí, vamos começar|ainda tem interesse|posso te ajudar com mais alguma coisa]?",
            wait=0,
        )
    talk.say(
        "[oi, |então, |ah, |{uai}, |] [{:lost=competitor}acabei [fechando|me matriculando] em [outra academia|outro lugar|uma academia do lado do trabalho]|{:lost=price}achei [meio caro|salgado|fora do meu orçamento] [pra mim|no momento|], vou passar|"
        "vou [ter que deixar pra depois|deixar pro ano que vem]|{:lost=distance}mudei de [emprego|cidade|bairro] e [ficou longe|fica muito longe pra mim agora]|{:lost=hours}os horários não [batem|encaixam] com [meu turno|a faculdade|meu trabalho], não vai dar|"
        "desisti, [{:lost=price}tô sem grana|{:lost=price}apertou o orçamento aqui|{:lost=other}a rotina tá puxada]|{:lost=other}resolvi [correr na rua|fazer em casa mesmo]|{:lost=companion}minha amiga desistiu e sozinh{o} eu não vou|{:lost=health}o médico não me liberou pra treinar]"
        "[, mas obrigad{o}|// obrigad{o} pela atenção|, valeu|]",
        mood="plain",
        then="nobody",
    )
    talk.reply(
        "[poxa, que pena|entendo|sem problemas|tranquilo|imagina]{nm}[! as portas estão abertas.|, se mudar de ideia me chama.|. boa sorte por lá!|, qualquer coisa estamos aqui.|! obrigad{ag} por avisar.]"
    )


RETURNS = (
    Topic(
        "[preciso pagar matrícula de novo|tem que pagar matrícula outra vez]?",
        "[ex-aluno não paga matrícula.|não precisa, seu cadastro continua aqui.]",
    ),
    Topic(
        "[ainda tenho cadastro|meu cadastro ainda existe]?",
        "[tem sim, é só reativar.|seu cadastro continua aqui, é só escolher o plano.]",
    ),
    Topic(
        "[tem alguma condição pra ex aluno|ex aluno tem desconto|o plano antigo ainda vale]?",
        "[pra quem volta a gente faz o mensal pelo valor do trimestral, {tri3}.|pra ex-aluno a matrícula é zero e o anual fica {anual}.]",
    ),
    Topic(
        "[continua o mesmo preço|quanto tá agora|mudou o valor]?",
        "[os planos agora são mensal {mensal} e anual {anual} por mês.|teve um reajuste pequeno, o mensal tá {mensal} e o anual {anual}.]",
    ),
    Topic(
        "[os horários são os mesmos|ainda tem a turma das {noite}|mudou algum horário]?",
        "[continuam: {manhãs} e {noites}.|quase tudo igual: {manhãs}, depois {noites}.]",
    ),
)


def rejoin(talk: Dialogue) -> None:
    """A former member wants to enrol again."""
    back = talk.pick(RETURNS)
    talk.say(
        "{oi}// [já [fui alun{o}|treinei aí|fiz {m} com vocês] [ano passado|em 2023|antes da pandemia|faz uns 2 anos|até o meio do ano]|fui alun{o} {do_coach}|sou ex alun{o}] e [quero voltar|tô querendo voltar|tava pensando em voltar][// saudade daí|]// "
        + back.ask
    )
    talk.reply(
        "{hello} [que saudade!|que bom ter você de volta!|oba, que notícia boa!|ficamos felizes!] "
        + back.answer
    )
    if talk.draw_chance(0.6):
        ask_another(talk)
    if talk.draw_chance(0.4):
        enrol(talk)
    else:
        leave(talk)


def ask_for_child(talk: Dialogue) -> None:
    """A parent asks about classes for a child."""
    kids = talk.place.kids
    age = str(talk.rng.randint(6, 12))
    relation = talk.pick(("meu filho", "minha filha", "meu sobrinho", "meu neto", "minha enteada"))
    child_is: Slots = {"e": "a", "x": "a"} if relation.startswith("minha") else {"e": "e", "x": "o"}
    talk.say(
        "{oi}// [[tem|vocês têm|trabalham com] [turma infantil|aula pra criança|turma kids|horário pra criança]?// {quem} [tem {idade} anos|fez {idade} anos agora|tem {idade} aninhos]|"
        "queria [colocar|matricular|inscrever] {quem} de {idade} anos[, vocês aceitam?|, como funciona?|, tem turma?]|{quem} de {idade} anos quer [fazer {m}|começar|experimentar], [vocês atendem|pode|tem idade mínima]?|"
        "[a partir de que idade pode|qual a idade mínima pra] fazer {m}? [é pra|seria pra] {quem}, {idade} anos]"
        "[// [el{e} é bem [tímid{x}|agitad{x}|ativ{x}]|el{e} nunca fez nada parecido|a pediatra recomendou|el{e} fica muito no celular|é pra gastar energia kkk]|]",
        slots=child_is | {"quem": relation, "idade": age},
    )  # fmt: skip
    if kids is None:
        talk.reply(
            "{hello} {:lost=other}[por enquanto só atendemos a partir dos 14 anos.|infelizmente não temos turma infantil.|ainda não temos turma kids, só a partir de 14.]"
        )
        talk.say(
            f"[{common.OK[1:-1]}|ah que pena|poxa|que pena], [obrigad{{o}}|valeu|tá bom]",
            mood="plain",
            then="nobody",
        )
        return
    talk.reply(
        "{hello} [temos sim,|sim!|atendemos sim:|com certeza!] {kids}.// [quer trazer pra uma {exp}? {exp_preço}.|a turma é uma delícia, quer agendar uma {exp}?|el{e} já fez alguma atividade?|quer conhecer?]",
        slots=child_is,
    )
    if talk.draw_chance(0.6):
        ask_topic(talk, PRICE)
    if talk.draw_chance(0.5):
        talk.say(
            "[posso levar pra [fazer uma aula|experimentar|conhecer]?|queria marcar uma {exp} pra el{e}|como agendo a {exp}?|dá pra fazer uma {exp} antes?]",
            slots=child_is,
        )
        visit = agree_on_visit(talk)
        if attend_visit(talk, visit) and talk.draw_chance(0.5):
            enrol(talk)
    else:
        leave(talk)


RELATIVES = (
    Topic(
        "[é pra|queria informações pra|tô vendo pra] [minha mãe|meu pai|minha sogra|minha vó|{par}|meu irmão], [vocês atendem|tem turma pra|aceitam] [quem tem pressão alta|quem tem problema no joelho|iniciante|quem nunca treinou|quem já passou dos 60]?",
        "[atendemos sim, {iniciante}.|dá sim! {iniciante}.|com certeza, é só avisar {coach} no primeiro dia.]",
    ),
    Topic(
        "quero dar de presente pra [{par}|minha mãe|minha irmã], [vocês vendem vale presente|dá pra pagar um mês pra outra pessoa|como faço]?",
        "[que carinho! dá sim, o mês avulso sai {mensal} e a gente faz um vale.|temos vale-presente sim, de 1 mês por {mensal}.|adorei! é só me passar o nome da pessoa, o mês fica {mensal}.]",
    ),
    Topic(
        "eu e [{par}|minha amiga|minha irmã|um colega] [queremos|estamos pensando em|decidimos] começar, [tem desconto|como funciona pra dois|tem vaga pra dois]?",
        "[que {tri}! no plano dupla cada um ganha 10%, o anual fica {anual} por pessoa antes do desconto.|tem vaga sim! e os dois no anual ganham 10%.|dá sim, e o plano dupla tem 10% de desconto.]",
    ),
)


def ask_for_relative(talk: Dialogue) -> None:
    """A contact asks for a parent, a spouse or a friend."""
    open_conversation(talk, talk.pick(RELATIVES))
    for _ in range(talk.rng.randint(1, 2)):
        ask_another(talk)
    leave(talk)


def ask_for_company(talk: Dialogue) -> None:
    """A company asks about a plan for its staff."""
    talk.say(
        "{oi}// [sou do RH [da|de uma] [clínica|escola|construtora|empresa de software|transportadora] [aqui de {bairro}|{no_bairro}]|trabalho [numa empresa|num escritório|numa escola] com [12|20|35|40|60] funcionários|falo em nome de uma empresa [aqui perto|do bairro]] e "
        "[gostaríamos de|queremos|estamos vendo pra] [fazer um convênio|saber se vocês fazem plano corporativo|oferecer {o_m} pros colaboradores|conhecer as condições pra empresa]"
    )
    talk.reply(
        "{hello} [que ótimo!|adoramos parcerias assim.|temos plano corporativo sim.] [a partir de 10 pessoas o desconto é de 15% sobre o anual, que hoje é {anual}.|{:next=contact}me passa um e-mail que envio a proposta.|podemos marcar uma conversa? me diz quantas pessoas teriam interesse.]"
    )
    talk.say(
        "[[umas 10|umas 15|cerca de 20|por volta de 30] pessoas [a princípio|]|meu email é {email}|pode mandar a proposta pra {email}|{:next=contact}vou levantar quantos têm interesse e te retorno]"
    )
    talk.reply(
        "[perfeito|combinado|ótimo]{nm}[! envio ainda hoje.|, já preparo a proposta.]",
        then="promise",
    )


def ask_for_day_pass(talk: Dialogue) -> None:
    """A traveller wants to train for a day or a week."""
    talk.say(
        "{oi}// [tô [a trabalho|de férias|de passagem|visitando a família] [em {cidade}|na cidade|aqui] [essa semana|até sexta|por uns dias|por 10 dias]|[vou|chego] [pra|em] {cidade} [semana que vem|na quinta|no feriado]|sou de [Joinville|Campinas|Brasília|Natal|Goiânia|Vitória] e tô por aqui] e "
        "[queria [treinar|fazer um treino|fazer um drop in]|queria saber se [tem diária|posso treinar avulso|aceitam visitante]]// [quanto [é a diária|custa avulso|sai a aula avulsa]|tem pacote pra uma semana|como faço pra agendar|tem [aula|horário] às {manhã}]?"
    )
    talk.reply(
        "{hello} [tem sim!|claro, visitante é bem-vindo!|pode vir!] [a diária sai {avulsa}.|avulso é {avulsa}.|{avulsa} por dia, e o pacote de 5 dias sai por 4.] [// [qual dia você vem?|só me avisa o horário.|horários: {manhãs} e {noites}.|]|]"
    )
    if talk.draw_chance(0.5):
        visit = talk.draw_appointment()
        slots = talk.name_visit(visit)
        talk.say(
            f"[{common.OK[1:-1]}], [vou {{dia}} às {{hora}}|{{dia}} às {{hora}} tô aí|dá pra ir {{dia}} às {{hora}}?|posso ir {{dia}}, {{hora}}?]",
            slots=slots,
        )
        talk.mean(visit="proposed")
        talk.reply(
            "[combinado|fechado|perfeito|pode sim]{nm}[, {dia} às {hora}|]. [traz {levar}.|te esperamos!|o pagamento é na recepção, pix ou cartão.|chega 10 min antes.]",
            slots=slots,
        )
        talk.mean(visit="agreed", visit_at=visit.at)
    elif talk.draw_chance(0.5):
        talk.say(f"[{common.OK[1:-1]}], [pago na hora?|levo documento?|tem chuveiro aí?]")
        talk.reply("[sim, tudo certo.|isso mesmo.|tem sim, e o pagamento é na recepção.]")
