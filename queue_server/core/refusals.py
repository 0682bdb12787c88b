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
    "card_needed": (),
    "person_at_once": ("limit", "number", "service_id", "time"),
    "person_day": ("limit", "number", "service_id", "time"),
    "nothing_held": (),
    "too_many_tickets": (),
    "class_by_staff": (),
    "number_out_of_range": ("number",),
    "number_taken": ("number",),
    "visit_too_old": (),
    "visit_is_over": ("number",),
    "unknown_kiosk": (),
    "kiosk_away": ("kiosk",),
    "print_ordered": ("number", "kiosk"),
    "too_many_prints": ("limit",),
    "unknown_order": (),
    "order_over": (),
    # Visits
    "unknown_visit": (),
    "unknown_number": ("number",),
    "visit_not_waiting": ("number",),
    "visit_elsewhere": ("number", "counter"),
    "not_reinstatable": ("number",),
    "not_parked_here": ("number",),
    "not_at_counter": ("number",),
    "nothing_follows": (),
    "no_note": (),
    "service_not_here": ("service_id",),
    "secret_wrong": (),
    "link_expired": (),
    "scale_changed": (),
    # Counters
    "counter_closed": (),
    "counter_paused": (),
    "counter_busy": ("number",),
    "call_unanswered": ("number",),
    "other_at_counter": (),
    "called_meanwhile": (),
    "service_went_on": (),
    "nobody_called": (),
    "nobody_served": (),
    "nobody_waiting": (),
    "recall_limit": ("limit",),
    "parking_full": ("limit",),
    "clerk_elsewhere": ("counter",),
    "counter_taken": (),
    "transfer_nowhere": (),
    "counter_not_serving": ("counter",),
    "helper_not_there": ("counter",),
    "no_help_wanted": (),
    "help_answered": (),
    # Rating
    "not_rateable": (),
    "already_rated": (),
    # Ballots
    "nobody_to_ask": (),
    "too_many_ballots": ("limit",),
    "ballot_drawn": ("number",),
    "ballot_code_wrong": (),
    "unknown_ballot": (),
    "ballot_void": (),
    "ballot_settled": (),
    "ballot_own_counter": (),
    "ballot_same_person": (),
    "ballot_level": ("level",),
    "ballot_reason": ("reason",),
    "campaign_stands": (),
    "campaign_days": ("days",),
    "no_campaign": (),
    # Voices
    "voice_not_offered": (),
    "voice_kind": (),
    "voice_empty": (),
    "voice_day": (),
    "too_many_voices": (),
    "unknown_voice": (),
    "voice_own": (),
    "voice_owner_named": (),
    "voice_over": (),
    "voice_unanswered": (),
    # The branch
    "configuration_invalid": ("mistakes",),
    "would_strand": ("what",),
    "scale_meaning": ("what",),
    "training_mixed": (),
    "day_already_open": (),
    "day_was_closed": (),
    "day_over": (),
    "hall_stopped": (),
    "stopped_anew": (),
    "unknown_emergency": ("emergency_id",),
    "message_without_words": (),
    "message_with_number": (),
    # Rosters
    "roster_no_date": ("day",),
    "roster_day_twice": (),
    "roster_past": ("day",),
    "roster_far": ("day", "days"),
    "roster_changed": ("day",),
    "roster_free_day": ("day", "clerk_id"),
    "roster_unknown_counter": ("day", "clerk_id", "starts", "ends", "counter_id"),
    "roster_backwards": ("day", "clerk_id", "starts", "ends"),
    "roster_outside_hours": ("day", "clerk_id", "starts", "ends", "opens", "closes"),
    "roster_break_outside": ("day", "clerk_id", "starts", "ends", "break_starts", "break_ends"),
    "roster_breaks_overlap": ("day", "clerk_id", "starts", "ends", "break_starts", "break_ends"),
    "roster_clerk_twice": ("day", "clerk_id", "starts", "ends", "counter_id", "other_counter_id"),
    "roster_counter_twice": ("day", "counter_id", "starts", "ends", "clerk_id", "other_clerk_id"),
    "device_exists": ("device_id",),
    "function_exists": ("function_id",),
    "too_many_devices": ("limit",),
    "pairing_name_taken": (),
    "pairing_refused": (),
    "last_technician": (),
    "unknown_catalogue": (),
    # Said by the server around the core
    "id_reused": (),
    "note_not_kept": (),
    "voice_not_kept": (),
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
