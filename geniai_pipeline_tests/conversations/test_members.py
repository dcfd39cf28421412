"""Lists of members, as gyms' systems and spreadsheets write them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from geniai_pipeline.conversations.members import (
    Member,
    MembersList,
    hash_identity,
    read_members,
)
from geniai_pipeline.errors import PermanentError

TODAY = date(2026, 6, 10)
ANA, RUI = "+5511987654321", "+5585991234567"
SINCE = date(2026, 3, 9)

Read = Callable[[str | bytes], MembersList]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a list with this content."""

    def read_content(content: str | bytes) -> MembersList:
        file = tmp_path / "alunos.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_members(file, TODAY)

    return read_content


EXPORTS = {
    "a plain list": "nome;telefone;e-mail;desde\nAna;(11) 98765-4321;ANA@x.com.br;09/03/2026\n",
    "Excel's, for Brazil": (
        "\ufeffNome;Celular;E-mail;Data de matrícula\r\n"
        'Ana;"(11) 98765-4321";ana@x.com.br;09/03/2026 00:00:00\r\n'
    ),
    "Excel's on an old Windows": (
        "Situação;Início;WhatsApp;E-mail\nAtivo;09/03/26;11987654321;ana@x.com.br\n"
    ).encode("cp1252"),
    "Excel's Unicode text": "Celular\tE-mail\tInício\n11987654321\tana@x.com.br\t9/3/2026\n".encode(
        "utf-16"
    ),
    "Google's": "Phone,Email,Member since\n+55 11 98765-4321,ana@x.com.br,2026-03-09\n",
    "a title, filters and a delimiter's name above": (
        "sep=;\nRelatório Geral de Clientes;;;\nUnidade: Centro;Emitido em 10/06/2026;;\n;;;\n"
        "Matrícula;Nome;Situação;Data de Matrícula;Telefone;E-mail\n"
        "001023;Ana;Ativo Normal;09/03/2026;(11)98765-4321;ana@x.com.br\n"
    ),
    "a contract a line, with statuses of both": (
        "Código,Cliente,Contrato ID,Status Cliente,Status Contrato,Início,Vencimento,Valor,"
        "Modalidade,Consultor,Recorrência ativa,Celular,E-mail\n"
        '1,Ana,102,Ativo,Finalizado,01/03/2025,28/02/2026,"1.800,00",Pilates,Bia,NÃO,'
        "11987654321,ana@x.com.br\n"
        '1,Ana,103,Ativo,Ativo,09/03/2026,08/03/2027,"2.500,00",Musculação,Bia,NÃO,'
        "11987654321,ana@x.com.br\n"
    ),
    "two contracts, and columns by number": (
        "Telefone 1;Telefone 2;E-mail 1;Início;Situação\n"
        ";11987654321;ana@x.com.br;09/03/2026;Ativo\n;11987654321;ana@x.com.br;01/05/2026;Ativo\n"
        ";11987654321;ana@x.com.br;01/05/2020;Cancelado\n"
    ),
    "codes for words": (
        "matricula;nome;situacao;situacaoContrato;dtMatricula;dtFim;telCelular;email\n"
        "77;Ana;AT;NO;09/03/2026;31/12/9999;11987654321;ana@x.com.br\n"
    ),
    "an interface's names": (
        "idMember,firstName,membershipStatus,registerDate,membershipEndDate,cellphone,email\n"
        "5,Ana,Active,2026-03-09T10:11:12,2027-03-08T00:00:00,11987654321,ana@x.com.br\n"
    ),
    "a line break and the delimiter in a cell": (
        "Nome;Observação;Celular;E-mail;Cadastro\n"
        '"Ana;Lima";"mora\nlonge; liga à noite";11987654321;ana@x.com.br;09/03/2026\n'
    ),
    "dates and telephones of others": (
        "Nome;Data de nascimento;Telefone de emergência;Celular do responsável;Celular;E-mail;"
        "Último pagamento;Vencimento da parcela;Validade do atestado;Matrícula\n"
        "Ana;01/02/1990;11911112222;11933334444;11987654321;ana@x.com.br;"
        "01/05/2026;01/06/2026;01/01/2026;09/03/2026\n"
    ),
    "an old mobile number, its zero and a comma": (
        "Telefones;E-mail;Adesão\n011 8765-4321;ana@x.com.br, ;09-03-2026\n"
    ),
    "the day of the account and the day of joining": (
        "Celular;Cadastro;Desde;E-mail\n11987654321;01/01/2020;09/03/2026;ana@x.com.br\n"
    ),
}


@pytest.mark.parametrize("content", EXPORTS.values(), ids=EXPORTS)
def test_a_member_is_read_whichever_system_wrote_the_list(content: str | bytes, read: Read) -> None:
    listed = read(content)
    assert listed.members == [Member((ANA,), ("ana@x.com.br",), SINCE)]
    assert (listed.rejected, dict(listed.unknown_statuses)) == ([], {})


@pytest.mark.parametrize(
    ("status", "is_member"),
    [
        *((status, True) for status in (
            "", "Ativo", "ATIVA", "active", "Ativo a vencer", "Trancado", "Férias", "Suspenso",
            "Bloqueado", "Inadimplente", "Em dia", "Cancelamento agendado", "AT", "NO",
            "Em processo de renovação", "Wellhub",
        )),
        *((status, False) for status in (
            "Inativo", "INATIVA", "inactive", "Inativo - Vencido", "Cancelado", "cancelled",
            "Desistente", "Visitante", "Prospect", "Ex-aluno", "Não renovado", "Encerrado",
            "Aula experimental", "IN", "VI", "Expired", "Finalizado",
        )),
    ],
)  # fmt: skip
def test_who_is_inactive_is_no_member(status: str, is_member: bool, read: Read) -> None:
    listed = read(f"telefone;situação\n11987654321;{status}\n")
    assert (len(listed.members), listed.inactive) == (is_member, not is_member)


def test_who_is_on_leave_or_late_is_of_a_known_status_and_others_are_named(read: Read) -> None:
    lines = ["Trancado", "Bloqueado", "Aguardando biometria", "Aguardando Biometria", "Wellhub"]
    content = "".join(f"1198765432{i};{status}\n" for i, status in enumerate(lines))
    listed = read(f"telefone;status\n{content}")
    assert len(listed.members) == 5
    assert listed.unknown_statuses == {"aguardando biometria": 2, "wellhub": 1}


@pytest.mark.parametrize(
    ("column", "cell", "is_member"),
    [
        ("Vencimento", "09/06/2026", False),
        ("Vencimento", "10/06/2026", True),
        ("Vencimento", "10", True),
        ("Válido até", "Indeterminado", True),
        ("Fim do contrato", "2026-06-09", False),
        ("Data de cancelamento", "01/06/2026", False),
        ("Data de cancelamento", "01/01/0001", True),
        ("Motivo do cancelamento", "preço", True),
        ("Ativo", "Não", False),
        ("Ativo", "Sim", True),
        ("Active", "false", False),
        ("Endereço", "Rua do Fim, 10", True),
        ("Plano", "Aula experimental", False),
        ("Plano", "Diária", False),
        ("Plano", "Black Anual", True),
        ("Plano", "TotalPass", True),
    ],
)
def test_whose_contract_is_over_or_a_trial_is_no_member(
    column: str, cell: str, is_member: bool, read: Read
) -> None:
    listed = read(f"telefone;{column}\n11987654321;{cell}\n")
    assert (len(listed.members), listed.inactive) == (is_member, not is_member)


def test_who_is_said_to_be_active_is_one_whatever_falls_due(read: Read) -> None:
    listed = read(
        "telefone;situação;vencimento\n11987654321;Ativo;05/06/2026\n11987654322;;05/06/2026\n"
        "11987654323;Cancelado;05/07/2026\n"
    )
    assert [member.phones for member in listed.members] == [(ANA,)]
    assert listed.inactive == 2


def test_a_stray_quotation_mark_swallows_no_line(read: Read) -> None:
    lines = "".join(f'"Aluno {i}";119{80000000 + i}\n' for i in range(40))
    listed = read(f'nome;celular\n"Ana;11987654321\n{lines}"Rui;85991234567\n')
    assert len(listed.members) == 42
    assert len(read(f'nome;celular\n"Ana,\nfilha do Zé";11987654321\n{lines}').members) == 41


def test_a_number_without_area_code_is_rejected_with_that_reason(read: Read) -> None:
    listed = read("celular\n98765-4321\n12\n11987654321\n")
    assert [line.reason for line in listed.rejected] == [
        "the telephone number has no area code",
        "no telephone number and no e-mail address that can be used",
    ]


def test_a_line_that_tells_nobody_is_rejected_alone_and_nothing_of_it_is_held(read: Read) -> None:
    listed = read(
        "nome;celular;e-mail\nAna;11987654321;\nEva;12;eva(at)x.com\nRui;;rui@x.com.br\nBia;;\n"
    )
    assert [(member.phones, member.emails) for member in listed.members] == [
        ((ANA,), ()),
        ((), ("rui@x.com.br",)),
    ]
    assert [(line.key, line.payload) for line in listed.rejected] == [
        ("line 3", "{}"),
        ("line 5", "{}"),
    ]


def test_all_telephones_of_a_person_count_and_an_unusable_date_is_none(read: Read) -> None:
    listed = read(
        "Telefone;Celular;Início\n(11) 3333-4444 / 11 98765-4321;85 99123-4567;31/02/2026\n"
        "11 98765-4322;;01/01/1900\n"
    )
    assert listed.members == [
        Member(("+551133334444", ANA, RUI), (), None),
        Member(("+5511987654322",), (), None),
    ]


def test_thousands_of_lines_are_read(read: Read) -> None:
    lines = "".join(f"Aluno {i};119{80000000 + i};a{i}@x.com.br\n" for i in range(5000))
    listed = read(f"nome;celular;e-mail\n{lines}")
    assert len({member.phones for member in listed.members}) == 5000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "telefone"),
        (b"nome;plano\nAna;Black\n", "telefone"),
        (b"ana@email.com;11987654321\nrui@email.com;85991234567\n", "telefone"),
        (b"PK\x03\x04rest", "not an Excel workbook that can be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel workbook"),
        (b"\xef\xbb\xbf\r\n<table><tr><td>telefone", "a web page"),
        (b'telefone;nome\n1198;"' + b"x" * 200_000, "not a CSV file"),
    ],
    ids=[
        "empty",
        "no identity",
        "no headings",
        "half a workbook",
        "an old workbook",
        "a web page",
        "an open quote",
    ],
)
def test_a_file_that_tells_nobody_apart_is_refused(content: bytes, says: str, read: Read) -> None:
    with pytest.raises(PermanentError, match=says):
        read(content)


def test_an_identity_is_hashed_by_the_key() -> None:
    assert hash_identity(b"key", ANA) == "4b2d2e95b2af12e27a74d3ab17f82a5e"
    assert hash_identity(b"other", ANA) != hash_identity(b"key", ANA)
