"""What must hold of rating scales, one after the other, and of the forms by which months are scored."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from presentation.checked_tables import PartT, Reader
from presentation.mistakes import Mistake, Path, place_of
from presentation.said import Said, said
from presentation.texts import NAME_ORDER
from protocol.configuration import OFFICIAL_LEVELS, RatingScale
from protocol.evaluation import EvaluationForm
from queue_server.config.calendar import check_day
from queue_server.config.noted import Note, missing_languages, no_words, stands_twice

LEAST_LEVELS: Final = 2
"""A scale has a better and a worse answer."""

NoteIn = Callable[[int], tuple[Path, Note]]
"""By the index of a part in its list: its place in its file, and how a mistake in that file is noted."""


def read_evaluation(
    values: dict[str, Any],
    main: str,
    files: Mapping[str, Mapping[str, Any]],
    reader: Reader,
    mistakes: list[Mistake],
) -> None:
    """Add to ``values`` the later scales and the forms that the catalogues hold, and check them all together."""
    languages = [language for language in values.get("languages", ()) if language in NAME_ORDER]

    def gather(list_name: str, kind: type[PartT]) -> tuple[list[PartT], NoteIn | None]:
        parts: list[PartT] = list(values.get(list_name, ()))
        places = [(main, index) for index in range(len(parts))]
        before = len(mistakes)
        for file, table in files.items():
            read = reader.parts(kind, table.get(list_name, []), file, (list_name,))
            places += [(file, index) for index in range(len(read))]
            parts += read
        values[list_name] = tuple(parts)

        def note_in(index: int) -> tuple[Path, Note]:
            file, place = places[index]

            def note(path: Path, what: Said, mend: Said) -> None:
                mistakes.append(Mistake(file, 0, place_of(path), what, mend, path))

            return (list_name, place), note

        # With one left out for its own mistakes, the others' places are not known for sure.
        return parts, note_in if len(mistakes) == before else None

    scales, note_scale = gather("later_scales", RatingScale)
    if note_scale is not None:
        check_later_scales(values.get("rating_scale"), scales, languages, note_scale)
    forms, note_form = gather("evaluation_forms", EvaluationForm)
    if note_form is not None:
        check_forms(forms, languages, note_form)


def check_first_scale(scale: RatingScale, note: Note) -> None:
    """Check the scale that holds before all others."""
    check_scale(scale, ("rating_scale",), note)
    if scale.valid_from:
        what = said("first_has_no_day", "the first scale begins with the hall, not on {day}", day=scale.valid_from)
        mend = said(
            "move_to_later", "take the day out, or move the scale to [[later_scales]] of a file under catalogues"
        )
        note(("rating_scale", "valid_from"), what, mend)


def check_scale(scale: RatingScale, path: Path, note: Note) -> None:
    """Check one scale by itself: its levels in order, and what authorities are told of them."""
    numbers = [level.level for level in scale.levels]
    if numbers != list(range(1, len(numbers) + 1)) or len(numbers) < LEAST_LEVELS:
        what = said("wrong_levels", "the levels are {levels}", levels=numbers)
        note((*path, "levels"), what, said("number_levels", "number them 1, 2, 3 … from best to worst"))
        return
    for index, (better, worse) in enumerate(pairwise(scale.levels), start=1):
        if worse.satisfied and not better.satisfied:
            what = said(
                "satisfied_below", "level {level} counts as satisfied and the better one does not", level=index + 1
            )
            mend = said("satisfied_from_top", "let the levels from 1 down to one border count as satisfied")
            note((*path, "levels", index, "satisfied"), what, mend)
    _check_official(scale, path, note)


def _check_official(scale: RatingScale, path: Path, note: Note) -> None:
    """Authorities are told of all levels or of none, of no worse answer as a better one, and the same as here."""
    if not any(level.official for level in scale.levels):
        return
    mend = said("use_official", "use very_satisfied, satisfied or not_satisfied, from best to worst")
    last = 0
    for index, level in enumerate(scale.levels):
        place = (*path, "levels", index, "official")
        if not level.official:
            note(
                place, said("no_official", "level {level} has no official answer, others have", level=level.level), mend
            )
            return
        rank = OFFICIAL_LEVELS.index(level.official)
        if rank < last:
            note(
                place,
                said("official_above", "level {level} is told as better than the one before", level=level.level),
                mend,
            )
        if level.satisfied != (level.official != "not_satisfied"):
            what = said("official_other", "level {level} counts here otherwise than officially", level=level.level)
            note(place, what, said("same_satisfied", "let `satisfied` and `official` say the same"))
        last = max(last, rank)


def check_later_scales(
    first: RatingScale | None, scales: Sequence[RatingScale], languages: Sequence[str], note_in: NoteIn
) -> None:
    """Each later scale has a day, later than the one before, and an id of its own; the first has no day."""
    ids = {first.scale_id} if first is not None else set()
    for index, scale in enumerate(scales):
        path, note = note_in(index)
        check_scale(scale, path, note)
        for place, level in enumerate(scale.levels):
            _check_words((*path, "levels", place, "names"), level.names, languages, note)
        for place, reason in enumerate(scale.reasons):
            _check_words((*path, "reasons", place, "names"), reason.names, languages, note)
        if scale.scale_id in ids:
            note((*path, "scale_id"), *stands_twice(scale.scale_id))
        ids.add(scale.scale_id)
    _check_days([scale.valid_from for scale in scales], note_in)


def check_forms(forms: Sequence[EvaluationForm], languages: Sequence[str], note_in: NoteIn) -> None:
    """Each form has indicators, and classes from 0 points up that can all be reached, one after the other."""
    ids: set[str] = set()
    for index, form in enumerate(forms):
        path, note = note_in(index)
        if form.form_id in ids:
            note((*path, "form_id"), *stands_twice(form.form_id))
        ids.add(form.form_id)
        _check_words((*path, "names"), form.names, languages, note)
        _check_indicators(form, path, languages, note)
        _check_classes(form, path, languages, note)
    _check_days([form.valid_from for form in forms], note_in)


def _check_indicators(form: EvaluationForm, path: Path, languages: Sequence[str], note: Note) -> None:
    if not form.indicators:
        note(
            (*path, "indicators"), said("no_indicators", "there are no indicators"), said("add_one", "add at least one")
        )
    seen: set[str] = set()
    for index, indicator in enumerate(form.indicators):
        if indicator.indicator_id in seen:
            note((*path, "indicators", index, "indicator_id"), *stands_twice(indicator.indicator_id))
        seen.add(indicator.indicator_id)
        for key in ("names", "two_points", "one_point", "no_point"):
            _check_words((*path, "indicators", index, key), getattr(indicator, key), languages, note)


def _check_classes(form: EvaluationForm, path: Path, languages: Sequence[str], note: Note) -> None:
    borders = [one.from_points for one in form.classes]
    if not borders or borders[0] != 0:
        what = said(
            "class_gap", "sums below {points} have no class", points=f"{borders[0]:g}" if borders else form.most_points
        )
        note((*path, "classes"), what, said("class_from_zero", "begin the lowest class with from_points = 0"))
    for index, (lower, upper) in enumerate(pairwise(borders), start=1):
        if upper <= lower:
            what = said("class_order", "this class begins with {points}, not above the one before", points=f"{upper:g}")
            mend = said("classes_upwards", "list the classes from the lowest to the best, each with a higher border")
            note((*path, "classes", index, "from_points"), what, mend)
    for index, border in enumerate(borders):
        if border > form.most_points:
            what = said("class_out_of_reach", "nobody can have {points} points", points=f"{border:g}")
            mend = said("class_within", "the most is {most}", most=form.most_points)
            note((*path, "classes", index, "from_points"), what, mend)
    seen: set[str] = set()
    for index, one in enumerate(form.classes):
        if one.class_id in seen:
            note((*path, "classes", index, "class_id"), *stands_twice(one.class_id))
        seen.add(one.class_id)
        _check_words((*path, "classes", index, "names"), one.names, languages, note)


def _check_days(days: Sequence[str], note_in: NoteIn) -> None:
    last = ""
    for index, day in enumerate(days):
        path, note = note_in(index)
        place = (*path, "valid_from")
        if not day:
            note(
                place,
                said("no_first_day", "its first day is missing"),
                said("add_first_day", "write valid_from, for example 2027-01-01"),
            )
            continue
        check_day(place, day, note)
        if day <= last:
            what = said("first_day_order", "it begins on {day}, not after the one before", day=day)
            note(place, what, said("days_upwards", "list them by their first days, each later than the last"))
        last = max(last, day)


def _check_words(place: Path, words: Mapping[str, str], languages: Sequence[str], note: Note) -> None:
    missing = missing_languages(words, languages)
    if missing:
        note(place, *no_words(missing))
