#!/usr/bin/env python3
"""Make the catalogue's files: the official list from a crawl, and the ward's published list from the official one.

    python tools/make_catalogue.py official CRAWL.json     writes config/catalogue/procedures.toml
    python tools/make_catalogue.py ward                    writes config/catalogue/ward.toml

The crawl is JSON: {"source": …, "procedures": [{"code", "name", "field", "levels", "decision", "url", "channels": [
{"channel", "value", "unit"}], "doc_rows_submit", "after15h_next_day", "saturday_morning"}]}. The ward's list is made
from `ward_choice.toml`, which people keep by hand. Both outputs are the same for the same inputs, byte for byte.
"""

import argparse
import json
import sys
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "config" / "catalogue"

UNITS = {"Ngày làm việc": "ngày làm việc", "Ngày": "ngày", "Giờ": "giờ"}
ENGLISH_UNITS = {"ngày làm việc": "working days", "ngày": "days", "giờ": "hours"}
SHORT_UNITS = {"wd": "ngày làm việc", "d": "ngày", "h": "giờ"}
SAME_DAY = {"vi": "Trong ngày", "en": "Same day"}
FREE = {"vi": "Không thu phí", "en": "No fee"}
IN_PERSON = "Trực tiếp"


class CatalogueError(ValueError):
    """A source cannot be used; the message says what to mend."""


def clean(text: str) -> str:
    """Compose letters (NFC), join lines, and drop what dangles at the end of names copied from tables."""
    return " ".join(unicodedata.normalize("NFC", text).split()).rstrip(" .;:")


# --- The official list -----------------------------------------------------------------------------------------------


def official_toml(crawl: Mapping[str, Any]) -> str:
    """Render the official list, ordered by field and code, each code once."""
    cleaned: dict[str, dict[str, Any]] = {}
    for record in crawl["procedures"]:
        cleaned.setdefault(record["code"], _official(record))
    ordered = sorted(cleaned.values(), key=lambda procedure: (procedure["field"], procedure["code"]))
    head = (
        "# Administrative procedures that a commune-level hall may receive, as the national portal lists them.\n"
        f"# Source: {clean(crawl['source'])}.\n"
        "# Made by tools/make_catalogue.py; do not edit. A time without a unit is one that the portal gives so.\n"
    )
    return "\n".join((head, *(_block(procedure) for procedure in ordered)))


def _official(record: Mapping[str, Any]) -> dict[str, Any]:
    times: list[dict[str, Any]] = []
    for channel in record["channels"]:
        if channel["value"] is None:
            continue
        time = {"channel": clean(channel["channel"]), "value": channel["value"]}
        if channel["unit"] is not None:
            time["unit"] = UNITS[unicodedata.normalize("NFC", channel["unit"])]
        if time not in times:
            times.append(time)
    return {
        "code": record["code"],
        "name": clean(record["name"]),
        "field": clean(record["field"]),
        "levels": clean(record["levels"]),
        "decision": clean(record["decision"] or ""),
        "url": record["url"],
        "times": times,
        "document_rows": record["doc_rows_submit"],
        "after_15h_next_day": record["after15h_next_day"],
        "saturday_morning": record["saturday_morning"],
    }


# --- The ward's published list ---------------------------------------------------------------------------------------


def ward_toml(choice: Mapping[str, Any], official: Mapping[str, Mapping[str, Any]]) -> str:
    """Render the ward's list in the order of the choice. Raises CatalogueError for a code that is nowhere known."""
    head = (
        "# The procedures that this hall publishes. Made by tools/make_catalogue.py from ward_choice.toml and\n"
        "# procedures.toml; edit ward_choice.toml. What is absent has not been recorded yet and is shown as such.\n"
    )
    known = {code for chosen in choice["services"].values() for code in chosen}
    told_of = choice["details"].keys() | choice["outside"].keys() | set(choice["tone"]["neutral"])
    for part in choice["after_words"].values():
        told_of |= set(part["codes"])
    for stray in sorted(told_of - known):
        raise CatalogueError(f"ward_choice.toml tells of {stray}, which no service lists; list it or delete that")
    blocks = []
    for service_id, chosen in choice["services"].items():
        for code, names in chosen.items():
            outside = choice["outside"].get(code)
            if (code in official) == (outside is not None):
                raise CatalogueError(f"{code} must stand either in procedures.toml or under [outside], with its source")
            comment = f"# Not in the official list: {outside}.\n" if outside else ""
            blocks.append(comment + _block(_published(code, service_id, names, choice, official.get(code, {}))))
    return "\n".join((head, *blocks))


def _published(
    code: str, service_id: str, names: Mapping[str, str], choice: Mapping[str, Any], official: Mapping[str, Any]
) -> dict[str, Any]:
    details = choice["details"].get(code, {})
    time = _time(details["time"]) if "time" in details else _official_time(official.get("times", ()))
    fee = details.get("fee")
    published: dict[str, Any] = {"code": code, "service_id": service_id, "names": dict(names)}
    optional = {
        "official_name": official.get("name"),
        "documents": details.get("documents"),
        "time": time,
        "fee": FREE if fee == "free" else fee,
        "after_15h_next_day": official.get("after_15h_next_day") or None,
        "saturday_morning": official.get("saturday_morning") or None,
        "rating_tone": "neutral" if code in choice["tone"]["neutral"] else None,
        "after_words": next((part["names"] for part in choice["after_words"].values() if code in part["codes"]), None),
    }
    return published | {key: value for key, value in optional.items() if value is not None}


def _time(written: str | Mapping[str, str]) -> Mapping[str, str]:
    if not isinstance(written, str):
        return written
    if written == "same_day":
        return SAME_DAY
    value, _, unit = written.partition(" ")
    if unit not in SHORT_UNITS:
        raise CatalogueError(f"a time is written same_day, 3 wd, 15 d or 1 h, not {written!r}")
    return _span([int(value)], SHORT_UNITS[unit])


def _official_time(times: Iterable[Mapping[str, Any]]) -> Mapping[str, str] | None:
    """Say the time in person, else in any way; none when the portal gives no unit or mixes them."""
    listed = list(times)
    usual = [time for time in listed if time["channel"] == IN_PERSON] or listed
    units = {time.get("unit") for time in usual}
    if len(units) != 1 or None in units:
        return None
    values = sorted({time["value"] for time in usual})
    return _span(values, units.pop()) if values[0] > 0 else None


def _span(values: list[int], unit: str) -> Mapping[str, str]:
    amount = str(values[0]) if values[0] == values[-1] else f"{values[0]}–{values[-1]}"
    english = ENGLISH_UNITS[unit]
    return {"vi": f"{amount} {unit}", "en": f"{amount} {english.removesuffix('s') if amount == '1' else english}"}


# --- Writing TOML ----------------------------------------------------------------------------------------------------


def _block(table: Mapping[str, Any]) -> str:
    return "[[procedures]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in table.items())


def _value(value: object) -> str:
    """Write a value; a JSON string of these texts is a TOML string as well."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list):
        items = [_value(item) for item in value]
        return "[\n" + "".join(f"    {item},\n" for item in items) + "]" if len(items) > 1 else f"[{''.join(items)}]"
    return json.dumps(value, ensure_ascii=False)


def main() -> None:
    """Read the sources and write the files, saying what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the catalogue lies (default: %(default)s)")
    kinds = parser.add_subparsers(dest="kind", required=True)
    kinds.add_parser("official").add_argument("crawl", type=Path)
    kinds.add_parser("ward")
    arguments = parser.parse_args()
    if arguments.kind == "official":
        target, text = "procedures.toml", official_toml(json.loads(arguments.crawl.read_text("utf-8")))
    else:
        choice = tomllib.loads((arguments.folder / "ward_choice.toml").read_text("utf-8"))
        listed = tomllib.loads((arguments.folder / "procedures.toml").read_text("utf-8"))["procedures"]
        target, text = "ward.toml", ward_toml(choice, {procedure["code"]: procedure for procedure in listed})
    (arguments.folder / target).write_text(text, "utf-8")
    sys.stdout.write(f"{target}: {text.count('[[procedures]]')} procedures\n")


if __name__ == "__main__":
    main()
