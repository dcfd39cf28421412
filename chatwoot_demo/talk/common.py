"""Common phrases: greetings, thanks, goodbyes, bots."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

HELLO = (
    "[oi|oi|olá|oii|oie|opa|oi gente|oi pessoal|{bom}|{bom}|{bom}|oi, {bom}|olá, {bom}|opa, {bom}|"
    "oi, tudo bem?|oi, tudo bom?|{bom}, tudo bem?|{bom}, tudo bom com vocês?|olá, tudo certo?|e aí, beleza?]"
)

FORMAL_HELLO = "[olá, {bom}|{bom}|prezados, {bom}|olá|{bom}, tudo bem?]"

AGENT_HELLO = (
    "[oi{nm}, {bom}!|olá{nm}, tudo bem?|{bom}{nm}!|{bom}{nm}, tudo bem?|oi{nm}! tudo bem?|oi{nm}, aqui é {agente}!|"
    "{bom}{nm}, aqui quem fala é {agente}!|oi oi{nm}!|oi{nm}! {agente} aqui {do_lugar}.|oi{nm}!|opa{nm}, {bom}!|oi{nm}, tudo certo?]"
)

AGENT_WELCOME = (
    "[oi{nm}, {bom}!|olá{nm}, tudo bem?|{bom}{nm}!|{bom}{nm}, tudo bem?|oi{nm}! tudo bem?|oi{nm}, aqui é {agente}!|"
    "{bom}{nm}, aqui quem fala é {agente}!|oi oi{nm}!|oi{nm}! {agente} aqui {do_lugar}.|olá{nm}! que bom seu contato.|"
    "oi{nm}, seja bem-vind{o}!|{bom}{nm}! obrigad{ag} pelo contato.|oi{nm}!|oi{nm}! prazer, {agente}.|opa{nm}, {bom}!]"
)

THANKS = (
    "[obrigad{o}|muito obrigad{o}|obrigad{o} viu|valeu|valeu mesmo|brigad{o}|perfeito, obrigad{o}|show, obrigad{o}|"
    "ótimo, obrigad{o}|obrigad{o} pelas informações|obrigad{o} pela atenção|entendi, obrigad{o}|ah tá, obrigad{o}|"
    "beleza, valeu|legal, obrigad{o}|maravilha, obrigad{o}|tá bom, obrigad{o}]"
)

OK = (
    "[ok|tá bom|beleza|certo|entendi|perfeito|show|ótimo|ah sim|ah entendi|joia|blz|uhum|combinado|ah tá|"
    "{tri}|massa|maravilha|tranquilo|fechou|tá certo|ok ok|bacana|entendido]"
)

WELCOME = (
    "[imagina|por nada|de nada|nós que agradecemos|disponha|estamos à disposição|qualquer dúvida é só chamar|"
    "qualquer coisa me chama|imagina{nm}|magina|eu que agradeço|tamo junto|conta com a gente]"
    "[!|!|, {bom}!|, até mais!|.]"
)

NUDGES = (
    "[oi?|alguém?|??|?|oi, alguém pode me responder?|ainda tem alguém aí?|olá?|alguém aí?|vocês atendem por aqui?|"
    "oi, conseguiu ver minha mensagem?|bom, ninguém responde né|acho que não atendem por aqui né|"
    "oii, continuo esperando rs|vou tentar ligar então]"
)

SOURCES = (
    "[vi [o|um] [anúncio|post|story|vídeo|reels] de vocês [no instagram|no insta|aqui no insta|no face|]|"
    "[uma amiga|um amigo|minha irmã|minha prima|meu vizinho|uma colega do trabalho|minha cunhada|meu primo|um conhecido] "
    "[treina aí|faz aula aí|me indicou vocês|falou super bem de vocês|me passou esse contato]|"
    "achei vocês [no google|no google maps|pesquisando aqui]|"
    "[passei|passo sempre|passei hoje|passei ontem] [aí na frente|em frente {ao_lugar}|na frente {do_lugar}]|"
    "moro [aqui perto|pertinho|a duas quadras daí|no bairro|na rua de trás]|"
    "me mudei [agora|faz pouco tempo|mês passado|essa semana] [pro bairro|aqui pra perto|pra cá]|"
    "trabalho [aqui perto|pertinho daí|aqui {no_bairro}]|peguei o contato [no site|no google|no instagram de vocês]]"
)

WILL_THINK = (
    "[vou [ver|olhar] [aqui|certinho|direitinho] e [te aviso|te falo|aviso vocês|retorno]|"
    "vou [pensar|analisar|dar uma pensada|me organizar] e [te aviso|qualquer coisa chamo|retorno]|"
    "vou conversar com [{par}|minha mãe|o pessoal aqui de casa|minha amiga] e [te falo|te aviso|volto a falar]|"
    "deixa eu [ver minha escala|olhar minha agenda|ver como fica minha semana|receber] [primeiro|] e [te chamo|te falo|aviso]|"
    "qualquer coisa [eu|] [passo aí|dou uma passada aí|apareço aí]|mês que vem [eu vejo isso|eu entro|me organizo e vou]|"
    "vou [comparar|pesquisar mais um pouco|ver umas outras opções] e te falo]"
)

FAREWELL_AGENT = (
    "[claro|tá bom|combinado|perfeito|sem problemas|tranquilo|fica à vontade]{nm}[!|!|.] "
    "[qualquer dúvida [me chama|é só chamar|tô por aqui|estamos aqui].|te espero aqui!|vai ser um prazer te receber.|"
    "quando quiser [marcar|agendar] [a {exp}|sua {exp}] é só me chamar.|estamos à disposição!|"
    "se quiser conhecer antes, [pode passar|é só passar] aqui sem compromisso.|{:next=contact}fico no aguardo!]"
)

BOT_WELCOME = {
    "gralha-azul": "[Olá! Aqui é o Gralha, assistente virtual do Box Gralha Azul 🐦\n\nDigite:\n1 - Quero conhecer o box\n2 - Planos e horários\n3 - Já sou aluno\n4 - Outros assuntos|"
    "Opa! Eu sou o Gralha, o robô do Box Gralha Azul 🐦 Já já um humano te atende. Enquanto isso, escolha:\n1 - Quero conhecer\n2 - Planos e horários\n3 - Sou aluno\n4 - Outros]",
    "giga-ritmo": "Oi! Eu sou a Giga, atendente virtual 🤖\nEscolha uma opção:\n1️⃣ Planos e matrícula\n2️⃣ Horários e aulas\n3️⃣ Já sou aluno\n4️⃣ Trabalhe conosco\n5️⃣ Falar com atendente",
    "boto-natacao": "Olá! Sou o Botinho 🐬 da Boto Escola de Natação. Me diga o que precisa:\n1 - Turmas e valores\n2 - Aula experimental\n3 - Já sou aluno ou responsável",
    "funcional-guaiba": "Oi! Aqui é a Guaibinha, assistente do Funcional Guaíba. Em instantes alguém da equipe te responde.\n1 - Quero treinar\n2 - Horários\n3 - Já treino aqui",
    "mare-bike": "Oiê! Que bom te ver por aqui 🌊 Já já a gente te responde. Se preferir, escolhe aqui:\n1 - Primeira aula\n2 - Pacotes\n3 - Já sou cliente",
}

BOT_CHOSEN = (
    "[Certo! Um atendente vai continuar com você em instantes.|Anotado 👍 Já estou chamando alguém da equipe.|"
    "Perfeito! Já passei sua mensagem para o nosso time.|Ok! Aguarde um momento, por favor.]"
)
