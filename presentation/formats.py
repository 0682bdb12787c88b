"""Dates, times, durations, numbers and money as people of a language write them.

Vietnamese: 23/11/2026, T2 23/11, 08:42, 15–30 phút, 1.234.567,5, 8.000 đ. The patterns and separators are texts, so
that a further language needs no code. Every function takes the `Words` of the language first. Instants are aware
datetimes; the branch's offset from UTC comes beside them in seconds, because looking up a time zone reads files.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from fractions import Fraction

from presentation.texts import Words

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LEAST_DIGITS = 3
_MINUTE_S = 60
_HOUR_S = 3600


def ticket_number(prefix: str, number: int) -> str:
    """Write what is on the ticket: `H025`, with at least three digits, and `H1000` past them."""
    assert number >= 0, f"a ticket has no negative number {number}"
    return f"{prefix}{number:0{_LEAST_DIGITS}d}"


def hall_time(at: datetime, utc_offset_s: int) -> datetime:
    """Give an aware instant as the clock on the hall's wall shows it."""
    assert at.tzinfo is not None, "instants are aware"
    return at.astimezone(timezone(timedelta(seconds=utc_offset_s)))


def date(words: Words, at: datetime, utc_offset_s: int) -> str:
    """Write a date: 23/11/2026."""
    return words("format.date", **_calendar_parts(at, utc_offset_s))


def date_long(words: Words, at: datetime, utc_offset_s: int) -> str:
    """Write a date as letters do: ngày 08 tháng 01 năm 2026."""
    return words("format.date_long", **_calendar_parts(at, utc_offset_s))


def weekday_date(words: Words, at: datetime, utc_offset_s: int) -> str:
    """Write a short weekday and date for the head of a screen: T2 23/11."""
    return _weekday_date(words, at, utc_offset_s, "weekday_short")


def _weekday_date(words: Words, at: datetime, utc_offset_s: int, names: str) -> str:
    weekday = words(f"format.{names}.{_WEEKDAYS[hall_time(at, utc_offset_s).weekday()]}")
    return words("format.weekday_date", weekday=weekday, **_calendar_parts(at, utc_offset_s))


def clock(words: Words, at: datetime, utc_offset_s: int) -> str:
    """Write the time of day by 24 hours: 08:42."""
    return words("format.time", **_clock_parts(at, utc_offset_s))


def clock_long(words: Words, at: datetime, utc_offset_s: int) -> str:
    """Write the time of day as letters do: 08 giờ 05 phút."""
    return words("format.time_long", **_clock_parts(at, utc_offset_s))


def moment(words: Words, at: datetime, utc_offset_s: int) -> str:
    """Write time and date, as on a ticket: 08:42 · 23/11/2026."""
    return words("format.moment", time=clock(words, at, utc_offset_s), date=date(words, at, utc_offset_s))


def opening(words: Words, opens_at: datetime, now: datetime, utc_offset_s: int) -> str:
    """Write when it opens again, where there is little room: 13:30 for today, 07:30 T2 23/11 for another day."""
    return _opening(words, opens_at, now, utc_offset_s, "weekday_short")


def opening_long(words: Words, opens_at: datetime, now: datetime, utc_offset_s: int) -> str:
    """Write when the hall opens again, where it has the screen for itself: 07:30 Thứ Hai 23/11."""
    return _opening(words, opens_at, now, utc_offset_s, "weekday")


def _opening(words: Words, opens_at: datetime, now: datetime, utc_offset_s: int, names: str) -> str:
    time = clock(words, opens_at, utc_offset_s)
    if hall_time(opens_at, utc_offset_s).date() == hall_time(now, utc_offset_s).date():
        return time
    day = _weekday_date(words, opens_at, utc_offset_s, names)
    return words("format.weekday_moment", time=time, weekday_date=day)


def _calendar_parts(at: datetime, utc_offset_s: int) -> dict[str, str]:
    local = hall_time(at, utc_offset_s)
    return {"day": f"{local.day:02d}", "month": f"{local.month:02d}", "year": f"{local.year:04d}"}


def _clock_parts(at: datetime, utc_offset_s: int) -> dict[str, str]:
    local = hall_time(at, utc_offset_s)
    return {"hour": f"{local.hour:02d}", "minute": f"{local.minute:02d}"}


def duration(words: Words, seconds: float) -> str:
    """Write how long something took, in the largest units that tell: 45 giây, 24 phút, 1 giờ 5 phút."""
    assert seconds >= 0, f"a duration of {seconds} s"
    if seconds < _MINUTE_S:
        return words("format.seconds", seconds=int(seconds))
    hours, minutes = divmod(int(seconds) // _MINUTE_S, 60)
    if not hours:
        return words("format.minutes", minutes=minutes)
    if not minutes:
        return words("format.hours", hours=hours)
    return words("format.hours_minutes", hours=hours, minutes=minutes)


def stopwatch(seconds: float) -> str:
    """Write a running time: 06:12, and 1:06:12 from an hour on."""
    assert seconds >= 0, f"a running time of {seconds} s"
    minutes, rest = divmod(int(seconds), _MINUTE_S)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def wait_range(words: Words, low_s: int, high_s: int) -> str:
    """Write an estimated wait as a range that is no finer than it can be known: 3–5, 15–30, 40–65 phút.

    The range is widened to whole minutes up to 5, to steps of 5 minutes up to 90, of 15 beyond, and to hours once even
    the lower end is past two hours. Nobody waits: "không phải chờ".
    """
    assert 0 <= low_s <= high_s, f"a wait from {low_s} to {high_s} s"
    if high_s == 0:
        return words("kiosk.wait_none")
    if low_s >= 2 * _HOUR_S:
        return _range(words, "hours", low_s // _HOUR_S, _up(high_s, _HOUR_S))
    step = _step_minutes(high_s)
    low = low_s // (step * _MINUTE_S) * step
    high = _up(high_s, step * _MINUTE_S) * step
    return words("format.under_minutes", minutes=high) if low == 0 else _range(words, "minutes", low, high)


def _range(words: Words, unit: str, low: int, high: int) -> str:
    if low == high:
        return words(f"format.{unit}", **{unit: low})
    return words(f"format.range_{unit}", low=low, high=high)


def _step_minutes(high_s: int) -> int:
    steps = ((5, 1), (90, 5))
    return next((step for until, step in steps if high_s <= until * _MINUTE_S), 15)


def _up(seconds: int, step_s: int) -> int:
    """Count the steps that cover so many seconds."""
    return -(-seconds // step_s)


def number(words: Words, value: float | Fraction, decimals: int = 0) -> str:
    """Write a number with the language's separators, halves rounded away from zero: 1.234.567,5."""
    scaled = _rounded(abs(Fraction(value)) * 10**decimals)
    return ("-" if value < 0 and scaled else "") + _separated(words, scaled, decimals)


def money(words: Words, amount_dong: int) -> str:
    """Write an amount of Vietnamese đồng: 8.000 đ."""
    return words("format.money", amount=number(words, amount_dong))


def percentage(words: Words, part: int, whole: int, decimals: int = 2) -> str:
    """Write a share in per cent: 99,96 %.

    Not all is never written as 100 %, and something never as 0 %, however little is missing: then the last digit is
    rounded towards the truth. A share of nothing is "không có dữ liệu", neither 0 nor 100.
    """
    assert 0 <= part <= whole, f"a share of {part} in {whole}"
    return fraction_text(words, Fraction(part, whole), decimals) if whole else words("common.no_data")


def fraction_text(words: Words, share: float | Fraction, decimals: int) -> str:
    """Write a share between 0 and 1 that was worked out, a bound of an interval say, as `percentage` writes counts."""
    assert 0 <= share <= 1, f"a share of {share}"
    full = 100 * 10**decimals
    scaled = _rounded(Fraction(share) * full)
    if share < 1:
        scaled = min(scaled, full - 1)
    if share > 0:
        scaled = max(scaled, 1)
    return words("format.percent", share=_separated(words, scaled, decimals))


def rate(words: Words, part: int, whole: int, decimals: int = 2) -> str:
    """Write a share with what it was made from: 99,96 % (2.499/2.500)."""
    if whole == 0:
        return words("common.no_data")
    return words(
        "format.rate",
        percent=percentage(words, part, whole, decimals),
        part=number(words, part),
        whole=number(words, whole),
    )


def listed(words: Words, items: Iterable[object]) -> str:
    """Write things in a row: 3, 4."""
    return words("format.list_separator").join(str(item) for item in items)


def _rounded(value: Fraction) -> int:
    """Round a share that is not negative to the nearest whole, halves up."""
    return int(value + Fraction(1, 2))


def _separated(words: Words, scaled: int, decimals: int) -> str:
    whole, rest = divmod(scaled, 10**decimals)
    grouped = f"{whole:,}".replace(",", words("format.thousands"))
    return f"{grouped}{words('format.decimal')}{rest:0{decimals}d}" if decimals else grouped
