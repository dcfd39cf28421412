"""Questions of leads and answers of gyms, by topic."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A question and its answer; ``kinds`` are the kinds of gym it fits, all if empty."""

    ask: str
    answer: str
    kinds: tuple[str, ...] = ()


PRICE = Topic(
    "[[quanto [custa|sai|tá|é|fica|estão cobrando]|qual [o valor|o preço|é o valor|valor]|me passa [o valor|os valores|a tabela]|"
    "[podem|poderia|pode|consegue] me [passar|informar|mandar] [o valor|os valores|os preços|a tabela de preços]|"
    "[quais são|quais|como são|como funcionam|como tão] os [planos|valores|pacotes|preços]|vocês têm tabela de [preço|planos]] "
    "[pra fazer {m}|pra treinar aí|pra começar|pra 2x na semana|pra 3x na semana|pra ir todo dia|hoje|aí|por favor|]?|"
    "[quero|queria|gostaria de|preciso] saber [[o valor|o preço|os valores|os preços] [da mensalidade|{do_m}|do plano|das aulas|pra fazer {m}|pra 2x na semana|]|[quanto custa|quanto fica|quanto sai] [a mensalidade|{o_m}|o plano|por mês|pra fazer {m}|pra 3x na semana]]|"
    "[a mensalidade|o plano|{o_m}] [tá|fica|sai] [quanto|em quanto|por quanto] [hoje|agora|pra 3x na semana|]?]",
    "[temos essas opções|hoje trabalhamos assim|funciona assim|os valores são|nossos planos]:// "
    "[mensal {mensal}, trimestral {tri3}/mês e anual {anual}/mês|anual {anual} por mês, trimestral {tri3} e mensal {mensal}|"
    "no mensal fica {mensal}, no trimestral cai pra {tri3} e no anual {anual} por mês|o mensal sai {mensal}, sem fidelidade. no anual fica {anual} por mês]."
    "[// [tem algum horário de preferência?|quer conhecer {o_lugar} antes? a {exp} {exp_preço}.|não cobramos matrícula essa semana.|"
    "a taxa de matrícula é isenta no anual.|quer que eu te mande os horários também?|qualquer dúvida me fala!]|]",
)

PRICE_FOLLOW = (
    Topic(
        "[e [pagando|se pagar|fechando] [à vista|no pix|o anual] [tem desconto|melhora|faz por quanto|fica quanto]|consegue [um desconto|melhorar esse valor]|"
        "tem [algum desconto|promoção|como fazer um precinho]|não tem [nada mais em conta|um plano mais barato]|faz [um desconto|um precinho] [se eu fechar hoje|no pix|]]?",
        "[no pix à vista o anual tem 8% de desconto.|consigo 5% no pix.|desconto só no anual à vista, 10%.|o que consigo é isentar a matrícula pra você.|"
        "no momento a condição melhor é o anual mesmo, {anual} por mês.|se fechar até o fim do mês a matrícula sai de graça.|consigo o valor do trimestral no primeiro mês do mensal.]",
    ),
    Topic(
        "[tem [fidelidade|contrato|multa se cancelar]|e se eu [quiser cancelar|desistir no meio|precisar parar] [tem multa|como faz|]|precisa [assinar contrato|ficar um tempo mínimo]|o anual [prende|tem multa]]?",
        "[o mensal não tem fidelidade nenhuma.|no mensal você cancela quando quiser, no anual tem multa de 20% do que falta.|sem fidelidade no mensal. no anual dá pra trancar até 60 dias.|"
        "no mensal é só avisar antes da próxima cobrança.|só os planos longos têm contrato, e dá pra transferir pra outra pessoa.]",
    ),
    Topic(
        "[aceita[m|] [cartão|pix|débito|boleto]|[como é|quais são] [a forma|as formas] de pagamento|dá pra [parcelar|dividir no cartão|pagar no boleto|pagar dia 10]|o anual desconta [tudo|o limite todo] do cartão]?",
        "[cartão de crédito recorrente, pix ou boleto.|aceitamos cartão, pix e boleto, e você escolhe o vencimento.|no cartão é recorrente, não compromete o limite. e aceitamos pix e boleto também.|"
        "dá pra parcelar o anual em 12x sem juros, ou pix e boleto.|pix, cartão e boleto, com vencimento no dia que preferir.]",
    ),
    Topic(
        "[tem desconto pra [casal|família|estudante|professor|policial|servidor|duas pessoas]|se [for eu e minha [irmã|amiga|mãe]|for eu e {par}|forem duas pessoas] [tem desconto|fica mais barato|como fica]]?",
        "[tem sim, 10% no plano.|tem desconto de 10% no trimestral e no anual.|tem sim! 10% pra cada, é só trazer o comprovante.|nesse caso a gente faz 10% de desconto.]",
    ),
)

TIMES = Topic(
    "[[quais [são|] os horários|qual o horário [das turmas|das aulas|que tem|de funcionamento]|[tem|vocês têm|teria] [turma|aula|horário|vaga] [de manhã|à noite|no almoço|depois das 18h|depois das 19h|bem cedo|de tarde|às {noite}|às {manhã}|antes das 8h]|"
    "como são os horários [{do_m}|da noite|da manhã|]|que [horas|dias] [tem {m}|são as aulas|vocês abrem]|me passa [os horários|a grade de horários]|pode me mandar [os horários|a grade]|funciona de que horas a que horas]"
    "[ pra iniciante| durante a semana| por favor|||]?|"
    "[queria|gostaria de|preciso] saber os [horários|dias e horários] [{do_m}|das turmas|das aulas|da noite|da manhã|pra quem trabalha o dia todo|]|só consigo treinar [depois das 18h|de manhã cedo|no almoço|à noite], tem turma?]",
    "[de segunda a sexta temos {manhãs}, e depois {noites}.|[as turmas|os horários] da manhã são {manhãs} e da tarde/noite {noites}.|manhã: {manhãs}.// tarde e noite: {noites}.|"
    "durante a semana {manhãs} e {noites}, sábado {sábado}.|temos turma {manhãs}. à tarde e à noite {noites}.]"
    "[// [qual fica melhor pra você?|algum desses encaixa na sua rotina?|qual período você prefere?|o das {noite} é o mais tranquilo.|o das {noite} costuma lotar rápido.|tem vaga em todos por enquanto.]|]",
)

_CLASSES = ("crossfit", "functional", "swimming", "martial", "dance", "women", "boutique")

TOPICS = (
    Topic(
        "[[aos sábados|no sábado] [tem aula|abre|funciona]|abre[m|] [fim de semana|sábado|domingo]|tem [aula|treino] [no sábado|fim de semana]|no fim de semana, [como funciona|tem horário]]?",
        "[sábado [temos|tem] {sábado}.|aos sábados {sábado}.|sim, sábado {sábado}.|sábado sim, {sábado}.]",
    ),
    Topic(
        "[onde fica[m|]|qual [o endereço|é o endereço|o endereço certinho]|fica [em que rua|aonde exatamente|perto de onde]|me [manda|passa] [a localização|o endereço|o local]|vocês ficam [{no_bairro}|onde mesmo]|"
        "qual o ponto de referência|não achei no mapa, qual o endereço] [por favor|]?",
        "[ficamos na {endereço}, {bairro}, {ponto}.|{endereço}, {ponto}.|a gente fica na {endereço}, no bairro {bairro}, {ponto}.|{endereço} - {bairro}. é {ponto}.]",
    ),
    Topic(
        "[tem [estacionamento|lugar pra parar|onde parar o carro]|dá pra [ir de carro|estacionar perto|parar na frente]|como é [pra estacionar|o estacionamento]|é fácil [parar|estacionar]] [aí|perto|à noite|de manhã|]?",
        "[{estacionar}.|olha, {estacionar}.|então, {estacionar}.]",
    ),
    Topic(
        "[nunca [fiz {m}|treinei na vida|fiz nada parecido], [tem problema|dá certo|consigo acompanhar]|sou [bem|totalmente|super] [iniciante|sedentári{o}|enferrujad{o}], [dá pra acompanhar|tem turma pra mim|tem problema]|"
        "é [muito puxado|difícil|pesado] [pra quem tá começando|pra iniciante|no começo]|tem turma [só de iniciantes|pra quem nunca fez|nível iniciante]|precisa ter [preparo|experiência|condicionamento]|preciso já [saber|ter uma base]]?",
        "[não precisa de experiência nenhuma, {iniciante}.|fica tranquil{o}, {iniciante}.|pode vir sem medo! {iniciante}.|todo mundo começa do começo rs. {iniciante}.]",
    ),
    Topic(
        "[aceita[m|] [wellhub|gympass|totalpass|o gympass da empresa]|vocês são [do wellhub|do totalpass|parceiros do gympass]|dá pra [usar o wellhub|ir pelo totalpass|treinar com gympass]|trabalham com [gympass|totalpass|wellhub]]?",
        "[{passe}.|olha, {passe}.|então, {passe}.]",
    ),
    Topic(
        "[o que [precisa levar|eu levo|tenho que levar]|precisa levar alguma coisa|que roupa [eu uso|vou]|tem que ir com roupa específica] [no primeiro dia|na primeira aula|]?",
        "[é só trazer {levar}.|{levar}, só isso.|traz {levar}. o resto a gente tem aqui.|vem com {levar}.]",
    ),
    Topic(
        "[tem [vestiário|chuveiro|armário|ducha]|dá pra [tomar banho aí|deixar a mochila|ir direto pro trabalho depois]|vocês têm [armário com chave|chuveiro quente|vestiário completo]] [no local|aí|pra quem sai do trabalho|]?",
        "[tem sim, vestiário com chuveiro e armários. só trazer toalha.|temos vestiário completo e armários, é bom trazer cadeado.|tem sim, chuveiro e guarda-volumes.|sim, tem vestiário com ducha e armário.]",
        ("crossfit", "lowcost", "swimming", "functional", "boutique", "weights", "martial"),
    ),
    Topic(
        "[quantas pessoas [tem|são|ficam] [por turma|em cada aula|na aula]|as turmas são [muito cheias|grandes|lotadas]|[fica|é] muito [cheio|lotado] [à noite|de manhã|]|qual o tamanho das turmas]?",
        "[as turmas são pequenas, dá pra dar atenção pra todo mundo.|no máximo 14 por horário.|a gente limita as vagas pelo agendamento, então nunca lota.|"
        "o mais cheio é o das {noite}, os outros são tranquilos.|a gente controla por agendamento, nunca passa do limite.]",
        _CLASSES,
    ),
    Topic(
        "[quem [dá as aulas|são os professores|dá aula de {m}]|os professores [são formados|têm CREF|acompanham]|tem [professor|{prof}] [acompanhando|o tempo todo]|a aula é com quem]?",
        "[as aulas são com {coach}, todo mundo aqui tem CREF.|quem fica com os iniciantes é {coach}, com CREF e bastante experiência.|são todos formados e acompanham o tempo todo. à noite geralmente é {coach}.]",
        ("crossfit", "lowcost", "swimming", "martial", "functional", "women", "weights", "dance"),
    ),
    Topic(
        "[quanto tempo [dura|é] [a aula|cada aula]|a aula [é de quanto tempo|dura quanto|tem uma hora]|dá tempo de [fazer no horário do almoço|treinar antes do trabalho]]?",
        "[cada aula tem 50 minutos.|1 hora certinho, contando o aquecimento.|são 50 minutos, dá pra encaixar bem.|uma hora, com alongamento no final.]",
        (*_CLASSES, "pilates"),
    ),
    Topic(
        "precisa de [exame médico|atestado] [pra começar|antes|]?",
        "[pedimos um atestado simples em até 30 dias.|basta responder o questionário de saúde (PAR-Q) no primeiro dia.|só se tiver alguma restrição, senão o questionário de saúde resolve.]",
    ),
    Topic(
        "[tem [avaliação física|bioimpedância]|vocês fazem [avaliação física|bioimpedância|teste físico] [no começo|]|a avaliação física é [paga|à parte|obrigatória]]?",
        "[a avaliação inicial está inclusa nos planos.|tem avaliação sim, é feita na primeira semana e já está no plano.|não é obrigatória, mas recomendamos e já está no plano.]",
        ("crossfit", "lowcost", "functional", "women", "weights"),
    ),
    Topic(
        "[dá pra [fazer|ir] [só 2x|duas vezes|3x] na semana|tem plano [de 2x na semana|de duas vezes|de 3x]]?",
        "[dá sim! a maioria vem 3 vezes.|o plano de 2x sai um pouquinho mais em conta.|você escolhe quantas vezes quer vir.|dá sim, tem plano de 2x e de 3x na semana.]",
    ),
    Topic(
        "[[os dias|os horários] são fixos|posso [trocar o horário|variar os horários|ir em qualquer horário|cada dia vir em um horário]|preciso ir sempre no mesmo horário|e se eu trabalhar por escala, [dá pra variar|como faz]]?",
        "[pode variar, é só agendar com antecedência.|você escolhe os dias e marca pelo app.|os horários são flexíveis, só respeitar o limite de vagas.|não precisa ser fixo, muita gente aqui trabalha por escala.]",
    ),
    Topic(
        "[tem [personal|acompanhamento individual|treino personalizado]|quanto [é|sai] com personal|vocês oferecem personal]?",
        "[temos personal à parte, o valor é combinado com cada um.|tem sim, a partir de R$ 70 a hora.|{:next=contact}tem, te passo o contato se quiser.]",
        ("lowcost", "weights", "women", "functional"),
    ),
    Topic(
        "[tem nutricionista aí|vocês indicam [nutri|nutricionista]|o plano inclui nutricionista]?",
        "[temos uma nutri parceira, com desconto pra aluno.|a nutri atende aqui às quartas, é à parte.|não inclui, mas indicamos uma parceira ótima.]",
        ("lowcost", "weights", "women", "crossfit", "boutique"),
    ),
    Topic(
        "[o kimono [precisa comprar|vocês emprestam|tá incluso]|preciso comprar [luva|kimono] [logo de cara|pra começar|]|pode [ir de calça e camiseta|treinar sem kimono] [no começo|]]?",
        "[nas primeiras aulas a gente empresta, depois vale ter o seu.|pro primeiro mês não precisa comprar nada, a gente empresta.|a gente empresta no começo. depois tem aqui na loja, a partir de R$ 180.]",
        ("martial",),
    ),
    Topic(
        "[a piscina é [aquecida|coberta]|qual a temperatura da piscina|a água é [aquecida|quente]]?",
        "[é coberta e aquecida, fica em torno de 30 graus.|aquecida o ano todo.|sim, coberta e aquecida a 30 graus.]",
        ("swimming",),
    ),
    Topic(
        "[a piscina é [funda|muito funda]|dá pé na piscina|qual a profundidade]?",
        "[tem a rasa, de 1,10, e a semiolímpica.|na rasinha dá pé pra todo mundo, tem 1,10.|a de iniciante tem 1,10 de profundidade.]",
        ("swimming",),
    ),
    Topic(
        "[é [pilates de aparelho|com reformer|em aparelhos ou solo]|qual a diferença do aparelho pro solo|vocês usam [reformer|aparelho]]?",
        "[é nos aparelhos: reformer, cadillac e chair.|trabalhamos com aparelhos, e o solo entra como complemento.|as duas coisas, a gente monta de acordo com a sua avaliação.]",
        ("pilates",),
    ),
    Topic(
        "[quantas pessoas [por horário|por sessão]|a aula é [individual|em grupo]|quem dá a aula é [fisioterapeuta|fisio]]?",
        "[{iniciante}, sempre com fisioterapeuta.|{iniciante}. quem acompanha é {coach}.]",
        ("pilates",),
    ),
    Topic(
        "[os créditos [vencem|expiram|valem quanto tempo]|o pacote de [5|10] aulas [vale quanto tempo|expira]]?",
        "[o pacote de 5 vale 30 dias e o de 10 vale 60.|valem por 60 dias.|o de 10 aulas você usa em até 60 dias.]",
        ("boutique",),
    ),
    Topic(
        "[como [reservo|marco] a bike|posso escolher a bike|e se eu precisar cancelar a reserva em cima da hora]?",
        "[você reserva a bike pelo app, até 7 dias antes, e dá pra cancelar até 6h antes.|é tudo pelo app: escolhe a bike no mapa e cancela até 6h antes sem perder o crédito.]",
        ("boutique",),
    ),
    Topic(
        "[é só mulher mesmo|é só pra mulher né|é exclusiva pra mulheres mesmo|tem homem [trabalhando|treinando] aí]?",
        "[só mulheres, alunas e professoras!|100% feminina, inclusive a equipe.|só mulherada por aqui, pode ficar à vontade.|é um espaço só nosso.]",
        ("women",),
    ),
    Topic(
        "[precisa ter par|posso ir sozinh{o}|vou sem par, tem problema|não tenho par pra dançar, como faz]?",
        "[não precisa de par, a turma troca bastante.|pode vir sozinh{o}, é o que mais tem.|a gente reveza os pares na aula.|precisa não, vem!]",
        ("dance",),
    ),
)

INTENT = (
    "[queria [[saber mais|umas informações|informações] [sobre {o_m}|sobre as aulas|de como funciona|]|entender como funciona [{o_m}|aí|]|conhecer [{o_lugar}|{o_m}|aí]]|"
    "[tenho interesse em|tô pensando em|quero|estou querendo|tô querendo|penso em|gostaria de|decidi] [fazer {m}|treinar aí|voltar a treinar|começar a treinar|me matricular|experimentar {o_m}]|"
    "[gostaria de|queria] [informações|mais detalhes|umas infos] [sobre {o_m}|por favor|sobre as aulas|]|"
    "[tô|estou] procurando [uma atividade|um lugar pra treinar|{m}] [aqui {no_bairro}|aqui perto|perto de casa|perto do trabalho|pra fazer depois do trabalho]]"
)

FIRST_QUESTIONS = (
    ("[você já treina?|já treina em algum lugar?|tá treinando hoje?]",
     "[ainda não|não, parad{o} há [um tempo|2 anos|uns meses]|treinei [ano passado|até o fim do ano]|só caminhada por enquanto|nunca treinei sério|treino em casa, mas sem acompanhamento|comecei mês passado em outro lugar e não gostei|faço corrida só]"),
    ("[já fez {m} antes?|já conhece {o_m}?]",
     "[nunca|nunca fiz|ainda não|fiz [uma aula só|uns meses há anos|um tempinho]|só vi vídeo rs|já, [uns 2 anos atrás|em outra cidade|faz tempo]|conheço pouco]"),
    ("[qual período você prefere, manhã ou noite?|você tem mais tempo de manhã ou à noite?]",
     "[de manhã|à noite, saio do trabalho às 18h|manhã, bem cedo|depois das 18h|mais no fim do dia|tanto faz|manhã por causa das crianças|à noite mesmo|no horário do almoço se tiver]"),
    ("[você já conhece {o_lugar}?|já veio conhecer {o_lugar}?]",
     "[ainda não|só de passar na frente|não, só pelo instagram|fui uma vez com uma amiga|ainda não, mas moro perto|conheço de vista]"),
    ("[seria pra você mesm{o}?|é pra você?]", "[sim, pra mim|é pra mim mesm{o}|sim|pra mim e talvez pra minha irmã|sim, só pra mim]"),
)  # fmt: skip

VAGUE = (
    "[como funciona [aí|isso|{o_m}|a aula|]?|queria saber mais|me explica como funciona?|quero informações|informações por favor|"
    "oq é {m} exatamente?|{m} é pra quem?|vi o post de vocês, como é?|{m} [é bom mesmo|funciona mesmo|cansa muito]? rs|"
    "tava curios{o} sobre {o_m}|só curiosidade, [como é a aula|o que vocês fazem aí]?|minha amiga posta todo dia daí kkk [como é|o que é isso]?]"
)
