"""The code by which a citizen follows a voice: made of the branch's key and the voice's id, so that none is stored.

A lost answer is asked for again and gives the same code; a copy of the branch holds the key, and so all codes. The log
has a keyed hash of each code, from which nobody comes back to it.
"""

import hmac

from protocol.ballots import CODE_ALPHABET, CODE_SIGNS, checked_code, read_code


def voice_code(branch_key: bytes, voice_id: str) -> str:
    """Give the code of a voice: ten signs of HMAC-SHA256(branch key, its id), and their check sign."""
    number = int.from_bytes(hmac.digest(branch_key, b"voice\n" + voice_id.encode("ascii"), "sha256"))
    signs = ""
    for _ in range(CODE_SIGNS):
        number, place = divmod(number, len(CODE_ALPHABET))
        signs += CODE_ALPHABET[place]
    return checked_code(signs)


def voice_code_hash(branch_key: bytes, typed: str) -> str:
    """Give what stands for a code in the log, as 64 hex digits; what is no code gets a hash that no voice has.

    The same is worked out for whatever was typed, so that a guess costs the same as a code that is right.
    """
    code = read_code(typed) or ""
    return hmac.digest(branch_key, b"voice code\n" + code.encode("ascii"), "sha256").hex()
