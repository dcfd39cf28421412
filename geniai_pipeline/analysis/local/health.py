"""Rules on health conditions; each match names the noun phrase the result shows."""

from geniai_pipeline.analysis.local.matcher import Kind, Rule

ADVISED = "recomendação médica"  # says nothing beside a condition with a name


def _condition(label: str, phrases: str, example: str, counter: str) -> Rule:
    return Rule(
        f"condition: {label}",
        Kind.CONDITION,
        f"citou {label}",
        phrases,
        example,
        counter,
        "",
        label,
    )


def _ache(label: str, place: str, example: str, counter: str) -> Rule:
    signs = """doendo|doi|doem|ruim|operado|machucado|inflamado|pain|hurts|matando|acabando
        |moido|moida|dolorido|estala|estalando|inchado|travado|travada|trava|travando|bichado
        |pessimo|detonado|detonada"""
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
        """
        ansiedade|panico|anxiety|burnout
        sou|ando|vivo|muito|mto|mt ansioso|ansiosa
        """,
        "ando ansiosa, sofro de ansiedade",
        "ansiosa já rs",
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
)
