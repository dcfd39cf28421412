"""Rules on interest, from vague curiosity to concrete questions."""

from geniai_pipeline.analysis.local.matcher import Kind, Rule

RULES = (
    Rule(
        "curiosity",
        Kind.CURIOSITY,
        "pediu informações de forma geral",
        """
        saber mais|sobre|da|do
        informacao|informacoes|infos|info|informaciones|informacion|information
        @want conhecer|entender melhor|mais|sobre
        tenho|teria|com interesse|curiosidade
        interessado|interessada
        vi|achei|encontrei ... anuncio|insta|instagram|face|facebook|google|propaganda|site
          |panfleto|outdoor|post|publicacao|video|story
        fala|conta|explica|manda ... mais|detalhes|sobre|academia
        onde fica|ficam|estao|e|seria
        endereco|localizacao|localizado|bairro
        so|estou|apenas (so) pesquisando|olhando|vendo|sondando
        where are
        quem sabe
        indicaram|indicou|recomendaram|recomendou ... voces|academia
        wifi|estacionamento|chuveiro
        tell me more
        da|me uma|alguma luz|ajuda|nocao|ideia|explicada ... academia|voces|sobre
        vou pensar|analisar|avaliar
        me|mais fala|conta|explica|manda|passa mais|detalhes|um|sobre
        mais detalhes|infos
        tenho interesse
        criando|tomar|falta coragem
        adorei|amei|gostei|lindo|top ... fotos|espaco|reels|video|perfil|pagina
        falou|falaram|comentou|contou (super) (muito) bem|de ... voces|ai|academia
        me passou|passaram|deu|mandaram|indicou ... contato|numero|zap|voces
        vi (o|um|uma|no) (o) reels|story|tiktok|outdoor|placa|folheto|panfleto|post|postagem
        um dia eu
        ^ vim sim|pelo|pela|do|por $|rs|kk*|anuncio|instagram|insta|site|facebook|google|tiktok
        so sondando|curiosidade|olhando
        """,
        "Queria saber mais sobre a academia",
        "Meu nome é Ana e moro em Recife",
    ),
    Rule(
        "intent",
        Kind.INTENT,
        "quer começar a treinar",
        """
        @want|pensando|penso|resolvi|decidi|vou ... comecar|iniciar|entrar|treinar|malhar|nadar
          |exercitar|entrenar
        @want (a) (comecar) (a) (fazer) fazer academia|musculacao|natacao|pilates|crossfit
          |funcional|exercicio|atividade|aula|aulas
        procurando|procuro|busco|buscando|buscar ... academia|lugar|studio|box|pilates|natacao
          |personal|aula|aulas|atividade
        afim de comecar|treinar|malhar|voltar
        comecar (a) treinar|malhar|academia|fazer
        sair do|de sedentarismo
        @want entrar|participar|me (tambem) $|tambem|ai|para|juntar
        want to start|join|train
        promocao ... vale|valendo|ainda|acabou|ativa|continua|val*
        @want ... lutar|dancar|nadar|correr
        procuro|procurando|atras|preciso|busco (de) (uma) academia|yoga|pilates|natacao|personal
          |hidro|luta
        |danca|crossfit|funcional
        trocar|mudar|saindo|sair de|da|do academia|smart|smartfit|bluefit|atual
        @want (muito) aprender|praticar|participar|continuar
        """,
        "Quero começar a treinar",
        "Comecei um emprego novo essa semana",
    ),
    Rule(
        "question_price",
        Kind.QUESTION,
        "perguntou preço ou planos",
        """
        quanto e|esta|custa|fica|sai|seria|pago|cobra|cobram|invisto|ficaria|saindo|ficam|para|que
          |por|sao|paga|pagaria|vale|os|o|a|vai|tem|sai|esse|da
        quanto $
        quanto ?
        valor|preco|mensalidade|precio|pricing
        valor|preco|planos|tabela|mensalidade ?
        @which|saber|passar|passa|manda|mandar|informar|enviar|ver|conhecer|sobre|tem|ver|quero
          |cotacao ... plano|planos|pacotes|promocao|promocoes|mensalidade|investimento|taxas
          |matricula
        plano|planos mensal|anual|semestral|trimestral|familia|casal|individual|corporativo|e
        como|quais sao|funciona|funcionam (os|o) plano|planos|pacotes
        tem|existe|ha|rola|consigo|fazem|da (algum|um) (de) desconto|descontos|promocao|promo
          |bolsa|convenio|cupom|cortesia
        desconto ?
        aceita|aceitam|atende|atendem|cobre|usar|uso|pelo|pela|com|credenciado|credenciada gympass
          |wellhub|totalpass|cartao|pix|vale|classpass|convenio|gogood
        gympass|wellhub|totalpass ?
        fidelidade|multa|carencia|parcela|parcelam|parcelar|anuidade
        how much
        combien ca|coute
        quel est le prix
        cuanto cuesta|sale|es|vale|cuestan|esta
        monthly|membership ... fee|cost|price|options|?
        what|whats ... price|cost|fee|prices|rates
        ^ (os) (ver) valor|preco|planos|plano|mensalidade $
        ^ (conhecer|ver|quero|saber) (os) planos
        custa|custam|sai
        tem|teria|da|existe|rola|sai|fica ... abatimento|barato|conta|parcelado|cashback|cupom
        mais|menos barato|conta|caro
        a vista
        mes a mes
        contrato de|anual|minimo|mensal
        inclui|incluso|incluem|inclusas|inclusos
        diferenca ... plano|planos|gold|silver|black|basico|premium|entre
        promo|promocao ... ainda|voces|?
        tem que|de assinar|contrato
        por mes ?
        """,
        "qnto custa p treinar ai",
        "Qual o seu nome?",
        unless="""
        plano de saude ... medico|internacao
        quanto tempo
        """,
        negatable=False,
    ),
    Rule(
        "question_times",
        Kind.QUESTION,
        "perguntou horários",
        """
        que|qual|quais|ate|partir (as) hora|horas|horario|dias|dia
        horario|horaro
        horario ?
        funciona|funcionam|abre|abrem|aberto|abrir|abrira|fecha|fecham|atendem|atende
          |abierto ... domingo|domingos|sabado|sabados|feriado|feriados|noite|cedo|hora|horas
          |manha|tarde|24h|24|semana|madrugada|almoco|hoje|?
        que|quais|q dias|dia|horas|hora
        what|which time|times|hours|days|classes
        opening hours
        open|are ... open|sunday|weekends|hours
        a que hora
        vezes ... semana
        """,
        "Que horas vocês abrem no sábado?",
        "Faz horas que estou esperando",
        unless="""
        hora|horas ... esperando|aguardando
        """,
        negatable=False,
    ),
    Rule(
        "question_offer",
        Kind.QUESTION,
        "perguntou se a academia tem o que procura",
        """
        @ask|queria|saber|gostaria|sobre|procuro|procurando|interesse|quero|ver|tem
          |teria ... @class
        @class ... ?
        quais|que|qual|como ... @class
        voces|voce|academia|ai|unidade|la ... @ask ... ?
        @ask ... ai|voces|academia|la ?
        ^ (e) @ask ... ?
        voces tem|fazem|aceitam|oferecem|trabalham|atendem|pegam|montam|dao|ajudam|cobram|vendem
          |abrem|tao
        vcs ... ?
        como|onde funciona|funcionam|faco|e|faz|seria|entro|inscreve|posso|comeco ... ?
        como funciona|funcionaria
        da|posso|pode|podem|consigo|consegue|precisa|preciso|tenho|necessario ... treinar|fazer
          |comecar|atestado|exame|frequentar|levar|usar|malhar|academia|entrar|inscrever ... ?
        precisa|preciso|exige|exigem|tem ... atestado|exame|liberacao|roupa|agendar|marcar
        a partir de|que|quantos (que) idade|anos
        menor|idade|anos ... pode|minima|aceita|aceitam|fazer|treinar
        por onde comeco
        o que ... precisa|preciso|inclui|incluso|levar|inclusos
        onde ... unidade|unidades
        montam|monta|passa|fazem treino|ficha|dieta|avaliacao
        tem|aceita|aceitam|recebe|possui|existe ... vaga|vagas|estacionamento|wifi|ar|armario
          |vestiario|chuveiro|bicicletario|professor|personal|acompanhamento|crianca|criancas
          |idosos|aulas
        ^ (quero|ver|conhecer) (as|os) aulas|modalidades|horario|unidades|atividades $
        do|does you|your|the have|offer|gym|accept ...
        tienen|hay|ofrecen ... clase|clases|horario|piscina|yoga|crossfit|?
        posso ... ?
        documento|documentos ... inscrever|matricula|comecar|precisa|levar
        pagar no|com|por|em|via boleto|pix|dinheiro|cartao|debito|credito
        trabalham|trabalha|fazem|tem com ... gente|idoso|idosos|idade|gestante|crianca
        da|pode para estacionar|treinar|fazer|ir|usar
        cobram|cobra|exigem|pedem ... ?
        paga|pagam meia
        serve ?
        precisa (de) comprar|levar|atestado|experiencia|saber
        qual|como|quantas|quantos ... alunos|pessoas|turma|duracao|metodo|acompanhamento|vezes
        qual quais documentos
        """,
        "tem ginastica pra terceira idade",
        "tem gente me chamando aqui, já volto",
        unless="""
        elogiar|reclamar|avisar|agradecer|denunciar|sugerir|reclamacao|elogio
        contato|telefone|numero da|do|daquela|daquele
        posso|pode ... ligar|pagar|desmarcar|falar|apresentar|chamar
        """,
        negatable=False,
    ),
    Rule(
        "drop_in",
        Kind.DROP_IN,
        "quer pagar por um dia só",
        """
        diaria|diarias
        day use|pass|passes
        drop in
        dropin
        pase diario|dia
        aula|treino|dia avulso|avulsa
        pagar|treinar|usar ... so|somente|apenas (por) um|1|hoje|dia|semana
        pass for a|one|the
        """,
        "Vcs tem diária? to na cidade só essa semana",
        "Treino diariamente em casa",
    ),
)
