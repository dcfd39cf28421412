"""Rules on decisions: to try, to enrol, to give up, to refuse."""

from geniai_pipeline.analysis.local.matcher import Kind, Rule

RULES = (
    Rule(
        "trial",
        Kind.TRIAL,
        "pediu aula experimental ou visita",
        """
        aula|treino|dia|semana experimental|teste|gratis|cortesia
        experimental
        free trial|class|session|pass
        aula de|muestra teste|gratis|muestra
        primeira aula|vez
        marcar|agendar|fazer|agendo|marco|reservar|conseguir ... visita|avaliacao|experimental
          |horario|aula|aulinha|teste|tour
        @want|posso|como|consigo|pode|bora|vamos|quero|para|da marcar|agendar|agenda|agendamento
          |visitar|experimentar|reservar
        ^ (quero) agendar|marcar
        conhecer ... @venue
        @want|posso|para|consigo|ir|passar|levar|vou|pode|vir conhecer
        @want visitar|conhecer|experimentar|testar
        conhecer ai
        marquei|agendei ... ir|visita|ver|aula|conhecer|avaliacao
        ver|conhecer|olhar (o|a) @venue
        ver|saber|sentir como e
        dar uma espiada|olhada|olhadinha|passada|passadinha|conferida|espiadinha
        levar|trazer ... @relative ... ver|conhecer|fazer|experimentar|visitar
        puedo|quiero|quisiera probar|conocer|visitar
        clase|aula de prueba|teste
        aula inaugural|demonstrativa|avulsa|free|demo|cortesia
        avaliacao|aula|visita sem compromisso
        tem|teria|consegue|rola para amanha|hoje|@weekday
        fazer|assistir|participar|experimentar|ter|testar (de) uma|um|a|da (aula) aula|aulinha
          |treino|dia
        posso|da|consigo|quero|queria|gostaria ... passar|ir|dar|aparecer|chegar ai|la|visitar
          |pessoalmente|olhada|conhecer|sem
        passar ai
        dar uma olhada|passada
        dia|semana|aula|treino|vez gratis
        posso|da|consigo|quero|vou ... ir|passar|aparecer ... ver|olhar|conhecer|espiada
        gratis|cortesia ... dia|semana|aula|treino
        de graca
        visit|tour|see the|gym|your|box
        try|trying a|the|your|it ...
        (na) faixa|cortesia ... treino|dia|aula|boxe|experimental
        treino|aula|dia|boxe ... na faixa
        por conta da|de casa|voces
        diagnostico|avaliacao|treino|semana gratis|cortesia
        deixa eu|me dar|fazer|treinar|testar|experimentar um|uma|ai
        agendamento|agendar|marcacao de|uma avaliacao|visita|aula
        poderia|podia ser na|no|@weekday (@weekday) ... ?
        @want|posso|vou ir na|no|em|ai ... aula|conhecer|conversar|segunda|terca|quarta|quinta|sexta
        quer|querem|quiser testar|experimentar|conhecer|fazer|visitar
        testar|experimentar a|o|os|uma|um @class
        encaixa|encaixar ... aula|aulinha|treino
        sentir o|como ... clima|treino|aula|e
        come by|see
        watch a class|lesson
        participar ... visitante|convidado|convidada|teste
        assistir (a) (uma) aula
        levar ... conhecer|ver
        treinar|treino|aula|visita|dia|ir|ver|testar|experimentar ... sem pagar|compromisso|custo
        posso|vou|quero|consigo|da|deixa ... brotar|colar|pintar|pular|chegar ai|la|hoje
        come|pass|stop ... see|visit|by|check|look
        @want|posso|consigo|poderia (de) (poder) visitar|conhecer|experimentar|testar|agendar
        posso|da|quero|vou|consigo|disse ... ir ... aula|conhecer|ver|treino
        da|posso|consigo|pode (para) ir|passar|aparecer (ai) hoje|amanha|@weekday|agora
        @relative ... @want ... ver|assistir|testar|experimentar (uma|a) aula
        could i try|come|visit|watch
        a|uma aula|avaliacao experimental
        qualquer dia|horario (de|da|a|pela) manha|tarde|noite|semana|serve
        """,
        "dá pra fazer um dia grátis pra ver se eu gosto?",
        "Faço aula de inglês às terças",
        unless="""
        obrigado , ... olhada
        app|aplicativo|site|instagram|insta|perfil ... olhada
        agendar|marcar|agendo ... entrega|reuniao|instalacao|apresentacao|demonstracao|mostrar|obra
        visitar|visita|passar|ir|conhecer ... apresentar|demonstrar|oferecer|instalar|consertar
        pagar|pagando|pago|com (a|uma|por) diaria
        """,
    ),
    Rule(
        "enrolment",
        Kind.ENROLMENT,
        "decidiu se matricular",
        """
        @want|vou|vamos|posso|como|bora me|nos|se matricular|inscrever|associar
        @want|vou|vamos|pode|bora|como ... fechar|contratar|assinar|pegar|garantir (com) (o|a|um
          |esse|essa|de|meu|minha) plano|anual|mensal|semestral|trimestral|pacote|promocao
          |contrato|matricula|vaga|black|voces|ai
        @want|vou (querer|ficar) (com) (o) plano anual|mensal|semestral|trimestral|black|completo
        vou querer|fechar|assinar
        vou|quero ficar com|no|na (o|a) plano|anual|mensal|semestral|trimestral|black|completo
          |turma
        vou|quero ficar com o|a de 12|6|3|1|um|doze|seis|tres
        pode|podem passar ... cartao
        fechado , vou|quero|pode
        fazer|faco|faz|efetuar|iniciar (a|minha) minha matricula|inscricao|cadastro
        @want|vou fazer a|minha matricula|inscricao
        manda|mandar|envia|passa|enviar ... link|pix|chave|contrato ... pagar|pagamento|matricula
          |assinar|pix|contrato|?
        pode|podem|consegue me matricular|inscrever|cadastrar
        manda|envia|passa (o|a) link|pix|contrato
        fiz|fazer|mandei|paguei (o|a) pix|matricula|pagamento|inscricao
        segue (o) comprovante
        onde|como assino|pago|contrato
        fazer|faz|faco|abre|abrir (o) (a) meu|minha cadastro|matricula|inscricao|contrato
        como faco|faz|realizo|fazer|efetuo (o|a) pagamento|matricula|inscricao
        sign me|up
        @want to join|enroll|inscribirme|inscribir
        ja decidi
        decidi|resolvi , vou|quero
        vou de|no|com|pegar (o|a) anual|mensal|semestral|trimestral|black
        como faco|faz|posso para pagar|assinar|fechar|contratar
        @want|garantir|garante|reserva|reservar|segurar (a|o) (ja) minha|uma|meu vaga
        ja quero minha|a|uma|entrar|fechar|me
        (eu) aceito ... proposta|fechar|contrato|oferta|pode|volto
        me inscreve|inscreva|matricula|matricule|cadastra|cadastre|poe|coloca ... turma|plano|ai
          |pagar|favor
        bora|vamos|vamo|podemos fechar $|entao|com|isso|!|,
        faz|fazer|abre (a) minha|meu ficha|inscricao|matricula|cadastro
        passo|vou|indo|passar|ir ... assinar|fechar|matricula|inscricao|contrato
        ser|virar|viro (uma|um) aluno|aluna
        fechado|fechada contigo|com
        fechou|fechado , quero|pode|manda|passa
        quero|querer|escolhi|prefiro|vai ser (o|a|e) (plano) gold|black|basico|familia|anual|mensal
        |semestral|trimestral|premium|platinum , |$|entao|pode|manda|hoje
        pode|podem gerar|cobrar|passar|lancar|debitar|fechar|reativar|mandar ... cartao|boleto
          |contrato|link
        |anual|plano|pix|credito|debito
        vou pagar agora|hoje|no|amanha
        pago quando chegar|hoje|agora
        (ja) posso|consigo pagar por|pelo|aqui aqui|whatsapp|zap|agora|hoje
        fechei|combinei ... plano ... falta ... pagar
        paguei (a) (minha) taxa|adesao|primeira
        assinei (o) plano|pacote online|agora|hoje|ontem|pelo
        emitir|emite|emitam (o) contrato
        reativar|reativa|reativem (a|o) (minha|meu) matricula|plano
        pode|podem botar|colocar|por|incluir (o) (meu) nome na turma|lista
        fechou|fechado , comeco|comecamos
        boleto|link da|de matricula
        passei (no|o) cartao ... link|comecar|matricula
        falta ... pagar , manda|envia|passa
        onde|como (eu) assino|pago ?
        decidi|decidida|decidido|convenceu|resolvi , quero|vou|faz|pode|bora
        @want entrar na|para turma|voces|time
        take the|a monthly|annual|membership
        me inscribo
        """,
        "fechado, vou querer. manda o link pra pagar",
        "Qual o valor da matrícula?",
        unless="""
        pensando|penso|talvez|antes
        antes de assinar|fechar|matricular
        se eu|for assinar|fechar
        me manda ... contrato que|meu|minha
        pix|pagamento|boleto|comprovante da|de mensalidade
        """,
    ),
    Rule(
        "lost",
        Kind.LOST,
        "desistiu ou escolheu outra academia",
        """
        fechei|matriculei|inscrevi|escolhi|assinei|optei|comecei|contratei|entrei ... outra|outro
          |lado|concorrente|smart|bluefit|vizinha|perto
        acabei|ja fechando|fechei|escolhendo|optando|matriculando|indo
        ja estou|treino|faco em|na outra|outro
        mudei de ideia
        desisti|desistir|desistindo
        deixa|deixar|fica|vou (deixar) para|pra proxima|depois|frente
        deixa quieto
        comecei|estou|fechei numa|noutra|na ... lado|perto|trabalho|servico|casa|outra|academia
        pesado|puxado|salgado|caro|fora para mim|meu ... proxima
        nao vai dar|rolar $
        nao vou mais|querer|fazer
        nao vai rolar|ser
        fora do|da meu|orcamento|realidade|possibilidade|minha
        nao cabe no
        muito|mt|ficou|achei|bem longe|caro|cara|salgado|puxado , obrigado
        muito longe|caro para mim
        agora nao
        melhor nao
        alem do que|meu
        nao tenho condicoes|condicao
        obrigado mesmo assim
        nao (por) (para) agora|enquanto
        por enquanto nao
        went|joined another|other
        not interested anymore
        fora de mao
        longe demais|para|de mim|casa|mais
        caro|cara|salgado|puxado|longe demais
        nao vai|vou caber|conseguir|dar ... orcamento|bolso|agora|mais
        treinar|malhar em casa
        ficar|fico|vou (ficar) na|no minha|meu|daqui|daquela|condominio|mesma|mesmo
        optei|optamos por
        ja me|nos matriculei|inscrevi|inscrevemos|matriculamos em|na|noutra outro|outra|na
        adiar|adiei (o|a|os|meus|minha|meu) plano|planos|volta|comeco|decisao|matricula
        achei|encontrei|consegui ... mais|outra barata|barato|perto|academia|bolsa
        achei|ta|esta|e|muito|bem|um (muito|pouco|bem|tanto) puxado|salgado|caro|pesado $|,|para
          |demais
        acima|alem do|de|da que
        sem condicoes|grana|dinheiro
        perdi o emprego
        um dia quem|talvez|tomo
        quem sabe um|outro|ano|mais|futuramente
        nem rola
        maybe next|later
        ta|esta|to|estou (meio|muito) apertado|apertada|dificil $|aqui|agora|,|esse
        """,
        "oi, já fechei com outra academia",
        "Fechei um negócio hoje e quero comemorar começando a treinar",
        negatable=False,
    ),
    Rule(
        "refusal",
        Kind.REFUSAL,
        "recusou a oferta",
        """
        nao tenho|temos|tem|ha|teria (mais|nenhum) interesse
        sem interesse
        mudei|moro|morando|mudamos ... outro|outra cidade|estado|pais
        nao moro mais
        apagar|apaga|apague|excluir|bloquear ... contato|numero|cadastro
        me tira|tire|remove|exclui
        nao conheco $|voce|voces|quem|ninguem|esse|essa
        ^ (nao) (,) nao quero $|mais|obrigado|nada|,|receber|saber
        ^ nao , obrigado
        ^ nao obrigado
        parem|pare|para|favor|nao de|me|retirar|remover|retire|remova|excluir|tirar|mandem|manda
          |mandar|envie|enviar ... mandar|enviar|numero|lista|mensagem|contato|mensagens|mais
        not interested
        no me interesa
        ja tenho academia
        nao fui eu
        nao autorizei|solicitei|pedi
        ^ stop|sair|remover|descadastrar $
        spam
        no gracias|thanks
        """,
        "não tenho interesse, favor retirar meu número da lista",
        "tenho interesse sim",
        negatable=False,
    ),
)
