"""Named word groups for the phrases of the rules: `@want` stands for all ways to want."""

GROUPS = {
    "@want": "quero|queria|quer|querem|queriamos|queremos|gostaria|gostariamos|desejo|preciso"
    "|precisava|pretendo"
    "|interesse|interessado|interessada|afim|vontade|quiero|quisiera|want|like|love|need",
    "@ask": "tem|teria|teriam|tinha|fazem|faz|oferecem|oferece|trabalham|trabalha|aceita|aceitam"
    "|atende|atendem|possui|possuem|existe|rola|tienen|hay|do|offer|have|is|are",
    "@which": "qual|quais|quanto|quantos|quantas|como|onde|que|quando|cual|cuanto|cuales",
    "@price": "valor|preco|mensalidade|custo|investimento|taxa|promo|promocao|promocoes|desconto"
    "|descontos|orcamento|tabela|plano|planos|pacote|pacotes|anuidade|matricula|precio|membership"
    "|abatimento|barato|caro|fidelidade|contrato|mensal|anual|trimestral|semestral|gympass|wellhub"
    "|totalpass|cashback|cupom|parcela|parcelado|vista|avulso|avulsa|multa|carencia|diaria|fee",
    "@class": "aula|aulas|turma|turmas|modalidade|modalidades|horario|natacao|hidro|hidroginastica"
    "|pilates|crossfit|cross|funcional|spinning|bike|zumba|danca|ritmos|fitdance|yoga|ioga|boxe"
    "|muay|jiu|judo|karate|luta|lutas|ballet|bale|capoeira|krav|hiit|jump|step|alongamento"
    "|musculacao|ginastica|personal|nutricionista|piscina|sauna|esteira|funciona|funcionam|avaliacao"
    "|kids|infantil|criancas|idoso|idosos|gestante|gestantes|circuito|abdominal|corrida|beach|tenis"
    "|futebol|volei|calistenia|acompanhamento|professor|instrutor|treino|treinos|quimono|aerobica|trx"
    "|hyrox|escalada|patinacao|taekwondo|muaythai|jiujitsu|boxing|defesa|bodypump|pump|combat|lpo"
    "|kettlebell|reformer|solo|barre|pole|stiletto|forro|hip|acqua|aqua|raia|bioimpedancia|fisio"
    "|massagem|nutri|localizada|atletismo|parkour|swim|swimming|weights|coletivas|armario|vestiario"
    "|ducha|recreacao|creche|estacionamento|climatizado|hapkido|sanda|boxeo|baile|natacion|pesas",
    "@venue": "academia|espaco|estrutura|studio|estudio|box|unidade|lugar|local|ambiente|escola|ct"
    "|instalacoes|aparelhos|piscina|natacao",
    "@visit": "visita|visitinha|avaliacao|experimental|experiencia",
    "@train": "treinar|malhar|academia|exercitar|exercicio|exercicios|musculacao|nadar|lutar|fazer"
    "|praticar|atividade|frequentar|comecar|voltar|entrenar|train|workout|correr",
    "@relative": "filho|filha|filhos|filhas|marido|esposa|esposo|mae|pai|avo|irmao|irma|namorado"
    "|namorada|sobrinho|sobrinha|neto|neta|amigo|amiga|sogra|sogro|enteado|mulher|cunhada|cunhado"
    "|primo|prima|casal|pais|familia|mozao|noiva|noivo|son|daughter|wife|husband|hijo|hija",
    "@doctor": "medico|medica|doutor|doutora|dr|dra|reumat*|cardio|cardiolog*|ortoped*"
    "|fisio|fisioterap*|psicolog*|psiquiatr*|endocrin*|nutri|nutricion*|geriatr*|pediatr*|neuro*|ginecolog*|doctor",
    "@worker": "emprego|trabalho|recepcao|recepcionista|professor|instrutor|estagio|estagiario"
    "|estagiaria|personal|limpeza|vendedor|vendedora|consultor|consultora|coordenador|manutencao"
    "|servicos|gerais|auxiliar|atendente|educador|nutricionista|fisioterapeuta|aprendiz|faxineira|coach|monitor"
    "|monitora|gerente|recreador",
    "@gone": "aluno|aluna|cliente|matriculado|matriculada|membro|socio",
    "@weekday": "segunda|terca|quarta|quinta|sexta|sabado|domingo|amanha|hoje",
    "@ache": "dor|dores|lesao|lesoes|problema|problemas|machuquei|machucado|operei|cirurgia|doi"
    "|doendo|desgaste|inflamacao|pain|dolor|ruim|opero|rompi|quebrei",
}
