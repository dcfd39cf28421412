"""What future members ask and what gyms answer, topic by topic."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A question and its answer; ``kinds`` are the gyms it fits, all if empty."""

    ask: str
    answer: str
    kinds: tuple[str, ...] = ()


PRICE = Topic(
    "[quanto [custa|sai|tá|é|fica|estão cobrando]|qual [o valor|o preço|é o valor|valor]|[quero|queria|gostaria de] saber [o valor|o preço|os valores]|"
    "me passa [o valor|os valores|a tabela]|[podem|poderia|pode|consegue] me [passar|informar|mandar] [o valor|os valores|os preços|a tabela de preços]|"
    "[quais são|quais|como são|como funcionam|como tão] os [planos|valores|pacotes|preços]|vocês têm tabela de [preço|planos]|em que faixa fica [o valor|a mensalidade]] "
    "[da mensalidade|pra fazer {m}|{do_m}|por mês|pra treinar aí|do plano mensal|do mês|de vocês|pra começar|pra 2x na semana|pra 3x na semana|pra ir todo dia|]?",
    "[temos três opções|hoje trabalhamos assim|funciona assim|os valores são|nossos planos|segue os valores]:// "
    "[mensal {mensal}, trimestral {tri3}/mês e anual {anual}/mês|plano anual {anual} por mês, trimestral {tri3} e mensal {mensal}|"
    "no mensal fica {mensal}, no trimestral cai pra {tri3} e no anual {anual} por mês|o mensal sai {mensal}, sem fidelidade. no anual fica {anual} por mês]."
    "[// [qual plano faz mais sentido pra você?|você pensa em treinar quantas vezes na semana?|quer conhecer {o_lugar} antes? a {exp} {exp_preço}.|"
    "tem algum horário de preferência?|já treina ou vai começar agora?|não cobramos matrícula essa semana.|a taxa de matrícula é isenta no anual.]|]",
)

PRICE_FOLLOW = (
    Topic(
        "[e [pagando|se pagar|fechando] [à vista|no pix|o anual|o semestre] [tem desconto|melhora|faz por quanto|fica quanto]|consegue [um desconto|melhorar esse valor]|"
        "tem [algum desconto|promoção|como fazer um precinho]|não tem [nada mais em conta|um plano mais barato]|faz [um desconto|um precinho] [se eu fechar hoje|no pix|]]?",
        "[no pix à vista o anual tem 8% de desconto.|consigo 5% no pix.|desconto só no anual à vista, 10%.|o que consigo é isentar a matrícula pra você.|"
        "no momento a condição melhor é o anual mesmo, {anual} por mês.|se fechar até o fim do mês a matrícula sai de graça.|consigo segurar o valor do trimestral no primeiro mês do mensal.]",
    ),
    Topic(
        "[tem [fidelidade|contrato|multa se cancelar]|e se eu [quiser cancelar|desistir no meio|precisar parar] [tem multa|como faz|]|precisa [assinar contrato|ficar quanto tempo]|o anual [prende|tem multa]]?",
        "[o mensal não tem fidelidade nenhuma.|no mensal você cancela quando quiser, no anual tem multa de 20% do que falta.|sem fidelidade no mensal. no anual dá pra trancar até 60 dias.|"
        "no mensal é só avisar antes da próxima cobrança.|só os planos longos têm contrato, e dá pra transferir pra outra pessoa.]",
    ),
    Topic(
        "[aceita[m|] [cartão|pix|débito em conta|boleto|VR]|[como é|quais] [a forma|as formas] de pagamento|dá pra [parcelar|dividir no cartão|pagar no boleto|pagar dia 10]|o anual desconta [tudo|o limite todo] do cartão]?",
        "[cartão de crédito recorrente, pix ou boleto.|aceitamos cartão, pix e débito.|no cartão é recorrente, não compromete o limite.|dá pra parcelar o anual em 12x sem juros.|"
        "você escolhe o dia do vencimento, e aceitamos pix e cartão.|pix, cartão e dinheiro. boleto só no anual.]",
    ),
    Topic(
        "[tem desconto pra [casal|família|estudante|professor|policial|servidor|duas pessoas]|se [for eu e minha [esposa|irmã|amiga|mãe]|forem duas pessoas] [tem desconto|fica mais barato|como fica]]?",
        "[tem sim, 10% pra cada no plano família.|pra duas pessoas no mesmo plano a segunda tem 15% off.|tem desconto de 10% com comprovante.|temos o plano dupla, cada um ganha 10%.|"
        "no trimestral e no anual tem desconto família sim.]",
    ),
)

TIMES = Topic(
    "[quais [são|] os horários|qual [o horário|horário] [das turmas|das aulas|que tem|de funcionamento]|[tem|vocês têm|teria] [turma|aula|horário|vaga] [de manhã|à noite|no almoço|depois das 18h|depois das 19h|bem cedo|de tarde|às {noite}|às {manhã}|antes das 8h]|"
    "como são os horários [{do_m}|da noite|da manhã|]|que [horas|dias] [tem {m}|são as aulas|vocês abrem]|[me passa|manda|pode me mandar] [os horários|a grade|a grade de horários]|funciona [de que horas a que horas|até que horas]]"
    "[ {do_m}| pra iniciante| durante a semana|]?",
    "[de segunda a sexta temos {manhãs}, e depois {noites}.|[as turmas|os horários] da manhã são {manhãs} e da tarde/noite {noites}.|manhã: {manhãs}.// tarde e noite: {noites}.|"
    "durante a semana {manhãs} e {noites}, sábado {sábado}.|temos turma {manhãs}. à tarde e à noite {noites}.]"
    "[// [qual fica melhor pra você?|algum desses encaixa na sua rotina?|qual período você prefere?|o das {noite} é o mais tranquilo.|o das {noite} costuma lotar rápido.|tem vaga em todos por enquanto.]|]",
)

TOPICS = (
    Topic(
        "[e [de|aos|no] sábado|abre[m|] [fim de semana|sábado|domingo]|tem [aula|treino] [no sábado|fim de semana]|e no fim de semana, [como funciona|tem horário|abre]|feriado [abre|funciona]]?",
        "[sábado [temos|tem] {sábado}.|aos sábados {sábado}.|sim, sábado {sábado}. nos feriados a gente avisa no instagram.|sábado sim, {sábado}.]",
    ),
    Topic(
        "[[onde fica[m|]|qual [o endereço|é o endereço|o endereço certinho]|fica [em que rua|aonde exatamente|perto de onde]|me [manda|passa] [a localização|o endereço|o local]|vocês ficam [em {bairro}|onde]] "
        "[mesmo|exatamente|por favor|]|qual o ponto de referência]?",
        "[ficamos na {endereço}, {bairro}, {ponto}.|{endereço}, {ponto}.|a gente fica na {endereço}, no bairro {bairro}. {ponto}.|{endereço} - {bairro}. é {ponto}.]",
    ),
    Topic(
        "[tem [estacionamento|lugar pra parar|onde parar o carro|bicicletário]|dá pra [ir de carro|estacionar perto|parar na frente]|como é [pra estacionar|o estacionamento]|é fácil [parar|estacionar]] [aí|perto|à noite|de manhã|]?",
        "[{estacionar}.|sim, {estacionar}.|olha, {estacionar}.]",
    ),
    Topic(
        "[nunca [fiz {m}|treinei na vida|fiz nada parecido], [tem problema|dá certo|consigo acompanhar|pega leve no começo]|sou [bem|totalmente|super] [iniciante|sedentári{o}|enferrujad{o}], [dá pra acompanhar|tem turma pra mim|tem problema]|"
        "é [muito puxado|difícil|pesado] [pra quem tá começando|pra iniciante|no começo]|tem turma [só de iniciantes|pra quem nunca fez|nível iniciante]|precisa ter [preparo|experiência|condicionamento]|preciso já [saber|ter uma base]]?",
        "[não precisa de experiência nenhuma, {iniciante}.|fica tranquil{o}, {iniciante}.|pode vir sem medo! {iniciante}.|de jeito nenhum, {iniciante}.|todo mundo começa do começo rs. {iniciante}.]",
    ),
    Topic(
        "[aceita[m|] [wellhub|gympass|totalpass|o gympass da empresa|wellhub basic]|vocês são [do wellhub|do totalpass|parceiros do gympass]|dá pra [usar o wellhub|ir pelo totalpass|treinar com gympass]|trabalham com [gympass|totalpass|wellhub]]?",
        "[{passe}.|olha, {passe}.|{passe} 😊]",
    ),
    Topic(
        "[o que [precisa levar|eu levo|tenho que levar]|precisa [levar alguma coisa|de roupa específica|comprar algum equipamento]|tem que ir de [tênis|roupa própria]|que roupa [eu uso|vou]] [no primeiro dia|na primeira aula|]?",
        "[é só trazer {levar}.|{levar}, só isso.|traz {levar}. o resto a gente tem aqui.|vem com {levar}.]",
    ),
    Topic(
        "[tem [vestiário|chuveiro|armário|ducha]|dá pra [tomar banho aí|deixar a mochila|ir direto pro trabalho depois]|vocês têm [armário com chave|chuveiro quente|vestiário completo]] [no local|aí|pra quem sai do trabalho|]?",
        "[tem vestiário com chuveiro, só trazer toalha.|temos vestiário completo e armários, é bom trazer cadeado.|tem sim, chuveiro e guarda-volumes.|sim, vestiário feminino e masculino com ducha.]",
        ("crossfit", "lowcost", "swimming", "functional", "boutique", "weights", "martial"),
    ),
    Topic(
        "[quantas pessoas [tem|são|ficam] [por turma|em cada aula|na aula]|as turmas são [muito cheias|grandes|lotadas]|[fica|é] muito [cheio|lotado] [à noite|de manhã|]|qual o tamanho das turmas]?",
        "[as turmas são pequenas, dá pra dar atenção pra todo mundo.|no máximo 14 por horário.|varia, mas a gente limita as vagas pelo agendamento.|o mais cheio é o das {noite}, os outros são tranquilos.|"
        "a gente controla por agendamento, nunca passa do limite.]",
        ("crossfit", "functional", "swimming", "martial", "dance", "women", "boutique"),
    ),
    Topic(
        "[quem [dá as aulas|são os professores|dá aula de {m}]|os professores [são formados|têm CREF|acompanham]|tem [professor|{prof}] [acompanhando|o tempo todo|junto]|a aula é com quem]?",
        "[as aulas são com {coach}, todo mundo com CREF.|quem pega esse horário é {coach}.|temos vários, {coach} é quem fica com os iniciantes.|sempre tem acompanhamento. à noite geralmente é {coach}.]",
        ("crossfit", "lowcost", "swimming", "martial", "functional", "women", "weights", "dance"),
    ),
    Topic(
        "[quanto tempo [dura|é] [a aula|cada aula|]|a aula [é de quanto tempo|dura quanto|tem uma hora]|dá tempo de [fazer no horário do almoço|treinar antes do trabalho]]?",
        "[cada aula tem 50 minutos.|1 hora certinho, contando aquecimento.|de 45 a 50 minutos.|uma hora, com alongamento no final.]",
        ("crossfit", "swimming", "martial", "functional", "dance", "boutique", "pilates", "women"),
    ),
    Topic(
        "[precisa [de exame médico|levar atestado|fazer avaliação antes]|tem [avaliação física|bioimpedância]|vocês fazem [avaliação|bioimpedância|teste físico] [antes|no começo|]|a avaliação é [paga|à parte|obrigatória]]?",
        "[a avaliação inicial está inclusa nos planos.|pedimos um atestado simples em até 30 dias.|tem avaliação sim, é feita na primeira semana.|não é obrigatória, mas recomendamos e já está no plano.|"
        "basta responder o questionário de saúde (PAR-Q) no primeiro dia.]",
    ),
    Topic(
        "[dá pra [fazer|ir] [só 2x|duas vezes|3x] na semana|tem plano [de 2x na semana|só fim de semana|de duas vezes]|preciso ir [todo dia|nos mesmos dias]|[os dias|os horários] são fixos|posso [trocar o horário|variar os horários|ir em qualquer horário]]?",
        "[você escolhe os dias e marca pelo app.|pode variar, é só agendar com antecedência.|o plano de 2x sai um pouquinho mais em conta, te explico aqui.|dá sim! a maioria faz 3 vezes.|"
        "os horários são flexíveis, só respeitar o limite de vagas.]",
    ),
    Topic(
        "[tem [personal|acompanhamento individual|treino personalizado]|posso levar meu [personal|próprio personal]|quanto [é|sai] com personal|vocês indicam [nutricionista|personal]|tem nutri[cionista|] aí]?",
        "[temos personal à parte, os valores são combinados com cada um.|pode trazer o seu, tem uma taxa mensal.|temos uma nutri parceira, com desconto pra aluno.|tem sim, te passo o contato se quiser.]",
        ("lowcost", "weights", "women", "functional", "crossfit"),
    ),
    Topic(
        "[o kimono [precisa comprar|vocês emprestam|tá incluso]|preciso comprar [luva|kimono|faixa] [logo de cara|pra começar|]|quanto custa [um kimono|a luva] mais ou menos|pode [ir de calça e camiseta|treinar sem kimono]]?",
        "[nas primeiras aulas a gente empresta, depois vale comprar o seu.|pro primeiro mês não precisa comprar nada.|tem kimono de iniciante a partir de R$ 180 aqui na loja.|luva a gente empresta, bandagem é bom ter a sua.]",
        ("martial",),
    ),
    Topic(
        "[a piscina é [aquecida|funda|coberta]|qual a [temperatura|profundidade] da piscina|a água é [aquecida|quente]|a piscina [dá pé|é tratada com sal ou cloro]]?",
        "[é aquecida, fica em torno de 30 graus.|coberta e aquecida o ano todo.|tem a rasa, de 1,10, e a semiolímpica.|é tratada com ozônio, quase não tem cheiro de cloro.]",
        ("swimming",),
    ),
    Topic(
        "[qual a diferença [pro pilates solo|do aparelho pro solo|pra uma academia normal]|é [pilates de aparelho|com reformer|em aparelhos ou solo]|quantas pessoas [por horário|por sessão]|quem dá a aula é [fisioterapeuta|fisio]]?",
        "[é nos aparelhos: reformer, cadillac e chair. {iniciante}.|trabalhamos com aparelhos e acompanhamento de fisioterapeuta.|todas as aulas são com fisioterapeuta, hoje a manhã é com {coach}.|as duas coisas, a gente monta de acordo com a sua avaliação.]",
        ("pilates",),
    ),
    Topic(
        "[os créditos [vencem|expiram|valem quanto tempo]|como [reservo|marca] a bike|posso [escolher a bike|cancelar a reserva em cima da hora]|o pacote de [5|10] aulas [vale quanto tempo|expira]]?",
        "[você reserva a bike pelo app, até 7 dias antes.|o pacote de 10 vale por 60 dias.|dá pra cancelar até 6h antes sem perder o crédito.|escolhe a bike no mapa, as da frente vão rápido rs.]",
        ("boutique",),
    ),
    Topic(
        "[só mulher mesmo|é só pra mulher né|é exclusiva pra mulheres mesmo|os professores são homens ou mulheres|tem homem [trabalhando|treinando] aí]?",
        "[sim, só mulheres, alunas e professoras!|100% feminina, inclusive a equipe.|só mulherada por aqui, pode ficar à vontade.|isso, espaço só nosso.]",
        ("women",),
    ),
    Topic(
        "[precisa ter par|posso ir sozinh{o}|vou sem par, tem problema|não tenho par pra dançar, como faz|tem muita gente sozinha na turma]?",
        "[não precisa de par, a turma troca bastante.|pode vir sozinh{o}, é o que mais tem.|a gente reveza os pares na aula.|precisa não, vem!]",
        ("dance",),
    ),
)

INTENT = (
    "[queria [saber mais|umas informações|informações|entender como funciona|conhecer] [sobre {o_m}|{o_lugar}|como funciona aí|das aulas|]|"
    "[tenho interesse em|tô pensando em|quero|estou querendo|tô querendo|penso em|gostaria de|decidi] [começar {o_m}|fazer {m}|treinar aí|voltar a treinar|começar a treinar|me matricular|experimentar {o_m}]|"
    "[gostaria de|queria|preciso de] [informações|mais detalhes|umas infos] [sobre {o_m}|por favor|sobre as aulas|]|"
    "[tô|estou] procurando [uma atividade|algo|um lugar|{m}] [aqui em {bairro}|aqui perto|perto de casa|perto do trabalho|pra fazer depois do trabalho]]"
)

VAGUE = (
    "[como funciona [aí|isso|{o_m}|a aula|]?|queria saber mais|me explica como funciona?|quero informações|informações por favor|"
    "oq é {m} exatamente?|{m} é pra quem?|vi o post de vocês, como é?|{m} [é bom mesmo|funciona mesmo|cansa muito]? rs|"
    "tava curios{o} sobre {o_m}|só curiosidade, [como é a aula|o que vocês fazem aí]?|minha amiga posta todo dia daí kkk [como é|o que é isso]?]"
)
