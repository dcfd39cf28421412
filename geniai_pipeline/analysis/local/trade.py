"""Rules on those who come to trade: they sell, seek work, or look for a place to work in."""

from geniai_pipeline.analysis.local.matcher import Kind, Rule

RULES = (
    Rule(
        "vendor",
        Kind.VENDOR,
        "oferece um produto ou serviço à academia",
        """
        apresentar|mostrar|demonstrar|oferecer|ofereco|enviar ... nossa|nosso|nossos|nossas|minha
          |meu ... solucao|empresa|proposta|produto|produtos|sistema|servico|servicos|catalogo
          |portfolio|trabalho|plataforma
        somos|sou|represento|falo ... agencia|distribuidor|distribuidora|fabricante|fabrica
          |fornecedor|fornecedora|importadora|consultoria|startup|industria
        representante da|de|do|comercial
        deixar|entregar|oferecer|enviar ... amostra|amostras|sache|saches|degustacao|folder
        ^ (bom) (dia) (sou) vendo|vendemos|ofereco|oferecemos
        quem cuida|decide|responde (das|da|do|pelas|pela|de|sobre) contas|marketing|compras|midia
          |financeiro
        enviar|encaminho|encaminhar|mandar|apresentar|fazer|segue ... proposta|orcamento
        sou|somos|falo da|do empresa|distribuidora|agencia|loja
        assessoria|contabil|higienizacao|dedetizacao|toner|impressoras|brindes
        consorcio|seguros|cotas|franquia|patrocinio
        temos um|uma|o|a pacote|promocao|condicao|proposta|solucao|oferta ... a partir|especial
          |para
        anunciar|divulgar|revista|radio|outdoor|panfletagem ... academia|voces|empresa|bairro
          |pacote
        empresarios|palestra|sebrae|senac|workshop
        simulacao|energia ... empresa|solar
        agencia ... marketing|especializada|trafego|publicidade
        trafego pago
        represento|representante ... comercial|fabrica|marca|empresa|linha
        falar|falo|contato ... responsavel|dono|dona|gerente|proprietario|proprietaria|decisor
          |comprador
        mostrar|apresentar ... nossa|nosso linha|marca|material|equipamento|equipamentos|software
        apresentar|demonstrar ... aparelhos|equipamentos|maquinas|linha|produto|produtos|solucao
        ponto|imovel|espaco comercial
        automatiza|automatizar|automatizamos|automacao
        tem|teria|consegue 5|10|15|20 minutos|minutinhos|min
        voces tem|teriam|teria interesse em
        voces nao tem app|aplicativo|site|instagram|sistema
        orcamento gratis
        we offer|design|supply|sell|provide|manufacture
        our price|catalog|products|catalogue|company
        falar|falo ... setor|departamento ... compras|marketing|financeiro|comercial
        responsavel|dono|gerente pelo|pelas|pela|de|da compras|marketing|academia|midias
        ajudamos|ajudo academia|empresas|negocios|studios|gestores
        ... aumentar|dobrar|triplicar|lotar ... vendas|faturamento|matriculas|agenda|captacao
          |alunos
        distribuicao|revenda|atacado|venda|linha|fornecimento|fornecedor ... suplementos
          |equipamentos|uniformes|whey|acessorios|produtos
        manutencao|conserto|reforma ... esteira|esteiras|aparelhos|equipamentos|ar|bicicletas
        fechar|propor|proposta|possibilidade|interesse ... parceria|permuta
        parceria com a|voces|sua
        influenciadora|influencer|influenciador|permuta|publi
        sistema|software|aplicativo|app|plataforma de|para gestao|academia
        nosso|nossa|nossos aplicativo|software|sistema|plataforma|catalogo|solucao|maquininha
        trabalhamos|trabalho com ... equipamentos|suplementos|uniformes|marketing|software
          |sistemas|limpeza|energia|seguros
        demonstracao gratis|rapida|do|da sistema|nossa|plataforma|ferramenta|15
        reduzir|diminuir ... evasao|inadimplencia|custos
        tenho|temos|vendo|vendemos ... esteiras|halteres|anilhas|equipamentos ... usados|usadas
          |seminovos|venda|novos
        fazemos|oferecemos|ofrecemos|fornecemos|vendemos|produzimos|fabricamos|desenvolvemos
          |atuamos|prestamos ... banners|brindes|camisetas|voces|academias|academia|gimnasio
          |maquinaria|empresas|servicos|marca|fabrica|clientes|gestao|uniformes|produtos
        seus|suas|seu|sua alunos|clientes|colaboradores|negocio|marca|faturamento|vendas|redes
          |empresa|perfil
        represento|representamos|represent
        con|com quien|quem|o puedo|posso|seria|falo (falar) ... responsavel|compras|marketing
          |hablar|parcerias|decide|decidir
        nossa|minha empresa|agencia|loja|marca|fabrica|grafica
        segue meu|nosso cartao|portfolio|catalogo
        modernizando|renovando|equipando|atendendo ... academias|studios|maquinas
        nossa|nosso crm|erp|catraca|catracas|maquininha|maquina|linha|marca|ferramenta
        sou (um|uma) criador|criadora|influencer|blogueira|digital|fotografo|fotografa|videomaker
          |designer
        |atleta ... conteudo|permuta|patrocinio|parceria|troca|academia|reels
        faco|fazemos|ofereco|presto|realizo ... reels|faxina|limpeza|fotos|videos|sites|site
          |instalacao
        |manutencao|conserto|reforma|marmita|marmitas|uniformes|dedetizacao|brindes|banners
          |personalizados
        quer|quero|querem|voces|gostaria ... aumentar|dobrar|triplicar|aparecer ... faturamento
          |vendas
        |google|lucro|matriculas
        patrocinar|patrocinio
        oferta|plano|pacote|condicao ... cnpj|empresa|empresas|comercial|fibra|mega
        orcamento ... sem compromisso
        demonstracao|demo|apresentacao ... sistema|solucao|produto|plataforma|minutos|min
        atacado|revenda|revendedora|revender
        """,
        "Podemos apresentar nossa solução para academias?",
        "A estrutura de vocês tem piscina? Quero conhecer",
        unless="""
        convenio|parceria|plano|acordo ... nossos|meus|minha|nossa|80 funcionarios|colaboradores
          |servidores|equipe|alunos
        funcionarios|colaboradores ... treinar|plano|planos|convenio|academia
        corporativo|empresarial
        somos|sou um|uma|um|dois|duas casal|familia|grupo|amigos|amigas
        @want levar|trazer
        aula|treino de ontem|hoje
        reclamar|reclamacao
        orcamento ... pessoas|turma|alunos|grupo
        """,
    ),
    Rule(
        "job_seeker",
        Kind.JOB,
        "procura trabalho na academia",
        """
        curriculo|curriculum|cv|curriculos
        vaga|vagas|oportunidade|oportunidades de|para|como|pra @worker
        vaga|vagas|oportunidade ... emprego|estagio|trabalho|aberto|abertas|disponivel
        voces estao|esta contratando|admitindo|selecionando
        selecao|processo|recrutamento para|de @worker|gerente|gestor|lider|supervisor
        estao|esta|estariam contratando|recrutando
        trabalhe conosco
        trabalhar|estagiar|lecionar com|ai|na|nessa ... voces|equipe|academia|unidade
        trabalhar ai|conosco
        procuro|procurando|busco|buscando|atras ... emprego|trabalho|estagio|vaga|oportunidade
        estagio|estagiario|estagiaria
        processo seletivo
        precisando|precisam|precisa|contratam|contratar de|um|uma|algum|alguma|instrutor|professor
          |recepcionista|estagiario|personal @worker
        precisando|precisam|contratam|contratando @worker
        sou|trabalho|atuo|formado|formada ... personal|professor|instrutor|cref ... alunos|vaga
          |trabalhar|aulas|oportunidade|atender
        atender|levar|treinar|dar meus|minhas alunos|alunas|clientes|aulas
        formado|formada|bacharel|graduado|graduada|licenciado|recem ... educacao fisica
        busco|procuro|querendo|quero|preciso ... uma|minha|de chance|oportunidade|colocacao
          |recolocacao
        meus|enviar|mandar ... dados|documentos ... vaga|contratacao|rh
        cref ativo
        experiencia ... anos|recepcao|atendimento|area|vendas|limpeza
        disponibilidade|inicio imediata|imediato|de|para ... trabalhar|comecar|horario|imediata|$
        dar|ministrar aula|aulas de|ai|na
        hiring|job
        contratam|contratar|contratando|contratacao ... menor|aprendiz|alguem|gente|freelancer
          |professor
        jovem|menor aprendiz
        quanto voces pagam|paga
        quanto pagam ... hora|aula
        precisam|precisando|procurando (de) alguem|gente|pessoas para|pro|de
        pagam quanto|bem ... aula|professor|instrutor
        sou professor|professora|instrutor|instrutora|massoterapeuta|fisioterapeuta|nutricionista
          |coach
        |educador|educadora|treinador ... propor|oferecer|atender|vaga|procuro|parceria|espaco|turma
        @want ... emprego|servico
        entrevista|candidatura|candidato|processo ... vaga|semana|posicao|seletivo|resultado
        fazer|pegar|cobrir (uns) plantao|freela|freelas|ferias|bico
        """,
        "Tem vaga de recepcionista?",
        "Tem vaga na turma de pilates das 19h?",
        unless="""
        vaga|vagas ... turma|aula|horario|natacao|pilates
        perto|depois|antes|saindo|volta do|de trabalho
        """,
    ),
    Rule(
        "professional",
        Kind.VENDOR,
        "oferece o próprio trabalho como profissional",
        """
        sou|somos|atuo|trabalho|sou (como) (um|uma) personal|nutri|nutricionista|fisioterapeuta
          |fisio|massoterapeuta|coach|treinador|treinadora|instrutor|instrutora|educador|educadora
          |mestre|preparador|tiktoker|influenciador|influenciadora|atleta
        sou|somos professor|professora|professores de|da|do @class|educacao
        meus|minhas|uns|seus alunos|alunas|pacientes|seguidores|atendimentos
        k|mil|quantos seguidores|inscritos
        aceita|aceitam|deixam|permitem|recebem personal|professor externo|fora|de|dar
        personal|profissional|professor externo|autonomo
        sublocar|sublocacao|coworking
        alugar|aluga|alugam|usar|disponivel ... sala|espaco ... aula|aulas|atender|alunos|pacientes
        divulgo|divulgar|divulgando|divulgacao|permuta
        em troca de|da
        incluir|agregar|somar ... grade|equipe|time
        atendo|ministro|leciono
        dou aula|aulas
        """,
        "Sou professora de yoga e queria levar meus alunos",
        "Sou professora da rede estadual, tem desconto?",
        unless="""
        meus|minhas filhos|filhas
        """,
    ),
    Rule(
        "corporate_agreement",
        Kind.STAFF,
        "procura um convênio para a equipe da empresa",
        """
        @want|para|temos|dos|aos|nossos|meus ... funcionarios|colaboradores|servidores|empregados
        colegio|escola|empresa|condominio|grupo ... @want ... trazer|levar|fechar ... turma|alunos
          |equipe|pessoas|convenio|parceria
        sou|falo|e (aqui) do rh|recursos
        empresa (que) (eu) da|tem|oferece|paga|trabalho ... gogood|gympass|wellhub|totalpass
          |desconto
        minha|nossa empresa ... convenio|desconto|beneficio|pessoas|planos|fechar|treinar
        plano|planos|convenio|parceria|beneficio|pacote corporativo|empresarial|empresa|empresas
          |corporativa
        convenio|parceria|plano ... minha|nossa|nosso equipe|empresa|time
        """,
        "Queremos um convênio para nossos funcionários",
        "Queremos fechar uma parceria de suplementos com a academia",
        unless="""
        represento|oferecer|oferecemos|oferece|apresentar|fornece|fornecemos|vende|desenvolve
        odontologico|dental|seguro|beneficios
        """,
    ),
)
