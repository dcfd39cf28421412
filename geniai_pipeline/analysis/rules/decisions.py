"""Rules on decisions: to try, to enrol, to give up, to refuse."""

from geniai_pipeline.analysis.rules.matcher import Kind, Rule

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
        """,
        "dá pra fazer um dia grátis pra ver se eu gosto?",
        "Faço aula de inglês às terças",
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
        """,
        "fechado, vou querer. manda o link pra pagar",
        "Qual o valor da matrícula?",
        unless="""
        pensando|penso|talvez|antes
        antes de assinar|fechar|matricular
        se eu|for assinar|fechar
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
        nao conheco
        ^ (nao) (,) nao quero $|mais|obrigado|nada|,|receber|saber
        ^ nao , obrigado
        ^ nao obrigado
        parem|pare|para|favor|nao de|me|retirar|remover|retire|remova|excluir|tirar|mandem|manda
          |mandar|envie|enviar ... mandar|enviar|numero|lista|mensagem|contato|mensagens|mais
        not interested
        no me interesa
        no gracias|thanks
        """,
        "não tenho interesse, favor retirar meu número da lista",
        "tenho interesse sim",
        negatable=False,
    ),
)
