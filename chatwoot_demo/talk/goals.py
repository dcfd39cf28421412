"""Goals and health reasons of contacts, and a gym's answers to them."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

GOALS: dict[str, tuple[str, str]] = {
    "weight": (
        "[preciso [perder|eliminar|secar] [uns|] [5|6|8|10|12|15|20] [kg|quilos]|engordei [8|10|12|15] kg [na pandemia|depois que casei|esse ano|desde que mudei de emprego] e [quero|preciso] [mudar isso|voltar ao meu peso|tomar jeito]|"
        "quero emagrecer [sem|mas odeio] [ficar horas na esteira|academia tradicional|dieta maluca]|a roupa não [fecha|serve] mais kkk [preciso|quero] emagrecer|meu [médico|endócrino] [mandou|falou pra] [emagrecer|perder peso] urgente|"
        "tô com [pré-diabetes|gordura no fígado|o colesterol nas alturas] e preciso emagrecer|fiz bariátrica [ano passado|há 8 meses|em março] e fui liberad{o} pra treinar]",
        "[isso é super possível, com constância os resultados vêm.|bora junt{o}s nessa! emagrecimento é o que mais aparece por aqui.|que bom que decidiu! {iniciante}.|a gente já viu muita gente conseguir, você vai ver.|"
        "a avaliação ajuda bastante, aí a gente acompanha mês a mês.]",
    ),
    "fitness": (
        "[quero [melhorar meu condicionamento|ter mais disposição|sair do sedentarismo|ganhar fôlego]|subo um lance de escada e já [morro|canso]|[trabalho|fico] sentad{o} [o dia inteiro|10h por dia] e [preciso me mexer|o corpo tá cobrando]|"
        "tô parad{o} [há|faz] [2|3|4|5|6] anos [e quero voltar|, quero voltar aos poucos|]|jogo [bola|vôlei|beach tennis] no fim de semana e tô [morrendo no segundo tempo|sem gás]|"
        "fazia academia mas [enjoei|desanimei|não tinha paciência], quero algo mais dinâmico]",
        "[você vai sentir diferença já no primeiro mês.|aqui o treino muda todo dia, não dá tempo de enjoar.|ótimo motivo! {iniciante}.|em 2 ou 3 semanas a disposição já é outra.|o primeiro passo você já deu, que foi chamar rs.]",
    ),
    "stress": (
        "[ando [muito estressad{o}|com a cabeça cheia|super ansios{o}] e [preciso descarregar|quero algo pra desligar]|minha [psicóloga|terapeuta|psiquiatra] [indicou|recomendou|mandou] [atividade física|exercício|eu me mexer] [pra ansiedade|]|"
        "trabalho em [hospital|banco|home office|escola] e preciso de [uma válvula de escape|um tempo pra mim]|tô saindo de um [burnout|período bem difícil] e quero [me cuidar|retomar a rotina]|preciso dormir melhor, [ando numa insônia|tô à base de café]]",
        "[a aula ajuda demais nisso, você sai outra pessoa.|muita gente vem exatamente por esse motivo. {iniciante}.|te entendo, aqui é um bom lugar pra desligar um pouco.|fico feliz que esteja se cuidando.]",
    ),
    "muscle": (
        "[quero [ganhar massa|hipertrofia|ganhar corpo|definir]|sou muito magr{o}, quero [ganhar peso|ganhar massa]|quero [crescer as pernas|definir o abdômen|ficar mais forte] [até o verão|esse ano|]|"
        "tô fazendo acompanhamento com [nutri|nutricionista] e preciso [de um treino bom|começar a treinar força]|perdi muita massa [depois da cirurgia|com o ozempic|com a dieta] e preciso recuperar]",
        "[ótimo, a gente trabalha bastante força.|com treino certo e alimentação vem resultado.|{coach} é fera nisso, vai te ajudar bastante.|dá pra montar um objetivo pra 12 semanas.]",
    ),
    "health": (
        "[tenho [pressão alta|hipertensão|diabetes tipo 2|fibromialgia|hipotireoidismo|artrose no joelho|osteoporose] e o médico [recomendou|liberou|pediu] [exercício|atividade física|fortalecimento]|"
        "operei o [joelho|ombro|menisco|tornozelo] [ano passado|em fevereiro|faz 6 meses|faz 1 ano] e [fui liberad{o}|terminei a fisio], [vocês atendem esses casos|consigo fazer]?|"
        "tenho [condromalácia|bursite no ombro|tendinite|esporão|labirintite], [posso fazer|tem restrição|dá pra adaptar]?|tive [um princípio de infarto|trombose] [ano passado|ano retrasado] e o cardiologista liberou [leve|atividade leve]]",
        "[com liberação médica dá sim, a gente adapta tudo.|atendemos vários casos assim, só traz o laudo no primeiro dia.|dá pra adaptar sim! {iniciante}.|pode ficar tranquil{o}, o importante é avisar {coach} antes da aula.|conseguimos sim, respeitando seu limite.]",
    ),
    "back": (
        "[tenho [hérnia de disco|escoliose|hiperlordose|protusão na lombar|hérnia na L5] e [sinto muita dor|o ortopedista indicou|tô travando direto]|sinto [muita dor nas costas|dor na lombar|dor no ciático|dor cervical], trabalho [sentad{o}|no computador|em pé o dia todo]|"
        "travei a coluna [semana passada|mês passado|duas vezes esse ano] e o médico [mandou fortalecer|disse pra fazer {m}]|o [fisio|ortopedista|médico] [me mandou|indicou|pediu pra eu] fazer [{m}|fortalecimento de core]]",
        "[é um caso bem comum aqui, fortalecer ajuda muito.|com a avaliação a gente vê certinho e respeita a dor.|pode trazer os exames? assim {coach} já olha.|dá pra fazer com segurança sim. {iniciante}.|melhora demais com regularidade, a gente acompanha de perto.]",
    ),
    "posture": (
        "[minha postura tá horrível, fico curvad{o} [no computador|no celular]|quero [corrigir a postura|melhorar a flexibilidade|alongar, tô toda dura]|sou [dentista|cabeleireir{o}|costureira|motorista], [vivo torta|minha postura tá péssima]]",
        "[a avaliação postural já mostra por onde começar.|é exatamente o foco do nosso trabalho.|em algumas semanas você já percebe diferença.]",
    ),
    "pregnancy": (
        "[tô grávida de [14|16|18|20|24] semanas e a obstetra liberou|estou gestante, [posso começar|a partir de quantos meses pode]?|minha médica indicou pilates na gestação|vou ter bebê em [julho|setembro|dezembro] e quero me preparar]",
        "[parabéns! trabalhamos bastante com gestantes, só precisa da liberação da obstetra.|que delícia, parabéns 💛 a partir de 12 semanas com liberação.|temos turma só de gestantes, bem tranquila.]",
    ),
    "postpartum": (
        "[tive bebê [há 4 meses|há 6 meses|faz 8 meses] e [quero voltar a me cuidar|ainda tô com a barriga|preciso sair de casa kkk]|sou mãe de [dois|três|gêmeos] e não tenho tempo pra nada, quero [começar|me cuidar]|pós-parto, tive diástase, [posso fazer|vocês trabalham isso]?]",
        "[parabéns pelo bebê! com liberação médica a gente começa devagar.|temos várias mães aqui, você vai se sentir em casa.|trabalhamos diástase sim, com exercícios específicos.]",
    ),
    "menopause": (
        "[entrei na menopausa e [tô perdendo massa|engordei muito|o corpo mudou todo]|tenho [52|55|58|61] anos e a gineco mandou fazer musculação|depois dos 50 o corpo cobra né, [preciso de força|quero fortalecer os ossos]]",
        "[musculação nessa fase faz milagre, nossa turma da manhã tem muita mulher 50+.|é o melhor remédio, viu? {iniciante}.|que bom que procurou! a gente monta um treino pensando nisso.]",
    ),
    "event": (
        "[caso em [março|maio|setembro|outubro|novembro] e quero [entrar no vestido|chegar bem|emagrecer até lá]|minha formatura é em [3|4|5] meses, [dá tempo|dá pra ver resultado]?|vou ser [padrinho|madrinha] em [dois|três] meses kkk preciso caber na roupa|"
        "tenho uma viagem de praia [em dezembro|mês que vem|nas férias] e quero [dar um up|dar uma secada]|faço [30|40|50] anos esse ano e prometi me cuidar]",
        "[dá tempo sim, bora começar logo!|que {tri}! com 3 vezes na semana já muda bastante.|adoro uma meta com data rs, dá pra fazer bastante coisa.|ótimo, a gente monta um plano até lá.]",
    ),
    "military": (
        "[vou [prestar|fazer] [concurso da PM|concurso da guarda municipal|o TAF da PRF|prova dos bombeiros] e preciso [passar no TAF|melhorar a barra|melhorar a corrida]|meu TAF é [em 2 meses|em agosto|mês que vem], [vocês preparam|dá pra preparar]?]",
        "[já preparamos vários alunos pra TAF.|dá pra focar em barra, corrida e abdominal.|bora! me manda o edital que {coach} dá uma olhada.]",
    ),
    "swim": (
        "[não sei nadar [até hoje|nada|kkk] e [quero aprender|tenho vergonha]|quero aprender a nadar [direito|antes das férias|de verdade], só sei [boiar|cachorrinho]|nadava quando era criança e quero voltar|quero fazer uma travessia [esse ano|ano que vem] e preciso melhorar [o crawl|a respiração]]",
        "[nunca é tarde, temos turma de adultos que começou do zero.|que {tri}! o professor faz um teste de nível na primeira aula.|fica tranquil{o}, {iniciante}.]",
    ),
    "fear": (
        "[tenho [pavor|muito medo|trauma] de água [desde criança|porque quase me afoguei|], [vocês trabalham com isso|será que consigo]?|nunca coloquei a cabeça debaixo d'água kkk, [tem jeito|aceitam gente assim]?]",
        "[tem muito aluno que chegou assim, a gente vai no seu tempo.|consegue sim! começa na rasinha e com o professor do lado.|é mais comum do que você imagina, pode vir sem medo.]",
    ),
    "asthma": (
        "[tenho asma e o pneumo indicou natação|tive bronquite a vida toda e [o médico|a médica] falou pra nadar|tenho rinite e bronquite, o cloro [atrapalha|faz mal]?]",
        "[natação ajuda muito na parte respiratória, temos vários casos.|a piscina é tratada com ozônio, bem mais leve que cloro.|traz a liberação do médico e avisa o professor no primeiro dia.]",
    ),
    "defense": (
        "[quero aprender [defesa pessoal|a me defender|uma luta]|[fui assaltad{o} semana passada|ando sozinh{o} à noite] e quero aprender a me defender|sempre quis [lutar|fazer {m}] mas [tinha vergonha|nunca tive coragem]|[vejo UFC toda semana|sou fã de luta], quero [sair do sofá|aprender de verdade]]",
        "[aqui é tranquilo, ambiente de respeito. {iniciante}.|a base de defesa pessoal entra desde a primeira aula.|vai gostar! o pessoal recebe muito bem quem tá chegando.]",
    ),
    "running": (
        "[corro [5k|10k|meia maratona] e quero fortalecer|tô treinando pra [maratona de porto alegre|minha primeira meia] e preciso de fortalecimento|machuquei o joelho correndo e o fisio mandou fortalecer]",
        "[temos vários corredores aqui, o fortalecimento ajuda muito.|dá pra encaixar com a sua planilha de corrida.|a gente foca em quadril e core, que é onde pega.]",
    ),
    "elder": (
        "[tenho [66|68|70|72|74] anos, [tem turma pra minha idade|é indicado]?|o geriatra [pediu|mandou fazer] exercício de força, tenho [67|71|73] anos|sou aposentad{o} e quero [me manter ativ{o}|melhorar o equilíbrio]]",
        "[temos vários alunos 70+, é um exemplo.|é super indicado, trabalhamos equilíbrio e força.|com certeza! a turma da manhã é bem animada.]",
    ),
    "fun": (
        "[amo dançar e [faz tempo que não danço|quero voltar]|quero uma atividade que não seja academia, [odeio musculação|acho chato]|quero me divertir e suar kkk]",
        "[então achou o lugar certo!|vai amar, ninguém vê a hora passar.|a turma é uma festa rs.]",
    ),
    "shy": (
        "[sou muito tímid{o}, [tenho vergonha de dançar|será que me adapto]?|tenho zero coordenação kkk, [tem jeito pra mim|dá pra aprender]?]",
        "[{iniciante}, fica tranquil{o}.|a gente acolhe todo mundo, na segunda aula já passou a vergonha.|tem jeito sim! a professora repete quantas vezes precisar.]",
    ),
}
