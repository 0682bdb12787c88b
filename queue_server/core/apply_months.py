"""What events change about months: the rules need to know which ones are closed, and nothing else of them."""

from protocol import month_events as me
from queue_server.core.state import Branch


def change_months(branch: Branch, event: me.MonthEvent) -> None:
    """Remember the months that are closed; corrections and evaluations are the reports' affair."""
    match event:
        case me.MonthClosed():
            branch.months[event.closed.month] = event.closed
        case me.MonthsKept():
            branch.months.update((one.month, one) for one in event.months)
        case me.MonthCorrected() | me.ClerkEvaluated():
            pass
