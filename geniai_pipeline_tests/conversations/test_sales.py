"""Lists of sales, as CRMs and spreadsheets write them."""

from datetime import date
from pathlib import Path

import pytest

from geniai_pipeline.conversations.sales import read_sales
from geniai_pipeline.errors import PermanentError

DAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    "content",
    [
        b"Nome;Telefone;E-mail;Data da venda\nAna;(11) 98765-4321;ANA@x.com.br;09/03/2026\n",
        "\ufeffCelular,Email,Data\n11987654321,ana@x.com.br,2026-03-09\n".encode(),
        "WhatsApp\tE-Mail\tMatrícula\n5511987654321\tana@x.com.br\t09/03/26 10:00\n".encode(
            "cp1252"
        ),
        b"Relatorio de vendas;;;\nNome;Data de nascimento;Celular;E-mail;Data\n"
        b"Ana;01/02/1990;11987654321 / 1133334444;ana@x.com.br;09/03/2026\n",
        b"Matricula;E-mail;Valor da venda;Telefone;Data\n"
        b"1021;ana@x.com.br;R$ 99,90;11987654321;09/03/2026\n",
        b'Email;Data;Fone\r\n"ana@x.com.br";09-03-2026;"+55 11 98765-4321"\r\n\r\n;;\r\n',
    ],
)
def test_a_sale_is_read_whoever_wrote_the_file(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "vendas.csv"
    file.write_bytes(content)
    (sale,), rejected = read_sales(file)
    assert (sale.phone, sale.email, sale.sold_on) == ("+5511987654321", "ana@x.com.br", DAY)
    assert rejected == []


def test_a_bad_line_costs_no_other_and_is_named(tmp_path: Path) -> None:
    file = tmp_path / "vendas.csv"
    file.write_text(
        "telefone;data\n11987654321;31/02/2026\n11987654321;\n12;09/03/2026\n11987650000\n"
    )
    sales, rejected = read_sales(file)
    assert [(sale.phone, sale.sold_on) for sale in sales] == [
        ("+5511987654321", None),
        ("+5511987650000", None),
    ]
    assert [(refused.key, refused.reason[:12]) for refused in rejected] == [
        ("line 2", "'31/02/2026'"),
        ("line 4", "no telephone"),
    ]


@pytest.mark.parametrize("content", ["", "nome;plano\nAna;Black\n"])
def test_a_file_that_tells_nobody_apart_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "vendas.csv"
    file.write_text(content)
    with pytest.raises(PermanentError, match="telefone"):
        read_sales(file)
