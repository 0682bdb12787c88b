"""From a number to the words on its ticket. Pure; `hardware.ticket` draws them."""

from datetime import UTC, datetime

from hardware.ticket import TicketContent, TicketLabels
from kiosk.ticket.before import next_day_words
from kiosk.ticket.model import Ticket
from kiosk.ticket.voice_model import VoiceSent
from presentation.formats import date, listed, moment, ticket_number, wait_range
from presentation.texts import Texts, name_in
from protocol.configuration import Procedure
from protocol.ticket_code import qr_text, ticket_code
from protocol.views import KioskView
from protocol.voices import look_up_address


def ticket_content(ticket: Ticket, view: KioskView, procedure: Procedure | None, texts: Texts) -> TicketContent:
    """Give what the ticket says, in the citizen's language."""
    given = ticket.given
    visit = given.visit
    words = texts.words(visit.language)
    service = next((one for one in view.services if one.service_id == visit.service_id), None)
    classes = {one.priority_class_id: one for one in view.priority_classes}
    chosen = classes.get(visit.priority_class_id)
    usual = min((one.slope for one in view.priority_classes), default=0.0)
    notices = [words("ticket.training")] if view.training else []
    if ticket.copy:
        notices.append(words("ticket.reprint"))
    if given.offline:
        notices.append(words("ticket.offline"))
    if service is not None and ticket.late:
        late = view.rules.late_receipt_from
        notices.append(words("ticket.late", time=late, day=next_day_words(service, words)))
    wait = given.estimate and wait_range(words, given.estimate.low_s, given.estimate.high_s)
    footer = name_in(view.ticket_footer, visit.language) if view.ticket_footer else words("ticket.sit")
    return TicketContent(
        agency=(name_in(view.agency, visit.language).upper(), name_in(view.names, visit.language)),
        number_text=ticket_number(given.prefix, given.number),
        service=name_in(service.names, visit.language) if service else "",
        taken_text=moment(words, given.taken_at, view.utc_offset_s),
        labels=TicketLabels(
            your_number=words("ticket.heading"),
            taken=words("ticket.taken_at"),
            people_ahead=words("ticket.ahead"),
            wait=words("ticket.wait"),
            counters=words("ticket.counters"),
            hotline=words("common.hotline"),
        ),
        procedure=name_in(procedure.names, visit.language) if procedure else None,
        class_text=(
            words("ticket.priority_class", class_name=name_in(chosen.names, visit.language))
            if chosen is not None and chosen.slope > usual
            else None
        ),
        people_ahead=given.ahead,
        wait_text=wait or None,
        counters_text=listed(words, given.counter_numbers) or None,
        qr_text=qr_text(view.ticket_link, ticket_code(visit.visit_id, ticket.secret)),
        hotline=view.hotline or None,
        footer=(footer,),
        notices=tuple(notices),
    )


def code_content(sent: VoiceSent, language: str, view: KioskView, texts: Texts, hall_at: datetime) -> TicketContent:
    """Give what the paper of a voice says: its code, by when and where the answer is read; nothing that was written."""
    words = texts.words(language)
    due = date(words, datetime.fromisoformat(sent.due_day).replace(tzinfo=UTC), 0)
    address = look_up_address(view.ticket_link)
    return TicketContent(
        agency=(name_in(view.agency, language).upper(), name_in(view.names, language)),
        number_text=sent.code,
        service=words("voices.slip_title"),
        taken_text=moment(words, hall_at, view.utc_offset_s),
        labels=TicketLabels(
            your_number=words("public.voice.your_code"),
            taken=words("public.voice.received_on"),
            people_ahead=words("ticket.ahead"),
            wait=words("public.voice.due_on"),
            counters=words("ticket.counters"),
            hotline=words("common.hotline"),
        ),
        wait_text=due,
        qr_text=address or None,
        hotline=view.hotline or None,
        footer=(words("kiosk.voice.paper_foot" if address else "kiosk.voice.ask_at_desk"),),
        notices=(words("ticket.training"),) if view.training else (),
    )
