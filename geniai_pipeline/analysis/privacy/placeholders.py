"""The form of placeholders."""

import re

KINDS = (
    "NOME", "EMAIL", "LINK", "USUARIO", "CPF", "CNPJ", "RG", "REGISTRO", "NASCIMENTO", "ENDERECO",
    "CEP", "TELEFONE", "NUMERO", "PIX", "CONTA", "PLACA",
)  # fmt: skip
PLACEHOLDER = re.compile(rf"\[?\b({'|'.join(KINDS)})_(\d{{1,6}})\b\]?")
"""A model may forget the brackets."""
LOOKALIKE = re.compile(rf"({'|'.join(KINDS)})_(\d{{1,6}})")
"""What becomes a placeholder's form when the letters beside it are hidden."""
