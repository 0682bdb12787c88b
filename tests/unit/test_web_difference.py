"""Two texts side by side."""

import random

from queue_server.web.difference import differences


def sides(before: str, after: str) -> list[tuple[str, int | None, int | None]]:
    (found,) = differences({"f": before}, {"f": after})
    return [
        (row.kind, row.before.number if row.before else None, row.after.number if row.after else None)
        for row in found.rows
    ]


def test_files_that_are_the_same_are_left_out() -> None:
    assert differences({"a": "x", "b": "y"}, {"a": "x", "b": "y"}) == []


def test_a_changed_line_stands_beside_what_it_was_and_marks_what_differs() -> None:
    (found,) = differences({"f": "a\nslope = 2.5 # points\nc\n"}, {"f": "a\nslope = 1.5 # points\nc\n"})
    row = found.rows[1]
    assert row.kind == "changed"
    assert row.before is not None
    assert row.after is not None
    assert [(piece.text, piece.marked) for piece in row.before.pieces] == [
        ("slope = ", False),
        ("2", True),
        (".5 # points", False),
    ]
    assert [(piece.text, piece.marked) for piece in row.after.pieces][1] == ("1", True)
    assert (found.gone, found.new) == (1, 1)


def test_lines_that_came_and_went_keep_their_numbers() -> None:
    assert sides("a\nb\nc\n", "a\nc\nd\n") == [
        ("same", 1, 1), ("gone", 2, None), ("same", 3, 2), ("new", None, 3)
    ]  # fmt: skip


def test_far_lines_are_left_out() -> None:
    many = [f"line {number}" for number in range(100)]
    after = [*many[:50], "new", *many[50:]]
    assert sides("\n".join(many), "\n".join(after)) == [
        ("gap", None, None), ("same", 48, 48), ("same", 49, 49), ("same", 50, 50), ("new", None, 51),
        ("same", 51, 52), ("same", 52, 53), ("same", 53, 54), ("gap", None, None),
    ]  # fmt: skip


def test_both_texts_can_be_read_off_the_rows() -> None:
    chance = random.Random(3)
    for _ in range(200):
        before = [chance.choice("abcde") for _ in range(chance.randint(0, 12))]
        after = [line for line in before if chance.random() > 0.3] + [
            chance.choice("xyz") for _ in range(chance.randint(0, 3))
        ]
        for found in differences({"f": "\n".join(before)}, {"f": "\n".join(after)}):
            for row in found.rows:
                for line, text in ((row.before, before), (row.after, after)):
                    assert line is None or "".join(piece.text for piece in line.pieces) == text[line.number - 1]
            gone = sum(row.kind in ("gone", "changed") for row in found.rows)
            assert len(before) - gone == len(after) - sum(row.kind in ("new", "changed") for row in found.rows)


def test_a_new_file_is_all_new() -> None:
    (found,) = differences({}, {"catalogue/x.toml": "a\nb\n"})
    assert (found.name, found.gone, found.new) == ("catalogue/x.toml", 0, 2)
