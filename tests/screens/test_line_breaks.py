"""Kiosk and board break their lines by real letters, and no telephone number among them."""

import json
import subprocess
import sys
from pathlib import Path

from presentation.line_breaks import NO_BREAK, unbroken

PHONE = "024 3xxx xxxx"
SENTENCE = f"Đường dây nóng: {PHONE}. Xin cảm ơn quý vị."
BROKEN = """
import json, sys
from pathlib import Path
from kiosk.widgets import window
window.prepare(Path(sys.argv[1]), (800, 600), headless=True, full_screen=False)
window.register_fonts()
from kivy.core.text import Label
from kiosk.widgets.words import wrapped
def by_kivy(text, room):
    label = Label(text=text, font_size=40, font_name=window.MEDIUM, text_size=(room, None))
    label.render()
    return ["".join(word.text for word in line.words) for line in label._cached_lines]
rooms = range(300, 900, 20)
said, held = sys.argv[2:]
print(json.dumps([[wrapped(said, window.MEDIUM, 40, room) for room in rooms], [by_kivy(held, room) for room in rooms],
                  [by_kivy(said, room) for room in rooms]]))
"""


def test_no_telephone_number_is_broken_where_kiosk_or_board_break_a_line(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BROKEN, str(tmp_path), SENTENCE, unbroken(SENTENCE)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    kiosk, board, board_without = json.loads(told)
    held = PHONE.replace(" ", NO_BREAK[0])
    for lines in (*kiosk, *board):
        assert sum(held in line for line in lines) == 1, lines
    assert any(not any(PHONE in line for line in lines) for lines in board_without), "the rooms try nothing"
