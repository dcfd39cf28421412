"""Rules on what the gym says: what it offers and asks, and how it took the contact."""

from geniai_pipeline.analysis.local.matcher import Kind, Rule

_VISIT = "aula|aulinha|visita|visitinha|avaliacao|experimental|treino|tour|experiencia|horario"

RULES = (
    Rule(
        "offers_trial",
        Kind.OFFERS_TRIAL,
        "ofereceu aula experimental ou visita",
        f"""
        quer|gostaria|bora|vamos|podemos|posso|que|topa|vem|queria|consegue|prefere
          |deseja ... marcar|agendar|agendo|marco|conhecer|fazer|visitar|experimentar|vir|reservar
          |agendamento|passar|participar
        quer|gostaria|bora|vamos|topa|vem|tal ... {_VISIT}
        sua|seu|tua (primeira) (aula) {_VISIT}
        {_VISIT} (experimental) (gratis) (de) (natacao) gratis|experimental|avulsa|teste
          |confirmada|agendada|marcada
        quer marcar|agendar|conhecer|vir|experimentar
        ganhou|oferecemos|temos|liberamos ... {_VISIT}
        ganhou|temos|oferecemos|liberamos ... semana|dia|dias|passe gratis|cortesia
        primeira aula
        deixar|deixei|deixo reservado|reservada|agendado|marcado
        pode vir
        conseguimos|consigo|podemos|posso encaixar|encaixei|encaixamos
        para agendar|marcar
        vem fazer|conhecer|treinar
        reservei|agendei|encaixei|marquei
        que|qual|quando (melhor) dia|horario|quer|seria|prefere|hora ... visitar|vir|visita|aula
          |conhecer|melhor|bom|?
        @weekday ... ?
        would|do you like|want ... try|come|book|visit
        te|vos|o|a|lhe espero|aguardo|espera|esperamos|aguardamos
        vem sim|ca|aqui|conversar|experimentar|sentir|participar
        primeira (aula|vez|visita) e|gratis|cortesia
        quer|que|vamos|bora|pode ... conversar|bater|falar ... professor|fisio|coordenador
          |pessoalmente|gente
        bora|vamos|vem (para) (o|a) teste|experimental|conhecer|visitar|treinar
        conhecer ?
        visita|aula|avaliacao|treino de|das|do hoje|amanha|@weekday
        aulao aberto|gratis|gratuito
        aula aberta|inaugural|demonstrativa|teste
        """,
        "Oi! Quer agendar uma aula experimental gratuita?",
        "Nosso endereço é Rua das Flores, 100",
    ),
    Rule(
        "offers_information",
        Kind.OFFERS_INFO,
        "ofereceu informações",
        """
        quer|gostaria|posso|deseja|quiser|tem ... saber|planos|plano|valor|mais|informacoes|mandar
          |enviar|passar|mande|envie|explique|interesse|promocao
        conhecer ... planos|plano|valor
        """,
        "Quer conhecer os planos?",
        "Hoje não abrimos",
    ),
    Rule(
        "offers_enrolment",
        Kind.OFFERS_ENROLMENT,
        "ofereceu a matrícula",
        """
        posso|vamos|quer|bora|podemos|gostaria ... fechar|matricula|matricular|garantir|contrato
          |link|cadastro|inscricao|assinar
        mando|envio|mandar|enviar ... link|contrato
        responda sim ... garanta|garantir
        """,
        "Posso fazer sua matrícula?",
        "Posso te ajudar com mais alguma coisa?",
    ),
    Rule(
        "asks_goal",
        Kind.ASKS_GOAL,
        "perguntou o objetivo",
        """
        qual|quais ... objetivo|objetivos|meta|metas
        objetivo|objetivos ?
        o que ... busca|procura|espera|pretende
        busca|procura emagrecer|hipertrofia|ganhar|perder
        """,
        "Qual seu objetivo com a academia?",
        "Qual seu nome?",
    ),
    Rule(
        "asks_member",
        Kind.ASKS_MEMBER,
        "perguntou se já é aluno",
        """
        voce|ja|e ... aluno|aluna|cliente|matriculado|matriculada ... ?
        reavaliacao
        avaliacao de retorno|rotina
        sua|seu mensalidade|contrato|plano|parcela vence|venceu|termina|vencendo|acaba
        """,
        "Você já é aluno?",
        "Nossos alunos adoram!",
    ),
    Rule(
        "gym_hears_a_member",
        Kind.HEARS_MEMBER,
        "a academia atendeu como a um aluno",
        """
        seu|sua|no|o cadastro|acesso|boleto|fatura|contrato|reserva|pagamento|estorno|renovacao
        (te) liberei|liberamos|recadastramos|recadastra|estornamos
        trancamento|cancelamento|reposicao
        verificar|verifico|vejo ... sistema|cadastro|financeiro|pagamento
        ja chamamos|avisamos ... tecnico|manutencao|equipe
        """,
        "Vou verificar seu cadastro no sistema",
        "Vou te passar os valores",
    ),
    Rule(
        "gym_hears_a_stranger",
        Kind.HEARS_STRANGER,
        "a academia disse que não é com ela",
        """
        numero|contato|pessoa errado|errada
        deve|foi|acho|acredito ... engano
        nao vendemos|alugamos|fazemos|compramos|trabalhamos com|isso|esse|este|esta
        nao temos|tenho interesse
        nao estamos contratando|comprando|precisando
        envie|mande|manda|enviar ... curriculo
        nao|aqui e (de|da) (uma) academia $
        """,
        "Acho que foi engano",
        "Oi! Aqui é da academia, vamos voltar a treinar?",
        negatable=False,
    ),
)
