"""Fields of meaning: words the classifier treats alike, so that it knows words it never trained on.

Words are regular (see `language`); `emagrec*` stands for every word that begins so.
"""

FIELDS = {
    "greeting": """oi ola opa bom boa dia tarde noite hey hi hello hola buenas salve fala eai
        tudo bem joia tranquilo blz beleza coe iai alo dae oies saudacoes prezado prezados""",
    "thanks": "obrigado grato grata agradec* gracias thanks thank gratidao",
    "price": """preco valor mensalidade custa custo custam quanto investimento taxa promocao promo
        promocoes desconto descontos cupom orcamento tabela barato caro parcela parcelado gratis
        anuidade diaria pacote pacotes cuesta price fee cost much cuanto precio salgado abatimento
        cashback reais r$ oferta ofertas avista parcelam invisto pagando custando""",
    "plan": """plano planos mensal anual semestral trimestral fidelidade contrato matricula
        inscricao adesao membership plan gold black premium basico recorrencia wellhub gympass
        totalpass familia casal""",
    "sport": """musculacao natacao hidro hidroginastica pilates crossfit cross funcional spinning
        bike jump zumba danca dancar ritmos fitdance yoga ioga boxe boxing muay thai muaythai jiu
        jitsu judo karate taekwondo kung capoeira krav maga luta lutas mma ballet bale ginastica
        hiit alongamento treinamento escalada tenis beach volei futevolei futebol futsal basquete
        corrida correr nadar patinacao surf remo calistenia parkour circo tecido pole forro zouk
        samba salsa carimbo jazz sapateado contemporaneo barre reformer step bodypump combat hyrox
        ciclismo triathlon esgrima aikido sumo wrestling kickboxing swimming swim climbing
        meditacao atletismo rugby handebol skate slackline acrobacia hip hop stiletto flamenco""",
    "venue": """academia studio estudio box ct unidade espaco estrutura ambiente lugar clube arena
        centro escola ginasio tatame salao gym aparelhos aparelho maquinas""",
    "facility": """piscina estacionamento vestiario chuveiro sauna armario armarios wifi ar
        condicionado banheiro esteira esteiras eliptico halter halteres anilhas leg press smith
        supino hack raia bebedouro catraca toalha espelho secador bicicletario kids recepcao
        elevador ventilador tapete colchonete""",
    "goal": """emagrec* engord* secar perder peso massa hipertrofia definir definicao tonificar
        condicionamento folego resistencia saude barriga bumbum gluteo gluteos coxa pernas braco
        fortalecer fortalecimento forte shape corpo magra magro magrelo gorda gordo gordinho quilos
        kg estresse postura flexibilidade mobilidade autoestima disposicao qualidade vida sedentar*
        objetivo meta verao medidas definido sarado trincado culote flacidez casamento formatura
        taf concurso competir campeonato maratona envelhecer""",
    "health": """dor dores doi doendo lesao hernia coluna lombar joelho ombro quadril tornozelo
        cervical ciatico escoliose lordose artrose artrite osteoporose osteopenia fibromialgia
        diabet* pressao hipertens* colesterol cardiac* coracao infarto avc derrame stent marcapasso
        cancer quimio* radio* oncolog* tumor mastectomia ansiedade depressao panico burnout tdah
        autis* tea parkinson alzheimer esclerose epilepsia asma bronquite rinite tireoide menopausa
        endometriose sop lipedema varizes trombose gestante gravida gravidez puerperio diastase
        cesarea cirurgia operei operado operada protese pinos placa ligamento menisco lca
        tendinite bursite condromalacia canelite fascite labirintite insonia obesidade bariatrica
        cadeirante deficien* medico medica doutor doutora cardiologista ortoped* fisio fisioterap*
        reumat* geriatra psiquiatra psicolog* endocrin* nutrolog* pediatra ginecolog* glicemia
        glicose insulina figado gordura sindrome down paralisia amput* hospital internado febre
        gripe dengue covid virose atestado exame exames laudo reabilit*""",
    "class": """aula aulas turma turmas modalidade modalidades horario treino treinos vaga
        vagas iniciante iniciantes avancado intermediario nivel coletivas experimental teste
        aulao metodo acompanhamento supervisao grade""",
    "schedule": """hora horas manha tarde noite cedo almoco madrugada segunda terca quarta quinta
        sexta sabado domingo semana fim feriado abre abrem fecha fecham funciona funcionam aberto
        dias""",
    "today": "hoje amanha ontem agora daqui anteontem",
    "billing": """boleto fatura cobranca cobraram cobrado debito debitaram estorno estornar
        reembolso pagamento paguei pagar pago vencimento vence venceu vencido vencida atrasado
        atrasada comprovante recibo nota fiscal pix cartao segunda via chave juros multa
        inadimplente reajuste cobrou devolucao declaracao banco conta""",
    "account": """app aplicativo senha login logar acesso cadastro biometria digital facial tag
        carteirinha checkin check qr token codigo bloqueado bloqueada liberar sistema site email
        validar erro travou""",
    "leave": """cancelar cancelamento cancela cancelem rescindir rescisao encerrar trancar
        trancamento congelar pausar suspender transferir transferencia renovar renovacao renova
        desmarcar
        remarcar remarcacao reposicao repor falta faltas faltei faltar reserva reservar""",
    "lost": "esqueci perdi deixei sumiu achou garrafa garrafinha squeeze fone chave oculos casaco",
    "staff": """prof professor professora instrutor instrutora personal coach mestre sensei
        treinador treinadora recepcionista atendente gerente coordenador coordenadora nutri
        nutricionista tia tio equipe""",
    "ficha": "ficha wod serie series avaliacao bioimpedancia bio anamnese faixa graduacao kimono",
    "work": """curriculo curriculum cv emprego trabalho trabalhar contratando contratar contratacao
        estagio estagiar estagiario entrevista processo seletivo selecao candidat* salario
        experiencia formado formada formacao cref recem licenciad* bacharel graduad* disponibilidade
        oportunidade colocacao faxineira diarista freelancer hiring job trabajo clt pj admissao""",
    "business": """empresa proposta apresentar apresentacao solucao solucoes sistema software
        plataforma fornecedor fornecedora distribuidor* represent* parceria parceiro patrocinio
        permuta marketing trafego leads captacao vendas faturamento clientes comercial atacado
        revenda catalogo portfolio orcamento cnpj negocio negocios empreendedor agencia consultoria
        assessoria marca produto produtos servico servicos equipamentos suplementos uniformes
        brindes demonstracao demo especializad* gestao instalacao manutencao limpeza reduzir
        aumentar dobrar triplicar lucro responsavel compras decisor proprietario dono socios
        investidor franquia consorcio seguro seguros telecom fibra energia solar maquininha taxas
        anunciar anuncio divulgar divulgacao influencer influenciador* seguidores reels conteudo
        midia ofereco oferecemos vendo vendemos fabrica fabricante fazemos trabalhamos atendemos
        importacao wholesale supplier company services website owner feira estande evento""",
    "scam": """clique link premio sorteado ganhou ganhe dinheiro renda extra investimento bitcoin
        cripto emprestimo credito consignado aprovado fgts divida dividas serasa spc aposta apostas
        cassino bet bonus saque lucre fature telegram milhas urgente bloqueio sms resgatar
        gratuitamente cadastre""",
    "politics": """vote voto vereador prefeito deputado candidato culto missa novena igreja deus
        senhor""",
    "authority": """prefeitura vigilancia sanitaria bombeiros policia pm fiscal fiscalizacao
        alvara vistoria justica oficial conselho defesa civil delegacia ocorrencia cameras medidor
        leitura agua luz esgoto cosern cemig enel sabesp copel""",
    "elsewhere": """pizza pizzaria lanche lanchonete hamburguer x-burguer marmita marmitex acai
        coxinha bolo pastel cardapio coca cerveja carne picanha padaria pao mercado supermercado
        farmacia remedio receita posto consulta dentista clinica laboratorio coleta salao unha
        unhas manicure cabelo corte barba barbearia progressiva sobrancelha depilacao costureira
        vestido banho tosa pet petshop veterinario cachorro gato racao oficina mecanico carro
        pneu gasolina uber taxi motoboy entrega entregador encomenda pedido frete caminhao
        mudanca gas botijao pedreiro eletricista encanador pintor advogado contador despachante
        imobiliaria aluguel imovel aluga alugar apartamento casa creche hotel viagem passagem
        festa ingresso show churrasco pelada jogo rifa doacao ong cesta sorteio novela
        celular chip internet tv fatura loja tenis roupa presente concerto conserto""",
    "personal": """amor mor vida mae pai filho filha vo vovo sogra sogro comadre compadre amiga
        amigo mana mano irmao irma vizinho vizinha tia grupo saudade beijo te amo""",
    "family": """marido esposa esposo namorado namorada sobrinho sobrinha neto neta enteado
        cunhado cunhada primo prima bebe crianca criancas menino menina adolescente idoso idosa
        idosos anos aninhos meses son daughter wife husband""",
    "company": """funcionarios colaboradores equipe rh convenio corporativo empresarial servidores
        condominio moradores condomino empregados beneficio""",
    "want": """quero queria gostaria gostava desejo preciso pretendo interesse interessado
        interessada afim vontade pensando penso quiero quisiera want like would need querendo
        procurando procuro busco buscando""",
    "start": """comecar iniciar entrar participar voltar retornar retomar inscrever matricular
        inscrevo matriculo fechar assinar contratar garantir inscrever-me join start sign""",
    "visit": """conhecer visitar visita experimentar agendar marcar ver olhar espiar aulinha
        experimenta tour try prueba probar passar assistir testar""",
    "past": """treinava fazia frequentava parei sai fui era treinei malhava fiz ja antigamente
        pandemia ex""",
    "question": "qual quais quando onde como que quanto quantos quantas cual what when where how",
    "offer": """tem tens fazem faz oferecem aceita aceitam possui atende atendem existe rola ha
        do have""",
    "possessive": "meu minha meus minhas my mi",
    "you": "voces voce seu sua",
    "complaint": """reclamar reclamacao absurdo descaso pessimo horrivel quebrado quebrada
        quebrou pifou pifado estragado suja sujo entupido gelada fria vazando barulho demora
        demorando ruim pior defeito manutencao elogiar parabens parabenizar""",
    "waiting": "aqui fora porta recepcao chegando cheguei chego atrasar atrasada atraso esperando",
    "refuse": """nao desisti desistir caro longe outra concorrente desculpa engano errado confundi
        infelizmente sem parem pare sair descadastrar""",
    "later": "depois talvez pensar pesquisando olhando vendo decidindo frente futuramente dps",
    "injection": """ignore instrucoes prompt score lead classifique sistema regras system
        instructions assistente json desconsidere finja repita""",
    "member": "sou aluno aluna matriculado matriculada cliente treino malho frequento nado faco",
    "city": "bairro cidade perto mudei mudando moro morando turista ferias temporada visitando",
}
