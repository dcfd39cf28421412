"""Superset's compiled pages: what no setting of its reaches, corrected as it is sent.

Each correction names the text it replaces in version 6.1.0. Where a later version has no such text,
its page is sent as it is, and a test says so.
"""

import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request
from jinja2 import ChoiceLoader, FileSystemLoader

CORRECTIONS = {
    # The telemetry image is compiled in; the policy stops it, but each page would say so in red.
    "telemetry": (re.compile(r"https://apachesuperset\.gateway\.scarf\.sh/pixel/"), "data:,"),
    # The period filter writes "2026-10-24 ≤ col < 2026-11-23".
    "period": (
        re.compile(r"`\$\{(\w+)\((\w+)\[0\],!0\)\} ≤ \$\{(\w+)\} < \$\{\1\(\2\[1\]\)\}`(?=[^`]*`67f9)"),
        "",
    ),
}
