#!/usr/bin/env python3
"""How well the bots answer from what they were taught, without a model: on questions whose answers are known.

    scripts/bench/answers.py --knowledge K.csv --questions Q.csv [--embeddings] [--json]

`K.csv` has rows `answer_id,wording`; rows with the same `answer_id` are wordings of one answer. `Q.csv` has rows
`question,answer_id`; an empty `answer_id` says that nothing there answers it. Everything goes through the product's
own index, retrieval and decision, in a throw-away database. With `--embeddings` also through its embeddings client
(`OPENAI_API_KEY`, `OPENAI_BASE_URL`, `EMBEDDING_MODEL`).

It reports, as shares of 0 to 1:
- `top1`, `top3`: of the questions that have an answer, those whose answer is found first, or among the first three;
- `answered`: of all questions, those that the bot answers by itself;
- `wrongly_answered`: of those answered, those with another answer than the right one or that have none;
- `abstained`: of all questions, those it doesn't answer by itself: it offers questions to choose from, or says that it
  doesn't know;
and `ms_p50` (retrieval and decision of one question, without the time of the embeddings' server) and
`statements_per_question`. The counts behind the shares follow.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import environment

environment.enter()

from common import Bench, table, throw_away  # noqa: E402
from sqlalchemy import event  # noqa: E402

from services.assistant import deciding, index, retrieval  # noqa: E402
from services.assistant.entries import Entry  # noqa: E402
from services.db.engine import Tx  # noqa: E402
from services.db.models import KnowledgeSource  # noqa: E402

Question = tuple[str, str]


@dataclass(frozen=True)
class Outcome:
    """What became of one question."""

    expected: str
    found: tuple[str, ...]
    kind: str
    milliseconds: float


def read(path: Path, *columns: str) -> list[tuple[str, ...]]:
    """The rows of a file with these columns; a file without their names in its first row has them in this order."""
    with path.open(newline="", encoding="utf-8-sig") as lines:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines) if any(cell.strip() for cell in row)]
    if not rows:
        raise SystemExit(f"{path} is empty")
    named = set(columns) <= set(rows[0])
    order = [rows[0].index(column) if named else at for at, column in enumerate(columns)]
    return [tuple(row[at] if at < len(row) else "" for at in order) for row in rows[named:]]


def teach(tx: Tx, rows: Sequence[tuple[str, ...]]) -> dict[int, str]:
    """Teaches each answer with its wordings; gives the answer of each source."""
    wordings: dict[str, list[str]] = {}
    for answer, wording in rows:
        wordings.setdefault(answer, []).append(wording)
    answers: dict[int, str] = {}
    for number, (answer, asked) in enumerate(wordings.items(), 1):
        source = KnowledgeSource(
            tenant_id=tx.tenant, number=number, kind="qa", title=asked[0], status="ready", created_at=tx.now,
            created_by="bench", changed_at=tx.now,
        )  # fmt: skip
        tx.add(source)
        tx.flush()
        # The answer's own words are left out: only its wordings are known of it.
        index.put(tx, source, [Entry(f"#{number}", tuple(asked))])
        answers[source.id] = answer
    return answers


def ask(bench: Bench, tenant_id: int, questions: Sequence[Question], embed: bool) -> tuple[list[Outcome], float]:
    """What becomes of each question, and the statements that one takes."""
    db, statements = bench.opened.database, 0

    def count(*_all: object) -> None:
        nonlocal statements
        statements += 1

    with db.tenant(tenant_id) as tx:
        answers = teach(tx, read(OPTIONS.knowledge, "answer_id", "wording"))
    vectors = embedded(bench, tenant_id, [question for question, _ in questions]) if embed else [None] * len(questions)
    event.listen(db.engine, "before_cursor_execute", count)
    outcomes = []
    for (question, expected), vector in zip(questions, vectors, strict=True):
        began = time.perf_counter()
        with db.tenant(tenant_id) as tx:
            found = retrieval.search(tx, question, chatbot_id=None, vector=vector)
        decision = deciding.decide(question, found)
        took = (time.perf_counter() - began) * 1000
        said = decision.found if decision.kind == "answer" else found
        ids = dict.fromkeys(answers[each.source_id] for each in (*said, *found))
        outcomes.append(Outcome(expected, tuple(ids), decision.kind, took))
    event.remove(db.engine, "before_cursor_execute", count)
    return outcomes, statements / max(len(questions), 1)


def embedded(bench: Bench, tenant_id: int, questions: Sequence[str]) -> list[list[float]]:
    """Stores the vectors of everything taught; gives those of the questions."""
    from services.assistant import vectors
    from services.assistant.embeddings import Embedder
    from services.settings import load_settings

    embedder = Embedder.from_settings(load_settings())
    if embedder is None:
        raise SystemExit("--embeddings needs OPENAI_API_KEY, OPENAI_BASE_URL and EMBEDDING_MODEL")
    with bench.opened.database.tenant(tenant_id) as tx:
        while missing := vectors.missing(tx, embedder.model, 200):
            made = embedder.embed([body for _, body in missing])
            vectors.store(tx, embedder.model, list(zip((at for at, _ in missing), made, strict=True)))
    return [each for at in range(0, len(questions), 100) for each in embedder.embed(list(questions[at : at + 100]))]


def report(outcomes: Sequence[Outcome], statements: float) -> dict[str, object]:
    """The figures of the module's docstring."""
    known = [each for each in outcomes if each.expected]
    answered = [each for each in outcomes if each.kind == "answer"]
    wrong = [each for each in answered if each.found[:1] != (each.expected,)]
    first = sum(each.found[:1] == (each.expected,) for each in known)
    third = sum(each.expected in each.found[:3] for each in known)
    return {
        "top1": _share(first, len(known)),
        "top3": _share(third, len(known)),
        "answered": _share(len(answered), len(outcomes)),
        "wrongly_answered": _share(len(wrong), len(answered)),
        "abstained": _share(len(outcomes) - len(answered), len(outcomes)),
        "ms_p50": round(statistics.median([each.milliseconds for each in outcomes] or [0.0]), 2),
        "statements_per_question": round(statements, 2),
        "questions": len(outcomes),
        "questions_with_an_answer": len(known),
        "count_top1": first,
        "count_top3": third,
        "count_answered": len(answered),
        "count_wrongly_answered": len(wrong),
        "count_answered_without_an_answer": sum(not each.expected for each in answered),
        "count_offered": sum(each.kind == "offer" for each in outcomes),
        "count_unknown": sum(each.kind == "unknown" for each in outcomes),
        "count_unknown_with_an_answer": sum(each.kind == "unknown" for each in known),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def main() -> None:
    with throw_away() as bench:
        questions = [(row[0], row[1]) for row in read(OPTIONS.questions, "question", "answer_id")]
        figures = report(*ask(bench, bench.tenant().tenant_id, questions, OPTIONS.embeddings))
    if OPTIONS.json:
        print(json.dumps(figures))
    else:
        table(figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--knowledge", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--embeddings", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    OPTIONS = _options()
    main()
