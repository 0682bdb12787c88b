"""What events change about ballots and the surprise campaign."""

from typing import assert_never

import msgspec

from protocol import ballot_events as be
from protocol.ballots import BallotEntry, BallotState
from queue_server.core.state import Branch


def change_ballots(branch: Branch, event: be.BallotEvent) -> None:
    """Keep what became of ballots, or of the campaign."""
    match event:
        case be.BallotsDrawn() | be.BallotsKept():
            branch.ballots.update((ballot.code, ballot) for ballot in event.ballots)
        case be.BallotsHanded():
            for code in event.codes:
                _change(branch, code, "handed")
        case be.BallotEntered() | be.BallotSettled():
            _change(branch, event.code, event.state, event.entry)
        case be.BallotVoided():
            _change(branch, event.code, "void")
        case be.CampaignPlanned():
            branch.campaign = event.campaign
        case be.CampaignEnded():
            branch.campaign = None
        case _:
            assert_never(event)


def _change(branch: Branch, code: str, state: BallotState, entry: BallotEntry | None = None) -> None:
    ballot = branch.ballots[code]
    entries = (*ballot.entries, entry) if entry is not None else ballot.entries
    branch.ballots[code] = msgspec.structs.replace(ballot, state=state, entries=entries)
