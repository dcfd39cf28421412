"""Subjects that members write about, each with its answer."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

from dataclasses import dataclass


@dataclass(frozen=True)
class Affair:
    """A member's question and the gym's answer.

    ``asks`` is what the gym may ask first: its question, the member's reply, and the type of file
    that the member may send instead.
    """

    ask: str
    answer: str
    asks: tuple[str, str, str | None] | None = None


_CPF = (
    "[me confirma seu CPF?|me passa seu CPF?|qual o e-mail do cadastro?]",
    "[é {email}|meu email é {email}|tá no cadastro, email {email}|o cpf tá no cadastro, o email é {email}]",
    None,
)
_RECEIPT = (
    "[me manda o comprovante?|consegue me enviar o comprovante?|tem o comprovante aí?]",
    "[mandei no email agora|te enviei por email|não tô com ele aqui, mas foi pix dia [5|8|10]|paguei no débito, dia [5|7|10]]",
    "image",
)

BILLING = (
    Affair("[não recebi o boleto|meu boleto não chegou|cadê o boleto|não achei o boleto no email] [desse mês|de novo|que vence dia 10|]",
           "[enviei a segunda via no seu e-mail.|segue no seu e-mail, vence dia 10.|te mandei a segunda via, se preferir pode ser pix: financeiro@example.com.]", _CPF),
    Affair("fui cobrad{o} [duas vezes|em duplicidade|a mais|em dobro] [esse mês|no cartão|na fatura|na mensalidade]",
           "[o estorno cai em até 5 dias úteis.|foi erro da operadora, já pedi o estorno.|já solicitei a devolução, desculpa o transtorno.]", _RECEIPT),
    Affair("[troquei|perdi|bloquearam|venceu] meu cartão[, como [atualizo|cadastro o novo|faço pra pagar esse mês]?| e preciso atualizar [o cadastro|no app|aí]]",
           "[dá pra trocar pelo app, em pagamentos.|te mandei o link pra cadastrar o cartão novo.|esse mês pode pagar no pix, e o cartão novo você cadastra no app.]"),
    Affair("minha mensalidade [venceu|vence hoje|tá atrasada], [consigo pagar no pix|posso pagar amanhã|tem multa|posso pagar na sexta]?",
           "[pode pagar no pix até amanhã sem multa: financeiro@example.com.|sem problemas, tem 3 dias de tolerância.|pode sim, até sexta não cobra nada a mais.]"),
    Affair("[preciso de|vocês conseguem me enviar|tem como mandar] [uma nota fiscal|um recibo|um informe de pagamentos] [desse mês|do ano passado|pro reembolso da empresa|pro imposto de renda]",
           "[enviei no seu e-mail.|já emiti, chega no seu e-mail em alguns minutos.|{:next=promise}pedi pro financeiro, até amanhã te mando.]", _CPF),
    Affair("[aparece|tá aparecendo] [pendência|mensalidade em aberto] no app mas eu [já paguei|paguei dia 5|tenho o comprovante]",
           "[a baixa já foi feita no sistema.|dei baixa aqui, pode atualizar o app.|o pagamento caiu, já regularizei.]", _RECEIPT),
    Affair("[posso|dá pra|consigo|tem como] mudar [o vencimento|a data de pagamento] pro dia [5|10|15|20]?",
           "[dá sim, o novo vencimento vale a partir do mês que vem.|mudei aqui, já vale na próxima.|alterado! a partir da próxima fatura.]"),
    Affair("veio [R$ 30|um valor|R$ 20] a mais na [minha mensalidade|fatura], [o que é isso|por quê|reajustou]?",
           "[é o reajuste anual, previsto no contrato.|é a taxa de manutenção, cobrada uma vez por ano.|foi a garrafa que você comprou na recepção rs]"),
)  # fmt: skip

CLASSES = (
    Affair("não consigo [fazer check-in|agendar|marcar a aula|entrar na lista] [pelo app|de amanhã|das {noite}|]",
           "[o app teve uma falha hoje, te coloquei na turma por aqui.|já te coloquei na lista manualmente.|tenta agora, por favor? atualizei seu cadastro.]"),
    Affair("o app [travou|não abre|tá pedindo senha|diz que meu plano tá inativo|saiu da conta]",
           "[tenta sair e entrar de novo, com seu e-mail.|reenviei o acesso no seu e-mail.|tem uma atualização nova na loja, instala e entra de novo.]", _CPF),
    Affair("tem [vaga|lugar] [na turma|na aula] das {noite} {hoje}?",
           "[tem sim, te coloquei!|tem 2 vagas ainda.|lotou, mas te deixei na lista de espera.|tem sim, pode vir.]"),
    Affair("[vou me atrasar|tô pres{o} no trânsito, chego] [10|15] min[, posso entrar na aula|, tem problema|, me segura a vaga]?",
           "[pode vir tranquil{o}.|até 15 minutos dá pra entrar.|sem problemas, aviso {coach}.]"),
    Affair("[vai abrir|tem aula|como fica o horário] [no feriado|na véspera do feriado]?",
           "[no feriado abrimos só de manhã.|feriado não abrimos, mas na véspera é normal.|tem aulão às 9h, sem as turmas normais.]"),
    Affair("[cancela|desmarca|tira] [meu check-in|minha aula|meu nome] das {noite} [por favor|, não vou conseguir|, surgiu uma reunião]",
           "[desmarquei aqui.|tirado! obrigad{ag} por avisar.|pronto, liberei sua vaga.]"),
    Affair("[posso|dá pra] [trocar|mudar] [da turma das {manhã} pra das {noite}|pra manhã essa semana|meu horário de amanhã]?",
           "[pode sim, já alterei.|essa semana dá, tem vaga.|troquei aqui no sistema.]"),
    Affair("a catraca não [lê meu dedo|libera minha entrada|reconhece meu rosto]",
           "[passa na recepção que refaço seu cadastro em 1 minuto.|tava fora do ar, já voltou.|vou recadastrar quando você chegar.]"),
    Affair("quem dá [a aula|o treino] das {noite} {hoje}?", "[é {coach}.|{coach}!|quem tá na escala é {coach}.]"),
    Affair("[tô gripad{o}|machuquei o punho|tô com dor no ombro desde ontem|torci o pé no fim de semana], [treino ou descanso|tem como adaptar o treino|o que eu faço]?",
           "[hoje descansa, e se não melhorar procura um médico.|vem que {coach} adapta pra você.|melhor poupar uns dias, depois a gente volta leve.]"),
)  # fmt: skip

SPECIAL_CLASSES: dict[str, tuple[Affair, ...]] = {
    "crossfit": (
        Affair(
            "qual [o WOD|o treino] de {hoje}?",
            "[back squat e um metcon de 12 minutos.|AMRAP de 15: corrida, burpee e kettlebell 😈|é surpresa rs, sai no app às 20h.|LPO e depois um chipper em dupla.]",
        ),
        Affair(
            "vai ter open box [sábado|no feriado|nesse sábado]?",
            "[tem sim, das 10h às 12h.|não, dessa vez tem aulão.|tem, das 9h às 11h.]",
        ),
        Affair(
            "[quanto foi|qual era] o peso RX do wod de [ontem|segunda]? esqueci de anotar",
            "[43 kg masculino e 29 feminino.|foi 60/40.|kettlebell de 24 e 16.]",
        ),
    ),
    "swimming": (
        Affair(
            "a piscina tá [fria|gelada] [essa semana|hoje|desde segunda]",
            "[o aquecedor tava em manutenção, amanhã normaliza.|obrigad{ag} por avisar, já ajustamos a temperatura.|a bomba parou ontem, já voltou.]",
        ),
        Affair(
            "a turma {do_coach} vai ter aula [{hoje}|no feriado]?",
            "[tem sim, normal.|quem cobre é outro professor, mas tem.|vai ter sim.]",
        ),
        Affair(
            "meu filho vai mudar de nível quando?",
            "[a avaliação é no fim do mês.|{coach} avalia na próxima semana.|semana que vem tem prova de touca!]",
        ),
    ),
    "martial": (
        Affair(
            "quando é a próxima graduação?",
            "[no fim do mês que vem.|ainda sem data, mas deve ser em 2 meses.|a lista sai na parede semana que vem.]",
        ),
        Affair(
            "tem treino de competição [sábado|essa semana]?",
            "[sábado às 9h, antes do open mat.|quinta às 20h45.|tem sim, com {coach}.]",
        ),
        Affair(
            "precisa de kimono branco pro exame de faixa?",
            "[branco ou azul.|só branco.|qualquer cor, só tem que estar limpo rs.]",
        ),
    ),
    "pilates": (
        Affair(
            "consigo repor a sessão de [terça|quinta|ontem]?",
            "[consigo te encaixar sexta às {manhã}.|tem horário amanhã às {noite}, serve?|sim, a reposição vale por 30 dias.]",
        ),
        Affair(
            "[tenho 2 reposições|quantas reposições eu tenho] pra marcar, quais horários?",
            "[tenho {manhã} de quarta e {noite} de quinta.|{:next=contact}me diz o dia que vejo.|sexta às {manhã} tá livre.]",
        ),
    ),
    "dance": (
        Affair(
            "qual o figurino da apresentação?",
            "[calça preta e camiseta do estúdio.|vou mandar a foto no grupo.|saia vermelha, a costureira tira medida sábado.]",
        ),
        Affair(
            "tem ensaio [sábado|nesse sábado]?",
            "[tem, às 10h30.|tem sim, logo depois da aula.|tem, não falta!]",
        ),
    ),
    "boutique": (
        Affair(
            "fiquei na lista de espera das {noite}, [subi|entrei|será que abre vaga]?",
            "[você é a próxima da fila.|abriu, te coloquei na bike 9!|por enquanto não, mas sempre alguém desmarca.]",
        ),
        Affair(
            "a playlist de ontem tem no spotify?",
            "[tem! tá no link da bio.|a Bela posta toda segunda.|tem sim, é só procurar pelo nome {do_lugar}.]",
        ),
        Affair(
            "cancelei a reserva e não voltou meu crédito",
            "[devolvi agora, pode conferir.|foi menos de 6h antes, mas libero dessa vez rs.|tava travado, já ajustei.]",
        ),
    ),
}

UPGRADES = (
    Affair("[quero|queria|dá pra|como faço pra] [mudar|trocar|migrar] [do mensal pro anual|pro anual][, [quanto fica|muda o valor já|compensa|o que já paguei abate]?|]",
           "[no anual fica {anual} por mês, e o que você já pagou desse mês abate.|compensa bastante, fica {anual} por mês. altero a partir do próximo vencimento?|dá sim! passa pra {anual} por mês.]"),
    Affair("[quero|queria|dá pra] [aumentar meu plano de 2x pra 3x|passar pro plano livre|ir mais vezes na semana][, quanto fica a diferença?|, como faço?|]",
           "[a diferença é R$ 40 por mês, já vale na próxima fatura.|o livre sai R$ 60 a mais. mudo pra você?|dá sim, cobramos só a diferença proporcional.]"),
    Affair("[quanto|qual o valor] pra [incluir {par}|colocar minha irmã junto|adicionar meu filho] no meu plano?",
           "[o segundo no plano família tem 15% de desconto.|no plano dupla cada um ganha 10%.|sai com 15% de desconto sobre o seu plano.]"),
    Affair("meu plano vence [dia 20|mês que vem|semana que vem], [quero renovar|como renovo|tem desconto pra renovar|o valor continua]?",
           "[pra quem renova mantemos o valor atual.|renovando o anual fica {anual} por mês, sem reajuste.|renova sozinho no cartão, com o mesmo valor.]"),
    Affair("já sou alun{o} e queria [fazer também {o_m}|incluir {m} no meu plano][, paga à parte?|, como funciona?|]",
           "[dá sim, o acréscimo é de R$ 60 por mês.|já tá incluso no plano livre.|são R$ 60 a mais, com duas aulas na semana.]"),
)  # fmt: skip

ERRANDS = (
    Affair("[vocês têm|ainda tem|vende] [camiseta {do_lugar}|garrafa|camiseta tamanho P|moletom] [pra vender|na recepção]?",
           "[tem sim, na recepção.|acabou, mas chega mais semana que vem.|tem, a partir de R$ 45.]"),
    Affair("posso levar [um amigo|minha prima|meu sobrinho] [na aula de sábado|amanhã|pra treinar comigo]?",
           "[pode sim, a primeira vez é por nossa conta.|{:next=contact}claro, só me passa o nome completo antes.|pode! chega uns minutos antes pro cadastro.]"),
    Affair("preciso de uma declaração [de matrícula|de que treino aí] [pra faculdade|pra empresa|pro plano de saúde]",
           "[{:next=promise}te mando em PDF ainda hoje.|posso deixar impressa na recepção.|faço sim, envio no seu e-mail.]", _CPF),
    Affair("qual [a senha do wifi|a senha do wi-fi novo]?", "[tá no quadro da recepção, é o nome {do_lugar} tudo junto.|mudou essa semana, pega na recepção.]"),
    Affair("[me coloca|me adiciona|como entro] no grupo [das {manhã}|da turma|dos alunos]?", "[te adicionei agora.|pronto, já tá no grupo!|te mandei o convite.]"),
    Affair("minha avaliação física [é que dia mesmo|dá pra remarcar|posso fazer quando]?", "[tá marcada pra quarta às {noite}.|consigo quinta às {manhã}, pode ser?|pode ser sexta às {manhã}.]"),
    Affair("vocês [sabem de|têm indicação de|indicam] [fisioterapeuta|nutricionista|massagista] [bom|aqui perto]?", "[tem uma parceira nossa, com desconto pra aluno. segue o contato: 3333-0000.|vários alunos vão numa clínica aqui do lado, passo o telefone.]"),
    Affair("[que horas fecha|até que horas vai] hoje?", "[hoje até o último horário, das {última}.|depois da turma das {última} a gente fecha.]"),
    Affair("meu atestado [venceu|vence essa semana], [mando por aqui|preciso levar impresso]?", "{:next=contact}[pode mandar foto por aqui.|por aqui mesmo serve.|manda por aqui que já arquivo.]"),
    Affair("mudei de [telefone|email|endereço], [atualiza pra mim|como atualizo]?", "[atualizei aqui, obrigad{ag}.|pode mudar pelo app, em perfil.|{:next=contact}me manda o novo que já troco.]"),
)  # fmt: skip

COMPLAINTS = (
    Affair("{quebrado} [tá com problema|não funciona|continua com defeito] [faz uma semana|de novo|desde segunda|há dias][, quando vão arrumar?|, complicado|, assim fica difícil|]",
           "[o técnico vem amanhã.|a peça chega até sexta.|já chamei a manutenção de novo.]"),
    Affair("o som [tava|tá] [alto demais|estourando] [hoje|na aula das {noite}|toda noite][, não dá pra ouvir a instrução|, saí com dor de cabeça|]",
           "[{:next=promise}vou pedir pra baixarem.|já falei com a equipe, vamos controlar.|{:next=promise}vou conversar com quem dá esse horário.]"),
    Affair("a turma das {noite} [tá lotada demais|não tem mais espaço], [paguei pra ter acompanhamento|não dá pra treinar assim|precisam limitar]",
           "[vamos abrir mais um horário na semana que vem.|já estamos limitando as vagas pelo app.|posso te oferecer a turma das {noite} sem custo?]"),
    Affair("o vestiário [tava imundo|tá sem papel|tá sem luz] [hoje|de manhã|de novo]", "[já mandei o pessoal da limpeza.|resolvido agora.|passei pra equipe, não vai se repetir.]"),
    Affair("[cheguei|fui] hoje às {manhã} e [tava fechado|não tinha professor|a aula foi cancelada sem aviso]", "[o professor passou mal e o aviso não saiu a tempo. te dou uma aula extra.|foi falha nossa, a aula volta como crédito.]"),
    Affair("[não gostei|achei um absurdo] [do jeito que fui atendid{o}|da grosseria] [na recepção|ontem]", "[posso te ligar pra entender melhor?|{:next=promise}vou conversar com a equipe hoje mesmo.|{:next=promise}isso não é nosso padrão, vou apurar.]"),
    Affair("tem gente [largando peso no chão|que não guarda o material|que não limpa o aparelho], [vocês podiam falar algo|falta aviso]", "[vamos reforçar com todo mundo.|{:next=promise}vou colocar um aviso hoje.|{:next=promise}já vou falar no grupo.]"),
)  # fmt: skip
