"""Rules on health conditions and goals; each match names the noun phrase the result shows."""

from geniai_pipeline.analysis.rules.matcher import Kind, Rule

ADVISED = "recomendação médica"  # says nothing beside a condition with a name


def _condition(label: str, phrases: str, example: str, counter: str) -> Rule:
    return Rule(f"condition: {label}", Kind.CONDITION, label, phrases, example, counter, "", label)


def _goal(label: str, phrases: str, example: str, counter: str) -> Rule:
    return Rule(f"goal: {label}", Kind.GOAL, label, phrases, example, counter, "", label)


def _ache(label: str, place: str, example: str, counter: str) -> Rule:
    signs = """doendo|doi|doem|ruim|operado|machucado|inflamado|pain|hurts|matando|acabando|moido|moida|dolorido|estala
        |estalando|inchado|travado|travada|trava|travando|bichado|pessimo|detonado|detonada"""
    phrases = f"@ache ... {place}\n{place} ... {signs}"
    return _condition(label, phrases, example, counter)


RULES = (
    _condition("hérnia de disco", "hernia (de) (disco)", "tenho hérnia", "herança de família"),
    _condition(
        "gestante",
        """
        gestante|gestantes|gravida|gravidez|gestacao|embarazada|pregnant
        """,
        "Estou grávida de 5 meses",
        "gravei um vídeo",
    ),
    _condition(
        "pós-parto",
        """
        pos parto
        tive|ganhei (meu|um|uma|o) bebe|nenem
        puerperio
        """,
        "tive bebê há 3 meses",
        "tem espaço para bebê?",
    ),
    _condition(
        "diabetes",
        """
        diabetes|diabetico|diabetica|insulina
        pre diabetes|diabetico|diabetica
        glicose|glicemia alta
        """,
        "sou diabética",
        "sou dedicada",
    ),
    _condition(
        "hipertensão",
        """
        pressao alta
        causa|problema da|de pressao
        hipertenso|hipertensa|hipertensao
        """,
        "tenho pressão alta",
        "sem pressão para decidir",
    ),
    _condition(
        "colesterol alto",
        "colesterol|triglicerides|triglicerideos",
        "meu colesterol deu alto",
        "colete alto",
    ),
    _condition(
        "obesidade",
        """
        obeso|obesa|obesidade
        bariatrica
        """,
        "vou fazer bariátrica",
        "vou fazer musculação",
    ),
    _condition("artrose", "artrose|artroses", "tenho artrose", "tenho artistas na família"),
    _condition("artrite", "artrite|reumatoide", "sofro de artrite", "sofro com a rotina"),
    _condition("osteoporose", "osteoporose|osteopenia", "tenho osteoporose", "tenho oportunidade"),
    _condition("fibromialgia", "fibromialgia", "Tenho fibromialgia", "Tenho fé"),
    _condition("escoliose", "escoliose|lordose|cifose", "tenho escoliose", "tenho escola"),
    _condition(
        "condromalácia", "condromalacia|condropatia", "condromalácia grau 2", "condomínio perto"
    ),
    _condition(
        "tendinite",
        "tendinite|bursite|tendinopatia|epicondilite",
        "estou com tendinite",
        "estou com tempo",
    ),
    _condition("asma", "asma|asmatico|asmatica|bronquite", "meu filho tem asma", "meu filho amou"),
    _condition("labirintite", "labirintite", "tenho labirintite", "tenho laboratório"),
    _condition(
        "hipotireoidismo", "tireoide|hipotireoidismo", "trato tireoide", "trato de negócios"
    ),
    _condition(
        "problema cardíaco",
        """
        cardiaco|cardiaca|infarto|infartei|arritmia|marcapasso|cardiopatia|avc
        problema (de|no) coracao
        """,
        "meu pai teve infarto",
        "amo vocês de coração",
    ),
    _condition(
        "ansiedade",
        "ansiedade|ansioso|ansiosa|panico|anxiety|burnout",
        "sofro de ansiedade",
        "que academia bonita",
    ),
    _condition(
        "depressão",
        "depressao|depressivo|depressiva|deprimido|deprimida",
        "to saindo de uma depressão",
        "moro na depressa rua",
    ),
    _condition("autismo", "autista|autismo|tea", "meu filho é autista", "meu filho é atleta"),
    _condition("TDAH", "tdah|hiperativo|hiperatividade", "ele tem TDAH", "ele tem tudo"),
    _condition("menopausa", "menopausa|climaterio", "entrei na menopausa", "entrei na faculdade"),
    _condition("lipedema", "lipedema", "tenho lipedema", "tenho um sistema"),
    _condition("endometriose", "endometriose", "tenho endometriose", "tenho endereço novo"),
    _condition(
        "lesão no ligamento",
        "ligamento|ligamentos|lca|menisco|meniscos",
        "rompi o ligamento",
        "fiz uma ligação",
    ),
    _condition(
        "fratura",
        "fratura|fraturei|quebrei (o|a) (pe|braco|perna|dedo|punho)",
        "tive uma fratura no pé",
        "faturei pouco",
    ),
    _ache(
        "dor no joelho", "joelho|joelhos|knee|rodilla", "tenho dor no joelho", "vi o aparelho novo"
    ),
    _ache(
        "dor na coluna",
        "coluna|costas|lombar|cervical|back|ciatico|espalda",
        "sofro com dor nas costas",
        "moro nas costas da academia",
    ),
    _ache("dor no ombro", "ombro|ombros|manguito|shoulder", "machuquei o ombro", "um ombro amigo"),
    _ache("dor no quadril", "quadril", "sinto dor no quadril", "aula que trabalha quadril"),
    _condition("dor na lombar", "lombalgia|ciatica", "tenho lombalgia", "tenho legging"),
    _condition(
        "pós-operatório",
        """
        pos operatorio|cirurgia|cirurgico
        fiz|passei (uma) (por) cirurgia
        operei|operada|operado
        """,
        "fiz uma cirurgia há 2 meses",
        "opero empilhadeira",
    ),
    _condition(
        ADVISED,
        """
        @doctor ... mandou|indicou|pediu|recomendou|falou|liberou|disse|orientou|encaminhou
        recomendacao|orientacao|indicacao|ordem (do|da) @doctor
        """,
        "o doutor falou que eu preciso fortalecer as pernas",
        "o professor falou que abre às 6h",
    ),
    _goal(
        "emagrecimento",
        """
        emagrec*
        perder|perca|baixar|eliminar|queimar|diminuir|secar|tirar ... peso|quilos|kilos|kg|gordura
          |barriga|medidas|bucho|panca|pancinha|pneuzinho|pneuzinhos|papada|buchinho|quilinhos
        secar
        estou|peso|pesando (com) kg
        engordei|gordinho|gordinha|acima do
        acima do peso
        bajar|perder de peso
        lose weight
        weight loss
        """,
        "Preciso perder 15kg",
        "Perdi o horário de ontem",
    ),
    _goal(
        "hipertrofia",
        """
        hipertrofia|hipertrofiar
        ganhar|ganho|aumentar|pegar|ter ... massa|musculo|musculos|corpo|shape|peso|forca
        ficar|to|quero|virar grande|forte|monstro|maromba|fortinho
        @want crescer|engrossar
        crescer ... perna|pernas|braco|bracos|gluteo|gluteos|bumbum|kk*
        magrelo|magrela|magricela
        ganar masa|musculo
        build|gain muscle|mass
        shape
        """,
        "queria ficar forte",
        "Quero ganhar dinheiro em casa",
    ),
    _goal(
        "definição muscular",
        """
        trincado|trincada|sarado|sarada|rasgado|definidinho
        definir|definicao|definido|definida|tonificar|tonificacao
        tanquinho
        """,
        "quero definir o abdômen",
        "quero decidir hoje",
    ),
    _goal(
        "condicionamento físico",
        """
        condicionamento|folego|resistencia|disposicao
        melhorar ... corrida|fisico|desempenho|performance|correr
        concurso|taf|prova ... pm|policia|bombeiro|bombeiros|fisico|exercito|militar|corrida
          |guarda|marinha
        teste|avaliacao fisico
        subo|subir ... escada|escadas|ladeira
        um caco
        folego|cansado|cansada|canso
        preparacao fisica
        taf|maratona|triathlon|triatlo
        get in|fit shape|again
        sem folego
        """,
        "quero melhorar o condicionamento",
        "tem ar condicionado?",
    ),
    _goal(
        "saúde e qualidade de vida",
        """
        qualidade de vida
        cuidar|melhorar|pela|por|mais ... saude
        sedentario|sedentaria|sedentarismo
        vida saudavel|ativa
        envelhecer bem|com
        anda|ando|esta|estou|fico (meio|muito|bem|so) parado|parada
        bem estar
        longevidade
        me exercitar|cuidar|movimentar|mexer
        """,
        "quero cuidar da saúde",
        "meu plano de saúde dá desconto?",
    ),
    _goal(
        "saúde mental",
        """
        estresse|stress|estressado|estressada
        aliviar|desestressar|relaxar|distrair ... mente|cabeca|trabalho|$
        saude mental
        """,
        "emagrecer e tirar o estresse",
        "estreia quando a nova unidade?",
    ),
    _goal(
        "fortalecimento",
        """
        fortalecer|fortalecimento|reabilitacao|reabilitar|fortificar
        suporte muscular
        """,
        "preciso fortalecer as pernas",
        "tem whey?",
    ),
    _goal(
        "flexibilidade e postura",
        "flexibilidade|mobilidade|postura|postural|alongar",
        "quero melhorar a postura",
        "qual o posto mais perto?",
    ),
    _goal(
        "defesa pessoal",
        """
        defesa pessoal
        me defender
        """,
        "busco defesa pessoal",
        "é pessoal?",
    ),
    _goal(
        "aprender a nadar",
        """
        aprender|aprenda a nadar|natacao
        nao sei|sabe nadar
        learn to swim
        """,
        "quero aprender a nadar",
        "quero aprender inglês",
    ),
    _goal(
        "preparação para um evento",
        """
        meu|nosso|minha casamento|formatura
        verao|praia|carnaval ... corpo|preparar|pronto|pronta|secar|projeto
        projeto verao|noiva
        """,
        "meu casamento é em maio",
        "moro perto da praia",
    ),
)
