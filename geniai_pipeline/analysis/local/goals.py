"""Rules on goals; each match names the noun phrase the result shows."""

from geniai_pipeline.analysis.local.matcher import Kind, Rule


def _goal(label: str, phrases: str, example: str, counter: str) -> Rule:
    return Rule(f"goal: {label}", Kind.GOAL, f"busca {label}", phrases, example, counter, "", label)


RULES = (
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
        nao me mexo|exercito|movimento
        exame|exames ... alterado|alterados|alterada|ruins|ruim
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
