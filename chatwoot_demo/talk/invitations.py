"""Phrases of visits and enrolments: requests, proposals, confirmations, reminders."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

ASK_TRIAL = (
    "[tem [{exp}|aula teste|como fazer uma aula antes]|como faço pra [marcar|agendar] [a|uma] {exp}|dá pra fazer [uma|a] {exp} [antes|essa semana|pra conhecer|]|queria [marcar|agendar|fazer] uma {exp}[, como faço|, tem vaga essa semana|, ainda tem]|"
    "[posso|consigo|daria pra] [ir conhecer|fazer uma aula pra ver se gosto|visitar {o_lugar}|conhecer o espaço] [antes|antes de fechar|essa semana|]|vocês [fazem|oferecem|têm] {exp}]?"
)

OFFER = (
    "{:visit=proposed}[claro!|com prazer!|bora!|vai ser um prazer!|ótimo!|opa, claro!] [a {exp} {exp_preço}.|a {exp} {exp_preço} e você [já sente|conhece] como é.|]// "
    "[tenho vaga|consigo te encaixar|pode ser|tem lugar|que tal] {dia} às {hora} [ou {dia2} às {hora2}|ou {dia2}, {hora2}|, ou se preferir {dia2} às {hora2}]?[ qual [prefere|fica melhor]?| o que acha?|]"
)

ASK_WHEN = (
    "[claro!|com prazer!|opa, bora!|vamos marcar!|ótimo!] [a {exp} {exp_preço}.|]// "
    "[qual dia e horário [fica melhor|você prefere]?|você prefere manhã ou noite?|qual o melhor dia pra você?|que horário você costuma ter livre?|{:next=contact}me fala um dia e horário que eu já vejo a vaga.]"
)

WANTS_SLOT = (
    "{:visit=proposed}[{dia} às {hora} [tem|dá|rola|pode ser|seria possível]?|pode ser {dia} [às|umas] {hora}?|{dia}, {hora}, [tem vaga|dá certo]?|prefiro {dia}, [teria|tem] às {hora}?|consigo {dia} às {hora}|"
    "eu só posso depois do trabalho, {dia} {hora} dá?|acho que {dia} umas {hora}|{dia} {hora} fica bom pra mim]"
)

AGENT_CONFIRMS = (
    "[perfeito|fechado|combinado|marcado|agendado|prontinho|show|maravilha|ótimo]{nm}[!|!|.] "
    "[então fica {dia} às {hora}.|te esperamos {dia} às {hora}.|{dia}, {hora}, já deixei [seu nome na lista|reservado|na agenda].|sua {exp} ficou pra {dia} às {hora}.|{dia} às {hora} com {coach}.]"
    "[// [chega uns 10 minutinhos antes|vem 15 min antes] [pra fazer o cadastro|pra gente te mostrar tudo|] e traz {levar}.|// traz {levar}.|// qual seu nome completo pra eu cadastrar?|// endereço: {endereço}, {ponto}.|]"
)

FREE_WHEN = "[qualquer dia [pra mim tá bom|serve|tá ótimo][, pode escolher|]|meu horário é flexível, [pode escolher|vê aí o que tem|qualquer dia serve]|tanto faz o dia[, o que tiver vaga|, escolhe você|]|pode marcar [o que tiver|quando tiver vaga]|o primeiro que tiver [vaga|livre]]"
AGENT_FIXES = "{:visit=proposed}[então fica|então marquei|fica assim então:|vamos de|deixei você na turma de] {data} às {hora}[, combinado?|, pode ser?|.|, tá bom?|, te espero!]"
CONTACT_FIXES = "[então fica|então eu vou|fica marcado|vou|pode deixar pra] {data} às {hora}[ então|, combinado?|, pode ser?|, tá?|]"

ACCEPTS = (
    "[{dia} às {hora} [então|tá ótimo|perfeito|fica bom|pode ser|pra mim é melhor]|pode ser {dia} [às {hora}|{hora}]|prefiro {dia} {hora}|{dia} {hora} tá [ótimo|bom|perfeito]|fecho {dia} às {hora}|"
    "vou querer {dia} às {hora}|{dia} às {hora}, pode marcar|marca {dia} {hora} [por favor|pra mim|então]|quero [o de|a de] {dia} às {hora}|{dia} é melhor, às {hora} então|bora {dia} {hora}]"
)

LOOKS_FORWARD = (
    "[combinado[, até lá|]|até lá|perfeito, [até {dia}|estarei aí]|ótimo, vou sim|show, até {dia}|beleza, {dia} tô aí|fechado então|tá marcado|obrigad{o}, até lá|ansios{o} já rs|"
    "tô com medo kkk mas vou|ok, vou levar [tudo|certinho]|posso levar uma amiga? kkk brincadeira, até {dia}|já separei o tênis rs]"
)

MISSED = "[sentimos sua falta [hoje|na aula], aconteceu algo|não te vi na aula, aconteceu algo|você não conseguiu vir, deu algum imprevisto|ficamos te esperando na aula, tá tudo bem]? [quer remarcar?|me avisa se quiser outro dia.|]"
MISSED_ASK = "[desculpa, [esqueci completamente|tive um imprevisto|não consegui sair do trabalho]|nossa, mil desculpas, dormi demais|me perdoa, meu filho passou mal e nem avisei][!|.] [posso ir {dia} às {hora}?|dá pra remarcar pra {data} às {hora}?|tem vaga {dia} às {hora}?]"
MISSED_LOST = "[{:lost=other}acabei desistindo, [a rotina tá puxada|não é o momento]|{:lost=hours}não consigo chegar nesse horário, vou ter que desistir|{:lost=competitor}acabei fechando em outro lugar|{:lost=distance}ficou longe pra mim, não vou conseguir][, desculpa|, obrigad{o}|]"

REMINDER = "[{hello}|oi{nm}!|{bom}{nm}!] [passando pra lembrar|só lembrando|lembrete] [da sua {exp}|da {exp}] [{dia} às {hora}|{dia}, {hora}][. podemos confirmar?|, tá de pé?|, tudo certo pra vir?|. confirma pra mim?|!]"
CONFIRMS = "{:confirmed=yes}[confirmad{o}|tudo certo|sim, vou sim|tá de pé|confirmo|vou sim[, até daqui a pouco|]|com certeza|pode confirmar|sim!|estarei aí|confirmadíssim{o}]"

AFTER_CLASS = "{:visit=done}[{hello}|oi{nm}!|e aí{nm}!|{bom}{nm}!] [o que achou da aula|e aí, gostou da {exp}|como foi a {exp} pra você|como tá o corpo depois da {exp}|sobreviveu rs|curtiu a aula com {coach}]?"
LIKED = (
    "[amei|adorei|gostei [muito|demais]|curti [demais|bastante]|nossa, [amei|adorei|que aula]|foi {tri}|foi muito bom|tô [moíd{o}|quebrad{o}|toda doída|sem andar] [kkk|rs|hoje] mas [amei|adorei|valeu a pena|curti]]"
    "[!|.|] [// [{coach} é [ótim{x}|um amor|demais]|o pessoal é muito [acolhedor|gente boa]|o ambiente é bem {tri}|não imaginava que ia gostar tanto|dormi feito pedra|fazia tempo que não suava assim].|]"
)
DISLIKED = (
    "[gostei mas [achei puxado|achei meio caro|não sei se é pra mim|o horário ficou ruim pra mim|fiquei com dor no joelho]|foi legal, mas [vou pensar|acho que prefiro outra coisa|achei muito cheio]|"
    "sinceramente achei [muito cheio|pesado demais|diferente do que esperava]]"
)

WANTS_TO_ENROL = (
    "[quero [fechar|fazer a matrícula|me matricular|começar] [o plano [mensal|trimestral|anual]|já|essa semana|semana que vem|]|como faço [pra fechar|a matrícula|pra me matricular]?|vou [fechar|ficar com|querer] o [anual|trimestral|mensal]|"
    "decidi, vou [entrar|fechar|começar]|pode [fazer minha matrícula|me mandar o link|mandar o contrato]|bora fechar[, qual o próximo passo?|, me manda o link|]|quero [entrar|começar] já, [como pago|me passa o pix|manda o link]]"
)
ENROL_STEPS = (
    "[que notícia boa!|aee!|oba!|boa!|que ótimo{nm}!|seja muito bem-vind{o}!|uhuu!] "
    "[me manda [nome completo e e-mail|seu nome completo e e-mail|nome completo, e-mail e a forma de pagamento] [pra eu fazer o cadastro|que já preparo o contrato|que eu te mando o link].|"
    "[no cartão ou pix?|prefere pix ou cartão?]// me passa também seu nome completo e e-mail.]"
)
ENROL_DATA = "[{nome_completo}[, email {email}|// {email}|, {email}]|é {nome_completo}, {email}|segue: {nome_completo}// e-mail {email}|[pix|no cartão|pode ser no pix|cartão mesmo]. {nome_completo}, {email}]"
ENROL_PAID = (
    "{:outcome=won}[[paguei|acabei de pagar|fiz o pix|feito|preenchi tudo|já paguei aqui|assinei o contrato]"
    "[, segue o comprovante|, olha o comprovante|, confere pra mim|, caiu aí?|, deu certo?|]]"
)
ENROL_DONE = (
    "[confirmado{nm}!|tudo certo por aqui!|recebido!|matrícula feita!|pronto, matrícula ativa!|caiu certinho!] "
    "[seu plano [já tá ativo|começa hoje|começa amanhã].|bem-vind{o} {ao_lugar}!|já liberei seu acesso no app, olha seu e-mail.|seja bem-vind{o} à família!|baixa o app pra marcar as aulas, o login é seu e-mail.]"
)
