"""Rules on how a turn is answered: yes, no, perhaps, moved, called off, or just small talk."""

from geniai_pipeline.analysis.local.matcher import Kind, Rule

RULES = (
    Rule(
        "yes",
        Kind.YES,
        "aceitou",
        """
        ^ sim|claro|fechado|fechou|combinado|combinadissimo|beleza|ok|perfeito|perfecto|confirmado
          |confirmo|bora|partiu|vamos|isso|otimo|otima|show|top|massa|joia|joinha|serve|aceito
          |topo|certo|uhum|blz|demorou|tranquilo|marcado|agendado|reservado|anotado|excelente
          |maravilha|legal|certinho|demoro|si|dale|yes|yeah|yep|sure|great|deal|positivo|lindo|feito
          |suave|firmeza|simm
        sim
        ^ pode vir|colar|passar|aparecer|chegar|trazer|contar|deixar|vim
        (e) so chegar|vir|colar|aparecer
        na lista|agenda|grade
        coloquei|coloco|inclui|lancei|registrei|separei
        confirmad*|combinad*|fechad*|agendad*|marcad* $
        ^ certissimo|otimo|certeza|adoraria
        adoraria|amaria|quero muito|sim|demais|$
        ^ confirmad*|combinad*|fechad*
        chego|passo|apareco|vou estar ai|la|nesse|nessa
        ^ (vou) (querer) (prefiro) (pode) (ser) o|a|as|os de|das|do|da|primeira|primeiro|segundo
          |@weekday
        ^ pode $|ser|sim|marcar|agendar|reservar|fazer|mandar|deixar|confirmar|vir|anotar|claro|,
        ^ quero $|sim|muito|,|agendar|marcar|ok|fazer|joinha
        ^ com certeza
        ^ por mim
        ^ eu quero|topo|aceito|consigo|posso|vou $|sim|muito|,
        ^ vou|topo|aceito|posso $|sim|com
        me coloca|poe|bota|inclui|anota|encaixa nesse|nessa|neste|nesta|nele|nela|la|entao|$
        ^ ta|esta|tudo bom|certo|bem|otimo|marcado|confirmado|combinado|joia|agendado
        ^ (para) (mim) (ai) (eu) (assim) consigo|fica|ficou|serve|posso|vou|consegue|e|adoraria $
          |sim|bom|otimo|perfeito|melhor|,
        ^ sounds|looks good|great
        fechou|fechado|combinado|agendado|agendada|agendei|marcado|marcada|marquei|confirmado
          |confirmada|reservado|reservada|reservei|anotado|anotei
        da|dar certo|sim
        fica|ficou|ta|esta|achei otimo|bom|perfeito|maravilhoso|ideal|show
        fica|ficou marcado|agendado|agendada|confirmado|para|entao|@weekday
        esta|ta marcado|marcada|agendado|agendada|confirmado|confirmada
        te|lhe|vos aguardo|aguardamos|espero|esperamos|vejo
        esperamos|aguardamos voces|voce|por|sua
        ate la|amanha|ja|mais|logo|segunda|terca|quarta|quinta|sexta|sabado|domingo|hoje
        estarei|estaremos ai|la
        vou sim|comparecer
        ai sim
        pode (sim) vir|marcar|agendar|ser|deixar
        podemos|consigo|consegue|pode|tem|temos|posso|vou|e|fica|da sim
        esse|essa|nesse|neste|primeiro|segundo|prefiro (horario) (mesmo) esta|serve|mesmo|otimo
          |perfeito|bom
        procura|procure|pergunte|pergunta|fala (por|a|o|pela|pelo) (com) (a|o) ... recepcao|mim
          |professor|recepcionista|comigo|balcao
        ^ esta|ta|ok|blz $|,
        ^ confirma|confirmado|contem|conte
        estou ai|la
        sounds good|great
        see you
        pode confirmar|contar|marcar
        ^ mantid*|convem|perfeitamente|positivo
        de acordo
        deixei|coloquei|anotei|inclui ... nome|lista|portaria|vaga
        super bem|certo
        (me) cai|caiu bem|perfeito
        encaixo|encaixei
        to|tou|estou dentro $|,
        ^ (eu) vou|vamos levar|trazer ele|ela|eles|elas|@relative
        ^ cola|vem|brota|chega|passa|pinta ai|aqui|ca|sim|mano
        tmj
        sem problema|problemas
        tranquilo|imagina , pode|te
        chego|passo|apareco sim|$
        remarcado|remarcada|remarquei|reagendado|reagendada|confirmadissim*
        oba|eba|uhu|aeee|partiu
        """,
        "pode ser",
        "quanto custa?",
        unless="""
        ate|fica|esta|ta|estamos|espaco|turma|ja ... lotado|lotada|cheio|cheia|esgotado|fechado
          |fechada
        fechou|fecha|fechamos (a|as|o|ja|de) turma|turmas|lista|vagas|horario|@weekday|as|mais|cedo
        ja|turma|lista fechou
        se ... confirmado|confirmar
        """,
    ),
    Rule(
        "no",
        Kind.NO,
        "recusou",
        """
        ^ nao|no|infelizmente
        nenhum|nenhuma|nenhuno
        vou estar|estarei (em) reuniao|ocupado|ocupada|viajando|fora|em
        nao|infelizmente (vou) da|dar|posso|consigo|rola|temos|tem|conseguir|trabalho|consegue
          |tenho|poderei|quero|obrigado|abrimos|abriremos|abre|funcionamos|funciona|teremos|havera
          |estamos|vai
        lotado|lotada|esgotado|esgotada|cheia|cheio|indisponivel
        nao , obrigado
        @weekday ... trabalho|estudo|viajo|viajando|ocupado|ocupada
        @weekday ... tenho compromisso|aula|prova|medico|reuniao|plantao
        @weekday (eu) (ja) tenho|estou|dou|estudo|trabalho|viajo
        muito|mt|bem|mega cedo|tarde para|demais|$|,
        not sure|available
        cant|cannot
        no puedo|puede|podre|podemos
        estamos|esta|estaremos|estara|e fechados|fechado|fechada|feriado
        fica|ficou|e ruim|dificil|complicado
        hoje|amanha ... complicou|complicado|apertou|enrolou
        @weekday (eu) (tambem) nao $|,|da|posso|consigo|rola|vai
        encheu|lotou|lotado|lotada|esgotou|esgotaram|esgotado|esgotada
        ja|esta|ta|turma (ja) (esta) cheio|cheia|fechou|completa|completo
        fechou a|as turma|lista|vagas
        tenho (um|uma) compromisso|dentista|medico|reuniao|prova
        to|tou|estou|entro|pego no|na|em|de servico|trabalho|trampo|facul|faculdade|escola|curso
          |plantao|reuniao
        @weekday e|tem|sera (o|a|meu|minha|dia) aniversario|batizado|casamento|prova|formatura
          |feriado
        |plantao|culto|missa|ensaio|jogo
        @weekday (eu) (to|tou|estou) em|no|na|fora
        """,
        "não posso amanhã",
        "posso sim",
        unless="""
        @weekday (eu) tenho livre|disponivel|disponibilidade|tempo|vaga|horario|folga
        no|na mesmo|mesma|parte|hora|turma|aula
        sem problema|problemas
        problema|problemas nenhum|algum
        """,
        negatable=False,
    ),
    Rule(
        "maybe",
        Kind.MAYBE,
        "deixou em aberto",
        """
        talvez|tentar|tento|quem|possivelmente|provavelmente|acho|depende|maybe
        se eu|der|conseguir|sair|puder|tudo|sobrar|chover|nao
        quando (eu) der|tiver|puder|sobrar|conseguir
        vou|preciso|tenho|deixa ... ver|verificar|confirmar|checar|consultar|pensar|olhar|falar
          |combinar
        te|lhe ... aviso|confirmo|falo|retorno|respondo|digo|chamo|informo
        aviso|confirmo depois|voce|mais|amanha|tarde
        qualquer dia|hora|coisa
        ver com|se|certinho
        mais tarde confirmo
        outro|outra|depois|qualquer dia|hora|semana|a|eu ... vejo|gente|remarca|remarcamos|marco
          |marca|combino
        depois vejo|confirmo|aviso|falo
        let me check|see|confirm
        not sure
        ver|checar|consultar (com) minha|meu|a|o escala|agenda|marido|esposa|pai|mae|chefe
        ^ se o|a|eu|der|nao|tudo|sobrar|conseguir
        se ... eu vou|passo|apareco|chego
        """,
        "talvez eu vá sábado 9h",
        "vou sábado 9h",
        unless="""
        qualquer coisa
        te espero
        """,
        negatable=False,
    ),
    Rule(
        "cancels",
        Kind.CANCEL,
        "desmarcou",
        """
        nao (vou) (mais) (eu) consigo|conseguir|conseguirei|posso|poderei|poder|dar|irei|vou|da
          |rola|consegui (mais) (ir|comparecer|hoje|amanha|mais|chegar|vir|no|na|@weekday|, |$)
        nao vai dar|rolar|ser
        nao vou mais $|,|ta|esta|ir
        acabou|acaba de lotar|encher|esgotar|fechar
        nao vou|irei|poderei (mais) (poder) ir|comparecer|conseguir|dar
        desmarcar|desmarca|desmarque|cancelar|cancela|cancele|remarcar|remarca|reagendar|adiar
        surgiu|apareceu|tive|aconteceu|deu um|uma ... imprevisto|reuniao|viagem|problema
          |compromisso|emergencia
        imprevisto
        precisamos|preciso remarcar|desmarcar|adiar|cancelar
        cant make|come
        perdi a hora
        deixa|deixar|fica para outro|outra
        lembrei|esqueci ... tenho|dentista|medico|prova|compromisso|reuniao
        ter|terei|vou (que) (de) adiar|remarcar|desmarcar
        """,
        "gente não vou conseguir ir hoje",
        "vou conseguir ir hoje",
        unless="""
        quando|posso ... cancelar ... quiser|?
        se|caso ... cancelar|remarcar|desmarcar|reagendar|imprevisto|conseguir|puder
        """,
        negatable=False,
    ),
    Rule(
        "changes",
        Kind.CHANGE,
        "mudou o combinado",
        """
        mudar|mudo|muda|trocar|troca|alterar|passar|passa|antecipar ... para|horario|dia|@weekday
        em vez|lugar de
        so|somente|apenas (consigo|posso|da) depois|apos|antes|partir
        na verdade
        outro|outra dia|horario|hora|data
        pode|podemos|podia ser mais|antes|depois|outro
        consegue|consigo|tem mudar|outro|mais
        um|pouco mais tarde|cedo
        mais tarde|cedo ?
        outro dia|horario
        """,
        "consegue mudar pra quarta 20h?",
        "quero quarta 20h",
    ),
    Rule(
        "same_time",
        Kind.SAME_TIME,
        "manteve a hora",
        "mesmo|mesma|nesse|esse|neste|desse (mesmo) horario|hora|horaro",
        "pode ser amanhã no mesmo horário?",
        "é isso mesmo",
    ),
    Rule(
        "phone_call",
        Kind.CALL,
        "combinou uma ligação",
        """
        ligo|ligar|ligamos|ligacao|telefonar|telefono|retorno|retornar|retornamos|telefonema
        chamada de video
        """,
        "Te ligo amanhã às 10h para combinar",
        "Te espero amanhã às 10h",
    ),
    Rule(
        "about_the_gym",
        Kind.ABOUT_GYM,
        "falou da academia",
        """
        voces|academia|daqui|dai|studio|box|unidade|ct
        ai|la ?
        @class
        @price
        @train
        comecar|comeca|comeco|iniciante|iniciantes|sedentario
        """,
        "vcs são 24h?",
        "qual seu telefone?",
    ),
    Rule(
        "small_talk",
        Kind.SMALL_TALK,
        "só conversou",
        """
        tudo bem|bom|certo|joia|ok|tranquilo|beleza ... ?
        como vai|esta|estao|vao|voce|voces|vc $|?
        ^ quem e|fala
        ^ com quem
        alguem ai|online|pode
        posso|pode|podem|poderia ... ajudar|ajuda|tirar|informar|perguntar|falar
        que tal ?
        how are|you
        e voce|voces|vc
        certo|ne|ok ?
        """,
        "Oi, tudo bem?",
        "Tem aula de dança?",
        negatable=False,
    ),
)
