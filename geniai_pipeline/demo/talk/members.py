"""Members: billing, classes, freezing, cancelling, lost bottles, complaints and praise."""

from geniai_pipeline.demo.talk import common
from geniai_pipeline.demo.talk.dialogue import DAY, HOUR, Dialogue

MY_NAME = "[// [meu nome é|sou {a_eu}|é no nome de|matrícula no nome de|aluno:|tá no nome de] {nome_completo}|]"


def billing(talk: Dialogue) -> None:
    """An invoice, a charge, a card."""
    _starts(
        talk,
        "[[não recebi o boleto|meu boleto não chegou|cadê o boleto] [desse mês|de novo|que vence dia 10]|fui cobrad{o} [duas vezes|em duplicidade|a mais] [esse mês|no cartão|na fatura]|"
        "[troquei|perdi|bloquearam] meu cartão, como [atualizo|cadastro o novo|faço pra pagar]?|minha mensalidade [venceu|vence hoje|tá atrasada], [consigo pagar no pix|posso pagar amanhã|tem multa|manda o pix]?|"
        "[preciso|vocês conseguem me enviar] [da nota fiscal|o recibo|o informe de pagamentos] [desse mês|do ano passado|pro reembolso da empresa]|aparece [pendência|mensalidade em aberto] no app mas eu [já paguei|paguei dia 5|tenho o comprovante]|"
        "[posso|dá pra|consigo] mudar [o vencimento|a data de pagamento] pro dia [5|10|15|20]?|veio [R$ 30|um valor] a mais na [minha mensalidade|fatura], [o que é isso|por quê|reajustou]?]" + MY_NAME,
    )
    talk.reply(
        "{hello} [vou verificar aqui no sistema.|já olho pra você.|um minutinho que confiro.|deixa eu ver com o financeiro.] [// [me confirma seu CPF?|me manda o comprovante?|qual o e-mail do cadastro?|]|]"
    )
    if talk.chance(0.5):
        if talk.chance(0.5):
            talk.sends("image", "[segue|olha aí|comprovante|]" if False else None)
        else:
            talk.says("[é {email}|{email}|o cpf você já tem no cadastro né?|mandei por email também|cpf tá no cadastro]")
    talk.reply(
        "[resolvido|prontinho|tudo certo|acertado|já ajustei aqui]{nm}[!|.] [enviei a segunda via no seu e-mail.|o estorno cai em até 5 dias úteis.|a chave pix é financeiro@example.com.|a baixa já foi feita no sistema.|o novo vencimento vale a partir do mês que vem.|segue no seu e-mail o documento.]"
    )
    _thanks(talk)
    talk.label("financeiro", 0.55)


def classes(talk: Dialogue) -> None:
    """Check-in, waiting lists, today's class, holidays."""
    special = {
        "crossfit": "[qual o WOD de [hoje|amanhã]?|hoje é dia de [snatch|clean|back squat|hero wod]?|vai ter open box [sábado|hoje à tarde]?|quanto foi o peso RX do wod de hoje? esqueci de anotar]",
        "swimming": "[a piscina tá [fria|quente demais] [essa semana|hoje]|qual a touca obrigatória pro festival?|a turma do {prof} vai ter aula [hoje|sexta]?|meu filho vai mudar de nível quando?]",
        "martial": "[quando é a próxima graduação?|tem treino de competição [sábado|essa semana]?|precisa de kimono branco pro exame de faixa?|o mestre vai dar treino hoje?]",
        "pilates": "[consigo repor a sessão de [terça|quinta]|tenho 2 reposições pra marcar, quais horários?|a {prof} tá atendendo essa semana?]",
        "dance": "[qual o figurino da apresentação?|tem ensaio [sábado|hoje]?|a coreografia nova vocês vão mandar o vídeo?]",
        "boutique": "[fiquei na lista de espera das {noite}, [subiu|entrei|será que abre vaga]?|a playlist de ontem tem no spotify?|cancelei a reserva e não voltou meu crédito]",
    }
    everyday = (
        "[não consigo [fazer check-in|agendar|entrar no app|marcar a aula] [pelo app|de amanhã|das {noite}|hoje]|o app [travou|não abre|tá pedindo senha|diz que meu plano tá inativo]|tem [vaga|lugar] [na turma|na aula] das {noite} [hoje|amanhã]?|"
        "[vou me atrasar|tô pres{o} no trânsito, chego] [10|15] min[, posso entrar na aula|, tem problema|, me segura a vaga]?|[vai abrir|tem aula|como fica o horário] [no feriado|na véspera do feriado|segunda de carnaval|sexta santa]?|"
        "[cancela|desmarca|tira] [meu check-in|minha aula|meu nome] das {noite} [por favor|, não vou conseguir|, surgiu reunião]|[posso|dá pra] [trocar|mudar] [da turma das {manhã} pra das {noite}|pra manhã essa semana|meu horário]?|a catraca não [lê meu dedo|libera minha entrada|reconhece minha digital]|"
        "hoje quem dá [a aula|o treino] das {noite}?|[tô gripad{o}|machuquei o punho|tô com dor no ombro desde ontem|torci o pé no fim de semana], [treino ou descanso|tem como adaptar o treino|o que eu faço]?]"
    )
    own = special.get(talk.place.kind)
    _starts(talk, own if own and talk.chance(0.4) else everyday)
    talk.reply(
        "{hello} [vou ver aqui e já te falo.|deixa comigo.|já verifico.|um segundo.|opa, vejo sim.] [// [acertei aqui, tenta de novo.|pode vir tranquil{o}.|avisei {coach}.|qualquer mudança a gente posta no instagram.|te coloquei aqui.|já tá certo no app.|te confirmo até o fim do dia.]|]"
    )
    _thanks(talk)


def freeze(talk: Dialogue) -> None:
    """Wants to pause the plan."""
    _starts(
        talk,
        "[preciso|queria|gostaria de|dá pra|como faço pra] [trancar|congelar|pausar|suspender] [meu plano|a matrícula|minha mensalidade] [por 30 dias|por um mês|por 15 dias|até o mês que vem|por um tempo|]"
        "[, vou [viajar|operar|mudar de turno|ficar fora a trabalho]|// [operei o joelho|quebrei o dedo|tô com dengue|minha mãe tá internada|vou viajar dia 12|tô sem tempo por causa da faculdade|o médico me proibiu de treinar]|]" + MY_NAME,
    )
    talk.reply(
        "{hello} [poxa, melhoras!|claro,|sem problemas,|dá sim,] [no anual você tem até 60 dias de trancamento.|posso trancar por 30 dias, a partir de hoje?|me confirma a data de início e de volta?|com atestado não tem custo, pode mandar foto aqui.|o trancamento é gratuito uma vez por ano.]"
    )
    talk.says("[a partir de [segunda|amanhã|hoje|dia 1º]|[volto|quero voltar] [mês que vem|em 30 dias|depois do dia 20]|pode ser 30 dias|isso, 30 dias|vou mandar o atestado|até o fim do mês][, obrigad{o}|, pode ser?|]")
    if talk.chance(0.3):
        talk.sends("image")
    talk.reply("[feito|trancado|prontinho|registrado]{nm}[! te esperamos na volta.|. boa viagem!|, se cuida!|! a cobrança volta só depois.|, boa recuperação!]")
    _thanks(talk, 0.6)
    talk.label("trancamento", 0.4)


def cancel(talk: Dialogue) -> None:
    """Wants to cancel the membership."""
    _starts(
        talk,
        "[quero|preciso|gostaria de|queria] cancelar [meu plano|a matrícula|minha mensalidade|o contrato][, como faço?|, o que precisa?|, tem multa?|]"
        "[// [vou mudar de cidade|tô desempregad{o}|não tô conseguindo ir|achei o atendimento ruim ultimamente|mudei o horário do trabalho|tá pesando no orçamento|faz 3 meses que não apareço kkk|vou treinar no prédio]|]" + MY_NAME,
        mood="plain",
    )
    talk.reply(
        "{hello} [poxa, que pena!|sinto muito em saber.|ah não!|entendo.] [aconteceu alguma coisa?|posso te oferecer um trancamento de 60 dias, o que acha?|pra cancelar é só preencher o formulário que te envio.|seu plano é o anual, teria multa de 20% do restante.|no mensal é só avisar 30 dias antes.|quer conversar com a gente antes de decidir?]"
    )
    stays = talk.chance(0.22)
    talk.says(
        "[ah, trancar seria bom|então prefiro trancar|hmm, com trancamento eu fico|não sabia que dava pra trancar, pode ser][, faz isso por mim|, por 30 dias|!|]"
        if stays
        else "[quero cancelar mesmo|pode cancelar, por favor|infelizmente preciso|não tem como, pode cancelar|já decidi|é por questão financeira mesmo|acho a multa absurda|prefiro cancelar][, obrigad{o}|, me manda o formulário|// quando para de cobrar?|]"
    )
    talk.reply(
        "[que bom{nm}! tranquei por 30 dias.|feito, trancado até o mês que vem!|ótimo, deixei trancado.]"
        if stays
        else "[cancelamento solicitado|registrado|ok, cancelado|tudo certo]{nm}[. a última cobrança é a desse mês.|. enviei o protocolo no seu e-mail.|. as portas ficam abertas!|, obrigad{ag} por esse tempo com a gente.]"
    )
    talk.label("cancelamento", 0.6)


def lost_item(talk: Dialogue) -> None:
    """Left something behind."""
    _starts(
        talk,
        "[esqueci|acho que esqueci|deixei|perdi] {perdido} [aí|{no_lugar}|no vestiário|na recepção|perto do bebedouro] [ontem|hoje|hoje cedo|na aula das {noite}|sexta][, vocês acharam?|, alguém entregou?|, consegue ver pra mim?|. tá aí?|]",
    )
    talk.reply("{hello} [vou olhar nos achados e perdidos.|deixa eu ver na caixa de achados.|vou perguntar pro pessoal da limpeza.|um minuto que olho aqui.]")
    if talk.chance(0.6):
        talk.reply("[achei!|tá aqui!|encontramos sim!|tava no vestiário.] [deixei separado na recepção com seu nome.|pode pegar quando vier.|guardei pra você.]", wait=600)
        with talk.feeling("good"):
            talk.says("[ufa|ai que alívio|graças a deus|aee|que bom]! [pego [amanhã|hoje à noite|segunda]|muito obrigad{o}|vocês são demais|passo aí mais tarde]")
    else:
        talk.reply("[por enquanto não apareceu|ninguém entregou ainda|não achei], [mas deixei avisado.|se aparecer te chamo.|vou postar no grupo.]", wait=900)
        talk.says("[poxa|ai que droga|puts|que pena], [obrigad{o} por olhar|se aparecer me avisa|era presente da minha mãe|tá bom, valeu]", mood="bad")


def complaint(talk: Dialogue) -> None:
    """Something is wrong."""
    _starts(
        talk,
        "[{quebrado} [tá quebrad|não funciona|continua com defeito] [faz uma semana|de novo|desde segunda|há dias][, quando vão arrumar?|, complicado|, assim fica difícil|]|[o som|a música] [tava|tá] [alt|insuportável de alt] [hoje na aula das {noite}|demais]|"
        "a turma das {noite} [tá lotada demais|não tem mais espaço], [paguei pra ter acompanhamento|não dá pra treinar assim|precisam limitar]|o vestiário [tava imundo|tá sem papel|tá sem luz] [hoje|de manhã|de novo]|[cheguei|fui] hoje às {manhã} e [tava fechado|não tinha professor|a aula foi cancelada sem aviso]|"
        "[não gostei|achei um absurdo] [do jeito que fui atendid{o}|da grosseria] [na recepção|ontem]|tem gente [largando anilha no chão|que não guarda o material|que não limpa o aparelho], [vocês podiam falar algo|falta aviso]]".replace("tá quebrad|", "tá com problema|").replace("[alt|insuportável de alt]", "[alto|estourando]").replace("[o som|a música] [tava|tá]", "o som [tava|tá]"),
        mood="bad",
    )
    talk.reply("{hello} [peço desculpas pelo transtorno.|obrigad{ag} por avisar, e desculpa.|poxa, sinto muito por isso.|você tem razão, desculpe.] [já passei pra gerência.|o técnico vem amanhã.|vou conversar com a equipe hoje mesmo.|vamos resolver essa semana.|posso te ligar pra entender melhor?]")
    if talk.chance(0.6):
        talk.says("[ok, [aguardo|espero que resolvam]|tá, mas já é a terceira vez|obrigad{o} por responder|beleza, vou acompanhar|tá bom, só avisa quando resolver|espero mesmo][, gosto muito daí por isso tô falando|]", mood="bad")
    talk.note("[aluno chateado, ligar|reclamação recorrente|passar pro gerente|já é a segunda reclamação dessa semana|verificar manutenção]") if talk.chance(0.3) else None
    talk.label("reclamação", 0.4)


def praise(talk: Dialogue) -> None:
    """Something is right."""
    _starts(
        talk,
        "[queria agradecer [{coach}|a equipe] [pela aula de hoje|pelo cuidado|pela paciência]|[a aula|o treino] de [hoje|ontem] foi {tri} [demais|]|[bati meu PR|perdi 6 kg|fiz minha primeira barra|consegui correr 5k|minhas dores sumiram|voltei a dormir bem] [hoje|esse mês|graças a vocês]|"
        "parabéns pelo [evento|aulão|café da manhã] de [sábado|ontem]|não tinha comentado mas [amo esse lugar|vocês mudaram minha rotina|tô há 1 ano e não largo]][// [só pra registrar|precisava dizer|obrigad{o} mesmo|vocês são demais|já indiquei pra duas amigas]|]",
        mood="good",
    )
    talk.reply("{hello} [que mensagem linda!|ganhamos o dia!|que alegria ler isso.|parabéns{nm}!|o mérito é seu!] [vou mostrar pra equipe.|posso postar seu depoimento?|{coach} vai amar saber.|bora pro próximo!|isso é resultado da sua dedicação.]")
    if talk.chance(0.5):
        talk.says("[pode sim|claro|kkk pode|haha bora|imagina][, só não põe minha foto suada|, com prazer||, até amanhã]", mood="good")


def upgrade(talk: Dialogue) -> None:
    """A member asks for a bigger plan, or for another service."""
    _starts(
        talk,
        "[quero|queria|dá pra|como faço pra] [mudar|trocar|migrar] [do mensal pro anual|do plano 2x pro livre|pro plano trimestral|meu plano][, [quanto fica a diferença|muda o valor já|compensa|o que já paguei abate]?|]|"
        "[quanto|qual o valor] pra [incluir {m} no meu plano|colocar minha esposa junto|adicionar meu filho|fazer personal 2x na semana]?",
    ) if talk.chance(0.5) else _starts(
        talk,
        "[já sou alun{o} e queria [fazer também {o_m}|ir mais vezes na semana|incluir {m}]|meu plano vence [dia 20|mês que vem|semana que vem], [quero renovar|como renovo|tem desconto pra renovar|o valor continua]?|[renovando|se eu renovar] o anual [mantém o preço|tem desconto|ganho algo]?]",
    )
    talk.reply("{hello} [dá sim!|claro!|consigo ver isso agora.|boa escolha!] [a diferença é cobrada proporcional.|no anual fica {anual} por mês.|pra quem renova mantemos o valor atual.|altero a partir do próximo vencimento, pode ser?|o acréscimo é de R$ 60 por mês.]")
    talk.says("[pode fazer|pode mudar então|fechado|vou pensar e te falo|ok, [mês que vem|semana que vem] eu mudo|perfeito, pode alterar|então deixa como tá|beleza, faz a troca][, obrigad{o}|]")
    talk.reply("[combinado|feito|alterado|tranquilo|perfeito]{nm}[!|.|, qualquer dúvida me chama.]")


def errand(talk: Dialogue) -> None:
    """A little of everything a member asks."""
    _starts(
        talk,
        "[[vocês têm|vende] [camiseta {do_lugar}|garrafa|camiseta tamanho P|moletom novo] [ainda|pra vender]?|posso levar [um amigo|minha prima|meu namorado] [na aula de sábado|amanhã|pra treinar comigo]?|preciso de uma declaração [de matrícula|de que treino aí] [pra faculdade|pra empresa|pro plano de saúde]|"
        "qual [a senha do wifi|o nome do suplemento que {coach} falou|o grupo do whats dos alunos]?|[me coloca|me adiciona] no grupo [das {manhã}|da turma]?|minha avaliação física [é que dia mesmo|dá pra remarcar|posso fazer quando]?|vocês [sabem|têm indicação] de [fisioterapeuta|nutricionista|massagista] [bom|perto]?|"
        "[deixa|pode deixar] a chave do armário [12|27|8] comigo até amanhã?|[que horas fecha|até que horas vai] hoje?|meu atestado [venceu|vence essa semana], [mando por aqui|preciso levar impresso]?|mudei de [telefone|email|endereço], [atualiza pra mim|como atualizo]?]",
    )
    talk.reply("{hello} [pode sim!|claro!|temos sim.|vou ver e já te falo.|te mando por aqui.|deixa comigo.] [// [é só falar na recepção.|passa lá que a gente resolve.|te respondo até o fim do dia.|anotei aqui.|segue: 30 minutos antes do treino, tá?]|]".replace("|segue: 30 minutos antes do treino, tá?", ""))
    _thanks(talk)


def _starts(talk: Dialogue, template: str, mood: str = "plain") -> None:
    talk.member = True
    hello = "{oi}[!|,|.|] // " if talk.chance(0.85) else ""
    talk.says(hello + template, mood=mood, a_eu="a" if talk.who.female else "o")


def _thanks(talk: Dialogue, often: float = 0.65) -> None:
    if talk.chance(often):
        talk.says(common.THANKS, mood="good")
        if talk.chance(0.4):
            talk.reply(common.WELCOME)
    elif talk.chance(0.15):
        talk.pause(HOUR * talk.rng.uniform(5, 30) if talk.chance(0.7) else DAY)
        talk.says("[e aí, conseguiu ver?|alguma novidade?|deu certo?|ainda não resolveu aqui|oi, e aquilo que pedi?]")
        talk.reply("[oi{nm}!|opa,|{hello}] [desculpa, resolvi agora.|já tá certo.|tinha esquecido, perdão! feito.|acabei de confirmar, tudo ok.]")
