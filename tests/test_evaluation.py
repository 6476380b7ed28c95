"""Evaluation: scores with answers worked out by hand, and the errors in context."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from strategies import documents

from zhengce import evaluation
from zhengce.counts import count
from zhengce.records import Document, Quantity, Span

TEXT = "省委部署乡村振兴，投资约5亿元。"


def document(*spans: Span, text: str = TEXT) -> Document:
    for span in spans:
        span.text = text[span.start : span.end]
    return Document("d", text, spans=list(spans))


def money(start: int, value: str, unit: str = "元", bound: str = "~") -> Span:
    return Span(start, 15, "QUANTITY", "money", quantity=Quantity(Decimal(value), unit=unit, bound=bound))


def test_scores_worked_out_by_hand() -> None:
    gold = document(Span(0, 2, "ORG", "government"), Span(4, 8, "POLICY", "concept"), money(11, "500000000"))
    predicted = document(Span(0, 2, "ORG", "company"), Span(2, 8, "POLICY", "concept"), money(11, "5E+8", "元", "="))
    result = evaluation.evaluate([gold], [predicted])
    org, policy, total = result.scores["ORG"], result.scores["POLICY"], result.scores["ALL"]
    assert (org.f1, org.type_accuracy) == (1.0, 0.0)
    assert (policy.f1, policy.overlap_f1) == (0.0, 1.0)
    assert (total.precision, total.recall, total.overlap_f1) == pytest.approx((2 / 3, 2 / 3, 1.0))
    assert dict(result.quantities) == {"hits": 1, "value": 1, "unit": 1, "bound": 0}
    assert {(error.kind, error.context) for error in result.errors} == {
        ("type", "⟦省委⟧部署乡村振兴，投"),
        ("missed", "省委部署⟦乡村振兴⟧，投资约5亿元。"),
        ("extra", "省委⟦部署乡村振兴⟧，投资约5亿元。"),
        ("bound", "署乡村振兴，投资⟦约5亿元⟧。"),
    }


def test_a_document_without_prediction_counts_as_empty() -> None:
    result = evaluation.evaluate([document(Span(0, 2, "ORG"))], [])
    assert result.missing == ["d"]
    assert result.scores["ALL"].recall == 0.0


def test_overlaps_are_paired_one_to_one() -> None:
    gold = document(Span(0, 2, "ORG"), Span(2, 4, "ORG"))
    predicted = document(Span(0, 4, "ORG"))
    assert evaluation.evaluate([gold], [predicted]).scores["ORG"].overlaps == 1


def test_overlaps_of_nested_spans_and_of_many_that_are_apart() -> None:
    text = "甲" * 40_000
    nested = [Span(0, 10, "ORG"), Span(1, 3, "ORG"), Span(4, 6, "ORG")]
    result = evaluation.evaluate([document(*nested, text=text)], [document(*reversed(nested), text=text)])
    assert result.scores["ORG"].overlaps == 3
    left, right = ([Span(n, n + 1, "ORG") for n in range(start, start + 20_000)] for start in (0, 20_000))
    result = evaluation.evaluate([document(*left, text=text)], [document(*right, text=text)])
    assert result.scores["ORG"].overlaps == 0


def test_texts_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="document 'd': gold and prediction have different texts"):
        evaluation.evaluate([document()], [document(text="别的")])


@given(documents())
def test_a_document_agrees_with_itself(given: Document) -> None:
    result = evaluation.evaluate([given], [given])
    assert not [error for error in result.errors if error.kind in ("missed", "extra")]
    assert all(score.f1 == score.overlap_f1 == 1.0 for score in result.scores.values() if score.gold)


def test_counts_by_field() -> None:
    one = document(Span(0, 2, "ORG", "government"), Span(4, 8, "POLICY", "concept"), money(11, "500000000"))
    two = Document("e", "省委省委", {"region": "渝"}, [Span(0, 2, "ORG", "government", "省委"), Span(2, 4, "ORG", "government", "省委")])
    assert count([one, two], ["label", "text"])[0] == (("ORG", "省委"), 3, 2)
    assert count([one, two], ["meta.region"]) == [(("",), 3, 1), (("渝",), 2, 1)]
    assert count([one], ["unit", "bound"]) == [(("", ""), 2, 1), (("元", "~"), 1, 1)]
    assert count([one, two], ["id"]) == [(("d",), 3, 1), (("e",), 2, 1)]
    with pytest.raises(ValueError, match="no field 'colour' to count by"):
        count([one], ["colour"])
