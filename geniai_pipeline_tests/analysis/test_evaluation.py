"""``geniai eval``: the figures against a calculation by hand, the command, and its page."""

import json
import re
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from geniai_pipeline.analysis.base import Analysis
from geniai_pipeline.analysis.evaluation.cascade import measure_cascade
from geniai_pipeline.analysis.evaluation.comparison import compute_kappa
from geniai_pipeline.analysis.evaluation.metrics import (
    Case,
    compute_wilson_interval,
    evaluate,
    select_errors,
)
from geniai_pipeline.analysis.evaluation.page import render_page
from geniai_pipeline.analysis.files import Label, UnreadableError, parse_labelled
from geniai_pipeline.analysis.model.model import Estimate
from geniai_pipeline.analysis.state import StateReader
from geniai_pipeline_tests.support.commands import GENIAI


def line(identifier: str, text: str, score: int, *, visit: bool = False) -> str:
    label = {"is_lead": score >= 2, "score": score, "visit_scheduled": visit}
    messages = [{"from": "contact", "text": text}]
    return json.dumps({"id": identifier, "messages": messages, "label": label})


def case(identifier: str, label: int, found: int, *, visits: tuple[bool, bool] = (False, False),
         text: str = "oi") -> Case:  # fmt: skip
    conversation, _ = parse_labelled(line(identifier, text, label))
    analysis = Analysis(
        is_lead=found >= 2, score=found, visit_scheduled=visits[1], contact_name=None,
        condition=None, goal=None, reasoning="porque sim", evidence=(),
        state=StateReader().read(conversation), analyzer="rules", version="1",
        estimate=Estimate(
            role="prospect", visit="none", outcome="open", score=found, next_actor="gym",
            lead_probability=found / 5, visit_probability=0.1, is_certain=found != 1,
        ),
    )  # fmt: skip
    return Case(conversation, Label(label >= 2, label, visits[0]), analysis)


CASES = [
    case("a", 0, 0),
    case("b", 1, 3),
    case("c", 3, 3),
    case("d", 4, 1),
    case("e", 5, 5, visits=(True, True)),
    case("f", 5, 4, visits=(True, False)),
]


def test_the_figures_are_those_worked_out_by_hand() -> None:
    result = evaluate(CASES)
    assert result.lead.accuracy == pytest.approx(4 / 6)
    assert result.lead.precision == result.lead.recall == result.lead.f1 == pytest.approx(3 / 4)
    assert (result.score_exact, result.score_within_one) == (3 / 6, 4 / 6)
    assert (result.visit.precision, result.visit.recall) == (1.0, 0.5)
    assert result.visit.f1 == pytest.approx(2 / 3)
    # 4 + 9 + 1 squared points, beside what chance would give
    assert result.kappa == pytest.approx(1 - 14 / (sum_chance_differences() / 6))
    # 0: exact; 1: given to a 4; 3: to a 1 and a 3; 4: to a 5; 5: exact
    assert result.calibration_error == pytest.approx((0 + 3 + 2 * 1 + 1 + 0) / 6)
    assert [(g.score, g.count, g.mean_label, g.lead_share) for g in result.calibration] == [
        (0, 1, 0, 0), (1, 1, 4, 1), (3, 2, 2, 0.5), (4, 1, 5, 1), (5, 1, 5, 1)
    ]  # fmt: skip
    assert result.confusion[1] == [0, 0, 0, 1, 0, 0]
    # 0 of no lead; 0.2 of one; twice 0.6 of one and none; 0.8 of one; 1 of one
    assert result.lead_calibration_error == pytest.approx((0 + 0.8 + 0.2 + 0.2 + 0) / 6)
    assert [(r.count, r.mean_probability, r.lead_share) for r in result.reliability] == [
        (1, 0, 0), (1, 0.2, 1), (2, pytest.approx(0.6), 0.5), (1, 0.8, 1), (1, 1, 1)
    ]  # fmt: skip
    assert (result.certain_share, result.certain_accuracy) == (5 / 6, 4 / 5)


def be_certain(analysis: Analysis, certainty: float) -> Analysis:
    """Returns an analysis whose local model is so certain of lead or not."""
    probability = certainty if analysis.is_lead else 1 - certainty
    return replace(analysis, estimate=replace(analysis.estimate, lead_probability=probability))


def test_the_cascade_sends_the_least_certain_and_counts_both() -> None:
    # a and c to f: lead or not is right in a, c, e, f; d and b are the least certain, and wrong
    certainties = {"a": 0.9, "b": 0.1, "c": 0.6, "d": 0.2, "e": 0.95, "f": 0.5}
    local = [
        each._replace(analysis=be_certain(each.analysis, certainties[str(each.conversation.id)]))
        for each in CASES
        for _ in range(5)
    ]
    remote = [
        each._replace(analysis=replace(each.analysis, is_lead=each.label.is_lead))
        if each.conversation.id == "d"
        else each
        for each in local
    ]
    costs = [Decimal("0.002")] * len(local)
    points = measure_cascade(local, costs, remote)
    assert [point.share for point in points] == pytest.approx([n / 10 for n in range(11)])
    assert [round(point.cost_per_thousand, 6) for point in points] == pytest.approx(
        [0.2 * n for n in range(11)]
    )
    assert (points[0].local_accuracy, points[0].accuracy) == (20 / 30, 20 / 30)
    assert points[2].certainty == pytest.approx(0.2)
    assert points[2].local_accuracy == 20 / 24
    assert points[4].local_accuracy == 1.0
    assert points[4].accuracy == 25 / 30  # the model is right about d and wrong about b
    assert (points[10].certainty, points[10].local_accuracy) == (1.0, None)
    assert measure_cascade(local, costs, None)[4].accuracy is None


def sum_chance_differences() -> int:
    """Every label beside every score, as if drawn apart from each other."""
    return sum((c.label.score - other.analysis.score) ** 2 for c in CASES for other in CASES)


def test_kappa_is_one_for_agreement_zero_for_chance_and_below_for_the_opposite() -> None:
    assert compute_kappa([(0, 0), (5, 5)]) == 1
    assert compute_kappa([(3, 3)]) == 1
    assert compute_kappa([(0, 0), (0, 5), (5, 0), (5, 5)]) == 0
    assert compute_kappa([(0, 5), (5, 0)]) == -1


def test_the_interval_is_wilsons() -> None:
    low, high = compute_wilson_interval(0.9, 100)
    assert (round(low, 4), round(high, 4)) == (0.8256, 0.9448)
    assert compute_wilson_interval(1.0, 10)[1] == pytest.approx(1.0)


def test_the_worst_errors_are_missed_leads_then_the_farthest_scores() -> None:
    assert [wrong.conversation.id for wrong in select_errors(CASES)] == ["d", "b", "f"]


@pytest.mark.parametrize(
    ("label", "fault"),
    [
        (None, "no label"),
        ({"score": 3, "is_lead": True}, "no label"),
        ({"is_lead": 1, "visit_scheduled": False, "score": 3}, "no label"),
        ({"is_lead": True, "visit_scheduled": False, "score": 6}, "from 0 to 5"),
        ({"is_lead": True, "visit_scheduled": False, "score": True}, "from 0 to 5"),
        ({"is_lead": True, "visit_scheduled": False, "score": [3]}, "from 0 to 5"),
    ],
)
def test_a_label_that_is_none_says_so(label: object, fault: str) -> None:
    with pytest.raises(UnreadableError, match=fault):
        parse_labelled(json.dumps({"id": 1, "messages": [], "label": label}))


def test_the_page_shows_the_figures_and_runs_nothing_a_contact_wrote() -> None:
    planted = case("x", 0, 5, text='<script>alert(1)</script><img src="https://example.org/a">')
    cases = [*CASES, planted]
    points = measure_cascade(cases, [Decimal(1)] * len(cases), None)
    html = render_page(
        evaluate(cases), select_errors(cases), points, analyzer="rules 1", file="talks.jsonl"
    )
    assert "<script" not in html
    assert html.count("<tr>") == 12
    assert "&lt;script&gt;" in html
    assert not re.findall(r"(?:src|href|action)=[\"']|url\(|@import", html)
    drawings = {
        found.get("id"): found
        for found in map(ElementTree.fromstring, re.findall(r"<svg.*?</svg>", html, re.DOTALL))
    }
    numbers = [text.text for text in drawings["confusion"].iter("text")]
    assert numbers[:2] == ["0", "0"]
    assert len(list(drawings["confusion"].iter("rect"))) == 36
    ends = {
        name: drawings[name].find("polyline").get("points", "").split()[-1]  # type: ignore[union-attr]
        for name in ("scores", "reliability")
    }
    # a 5, and a certain lead, is a lead with a 5 and none with a 0
    assert ends == {"scores": "310,160.0", "reliability": "310.0,160.0"}


def labelled_state() -> str:
    label = {
        "is_lead": True, "score": 3, "visit_scheduled": False, "role": "prospect",
        "next_actor": "gym", "waiting_since": 0, "visit": {"state": "none", "at": None},
        "outcome": "open", "lost_reason": None,
    }  # fmt: skip
    messages = [
        {"from": "contact", "at": "2026-03-11T18:22", "text": "Quanto custa a mensalidade?"}
    ]
    gym = {"zone": "America/Sao_Paulo"}
    return json.dumps({"id": "state", "gym": gym, "messages": messages, "label": label})


def test_the_fields_of_the_state_are_measured_where_labels_have_them() -> None:
    conversation, label = parse_labelled(labelled_state())
    state = StateReader().read(conversation)
    wrong = label._replace(state={**label.state, "role": "member"})
    cases = [
        *CASES,
        *(Case(conversation, each, CASES[0].analysis, state) for each in (label, wrong)),
    ]
    fields = {field.field: field for field in evaluate(cases).fields}
    assert list(fields) == list(state.fields)
    assert (fields["role"].count, fields["role"].accuracy) == (2, 0.5)
    assert fields["role"].interval == compute_wilson_interval(0.5, 2)
    assert fields["next_actor"].accuracy == fields["visit_state"].accuracy == 1
    assert evaluate(CASES).fields == []


def run(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [GENIAI, "eval", *arguments], cwd=folder, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_eval_prints_the_figures_and_writes_the_page(tmp_path: Path) -> None:
    lines = [line("lead", "Quanto custa a mensalidade?", 3), line("wrong", "[/b] preço?", 0)]
    (tmp_path / "talks.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = run("talks.jsonl", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    for figure in ("accuracy", "precision", "recall", "F1", "visit F1", "quadratic kappa",
                   "calibration error", "Confusion", "The worst of 1 errors", "wrong"):  # fmt: skip
        assert figure in done.stdout
    assert "50.0%" in done.stdout
    assert "Reliability curve" in (tmp_path / "evaluation.html").read_text(encoding="utf-8")


def test_eval_shows_the_state_in_the_terminal_and_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "talks.jsonl").write_text(labelled_state(), encoding="utf-8")
    done = run("talks.jsonl", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")
    for field in ("role", "next actor", "waiting since", "visit state", "visit at", "outcome",
                  "lost reason"):  # fmt: skip
        assert re.search(rf"^{field} +100\.0%", done.stdout, re.MULTILINE)
        assert f"<dt>{field}, of 1</dt><dd>100.0%" in page


def test_eval_answers_programs_and_names_lines_without_label(tmp_path: Path) -> None:
    lines = [line("lead", "Quanto custa?", 3), '{"id": 2, "messages": []}']
    (tmp_path / "talks.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = run("talks.jsonl", "--json", "--page", "seen.html", folder=tmp_path)
    assert done.returncode == 1
    assert "line 2" in done.stderr
    report = json.loads(done.stdout)
    assert (report["conversations"], report["lead"]["accuracy"], report["errors"]) == (1, 1.0, [])
    assert (tmp_path / "seen.html").exists()


@pytest.mark.parametrize("written", ["", '{"id": 2, "messages": []}'])
def test_eval_of_nothing_labelled_says_so(written: str, tmp_path: Path) -> None:
    (tmp_path / "talks.jsonl").write_text(written, encoding="utf-8")
    done = run("talks.jsonl", folder=tmp_path)
    assert done.returncode == 1
    assert "no labelled conversation" in done.stderr
    assert not (tmp_path / "evaluation.html").exists()
