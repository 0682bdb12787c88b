"""Who is signed in at this browser, by Flask-Login.

The cookie is Flask's own, signed and readable by no script. It names a session by its token, and all else about the
session is in the store: so a session can be listed, ends when it should, and is worth nothing once it has ended.
"""

from flask import session as cookie
from flask_login import UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf

from queue_server.web.accounts import Account
from queue_server.web.sessions import Session, Sessions


class SignedIn(UserMixin):  # type: ignore[misc]  # The library ships no types.
    """A person at a browser. Flask-Login keeps the token in the cookie, in place of a user's id."""

    def __init__(self, token: str, session: Session) -> None:
        self.id = token
        self.session = session
        self.account = session.account


def present_session() -> Session | None:
    """Give the session of the present request."""
    session: Session | None = current_user.session if current_user.is_authenticated else None
    return session


def begin(sessions: Sessions, account: Account, address: str, *, code_due: bool = False) -> None:
    """Open a session at this browser. Nothing that was in its cookie before stays, neither token nor form."""
    cookie.clear()
    token = sessions.open(account, address, code_due=code_due)
    session = sessions.find(token, active=True)
    assert session is not None, "a session that was just opened is open"
    login_user(SignedIn(token, session))
    generate_csrf()  # Now, so that two pages that are opened next do not each make one.


def end(sessions: Sessions) -> None:
    """End the session of this browser."""
    session = present_session()
    if session is not None:
        sessions.close(session.session_id)
    logout_user()
    cookie.clear()
