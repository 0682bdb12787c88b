"""Each kind of block of a page: how high it wants to be, and who paints it into the box it gets."""

from collections.abc import Callable
from typing import Any

from kivy.uix.widget import Widget

from kiosk.widgets import answers, buttons, cautions, facts, keys, person, tiles
from kiosk.widgets import page as p
from kiosk.widgets.shapes import Box
from kiosk.widgets.sheet import Sheet, Wish


def wish(block: p.Block, sheet: Sheet, width: float) -> Wish:
    """Tell how high a block wants to be in a width."""
    return _WISHES[type(block)](block, sheet, width)


def paint(block: p.Block, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint a block into a box."""
    return _PAINTERS[type(block)](block, sheet, box)


_WISHES: dict[type, Callable[[Any, Sheet, float], Wish]] = {
    p.Tiles: tiles.tiles_wish,
    p.Choices: buttons.choices_wish,
    p.Actions: buttons.actions_wish,
    p.Field: buttons.field_wish,
    p.Keyboard: keys.keyboard_wish,
    p.Pages: keys.pages_wish,
    p.Summary: facts.summary_wish,
    p.Facts: facts.facts_wish,
    p.Hero: facts.hero_wish,
    p.Code: facts.code_wish,
    p.Notice: facts.notice_wish,
    p.Cautions: cautions.cautions_wish,
    p.Emblem: facts.emblem_wish,
    p.Answers: answers.answers_wish,
    p.Person: person.person_wish,
}

_PAINTERS: dict[type, Callable[[Any, Sheet, Box], list[Widget]]] = {
    p.Tiles: tiles.tiles,
    p.Choices: buttons.choices,
    p.Actions: buttons.actions,
    p.Field: buttons.field,
    p.Keyboard: keys.keyboard,
    p.Pages: keys.pages,
    p.Summary: facts.summary,
    p.Facts: facts.facts,
    p.Hero: facts.hero,
    p.Code: facts.code,
    p.Notice: facts.notice,
    p.Cautions: cautions.cautions,
    p.Emblem: facts.emblem,
    p.Answers: answers.answers,
    p.Person: person.person,
}
