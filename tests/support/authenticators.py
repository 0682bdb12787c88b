"""The phones of people who need a second factor, and what is in them."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

import pyotp

from queue_server.web.program import utc_now
from queue_server.web.second_factors import SecondFactors
from queue_server.web.store import Store


class Authenticators:
    """A phone for each person, set up as they would do it."""

    def __init__(self, accounts_file: Path) -> None:
        self._file = accounts_file
        self._secrets: dict[str, str] = {}
        self.recovery_codes: dict[str, tuple[str, ...]] = {}

    def set_up(self, clerk_id: str) -> None:
        """Teach a person's phone its secret, and confirm it."""
        with closing(Store(self._file)) as store:
            factors = SecondFactors(store, utc_now)
            secret = factors.offer(clerk_id)
            codes = factors.confirm(clerk_id, pyotp.TOTP(secret).now())
        assert codes is not None, "the phone shows the code of now"
        self._secrets[clerk_id], self.recovery_codes[clerk_id] = secret, codes

    def has(self, clerk_id: str) -> bool:
        """Tell whether this person has a phone."""
        return clerk_id in self._secrets

    def learn(self, clerk_id: str, secret: str) -> None:
        """Let a phone learn a secret that a page showed."""
        self._secrets[clerk_id] = secret.replace(" ", "")

    def shown(self, clerk_id: str, at: datetime | None = None) -> str:
        """Give what the phone shows."""
        return pyotp.TOTP(self._secrets[clerk_id]).at(at or utc_now())

    def fresh(self, clerk_id: str) -> str:
        """Give what the phone shows as if it had not been used: tests sign in more often than twice a minute."""
        with closing(Store(self._file)) as store, store.transaction() as connection:
            connection.execute("UPDATE second_factors SET last_step = 0 WHERE clerk_id = ?", (clerk_id,))
        return self.shown(clerk_id)
