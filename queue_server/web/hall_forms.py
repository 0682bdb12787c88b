"""The forms of the hall editor: which parts of a configuration have one, and their fields. Pure.

The fields are read off the structs of `protocol.configuration`, so that a new setting has its field the day it exists.
What a form cannot show stays in the text, untouched.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import UnionType
from typing import Any, Final, Literal, get_args, get_origin

import msgspec

from protocol import configuration as c
from queue_server.web.draft_text import Path

Kind = Literal[
    "line",
    "number",
    "decimal",
    "tick",
    "choice",
    "many",
    "sequence",
    "lines",
    "words",
    "long_words",
    "times",
    "day",
    "clock",
]
"""`many` are ticks, `sequence` is chosen one after the other, `lines` are texts with commas between them."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its key, how it is shown, what may be chosen (ids of a part, or fixed values), and its default."""

    key: str
    kind: Kind
    of_part: str = ""
    values: tuple[str, ...] = ()
    required: bool = False
    default: Any = None
    path: Path = ()
    """Below the item's own table, where it does not stand there."""
    label: str = ""
    """Where its words stand, if its key alone would not tell what it is."""

    @property
    def words_key(self) -> str:
        """Where its words stand, in the texts' tables of fields and of hints."""
        return self.label or self.key or "words"

    @property
    def name(self) -> str:
        """Its name in the form."""
        return ".".join(map(str, (*self.path, self.key)))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the configuration with a form: a list of tables, or one table."""

    name: str
    path: Path
    fields: tuple[Field, ...]
    is_list: bool = True
    titled_by: str = "names"
    """What an item is called by in lists, besides its id: one of its keys, or several in braces."""
    given: tuple[tuple[str, Any], ...] = ()
    """What a new item also says, and no form asks for."""

    @property
    def id_key(self) -> str:
        """The key of an item's id; empty for parts without."""
        if not self.is_list:
            return ""
        return next(
            (field.key for field in self.fields if field.key.endswith("_id") and not (field.of_part or field.label)), ""
        )


_REFERENCES: Final = {
    "queue_id": "queues",
    "zone_id": "zones",
    "work_profile_id": "work_profiles",
    "hours_id": "hours",
    "default_hours_id": "hours",
    "primary_queue_ids": "queues",
    "backup_queue_ids": "queues",
    "service_ids": "services",
    "board_languages": "languages",
    "announce_languages": "spoken",
    "languages": "installed",
}
"""Whose ids a key holds: those of a part, or the languages of the hall, of its voices, of this installation."""
_SEQUENCES: Final = frozenset({"service_ids", "board_languages", "announce_languages", "languages"})
_KIND_OF_TYPE: Final[dict[Any, Kind]] = {bool: "tick", int: "number", float: "decimal", str: "line"}
_KIND_OF_KEY: Final[dict[str, Kind]] = {
    **dict.fromkeys(("names", "hints", "agency", "result_place", "after_words"), "words"),
    "ticket_footer": "long_words",
    **dict.fromkeys(("day_opens", "day_closes", "late_receipt_from"), "clock"),
    "day": "day",
}
_SPANS: Final = frozenset({"quiet_hours"})
_UNUSED: Final = frozenset({"icon"})
"""No screen shows it yet."""


def _field(field: msgspec.structs.FieldInfo, own_id: str = "") -> Field | None:
    """Give the field of a struct's field; None for those that only the text can say."""
    key, kind = field.name, field.type
    default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
    made: dict[str, Any] = {"required": field.required, "default": None if default is msgspec.NODEFAULT else default}
    bare = _bare(kind)
    if key in _UNUSED:
        return None
    if key in _REFERENCES and key != own_id:
        several: Kind = "sequence" if key in _SEQUENCES else "many"
        return Field(key, several if get_origin(bare) is tuple else "choice", _REFERENCES[key], **made)
    if get_origin(bare) is tuple:
        return _list_field(key, get_args(bare)[0], made)
    if get_origin(bare) is Literal:
        return Field(key, "choice", values=tuple(filter(None, get_args(bare))), **made)
    shown = _KIND_OF_KEY.get(key) or _KIND_OF_TYPE.get(bare)
    return Field(key, shown, **made) if shown else None


def title_of(part: Part, values: Any, language: str) -> str:
    """Give the words by which people know an item."""
    if not isinstance(values, dict):
        return ""
    if "{" in part.titled_by:
        return part.titled_by.format_map(defaultdict(str, {key: str(value) for key, value in values.items()}))
    named = values if not part.titled_by else values.get(part.titled_by, "")
    if isinstance(named, dict):
        named = named.get(language) or next(iter(named.values()), "")
    return str(named)


def identity_of(part: Part, values: Any) -> str:
    """Give an item's id; empty for parts without."""
    return str(values.get(part.id_key, "")) if isinstance(values, dict) and part.id_key else ""


def _list_field(key: str, each: Any, made: Mapping[str, Any]) -> Field | None:
    """Give the field of a list: of what may be ticked, of spans of time, or of short texts."""
    if get_origin(each) is Literal:
        return Field(key, "many", values=get_args(each), **made)
    if key in _SPANS:
        return Field(key, "times", **made)
    return Field(key, "lines", **made) if _bare(each) is str else None


def _bare(kind: Any) -> Any:
    """`Annotated[int, …]` -> `int`."""
    while hasattr(kind, "__metadata__"):
        kind = kind.__origin__
    return kind if not isinstance(kind, UnionType) else None


def _fields(struct: type[msgspec.Struct], *only: str, own_id: str = "") -> tuple[Field, ...]:
    infos = [one for one in msgspec.structs.fields(struct) if not only or one.name in only]
    return tuple(field for field in (_field(info, own_id) for info in infos) if field is not None)


def _per_person() -> tuple[Field, ...]:
    """Give the fields of the branch's limits: those of a day would else be taken for a date."""
    fields = _fields(c.NumbersPerPerson)
    return tuple(
        replace(field, kind="number", label=f"{field.key}_per_person") if field.key in ("day", "at_once") else field
        for field in fields
    )


def _kiosk_numbers() -> tuple[Field, ...]:
    """Give the fields of a kiosk's own numbers; several ranges belong to one kiosk, so none has an id of its own."""
    labels = {"function_id": "function_id", "prefix": "range_prefix"}
    return tuple(
        replace(field, required=field.key != "prefix", label=labels.get(field.key, ""))
        for field in _fields(c.KioskRange)
    )


def _limits() -> tuple[Field, ...]:
    return tuple(
        Field(key, "number", default=0, path=("numbers_per_person",), label=f"{key}_per_person")
        for key in ("day", "at_once")
    )


_TICKET_LINK: Final = tuple(replace(field, path=("ticket_link",)) for field in _fields(c.TicketLink))

GROUPS: Final[tuple[tuple[str, tuple[Part, ...]], ...]] = (
    (
        "hall",
        (
            Part(
                "texts",
                (),
                _fields(c.Configuration, "agency", "names", "hotline", "branch_id", "languages"),
                is_list=False,
            ),
            Part("zones", ("zones",), _fields(c.Zone, own_id="zone_id")),
        ),
    ),
    (
        "time",
        (
            Part(
                "calendar",
                ("calendar",),
                _fields(
                    c.Calendar,
                    *("time_zone", "default_hours_id", "day_opens", "day_closes", "kiosk_lead_s", "kiosk_stop_s"),
                ),
                is_list=False,
            ),
            Part(
                "hours",
                ("calendar", "hours"),
                (
                    Field("hours_id", "line", required=True),
                    *(Field(weekday, "times", path=("spans",)) for weekday in c.WEEKDAYS),
                ),
            ),
            Part("holidays", ("calendar", "holidays"), _fields(c.Holiday)),
            Part("working_days", ("calendar", "working_days"), _fields(c.WorkingDay), titled_by="day"),
            Part("duty_contacts", ("duty_contacts",), _fields(c.DutyContact)),
        ),
    ),
    (
        "services",
        (
            Part("queues", ("queues",), _fields(c.Queue, own_id="queue_id")),
            Part("services", ("services",), (*_fields(c.Service, own_id="service_id"), *_limits())),
            Part("linked_services", ("linked_services",), _fields(c.LinkedServices)),
            Part("priority_classes", ("priority_classes",), _fields(c.PriorityClass, own_id="priority_class_id")),
            Part("numbers_per_person", ("numbers_per_person",), _per_person(), is_list=False),
            Part(
                "kiosk_ranges",
                ("kiosk_ranges",),
                _kiosk_numbers(),
                titled_by="{function_id} · {prefix}{first}–{prefix}{last}",
            ),
        ),
    ),
    (
        "counters",
        (
            Part("work_profiles", ("work_profiles",), _fields(c.WorkProfile, own_id="work_profile_id")),
            Part("counters", ("counters",), _fields(c.Counter, own_id="counter_id")),
            Part("outcomes", ("outcomes",), _fields(c.Outcome)),
            Part("reasons", ("reasons",), _fields(c.Reason)),
            Part("staff_rules", ("staff_rules",), _fields(c.StaffRules), is_list=False),
        ),
    ),
    (
        "shown",
        (
            Part(
                "ticket",
                (),
                (*_fields(c.Configuration, "agency", "names", "hotline", "ticket_footer"), *_TICKET_LINK),
                is_list=False,
            ),
            Part("pledges", ("pledges",), (Field("", "long_words", required=True),), titled_by=""),
            Part("notices", ("notices",), (Field("", "long_words", required=True),), titled_by=""),
            Part("emergencies", ("emergencies",), _fields(c.Emergency, own_id="emergency_id")),
        ),
    ),
    (
        "rating",
        (
            Part("rating_scale", ("rating_scale",), _fields(c.RatingScale, "scale_id"), is_list=False),
            Part("rating_levels", ("rating_scale", "levels"), _fields(c.RatingLevel)),
            Part(
                "rating_reasons",
                ("rating_scale", "reasons"),
                _fields(c.Reason, "reason_id", "names"),
                given=(("uses", ()),),
            ),
            Part("satisfaction", ("satisfaction",), _fields(c.SatisfactionRules), is_list=False),
            Part("voices", ("voices",), _fields(c.VoiceRules), is_list=False),
            Part("voice_kinds", ("voices", "kinds"), _fields(c.VoiceKind)),
            Part("alerts", ("alerts",), _fields(c.AlertRules), is_list=False),
            Part("inquiries", ("inquiries",), _fields(c.InquiryRules), is_list=False),
        ),
    ),
    ("rules", (Part("policies", ("policies",), _fields(c.Policies), is_list=False),)),
)
"""The parts by what they are about, in the order in which somebody sets up a hall."""

PARTS: Final[tuple[Part, ...]] = tuple(part for _, parts in GROUPS for part in parts)

BY_NAME: Final = {part.name: part for part in PARTS}
