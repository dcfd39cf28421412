"""Names for made-up people."""

WOMEN = (
    "Adriana", "Alessandra", "Aline", "Amanda", "Ana", "Andressa", "Beatriz", "Bianca", "Bruna",
    "Camila", "Carla", "Carolina", "Cíntia", "Clara", "Cláudia", "Cristiane", "Daniela", "Débora",
    "Elaine", "Eliane", "Fabiana", "Fernanda", "Flávia", "Gabriela", "Giovana", "Heloísa",
    "Isabela", "Janaína", "Jéssica", "Joana", "Juliana", "Karina", "Larissa", "Letícia", "Lívia",
    "Luana", "Lúcia", "Luciana", "Luiza", "Manuela", "Marcela", "Mariana", "Marina", "Michele",
    "Mônica", "Natália", "Patrícia", "Paula", "Priscila", "Rafaela", "Raquel", "Renata", "Rosana",
    "Sabrina", "Sandra", "Silvana", "Simone", "Solange", "Sueli", "Taís", "Tatiane", "Teresa",
    "Thaís", "Valéria", "Vanessa", "Vera", "Verônica", "Viviane", "Yasmin", "Rosângela", "Ingrid",
    "Kelly", "Elisa", "Stefany", "Rayssa", "Jaqueline",
)  # fmt: skip

MEN = (
    "Adriano", "Alan", "Alexandre", "Anderson", "André", "Antônio", "Arthur", "Bruno", "Caio",
    "Carlos", "César", "Cláudio", "Cristiano", "Daniel", "Danilo", "Diego", "Diogo", "Douglas",
    "Edson", "Eduardo", "Emerson", "Fábio", "Felipe", "Fernando", "Flávio", "Francisco",
    "Gabriel", "Geraldo", "Gilberto", "Guilherme", "Gustavo", "Henrique", "Hugo", "Igor", "Ivan",
    "Jair", "João", "Jonas", "Jorge", "José", "Juliano", "Júlio", "Leandro", "Leonardo", "Lucas",
    "Luciano", "Luiz", "Marcelo", "Márcio", "Marcos", "Mateus", "Maurício", "Murilo", "Nelson",
    "Otávio", "Paulo", "Pedro", "Rafael", "Renan", "Renato", "Ricardo", "Roberto", "Rodrigo",
    "Rogério", "Ronaldo", "Samuel", "Sérgio", "Thiago", "Tiago", "Valdir", "Vinícius", "Vitor",
    "Wagner", "Wellington", "William", "Wesley", "Everton", "Ítalo", "Ruan",
)  # fmt: skip

SURNAMES = (
    "Albuquerque", "Almeida", "Alves", "Amaral", "Andrade", "Araújo", "Azevedo", "Barbosa",
    "Barros", "Batista", "Bezerra", "Borges", "Brito", "Campos", "Cardoso", "Carvalho", "Castro",
    "Cavalcante", "Coelho", "Corrêa", "Costa", "Cruz", "Cunha", "Dias", "Duarte", "Farias",
    "Fernandes", "Ferreira", "Figueiredo", "Fonseca", "Freitas", "Furtado", "Garcia", "Gomes",
    "Gonçalves", "Guimarães", "Lacerda", "Leite", "Lima", "Lopes", "Macedo", "Machado", "Maciel",
    "Magalhães", "Marques", "Martins", "Medeiros", "Melo", "Mendes", "Miranda", "Monteiro",
    "Moraes", "Moreira", "Moura", "Nascimento", "Neves", "Nogueira", "Nunes", "Oliveira",
    "Pacheco", "Peixoto", "Pereira", "Pinheiro", "Pinto", "Pires", "Queiroz", "Ramos", "Reis",
    "Rezende", "Ribeiro", "Rocha", "Rodrigues", "Sales", "Santana", "Santos", "Schneider",
    "Silva", "Silveira", "Soares", "Souza", "Tavares", "Teixeira", "Torres", "Vasconcelos",
    "Vieira", "Xavier",
)  # fmt: skip

SOUTHERN_SURNAMES = (
    "Becker", "Hoffmann", "Klein", "Kowalski", "Müller", "Nowak", "Schmidt", "Wagner", "Weber",
    "Zanella", "Bertoldi", "Rossi",
)  # fmt: skip
