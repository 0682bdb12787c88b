"""Who may open which door, written out a second time by hand: a slip in the program's own table is seen beside it.

One line for each endpoint, with each role that it is open to: Clerk, Usher, Technician, Manager, Inspector; `*` for
everybody, signed in or not. Whoever changes who may do what changes it here, and says it in docs/pages.md.
"""

from typing import Final

LETTERS: Final = {"C": "clerk", "U": "usher", "T": "technician", "M": "manager", "I": "inspector"}

TABLE: Final = """
static                             *
entry.look                         *
entry.font                         *
entry.login                        *
entry.log_in                       *
entry.choose_language              *
entry.start                        C U T M I
entry.log_out                      C U T M I
entry.code                         C U T M I
entry.check_code                   C U T M I
account.account                    C U T M I
account.password                   C U T M I
account.change_password            C U T M I
account.second_factor              C U T M I
account.confirm_second_factor      C U T M I
account.end_session                C U T M I
account.end_other_sessions         C U T M I
counter.choose                     C - - - -
counter.sign_in                    C - - - -
counter.console                    C - - - -
counter.command                    C - - - -
counter.live                       C - - - -
overview.hall                      - - T M I
overview.live                      - - T M I
overview.release                   - - T M -
overview.answer_help               - - T M -
waiting.paper                      - U T M I
usher.hall                         - U - - -
usher.live                         - U - - -
usher.give                         - U - - -
usher.visit                        - U - - -
usher.mend                         - U - - -
usher.cancel                       - U - - -
usher.answer_help                  - U - - -
usher_prints.order                 - U - - -
usher_prints.live                  - U - - -
stopping.page                      - - T M I
stopping.live                      - - T M I
stopping.confirm                   - - T M -
stopping.stop                      - - T M -
stopping.resume                    - - T M -
overview.answer_counter_help       - - T M -
acceptance.wizard                  - - T - I
acceptance.record                  - - T - -
acceptance.sheet                   - - T M I
roster.week                        - - T M I
roster.add                         - - T M -
roster.change                      - - T M -
roster.copy                        - - T M -
roster.clear                       - - T M -
ballots.home                       - U - M I
ballots.sheet                      - U - M I
ballots.draw                       - U - M -
ballots.hand                       - U - M -
ballots.entry                      - U - M -
ballots.enter                      - U - M -
ballots.differences                - - - M I
ballots.settle                     - - - M -
ballots.void                       - - - M -
ballots.plan                       - - - M -
ballots.end                        - - - M -
alerts.home                        - - - M I
alerts.step                        - - - M -
inquiries.listing                  - - - M I
inquiries.inquiry                  - - - M I
inquiries.go_on                    - - - M -
hearings.own                       C - - - -
hearings.speak                     C - - - -
voices.home                        C U - M I
voices.voice                       C U - M I
voices.answer                      C U - M -
voice_desk.look                    C U - M -
voice_desk.follow                  C U - M -
voices.new                         - U - M -
voices.enter                       - U - M -
voices.slip                        - U - M -
voices.assign                      - - - M -
voices.end                         - - - M -
voices.figures                     - - - M I
order.ledger                       - - - M I
order.live                         - - - M I
reports.day                        - - - M I
reports.day_as_csv                 - - - M I
satisfaction.page                  - - - M I
satisfaction.workbook              - - - M I
satisfaction.table                 - - - M I
figures.history                    - - - M I
figures.table_as_csv               - - - M I
figures.table_as_xlsx              - - - M I
figures.month                      - - - M I
figures.month_as_xlsx              - - - M I
figures.definitions                - - - M I
months.home                        - - - M I
months.report                      - - - M I
months.close                       - - - M -
months.correct                     - - - M -
months.report_as_xlsx              - - - M I
months.board                       - - - M I
months.board_as_xlsx               - - - M I
clerk_months.card                  - - - M I
clerk_months.card_as_xlsx          - - - M I
clerk_months.own                   C - - - -
clerk_months.own_as_xlsx           C - - - -
clerk_months.evaluation            - - - M -
clerk_months.evaluate              - - - M -
devices.devices                    - - T - I
devices.live                       - - T - I
devices.create                     - - T - -
devices.revoke                     - - T - -
systems.systems                    - - T - I
systems.add                        - - T - -
systems.system                     - - T - I
systems.make_key                   - - T - -
systems.revoke_key                 - - T - -
systems.set_webhook                - - T - -
systems.remove_webhook             - - T - -
systems.send_again                 - - T - -
systems.forget                     - - T - -
device.show                        - - T - I
device.live                        - - T - I
device.place                       - - T - -
device.try_out                     - - T - -
log_search.find                    - - T M I
backups.backups                    - - T - I
backups.copy                       - - T - -
backups.test                       - - T - -
editor.home                        - - T - I
editor.text                        - - T - I
editor.save_text                   - - T - -
editor.difference                  - - T - I
editor_files.add_file              - - T - -
editor_files.remove_file           - - T - -
editor_forms.part                  - - T - I
editor_forms.save_part             - - T - -
editor_forms.item                  - - T - I
editor_forms.save_item             - - T - -
editor_forms.new_item              - - T - -
editor_forms.add_item              - - T - -
editor_forms.remove_item           - - T - -
editor_forms.picture               - - T - I
editor_versions.publish            - - T - -
editor_versions.take_back          - - T - -
editor_versions.versions           - - T - I
editor_versions.version            - - T - I
editor_versions.take_version       - - T - -
editor_versions.take_save          - - T - -
editor_versions.start_again        - - T - -
editor_trial.trial                 - - T - I
editor_trial.begin                 - - T - -
editor_trial.stop                  - - T - -
editor_trial.progress              - - T - I
people.people                      - - T - I
people.add                         - - T - -
people.person                      - - T - I
people.reset_password              - - T - -
people.remove_second_factor        - - T - -
people.disable                     - - T - -
people.enable                      - - T - -
people.end_session                 - - T - -
people.changes                     - - T M I
"""


def _read(line: str) -> tuple[str, frozenset[str] | str]:
    endpoint, *marks = line.split()
    return endpoint, "everybody" if marks == ["*"] else frozenset(LETTERS[mark] for mark in marks if mark != "-")


EXPECTED: Final[dict[str, frozenset[str] | str]] = dict(_read(line) for line in TABLE.strip().splitlines())
