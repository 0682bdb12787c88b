"""Every way to say no, in one place: a code, and the parts that its sentence names.

The sentences stand in ``config/texts/<language>.toml`` under ``[refusal]``, one per code, with the same parts in
braces; a test holds both against each other. A refusal changes nothing and is told to whoever asked.
"""

from typing import Final

REFUSALS: Final[dict[str, tuple[str, ...]]] = {
    # Who may ask
    "not_allowed": (),
    "unknown_device": (),
    "unknown_function": ("function_id",),
    "wrong_counter": ("counter_id",),
    "not_signed_in": (),
    "nobody_signed_in": (),
    # Names that the configuration does not know
    "unknown_service": ("service_id",),
    "unknown_class": ("priority_class_id",),
    "unknown_counter": ("counter_id",),
    "unknown_zone": ("zone_id",),
    "unknown_profile": ("work_profile_id",),
    "unknown_outcome": ("outcome",),
    "unknown_reason": ("reason",),
    "unknown_procedure": ("procedure_code",),
    # Tickets
    "day_closed": (),
    "service_closed": ("service_id",),
    "quota_reached": ("quota",),
    "hall_full": ("limit",),
    "too_many_tickets": (),
    "class_by_staff": (),
    "number_out_of_range": ("number",),
    "number_taken": ("number",),
    "visit_too_old": (),
    # Visits
    "unknown_visit": (),
    "unknown_number": ("number",),
    "visit_not_waiting": ("number",),
    "visit_elsewhere": ("number", "counter"),
    "not_reinstatable": ("number",),
    "not_parked_here": ("number",),
    "secret_wrong": (),
    # Counters
    "counter_closed": (),
    "counter_paused": (),
    "counter_busy": ("number",),
    "call_unanswered": ("number",),
    "nobody_called": (),
    "nobody_served": (),
    "nobody_waiting": (),
    "recall_limit": ("limit",),
    "parking_full": ("limit",),
    "clerk_elsewhere": ("counter",),
    "counter_taken": (),
    "transfer_nowhere": (),
    "counter_not_serving": ("counter",),
    # Rating
    "not_rateable": (),
    "already_rated": (),
    # The branch
    "configuration_invalid": ("mistakes",),
    "would_strand": ("what",),
    "day_already_open": (),
    "day_was_closed": (),
    "day_over": (),
    "device_exists": ("device_id",),
    "function_exists": ("function_id",),
    "too_many_devices": ("limit",),
    "pairing_name_taken": (),
    "pairing_refused": (),
    "last_technician": (),
    "unknown_catalogue": (),
    # Said by the server around the core
    "id_reused": (),
    "storage": (),
    "busy": (),
    "malformed": (),
    "internal": (),
}
"""Code -> the names of its parts."""


class Refusal(Exception):  # noqa: N818 -- the word of the glossary: a refusal is an answer, not an error of ours.
    """No: ``code`` is a key of :data:`REFUSALS`, ``parts`` has exactly the parts named there."""

    def __init__(self, code: str, **parts: str) -> None:
        assert set(REFUSALS[code]) == set(parts), f"{code} takes {REFUSALS[code]}, not {tuple(parts)}"
        super().__init__(code)
        self.code = code
        self.parts = parts
