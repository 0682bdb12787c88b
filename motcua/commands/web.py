"""Serve the staff pages: the counter console, the hall live, the devices; and keep the accounts of staff.

Without an action it serves until interrupted, as one more terminal of the queue server: pair it first with a function
of kind staff (motcua pair). The first start makes the account "technician" and prints its one-time password once.

Actions on accounts, which may run while the pages are served:

    motcua web add-account lan.tran --name "Trần Thị Lan" --role clerk
    motcua web reset-password lan.tran
    motcua web disable-account lan.tran          motcua web enable-account lan.tran
    motcua web remove-second-factor lan.tran     for whoever has lost phone and recovery codes
    motcua web accounts
    motcua web changes                           the last changes of accounts and devices: when, by whom, what, whom
"""

import argparse
import json
from pathlib import Path

from motcua.commands import Problem

ACTIONS = (
    *("serve", "add-account", "reset-password", "disable-account", "enable-account", "remove-second-factor"),
    *("accounts", "changes"),
)
CHANGES_MOST = 1000
CONFIG = Path(__file__).parents[2] / "config"
ROLES = ("clerk", "usher", "technician", "manager", "inspector")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "action", nargs="?", choices=ACTIONS, default="serve", metavar="ACTION", help=", ".join(ACTIONS)
    )
    parser.add_argument("clerk_id", nargs="?", default="", help="whose account, for an action on one")
    parser.add_argument("--state", type=Path, default=Path("state/web"), help="the folder of this program's files")
    parser.add_argument("--config", type=Path, default=CONFIG, help="the folder with texts/")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8080, help="the port (default: 8080; 0 = any free one)")
    parser.add_argument(
        "--reports", type=Path, default=Path("state/server/reports.db"), help="the tables of motcua report --follow"
    )
    parser.add_argument(
        "--backups", type=Path, default=Path("state/backups"), help="the folder of copies that motcua backup makes"
    )
    parser.add_argument(
        "--host-name", action="append", default=[], metavar="NAME", help="a name of the world's DNS that leads here"
    )
    parser.add_argument("--behind-tls", action="store_true", help="a proxy on this machine adds TLS: secure cookies")
    parser.add_argument(
        "--known-as",
        default="",
        metavar="HOST",
        help="the name or address by which new devices are told to reach this machine (default: as browsers name it)",
    )
    parser.add_argument("--name", default="", help="the shown name of a new account")
    parser.add_argument("--role", choices=ROLES, default="clerk", help="the staff role of a new account")
    parser.add_argument("--json", action="store_true", help="print JSON for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Serve the pages, or do one thing to the accounts."""
    match arguments.action:
        case "serve":
            return _serve(arguments)
        case "changes":
            return _changes(arguments)
        case _:
            return _accounts(arguments)


def _serve(arguments: argparse.Namespace) -> int:
    from presentation.texts import TextsError
    from protocol.link import NotPaired, UnusableKey
    from queue_server.web.pairing_line import known_as
    from queue_server.web.program import Place, serve

    def on_ready(address: str, password: str | None) -> None:
        if arguments.json:
            made = {"technician_password": password} if password else {}
            print(json.dumps({"ready": True, "address": address, **made}), flush=True)
            return
        print(f"Staff pages at {address}", flush=True)
        if password:
            print(f"First account: technician, one-time password {password} (shown only now)", flush=True)

    try:
        known = known_as(arguments.known_as)
    except ValueError as problem:
        raise Problem(f"--known-as: {problem}") from problem
    place = Place(
        *(arguments.state, arguments.config, arguments.host, arguments.port, arguments.behind_tls, known),
        reports=arguments.reports,
        backups=arguments.backups,
        names=tuple(arguments.host_name),
    )
    try:
        serve(place, on_ready)
    except (NotPaired, UnusableKey, TextsError) as problem:
        raise Problem(str(problem)) from problem
    except OSError as problem:
        raise Problem(f"cannot serve at {place.host} port {place.port}: {problem}; choose another --port") from problem
    return 0


def _changes(arguments: argparse.Namespace) -> int:
    from queue_server.web.program import changes_at

    with changes_at(arguments.state) as changes:
        for one in reversed(changes.before(about=arguments.clerk_id, most=CHANGES_MOST)):
            row = {
                "number": one.number,
                "changed_at": one.changed_at.isoformat(timespec="seconds"),
                "by": one.by_id,
                "what": one.what,
                "about": one.about_id,
                "detail": one.detail,
            }
            print(json.dumps(row) if arguments.json else "  ".join(map(str, row.values())).rstrip())
    return 0


def _accounts(arguments: argparse.Namespace) -> int:
    from queue_server.web.accounts import AccountProblem, Accounts
    from queue_server.web.program import accounts_at

    def told(accounts: Accounts) -> dict[str, object]:
        clerk_id = arguments.clerk_id
        match arguments.action:
            case "add-account":
                password = accounts.add(clerk_id, arguments.name, arguments.role)
                return {"clerk_id": clerk_id, "one_time_password": password}
            case "reset-password":
                return {"clerk_id": clerk_id, "one_time_password": accounts.reset_password(clerk_id)}
            case "remove-second-factor":
                accounts.remove_second_factor(clerk_id)
                return {"clerk_id": clerk_id, "second_factor": False}
            case action:
                accounts.disable(clerk_id, disabled=action == "disable-account")
                return {"clerk_id": clerk_id, "disabled": action == "disable-account"}

    with accounts_at(arguments.state) as accounts:
        if arguments.action == "accounts":
            for one in accounts.all():
                row = {
                    "clerk_id": one.clerk_id,
                    "name": one.shown_name,
                    "role": one.staff_role,
                    "disabled": one.disabled,
                    "must_change": one.must_change,
                    "second_factor": one.has_second_factor,
                }
                print(json.dumps(row, ensure_ascii=False) if arguments.json else "  ".join(map(str, row.values())))
            return 0
        if not arguments.clerk_id:
            raise Problem(f"{arguments.action} needs the id of the account: motcua web {arguments.action} CLERK_ID")
        try:
            result = told(accounts)
        except AccountProblem as problem:
            raise Problem(str(problem)) from problem
    line = "  ".join(f"{name}: {value}" for name, value in result.items())
    print(json.dumps(result, ensure_ascii=False) if arguments.json else line)
    return 0
