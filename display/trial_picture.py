"""A trial picture over the whole screen, for some seconds or until it is touched."""

from collections.abc import Callable
from functools import partial
from typing import Any

from kivy.clock import Clock
from kivy.core.text import Label
from kivy.core.window import Window
from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from presentation.tokens import DAY, rgba
from presentation.trial_picture import LETTERS, SHOWN_S, plates


class TrialPicture(Widget):
    """The picture; `show` puts it over everything and tells once it has been painted."""

    def __init__(self, title: str, seconds: float = SHOWN_S) -> None:
        super().__init__(size=Window.size, size_hint=(None, None), pos=(0, 0))
        self._seconds = seconds
        width, height = Window.size
        with self.canvas:
            for plate in plates():
                Color(*rgba(plate.colour))
                place = (round(plate.left * width), round(plate.bottom * height))
                Rectangle(pos=place, size=(round(plate.width * width) + 1, round(plate.height * height) + 1))
            self._write(title, "Vietnam Bold", round(height * 0.05), 0.56)
            self._write(LETTERS, "Vietnam Medium", round(min(height * 0.045, width * 0.04)), 0.42)

    def _write(self, text: str, font: str, size: int, middle: float) -> None:
        label = Label(text=text, font_name=font, font_size=size)
        label.refresh()
        wide, high = label.texture.size
        Color(*rgba(DAY.ink))
        Rectangle(
            texture=label.texture,
            pos=((self.width - wide) // 2, self.height * middle - high // 2),
            size=(wide, high),
        )

    def show(self, on_painted: Callable[[], None]) -> None:
        """Stand over everything for a while; in the window's thread."""
        Window.add_widget(self)

        def flipped(*_: object) -> None:
            Window.unbind(on_flip=flipped)
            on_painted()

        Window.bind(on_flip=flipped)
        Clock.schedule_once(self._leave, self._seconds)

    def _leave(self, *_: object) -> None:
        if self.parent is not None:
            Window.remove_widget(self)

    def on_touch_down(self, touch: Any) -> bool:
        """Make way for whoever comes; the touch itself does nothing else."""
        del touch
        Clock.schedule_once(partial(self._leave), 0)
        return True
