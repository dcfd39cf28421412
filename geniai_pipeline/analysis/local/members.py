"""Rules on members and what only members ask, and on those who only sound like members."""

from geniai_pipeline.analysis.local.matcher import Kind, Rule

RULES = (
    Rule(
        "member_says_so",
        Kind.MEMBER,
        "já é aluno",
        """
        sou|somos|e @gone
        ja sou|somos @gone
        sou|estou matriculado|matriculada
        ^ (ja) sou|era @gone
        ja|eu treino|malho|frequento|faco|nado ai|aqui|com|na|nessa|pilates|natacao|crossfit
          |funcional|musculacao
        @relative e @gone
        soy|am cliente|alumno|alumna|member|a
        am a member
        ^ treino|malho|nado|luto ai|aqui|com|na|no
        meu|minha filho|filha|mae|pai|marido|esposa|irmao|irma|neto|neta (ja) faz|treina|nada|luta
          |esta ai
        |com|aqui|na|no ... professor|voces|ai|turma|hidro|pilates|natacao|jiu|bale|judo
        minha|meu @relative ... esta na turma
        sou|somos (aluno|aluna) (antiga|antigo) da|do turma|hidro|pilates|natacao|manha|noite|plano
        desde que (eu) entrei|comecei
        m a member
        ja faco|treino|nado|luto (hidro|boxe|jiu|muay|judo|yoga|zumba|spinning|danca|bale) ai|aqui
        ja sou do|da plano|turma|basico|black|gold|premium|anual|mensal
        am|im member
        """,
        "Oi, já sou aluna de vocês",
        "Eu ainda não sou aluna",
        unless="""
        ex aluno|aluna|cliente|matriculado|matriculada
        (sou) (aluno|aluna) de|da|em|na outra|outro
        sou aluno|aluna da|do|de faculdade|universidade|escola|usp|ufmg|unip|medicina|educacao
        am a beginner|new|tourist|traveler
        um|o|esse|desse|tal|de|fazer|dar|meu treino ai|aqui|com
        """,
    ),
    Rule(
        "member_service",
        Kind.MEMBER_SERVICE,
        "pede um serviço de quem já é aluno",
        """
        minha|minhas mensalidade|matricula|fatura|digital|biometria|ficha|reserva|catraca|senha
          |carteirinha|parcela|assinatura|cobranca|recorrencia|toalha|garrafa|garrafinha|chave
          |avaliacao
        meu|meus treino|plano|cadastro|boleto|acesso|contrato|treinos|checkin|check|pagamento
          |debito|vencimento|armario|estorno|reembolso|app|login|casaco|fone
        segunda via
        boleto|fatura|catraca|biometria|estorno|reembolso|recadastrar|inadimplente
        nota fiscal
        digital nao
        trancar|trancamento|congelar|pausar|suspender|tranco ... plano|matricula|mensalidade|meses
          |mes|dias|minha|meu|contrato
        @want trancar|congelar|pausar|cancelar|renovar|suspender
        ^ cancelar|trancar|renovar|congelar
        cancelar|cancelamento|renovar|rescindir|encerrar ... meu|minha
        cancelar|renovar|encerrar (o|a) plano|matricula|contrato|assinatura|mensalidade
        @want ... cancelamento
        cobraram|cobrado|cobrada|debitaram|descontaram|cobranca ... vezes|indevida|indevido|errado
          |duplicado|cartao|mes|duas|valor|conta|mim
        me cobraram|debitaram
        caiu|veio|passou ... cobranca|duas|fatura
        paguei|pagar|pago ... mensalidade|atrasado|atrasada|atraso|vencida
        paguei ... mes|dia
        posso|vou|consigo pagar ... dia|semana|atraso
        esta|ta tudo pago|certo ... mas|bloqueado
        renovacao|bloqueado|bloqueada|bloquearam|bloqueou
        comprovante|recibo|declaracao ... pagamento|pagamentos|mes|imposto|ir
        imposto de renda
        @relative faz|treina|nada|frequenta|luta ... ai|voces|natacao|aula|professor
        pagamento da mensalidade
        ontem|hoje (eu) fui|treinei|cheguei|tentei ... treinar|porta|entrar|aula|catraca|academia
        porta|catraca nao|ta|esta ... liberou|abriu|travada|passar|libera
        dieta|treino|ficha ... passou|montou|mandou
        ar|esteira|maquina|aparelho|chuveiro|som ... pifado|pifou|estragou|quebrou|defeito|vazando
        mensalidade|plano atrasado|atrasada|vencida|venceu|vencendo|vence
        wod|wods
        wod|treino|aula de hoje
        check in
        checkin
        aplicativo|app ... abre|abrindo|treino|entrar|entra|login|senha|travando|travou|funciona
          |funcionando|aparece|bugado|reserva|reservar
        esqueci|perdi|deixei ... vestiario|armario|garrafa|garrafinha|toalha|chave|fone|academia
          |ai|celular|blusa|casaco
        treino|ficha ... vencido|vencida|venceu|trocar|novo|nova|atualizar|montou|montado
        trocar|atualizar|mudar|montar ... ficha|treino
        mudar|trocar|alterar|passar|upgrade|migrar ... meu|minha|plano|mensal|anual|black|premium
        upgrade
        estou aqui|ai|dentro (na|no|da) esteira|academia|recepcao|porta|aula|vestiario|bike
          |estacionamento
        ^ cade
        minha|minhas aula|aulas|turma
        chuveiro|agua|banheiro|vestiario|ar|piscina ... frio|fria|gelada|sujo|suja|quebrado|entupido
          |ruim
        comprei|contratei|assinei|fechei ... plano|site ... nao|mas|e|app
        suporte (ao) aluno
        ^ (suporte) (ao) aluno $
        elogiar|reclamar|reclamacao|elogio|ouvidoria|gerencia
        professor ... avisou|faltou|disse|vem|veio|ferias|tira
        aqui fora|dentro|na ... treinar|porta|catraca
        nova|meu|troquei numero|telefone|endereco ... cadastro|ficha|atualizar
        debito|cobranca|fatura de voces|academia
        ate quando ... minha|meu|plano|assinatura
        estamos|estou|todo ... esperando|aguardando aqui|ai|professor
        rematricula
        validando|validar|valida|validou ... entrada|acesso|checkin|gympass|wellhub|totalpass
        liberar|libera|liberem ... meu|minha|acesso|entrada|catraca
        meu plano acabou|venceu|acaba|vence
        mudar|remarcar|trocar ... minha avaliacao|aula|reserva
        passar|migrar|mudar para|pro (o) black|premium|anual|superior|completo
        forma de pagamento do|da plano|minha|meu|mensalidade
        trocar|atualizar|mudar (o|a|meu) cartao|forma|vencimento|data
        falar com|no|o financeiro
        ^ (2|3|4|5) financeiro
        ^ professor|prof
        reagendar|desmarcar|cancelar ... aula|reserva ... hoje|amanha
        aula ... hoje vai|tera|foi|confirmada ...
        vai ter (a) aula|treino|spinning|natacao|crossfit hoje
        hoje vai|tem ter (a) aula|treino|spinning|funcional
        professor ... hoje|vem|faltou|ferias|licenca
        ja voltou|voltaram|consertaram|arrumaram ... funcionar|piscina|esteira|ar|chuveiro
        esteira|aparelho|chuveiro|ar|bebedouro ... quebrado|quebrada|estragado|funcionando|pingando
        estou|esta|fiquei sem acesso|conseguir|passar
        acesso bloqueado|negado
        nao|nem conseguir|consigo|consegui|conseguindo (fazer) (o) entrar|acessar|passar|checkin
          |check|logar|agendar|liberar
        reavaliacao
        avaliacao mensal|bimestral|trimestral|semestral|periodica
        faltei|falta|faltas|reposicao|repor|reponho
        cancel my
        meu|minha|meus|minhas|nossa|nosso pacote|sessao|sessoes|turma|tapete|kimono|quimono|squeeze
          |nome
        |chinelo|chinelos|brinco|dependente|faixa|graduacao|medalha|bio|bioimpedancia|reposicao
          |falta
        |faltas|comprovante|nota|shorts|email|digitais|tag|cadeado|relogio|desconto|reposicoes
          |planilha
        comprei|paguei|renovei|assinei|fechei|indiquei|cadastrei|reservei|marquei ... ainda|ninguem
          |nao|mas
        |errado|aparece|ganho|voltou|concorrer|trocar
        me colocaram|cobraram|tirem|tira|coloca|passa|inclui ... turma|lista|aula|grupo|horario
          |errado
        trocar|troco|troca|mudar ... modalidade|exercicio|turma|professor|personal
        o que faco com o|a plano|mensalidade|matricula
        devendo|quitar|devo|inadimplencia
        parcela|mensalidade|fatura (em) atraso|atrasada|aberto
        desligamento|desligar|encerro|rescindir|rescisao
        me descontaram|descontada|descontado
        descontaram|debitaram|cobraram|debitar|cobrando ... novo|mensalidades|dobro|cancelei
          |anuidade|conta
        sugestao|sugerir
        hoje|amanha|ainda (vai) (ter) tem|tera|ter|vai ... aula|treino|treininho|forro|zumba|hidro
          |aulinha
        vai ter|rolar ... aula|treino|hoje|amanha|chuva
        qual|quem ... aula|professor|treino de|hoje|amanha
        professor|prof ... vem|volta|dara|da|faltou|substituta ... hoje|amanha|ferias|feriado
          |quando|?
        que dia|hora|horas|quando volta ... professor|aula|prof
        fui|saio|sai|sair ... aula|treino|hidro|pilates de|hoje|ontem
        gostei|adorei|amei ... aula de|nova ontem|hoje|quinta|segunda|terca|quarta|sexta
        vou chegar|atrasar|faltar
        nao vou|consigo ... aula|treino de|hoje
        chego ... atrasado|atrasada|ok
        esqueci|deixei|sumiu|acharam|achei|roubaram ... sala|vestiario|banco|ontem|fone|toalha
          |relogio
        |oculos|chinelo|shorts|secadora|casaco
        segurar|congelo|congela|pausa|suspende|suspender ... mensalidade|plano|cobranca|dias|mes
          |ferias
        transferir ... plano|dias|contrato|aula
        comecei essa|esta|semana|mes
        freeze|pause|renew|cancel my|membership
        trocar|mudar|passar|migrar|sair do|da|de @class para @class
        como|onde|se (eu) cancelo|tranco|renovo
        assinei|entrei|matriculei ... janeiro|fevereiro|marco|abril|maio|junho|julho|agosto
          |setembro|outubro|novembro|dezembro
        a gente|eu paga|pago ... nao consegue|consigo|funciona|tem
        aumentaram|aumentou (a|o) (valor|mensalidade) mensalidade|plano|valor
        esse aumento|reajuste
        me ausentar
        como faco com a|as|o mensalidade|plano
        aluno|aluna novo|nova|antigo|antiga
        """,
        "Minha digital não passa na catraca",
        "Meu plano de saúde dá desconto aí?",
        unless="""
        meu|minha plano|convenio de saude|medico
        fazer|fecho|fechar|comecar|garantir|iniciar (a) (o) minha|meu matricula|plano|cadastro
          |assinatura
        meu|minha ... outra|outro academia|lugar
        comprovante ... residencia
        @want entrar|comecar|participar|treinar
        minha aula|visita experimental|teste|gratis|gratuita
        minha primeira aula
        tudo pago|incluso ... plano
        procurando|procuro|buscando (uma) academia
        posso|da|consigo|pode|poder|possivel|como ... trancar|congelar|cancelar ... se|quando|caso
          |qualquer
        ... se eu|precisar ... trancar|cancelar|viajar|cancelo|tranco|faltar|sair
        multa
        passar|passa ... meu cartao
        pagar|pagamento|aceita|aceitam|posso|da (no|com|por|via) (pagar) (no) boleto|debito
        ainda nao (sou) aluno|aluna|cliente
        pode|podem|faz fazer (o) meu|minha
        meu treino ideal|personalizado
        se eu|ele|ela assinar|fechar|contratar|entrar|matricular
        so falta pagar
        meu objetivo
        tem|existe|usam|possui (um) app|aplicativo
        so|tenho|pagar|aceita|aceitam|no|via|por (so) (tenho) boleto
        quero|garantir|garante|reservar (a|o) minha|meu vaga
        faz|faco|fazer|abre (a|o) minha|meu ficha|cadastro|inscricao|matricula
        boleto|pix|link da|de matricula|inscricao
        ainda nao fechei|assinei|entrei
        aula experimental|teste|gratis|demonstrativa
        marquei|agendei|marcado|marcada|minha|da|a experimental|visita
        minha academia|atual|outra
        gostei|adorei|amei ... visita|experimental|teste|espaco
        minha|meu (aula|treino) avaliacao|aula|treino|visita experimental|teste|gratis|inicial
          |funcional
        """,
        negatable=False,
    ),
    Rule(
        "for_another",
        Kind.FOR_ANOTHER,
        "procura para outra pessoa",
        """
        para|com (o|a|os|as) meu|minha|meus|minhas|um|uma @relative
        meu|minha|meus|minhas|nosso|nossa @relative ... quer|querem|precisa|gostaria|pode|poderia
          |esta|vai|tem|anos|comecar|fazer
        levar|trazer|matricular|inscrever|colocar|botar (o|a) meu|minha|meus|minhas @relative
        for|para my|mi @relative
        """,
        "Quanto fica um plano pro meu marido?",
        "Meu marido trabalha perto daí",
    ),
    Rule(
        "returning_customer",
        Kind.RETURNING,
        "já treinou na academia e quer voltar",
        """
        ja|era|fui|ex fui|era|aluno|aluna|cliente|treinei|treinava|malhei|malhava|matriculado
          |matriculada ... ai|voces|voltar|retornar|2015|2016|2017|2018|2019|2020|2021|2022|2023
          |2024|2025|2026|anos|antes|de|e|da
        ex aluno|aluna
        treinei|treinava|malhava|malhei|frequentei|frequentava|nadava|lutava ai|aqui|com|na
        @want|pensando|queroo|posso|penso|vou|bora voltar|retornar|retomar
        voltar|retornar a|para (os) treinar|malhar|academia|ativa|treinos|rotina
        volver a entrenar
        @want|pensando retomar
        parei|sai|cancelei ... 2018|2019|2020|2021|2022|2023|2024|2025|anos|pandemia|meses|ano
        """,
        "Treinei aí em 2022 e quero voltar",
        "Ja treinei em outra academia mas não gostei",
        unless="""
        voltar ... falar|ligar|plano|anterior|mensal
        treinei|fui|era|treinava ... em|na outra
        """,
    ),
)
